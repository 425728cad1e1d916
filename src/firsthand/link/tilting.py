"""Whether a copy's picture truly leans, or only its map does: footage that holds little lets one lean by degrees."""

import numpy as np

from firsthand.link.laying import Laid, Matrix, climbed, disagreement
from firsthand.link.motion import inverse

EARNS = 1.25  # times the disagreement that a map that does not lean must leave
EARNS_AT_LEAST = 0.01  # and so much more of the contrast


def leans(one: Laid) -> bool:
    """Whether the pictures disagree clearly more where the map may shift and stretch along the edges but not lean."""
    on_b = one.grid == "b"
    under, moved = (one.b, one.a) if on_b else (one.a, one.b)
    back = inverse(one.matrix) if on_b else one.matrix
    straight, terms = _straight(back)
    straight = climbed(under, moved, straight, terms)
    left, leaning = disagreement(under, moved, straight), disagreement(under, moved, climbed(under, moved, back))
    return left > EARNS * leaning and left - leaning > EARNS_AT_LEAST


def _straight(back: Matrix) -> tuple[Matrix, tuple[int, ...]]:
    """The nearest map that turns by quarters at most, about the middle of the picture; its terms that may change."""
    linear = back[:, :2]
    upright = abs(linear[0, 0]) + abs(linear[1, 1]) >= abs(linear[0, 1]) + abs(linear[1, 0])
    kept = np.eye(2, dtype=bool) if upright else ~np.eye(2, dtype=bool)
    lengths = np.hypot(*linear.T)[:, None]  # of what each coordinate is made of
    straight = np.where(kept, np.sign(linear) * lengths, 0.0)
    middle = np.full(2, 0.5)
    shift = linear @ middle + back[:, 2] - straight @ middle
    return np.column_stack([straight, shift]), (0, 2, 4, 5) if upright else (1, 2, 3, 5)
