"""Sound as binary codes: one of each second's changes, so that items with the same sound are found by look-up.

A window of 16 joined columns (1.0 s) of changes in 12 joined bands, laid onto 128 fixed random directions; each bit
says on which side it lies (Charikar 2002). Windows that correlate by 0.9 differ in one bit of seven, strangers in one
of two.
"""

from collections.abc import Sequence
from hashlib import shake_256

import numpy as np
from numpy.typing import NDArray

from firsthand.link.postings import PLACE_BITS, Places
from firsthand.link.same_sound import Floats

WIDTH = 16  # joined columns a window, 64 ms each
INDEXED_EVERY = 2  # of an item's windows; a query asks all
BITS = 128
QUIETEST = 3.0  # mean size of a change, in half decibels; windows under it hold hum or silence and fit everything
FEWEST = 4  # windows that agree on one offset
MOST_ITEMS = 60  # that are answered; the best

Ints = NDArray[np.int64]


def sound_codes(changes: Floats | None, *, every: int) -> tuple[NDArray[np.uint64], Ints]:
    """Codes [windows, 2] of what `searched_sound` gives, and the column each begins at; silent windows are left out."""
    if changes is None or len(changes) < WIDTH:
        return np.zeros((0, 2), np.uint64), np.zeros(0, np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(changes, WIDTH, axis=0)[::every]
    flat = windows.reshape(len(windows), -1)
    heard = np.flatnonzero(np.abs(flat).mean(1) >= QUIETEST)
    sides = flat[heard] @ _directions(flat.shape[1]) > 0
    return np.packbits(sides, axis=1).view(np.uint64).astype(np.uint64), heard * every


def windows_of(changes: Floats | None) -> int:
    """How many windows an item's sound counts in the index, silent ones too."""
    return 0 if changes is None or len(changes) < WIDTH else (len(changes) - WIDTH) // INDEXED_EVERY + 1


def sound_places(column: Ints) -> Places:
    """Where indexed windows stand among their item's."""
    return ((column // INDEXED_EVERY) << PLACE_BITS).astype(np.uint32)


def alike(asked_column: Ints, column: Ints, item: Ints) -> list[int]:
    """Items of which several windows agree with the query's on one offset, the likeliest first.

    One row a hit: the query's column, the item's column, the item's number.
    """
    if not len(item):
        return []
    offset = asked_column - column
    low = int(offset.min()) - 1
    span = int(offset.max()) - low + 2
    # Each query's window counts once for an offset: sound that repeats itself is like itself at many.
    once = np.unique(np.stack([item * span + offset - low, asked_column]), axis=1)[0]
    lines, count = np.unique(once, return_counts=True)
    best = np.zeros(len(lines), np.int64)
    for step in (-1, 0, 1):
        at = np.minimum(np.searchsorted(lines, lines + step), len(lines) - 1)
        best += np.where(lines[at] == lines + step, count[at], 0)
    owner = lines // span
    strength: dict[int, int] = {}
    for one, agreed in zip(owner[best >= FEWEST].tolist(), best[best >= FEWEST].tolist(), strict=True):
        strength[one] = max(strength.get(one, 0), agreed)
    return sorted(strength, key=lambda one: (-strength[one], one))[:MOST_ITEMS]


def _directions(length: int) -> Floats:
    """[length, 128] of ±1, the same for ever and everywhere."""
    if length not in _MADE:
        drawn = np.frombuffer(shake_256(b"firsthand sound codes 1").digest(length * BITS // 8), np.uint8)
        _MADE[length] = (np.unpackbits(drawn).reshape(length, BITS) * 2.0 - 1).astype(np.float32)
    return _MADE[length]


_MADE: dict[int, Floats] = {}


def total(parts: Sequence[Ints]) -> Ints:
    """Several arrays of numbers behind each other."""
    return np.concatenate([np.zeros(0, np.int64), *parts])
