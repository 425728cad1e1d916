"""The item's sound as it is kept for fine comparison: one channel, 16 000 samples a second, from the item's zero."""

import numpy as np
from numpy.typing import NDArray

from firsthand.examine.bulk import as_array
from firsthand.examine.soundline import SoundLine
from firsthand.media.frames import SAMPLES_PER_SECOND, SoundBlock
from firsthand.model.arrays import Array

# 173 MB as it leaves the decoding process, whose answers have a limit. What lies behind is not kept: there, comparing
# goes by the soundprint alone.
MOST_SAMPLES = 90 * 60 * SAMPLES_PER_SECOND


class SoundtrackKeeper:
    """Hears what examiners hear. Sample n of what it gives happened at n / 16 000 s of the item.

    It gives bare samples, not a file: whoever takes them from a decoding process that cannot be trusted has nothing
    to decode.
    """

    def __init__(self) -> None:
        self._line = SoundLine(lump=SAMPLES_PER_SECOND)
        self._kept: list[NDArray[np.int16]] = []
        self._samples = 0

    def hear(self, block: SoundBlock) -> None:
        """The next block of sound."""
        for lump in self._line.lay(block):
            self._keep(lump)

    def finish(self) -> Array | None:
        """[n] i2, full scale ±32767; None where nothing was heard."""
        if not self._line.samples:
            return None
        self._keep(self._line.rest())
        before = np.zeros(max(0, round(self._line.first_s * SAMPLES_PER_SECOND)), np.int16)
        return as_array(np.concatenate([before, *self._kept])[:MOST_SAMPLES], "i2")

    def _keep(self, samples: NDArray[np.float32]) -> None:
        if self._samples < MOST_SAMPLES:
            self._kept.append(np.clip(np.rint(samples * 32767), -32768, 32767).astype(np.int16))
            self._samples += len(samples)
