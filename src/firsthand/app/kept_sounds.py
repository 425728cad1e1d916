"""Kept sounds as comparing wants them: decoded, and the latest few at hand."""

import numpy as np
from numpy.typing import NDArray

from firsthand.media.flac import read_flac
from firsthand.model.errors import MalformedRecord
from firsthand.model.ids import ItemId
from firsthand.ports import Soundtracks

# Of decoded sound, while pairs are refined: 500 clips of 30 s, or three of 90 minutes. Pairs come in no order that a
# smaller store would serve.
BYTES_AT_ONCE = 512 << 20


class KeptSounds:
    """Kept sounds, decoded when asked for, the latest few at once. Implements link.offsets.Sounds."""

    def __init__(self, soundtracks: Soundtracks, most_bytes: int = BYTES_AT_ONCE) -> None:
        self._soundtracks = soundtracks
        self._most_bytes = most_bytes
        self._decoded: dict[ItemId, NDArray[np.int16] | None] = {}

    def samples(self, item: ItemId) -> NDArray[np.float32] | None:
        """From the item's zero, 16 000 a second; None where no sound is kept, or what is kept cannot be read."""
        if item in self._decoded:
            self._decoded[item] = self._decoded.pop(item)
        else:
            flac = self._soundtracks.flac(item)
            try:
                self._decoded[item] = None if flac is None else np.rint(read_flac(flac) * 32767).astype(np.int16)
            except MalformedRecord:  # derived: it is made again when the folder is cleared; comparing goes on without
                self._decoded[item] = None
            self._forget()
        held = self._decoded[item]
        return None if held is None else np.asarray(held / np.float32(32767), np.float32)

    def _forget(self) -> None:
        """What was asked for longest ago goes, but never the latest two: they are compared with each other."""
        held = sum(one.nbytes for one in self._decoded.values() if one is not None)
        for item in list(self._decoded)[:-2]:
            if held <= self._most_bytes:
                break
            gone = self._decoded.pop(item)
            held -= 0 if gone is None else gone.nbytes
