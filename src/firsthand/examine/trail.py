"""The trail of an item: a small picture about ten times a second, which shows what moves and when."""

from array import array
from collections import deque
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.sampling import Ticks
from firsthand.media.frames import Picture

SMALL_PX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailSettings:
    """every_s: the first picture at or after each multiple of this. between_every_s: in the first between_s also the
    first picture at or after each multiple of this, kept apart. A jump to another
    scene is a mean absolute change (0 to 255) of at least least_jump and times_usual the usual one of usual_of
    pictures before. most: when there are more pictures, every second goes and the distance doubles: three hours at
    ten a second, and comparing asks for five."""

    every_s: float = 0.1
    between_s: float = 4.0
    between_every_s: float = 0.03
    least_jump: float = 14.0
    times_usual: float = 1.8
    usual_of: int = 10
    most: int = 108_000


class Trail:
    """Small pictures of one item, in order. Grows by 10 kB a second, and by 20 kB in the first seconds, to 111 MB.

    What is copied in pieces of a second or two is short itself. Of two items sampled a tenth of a second apart fast
    movement agrees by chance of where the samples fall; of one that is sampled at every picture it agrees.
    """

    def __init__(self, settings: TrailSettings) -> None:
        self._settings = settings
        self._every_s = settings.every_s
        self._ticks = Ticks(settings.every_s)
        self._between_ticks = Ticks(settings.between_every_s)
        self._usual: deque[float] = deque(maxlen=settings.usual_of)
        self.at_s = array("d")
        self.pictures: list[NDArray[np.uint8]] = []
        self.between_s = array("d")
        self.between: list[NDArray[np.uint8]] = []

    def see(self, picture: Picture) -> bool:
        """Whether the trail jumps at this picture: another scene began since the last one it took."""
        usual = self._ticks.wants(picture.at_s)
        if picture.at_s < self._settings.between_s and self._between_ticks.wants(picture.at_s) and not usual:
            self.between_s.append(picture.at_s)
            self.between.append(picture.square(SMALL_PX))
        if not usual:
            return False
        small = picture.square(SMALL_PX)
        jumped = self._jumped(small)
        self.at_s.append(picture.at_s)
        self.pictures.append(small)
        if len(self.pictures) > self._settings.most:
            self.at_s, self.pictures = self.at_s[::2], self.pictures[::2]
            self._every_s *= 2
            self._ticks = Ticks(self._every_s)
            self._ticks.wants(picture.at_s)
        return jumped

    def small(self, picture: Picture) -> NDArray[np.uint8]:
        """The small picture, [32, 32] uint8, of a picture that was seen just now, whether the trail took it or not."""
        taken = bool(self.at_s) and self.at_s[-1] == picture.at_s
        return self.pictures[-1] if taken else picture.square(SMALL_PX)

    def _jumped(self, small: NDArray[np.uint8]) -> bool:
        if not self.pictures:
            return False
        change = float(cv2.norm(small, self.pictures[-1], cv2.NORM_L1)) / small.size
        strong = change >= self._settings.least_jump
        usual = median(self._usual) if strong and self._usual else 0.0  # of ten: NumPy takes 100 µs
        self._usual.append(change)
        return strong and change >= self._settings.times_usual * usual


def small_picture(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole picture as [32, 32] uint8, its sides drawn to one length."""
    return np.asarray(cv2.resize(grey, (SMALL_PX, SMALL_PX), interpolation=cv2.INTER_AREA), dtype=np.uint8)
