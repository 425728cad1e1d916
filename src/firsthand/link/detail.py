"""Fine detail of two copies' pictures, compared at one scale of the scene."""

import numpy as np
from numpy.typing import NDArray

from firsthand.link.laying import Matrix
from firsthand.link.motion import TimeMap
from firsthand.link.prints import Print

NEAR_S = 0.7  # pictures looked at once a second lie at most half a second apart
AT_ONCE_S, FEW = 0.2, 4
MOST = 24
NOTHING = 0.05  # grey levels; less is rounding

Pairs = list[tuple[int, int]]


def at_once(a: Print, b: Print, time_map: TimeMap, b_start_s: float, b_end_s: float) -> Pairs:
    """Looked-at pictures of both that show nearly one instant; none where they are few and lie so far apart that what
    moved meanwhile would pass for another colour or another sharpness."""
    if not len(a.looked_s) or not len(b.looked_s):
        return []
    pairs, apart_s = [], []
    for number, second in enumerate(b.looked_s.tolist()):
        if not b_start_s - 0.5 <= second <= b_end_s + 0.5:
            continue
        at_s = time_map.speed * second + time_map.offset_s
        nearest = int(np.abs(a.looked_s - at_s).argmin())
        if abs(float(a.looked_s[nearest]) - at_s) <= NEAR_S * max(1.0, abs(time_map.speed)):
            pairs.append((nearest, number))
            apart_s.append(abs(float(a.looked_s[nearest]) - at_s))
    if a.still or b.still:
        return pairs
    if pairs and len(pairs) < FEW and min(apart_s) > AT_ONCE_S:
        return []
    return pairs[:: max(1, len(pairs) // MOST)]


def bands(one: Print, numbers: list[int]) -> NDArray[np.float64]:
    """The usual detail of these pictures, band by band, the quietest places' last; NaN where not known."""
    usual = np.full(one.detail.shape[1], np.nan)
    if numbers:
        chosen = one.detail[numbers].astype(np.float64)
        known = ~np.isnan(chosen).any(0)
        usual[known] = np.median(chosen[:, known], axis=0)
    return usual


def larger_octaves(a: Print, b: Print, matrix: Matrix) -> float:
    """How much larger b shows the scene than a, in octaves, both at the size that fingerprints are taken at."""
    in_px = np.diag(b.size_px) @ matrix[:, :2] @ np.diag(1 / np.asarray(a.size_px))
    return 0.5 * float(np.log2(max(abs(np.linalg.det(in_px)), 1e-6)))


def ratios(of_a: NDArray[np.float64], of_b: NDArray[np.float64], octaves: float) -> NDArray[np.float64]:
    """a's detail ÷ b's at scales that both hold, finest first; empty where fewer than two are known.

    A detail of a's band k is found in b's band k + octaves: where b shows the scene larger, it is coarser there.
    """
    number = np.arange(len(of_a))
    known = ~np.isnan(of_b)
    if known.sum() < 2:
        return np.zeros(0)
    there = number + octaves
    inside = (there >= number[known].min() - 0.2) & (there <= number[known].max() + 0.2) & ~np.isnan(of_a)
    if inside.sum() < 2:
        return np.zeros(0)
    in_b = np.exp(np.interp(there[inside], number[known], np.log(np.maximum(of_b[known], NOTHING))))
    return np.asarray(np.maximum(of_a[inside], NOTHING) / in_b)
