"""Planes made smaller by halves: how near they come to the mean of what each sample covers."""

import numpy as np
import pytest
from numpy.typing import NDArray

from firsthand.media.shrinking import halved_to, square

TEXTURE = np.random.default_rng(3)


def _mean_of(plane: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.float64]:
    """What it should be, by summing how much of each sample lies in each cell."""

    def shares(samples: int, cells: int) -> NDArray[np.float64]:
        edge = np.arange(cells + 1) * samples / cells
        at = np.arange(samples)
        inside = np.minimum(edge[1:, None], at + 1) - np.maximum(edge[:-1, None], at)
        return np.asarray(np.maximum(inside, 0) * cells / samples, np.float64)

    mean = shares(plane.shape[0], rows) @ plane.astype(np.float64) @ shares(plane.shape[1], columns).T
    return np.asarray(mean, np.float64)


def _footage(height: int, width: int) -> NDArray[np.uint8]:
    """Broad shapes and texture over them."""
    y, x = np.mgrid[:height, :width]
    broad = 120 + 70 * np.sin(x / width * 9) * np.cos(y / height * 7)
    return np.asarray(np.clip(broad + TEXTURE.normal(0, 20, (height, width)), 0, 255), np.uint8)


def test_a_plane_is_halved_to_what_its_samples_are_on_average() -> None:
    plane = _footage(720, 1280)
    small = halved_to(plane, 320, 180)
    assert small is not None
    assert np.abs(small - _mean_of(plane, 180, 320)).max() <= 1.0  # half a level of rounding a halving


def test_a_size_that_halving_does_not_reach_is_left_to_others() -> None:
    plane = _footage(480, 854)
    assert halved_to(plane, 320, 180) is None
    assert halved_to(plane, 1708, 960) is None
    assert halved_to(plane, 854, 480) is plane


SIZES = [(1080, 1920), (1920, 1080), (720, 1280), (480, 854), (270, 480), (240, 320), (97, 131), (20, 9)]


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_a_square_shows_the_whole_plane(height: int, width: int) -> None:
    plane = _footage(height, width)
    made = square(plane, 32)
    assert made.shape == (32, 32)
    assert made.dtype == np.uint8
    if min(height, width) >= 240:
        error = np.abs(made - _mean_of(plane, 32, 32))
        assert error.mean() < 2.0
        assert error.max() < 12.0


def test_a_square_of_a_mirrored_plane_is_the_square_mirrored() -> None:
    plane = _footage(480, 854)
    error = np.abs(square(np.ascontiguousarray(plane[:, ::-1]), 32)[:, ::-1].astype(int) - square(plane, 32))
    assert error.mean() < 0.6


def test_deep_samples_stay_deep() -> None:
    plane = _footage(720, 1280).astype(np.uint16) * 4
    made = square(plane, 32)
    assert made.dtype == np.uint16
    assert np.abs(made / 4 - square((plane >> 2).astype(np.uint8), 32)).max() < 2.0
