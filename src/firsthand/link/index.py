"""Which items share pictures or sound with a query, among all that the archive holds.

Codes lie in immutable segments (index_segments.py), small ones in memory, large ones mapped from files. A query looks
its codes up (postings.py), lets what it hits vote (votes.py), and only the likeliest items' prints are ever loaded.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from firsthand.link.geometry import distance
from firsthand.link.hash_lists import HashedFrames
from firsthand.link.index_segments import Indexed, IndexSegment, joined, segment_of
from firsthand.link.postings import KEY_BITS, PLACE_BITS, TABLES, Asked, asked, level_of, near, place_of
from firsthand.link.prints import Print
from firsthand.link.same_sound import Floats, searched_sound
from firsthand.link.sound_codes import INDEXED_EVERY, alike, sound_codes, sound_places, total, windows_of
from firsthand.link.votes import FrameVotes as FrameVotes
from firsthand.link.votes import Hits, hits_of, item_votes
from firsthand.model.ids import ItemId

SAME_PLACE_PX = 4.0
SAME_FEATURE_BITS = 40
INDEXED, INDEXED_FINE = 240, 240  # features of a frame, and of a frame at twice the size
NEAR_BITS = 13  # of 64, for features of pictures; see bench/copies/LOG.md
SOUND_NEAR_BITS = 18  # of 64, for seconds of sound
JUDGED = 12_000_000  # features of the archive that one pass over pictures judges at most: about a quarter of a second
# Of one segment at least: what was just added lies in small ones, whose share would be a few thousand.
LEAST_JUDGED = 250_000
SOUND_JUDGED = 8_000_000
SKEW = 4  # how much fuller the lists are that real codes ask for than all lists on average
FEWEST_KEY_BITS = 10
MOST_SAME = 60  # items with the very same packets that are answered; the first
KEPT_BYTES = 512 << 20  # of prints in memory

Ints = NDArray[np.int64]


@dataclass(slots=True, kw_only=True)
class _Placed:
    """A segment within the index. numbers: [items] the index's numbers of its items, -1 where another segment has the
    item already; first_frame: of all frames of the index, where its own begin."""

    segment: IndexSegment
    numbers: Ints
    first_frame: int


class PrintIndex:
    """Prints that can be asked for their like.

    segments: what lies ready; an item that stands in several counts where it stands first. answering: which of their
    items may be answers (None: all). current: whether a segment's entry of an item, by its revision, still holds
    (None: all do). What may not answer or does not hold is as good as not there. read: gives the print of an item;
    without it, prints that were added are held in memory. kept_bytes: of prints that were read, held in memory.
    Growth: adding n items costs n log n in all; a query costs more the more the archive holds, up to a bound (JUDGED),
    from where on it looks at less per code; whatever the number of copies of one clip.
    """

    def __init__(
        self,
        prints: Iterable[Print] = (),
        *,
        segments: Sequence[IndexSegment] = (),
        answering: Iterable[ItemId] | None = None,
        current: Callable[[ItemId, bytes], bool] | None = None,
        read: Callable[[ItemId], Print | None] | None = None,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        self._read = read
        self._kept_bytes = kept_bytes
        self._current = current
        self._held: dict[ItemId, Print] = {}
        self._kept: OrderedDict[ItemId, Print] = OrderedDict()
        self._heard: dict[ItemId, Floats | None] = {}
        self._placed: list[_Placed] = []
        self._loose = 0  # segments at the end that were made here
        self._items: list[ItemId] = []
        self._number: dict[ItemId, int] = {}
        self._first_frame: list[int] = []  # of each item
        self._answers = np.zeros(64, np.bool_)  # grows by doubling
        self._answering = 0
        allowed = None if answering is None else set(answering)
        for one in segments:
            self._place(one)
        for item in self._items if allowed is None else allowed & self._number.keys():
            self.allow(item)
        for made in prints:
            self.add(made)

    def __len__(self) -> int:
        return self._answering

    def __contains__(self, item: object) -> bool:
        return item in self._number and bool(self._answers[self._number[item]])  # type: ignore[index]

    def holds(self, item: ItemId) -> bool:
        """Whether a segment holds the item, be it allowed to answer or not."""
        return item in self._number

    def answering(self) -> tuple[ItemId, ...]:
        """The items that may be answers, in the order they came."""
        return tuple(item for item in self._items if item in self)

    def allow(self, item: ItemId) -> None:
        """From now on an item that a segment holds may be an answer."""
        if not self._answers[self._number[item]]:
            self._answers[self._number[item]] = True
            self._answering += 1

    def print(self, item: ItemId) -> Print:
        """The print of an item that answers. Raises KeyError for any other, or where it cannot be read any more."""
        if item not in self:
            raise KeyError(item)
        if item in self._held:
            return self._held[item]
        one = self._kept.pop(item, None) or (self._read(item) if self._read is not None else None)
        if one is None:
            raise KeyError(item)
        self._keep(one)
        return one

    def prints(self) -> tuple[Print, ...]:
        """All prints in the order they were added: for small indexes alone."""
        return tuple(self.print(item) for item in self.answering())

    def add(self, one: Print) -> None:
        """Adds a print; one of an item that is in already is not looked at, but the item answers from now on."""
        self.take(one, indexed(one))

    def take(self, one: Print, part: Indexed) -> None:
        """As `add`, where the caller has made `part` of the print already."""
        self.hold(one, part)
        self.allow(one.item)

    def hold(self, one: Print, part: Indexed) -> None:
        """As `take`, of an item that may not answer before it is allowed to."""
        if one.item not in self._number:
            self._place(segment_of([part]))
            self._loose += 1
            self._even_out()
            if self._read is None:
                self._held[one.item] = one
            else:
                self._keep(one)

    def _keep(self, one: Print) -> None:
        """Holds a print that can be read again, and lets the longest unused go where there are too many."""
        self._kept[one.item] = one
        while len(self._kept) > 1 and sum(size_bytes(kept) for kept in self._kept.values()) > self._kept_bytes:
            self._kept.popitem(last=False)

    def heard(self, one: Print) -> Floats | None:
        """What the comparison by sound needs of a print; kept for those that are held in memory."""
        if one.item not in self._held:
            return searched_sound(one)
        if one.item not in self._heard:
            self._heard[one.item] = searched_sound(one)
        return self._heard[one.item]

    def same_packets(self, query: Print) -> tuple[Print, ...]:
        """Other items whose picture track (sound track, where both have no pictures) holds the very same packets; the
        first sixty where there are more."""
        tracks = set(packet_tracks(query))
        found: list[Print] = []
        for placed in self._placed:
            for place in placed.segment.of_packets(sorted(tracks)).tolist():
                if len(found) < MOST_SAME and self._may_answer(placed.numbers[[place]], query)[0]:
                    one = self.print(placed.segment.items[place])
                    found += [one] if tracks & set(packet_tracks(one)) else []
        return tuple(found)

    def alike_in_sound(self, query: Print) -> tuple[ItemId, ...]:
        """Items of which several seconds sound like the query's at one offset, the likeliest first, at most sixty."""
        code, column = sound_codes(searched_sound(query), every=1)
        if not len(code):
            return ()
        sizes = [len(placed.segment.sound[0]) for placed in self._placed]
        wanted, bits = asked(code), key_bits(len(code), sum(sizes), SOUND_JUDGED)
        hits: list[tuple[Ints, Ints, Ints]] = []
        for placed, size in zip(self._placed, sizes, strict=True):
            most = SOUND_JUDGED * size // max(1, sum(sizes) * TABLES)
            which, place = near(placed.segment.sound, wanted, bits=bits, most=most, near_bits=SOUND_NEAR_BITS)
            owner, number, first = self._owners(placed, place >> PLACE_BITS, placed.segment.first_window, query)
            begun = ((place >> PLACE_BITS)[owner] - first) * INDEXED_EVERY
            hits.append((column[which[owner]], begun, number))
        found = alike(*(total([hit[part] for hit in hits]) for part in range(3)))
        return tuple(self._items[number] for number in found)

    def hashed(self) -> Iterator[HashedFrames]:
        """The PDQ hashes of every frame of items that answer, in portions."""
        for placed in self._placed:
            one = placed.segment
            owner = np.repeat(placed.numbers, np.diff(one.first_frame))
            answers = np.flatnonzero((owner >= 0) & self._answers[owner] & (one.pdq_quality > 0))
            yield HashedFrames(
                items=tuple(self._items[number] for number in owner[answers].tolist()),
                second=one.frame_s[answers],
                pdq=one.pdq[answers],
                quality=one.pdq_quality[answers],
            )

    def candidates(self, query: Print, *, mirrored: bool) -> tuple[FrameVotes, ...]:
        """Items whose frames resemble the query's (mirrored: its mirror image's), the likeliest first.

        The query itself is left out where it was added. Items with fewer than four like features in any pair of
        frames are left out, and those behind the 256 likeliest.
        """
        fine = query.fine
        code, fine_code = (query.mirrored, fine.mirrored) if mirrored else (query.code, fine.code)
        fresh = fresh_features(query)
        fresh, close = fresh[code[fresh].any(axis=1)], np.flatnonzero(fine_code.any(axis=1))  # zeros: not taken
        if not len(fresh):
            return ()
        angle = np.concatenate([query.angle[fresh], fine.angle[close]])
        voted = item_votes(
            self._hits(asked(np.concatenate([code[fresh], fine_code[close]])), query),
            query_frame=np.concatenate(
                [
                    np.repeat(np.arange(query.frames), np.diff(query.frame_first))[fresh],
                    np.repeat(fine.frame, np.diff(fine.first))[close],
                ]
            ),
            query_turn=np.rint((np.float32(np.pi) - angle if mirrored else angle) * (64 / np.pi)).astype(np.int64)
            & 127,
            query_size=level_of(np.concatenate([query.diameter_px[fresh], fine.diameter_px[close]])),
        )
        votes = (
            FrameVotes(
                item=self._items[one.number],
                query_frame=one.query_frame,
                frame=one.frame - self._first_frame[one.number],
                weight=one.weight,
                score=one.score,
            )
            for one in voted
        )
        return tuple(sorted(votes, key=lambda one: (-one.score, one.item)))

    def _hits(self, wanted: Asked, query: Print) -> Hits:
        sizes = [placed.segment.features for placed in self._placed]
        bits = key_bits(wanted.key.shape[1], sum(sizes), JUDGED)
        hits = []
        for placed, size in zip(self._placed, sizes, strict=True):
            most = max(LEAST_JUDGED, JUDGED * size // max(1, sum(sizes) * TABLES))
            which, place = near(placed.segment.picture, wanted, bits=bits, most=most, near_bits=NEAR_BITS)
            owner, number, _ = self._owners(placed, place >> PLACE_BITS, placed.segment.first_frame, query)
            hits.append(hits_of(which[owner], place[owner], placed.first_frame, number))
        return Hits(**{name: total([getattr(one, name) for one in hits]) for name in Hits.__slots__})

    def _owners(self, placed: _Placed, frame: Ints, first: Ints, query: Print) -> tuple[Ints, Ints, Ints]:
        """Which hits are of items that may answer; these items' numbers, and where their frames begin."""
        inside = np.flatnonzero(frame < first[-1])  # beyond: the file was damaged under us
        owner = np.searchsorted(first, frame[inside], side="right") - 1
        number = placed.numbers[owner]
        answers = self._may_answer(number, query)
        return inside[answers], number[answers], first[owner[answers]]

    def _may_answer(self, number: Ints, query: Print) -> NDArray[np.bool_]:
        own = self._number.get(query.item, -1)
        return np.asarray((number >= 0) & (number != own) & self._answers[number], np.bool_)

    def _place(self, segment: IndexSegment) -> None:
        begun = self._placed[-1] if self._placed else None
        first_frame = begun.first_frame + int(begun.segment.first_frame[-1]) if begun is not None else 0
        numbers = np.full(len(segment.items), -1, np.int64)
        for place, item in enumerate(segment.items):
            stale = self._current is not None and not self._current(item, segment.revision_of(place))
            if item not in self._number and not stale:
                numbers[place] = self._number[item] = len(self._items)
                self._items.append(item)
                self._first_frame.append(first_frame + int(segment.first_frame[place]))
        if len(self._answers) < len(self._items):
            self._answers = np.concatenate([self._answers, np.zeros(2 * len(self._items), np.bool_)])
        self._placed.append(_Placed(segment=segment, numbers=numbers, first_frame=first_frame))

    def _even_out(self) -> None:
        """Joins small segments, as in a binary counter: each code is sorted again about log n times."""
        while self._loose > 1:
            before, last = self._placed[-2:]
            if 2 * last.segment.features <= before.segment.features:
                return
            both = joined([before.segment, last.segment], lambda _, __: True)
            numbers = np.concatenate([before.numbers, last.numbers])
            self._placed[-2:] = [_Placed(segment=both, numbers=numbers, first_frame=before.first_frame)]
            self._loose -= 1


def indexed(one: Print, revision: str = "") -> Indexed:
    """What the index takes in of a print. revision: which findings it rests on."""
    fresh, fine = _first_of_frame(fresh_features(one), one.frame_first, INDEXED), fresh_fine_features(one)
    frame = np.repeat(np.arange(one.frames), np.diff(one.frame_first))[fresh]
    fine_frame = np.repeat(one.fine.frame, np.diff(one.fine.first))[fine]
    changes = searched_sound(one)
    hashed = len(one.pdq) == len(one.pdq_quality) == one.frames
    sound_code, column = sound_codes(changes, every=INDEXED_EVERY)
    return Indexed(
        item=one.item,
        revision=revision,
        packets=packet_tracks(one),
        frames=one.frames,
        frame_s=one.frame_s,
        pdq=one.pdq if hashed else np.zeros((one.frames, 32), np.uint8),
        pdq_quality=one.pdq_quality if hashed else np.zeros(one.frames, np.uint8),
        code=np.concatenate([one.code[fresh], one.fine.code[fine]]),
        place=place_of(
            np.concatenate([frame, fine_frame]),
            np.concatenate([one.angle[fresh], one.fine.angle[fine]]),
            np.concatenate([one.diameter_px[fresh], one.fine.diameter_px[fine]]),
        ),
        windows=windows_of(changes),
        sound_code=sound_code,
        sound_place=sound_places(column),
    )


def key_bits(codes: int, features: int, judged: int) -> int:
    """How many leading bits of a key are looked at, so that about `judged` features are judged."""
    for bits in range(FEWEST_KEY_BITS, KEY_BITS):
        if SKEW * TABLES * codes * (bits + 1) * features / 2**bits <= judged:
            return bits
    return KEY_BITS


def packet_tracks(one: Print) -> tuple[str, ...]:
    """Digests in hex that an item with the very same packets has too."""
    # Sound tracks of different footage can be equal (digital silence), so they speak only where there is no picture.
    if one.picture_packets:
        return one.picture_packets
    return (sha256(" ".join(one.sound_packets).encode()).hexdigest(),) if one.sound_packets else ()


def size_bytes(one: Print) -> int:
    """About what a print takes in memory."""
    return one.code.nbytes + one.mirrored.nbytes + one.trail.nbytes + one.mel.nbytes + 16 * len(one.code)


def fresh_features(one: Print) -> NDArray[np.int64]:
    """Features that were not at the same place in the frame before: a still camera, a logo, a caption count once."""
    return _fresh(one.frame_first, one.xy, one.code)


def fresh_fine_features(one: Print) -> NDArray[np.int64]:
    """The same of features found at twice the size, the strongest of each frame."""
    return _first_of_frame(_fresh(one.fine.first, one.fine.xy, one.fine.code), one.fine.first, INDEXED_FINE)


def _first_of_frame(chosen: NDArray[np.int64], first: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Of the chosen features, those that are among the first `most` of their frame: the strongest of every cell."""
    rank = chosen - first[np.searchsorted(first, chosen, side="right") - 1]
    return chosen[rank < most]


def _fresh(first: NDArray[np.int64], xy: NDArray[np.float32], code: NDArray[np.uint64]) -> NDArray[np.int64]:
    frames = len(first) - 1
    kept = [np.arange(first[0], first[min(1, frames)])]
    for frame in range(1, frames):
        before, here = slice(first[frame - 1], first[frame]), slice(first[frame], first[frame + 1])
        apart = [np.abs(np.subtract.outer(xy[before][:, axis], xy[here][:, axis])) for axis in (0, 1)]
        old, new = np.nonzero((apart[0] <= SAME_PLACE_PX) & (apart[1] <= SAME_PLACE_PX))
        bits = distance(code[before][old], code[here][new])
        stayed = np.zeros(here.stop - here.start, bool)
        stayed[new[bits <= SAME_FEATURE_BITS]] = True
        kept.append(np.flatnonzero(~stayed) + here.start)
    return np.concatenate(kept)
