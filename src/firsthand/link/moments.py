"""Offsets joined into moments: which takes lie on one clock, and where on it.

Strong and confirmed offsets join; confirmed ones are never given up. One offset alone must not marry two groups of
takes: such a bridge waits for a person. What remains is solved by robust least squares, so that a wrong offset among
right ones is outvoted, and every item's interval is the narrowest chain of intervals that leads to the reference.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.model.events import MomentEnded, MomentShaped
from firsthand.model.ids import CaseId, ItemId, MomentId, TakeId
from firsthand.model.moments import Moment, MomentItem, Offset, may_be_one_recording

DECIMALS = 4
FLOOR_S = 0.0005  # no offset is trusted to better than this when offsets are weighed against each other
ROUNDS = 12
# A person's word counts as if a thousand machines had said it.
CONFIRMED_WEIGHT = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentShaping:
    """What must be recorded for the moments to be as the offsets say; both empty: they are."""

    shaped: tuple[MomentShaped, ...]
    ended: tuple[MomentEnded, ...]


def plan_moments(
    case: CaseId,
    *,
    takes: dict[ItemId, TakeId],
    offsets: Iterable[Offset],
    existing: Sequence[Moment],
    lengths_s: dict[ItemId, float],
    mint: Callable[[], MomentId],
) -> MomentShaping:
    """The events that bring `existing` to what the offsets say.

    takes: the take of every item of the case that belongs to one alone. lengths_s: how long each plays.
    A moment keeps its id while most of its takes stay together. Planning again what was planned gives no events.
    """
    groups = groups_of(takes, offsets)
    shaped, kept = [], set()
    unclaimed = list(existing)
    placed = [_placed(group, takes, lengths_s) for group in groups]
    placed.sort(key=lambda items: (-len(items), items[0].item))
    for items in placed:
        own = {one.take for one in items}
        known = max(unclaimed, key=lambda old: len(own & {one.take for one in old.items}), default=None)
        if known is not None and not own & {one.take for one in known.items}:
            known = None
        if known is not None:
            unclaimed.remove(known)
            kept.add(known.id)
            if known.items == items and known.reference == items[0].item:
                continue
        moment = known.id if known is not None else mint()
        shaped.append(MomentShaped(moment=moment, case=case, reference=items[0].item, items=items))
    ended = tuple(MomentEnded(moment=old.id, case=case) for old in existing if old.id not in kept)
    return MomentShaping(shaped=tuple(shaped), ended=ended)


def joins(offset: Offset) -> bool:
    """Whether an offset joins takes by itself: confirmed by a person, or strong and not rejected."""
    return offset.state == "confirmed" or (offset.state == "suggested" and offset.found.link == "strong")


def groups_of(takes: dict[ItemId, TakeId], offsets: Iterable[Offset]) -> list[list[Offset]]:
    """The offsets that hold each moment together, one list a moment. Lone bridges are left out."""
    edges: dict[tuple[ItemId, ItemId], Offset] = {}
    given = list(offsets)
    for one in given:
        a, b = one.found.a, one.found.b
        if joins(one) and a in takes and b in takes and takes[a] != takes[b]:
            key = (min(a, b), max(a, b))
            if key not in edges or _rank(one) > _rank(edges[key]):
                edges[key] = one
    kept = list(edges.values())
    # Two files of one recording join nothing by themselves, and yet say that what hangs on either hangs on both.
    alike = [one for one in given if is_one_recording(one) and one.found.a in takes and one.found.b in takes]
    lone = {one.id for one in bridges(kept, alike)}
    kept = [one for one in kept if one.id not in lone]
    kept = _agreeing(kept)
    return [group for group in _components(kept) if len({takes[i] for one in group for i in _ends(one)}) > 1]


def is_one_recording(offset: Offset) -> bool:
    """Whether two sounds are so much one recording that they were kept from joining."""
    found = offset.found
    return offset.state == "suggested" and found.link == "weak" and may_be_one_recording(found)


def bridges(edges: Sequence[Offset], alike: Sequence[Offset] = ()) -> list[Offset]:
    """Unconfirmed offsets without which two groups of at least two items each would fall apart. alike: offsets that
    join nothing, and hold groups together."""
    neighbours: dict[ItemId, list[tuple[ItemId, Offset]]] = defaultdict(list)
    for one in (*edges, *alike):
        neighbours[one.found.a].append((one.found.b, one))
        neighbours[one.found.b].append((one.found.a, one))
    found = []
    for one in edges:
        if one.state == "confirmed":
            continue
        side = _reached(neighbours, one.found.a, without=one)
        if one.found.b not in side and len(side) > 1 and len(_reached(neighbours, one.found.b, without=one)) > 1:
            found.append(one)
    return found


def _reached(
    neighbours: dict[ItemId, list[tuple[ItemId, Offset]]], start: ItemId, *, without: Offset | None = None
) -> set[ItemId]:
    reached, waiting = {start}, [start]
    while waiting:
        for other, edge in neighbours[waiting.pop()]:
            if edge is not without and other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached


def _rank(one: Offset) -> tuple[bool, bool, float]:
    return one.state == "confirmed", one.found.method == "person", one.found.score


def _ends(one: Offset) -> tuple[ItemId, ItemId]:
    return one.found.a, one.found.b


def _components(edges: Sequence[Offset]) -> list[list[Offset]]:
    neighbours: dict[ItemId, list[tuple[ItemId, Offset]]] = defaultdict(list)
    for one in edges:
        neighbours[one.found.a].append((one.found.b, one))
        neighbours[one.found.b].append((one.found.a, one))
    told: set[ItemId] = set()
    out = []
    for start in sorted(neighbours):
        if start not in told:
            members = _reached(neighbours, start)
            told |= members
            out.append([one for one in edges if one.found.a in members])
    return out


def _agreeing(edges: Sequence[Offset]) -> list[Offset]:
    """Without the offsets that the others outvote."""
    out: list[Offset] = []
    for group in _components(edges):
        places = _solved(group)
        for one in group:
            residual = abs(places[one.found.b] - places[one.found.a] - one.found.offset_s)
            if one.state == "confirmed" or residual <= 2 * one.found.plus_minus_s + 0.02:
                out.append(one)
    return out


def _solved(edges: Sequence[Offset]) -> dict[ItemId, float]:
    """Where each item's zero lies, up to a common shift: a tree of the surest, then reweighted least squares."""
    items = sorted({end for one in edges for end in _ends(one)})
    place = {item: number for number, item in enumerate(items)}
    at = _along_tree(edges, items, place)
    offset = np.array([one.found.offset_s for one in edges])
    a = np.array([place[one.found.a] for one in edges])
    b = np.array([place[one.found.b] for one in edges])
    width = np.array([max(one.found.plus_minus_s / 3, FLOOR_S) for one in edges])
    sure = np.array([CONFIRMED_WEIGHT if one.state == "confirmed" else 1.0 for one in edges])
    rows = np.arange(len(edges))
    matrix = np.zeros((len(edges) + 1, len(items)))
    matrix[rows, b] += 1
    matrix[rows, a] -= 1
    matrix[-1, 0] = 1  # the first item stays where the tree put it
    for _ in range(ROUNDS):
        residual = (at[b] - at[a] - offset) / width
        weight = np.sqrt(sure) / width / (1 + np.where(sure > 1, 0.0, residual**2))
        scale = np.append(weight, 1.0)
        solved, *_ = np.linalg.lstsq(matrix * scale[:, None], np.append(offset, at[0]) * scale, rcond=None)
        at = solved
    return {item: float(at[number]) for item, number in place.items()}


def _along_tree(edges: Sequence[Offset], items: Sequence[ItemId], place: dict[ItemId, int]) -> NDArray[np.float64]:
    root: dict[ItemId, ItemId] = {item: item for item in items}

    def top(item: ItemId) -> ItemId:
        while root[item] != item:
            root[item] = root[root[item]]
            item = root[item]
        return item

    tree: dict[ItemId, list[tuple[ItemId, float]]] = defaultdict(list)
    for one in sorted(edges, key=_rank, reverse=True):
        a, b = _ends(one)
        if top(a) != top(b):
            root[top(a)] = top(b)
            tree[a].append((b, one.found.offset_s))
            tree[b].append((a, -one.found.offset_s))
    at = np.zeros(len(items))
    for start in items:
        if top(start) != start:
            continue
        told, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            for other, later_s in tree[here]:
                if other not in told:
                    told.add(other)
                    at[place[other]] = at[place[here]] + later_s
                    waiting.append(other)
    return at


def _placed(
    edges: Sequence[Offset], takes: dict[ItemId, TakeId], lengths_s: dict[ItemId, float]
) -> tuple[MomentItem, ...]:
    """The items of one moment on the reference's clock, the reference first, then by when they begin.

    Reference: the item that most offsets speak of; of equals, the longest.
    """
    at = _solved(edges)
    degree: dict[ItemId, int] = defaultdict(int)
    for one in edges:
        for end in _ends(one):
            degree[end] += 1
    reference = max(sorted(at), key=lambda item: (degree[item], lengths_s.get(item, 0.0)))
    near = _nearest(edges, reference)
    items = [
        MomentItem(
            take=takes[item],
            item=item,
            offset_s=round(at[item] - at[reference], DECIMALS),
            plus_minus_s=round(near[item][0], DECIMALS),
            rate=round(near[item][1], 6),
        )
        for item in at
    ]
    items.sort(key=lambda one: (one.item != reference, one.plus_minus_s, one.item))
    once: dict[TakeId, MomentItem] = {}
    for own in items:  # several items of one take: the one that is placed best speaks for it
        once.setdefault(own.take, own)
    return tuple(sorted(once.values(), key=lambda own: (own.item != reference, own.offset_s, own.item)))


def _nearest(edges: Sequence[Offset], reference: ItemId) -> dict[ItemId, tuple[float, float]]:
    """(width of the narrowest chain of intervals, rate along it) from the reference to every item."""
    neighbours: dict[ItemId, list[tuple[ItemId, float, float]]] = defaultdict(list)
    for one in edges:
        found = one.found
        neighbours[found.a].append((found.b, found.plus_minus_s, found.rate))
        neighbours[found.b].append((found.a, found.plus_minus_s, 1 / found.rate))
    best: dict[ItemId, tuple[float, float]] = {}
    waiting: list[tuple[float, ItemId, float]] = [(0.0, reference, 1.0)]
    while waiting:
        width_s, here, rate = heapq.heappop(waiting)
        if here in best:
            continue
        best[here] = (width_s, rate)
        for other, more_s, faster in neighbours[here]:
            if other not in best:
                heapq.heappush(waiting, (width_s + more_s, other, rate * faster))
    return best
