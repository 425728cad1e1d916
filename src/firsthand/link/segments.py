"""Where copies cut items: an item is one camera's recording until copies show that it was put together.

A copy that ends inside both items says that one of them was cut there. A copy that ends inside one item, because the
other is over, says so only where the picture jumps at that very place. Scene changes alone cut nothing.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from firsthand.model.ids import ItemId
from firsthand.model.links import CopyFound

INSIDE_S = 1.0  # an end of a copied span nearer to an end of its item is sampling error
AT_CUT_S = 0.7
# Where the other item is over, its own end tells to a few pictures where it was cut off. In footage that jumps every
# five seconds any end lies within 0.7 s of a jump more often than one time in four.
AT_END_S = 0.3
SAME_LINE_S = 0.6  # time maps that differ by no more are one: trails are sampled at a fifth of a second, at both ends


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLength:
    """An item, how long it plays (0 for a still), and where its picture jumps (pictures' scene_changes_s)."""

    item: ItemId
    duration_s: float
    scene_changes_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeLine:
    """second on the line = speed × second + shift_s."""

    speed: float
    shift_s: float

    def at(self, second: float) -> float:
        return self.speed * second + self.shift_s

    def after(self, first: "TimeLine") -> "TimeLine":
        """Both, `first` first."""
        return TimeLine(self.speed * first.speed, self.speed * first.shift_s + self.shift_s)

    def back(self) -> "TimeLine":
        """The way back. Speeds are never 0."""
        return TimeLine(1 / self.speed, -self.shift_s / self.speed)

    def agrees(self, other: "TimeLine", start_s: float, end_s: float) -> bool:
        """Whether both lead to the same seconds, within the error of sampling, all over a stretch."""
        scale = max(1.0, abs(self.speed), abs(other.speed))
        apart_s = max(abs(self.at(second) - other.at(second)) for second in (start_s, end_s))
        return apart_s <= SAME_LINE_S * scale and self.speed * other.speed > 0


def line_of(found: CopyFound) -> TimeLine:
    """From seconds of b to seconds of a. Backwards, b's start meets a's end."""
    start_s = found.a.start_s if found.speed > 0 else found.a.end_s
    return TimeLine(found.speed, start_s - found.speed * found.b.start_s)


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a copy, as both items have it. Where one of them is over, the other's second is that of its end."""

    a: ItemId
    b: ItemId
    in_a_s: float
    in_b_s: float
    inside_a: bool
    inside_b: bool


def cut_points(items: Sequence[ItemLength], found: Sequence[CopyFound]) -> dict[ItemId, list[float]]:
    """Seconds at which each item is cut, ascending; items that are whole are left out.

    Where a copy shows that one of two items was cut but not which, it is the one whose picture jumps there, else
    the one that is at odds with more items, else the one of which more is copied, else the one sealed later.
    """
    known = {one.item: one for one in items}
    place = {one.item: number for number, one in enumerate(items)}
    points: dict[ItemId, list[float]] = defaultdict(list)
    conflicts: list[_End] = []
    for end in _ends(known, found):
        if end.inside_a and end.inside_b:
            conflicts.append(end)
        elif end.inside_a and _jumps(known[end.a], end.in_a_s, AT_END_S):
            _add(points[end.a], end.in_a_s)
        elif end.inside_b and _jumps(known[end.b], end.in_b_s, AT_END_S):
            _add(points[end.b], end.in_b_s)
    _settle(conflicts, points, known, place, _copied_ratio(known, found))
    _carry(points, known, found)
    return {item: cuts for item, cuts in points.items() if cuts}


def _ends(known: dict[ItemId, ItemLength], found: Sequence[CopyFound]) -> list[_End]:
    ends = []
    for one in found:
        for at_end in (False, True):
            in_b_s = one.b.end_s if at_end else one.b.start_s
            a_at_end = at_end == (one.speed > 0)
            in_a_s = one.a.end_s if a_at_end else one.a.start_s
            if any(_goes_on(other, one, in_b_s, at_end=at_end) for other in found if other is not one):
                continue
            left_a_s = known[one.a.item].duration_s - in_a_s if a_at_end else in_a_s
            left_b_s = known[one.b.item].duration_s - in_b_s if at_end else in_b_s
            inside = (left_a_s > INSIDE_S, left_b_s > INSIDE_S)
            if inside == (True, False):
                in_a_s += line_of(one).speed * (left_b_s if at_end else -left_b_s)
            elif inside == (False, True):
                in_b_s += (left_a_s if a_at_end else -left_a_s) / line_of(one).speed
            if any(inside):
                ends.append(_End(one.a.item, one.b.item, in_a_s, in_b_s, *inside))
    return ends


def _goes_on(other: CopyFound, one: CopyFound, in_b_s: float, *, at_end: bool) -> bool:
    """Another copy of the same two items carries on beyond this end, on the same time line: a gap, not a cut."""
    if (other.a.item, other.b.item) != (one.a.item, one.b.item):
        return False
    beyond = other.b.end_s > in_b_s + INSIDE_S if at_end else other.b.start_s < in_b_s - INSIDE_S
    return beyond and line_of(other).agrees(line_of(one), one.b.start_s, one.b.end_s)


def _jumps(item: ItemLength, at_s: float, within_s: float = AT_CUT_S) -> bool:
    return any(abs(change - at_s) <= within_s for change in item.scene_changes_s)


def _copied_ratio(known: dict[ItemId, ItemLength], found: Sequence[CopyFound]) -> dict[ItemId, float]:
    copied: dict[ItemId, float] = defaultdict(float)
    for one in found:
        for span in (one.a, one.b):
            copied[span.item] += (span.end_s - span.start_s) / max(known[span.item].duration_s, 1e-3)
    return copied


def _settle(
    conflicts: list[_End],
    points: dict[ItemId, list[float]],
    known: dict[ItemId, ItemLength],
    place: dict[ItemId, int],
    copied: dict[ItemId, float],
) -> None:
    """Blames each conflict on one of the two items, the most suspect item first."""
    while conflicts:
        jumps: dict[ItemId, int] = defaultdict(int)
        at_odds: dict[ItemId, set[ItemId]] = defaultdict(set)
        for end in conflicts:
            at_odds[end.a].add(end.b)
            at_odds[end.b].add(end.a)
            jumps[end.a] += _jumps(known[end.a], end.in_a_s)
            jumps[end.b] += _jumps(known[end.b], end.in_b_s)
        blamed = max(
            at_odds, key=lambda item: (jumps[item] > 0, len(at_odds[item]), round(copied[item], 2), place[item])
        )
        for end in conflicts:
            if end.a == blamed:
                _add(points[end.a], end.in_a_s)
            if end.b == blamed:
                _add(points[end.b], end.in_b_s)
        conflicts = [end for end in conflicts if blamed not in (end.a, end.b)]


def _carry(points: dict[ItemId, list[float]], known: dict[ItemId, ItemLength], found: Sequence[CopyFound]) -> None:
    """A cut in one item is a cut in every copy of that stretch. Ends: points nearer than INSIDE_S are one."""
    waiting = [(item, cut) for item in list(points) for cut in points[item]]
    touching: dict[ItemId, list[CopyFound]] = defaultdict(list)
    for one in found:
        touching[one.a.item].append(one)
        touching[one.b.item].append(one)
    while waiting:
        item, cut = waiting.pop()
        for one in touching[item]:
            line = line_of(one)
            for span, other, to in ((one.a, one.b, line.back()), (one.b, one.a, line)):
                if span.item != item or not span.start_s + INSIDE_S < cut < span.end_s - INSIDE_S:
                    continue
                there = to.at(cut)
                inside = INSIDE_S < there < known[other.item].duration_s - INSIDE_S
                if inside and _add(points[other.item], there):
                    waiting.append((other.item, there))


def _add(cuts: list[float], at_s: float) -> bool:
    if any(abs(at_s - cut) <= INSIDE_S for cut in cuts):
        return False
    insort(cuts, at_s)
    return True
