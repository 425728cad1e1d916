"""Takes: copies joined into recordings, as the smallest plan of events that brings the archive there.

The plan is stable: what already stands keeps its id, and planning again from what was planned gives no events.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from firsthand.link.segments import INSIDE_S, ItemLength, TimeLine, cut_points, line_of
from firsthand.model.events import TakeRedirected, TakeShaped
from firsthand.model.ids import ItemId, TakeId
from firsthand.model.links import Copy, CopyFound, Span, Take, TakeSpan

DECIMALS = 3  # of a second kept in takes: a thousandth is far below the error of any time map


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaping:
    """What must be recorded for the takes to be as the copies say; both empty: they are."""

    shaped: tuple[TakeShaped, ...]
    redirected: tuple[TakeRedirected, ...]


@dataclass(frozen=True, slots=True)
class _Shape:
    spans: tuple[TakeSpan, ...]
    state: Literal["suggested", "confirmed", "alone"]
    edited: bool


@dataclass(slots=True)
class _Group:
    """Segments on one time line, with the copies that brought them there."""

    lines: dict[Span, TimeLine]
    tree: list[Copy]


def plan_takes(
    items: Sequence[ItemLength], copies: Iterable[Copy], existing: Iterable[Take], mint: Callable[[], TakeId]
) -> Shaping:
    """The events that bring `existing` to what `items` and `copies` say.

    items: all of the archive's, in the order they were sealed. copies: all of them; only those whose verdict is
    "copy" and whose state is not "rejected" join, and of those that share the sound under other pictures only what a
    person confirmed: one song under fifty clips makes no recording of them. existing: the takes that stand, oldest
    first. mint: a fresh id at each call.
    A take keeps its id while most of what stood under it stays together; of takes that merge, the one sealed first
    stays. Ids that end redirect to all takes their footage went to. Record what is shaped before what is redirected.
    """
    place = {one.item: number for number, one in enumerate(items)}
    joined = [
        one
        for one in copies
        if one.found.verdict == "copy"
        and one.state != "rejected"
        and (one.state == "confirmed" or not shares_sound_alone(one.found))
        and one.found.speed != 0
        and one.found.a.item in place
        and one.found.b.item in place
        and one.found.a.item != one.found.b.item
    ]
    joined.sort(
        key=lambda one: (one.state != "confirmed", -one.found.score, one.found.a.item, one.found.b.item, one.id)
    )
    return _plan(_shapes(items, joined, place), list(existing), mint)


def shares_sound_alone(found: CopyFound) -> bool:
    """Whether two items have one recorded sound under pictures that do not match."""
    return found.matched_by == ("sound",) and "picture_replaced" in found.edits


def _best_first(one: Copy) -> tuple[bool, float, str, str, str]:
    return one.state != "confirmed", -one.found.score, one.found.a.item, one.found.b.item, one.id


def _shapes(items: Sequence[ItemLength], copies: list[Copy], place: dict[ItemId, int]) -> list[_Shape]:
    cuts = cut_points(items, [one.found for one in copies])
    segments = {one.item: _segments(one, cuts.get(one.item, [])) for one in items}
    group_of = _joined(segments, copies)
    shapes: list[tuple[int, float, _Shape]] = []
    told: set[int] = set()
    for item in items:
        alone = [segment for segment in segments[item.item] if segment not in group_of]
        if alone:
            zero_s = alone[0].start_s
            spans = tuple(_take_span(one, TimeLine(1.0, -zero_s)) for one in alone)
            # What is left of an item whose other parts are copies is footage somebody cut together.
            edited = len(alone) < len(segments[item.item])
            shapes.append((place[item.item], zero_s, _Shape(spans, "alone", edited)))
        for segment in segments[item.item]:
            group = group_of.get(segment)
            if group is not None and id(group) not in told:
                told.add(id(group))
                shapes.append((place[item.item], segment.start_s, _shape(group, place)))
    shapes.sort(key=lambda one: one[:2])
    return [shape for _, _, shape in shapes]


def _segments(item: ItemLength, cuts: list[float]) -> list[Span]:
    edges = [0.0, *(round(cut, DECIMALS) for cut in cuts), round(item.duration_s, DECIMALS)]
    return [Span(item=item.item, start_s=start, end_s=end) for start, end in pairwise(edges)]


def _joined(segments: dict[ItemId, list[Span]], copies: list[Copy]) -> dict[Span, _Group]:
    """Every segment that a copy reaches, in its group. The best copies come first and draw the time lines; a later
    one that disagrees tells of a repeat within a recording, which one line cannot hold, and is passed over."""
    group_of: dict[Span, _Group] = {}
    for copy in copies:
        to_a = line_of(copy.found)
        for in_a, in_b in _met(copy, segments, to_a):
            group_a = group_of.setdefault(in_a, _Group({in_a: TimeLine(1.0, 0.0)}, []))
            group_b = group_of.setdefault(in_b, _Group({in_b: TimeLine(1.0, 0.0)}, []))
            if group_a is group_b:
                continue
            larger, smaller = (group_a, group_b) if len(group_a.lines) >= len(group_b.lines) else (group_b, group_a)
            reached = group_a.lines[in_a].after(to_a)  # from in_b's seconds to group a's line
            onto = reached.after(group_b.lines[in_b].back())
            if larger is group_b:
                onto = onto.back()
            for segment, line in smaller.lines.items():
                larger.lines[segment] = onto.after(line)
                group_of[segment] = larger
            larger.tree += [*smaller.tree, copy]
    return group_of


def _met(copy: Copy, segments: dict[ItemId, list[Span]], to_a: TimeLine) -> list[tuple[Span, Span]]:
    """Pairs of segments of a and b that this copy joins: those that share enough of it not to be sampling error."""
    a, b = copy.found.a, copy.found.b
    least_s = min(INSIDE_S, 0.5 * (b.end_s - b.start_s))
    met = []
    for in_b in segments[b.item]:
        start_s, end_s = max(in_b.start_s, b.start_s), min(in_b.end_s, b.end_s)
        at_s = sorted((to_a.at(start_s), to_a.at(end_s)))
        for in_a in segments[a.item]:
            shared_s = min(at_s[1], in_a.end_s) - max(at_s[0], in_a.start_s)
            if end_s >= start_s and shared_s >= least_s * abs(to_a.speed) - 1e-9:
                met.append((in_a, in_b))
    return met


def _shape(group: _Group, place: dict[ItemId, int]) -> _Shape:
    """The group on a line that starts at 0 and runs as its first item does, so that times stay put as it grows."""
    ordered = sorted(group.lines, key=lambda segment: (place[segment.item], segment.start_s))
    back = group.lines[ordered[0]].back()
    lines = {segment: back.after(group.lines[segment]) for segment in ordered}
    zero_s = min(min(line.at(segment.start_s), line.at(segment.end_s)) for segment, line in lines.items())
    spans = tuple(_take_span(segment, TimeLine(1.0, -zero_s).after(lines[segment])) for segment in ordered)
    # Confirmed copies were joined first: a tree of them alone rests on people's word, not on the machine's.
    confirmed = all(copy.state == "confirmed" for copy in group.tree)
    return _Shape(spans, "confirmed" if confirmed else "suggested", edited=False)


def _take_span(segment: Span, line: TimeLine) -> TakeSpan:
    return TakeSpan(
        span=segment,
        take_start_s=round(line.at(segment.start_s), DECIMALS) + 0.0,
        speed=round(line.speed, 2 * DECIMALS),
    )


def _plan(shapes: list[_Shape], existing: list[Take], mint: Callable[[], TakeId]) -> Shaping:
    shared = _shared(shapes, existing)
    of_shape: dict[int, int] = {}
    of_take: dict[int, int] = {}
    # The largest share first; between equals the older take, then the shape that comes first.
    for (number, take), _ in sorted(shared.items(), key=lambda one: (-round(one[1], 2), one[0][1], one[0][0])):
        if number not in of_shape and take not in of_take:
            of_shape[number] = take
            of_take[take] = number
    ids = [existing[of_shape[number]].id if number in of_shape else mint() for number in range(len(shapes))]
    shaped = []
    for number, shape in enumerate(shapes):
        wanted = Take(id=ids[number], spans=shape.spans, state=shape.state, edited=shape.edited)
        if number not in of_shape or existing[of_shape[number]] != wanted:
            shaped.append(TakeShaped(take=wanted.id, spans=wanted.spans, state=wanted.state, edited=wanted.edited))
    redirected = [
        TakeRedirected(
            take=take.id,
            to=tuple(ids[number] for number in range(len(shapes)) if shared.get((number, index), 0.0) > 0),
        )
        for index, take in enumerate(existing)
        if index not in of_take
    ]
    return Shaping(shaped=tuple(shaped), redirected=tuple(redirected))


def _shared(shapes: list[_Shape], existing: list[Take]) -> dict[tuple[int, int], float]:
    """Seconds of footage that shape and standing take have in common; a still counts as a hundredth."""
    held: dict[ItemId, list[tuple[int, Span]]] = defaultdict(list)
    for number, shape in enumerate(shapes):
        for one in shape.spans:
            held[one.span.item].append((number, one.span))
    shared: dict[tuple[int, int], float] = defaultdict(float)
    for index, take in enumerate(existing):
        for one in take.spans:
            for number, span in held[one.span.item]:
                seconds = min(span.end_s, one.span.end_s) - max(span.start_s, one.span.start_s)
                if seconds > 0 or span.start_s == span.end_s or one.span.start_s == one.span.end_s:
                    shared[number, index] += max(seconds, 0.01)
    return shared
