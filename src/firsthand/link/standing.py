"""Which copies stand: the latest search's word, except where a person has spoken."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from firsthand.link.segments import line_of
from firsthand.model.ids import ItemId
from firsthand.model.links import Copy, CopyFound, Span
from firsthand.model.outcomes import EngineId

SAME_STRETCH = 0.5  # of the shorter span


def standing(
    copies: Iterable[Copy],
    *,
    engine: EngineId,
    sought: Collection[ItemId],
    turn: Mapping[ItemId, int] | None = None,
) -> tuple[Copy, ...]:
    """Copies as people and the present engine have them, in the order given.

    What a person confirmed or rejected stands whoever found it, and a suggestion of the same stretch gives way to it.
    A suggestion of an earlier engine stands only until both its items were sought by the present one.
    A suggestion rests on what was known when `a` was sought; where `b` was sought after it, `b` had been looked at in
    haste until then, and the later search speaks.
    sought: items for which `engine` has sought copies. turn: the order in which it did.
    """
    listed = list(copies)
    decided: dict[frozenset[ItemId], list[Copy]] = defaultdict(list)
    for one in listed:
        if one.state != "suggested":
            decided[_pair(one.found)].append(one)
    kept = []
    for one in listed:
        if one.state == "suggested":
            superseded = one.made_by != engine and one.found.a.item in sought and one.found.b.item in sought
            if turn is not None and one.made_by == engine and one.found.b.item in turn:
                superseded = turn[one.found.b.item] > turn.get(one.found.a.item, len(turn))
            if superseded or any(_gives_way(one.found, other) for other in decided[_pair(one.found)]):
                continue
        kept.append(one)
    return tuple(kept)


def _gives_way(suggested: CopyFound, decided: Copy) -> bool:
    if suggested.verdict != "copy":  # it speaks of the items as a whole, and so did the person
        return True
    if decided.found.verdict != "copy":
        return decided.state == "confirmed"
    return same_stretch(suggested, decided.found)


def same_stretch(one: CopyFound, other: CopyFound) -> bool:
    """Whether two copies of the same two items tell of the same stretch, whichever of the items is a."""
    there = (other.a, other.b) if one.a.item == other.a.item else (other.b, other.a)
    backwards = line_of(one).speed * line_of(other).speed < 0
    return not backwards and all(_overlap(p, q) for p, q in zip((one.a, one.b), there, strict=True))


def _pair(found: CopyFound) -> frozenset[ItemId]:
    return frozenset((found.a.item, found.b.item))


def _overlap(p: Span, q: Span) -> bool:
    shared_s = min(p.end_s, q.end_s) - max(p.start_s, q.start_s)
    shorter_s = min(p.end_s - p.start_s, q.end_s - q.start_s)
    return shared_s >= SAME_STRETCH * shorter_s
