"""What the sound and soundprint examiners promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.examine.sound import SoundExaminer
from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.model.outcomes import Failed, NothingThere, NotLooked
from tests.examine.made import Samples, block, cut_at, decoded, found, noise, numbers, play, sound, tone

SPEECHLIKE: Samples = np.multiply(
    noise(12.3, seed=3), sound(12.3, lambda s: 0.2 + 0.8 * (np.sin(2 * np.pi * 1.3 * s) > 0)), dtype=np.float32
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, len(SPEECHLIKE) - 1), max_size=40))
def test_how_the_sound_is_cut_into_blocks_changes_nothing(places: list[int]) -> None:
    whole, cut = [block(SPEECHLIKE)], cut_at(SPEECHLIKE, places)
    assert play(SoundprintExaminer(), cut) == play(SoundprintExaminer(), whole)
    assert play(SoundExaminer(), cut) == play(SoundExaminer(), whole)


def test_thousand_sample_blocks_change_nothing() -> None:
    cut = cut_at(SPEECHLIKE, range(0, len(SPEECHLIKE), 1000), first_s=0.021)
    whole = [block(SPEECHLIKE, at_s=0.021)]
    assert play(SoundprintExaminer(), cut) == play(SoundprintExaminer(), whole)
    assert play(SoundExaminer(), cut) == play(SoundExaminer(), whole)


def test_a_tone_at_full_scale_is_minus_three_db_and_not_silent() -> None:
    value = found(play(SoundExaminer(), [block(sound(2.0, tone(440, level=0.999)))])).value
    assert value.mean_db == pytest.approx(-3.0, abs=0.05)
    assert value.peak_db == pytest.approx(0.0, abs=0.05)
    assert value.silent == ()
    assert not value.digital_silence


def test_silence_is_told_from_when_to_when() -> None:
    samples = np.concatenate([noise(1.0), np.zeros(16_000, np.float32), noise(1.0)])
    (stretch,) = found(play(SoundExaminer(), [block(samples, at_s=0.5)])).value.silent
    assert (stretch.start_s, stretch.end_s) == pytest.approx((1.5, 2.5), abs=0.02)


def test_digital_silence_is_found_as_sound_and_has_no_soundprint() -> None:
    nothing = [block(np.zeros(32_000, np.float32))]
    value = found(play(SoundExaminer(), nothing)).value
    assert value.digital_silence
    assert (value.mean_db, value.peak_db) == (-120.0, -120.0)
    assert [(one.start_s, one.end_s) for one in value.silent] == [(0.0, 2.0)]
    assert play(SoundprintExaminer(), nothing) == NothingThere(why="the sound track is digital silence")


def test_a_whisper_is_not_digital_silence() -> None:
    whisper = [block(noise(1.0, level=1e-4))]
    assert not found(play(SoundExaminer(), whisper)).value.digital_silence
    assert found(play(SoundprintExaminer(), whisper)).value.columns > 0


def test_clipping_is_a_share_of_the_tracks_samples() -> None:
    samples = np.clip(sound(1.0, tone(100, level=2.0)), -1, 1).astype(np.float32)
    assert found(play(SoundExaminer(), [block(samples)])).value.clipped_ratio == pytest.approx(2 / 3, abs=0.01)
    assert found(play(SoundExaminer(), [block(noise(1.0))])).value.clipped_ratio == 0.0


def test_the_waveform_shows_lowest_and_highest_of_each_column() -> None:
    samples = np.zeros(16_000, np.float32)
    samples[8_000], samples[8_001] = 0.5, -1.0
    outcome = play(SoundExaminer(), [block(samples)])
    peaks = numbers(outcome, "peaks")
    column = int(0.5 / found(outcome).value.column_s)
    assert peaks[column].tolist() == [-127, 64]
    assert np.delete(peaks, column, axis=0).any() == np.False_


def test_an_hour_of_waveform_stays_small() -> None:
    second = noise(1.0)
    outcome = play(SoundExaminer(), (block(second, at_s=float(number)) for number in range(3600)))
    peaks, level = numbers(outcome, "peaks"), numbers(outcome, "level_db")
    assert peaks.nbytes + level.nbytes <= 200_000
    assert len(level) * found(outcome).value.column_s == pytest.approx(3600, abs=1)
    assert level.min() > -21
    assert level.max() < -19


def test_a_gap_counts_as_silence_and_later_sound_keeps_its_time() -> None:
    a, b = noise(1.0, seed=1), noise(1.0, seed=2)
    outcome = play(SoundExaminer(), [block(a), block(b, at_s=2.0)])
    assert found(outcome).value.lost_samples == 16_000
    assert found(outcome).value.end_s == 3.0
    filled = np.concatenate([a, np.zeros(16_000, np.float32), b])
    assert play(SoundprintExaminer(), [block(a), block(b, at_s=2.0)]) == play(SoundprintExaminer(), [block(filled)])


def test_times_rounded_to_milliseconds_are_no_gaps() -> None:
    samples = noise(3.0)
    rounded = [
        block(samples[at : at + 1023], at_s=round(at / 16_000, 3)) for at in range(0, len(samples), 1023)
    ]  # fmt: skip
    assert play(SoundprintExaminer(), rounded) == play(SoundprintExaminer(), [block(samples)])
    assert found(play(SoundExaminer(), rounded)).value.lost_samples == 0


def test_sound_that_is_presented_twice_is_heard_once() -> None:
    samples = noise(2.0)
    twice = [block(samples[:20_000]), block(samples[12_000:], at_s=0.75)]
    assert play(SoundprintExaminer(), twice) == play(SoundprintExaminer(), [block(samples)])


def test_a_time_stamp_gone_wrong_is_an_error_not_a_day_of_silence() -> None:
    blocks = [block(noise(1.0)), block(noise(1.0), at_s=90_000.0)]
    assert isinstance(play(SoundExaminer(), blocks), Failed)
    assert isinstance(play(SoundprintExaminer(), blocks), Failed)


@pytest.mark.parametrize("hz", [120, 440, 1_000, 3_000, 7_000])
def test_a_tone_lights_the_band_it_lies_in(hz: float) -> None:
    outcome = play(SoundprintExaminer(), [block(sound(1.0, tone(hz, level=1.0)))])
    mel = numbers(outcome, "mel").astype(int)
    edges_mel = np.linspace(2595 * np.log10(1 + 80 / 700), 2595 * np.log10(1 + 7600 / 700), 50)
    expected = np.abs(edges_mel[1:-1] - 2595 * np.log10(1 + hz / 700)).argmin()
    assert abs(int(mel[20].argmax()) - int(expected)) <= 1
    assert mel[20].max() / 2 - 100 == pytest.approx(0, abs=4)
    assert np.ptp(mel[:, int(mel[20].argmax())]) <= 1


def test_columns_are_sixteen_milliseconds_apart_and_timed_at_their_centre() -> None:
    samples = np.zeros(32_000, np.float32)
    samples[16_000] = 1.0
    outcome = play(SoundprintExaminer(), [block(samples, at_s=0.25)])
    value, mel = found(outcome).value, numbers(outcome, "mel")
    loudest = value.first_s + value.column_s * int(mel.sum(axis=1, dtype=np.int64).argmax())
    assert loudest == pytest.approx(1.25, abs=value.column_s / 2 + 1e-9)
    assert value.columns == len(mel) == (32_000 - 1024) // 256 + 1


def test_sound_shorter_than_a_window_gives_one_column() -> None:
    assert found(play(SoundprintExaminer(), [block(noise(0.02))])).value.columns == 1


def test_the_same_sound_later_has_the_same_soundprint_later() -> None:
    early = play(SoundprintExaminer(), [block(SPEECHLIKE)])
    late = play(SoundprintExaminer(), [block(SPEECHLIKE, at_s=100.0)])
    assert found(late).array("mel") == found(early).array("mel")
    assert found(late).value.first_s == pytest.approx(found(early).value.first_s + 100)


def test_no_track_nothing_in_it_and_an_error_are_three_answers() -> None:
    for make in (SoundExaminer, SoundprintExaminer):
        assert make().finish(decoded(sound_stream=None)) == NotLooked(because="no sound track")
        assert isinstance(make().finish(decoded()), NothingThere)
        assert isinstance(make().finish(decoded(sound_error="cut off")), Failed)


def test_blocks_may_lie_in_memory_that_is_used_again() -> None:
    samples, shared = noise(2.0), np.empty(1_000, np.float32)

    def reused() -> list[Samples]:
        return [samples[at : at + 1_000] for at in range(0, len(samples), 1_000)]

    examiner = SoundprintExaminer()
    for number, part in enumerate(reused()):
        shared[:] = part
        examiner.hear(block(shared, at_s=number * 1_000 / 16_000))
        shared[:] = 0
    assert examiner.finish(decoded()) == play(SoundprintExaminer(), [block(samples)])
