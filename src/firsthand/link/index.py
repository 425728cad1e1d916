"""Which items share pictures with a query: an inverted file over pieces of binary codes.

A 256-bit code is cut into 16 pieces of 16 bits. Codes at distance 32 agree on at least one whole piece nearly nine
times in ten, codes of strangers one time in 4,000; so looking pieces up finds the near ones without comparing
with all. Every add makes a sorted segment; small neighbours are merged, so n items make about log n segments and
adding never rebuilds everything.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.link.geometry import distance
from firsthand.link.prints import Print
from firsthand.link.same_sound import Floats, searched_sound
from firsthand.model.ids import ItemId

PIECES = 16
NEAR_BITS = 48  # of 256: tighter than when two frames are compared, since here each code meets the whole archive
LARGEST_BUCKET = 256  # codes under one piece that are looked at; a fuller bucket is sky, water or captions
SAME_PLACE_PX = 4.0
SAME_FEATURE_BITS = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameVotes:
    """How strongly pairs of frames (query frame, item frame) resemble each other, best first."""

    item: ItemId
    query_frame: NDArray[np.int64]  # [pairs]
    frame: NDArray[np.int64]  # [pairs]
    weight: NDArray[np.float64]  # [pairs]; 1 is one feature that is rare in the archive
    score: float  # the item's own: the sum over the query's frames of each frame's best pair


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Segment:
    code: NDArray[np.uint64]  # [codes, words]
    frame: NDArray[np.uint32]  # [codes] the archive-wide number of the frame each code is of
    piece: NDArray[np.uint16]  # [16, codes] sorted along each row
    row: NDArray[np.uint32]  # [16, codes] which code each piece belongs to


class PrintIndex:
    """Prints that can be asked for their like. Holds the prints themselves: one archive's worth in memory.

    Growth: adding costs n log n in all; a query costs its own codes times the bucket size and the number of
    segments, whatever the number of copies of one clip. The same prints added in the same order answer the same.
    """

    def __init__(self, prints: Iterable[Print] = ()) -> None:
        self._prints: list[Print] = []
        self._number: dict[ItemId, int] = {}
        self._first_frame: list[int] = [0]
        self._segments: list[_Segment] = []
        self._by_packets: dict[str, list[int]] = {}
        self._heard: dict[ItemId, Floats | None] = {}
        for one in prints:
            self.add(one)

    def __len__(self) -> int:
        return len(self._prints)

    def __contains__(self, item: object) -> bool:
        return item in self._number

    def print(self, item: ItemId) -> Print:
        """The print of an item that was added. Raises KeyError for any other."""
        return self._prints[self._number[item]]

    def prints(self) -> tuple[Print, ...]:
        """All prints in the order they were added."""
        return tuple(self._prints)

    def add(self, one: Print) -> None:
        """Adds a print; an item that is already in is left as it is."""
        if one.item in self._number:
            return
        first = self._first_frame[-1]
        self._number[one.item] = len(self._prints)
        for digest in _track(one):
            self._by_packets.setdefault(digest, []).append(len(self._prints))
        self._prints.append(one)
        self._first_frame.append(first + one.frames)
        fresh = fresh_features(one)
        if not len(fresh):
            return
        frame = np.repeat(np.arange(one.frames), np.diff(one.frame_first))[fresh] + first
        self._segments.append(_segment(one.code[fresh], frame.astype(np.uint32)))
        # Equal halves are merged, as in a binary counter: each code is sorted again about log n times.
        while len(self._segments) > 1 and len(self._segments[-1].code) * 2 > len(self._segments[-2].code):
            last, before = self._segments.pop(), self._segments.pop()
            self._segments.append(
                _segment(np.concatenate([before.code, last.code]), np.concatenate([before.frame, last.frame]))
            )

    def heard(self, one: Print) -> Floats | None:
        """What the search by sound needs of a print; kept for those that were added."""
        if one.item not in self._number:
            return searched_sound(one)
        if one.item not in self._heard:
            self._heard[one.item] = searched_sound(one)
        return self._heard[one.item]

    def same_packets(self, query: Print) -> tuple[Print, ...]:
        """Other items whose picture track (sound track, where both have no pictures) holds the very same packets."""
        numbers = {number for digest in _track(query) for number in self._by_packets.get(digest, ())}
        return tuple(self._prints[one] for one in sorted(numbers) if self._prints[one].item != query.item)

    def candidates(self, query: Print, *, mirrored: bool) -> tuple[FrameVotes, ...]:
        """Items whose frames resemble the query's (mirrored: its mirror image's), the likeliest first.

        The query itself is left out where it was added. Items with fewer than four like features in any pair of
        frames are left out; three points agree on some similarity too often.
        """
        code = query.mirrored if mirrored else query.code
        fresh = fresh_features(query)
        if not len(code) or not len(fresh):
            return ()
        fine = query.fine
        asked = np.concatenate([code[fresh], fine.mirrored if mirrored else fine.code])
        frame_of_query = np.concatenate(
            [
                np.repeat(np.arange(query.frames), np.diff(query.frame_first))[fresh],
                np.repeat(fine.frame, np.diff(fine.first)),
            ]
        )
        hits = [_hits(segment, asked) for segment in self._segments]
        feature = np.concatenate([feature for feature, _ in hits] or [np.zeros(0, np.int64)])
        frame = np.concatenate([frame for _, frame in hits] or [np.zeros(0, np.int64)])
        if not len(feature):
            return ()
        # One feature counts once for a frame, however often a brick repeats in it.
        feature, frame = np.unique(np.stack([feature, frame]), axis=1)
        item = np.searchsorted(self._first_frame, frame, side="right") - 1
        weight = _rarity(feature, item, len(asked))
        own = self._number.get(query.item, -1)
        found = []
        for number in np.unique(item):
            if number != own:
                mine = item == number
                votes = self._votes(int(number), frame_of_query[feature[mine]], frame[mine], weight[mine])
                if votes is not None:
                    found.append(votes)
        return tuple(sorted(found, key=lambda votes: (-votes.score, votes.item)))

    def _votes(
        self, number: int, query_frame: NDArray[np.int64], frame: NDArray[np.int64], weight: NDArray[np.float64]
    ) -> FrameVotes | None:
        pairs, place = np.unique(np.stack([query_frame, frame]), axis=1, return_inverse=True)
        place = place.ravel()
        enough = np.bincount(place) >= 4
        if not enough.any():
            return None
        summed = np.bincount(place, weight)[enough]
        pairs = pairs[:, enough]
        order = np.lexsort((pairs[1], pairs[0], -summed))
        summed, pairs = summed[order], pairs[:, order]
        _, best = np.unique(pairs[0], return_index=True)  # the first of each query frame is its best
        return FrameVotes(
            item=self._prints[number].item,
            query_frame=pairs[0],
            frame=pairs[1] - self._first_frame[number],
            weight=summed.astype(np.float64),
            score=float(summed[best].sum()),
        )


def fresh_features(one: Print) -> NDArray[np.int64]:
    """Features that were not at the same place in the frame before: a still camera, a logo, a caption count once."""
    kept = [np.arange(one.frame_first[0], one.frame_first[min(1, one.frames)])]
    for frame in range(1, one.frames):
        before = slice(one.frame_first[frame - 1], one.frame_first[frame])
        here = slice(one.frame_first[frame], one.frame_first[frame + 1])
        apart = [np.abs(np.subtract.outer(one.xy[before][:, axis], one.xy[here][:, axis])) for axis in (0, 1)]
        close = (apart[0] <= SAME_PLACE_PX) & (apart[1] <= SAME_PLACE_PX)
        old, new = np.nonzero(close)
        bits = distance(one.code[before][old], one.code[here][new])
        stayed = np.zeros(here.stop - here.start, bool)
        stayed[new[bits <= SAME_FEATURE_BITS]] = True
        kept.append(np.flatnonzero(~stayed) + here.start)
    return np.concatenate(kept)


def _track(one: Print) -> tuple[str, ...]:
    # Sound tracks of different footage can be equal (digital silence), so they speak only where there is no picture.
    if one.picture_packets:
        return one.picture_packets
    return ("sound " + " ".join(one.sound_packets),) if one.sound_packets else ()


def _segment(code: NDArray[np.uint64], frame: NDArray[np.uint32]) -> _Segment:
    pieces = np.ascontiguousarray(code.view(np.uint16).reshape(len(code), -1).T)
    row = np.argsort(pieces, axis=1, kind="stable").astype(np.uint32)
    return _Segment(code=code, frame=frame, piece=np.take_along_axis(pieces, row.astype(np.int64), 1), row=row)


def _hits(segment: _Segment, asked: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which asked code is near which frame's: two arrays of one length, with repeats."""
    wanted = asked.view(np.uint16).reshape(len(asked), -1)
    features, frames = [], []
    for number in range(wanted.shape[1]):
        low = np.searchsorted(segment.piece[number], wanted[:, number], side="left")
        high = np.searchsorted(segment.piece[number], wanted[:, number], side="right")
        counts = np.minimum(high - low, LARGEST_BUCKET)
        feature = np.repeat(np.arange(len(asked)), counts)
        step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        row = segment.row[number][np.repeat(low, counts) + step]
        near = distance(asked[feature], segment.code[row]) <= NEAR_BITS
        features.append(feature[near])
        frames.append(segment.frame[row[near]].astype(np.int64))
    return np.concatenate(features), np.concatenate(frames)


def _rarity(feature: NDArray[np.int64], item: NDArray[np.int64], asked: int) -> NDArray[np.float64]:
    """What one hit weighs: 1 for a feature seen in one item, less for one that half the archive has."""
    pairs = np.unique(np.stack([feature, item]), axis=1)
    items = np.bincount(pairs[0], minlength=asked)
    return np.asarray(1.0 / (1.0 + np.log(np.maximum(items[feature], 1))))
