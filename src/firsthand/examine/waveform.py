"""Columns of a waveform over a track whose length is not known beforehand."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Lumps hold this many columns, so columns can be joined by any power of two up to it (20 ms × 512 × 32,768: 93 h).
COLUMNS_A_LUMP = 512


class Waveform:
    """Lowest, highest and mean square of each column; at most about `most`, joined two by two when there are more."""

    def __init__(self, *, column_samples: int, most: int) -> None:
        self._column_samples = column_samples
        self._most = most
        self._low: list[NDArray[np.float32]] = []
        self._high: list[NDArray[np.float32]] = []
        self._squares: list[NDArray[np.float64]] = []
        self._kept = 0
        self.joined = 1
        self.energy = 0.0

    def add_lump(self, samples: NDArray[np.float32]) -> None:
        """samples: [COLUMNS_A_LUMP × column_samples], or fewer in the last lump of all."""
        if not len(samples):
            return
        starts = np.arange(0, len(samples), self._column_samples)
        squares = np.add.reduceat(np.square(samples, dtype=np.float64), starts)
        self.energy += float(squares.sum())
        self._low.append(_joined(np.minimum.reduceat(samples, starts), np.minimum, self.joined))
        self._high.append(_joined(np.maximum.reduceat(samples, starts), np.maximum, self.joined))
        self._squares.append(_joined(squares, np.add, self.joined))
        self._kept += len(self._low[-1])
        while self._kept > self._most and self.joined < COLUMNS_A_LUMP:
            self._join()

    def columns(self, samples: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
        """Lowest [n], highest [n], mean square [n] of a track of so many samples."""
        squares = np.concatenate(self._squares)
        length = self._column_samples * self.joined
        lengths = np.full(len(squares), length)
        lengths[-1] = samples - length * (len(squares) - 1)
        return np.concatenate(self._low), np.concatenate(self._high), squares / lengths

    def _join(self) -> None:
        self._low = [_joined(np.concatenate(self._low), np.minimum, 2)]
        self._high = [_joined(np.concatenate(self._high), np.maximum, 2)]
        self._squares = [_joined(np.concatenate(self._squares), np.add, 2)]
        self._kept = len(self._low[0])
        self.joined *= 2


def _joined(numbers: NDArray[Any], how: np.ufunc, count: int) -> NDArray[Any]:
    """Each `count` neighbours as one, the last group perhaps of fewer."""
    return how.reduceat(numbers, np.arange(0, len(numbers), count)) if count > 1 else numbers
