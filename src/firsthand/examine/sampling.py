"""Which pictures are looked at closely: a choice by presented time alone, so that two runs choose alike."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingSettings:
    """every_s: the first picture at or after each multiple of this. after_cut_s: and the first one this long after
    a scene change (the first pictures of a scene are coded coarsely), unless one was taken in the new scene
    already; at_least_apart_s: extra pictures keep this distance, so that flicker does not sample every picture."""

    every_s: float = 1.0
    after_cut_s: float = 0.1
    at_least_apart_s: float = 0.25


class Sampler:
    """Says picture by picture whether it is wanted. Memory does not grow."""

    def __init__(self, settings: SamplingSettings | None = None) -> None:
        self._settings = settings or SamplingSettings()
        self._next_tick = -math.inf
        self._last_taken_s = -math.inf
        self._cut_s: float | None = None

    def wants(self, at_s: float, cut_at_s: float | None) -> bool:
        """Whether the picture at this time is wanted. cut_at_s: a scene change that has just become certain."""
        settings = self._settings
        if cut_at_s is not None:
            self._cut_s = cut_at_s
        tick = math.floor(at_s / settings.every_s + 1e-6)
        if tick >= self._next_tick:
            self._next_tick = tick + 1
            return self._take(at_s)
        cut = self._cut_s
        if cut is None or at_s < cut + settings.after_cut_s:
            return False
        if self._last_taken_s >= cut + settings.after_cut_s / 2:
            self._cut_s = None
            return False
        return self._take(at_s) if at_s >= self._last_taken_s + settings.at_least_apart_s else False

    def _take(self, at_s: float) -> bool:
        if self._cut_s is not None and at_s >= self._cut_s + self._settings.after_cut_s / 2:
            self._cut_s = None
        self._last_taken_s = at_s
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
