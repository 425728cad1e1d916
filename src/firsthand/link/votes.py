"""From near codes to frames that resemble each other: hits of two frames count where they agree on turn and size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.link.postings import PLACE_BITS, turn_of
from firsthand.model.ids import ItemId

FEWEST = 4  # hits of a frame pair; three points agree on some similarity too often
TURN_SECTORS = 16  # a copy is turned as a whole; neighbours count together, so that hits agree within 22 to 45°
SIZES = 16  # differences of size, −7 to 7 steps of a quarter
MOST_ITEMS = 256  # that are answered; the best
PAIRS_AN_ITEM = 4096  # frame pairs kept of one item, the best

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameVotes:
    """How strongly pairs of frames (query frame, item frame) resemble each other, best first."""

    item: ItemId
    query_frame: NDArray[np.int64]  # [pairs]
    frame: NDArray[np.int64]  # [pairs]
    weight: NDArray[np.float64]  # [pairs]; 1 is one feature that is rare in the archive
    score: float  # the item's own: the sum over the query's frames of each frame's best pair


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hits:
    """Near codes, one row each: the query's feature, the archive-wide frame, the item's number, the feature's turn
    (128ths) and size (0 to 7) there."""

    feature: Ints
    frame: Ints
    item: Ints
    turn: Ints
    size: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemVotes:
    """Pairs of frames of one item, best first; frames are archive-wide."""

    number: int
    query_frame: Ints
    frame: Ints
    weight: Floats
    score: float


def hits_of(feature: Ints, place: Ints, first_frame: int, item: Ints) -> Hits:
    """Hits in one segment, whose frames count on from first_frame."""
    return Hits(
        feature=feature,
        frame=(place >> PLACE_BITS) + first_frame,
        item=item,
        turn=turn_of(place),
        size=place & 7,
    )


def item_votes(hits: Hits, *, query_frame: Ints, query_turn: Ints, query_size: Ints) -> list[ItemVotes]:
    """The items that resemble the query, the likeliest first, at most MOST_ITEMS.

    query_frame, query_turn, query_size: [features] of the query's features.
    """
    hits = _once(hits)
    if not len(hits.feature):
        return []
    weight = _rarity(hits, len(query_frame))
    frames = int(hits.frame.max()) + 1
    pair, place, count = np.unique(
        query_frame[hits.feature] * frames + hits.frame, return_inverse=True, return_counts=True
    )
    often = count[place] >= FEWEST
    agreed = _agreed(
        pair=place[often],
        turn=(hits.turn - query_turn[hits.feature])[often] & 127,
        size=(hits.size - query_size[hits.feature])[often],
        weight=weight[often],
        pairs=len(pair),
    )
    enough = np.flatnonzero(agreed[0] >= FEWEST)
    if not len(enough):
        return []
    item_of_pair = np.zeros(len(pair), np.int64)
    item_of_pair[place] = hits.item
    return _ranked(pair[enough] // frames, pair[enough] % frames, item_of_pair[enough], agreed[1][enough])


def _once(hits: Hits) -> Hits:
    """One feature counts once for a frame, however often a brick repeats in it."""
    if not len(hits.feature):
        return hits
    key = hits.feature * (int(hits.frame.max()) + 1) + hits.frame
    _, first = np.unique(key, return_index=True)
    return Hits(
        feature=hits.feature[first],
        frame=hits.frame[first],
        item=hits.item[first],
        turn=hits.turn[first],
        size=hits.size[first],
    )


def _rarity(hits: Hits, features: int) -> Floats:
    """What one hit weighs: 1 for a feature seen in one item, less for one that half the archive has."""
    pairs = np.unique(hits.feature * (int(hits.item.max()) + 1) + hits.item) // (int(hits.item.max()) + 1)
    items = np.bincount(pairs, minlength=features)
    return np.asarray(1.0 / (1.0 + np.log(np.maximum(items[hits.feature], 1))))


def _agreed(*, pair: Ints, turn: Ints, size: Ints, weight: Floats, pairs: int) -> tuple[Floats, Floats]:
    """Of each pair of frames, the most hits that agree on turn and size, and what they weigh."""
    sector = turn * TURN_SECTORS // 128
    cell = (pair * TURN_SECTORS + sector) * SIZES + size + 7
    cells, place = np.unique(cell, return_inverse=True)
    count, heavy = np.bincount(place, minlength=len(cells)), np.bincount(place, weight, minlength=len(cells))
    here = np.arange(len(cells))
    counts, weights = np.zeros(len(cells)), np.zeros(len(cells))
    owner, s, z = cells // (TURN_SECTORS * SIZES), cells // SIZES % TURN_SECTORS, cells % SIZES
    for ds in (0, 1):
        for dz in (-1, 0, 1):
            near = (owner * TURN_SECTORS + (s + ds) % TURN_SECTORS) * SIZES + z + dz
            at = np.minimum(np.searchsorted(cells, near), len(cells) - 1)
            there = (cells[at] == near) & (z + dz >= 0) & (z + dz < SIZES)
            counts[here[there]] += count[at[there]]
            weights[here[there]] += heavy[at[there]]
    best_count, best_weight = np.zeros(pairs), np.zeros(pairs)
    np.maximum.at(best_count, owner, counts)
    strongest = counts >= best_count[owner]
    np.maximum.at(best_weight, owner[strongest], weights[strongest])
    return best_count, best_weight


def _ranked(query_frame: Ints, frame: Ints, item: Ints, weight: Floats) -> list[ItemVotes]:
    order = np.lexsort((frame, query_frame, -weight, item))
    query_frame, frame, item, weight = query_frame[order], frame[order], item[order], weight[order]
    items, number = np.unique(item, return_inverse=True)
    asked = int(query_frame.max()) + 1
    _, first = np.unique(number * asked + query_frame, return_index=True)  # of each query frame its best
    score = np.bincount(number[first], weight[first], minlength=len(items))
    starts = np.searchsorted(number, np.arange(len(items) + 1))
    found = []
    for one in np.argsort(-score, kind="stable")[:MOST_ITEMS].tolist():
        part = slice(int(starts[one]), min(int(starts[one + 1]), int(starts[one]) + PAIRS_AN_ITEM))
        found.append(
            ItemVotes(
                number=int(items[one]),
                query_frame=query_frame[part],
                frame=frame[part],
                weight=weight[part],
                score=float(score[one]),
            )
        )
    return found
