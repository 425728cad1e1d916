"""Posting lists of binary codes: which frames hold a feature whose code is near an asked one.

Of a 256-bit code two pieces of 24 bits are keys; features are sorted by them, once for each, and a directory says
where each key begins. A feature is kept as 12 bytes a key: 64 bits to judge nearness by (56 of the code, and the key's
last 8), its frame, turn and size. An asked code looks up its own key and every key that differs in one bit of
as many leading bits as are looked at: fewer in a small archive, where it finds more, all 24 in a large one, where it
must look at less. That is bit sampling (Indyk and Motwani 1998) with the neighbouring keys tried too (Lv et al. 2007).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TABLES = 2
KEY_BITS = 24
FEWEST_KEY_BITS = 16  # of a directory; the rest of a key is kept with the feature
PLACE_BITS = 10  # of the 32 that say where: 7 for the turn, 3 for the size
MOST_FRAMES = 1 << (32 - PLACE_BITS)
A_DIRECTORY_ENTRY = 8  # features a directory entry leads to, at least
LONGEST_LIST = 4096  # features looked at under one key of one segment; more is a viral clip, whose first copies do
MOST_ALIKE = 64  # near features of one list that count, in the order they were added: the first copies of a viral clip
AT_ONCE = 1 << 20  # features judged at a time, which bounds memory

_LOW = np.uint64(0xFF)
_KEY = np.uint64((1 << KEY_BITS) - 1)

Places = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """Codes made ready to be looked up: `key` [tables, codes] uint32, `sign` [tables, codes] uint64."""

    key: NDArray[np.uint32]
    sign: NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Postings:
    """One key's lists over one segment: those of key k, cut to the directory's bits, are directory[k] to
    directory[k + 1]. Arrays may be mapped from a file."""

    directory: NDArray[np.uint32]  # [2 ** bits + 1]
    sign: NDArray[np.uint64]  # [features]
    place: Places  # [features]

    def __len__(self) -> int:
        return len(self.sign)

    @property
    def bits(self) -> int:
        """How many leading bits of a key the directory tells apart."""
        return (len(self.directory) - 1).bit_length() - 1


def asked(code: NDArray[np.uint64]) -> Asked:
    """Codes [codes, words] made ready to be looked up."""
    keys = [(code[:, 0] >> np.uint64(table * KEY_BITS)) & _KEY for table in range(TABLES)]
    signs = [(code[:, 1] & ~_LOW) | (key & _LOW) for key in keys]
    return Asked(key=np.stack(keys).astype(np.uint32), sign=np.stack(signs))


def place_of(frame: NDArray[np.int64], angle: NDArray[np.float32], diameter_px: NDArray[np.float32]) -> Places:
    """Frame, turn and size of each feature in 32 bits."""
    turn = np.rint(angle * (64 / np.pi)).astype(np.int64) & 127
    size = level_of(diameter_px)
    return np.asarray((frame << PLACE_BITS) | (turn << 3) | size, np.uint32)


def level_of(diameter_px: NDArray[np.float32]) -> NDArray[np.int64]:
    """The size of features in 8 steps of a quarter, the smallest (31 px) 0."""
    steps = np.log(np.maximum(diameter_px, 1.0) / 31.0) * (1 / np.log(1.25))
    return np.asarray(np.clip(np.rint(steps), 0, 7), np.int64)


def turn_of(place: NDArray[np.int64]) -> NDArray[np.int64]:
    """The turn of features in 128ths."""
    return (place >> 3) & 127


def posted(code: NDArray[np.uint64], place: Places) -> tuple[Postings, ...]:
    """Lists of features by each key. Places must be those of one segment."""
    made = asked(code)
    return tuple(_sorted(made.key[table], made.sign[table], place) for table in range(TABLES))


def merged(parts: Sequence[Postings], first_frames: Sequence[int]) -> Postings:
    """Lists of several segments in one, each segment's frames counted on from its own first_frame."""
    keys = np.concatenate([_keys(one) for one in parts])
    places = [one.place + np.uint32(first << PLACE_BITS) for one, first in zip(parts, first_frames, strict=True)]
    return _sorted(keys, np.concatenate([one.sign for one in parts]), np.concatenate(places))


def kept(one: Postings, frames: NDArray[np.bool_], number: NDArray[np.uint32]) -> Postings:
    """The lists without the frames that are not kept, the others by their new number."""
    frame = one.place >> PLACE_BITS
    stays = frames[frame]
    low = one.place[stays] & np.uint32((1 << PLACE_BITS) - 1)
    return _sorted(_keys(one)[stays], one.sign[stays], (number[frame[stays]] << PLACE_BITS) | low)


def near(
    tables: Sequence[Postings], wanted: Asked, *, bits: int, most: int, near_bits: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which asked code is near which feature: (code, place) of each, with repeats.

    bits: leading key bits that are looked at; most: features judged in one table, the rarest keys' first; near_bits: of
    64 that may differ.
    """
    codes, places = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for table, postings in enumerate(tables):
        code, low, count = _lists(postings, wanted.key[table], min(bits, postings.bits))
        rare_first = np.argsort(count, kind="stable")
        within = rare_first[np.cumsum(count[rare_first]) <= most]
        within.sort()  # along the file: neighbours share pages
        for part in _portions(count, within):
            many = count[part]
            row = np.arange(many.sum()) + np.repeat(low[part] - np.cumsum(many) + many, many)
            whose = np.repeat(code[part], many)
            bits_apart = np.bitwise_count(postings.sign[row] ^ wanted.sign[table][whose])
            alike = _first_of_each(np.flatnonzero(bits_apart <= near_bits), many)
            codes.append(whose[alike])
            places.append(postings.place[row[alike]].astype(np.int64))
    return np.concatenate(codes), np.concatenate(places)


def _first_of_each(alike: NDArray[np.int64], many: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of the near features, the first MOST_ALIKE of each list; features lie list after list, so many in each."""
    of_list = np.searchsorted(np.cumsum(many), alike, side="right")
    rank = np.arange(len(alike)) - np.searchsorted(of_list, of_list, side="left")
    return alike[rank < MOST_ALIKE]


def _lists(
    postings: Postings, key: NDArray[np.uint32], bits: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Lists to look through, sorted by where they lie: the asked code, the first feature, how many there are."""
    flips = np.concatenate([[0], 1 << np.arange(bits)]).astype(np.uint32)
    prefix = ((key[:, None] >> np.uint32(KEY_BITS - bits)) ^ flips).astype(np.int64).ravel()
    code = np.repeat(np.arange(len(key)), len(flips))
    finer = postings.bits - bits
    low = postings.directory[prefix << finer].astype(np.int64)
    count = np.minimum(postings.directory[(prefix + 1) << finer] - low, LONGEST_LIST)
    there = np.flatnonzero(count > 0)
    there = there[np.argsort(low[there], kind="stable")]
    return code[there], low[there], count[there]


def _portions(count: NDArray[np.int64], chosen: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    ends = np.cumsum(count[chosen])
    if not len(ends):
        return []
    cuts = np.searchsorted(ends, np.arange(AT_ONCE, ends[-1], AT_ONCE), side="right")
    return [part for part in np.split(chosen, np.unique(cuts)) if len(part)]


def _sorted(key: NDArray[np.uint32], sign: NDArray[np.uint64], place: Places) -> Postings:
    order = np.argsort(key, kind="stable")
    bits = int(np.clip(np.ceil(np.log2(max(1, len(key)) / A_DIRECTORY_ENTRY)), FEWEST_KEY_BITS, KEY_BITS))
    counts = np.bincount(key >> np.uint32(KEY_BITS - bits), minlength=1 << bits)
    directory = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
    return Postings(directory=directory, sign=sign[order], place=place[order])


def _keys(one: Postings) -> NDArray[np.uint32]:
    """The whole keys again: their leading bits from the directory, the rest as kept with each feature."""
    rest = KEY_BITS - one.bits
    count = one.directory[1:] - one.directory[:-1]
    lead = np.repeat(np.arange(1 << one.bits, dtype=np.uint32), count.astype(np.int64))
    low = (one.sign & np.uint64((1 << rest) - 1)).astype(np.uint32)
    return (lead << np.uint32(rest)) | low
