"""Watches every picture cheaply: how bright, how much changed, and where one scene ends and the next begins."""

from array import array
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.media.frames import Picture

# Copying samples out of a frame costs 5 ns each: 80 × 45 of them took more time than all the rest of watching.
SAMPLES_ON_LONG_SIDE = 48
_TOGETHER = 32


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


@dataclass(slots=True)
class _Candidate:
    at_s: float
    change: float
    before: NDArray[np.uint8]
    pictures_after: int = 0


class SceneWatch:
    """Looks at every picture of one item in order, some pictures late. Grows by 20 bytes a picture.

    at_s: their times. brightness, spread: mean and standard deviation of stored luma samples (0 to 255); change: mean
    absolute difference to the picture before, 0 for the first. cuts_s: scene changes. Complete after `end`.

    Limits: fades and dissolves are not cuts; nor are cuts less than three pictures apart, or from one swung camera to
    another; a cut between two dim pictures of like brightness can be missed.
    """

    def __init__(self, settings: SceneSettings | None = None) -> None:
        self._settings = settings or SceneSettings()
        self._usual: deque[float] = deque(maxlen=self._settings.usual_of)
        self._candidate: _Candidate | None = None
        self._waiting = np.empty((0, 0, 0), np.uint8)  # room for pictures, of which so many are there
        self._count = 0
        self._last: NDArray[np.uint8] | None = None  # of the pictures that were worked on
        self.at_s = array("d")
        self.brightness = array("f")
        self.spread = array("f")
        self.change = array("f")
        self.cuts_s: list[float] = []

    def see(self, picture: Picture) -> None:
        step = max(1, max(picture.width_px, picture.height_px) // SAMPLES_ON_LONG_SIDE)
        luma = picture.luma(step)
        if self._count == len(self._waiting) or self._waiting.shape[1:] != luma.shape:
            if self._count:
                self._work()
            self._waiting = np.empty((_TOGETHER, *luma.shape), np.uint8)  # anew: of the last ones some may be needed
        self._waiting[self._count] = luma
        self._count += 1
        self.at_s.append(picture.at_s)

    def last_look(self) -> tuple[float, float]:
        """Mean and standard deviation of the stored luma samples (0 to 255) of the picture seen last."""
        mean, spread = cv2.meanStdDev(self._waiting[self._count - 1])
        return float(mean[0, 0]), float(spread[0, 0])

    def end(self) -> None:
        """After the last picture; everything is complete now."""
        if self._count:
            self._work()
        if self._candidate is not None:  # in the last two pictures: no later one can deny it
            self.cuts_s.append(self._candidate.at_s)

    def _work(self) -> None:
        """Everything about the pictures that wait, which are of one size. Together, because one by one most of the
        time goes into calling."""
        lumas, self._count = self._waiting[: self._count], 0
        flat = lumas.reshape(len(lumas), -1)
        last, self._last = self._last, lumas[-1]
        same_shape = last is not None and last.shape == self._last.shape
        before = np.concatenate([flat[:1] if last is None or not same_shape else last.reshape(1, -1), flat[:-1]])
        samples = flat.shape[1]
        # Sums of whole numbers, which are exact and a third of the time of NumPy's means and deviations.
        change = cv2.reduce(cv2.absdiff(flat, before), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).reshape(-1) / samples
        brightness = cv2.reduce(flat, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).reshape(-1) / samples
        whole = flat.astype(np.int32)
        squares = np.einsum("ij,ij->i", whole, whole) / samples
        first = len(self.change)
        self.brightness.extend(brightness.tolist())
        self.spread.extend(np.sqrt(np.maximum(squares - brightness**2, 0)).tolist())
        changes = change.tolist()
        self.change.extend(changes)
        if last is not None and not same_shape:  # the track itself changes its size: the next recording begins
            self.cuts_s.append(self.at_s[first])
            self._candidate = None
        if self._candidate is None and max(changes) < self._settings.least_change:
            self._usual.extend(changes)  # as nearly always: nothing to judge
            return
        before = before.reshape(lumas.shape)
        for number, at_s in enumerate(self.at_s[first:]):
            self._judge(at_s, changes[number], lumas[number], before[number])

    def _judge(self, at_s: float, change: float, luma: NDArray[np.uint8], before: NDArray[np.uint8]) -> None:
        if self._candidate is not None:
            cut = self._settled(luma, change)
            if cut is not None:
                self.cuts_s.append(cut)
        if self._candidate is None and change >= self._settings.least_change and self._jumps(before, luma, change):
            self._candidate = _Candidate(at_s, change, before)
        self._usual.append(change)

    def _jumps(self, last: NDArray[np.uint8], luma: NDArray[np.uint8], change: float) -> bool:
        settings = self._settings
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
