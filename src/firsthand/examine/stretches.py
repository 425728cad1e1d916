"""From a yes or no a sample to stretches of time."""

import numpy as np
from numpy.typing import NDArray

from firsthand.model.findings import Stretch


def stretches_where(
    holds: NDArray[np.bool_], *, starts_s: NDArray[np.float64], end_s: float, at_least_s: float
) -> tuple[Stretch, ...]:
    """Where something holds without a break for at least `at_least_s`.

    holds: [n]; starts_s: [n] when each sample begins, rising; each lasts until the next, the last until end_s.
    """
    padded = np.concatenate([[False], holds, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    bounds = np.append(starts_s, end_s)
    return tuple(
        Stretch(start_s=float(bounds[first]), end_s=float(bounds[beyond]))
        for first, beyond in zip(edges[::2], edges[1::2], strict=True)
        if bounds[beyond] - bounds[first] >= at_least_s - 1e-9
    )
