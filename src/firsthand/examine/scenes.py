"""Watches every picture cheaply: how bright, how much changed, and where one scene ends and the next begins."""

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.media.frames import Picture

# Copying samples out of a frame costs 5 ns each: 80 × 45 of them took more time than all the rest of watching.
SAMPLES_ON_LONG_SIDE = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSettings:
    """When a change of picture is a cut.

    least_change: mean absolute luma change (0 to 255) below which nothing is a cut; times_usual: and how many times
    the usual change of the second before; least_histogram: share of samples (0 to 1) whose brightness class must
    have changed, unless the change is strong_change at least; flash_return_ratio: two pictures later the old
    picture is back to within this share of the change: a flash of light, not a cut; whip_ratio: one of the two
    pictures before or after changes by more than this share of the change: the camera is swung, not cut;
    usual_of: over how many pictures the usual change is taken.
    """

    least_change: float = 14.0
    times_usual: float = 2.5
    least_histogram: float = 0.18
    strong_change: float = 30.0
    flash_return_ratio: float = 0.5
    whip_ratio: float = 0.7
    usual_of: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One picture's statistics. brightness, spread: mean and standard deviation of stored luma samples (0 to 255);
    change: mean absolute difference to the picture before, 0 for the first; cut_at_s: a scene change that is now
    certain (it lies up to two pictures back), None for none."""

    brightness: float
    spread: float
    change: float
    cut_at_s: float | None


@dataclass(slots=True)
class _Candidate:
    at_s: float
    change: float
    before: NDArray[np.uint8]
    pictures_after: int = 0


class SceneWatch:
    """Looks at every picture of one item in order. Memory does not grow.

    Limits: fades and dissolves are not cuts; nor are cuts less than three pictures apart, or from one swung camera to
    another; a cut between two dim pictures of like brightness can be missed.
    """

    def __init__(self, settings: SceneSettings | None = None) -> None:
        self._settings = settings or SceneSettings()
        self._last: NDArray[np.uint8] | None = None
        self._usual: deque[float] = deque(maxlen=self._settings.usual_of)
        self._candidate: _Candidate | None = None

    def see(self, picture: Picture) -> Seen:
        step = max(1, max(picture.width_px, picture.height_px) // SAMPLES_ON_LONG_SIDE)
        luma = np.array(picture.luma(step), dtype=np.uint8, order="C")
        mean, spread = cv2.meanStdDev(luma)
        last = self._last
        same_shape = last is not None and last.shape == luma.shape
        change = _change(last, luma) if last is not None and same_shape else 0.0
        cut = self._settled(luma, change)
        if last is not None and same_shape and self._candidate is None and self._jumps(last, luma, change):
            self._candidate = _Candidate(picture.at_s, change, last)
        elif last is not None and not same_shape:
            cut = picture.at_s  # the track itself changes its size: the next recording begins
            self._candidate = None
        self._usual.append(change)
        self._last = luma
        return Seen(brightness=float(mean[0, 0]), spread=float(spread[0, 0]), change=change, cut_at_s=cut)

    def unsettled(self) -> float | None:
        """At the end: a scene change in the last two pictures, which no later picture can deny."""
        return None if self._candidate is None else self._candidate.at_s

    def _jumps(self, last: NDArray[np.uint8], luma: NDArray[np.uint8], change: float) -> bool:
        settings = self._settings
        if change < settings.least_change:
            return False
        if any(before > settings.whip_ratio * change for before in list(self._usual)[-2:]):
            return False
        usual = float(np.median(self._usual)) if self._usual else 0.0
        if change < settings.times_usual * usual + 4.0:
            return False
        return change >= settings.strong_change or _histogram_change(last, luma) >= settings.least_histogram

    def _settled(self, luma: NDArray[np.uint8], change: float) -> float | None:
        """Decides up to two pictures after a jump whether it was a cut."""
        waiting = self._candidate
        if waiting is None:
            return None
        waiting.pictures_after += 1
        if change > self._settings.whip_ratio * waiting.change:
            self._candidate = None
            return None
        if waiting.before.shape == luma.shape and waiting.pictures_after < 2:
            return None
        self._candidate = None
        if waiting.before.shape != luma.shape:
            return waiting.at_s
        returned = _change(waiting.before, luma) < self._settings.flash_return_ratio * waiting.change
        return None if returned else waiting.at_s


def _change(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> float:
    return float(cv2.norm(before, now, cv2.NORM_L1)) / now.size


def _histogram_change(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> float:
    """Share of samples that changed their class of brightness, of 32 classes: 0 for the same picture shifted."""
    a = np.bincount(before.ravel() >> 3, minlength=32)
    b = np.bincount(now.ravel() >> 3, minlength=32)
    return float(np.abs(a - b).sum()) / (2 * now.size)
