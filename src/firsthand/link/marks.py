"""Overlays: where, for good, one copy shows something that the other does not, while the rest agrees."""

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.laying import Cells, Laid, well_within
from firsthand.link.motion import Trail, inverse

LEAST_OFF = 8.0  # grey levels that a marked cell differs by in most instants
TIMES_USUAL = 4.0  # and as many times what cells usually differ by
OF_SLOPE = 0.35  # and this share of the steps beside it, which a map that errs by a third of a cell would make
RESAMPLED = 0.9, 0.75  # the same share, and the softening in cells, where cells fall between cells
TONED = 16.0, 8  # grey levels and cells where brightness was changed too: no one curve undoes all of that
WITHIN = 0.4  # cells, from the edge of what the other shows: nearer, a cell is half of it
FEWEST, MOST = 4, 0.5  # cells of one mark; share of what both show that marks may take
FEWEST_STRONG, STRONG = 2, 90.0  # cells, and grey levels in all: a line of thin letters
ONE_SIDED = 0.65

Which = Literal["a", "b"]


def marked(
    one: Laid, apart: Cells, nearby: Sequence[Trail] = (), explained: NDArray[np.float32] | float = 0.0
) -> Cells:
    """Cells of the grid under marks, [32, 32]; none where marks cannot be told from a poor map. apart: cells of the
    grid that are something else, such as bars. nearby: what differs a little earlier, later and beside
    (in_step.nearby). explained: what differs for another reason, [32, 32]."""
    none = np.zeros_like(one.seen)
    share = RESAMPLED[0] if one.resampled else OF_SLOPE
    off = np.min([_usually_off(one, off - explained) for off in (one.off, *nearby)], axis=0)
    toned = not 0.83 < one.gain < 1.2 or abs(one.lift) > 20
    least, fewest = TONED if toned else (LEAST_OFF, FEWEST)
    usual = float(np.median(off[one.seen & ~apart])) if (one.seen & ~apart).any() else 0.0
    slope = np.minimum(_slope(one.under), _slope(one.over) * abs(one.gain if one.grid == "b" else 1 / one.gain))
    if one.resampled:  # as far as softening carries what an edge leaves
        slope = cv2.dilate(slope, np.ones((3, 3), np.uint8))
    far = off > np.maximum(np.maximum(least, TIMES_USUAL * usual), share * slope)
    inner = cv2.erode(one.seen.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(bool)
    back = inverse(one.matrix) if one.grid == "b" else one.matrix
    far &= inner & well_within(back, WITHIN) & ~apart
    if far.sum() > MOST * one.seen.sum():
        return none
    # The outermost cells of what both show mix what lies beyond wherever the map errs by less than a cell.
    deep = cv2.erode(inner.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0).astype(bool)
    count, labels = cv2.connectedComponents(far.astype(np.uint8), connectivity=8)
    kept = none.copy()
    for label in range(1, count):
        part = labels == label
        strong = not toned and part.sum() >= FEWEST_STRONG and float(off[part].sum()) >= STRONG
        if (part.sum() >= fewest or strong) and (part & deep).any():
            kept |= part
    return kept


def carrier(one: Laid, marks: Cells) -> Which | None:
    """Which of the two carries the marks: the one that changes less there, or stands out from what lies beside."""
    other: Which = "a" if one.grid == "b" else "b"
    own: Which = "b" if one.grid == "b" else "a"
    gain = one.gain if one.grid == "b" else 1 / one.gain
    step_under, step_over = _step(one.under, marks), abs(gain) * _step(one.over, marks)
    if step_under > step_over / ONE_SIDED:
        return own
    if step_over > step_under / ONE_SIDED:
        return other
    change_under, change_over = _change(one.under, marks), abs(gain) * _change(one.over, marks)
    if max(change_under, change_over) > 1.5:
        if change_under < ONE_SIDED * change_over:
            return own
        if change_over < ONE_SIDED * change_under:
            return other
    return None


def _usually_off(one: Laid, off: Trail) -> NDArray[np.float32]:
    off = _softened(off, one.seen, RESAMPLED[1]) if one.resampled else off
    return np.asarray(np.median(np.abs(off), axis=0))


def _softened(off: Trail, seen: Cells, soft: float) -> Trail:
    """What differs, averaged over neighbours that both show."""
    weight = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), soft)
    blurred = [cv2.GaussianBlur(np.where(seen, one, 0).astype(np.float32), (0, 0), soft) for one in off]
    return np.asarray(np.stack(blurred) / np.maximum(weight, 1e-3) * seen, np.float32)


def _slope(pictures: Trail) -> NDArray[np.float32]:
    """The largest step between a cell and its neighbours, in the median over time, [32, 32]."""
    square = np.ones((3, 3), np.uint8)
    steps = [cv2.dilate(one, square) - cv2.erode(one, square) for one in pictures]
    return np.asarray(np.median(np.stack(steps), axis=0) / 2)


def _change(pictures: Trail, cells: Cells) -> float:
    return float(np.median(pictures[:, cells].std(0)))


def _step(pictures: Trail, cells: Cells) -> float:
    """Mean brightness step over the marks' edge."""
    mean = pictures.mean(0)
    off = []
    for axis in (0, 1):
        edge = np.diff(cells.astype(np.int8), axis=axis) != 0
        off.append(np.abs(np.diff(mean, axis=axis))[edge])
    steps = np.concatenate(off)
    return float(steps.mean()) if len(steps) else 0.0
