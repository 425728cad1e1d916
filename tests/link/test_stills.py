"""A still is a copy of the instant of a clip that it shows, not of one that is dark and bright in the same places."""

import numpy as np
import pytest
from bench.copies.edits import Frames
from numpy.typing import NDArray

from firsthand.link.stills import instant_of
from tests.link.drawn import print_from

HEIGHT, WIDTH, AT_S = 240, 320, 3.0
IDENTITY = np.eye(2, 3)


def halves(*, seed: int) -> NDArray[np.uint8]:
    """Dark on the left, bright on the right, with a rough surface of its own."""
    rough = np.kron(np.random.default_rng(seed).normal(0, 27, (30, 40)), np.ones((8, 8)))
    level = np.where(np.arange(WIDTH) < WIDTH // 2, 68, 188)
    return np.asarray(np.clip(level + rough, 0, 255), np.uint8)


def flashing(shown: NDArray[np.uint8]) -> Frames:
    """Black and white in turn, but for the one instant at which it shows something."""
    return [
        (number / 10, shown if number / 10 == AT_S else np.full_like(shown, 250 if number % 4 < 2 else 5))
        for number in range(60)
    ]


@pytest.mark.parametrize(("surface", "is_copy"), [(1, True), (2, False)])
def test_only_what_many_features_hold_may_differ_by_much(surface: int, *, is_copy: bool) -> None:
    still = print_from("still", [(0.0, halves(seed=1))], still=True)
    found = instant_of(still, print_from("clip", flashing(halves(seed=surface))), [(IDENTITY, (AT_S,))])
    assert found is not None
    assert found.at_s == AT_S
    assert found.is_copy(witnesses=8) == is_copy
    assert found.is_copy(witnesses=20)
