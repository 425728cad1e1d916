"""Which pictures are looked at closely: a choice by presented time alone, so that two runs choose alike."""

import math

import numpy as np
from numpy.typing import NDArray


class Ticks:
    """Wants the first picture at or after each multiple of a length of time. Memory does not grow."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next = -math.inf

    def wants(self, at_s: float) -> bool:
        """To be asked about every picture, in order."""
        ticks = at_s / self._every_s + 1e-6
        if ticks < self._next:
            return False
        self._next = math.floor(ticks) + 1
        return True


class Thinned:
    """Pictures spread over a clip whose length is not known beforehand: never more than `most`.

    Begins with one picture per `first_every_s`; when full, every second one goes and the distance doubles.
    """

    def __init__(self, *, most: int, first_every_s: float) -> None:
        self._most = most
        self._every_s = first_every_s
        self._next_s = -math.inf
        self.at_s: list[float] = []
        self.pictures: list[NDArray[np.uint8]] = []

    def wants(self, at_s: float) -> bool:
        """Whether the picture at this time should be given to `keep`."""
        return at_s >= self._next_s

    def keep(self, at_s: float, picture: NDArray[np.uint8]) -> None:
        """Keeps the picture itself, not a copy."""
        self.at_s.append(at_s)
        self.pictures.append(picture)
        if len(self.pictures) > self._most:
            self.at_s = self.at_s[::2]
            self.pictures = self.pictures[::2]
            self._every_s *= 2
        self._next_s = self.at_s[-1] + self._every_s - 1e-6

    def spread(self, count: int) -> list[int]:
        """Indices of at most `count` kept pictures, evenly spread, the first and the last among them."""
        kept = len(self.pictures)
        if kept <= count:
            return list(range(kept))
        return [round(i * (kept - 1) / (count - 1)) for i in range(count)]
