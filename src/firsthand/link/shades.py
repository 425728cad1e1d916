"""What became of brightness between two copies' small pictures, and what no change of brightness explains."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firsthand.link.motion import Trail

SAMPLES = 1500  # of brightness that a line is laid through
LEVELS = 24  # of brightness, of which one becomes another
SAME_GAIN, SAME_LIFT, SAME_TONE = 0.06, 6.0, 3.0  # where nothing was done to the brightness: of 1; grey levels; left

# Luma of BT.709 less luma of BT.601 in steps of Cb and Cr (BT.601): the difference of ITU-R BT.709-6 § 3.2 and BT.601-7
# § 2.5.1, brightness itself left out.
BY_MATRIX = -0.118, -0.213
EXPLAINS = 0.85  # share of what differs that may be left for it to be believed

Cells = NDArray[np.bool_]  # [32, 32]


def tone_line(p: Trail, q: Trail) -> tuple[float, float]:
    """q ≈ gain × p + lift, by least squares over the cells that fit best, twice."""
    every = max(1, p.size // SAMPLES) | 1  # odd, so that rows of a picture are not always met at one place
    p, q = p.reshape(-1)[::every], q.reshape(-1)[::every]
    gain, lift = 1.0, float(np.median(q) - np.median(p))
    off = np.abs(q - p - lift)
    for _ in range(3):
        kept = off <= np.quantile(off, 0.7)
        x, y = p[kept], q[kept]
        spread = float(((x - x.mean()) ** 2).mean())
        gain = float(((x - x.mean()) * (y - y.mean())).mean()) / spread if spread > 4 else 1.0
        gain = min(max(gain, 0.15), 6.0)
        lift = float(y.mean() - gain * x.mean())
        off = np.abs(q - gain * p - lift)
    return gain, lift


def toned(under: Trail, over: Trail, seen: Cells) -> tuple[Trail, float, float]:
    """What is left where neither one's brightness makes the other's by a rising curve, in under's grey levels; and the
    straight line's gain and lift. (What is clipped to white can be made from what is not, but not the reverse.)"""
    gain, lift = tone_line(over[:, seen], under[:, seen])
    forth = _unexplained(over, under, seen, gain, lift)
    # In under's levels by the contrasts of both: a gain fitted where nothing agrees is small and would hide it.
    contrast = float(under[:, seen].std()) / max(1.0, float(over[:, seen].std()))
    back = -contrast * _unexplained(under, over, seen, 1 / gain, -lift / gain)
    off = np.where(np.abs(forth) <= np.abs(back), forth, back)
    return off.astype(np.float32), gain, gain * 128 + lift - 128


def _unexplained(one: Trail, other: Trail, seen: Cells, gain: float, lift: float) -> Trail:
    """other, less what a line or a rising curve makes of one; what it would make darker than black is black."""
    straight = np.asarray(other - np.clip(gain * one + lift, 0, 255), np.float32)
    p, q = one[:, seen], other[:, seen]
    # Shades that only a mark has would be explained by a curve whatever they are.
    same = abs(gain - 1) < SAME_GAIN and abs(gain * 128 + lift - 128) < SAME_LIFT
    if same and float(np.median(np.abs(straight[:, seen]))) < SAME_TONE:
        return straight
    edges = np.unique(np.quantile(p, np.linspace(0, 1, LEVELS + 1)))
    if len(edges) < 6:
        return straight
    place = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, len(edges) - 2)
    held = [place == level for level in range(len(edges) - 1)]
    middle = np.array([np.median(p[cells]) for cells in held if cells.any()])
    level = np.maximum.accumulate([np.median(q[cells]) for cells in held if cells.any()])
    curved = np.interp(one, middle, level)
    curved += gain * (np.minimum(one - middle[0], 0) + np.maximum(one - middle[-1], 0))
    off = other - np.clip(curved, 0, 255)
    # A curve explains clipping and gamma; where a straight line does as well, it cannot take a mark for a tone.
    better = any(
        float(np.quantile(np.abs(off[:, seen]), part)) < 0.8 * float(np.quantile(np.abs(straight[:, seen]), part)) - 0.2
        for part in (0.5, 0.85)
    )
    return np.asarray(off if better else straight, np.float32)


def by_matrix(off: Trail, colours: Sequence[NDArray[np.float32]], seen: Cells) -> NDArray[np.float32]:
    """[32, 32]: what differs because one of the two was coded by BT.709 and the other by BT.601, which makes coloured
    things up to twenty grey levels darker or brighter; nothing where that explains little.

    off: as Laid.off. colours: [32, 32, 2] each, Cb and Cr less 128 in the grid, as one and as the other has them: one
    of them may have been made grey.
    """
    usual = np.median(off, axis=0)
    shifts = [way * (colour @ np.array(BY_MATRIX, np.float32)) for colour in colours for way in (1, -1)]
    nothing = np.zeros_like(usual)
    best = min(shifts, key=lambda shift: _left(usual - shift, seen), default=nothing)
    believed = _left(usual - best, seen) < EXPLAINS * _left(usual, seen)
    return np.asarray(best if believed else nothing, np.float32)


def _left(usual: NDArray[np.float32], seen: Cells) -> float:
    return float(np.abs(usual)[seen].mean())
