"""Trails resampled and moved: what the take test and the exact laying over both need."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMap:
    """Second t of b is second speed × t + offset_s of a."""

    speed: float
    offset_s: float


def at_times(trail: NDArray[np.uint8] | Floats, times_s: NDArray[np.float64], wanted_s: NDArray[np.float64]) -> Floats:
    """Pictures at these times: between two samples their mixture, beyond the ends the last one."""
    if not len(wanted_s):
        return np.zeros((0, *trail.shape[1:]), np.float32)
    place = np.interp(wanted_s, times_s, np.arange(len(times_s)))
    before = np.minimum(place.astype(np.int64), max(len(times_s) - 2, 0))
    share = (place - before).astype(np.float32).reshape(-1, *([1] * (trail.ndim - 1)))
    after = np.minimum(before + 1, len(times_s) - 1)
    return np.asarray(trail[before] * (1 - share) + trail[after] * share, np.float32)


def smoothed_at(
    trail: NDArray[np.uint8] | Floats, times_s: NDArray[np.float64], wanted_s: NDArray[np.float64], reach_s: float
) -> Floats:
    """Pictures at these times, each mixed with those reach_s before and after, 1 : 2 : 1: of what ten samples a
    second tell only by chance of where they fall, most goes."""
    before, here, after = (at_times(trail, times_s, wanted_s + shift) for shift in (-reach_s, 0.0, reach_s))
    return np.asarray((before + 2 * here + after) / 4, np.float32)


def inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The affine map [2, 3] that undoes this one. Raises LinAlgError where it flattens the picture."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])
