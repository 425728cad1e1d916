"""Explain: what speaks for a copy, as one picture a person can judge."""

from collections.abc import Mapping
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.app.indexing import print_of_item
from firsthand.app.linking import standing_copies
from firsthand.app.naming import names_anywhere
from firsthand.app.single_pictures import SinglePictures
from firsthand.link.explaining import PANEL_PX, Witnesses, drawn, witnesses
from firsthand.model.errors import NothingMatched
from firsthand.model.ids import ItemId
from firsthand.model.links import Copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A copy, what speaks for it in the pictures, and the picture of it (PNG). not_shown: why there is none."""

    copy: Copy
    names: Mapping[ItemId, str]
    seen: Witnesses | None
    png: bytes
    not_shown: str


def explain(desk: Desk, a_text: str, b_text: str) -> Explanation:
    """Why the two named items match. Raises NothingMatched where they do not, UnreadableMedia where they no longer
    decode."""
    pair = {desk.item(a_text), desk.item(b_text)}
    between = [one for one in standing_copies(desk, pair) if {one.found.a.item, one.found.b.item} == pair]
    if not between:
        raise NothingMatched(
            f"{a_text}, {b_text}",
            why="no copy between these two is known",
            next_step="firsthand copies --case NAME lists what is",
        )
    copy = max(between, key=lambda one: (one.found.verdict == "copy", one.state == "confirmed", one.found.score))
    names, found = names_anywhere(desk), copy.found
    a, b = print_of_item(desk, found.a.item), print_of_item(desk, found.b.item)
    seen = witnesses(a, b, found) if a is not None and b is not None else None
    if seen is None:
        by = ", ".join(found.matched_by)
        why = f"it was matched by {by}, and no pair of sampled pictures shows it"
        return Explanation(copy=copy, names=names, seen=None, png=b"", not_shown=why)
    with SinglePictures(desk, long_side_px=PANEL_PX) as single:
        (_, first_a), (_, second_a) = single.of(found.a.item, (seen.a_s, seen.a_at_s))
        ((_, of_b),) = single.of(found.b.item, (seen.b_s,))
    png = drawn(seen, found, a=first_a, a_at=second_a, b=of_b)
    return Explanation(copy=copy, names=names, seen=seen, png=png, not_shown="")
