"""A person's word on offsets: confirm, reject, set by hand."""

from firsthand.app.desk import Desk
from firsthand.app.synchronising import offsets_that_stand, shape_moments
from firsthand.model.errors import NothingMatched, UsageError
from firsthand.model.events import OffsetReviewed, OffsetSet
from firsthand.model.ids import ItemId, OffsetId, random_id
from firsthand.model.links import LinkState
from firsthand.model.moments import Offset, OffsetFound
from firsthand.model.records import Case
from firsthand.model.text import shown
from firsthand.ports import Progress

LARGEST_S = 366 * 24 * 3600.0


def review_offset(desk: Desk, case: Case, a: str, b: str, *, state: LinkState, why: str, progress: Progress) -> Offset:
    """Confirms or rejects what was found between two items, and brings the moments in line.

    Raises NothingMatched where nothing was found between them, UsageError for confirming an ambiguous offset (a
    person must say which candidate: `set_offset`), Conflict where somebody decided meanwhile.
    """
    offset = offset_between(desk, case, desk.item(a), desk.item(b))
    if state == "confirmed" and offset.found.link == "ambiguous":
        listed = ", ".join(f"{one:.3f}" for one in offset.found.candidates_s)
        raise UsageError(
            f"{shown(a)} and {shown(b)}",
            why=f"the sound repeats itself; the offset may be any of {listed} s",
            kept="nothing was written",
            next_step="choose one: firsthand moments --set A B SECONDS",
        )
    desk.write(OffsetReviewed(offset=offset.id, state=state, why=why, expected_version=offset.version))
    shape_moments(desk, case, progress=progress)
    return offset


def set_offset(
    desk: Desk, case: Case, a: str, b: str, *, offset_s: float, plus_minus_s: float, why: str, progress: Progress
) -> OffsetFound:
    """Records that b's zero happened offset_s ± plus_minus_s after a's, as a person saw or heard it in both.

    Earlier offsets of the pair stay on record; this one holds. Raises UsageError for numbers that cannot be.
    """
    first, second = desk.item(a), desk.item(b)
    if first == second:
        raise UsageError(shown(a), why="an item has no offset from itself", next_step="name two items")
    if not abs(offset_s) < LARGEST_S or not 0 <= plus_minus_s < LARGEST_S:
        raise UsageError(f"{offset_s} ± {plus_minus_s} s", why="not an offset two cameras can have")
    in_case = {item.id for item in desk.records.items(case.id)}
    for item, text in ((first, a), (second, b)):
        if item not in in_case:
            raise NothingMatched(shown(text), why=f"it did not arrive in the case {shown(case.name)}")
    found = OffsetFound(
        a=first,
        b=second,
        offset_s=offset_s,
        plus_minus_s=plus_minus_s,
        alignment_plus_minus_s=plus_minus_s,
        rate=1.0,
        score=1.0,
        method="person",
        link="strong",
        candidates_s=(),
        apart_m=0.0,  # what was seen or heard in both is the person's to judge: no distance is added
        shared_s=0.0,
        coherence=0.0,
    )
    for one in _between(desk, case, first, second):  # a person's earlier word gives way to the later one
        if one.found.method == "person" and one.state != "rejected":
            desk.write(
                OffsetReviewed(offset=one.id, state="rejected", why="set anew by hand", expected_version=one.version)
            )
    desk.write(OffsetSet(offset=OffsetId(random_id("offset")), case=case.id, found=found, why=why))
    shape_moments(desk, case, progress=progress)
    return found


def offset_between(desk: Desk, case: Case, a: ItemId, b: ItemId) -> Offset:
    """What stands between two items in the case: a person's word, else what was found first. Raises NothingMatched."""
    between = _between(desk, case, a, b)
    if not between:
        names = {a, b}
        raise NothingMatched(
            " and ".join(sorted(names)),
            why="no offset was found between them",
            next_step="set one by hand: firsthand moments --set A B SECONDS",
        )
    return max(between, key=lambda one: (one.state != "rejected", one.found.method == "person", one.found.score))


def _between(desk: Desk, case: Case, a: ItemId, b: ItemId) -> list[Offset]:
    return [one for one in offsets_that_stand(desk, case) if {one.found.a, one.found.b} == {a, b}]
