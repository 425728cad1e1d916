"""Where sound fails: flashes that two cameras saw."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from firsthand.link.picture_offsets import Watched, picture_offsets
from firsthand.model.ids import ItemId
from firsthand.model.moments import OffsetFound


def watched(
    name: str, flashes_s: list[float], *, begins_s: float, lasts_s: float, seed: int, fps: float = 30
) -> Watched:
    """A hand-held picture of changing brightness, lit for a tenth of a second at each flash."""
    rng = np.random.default_rng(seed)
    at_s = np.arange(0, lasts_s, 1 / fps) + rng.uniform(0, 0.003)
    bright = 90 + 15 * np.sin(at_s * rng.uniform(0.3, 1.0) + rng.uniform(0, 6)) + rng.normal(0, 0.6, len(at_s))
    change = np.abs(rng.normal(2, 0.7, len(at_s))) + 2 * np.abs(np.sin(at_s * 1.3 + rng.uniform(0, 6)))
    for flash_s in flashes_s:
        lit = np.clip(1 - (at_s - (flash_s - begins_s)) / 0.12, 0, 1) * (at_s >= flash_s - begins_s)
        bright += 45 * lit
        change += 30 * np.abs(np.diff(lit, prepend=0.0))
    return Watched(
        item=ItemId(name), at_s=at_s, brightness=np.clip(np.rint(bright), 0, 255).astype(np.uint8),
        change=change.astype(np.float32),
    )  # fmt: skip


def flashes(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    return [float(at) for at in np.cumsum(rng.exponential(1.8, 40))]


def compared(a: Watched, b: Watched) -> list[OffsetFound]:
    return list(picture_offsets([(a, b)]))


def test_flashes_seen_by_two_cameras_suggest_an_offset_with_a_score_of_its_own() -> None:
    seen = flashes(1)
    a = watched("a", seen, begins_s=0, lasts_s=30, seed=2)
    b = watched("b", seen, begins_s=7.4, lasts_s=25, seed=3, fps=25)
    (found,) = compared(a, b)
    assert found.method == "picture"
    assert found.link == "weak"
    assert found.offset_s == pytest.approx(7.4, abs=found.plus_minus_s)
    assert found.score > 0.5


def test_swapping_the_cameras_only_flips_the_sign() -> None:
    seen = flashes(4)
    a, b = (watched(n, seen, begins_s=at, lasts_s=20, seed=s) for n, at, s in (("a", 0.0, 5), ("b", 3.1, 6)))
    (there,), (back,) = compared(a, b), compared(b, a)
    assert there.offset_s == pytest.approx(-back.offset_s, abs=0.03)


def test_cameras_that_saw_different_flashes_are_not_compared_to_anything() -> None:
    several = [watched(f"c{n}", flashes(20 + n), begins_s=0, lasts_s=25, seed=50 + n) for n in range(16)]
    pairs = [(a, b) for n, a in enumerate(several) for b in several[n + 1 :]]
    assert list(picture_offsets(pairs)) == []


def test_a_beacon_that_turns_gives_candidates() -> None:
    beacon = [0.9 * n for n in range(60)]
    a = watched("a", beacon, begins_s=0, lasts_s=20, seed=7)
    b = watched("b", beacon, begins_s=4.0, lasts_s=20, seed=8)
    (found,) = compared(a, b)
    assert found.link == "ambiguous"
    assert all(abs((one - 4.0 + 0.45) % 0.9 - 0.45) < 0.06 for one in found.candidates_s)  # whole turns apart


def test_lamps_that_stay_on_for_seconds_are_events() -> None:
    """They look like cuts to who knows brightness alone; what is lit was seen by both all the same."""
    at_s = np.cumsum(np.random.default_rng(12).uniform(1.2, 2.6, 16))

    def lit(name: str, begins_s: float, seed: int) -> Watched:
        one = watched(name, [], begins_s=0, lasts_s=22, seed=seed)
        on = np.searchsorted(at_s, one.at_s + begins_s, side="right") % 2
        change = np.where(np.diff(on, prepend=on[0]) != 0, 40.0, one.change)
        return replace(one, brightness=(one.brightness + 50 * on).astype(np.uint8), change=change.astype(np.float32))

    (found,) = compared(lit("a", 0.0, 14), lit("b", 3.4, 15))
    assert found.offset_s == pytest.approx(3.4, abs=found.plus_minus_s)


def test_one_flash_each_is_chance() -> None:
    """Two bright flashes meet at some lag in any two clips, however little else happens."""
    quiet = [watched(f"q{n}", [6.0 + n], begins_s=0, lasts_s=20, seed=70 + n) for n in range(8)]
    assert list(picture_offsets(itertools.combinations(quiet, 2))) == []


def test_stills_and_blinks_of_an_eye_say_nothing() -> None:
    a = watched("a", flashes(9), begins_s=0, lasts_s=20, seed=10)
    for short in (0.02, 1.0):
        assert compared(a, watched("b", flashes(9), begins_s=0, lasts_s=short, seed=11)) == []
