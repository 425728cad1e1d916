"""How coloured, how sharp and how noisy an item's pictures are: a few numbers of one picture a second."""

import math
from array import array
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.bulk import as_array
from firsthand.media.frames import Picture
from firsthand.model.arrays import Array

_BLOCK_PX = 20  # 16 × 9 blocks of a 320-pixel picture: the quietest of them hold little but noise


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneSettings:
    """cells: colours are averaged into cells × cells.
    bands: of detail, each from a picture half as large as the one before. quiet: the quantile of blocks, quietest
    first, that stands for noise. least_px: a band needs a picture of at least this short side."""

    cells: int = 8
    bands: int = 4
    quiet: float = 0.15
    least_px: int = 16


class Tone:
    """Collects colour and detail. Grows by 156 bytes a picture looked at.

    `colour` u1 [n, 8, 8, 2]: Cb and Cr of each cell of the picture drawn square; 128, 128 is grey.
    `detail` f4 [n, 5]: mean absolute difference between the picture at 320 px and its own softened copy, the same
    at 160, 80 and 40 px, and last the first of these in the quietest blocks: noise. NaN where the picture is smaller.
    `looked_s` f8 [n]: their times.
    """

    def __init__(self, settings: ToneSettings) -> None:
        self._settings = settings
        self._at_s = array("d")
        self._colour: list[NDArray[np.uint8]] = []
        self._detail: list[list[float]] = []

    def see(self, picture: Picture, grey: NDArray[np.uint8], *, whole_px: int) -> None:
        """grey: the same picture with a long side of whole_px, or smaller where the picture itself is."""
        self._at_s.append(picture.at_s)
        self._colour.append(picture.colours(self._settings.cells))
        self._detail.append(self._details(grey, whole_px))

    def arrays(self) -> tuple[tuple[str, Array], ...]:
        """The three arrays, for a finding."""
        settings = self._settings
        colour = np.stack(self._colour) if self._colour else np.zeros((0, settings.cells, settings.cells, 2), np.uint8)
        detail = np.array(self._detail, np.float32).reshape(-1, settings.bands + 1)
        return (
            ("looked_s", as_array(np.array(self._at_s), "f8")),
            ("colour", as_array(colour, "u1")),
            ("detail", as_array(detail, "f4")),
        )

    def _details(self, grey: NDArray[np.uint8], whole_px: int) -> list[float]:
        settings = self._settings
        bands = [float("nan")] * (settings.bands + 1)
        # A picture smaller than asked for begins at the band its size belongs to.
        octaves = math.log2(whole_px / max(grey.shape))
        at = grey if octaves <= 0.01 else _halved(grey, whole_px / 2 ** math.ceil(octaves - 0.01))
        for band in range(math.ceil(max(0.0, octaves - 0.01)), settings.bands):
            if min(at.shape) < settings.least_px:
                break
            fine = np.asarray(cv2.absdiff(at, cv2.GaussianBlur(at, (3, 3), 0)), np.uint8)
            bands[band] = float(cv2.mean(fine)[0])
            if band == 0:
                bands[-1] = _quietest(fine, settings.quiet)
            at = _halved(at, max(at.shape) / 2)
        return bands


def _halved(grey: NDArray[np.uint8], long_side_px: float) -> NDArray[np.uint8]:
    factor = long_side_px / max(grey.shape)
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _quietest(fine: NDArray[np.uint8], share: float) -> float:
    size = (max(1, fine.shape[1] // _BLOCK_PX), max(1, fine.shape[0] // _BLOCK_PX))
    blocks = np.sort(cv2.resize(fine.astype(np.float32), size, interpolation=cv2.INTER_AREA), axis=None)
    below = share * (len(blocks) - 1)  # as np.quantile, which takes ten times as long
    low, high = blocks[int(below)], blocks[min(int(below) + 1, len(blocks) - 1)]
    return float(low + (high - low) * (below % 1))
