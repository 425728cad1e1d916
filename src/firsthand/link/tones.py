"""What was done to the colours, the sharpness and the grain of one of two copies."""

import numpy as np
from numpy.typing import NDArray

from firsthand.link.framing import LEAST, Which, outside
from firsthand.link.laying import Cells, Laid, Matrix
from firsthand.link.motion import TimeMap, inverse
from firsthand.link.prints import Print
from firsthand.model.links import Edit

Said = tuple[Edit, Which | None]

# Full range read as limited range makes a gain of 1.16 and an offset of up to 16: no edit.
GAINS = (0.83, 1.2)
LIFT = 20.0
GREY, COLOURED = 1.6, 3.5  # mean distance from grey, in steps of Cb and Cr
SHIFTED = 4.5  # mean difference in Cb or Cr; another matrix or range makes up to 2
COLOUR_GAINS = (0.6, 1.65)
NEAR_S = 0.7  # pictures looked at once a second lie at most half a second apart
SOFT, KEPT = 0.62, 0.8  # of fine detail that a blur leaves; of coarse detail
GRAINY, GRAIN = 2.0, 0.8  # times the other's, and grey levels more than it, in the quietest places
MARKED = 0.04  # share of the cells
SAME_SIZE = 0.6  # octaves that the same scene may differ in size for its grain to be compared


def tones(
    a: Print, b: Print, one: Laid, *, marks: Cells, time_map: TimeMap, b_start_s: float, b_end_s: float
) -> list[Said]:
    """recoloured, greyscale, blurred, noise: each with the item that carries it, None where that is not known."""
    found: list[Said] = []
    pairs = _at_once(a, b, time_map, b_start_s, b_end_s)
    grey = _greyscale(a, b, one.matrix, pairs)
    found += grey
    if not grey and (_toned(one) or _recoloured(a, b, one.matrix, pairs)):
        found.append(("recoloured", None))
    elif grey and _toned(one):
        found.append(("recoloured", None))
    beyond = [outside(one.matrix), outside(inverse(one.matrix))]
    same_frame = max(max(each.across, each.down) for each in beyond) < LEAST
    # What else a picture holds has other detail: only where both show the same can a blur or noise be told.
    return found + (_detail(a, b, one, pairs) if same_frame and marks.sum() <= MARKED * one.seen.sum() else [])


def _toned(one: Laid) -> bool:
    if one.under[:, one.seen].std() < 4 or one.over[:, one.seen].std() < 4:
        return False
    return not GAINS[0] < one.gain < GAINS[1] or abs(one.lift) > LIFT


def _at_once(a: Print, b: Print, time_map: TimeMap, b_start_s: float, b_end_s: float) -> list[tuple[int, int]]:
    """Looked-at pictures of both that show nearly one instant."""
    if not len(a.looked_s) or not len(b.looked_s):
        return []
    pairs = []
    for number, second in enumerate(b.looked_s.tolist()):
        if not b_start_s - 0.5 <= second <= b_end_s + 0.5:
            continue
        at_s = time_map.speed * second + time_map.offset_s
        nearest = int(np.abs(a.looked_s - at_s).argmin())
        if abs(float(a.looked_s[nearest]) - at_s) <= NEAR_S * max(1.0, abs(time_map.speed)):
            pairs.append((nearest, number))
    return pairs[:: max(1, len(pairs) // 24)]


def _colours(a: Print, b: Print, matrix: Matrix, pairs: list[tuple[int, int]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cb and Cr less 128 of cells that both show, [cells, 2] each: a's cells, and where they lie in b."""
    side = a.colour.shape[1]
    steps = (np.arange(side) + 0.5) / side
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    x, y = (grid @ matrix[:, :2].T + matrix[:, 2]).T
    margin = 0.5 / side
    seen = (x > margin) & (x < 1 - margin) & (y > margin) & (y < 1 - margin)
    row, column = (y[seen] * side).astype(int), (x[seen] * side).astype(int)
    of_a = [a.colour[one].reshape(-1, 2)[seen] for one, _ in pairs]
    of_b = [b.colour[one][row, column] for _, one in pairs]
    return np.concatenate(of_a).astype(np.float32) - 128, np.concatenate(of_b).astype(np.float32) - 128


def _greyscale(a: Print, b: Print, matrix: Matrix, pairs: list[tuple[int, int]]) -> list[Said]:
    if not pairs:
        return []
    of_a, of_b = (np.hypot(*one.T) for one in _colours(a, b, matrix, pairs))
    if not len(of_a):
        return []
    if of_a.mean() < GREY and of_b.mean() > COLOURED:
        return [("greyscale", "a")]
    if of_b.mean() < GREY and of_a.mean() > COLOURED:
        return [("greyscale", "b")]
    return []


def _recoloured(a: Print, b: Print, matrix: Matrix, pairs: list[tuple[int, int]]) -> bool:
    if not pairs:
        return False
    of_a, of_b = _colours(a, b, matrix, pairs)
    if len(of_a) < 8:
        return False
    # Medians and middle spreads: an overlay has colours of its own, on less than half of the picture.
    if float(np.abs(np.median(of_a - of_b, axis=0)).max()) > SHIFTED:
        return True
    spread_a, spread_b = _spread(of_a), _spread(of_b)
    if max(spread_a, spread_b) < 4:
        return False
    return not COLOUR_GAINS[0] < spread_a / max(spread_b, 1e-6) < COLOUR_GAINS[1]


def _spread(colours: NDArray[np.float32]) -> float:
    low, high = np.quantile(colours, [0.2, 0.8], axis=0)
    return float(np.hypot(*(high - low)) / 2)


def _detail(a: Print, b: Print, one: Laid, pairs: list[tuple[int, int]]) -> list[Said]:
    """Blurred and noise, from detail at one scale of the scene in both."""
    if not pairs:
        return []
    of_a = np.nanmedian(a.detail[[n for n, _ in pairs]], axis=0) if a.detail.size else np.zeros(0)
    of_b = np.nanmedian(b.detail[[n for _, n in pairs]], axis=0) if b.detail.size else np.zeros(0)
    if not len(of_a) or not len(of_b):
        return []
    in_px = np.diag(b.size_px) @ one.matrix[:, :2] @ np.diag(1 / np.asarray(a.size_px))
    octaves = 0.5 * float(np.log2(max(abs(np.linalg.det(in_px)), 1e-6)))  # b shows the scene this much larger
    found: list[Said] = []
    found += _blurred(of_a[:-1], of_b[:-1], octaves, one.gain)
    if abs(octaves) < SAME_SIZE and not np.isnan(of_a[-1]) and not np.isnan(of_b[-1]):
        gain = max(0.3, min(3.0, one.gain))
        grain_a, grain_b = float(of_a[-1]) * gain, float(of_b[-1])
        if grain_a > GRAINY * grain_b and grain_a - grain_b > GRAIN:
            found.append(("noise", "a"))
        elif grain_b > GRAINY * grain_a and grain_b - grain_a > GRAIN:
            found.append(("noise", "b"))
    return found


def _blurred(of_a: NDArray[np.float32], of_b: NDArray[np.float32], octaves: float, gain: float) -> list[Said]:
    bands = np.arange(len(of_a))
    # A detail of a's band k is found in b's band k + octaves: b shows the scene larger, so it is coarser there.
    known_b = ~np.isnan(of_b)
    if known_b.sum() < 2:
        return []
    there = bands + octaves
    inside = (there >= bands[known_b].min() - 0.2) & (there <= bands[known_b].max() + 0.2) & ~np.isnan(of_a)
    if inside.sum() < 3:
        return []
    in_b = np.exp(np.interp(there[inside], bands[known_b], np.log(np.maximum(of_b[known_b], 0.05))))
    ratio = gain * np.maximum(of_a[inside], 0.05) / in_b
    if max(float(of_a[inside][0]), float(in_b[0])) < 1.0:
        return []
    relative = float(ratio[0] / ratio[-1])
    if relative < SOFT and float(in_b[0]) > 0.8:
        return [("blurred", "a")]
    if relative > 1 / SOFT and float(of_a[inside][0]) > 0.8:
        return [("blurred", "b")]
    return []
