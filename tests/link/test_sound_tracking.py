"""Whether two sounds share a source that moves, and the way the offset takes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from firsthand.link.sound_tracking import BLOCK, LOW, Windows, low
from tests.link.test_offsets import RATE, event, heard_by

Samples = NDArray[np.float32]


def walked(sound: Samples, start_s: float, seconds: float, *, apart_s_a_s: float, seed: int) -> Samples:
    """What a phone records whose holder walks away from all that sounds: what it hears comes later and later."""
    own_s = np.arange(int(seconds * RATE)) / RATE
    at_s = start_s + own_s - apart_s_a_s * own_s
    heard = np.interp(at_s * RATE, np.arange(len(sound)), sound)
    return np.asarray(heard + 0.01 * np.random.default_rng(seed).standard_normal(len(heard)), np.float32)


def windows(a: Samples, b: Samples, rough_s: float) -> Windows:
    return Windows(low(a), low(b), rough_s=rough_s, about_s=len(a) / RATE / 2)


def test_two_phones_that_stand_share_what_they_heard() -> None:
    sound = event(20, seed=1)
    a, b = heard_by(sound, 0, 15, seed=2), heard_by(sound, 5, 15, seed=3)
    track = windows(a, b, 5.03).standing()
    assert track.evidence > 30
    assert track.offset_s == pytest.approx(np.full(len(track.offset_s), 5.0), abs=0.0005)


def test_sounds_that_share_nothing_have_no_evidence_however_long() -> None:
    for seconds in (3, 12):
        for seed in range(4):
            a, b = event(seconds, seed=10 + seed), event(seconds, seed=20 + seed)
            both = windows(a, b, 0.0)
            assert both.standing().evidence < 1
            assert both.walking().evidence < 1


@pytest.mark.parametrize("metres_a_second", [-2.0, -1.0, 1.4, 2.0])
def test_who_walks_is_followed(metres_a_second: float) -> None:
    sound = event(30, seed=4)
    a = heard_by(sound, 0, 20, seed=5)
    b = walked(sound, 6.0, 12, apart_s_a_s=metres_a_second / 343, seed=6)
    # a's time when b's own second is t: 6 + t (1 − v): the offset shrinks as b falls behind
    track = windows(a, b, 6.0 - 6 * metres_a_second / 343).walking()
    true_s = 6.0 - (track.at_s - 6.0) * metres_a_second / 343
    assert track.evidence > 30
    assert track.offset_s == pytest.approx(true_s, abs=0.002)


def test_who_walks_is_not_heard_by_who_thinks_all_stand() -> None:
    sound = event(30, seed=4)
    both = windows(heard_by(sound, 0, 20, seed=5), walked(sound, 6.0, 12, apart_s_a_s=2 / 343, seed=6), 6.0 - 12 / 343)
    assert both.standing().evidence + 10 < both.walking().evidence
    assert both.moving_promise() > 1.5


def test_digital_silence_says_nothing() -> None:
    silent = np.zeros(10 * RATE, np.float32)
    assert windows(silent, event(10, seed=7), 0.0).standing().evidence == float("-inf")
    assert windows(silent, event(10, seed=7), 0.0).walking().evidence == float("-inf")
    assert windows(silent, event(10, seed=7), 0.0).moving_promise() == float("-inf")


def test_less_than_a_window_is_no_evidence() -> None:
    a, b = event(5, seed=8), event(5, seed=9)
    assert windows(a, b, 4.8).count == 0
    assert windows(a, b, 9.0).standing().evidence == float("-inf")


def test_a_minute_of_silence_in_the_middle_does_not_hide_what_is_shared() -> None:
    sound = event(12, seed=30)
    quiet = np.zeros(60 * RATE, np.float32)
    a = np.concatenate([heard_by(sound, 0, 12, seed=31), quiet])
    b = np.concatenate([heard_by(sound, 2, 10, seed=32), quiet])
    assert Windows(low(a), low(b), rough_s=2.0, about_s=7.0).standing().evidence > 30


def test_what_is_tracked_keeps_its_time_and_loudness_below_two_kilohertz() -> None:
    at_s = np.arange(5 * RATE) / RATE
    deep, high = np.sin(2 * np.pi * 700 * at_s), np.sin(2 * np.pi * 3000 * at_s)
    tracked = low(np.asarray(deep + high, np.float32))
    assert len(tracked) == len(at_s) // 2
    inner = slice(400, -400)
    assert tracked[inner] == pytest.approx(np.sin(2 * np.pi * 700 * np.arange(len(tracked)) / LOW)[inner], abs=0.002)


@pytest.mark.parametrize("samples", [0, 1, 2, 31, BLOCK, BLOCK + 1, 3 * BLOCK - 1])
def test_sounds_of_any_length_are_made_low(samples: int) -> None:
    assert len(low(np.ones(samples, np.float32))) == samples // 2
