"""Explain: what speaks for a copy, as one picture a person can judge."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.app.desk import Desk
from firsthand.app.examination import FramesAnswer, FramesRequest
from firsthand.app.indexing import print_of_item
from firsthand.app.linking import standing_copies
from firsthand.app.naming import names_anywhere
from firsthand.link.explaining import PANEL_PX, Witnesses, drawn, witnesses
from firsthand.model.codec import decode, encode
from firsthand.model.errors import MalformedRecord, NothingMatched, UnreadableMedia
from firsthand.model.ids import ItemId
from firsthand.model.links import Copy
from firsthand.runtime.child import Child, ChildFailed

FRAMES_CHILD = "firsthand.app.frames_child"
WALL_S = 900.0


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
    child = Child(FRAMES_CHILD)
    try:
        first_a, second_a = _pictures(desk, child, found.a.item, (seen.a_s, seen.a_at_s))
        (of_b,) = _pictures(desk, child, found.b.item, (seen.b_s,))
    finally:
        child.close()
    png = drawn(seen, found, a=first_a, a_at=second_a, b=of_b)
    return Explanation(copy=copy, names=names, seen=seen, png=png, not_shown="")


def _pictures(desk: Desk, child: Child, item: ItemId, wanted_s: tuple[float, ...]) -> list[NDArray[np.uint8]]:
    """The item's pictures at these seconds, in the order asked."""
    request = FramesRequest(wanted_s=wanted_s, long_side_px=PANEL_PX, wall_s=WALL_S, cpu_s=WALL_S)
    next_step = f"firsthand show {item}"
    try:
        with desk.sealed.open(item) as file:
            answer = decode(child.ask(encode(request), file.fileno(), wall_s=WALL_S + 60), FramesAnswer)
    except (ChildFailed, MalformedRecord) as error:
        raise UnreadableMedia(item, why=error.why, next_step=next_step) from error
    if len(answer.pictures) != len(wanted_s) or any(
        one.dtype != "u1" or len(one.shape) != 3 or one.shape[2] != 3 or 0 in one.shape for one in answer.pictures
    ):
        raise UnreadableMedia(item, why=answer.why or "it gave no picture", next_step=next_step)
    ascending = [np.frombuffer(one.data, np.uint8).reshape(one.shape) for one in answer.pictures]
    place = sorted(range(len(wanted_s)), key=lambda number: wanted_s[number])
    return [ascending[place.index(number)] for number in range(len(wanted_s))]
