"""Two microphones at one event: the offset between them, and when there is none to be told."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.link.offsets import Listened, OffsetSeeker, worth_trying
from firsthand.link.sound_search import Likeness
from firsthand.media.frames import SAMPLES_PER_SECOND, Decoded, SoundBlock
from firsthand.model.findings import SoundprintFacts
from firsthand.model.ids import ItemId
from firsthand.model.moments import OffsetFound
from firsthand.model.outcomes import Found

RATE = SAMPLES_PER_SECOND
Samples = NDArray[np.float32]


@dataclass
class InMemory:
    """Implements link.offsets.Sounds."""

    sounds: dict[ItemId, Samples | None]

    def samples(self, item: ItemId) -> Samples | None:
        return self.sounds[item]


def event(seconds: float, *, seed: int) -> Samples:
    """Bangs, tones and hiss at times of their own: no stretch is like another."""
    rng = np.random.default_rng(seed)
    sound = 0.02 * rng.standard_normal(int(seconds * RATE))
    for at_s in np.cumsum(rng.exponential(0.25, int(seconds * 5))):
        first = int(at_s * RATE)
        n = min(int(rng.uniform(0.05, 0.4) * RATE), len(sound) - first)
        if n > 100:
            t = np.arange(n) / RATE
            ring = np.sin(2 * np.pi * rng.uniform(200, 4000) * t) + rng.standard_normal(n)
            sound[first : first + n] += ring * np.exp(-t * rng.uniform(5, 30)) * rng.uniform(0.2, 1)
    return np.asarray(sound * 0.1, np.float32)


def heard_by(sound: Samples, start_s: float, seconds: float, *, seed: int, noise: float = 0.01) -> Samples:
    """What a phone with a hiss of its own records of it."""
    part = sound[round(start_s * RATE) : round((start_s + seconds) * RATE)]
    return np.asarray(part + noise * np.random.default_rng(seed).standard_normal(len(part)), np.float32)


def listened(name: str, samples: Samples) -> Listened:
    examiner = SoundprintExaminer()
    peak = float(np.abs(samples).max())
    examiner.hear(SoundBlock(at_s=0.0, samples=samples, clipped=0, counted=len(samples), peak=peak))
    outcome = examiner.finish(DECODED)
    assert isinstance(outcome, Found)
    assert isinstance(outcome.value, SoundprintFacts)
    mel = outcome.array("mel")
    return Listened(
        item=ItemId(name),
        first_s=outcome.value.first_s,
        column_s=outcome.value.column_s,
        mel=np.frombuffer(mel.data, np.uint8).reshape(mel.shape),
    )


DECODED = Decoded(
    format_name="wav", duration_s=None, bit_rate=None, streams=(), tags=(), readers=(), notes=(), telemetry=(),
    packets_sha256=(), edit_lists=(), picture_stream=None, sound_stream=0, still=False, zero_s=0.0, frames=0,
    pictures_end_s=0.0, sound_end_s=0.0, damaged_frames=0, picture_error="", sound_error="",
)  # fmt: skip


def sought(**clips: Samples) -> list[OffsetFound]:
    heard = [listened(name, samples) for name, samples in clips.items()]
    sounds = InMemory({ItemId(name): samples for name, samples in clips.items()})
    return list(OffsetSeeker().seek(heard, fresh={one.item for one in heard}, sounds=sounds))


def test_the_camera_that_began_later_is_called_later() -> None:
    sound = event(30, seed=1)
    (found,) = sought(a=heard_by(sound, 2.0, 15, seed=2), b=heard_by(sound, 9.5, 15, seed=3))
    assert found.link == "strong"
    assert found.offset_s == pytest.approx(7.5, abs=0.002)
    assert found.alignment_plus_minus_s < 0.01
    assert found.plus_minus_s == pytest.approx(found.alignment_plus_minus_s + 30 / 343, abs=1e-4)


def test_swapping_the_cameras_only_flips_the_sign() -> None:
    sound = event(30, seed=4)
    one, other = heard_by(sound, 2.0, 15, seed=5), heard_by(sound, 6.3, 12, seed=6)
    (there,), (back,) = sought(a=one, b=other), sought(a=other, b=one)
    assert there.offset_s == pytest.approx(-back.offset_s, abs=0.001)


def test_a_clip_inside_a_longer_one_is_found() -> None:
    sound = event(200, seed=7)
    (found,) = sought(a=heard_by(sound, 0.0, 200, seed=8), b=heard_by(sound, 151.3, 9, seed=9))
    assert found.offset_s == pytest.approx(151.3, abs=0.003)


def test_a_fast_clock_is_told_from_an_offset() -> None:
    sound = event(70, seed=10)
    fast = np.interp(np.arange(60 * RATE) / (1 + 100e-6) + 5 * RATE, np.arange(len(sound)), sound).astype(np.float32)
    (found,) = sought(a=heard_by(sound, 0.0, 65, seed=11), b=fast)
    assert found.rate == pytest.approx(1.0001, abs=2e-5)
    assert abs(found.offset_s - 5.0) <= found.alignment_plus_minus_s + 0.001


def test_clips_that_share_nothing_are_not_linked() -> None:
    clips = {f"c{n}": heard_by(event(12, seed=20 + n), 0, 12, seed=40 + n) for n in range(8)}
    assert [one for one in sought(**clips) if one.link == "strong"] == []


def test_an_alarm_that_repeats_itself_gives_candidates_and_no_answer() -> None:
    alarm = np.tile(event(4.0, seed=60), 10)
    (found,) = sought(a=heard_by(alarm, 0.0, 14, seed=61), b=heard_by(alarm, 6.2, 14, seed=62))
    assert found.link == "ambiguous"
    assert min(abs(6.2 - candidate) for candidate in found.candidates_s) < 0.01
    assert len(found.candidates_s) > 2


def test_a_beep_that_never_changes_links_nothing() -> None:
    beeps = np.tile(event(0.7, seed=63), 60)
    found = sought(a=heard_by(beeps, 0.0, 14, seed=64), b=heard_by(beeps, 6.2, 14, seed=65))
    assert [one for one in found if one.link == "strong"] == []


def test_digital_silence_after_a_second_of_sound_is_no_witness() -> None:
    quiet = np.zeros(15 * RATE, np.float32)
    quiet[:RATE] = event(1, seed=70)
    assert [
        one for one in sought(a=quiet, b=heard_by(event(15, seed=71), 0, 15, seed=72)) if one.link == "strong"
    ] == []


def test_without_the_kept_sound_a_link_waits_for_a_person() -> None:
    sound = event(30, seed=80)
    heard = [listened("a", heard_by(sound, 0, 20, seed=81)), listened("b", heard_by(sound, 4, 20, seed=82))]
    sounds = InMemory({ItemId("a"): None, ItemId("b"): None})
    (found,) = OffsetSeeker().seek(heard, fresh={ItemId("a"), ItemId("b")}, sounds=sounds)
    assert found.link == "weak"
    assert found.offset_s == pytest.approx(4.0, abs=0.03)


def test_only_pairs_with_something_new_are_compared() -> None:
    sound = event(30, seed=90)
    clips = {name: heard_by(sound, start, 15, seed=91) for name, start in (("a", 0.0), ("b", 3.0), ("c", 7.0))}
    heard = [listened(name, samples) for name, samples in clips.items()]
    sounds = InMemory({ItemId(name): samples for name, samples in clips.items()})
    found = OffsetSeeker().seek(heard, fresh={ItemId("c")}, sounds=sounds)
    assert {frozenset((one.a, one.b)) for one in found} == {frozenset("ac"), frozenset("bc")}


def test_the_same_recording_twice_is_told_by_its_coherence() -> None:
    sound = event(20, seed=95)
    (same,) = sought(a=heard_by(sound, 0, 20, seed=96, noise=0.001), b=heard_by(sound, 5, 10, seed=97, noise=0.001))
    assert same.coherence > 0.6


def test_somebody_who_walks_is_linked_and_the_interval_says_so() -> None:
    sound = event(40, seed=120)
    own_s = np.arange(14 * RATE) / RATE
    at_s = 8.0 + own_s * (1 - 1.5 / 343)
    walker = np.asarray(np.interp(at_s * RATE, np.arange(len(sound)), sound), np.float32)
    (found,) = sought(a=heard_by(sound, 0, 30, seed=121), b=walker + heard_by(sound * 0, 0, 14, seed=122))
    assert found.link == "strong"
    assert found.offset_s == pytest.approx(8.0 - 7 * 1.5 / 343, abs=0.01)
    assert found.alignment_plus_minus_s > 0.02  # from where they stood at first to where they stood at last
    assert found.rate == 1.0  # nobody's clock


def test_a_stretch_both_heard_is_found_wherever_in_an_hour_it_lies() -> None:
    sound = event(20, seed=130)
    hiss = np.random.default_rng(131).standard_normal(10 * 60 * RATE).astype(np.float32) * 0.002
    a, b = hiss.copy(), hiss[::-1].copy()
    a[60 * RATE : 80 * RATE] += heard_by(sound, 0, 20, seed=132)
    b[20 * RATE : 40 * RATE] += heard_by(sound, 0, 20, seed=133)
    (found,) = sought(a=a, b=b)
    assert found.link == "strong"
    assert found.offset_s == pytest.approx(40.0, abs=0.01)


def test_what_is_behind_the_kept_sound_is_suggested_by_soundprint_alone() -> None:
    sound = event(60, seed=140)
    heard = [listened("a", heard_by(sound, 0, 60, seed=141)), listened("b", heard_by(sound, 40, 20, seed=142))]
    sounds = InMemory({ItemId("a"): heard_by(sound, 0, 30, seed=141), ItemId("b"): heard_by(sound, 40, 20, seed=142)})
    (found,) = OffsetSeeker().seek(heard, fresh={ItemId("a"), ItemId("b")}, sounds=sounds)
    assert found.link == "weak"
    assert found.offset_s == pytest.approx(40.0, abs=0.03)


def test_a_clip_of_a_blink_is_put_on_nobodys_clock() -> None:
    for seed in range(12):
        assert sought(long=event(10, seed=144 + seed), blink=event(0.1, seed=244 + seed)) == []


def test_a_copy_played_faster_links_nothing() -> None:
    sound = event(30, seed=150)
    faster = np.interp(np.arange(int(24 * RATE)) * 1.25, np.arange(len(sound)), sound).astype(np.float32)
    assert [one for one in sought(a=sound, b=faster) if one.link == "strong"] == []


def test_positions_narrow_the_interval() -> None:
    sound = event(30, seed=160)
    clips = {"a": heard_by(sound, 0, 20, seed=161), "b": heard_by(sound, 5, 20, seed=162)}
    heard = [listened(name, samples) for name, samples in clips.items()]
    sounds = InMemory({ItemId(name): samples for name, samples in clips.items()})
    (found,) = OffsetSeeker().seek(heard, fresh={ItemId("a")}, sounds=sounds, apart_m=lambda a, b: 12.0)
    assert found.apart_m == 12.0
    assert found.plus_minus_s == pytest.approx(found.alignment_plus_minus_s + 12 / 343, abs=1e-4)


def test_one_recording_in_two_files_does_not_join_them_by_itself() -> None:
    sound = event(30, seed=70)
    (found,) = sought(a=heard_by(sound, 2.0, 15, seed=71, noise=1e-3), b=heard_by(sound, 6.3, 15, seed=72, noise=1e-3))
    assert found.link == "weak"
    assert found.coherence > 0.98
    assert found.offset_s == pytest.approx(4.3, abs=0.001)


def test_two_clocks_are_two_cameras_however_alike_they_sound() -> None:
    sound = event(40, seed=73)
    fast = np.interp(np.arange(20 * RATE) / (1 + 60e-6) + 6.3 * RATE, np.arange(len(sound)), sound).astype(np.float32)
    (found,) = sought(a=heard_by(sound, 2.0, 25, seed=74, noise=0.001), b=fast)
    assert found.coherence > 0.6
    assert found.link == "strong"


def test_every_round_of_a_loop_is_a_candidate_though_the_clips_share_its_end_alone() -> None:
    loop = np.tile(event(2.0, seed=75), 20)
    (found,) = sought(a=heard_by(loop, 0.0, 12, seed=76), b=heard_by(loop, 10.0, 12, seed=77))
    assert found.link == "ambiguous"
    for rounds in range(-5, 6):
        assert min(abs(2.0 * rounds - candidate) for candidate in found.candidates_s) < 0.05


def test_threads_change_neither_what_is_found_nor_its_order() -> None:
    sound = event(30, seed=61)
    heard = [listened(f"{n}", heard_by(sound, 3 * n, 12, seed=62 + n)) for n in range(5)]
    sounds = InMemory({ItemId(f"{n}"): heard_by(sound, 3 * n, 12, seed=62 + n) for n in range(5)})
    fresh = {one.item for one in heard}
    alone = list(OffsetSeeker().seek(heard, fresh=fresh, sounds=sounds))
    assert len(alone) >= 4
    assert list(OffsetSeeker().seek(heard, fresh=fresh, sounds=sounds, at_once=3)) == alone


def test_of_many_sounds_that_all_look_alike_each_is_tried_with_its_likeliest() -> None:
    rng = np.random.default_rng(70)
    count = 1200
    alike = [
        Likeness(a=a, b=b, offsets_s=(0.0,), heights=(6.0 + float(rng.random()) + 4 * (b == a + 1),))
        for a in range(count)
        for b in rng.choice(np.arange(a + 1, count), size=min(60, count - a - 1), replace=False).tolist()
    ]
    alike += [Likeness(a=a, b=a + 1, offsets_s=(0.0,), heights=(11.0,)) for a in range(count - 1)]
    tried = worth_trying(alike)
    assert len(tried) <= 8 * count
    assert {(one.a, one.b) for one in tried} >= {(a, a + 1) for a in range(count - 1)}
    few = [one for one in alike if max(one.a, one.b) < 90]
    assert worth_trying(few) == few
