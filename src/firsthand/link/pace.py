"""How fast one copy runs against the other, with the interval that the pictures support."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from firsthand.link.laying import Laid, Matrix, sampled
from firsthand.link.motion import FEWEST_CELLS, TimeMap, Trail, inverse
from firsthand.link.prints import Print
from firsthand.link.shades import tone_line

PARTS = 8
MOST_PICTURES = 240
FARTHEST_S = 0.25  # that a part may lie beside the time map: beyond, its slope says nothing
SURE = 2.5  # standard errors
CONTRAST = 0.02  # by which the contrast between the two is known
EDIT = 0.035  # of 1: less is a clock, a changed frame rate or a rounding, not an edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds of a per second of b; below zero where b runs backwards. plus_minus: half the interval that holds the
    truth in about 99 of 100 cases; infinite where nothing moves."""

    speed: float
    plus_minus: float

    @property
    def edited(self) -> bool:
        """Whether the pictures exclude that both run equally fast."""
        off = abs(abs(self.speed) - 1)
        return off > EDIT and off > self.plus_minus


def pace(
    a: Print, b: Print, *, time_map: TimeMap, b_start_s: float, b_end_s: float, matrix: Matrix, one: Laid | None = None
) -> Pace:
    """Where each part of the span lies in time against the map, by the slope of brightness over time (Lucas and Kanade,
    in time); a line through those parts mends the speed, and their scatter about it gives the interval. one: both laid
    over each other, which says how well their contrast is known.
    """
    contrast = CONTRAST
    if one is not None:
        contrast += 0.5 * abs(float(np.log(max(one.gain, 1e-3)))) + 0.004 * abs(one.lift) + (0.06 if one.bend else 0.0)
        contrast += 0.02 if one.resampled else 0.0
    for _ in range(2):
        mended = _mended(a, b, time_map, b_start_s, b_end_s, matrix)
        if mended is None:
            return Pace(speed=time_map.speed, plus_minus=float("inf"))
        slope, shift_s, error, drift = mended
        middle_s = (b_start_s + b_end_s) / 2
        time_map = TimeMap(speed=time_map.speed + slope, offset_s=time_map.offset_s + shift_s - slope * middle_s)
    return Pace(speed=time_map.speed, plus_minus=SURE * error + drift * contrast)


def _mended(
    a: Print, b: Print, time_map: TimeMap, b_start_s: float, b_end_s: float, matrix: Matrix
) -> tuple[float, float, float, float] | None:
    """By how much the speed errs, by how many seconds of a its middle, the standard error of the first, and how much of
    it a contrast that is wrong by 1 would make."""
    inside = np.flatnonzero((b.trail_s >= b_start_s - 0.02) & (b.trail_s <= b_end_s + 0.02))
    inside = inside[:: max(1, len(inside) // MOST_PICTURES)]
    at_s = time_map.speed * b.trail_s[inside] + time_map.offset_s
    known = (at_s >= a.trail_s[0]) & (at_s <= a.trail_s[-1]) if len(a.trail_s) > 2 else np.zeros(len(inside), bool)
    inside, at_s = inside[known], at_s[known]
    if len(inside) < 6:
        return None
    of_b = b.trail[inside].astype(np.float32)
    value, slope = _in_time(a, at_s)
    if abs(np.linalg.det(matrix[:, :2])) <= 1:
        back = inverse(matrix)
        (value, seen), (slope, _) = sampled(value, back), sampled(slope, back)
    else:
        of_b, seen = sampled(of_b, matrix)
    if seen.sum() < FEWEST_CELLS:
        return None
    p, dp, q = value[:, seen], slope[:, seen], of_b[:, seen]
    # Contrast over the picture, not over time: a slow drift under a wrong gain looks like another speed.
    gain, lift = tone_line(p, q)
    agrees = np.median(np.abs(q - gain * p - lift), axis=0)
    kept = agrees <= 3 * float(np.median(agrees)) + 1
    p, dp, q = p[:, kept], dp[:, kept], q[:, kept]
    # Each cell's own mean is left out: overlays, bars and other tones are still.
    off = (q - q.mean(0)) - gain * (p - p.mean(0))
    usual = float(np.median(np.abs(off))) + 0.5
    weight = 1 / (1 + (np.abs(off) / (3 * usual)) ** 2)
    line = _line(gain * dp, off, weight, b.trail_s[inside], (b_start_s + b_end_s) / 2)
    if line is None:
        return None
    # Steady motion over a slope of brightness looks the same at another speed as under another contrast.
    moved = dp * (at_s - at_s.mean())[:, None].astype(np.float32)
    alike = float((weight * (p - p.mean(0)) * moved).sum()) / max(float((weight * moved**2).sum()), 1e-6)
    return *line, abs(alike) * abs(time_map.speed)


def _line(
    slope: Trail, off: Trail, weight: NDArray[np.float32], b_s: NDArray[np.float64], middle_s: float
) -> tuple[float, float, float] | None:
    edges = np.linspace(0, len(b_s), PARTS + 1).astype(int)
    at, shift, worth = [], [], []
    for first, last in pairwise(edges.tolist()):
        power = float((weight[first:last] * slope[first:last] ** 2).sum())
        if last - first < 1 or power < 30:
            continue
        moved = float((weight[first:last] * slope[first:last] * off[first:last]).sum()) / power
        if abs(moved) <= FARTHEST_S:
            at.append(float(b_s[first:last].mean()) - middle_s)
            shift.append(moved)
            worth.append(power)
    if len(at) < 3:
        return None
    x, y = np.array(at), np.array(shift)
    w = np.minimum(np.array(worth), 4 * float(np.median(worth)))
    mean = float((w * x).sum() / w.sum())
    level = float((w * y).sum() / w.sum())
    wide = float((w * (x - mean) ** 2).sum())
    if wide <= 0:
        return None
    tilt = float((w * (x - mean) * (y - level)).sum()) / wide
    left = y - level - tilt * (x - mean)
    scatter = float((w * left**2).sum()) / max(1.0, len(x) - 2)
    return tilt, level - tilt * mean, float(np.sqrt(max(scatter, w.mean() * 0.004**2) / wide))


def _in_time(one: Print, at_s: NDArray[np.float64]) -> tuple[Trail, Trail]:
    """The trail's pictures at these seconds and their slope in grey levels a second."""
    place = np.clip(np.searchsorted(one.trail_s, at_s) - 1, 0, len(one.trail_s) - 2)
    before, after = one.trail[place].astype(np.float32), one.trail[place + 1].astype(np.float32)
    length = np.maximum(one.trail_s[place + 1] - one.trail_s[place], 1e-3)
    share = ((at_s - one.trail_s[place]) / length).astype(np.float32)[:, None, None]
    low, high = np.maximum(place - 1, 0), np.minimum(place + 2, len(one.trail_s) - 1)
    wide = np.maximum(one.trail_s[high] - one.trail_s[low], 1e-3)[:, None, None]
    slope = (one.trail[high].astype(np.float32) - one.trail[low].astype(np.float32)) / wide
    return before * (1 - share) + after * share, slope.astype(np.float32)
