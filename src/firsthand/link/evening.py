"""What is set aside before two trails are compared: captions over one of them, fades, brightness and contrast."""

import cv2
import numpy as np
from numpy.typing import NDArray

FEWEST_CELLS = 30  # of 32 × 32 that both pictures must show
COVERED_APART = 0.6  # of the spread of the picture's grey levels
COVERED_SPREAD = 2.5  # grey levels over time: a caption under an encoder
MOVES_AT_LEAST = 0.05  # of the cells, in one of the two; else there is nothing that a caption could hide
COVERED_MOST = 0.4  # of the cells
COVERED_WITH_EDGES = 0.6
DIMMEST = 4.0  # spread of a picture's grey levels; what is dimmer tells nothing

Trail = NDArray[np.float32]


def covered(a: Trail, b: Trail, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells [32, 32] where a caption or a logo lies over one of the two: there it never changes, and shows something
    else than the other one usually does. Where somebody is missing from another take, both show the same wall."""
    none = np.zeros_like(seen)
    if seen.sum() < 2 * FEWEST_CELLS or min(len(a), len(b)) < 5:
        return none
    some = [one[:: max(1, len(one) // 40)] for one in (a, b)]
    spread = [one.std(0) for one in some]
    if min(float((one[seen] < COVERED_SPREAD).mean()) for one in spread) > 1 - MOVES_AT_LEAST:
        return none
    usual = [np.median(one, axis=0) for one in some]
    level = [(one - one[seen].mean()) / max(float(one[seen].std()), DIMMEST) for one in usual]
    apart = np.abs(level[0] - level[1]) > COVERED_APART
    stands = [(one < COVERED_SPREAD) & (other > 2 * COVERED_SPREAD) for one, other in (spread, spread[::-1])]
    under = np.asarray(seen & apart & (stands[0] | stands[1]))
    if not under.any() or under.sum() > COVERED_MOST * seen.sum():
        return none
    # Cells at its edge show a little of both: in a black picture they are all there is.
    beside = np.asarray(seen & cv2.dilate(under.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool))
    return beside if beside.sum() <= COVERED_WITH_EDGES * seen.sum() else under


def even(pictures: Trail) -> Trail:
    """Each picture with one brightness and contrast, over the cells that are compared: a fade of a title moves nothing,
    and fades look all alike. What is nearly black shows what the nearest brighter picture shows."""
    if not pictures.size:
        return pictures
    middle, spread = pictures.mean(1, keepdims=True), pictures.std(1, keepdims=True)
    usual = float(np.median(spread))
    bright = np.flatnonzero(spread[:, 0] >= max(DIMMEST, 0.25 * usual))
    if not len(bright):
        return np.full_like(pictures, 128.0)
    evened = np.asarray((pictures[bright] - middle[bright]) * (usual / spread[bright]) + 128, np.float32)
    after = np.searchsorted(bright, np.arange(len(pictures))).clip(0, len(bright) - 1)
    before = (after - 1).clip(0)
    place = np.arange(len(pictures))
    return evened[np.where(np.abs(bright[before] - place) < np.abs(bright[after] - place), before, after)]
