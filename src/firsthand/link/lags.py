"""How alike two rows of changes are at every lag: where one may belong in the other, and what chance gives."""

import numpy as np
from numpy.typing import NDArray

MOVING = 0.6  # mean squared change, grey levels, above which a moment moves; re-encoding alone makes 0.05 to 0.3
LEAST_MOVED = 0.1  # the same, under which nothing is said of a stretch
CELLS_AT_ONCE = 128  # which bounds memory

Trail = NDArray[np.float32]


def strength_by_lag(a: Trail, b: Trail) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """How strongly step k + lag of a resembles step k of b, summed over k, and the lags.

    Returned as correlation × √(steps of overlap), so that a long middling agreement beats a short perfect one.
    """
    of_a, of_b, overlap = _energies(a, b)
    floor = MOVING * a.shape[1] * np.sqrt(overlap)  # a stretch where nothing moves proves nothing
    strength = _products(a, b) / (np.sqrt(np.maximum(of_a, 0) * np.maximum(of_b, 0)) + floor) * np.sqrt(overlap)
    return strength, np.arange(-(len(b) - 1), len(a))


def likeness_by_lag(a: Trail, b: Trail) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Correlation of step k + lag of a with step k of b, the lags, and how many steps overlap."""
    of_a, of_b, overlap = _energies(a, b)
    floor = LEAST_MOVED * a.shape[1] * overlap
    likeness = _products(a, b) / np.sqrt(np.maximum(of_a, floor) * np.maximum(of_b, floor))
    return likeness, np.arange(-(len(b) - 1), len(a)), overlap


def peaks(strength: NDArray[np.float64], wanted: int) -> list[int]:
    padded = np.concatenate([[-np.inf], strength, [-np.inf]])
    local = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]) & (strength > 0))
    return [int(one) for one in local[np.argsort(-strength[local], kind="stable")][:wanted]]


def _products(a: Trail, b: Trail) -> NDArray[np.float64]:
    """Sum over k and cells of step k + lag of a times step k of b, for lags −(len(b) − 1) to len(a) − 1."""
    length = 1 << int(np.ceil(np.log2(len(a) + len(b))))
    product = np.zeros(length // 2 + 1, np.complex128)
    for cells in range(0, a.shape[1], CELLS_AT_ONCE):
        part = slice(cells, cells + CELLS_AT_ONCE)
        spectra = [np.fft.rfft(one[:, part], length, axis=0) for one in (a, b)]
        product += (spectra[0] * np.conj(spectra[1])).sum(1)
    return np.asarray(np.fft.irfft(product, length)[np.arange(-(len(b) - 1), len(a))])


def _energies(a: Trail, b: Trail) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """What both hold at each lag where they overlap, and how many steps that is."""
    sums = [np.concatenate([[0.0], np.cumsum((one.astype(np.float64) ** 2).sum(1))]) for one in (a, b)]
    lag = np.arange(-(len(b) - 1), len(a))
    first, last = np.maximum(0, lag), np.minimum(len(a), len(b) + lag)
    return sums[0][last] - sums[0][first], sums[1][last - lag] - sums[1][first - lag], last - first
