"""Blocks of sound laid on one line: gaps become silence, so that a sample's number is its time."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from firsthand.media.frames import SAMPLES_PER_SECOND, SoundBlock

# Containers round times to a millisecond or so; what is smaller than this is rounding, not a gap.
TOLERANCE_SAMPLES = SAMPLES_PER_SECOND * 5 // 1000
# A single gap longer than this is a time stamp gone wrong, not a pause; filling it would fill the memory.
LONGEST_GAP_S = 3600.0


class SoundLine:
    """Turns blocks into lumps of fixed length, which start at fixed sample numbers however the blocks are cut.

    Holds less than one lump and one block. Samples that overlap what was heard already are left out.
    """

    def __init__(self, *, lump: int, overlap: int = 0) -> None:
        """lump: samples by which one lump starts later than the one before; overlap: samples it has beyond that."""
        self._lump = lump
        self._overlap = overlap
        self._pending: list[NDArray[np.float32]] = []
        self._waiting = 0
        self.first_s = 0.0
        self.samples = 0
        self.lost = 0
        self.jumped = ""

    @property
    def end_s(self) -> float:
        """The time just after the last sample."""
        return self.first_s + self.samples / SAMPLES_PER_SECOND

    def lay(self, block: SoundBlock) -> Iterator[NDArray[np.float32]]:
        """The lumps [lump + overlap] float32 that this block completes. The iterator must be used up.

        A jump forward by more than LONGEST_GAP_S is written down in `jumped`, and nothing after it is laid.
        """
        if self.jumped or not len(block.samples):
            return
        if self.samples == 0:
            self.first_s = block.at_s
        gap = round((block.at_s - self.end_s) * SAMPLES_PER_SECOND)
        if gap > LONGEST_GAP_S * SAMPLES_PER_SECOND:
            self.jumped = f"the sound's times jump from {self.end_s:.3f} s to {block.at_s:.3f} s"
            return
        if gap > TOLERANCE_SAMPLES:
            self.lost += gap
            yield from self._silence(gap)
        samples = block.samples[-gap:] if gap < -TOLERANCE_SAMPLES else block.samples
        yield from self._add(np.asarray(samples, dtype=np.float32))

    def rest(self) -> NDArray[np.float32]:
        """The samples [fewer than lump + overlap] that no lump was completed by."""
        return np.concatenate([*self._pending, np.zeros(0, np.float32)])

    def _silence(self, count: int) -> Iterator[NDArray[np.float32]]:
        while count > 0:
            part = min(count, self._lump)
            yield from self._add(np.zeros(part, np.float32))
            count -= part

    def _add(self, samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        # A block may lie in memory that is used again, and a lump may end inside it.
        self._pending.append(samples.copy())
        self._waiting += len(samples)
        self.samples += len(samples)
        if self._waiting < self._lump + self._overlap:
            return
        together = np.concatenate(self._pending)
        at = 0
        while len(together) - at >= self._lump + self._overlap:
            yield together[at : at + self._lump + self._overlap]
            at += self._lump
        self._pending = [together[at:].copy()]
        self._waiting = len(together) - at
