"""Whether what was loud when speaks for another speed rather than for one offset.

A copy that runs some per cent faster meets the other sound at one instant, and about it fits well enough for a high
coarse peak. Nobody walks that fast: where an offset that keeps moving fits better than one that stays, neither is one
two cameras had.
"""

import numpy as np
from numpy.typing import NDArray

from firsthand.link.sound_search import Heard, SearchSettings, features

REACH = 40  # columns beside the offset (0.64 s): what 8 % make of eight seconds to either side
WINDOW = 32  # columns that are moved as one (half a second)
LONGEST = 1900  # columns looked at (30 s), in the middle of what is shared
FEWEST = 4  # windows
BESIDE = 8  # columns by which the coarse offset may be off
WALKED = np.linspace(-0.008, 0.008, 9)  # as fast as two people walk apart
# … and speeds that only an edit makes, up to 8 %. Between the two, no few seconds tell.
EDITED = np.concatenate([-np.arange(0.012, 0.081, 0.004), np.arange(0.012, 0.081, 0.004)])


def leaning(a: Heard, b: Heard, *, offset_s: float) -> float:
    """How well the best offset that moves faster than people walk fits, as a share of the best that does not.

    Above 1: it fits better. 0 where less than two seconds are shared, or nothing fits.
    """
    used = SearchSettings()
    of_a, of_b = features(a.mel, used), features(b.mel, used)
    shift = round((offset_s + b.first_s - a.first_s) / a.column_s)  # column n of b is column n + shift of a
    first, last = max(0, shift), min(len(of_a), len(of_b) + shift)
    if last - first > LONGEST:
        first = (first + last - LONGEST) // 2
        last = first + LONGEST
    count = (last - first) // WINDOW
    if count < FEWEST:
        return 0.0
    place = np.arange(first, first + count * WINDOW)
    part = of_a[place]
    fits = np.zeros((2 * REACH + 1, count))  # at each lag, each window
    for row, lag in enumerate(range(-REACH, REACH + 1)):
        other = place - shift - lag
        known = (other >= 0) & (other < len(of_b))
        alike = np.einsum("tb,tb->t", part, of_b[np.clip(other, 0, len(of_b) - 1)]) * known
        fits[row] = alike.reshape(count, WINDOW).sum(axis=1)
    walked = max(_along(fits, float(speed)) for speed in WALKED)
    edited = max(_along(fits, float(speed)) for speed in EDITED)
    return edited / walked if walked > 0 else 0.0


def _along(fits: NDArray[np.float64], speed: float) -> float:
    """The best of all lines of this speed through the windows, near the offset in their middle."""
    count = fits.shape[1]
    moved = np.rint(speed * WINDOW * (np.arange(count) - (count - 1) / 2)).astype(np.int64)
    rows = REACH + np.arange(-BESIDE, BESIDE + 1)[:, None] + moved[None, :]
    inside = (rows >= 0) & (rows < len(fits))
    along = fits[np.clip(rows, 0, len(fits) - 1), np.arange(count)[None, :]]
    return float(np.where(inside, along, 0).sum(axis=1).max())
