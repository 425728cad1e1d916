"""The same recording is found by its sound alone, and two microphones at one event are not one recording."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.link.copies import CopySeeker
from firsthand.link.index import FrameVotes, PrintIndex
from firsthand.link.prints import Print, print_of
from firsthand.link.same_sound import same_sound
from firsthand.media.decode import Pass
from firsthand.media.frames import SAMPLES_PER_SECOND, SoundBlock
from firsthand.model.findings import SoundprintFacts
from firsthand.model.links import CopyFound
from firsthand.model.outcomes import Found
from tests.link.drawn import filmed, in_a_frame, named, print_from
from tests.support.clips import make_sound

Samples = NDArray[np.float64]


def talk(seconds: float, seed: int = 1) -> Samples:
    """Something like talk in a street: syllables of changing pitch and loudness, pauses between."""
    rng = np.random.default_rng(seed)
    samples = np.zeros(round(seconds * SAMPLES_PER_SECOND))
    at = 0
    while at < len(samples) - 8000:
        length = int(rng.uniform(0.08, 0.3) * SAMPLES_PER_SECOND)
        t = np.arange(length) / SAMPLES_PER_SECOND
        pitch = rng.uniform(100, 260) * (1 + rng.uniform(-0.3, 0.3) * t / t[-1])
        loud = rng.uniform(0.02, 0.2) * np.sin(np.pi * t / t[-1])
        formants = rng.uniform(0.1, 1, 24)
        voice = sum(f * np.sin(2 * np.pi * (n + 1) * pitch * t) for n, f in enumerate(formants))
        samples[at : at + length] += loud * voice / 4
        at += length + int(rng.uniform(0.0, 0.35) * SAMPLES_PER_SECOND)
    return samples + rng.normal(0, 2e-4, len(samples))


def echoing(samples: Samples, seed: int) -> Samples:
    """As a microphone hears it somewhere else in a room: as much echo as direct sound."""
    rng = np.random.default_rng(seed)
    tail = rng.normal(0, 1, 6400) * np.exp(-6.9 * np.arange(6400) / 6400)
    tail = tail / np.sqrt((tail**2).sum())
    tail[0] += 1
    return np.asarray(np.convolve(samples, tail)[: len(samples)])


def heard(name: str, samples: Samples, folder: Path) -> Print:
    def sound(seconds: Samples) -> Samples:
        return np.interp(seconds, np.arange(len(samples)) / SAMPLES_PER_SECOND, samples)

    return print_of_file(
        make_sound(
            folder / f"{name}.wav", seconds=len(samples) / SAMPLES_PER_SECOND, sound=sound, sound_hz=SAMPLES_PER_SECOND
        )
    )


def print_of_file(path: Path) -> Print:
    examiner = SoundprintExaminer()
    with path.open("rb") as file:
        one = Pass(file.fileno())
        for given in one:
            if isinstance(given, SoundBlock):
                examiner.hear(given)
    outcome = examiner.finish(one.decoded)
    assert isinstance(outcome, Found)
    assert isinstance(outcome.value, SoundprintFacts)
    found = print_of(named(path.name), {"soundprint": outcome})
    assert found is not None
    return found


def sought(query: Print, *others: Print) -> tuple[CopyFound, ...]:
    return CopySeeker().seek(query, PrintIndex(others))


def test_an_excerpt_under_noise_is_found_at_its_second(tmp_path: Path) -> None:
    whole = talk(20)
    rng = np.random.default_rng(5)
    part = whole[round(7.303 * SAMPLES_PER_SECOND) :][: 9 * SAMPLES_PER_SECOND]
    part = 0.5 * part + rng.normal(0, 0.004, len(part))
    (found,) = sought(heard("whole", whole, tmp_path), heard("part", part, tmp_path))
    assert found.verdict == "copy"
    assert found.matched_by == ("sound",)
    assert found.a.start_s - found.b.start_s == pytest.approx(7.303, abs=0.02)
    assert found.b.end_s - found.b.start_s == pytest.approx(9, abs=0.2)
    assert (found.edits, found.edited) == (("excerpt",), "b")


def test_two_microphones_in_one_room_are_not_one_recording(tmp_path: Path) -> None:
    said = talk(12)
    one, other = heard("one", echoing(said, 1), tmp_path), heard("other", echoing(said, 2), tmp_path)
    assert not [found for found in sought(one, other) if found.verdict == "copy"]


def test_other_talk_and_silence_match_nothing(tmp_path: Path) -> None:
    one = heard("one", talk(10, seed=1), tmp_path)
    others = (heard("two", talk(10, seed=2), tmp_path), heard("hiss", 1e-3 * talk(10, seed=3), tmp_path))
    assert sought(one, *others) == ()


def test_swapping_the_two_only_flips_the_sign(tmp_path: Path) -> None:
    whole = talk(14)
    one, part = heard("one", whole, tmp_path), heard("part", whole[4 * SAMPLES_PER_SECOND :], tmp_path)
    there, back = same_sound(one, part), same_sound(part, one)
    assert there is not None
    assert back is not None
    assert there.offset_s == pytest.approx(-back.offset_s, abs=0.005)


def test_cuts_of_one_talk_are_found_to_the_hundredth(media: Path) -> None:
    one, two, three = (
        print_of_file(media / "clips" / f"audio-offset-finder__timbl_{number}.mp3") for number in (1, 2, 3)
    )
    found = {link.b.item: link for link in sought(one, two, three)}
    for cut, at_s in ((two, 12.254), (three, 12.223)):
        assert found[cut.item].verdict == "copy"
        assert "excerpt" in found[cut.item].edits
        assert found[cut.item].a.start_s - found[cut.item].b.start_s == pytest.approx(at_s, abs=0.02)


def test_the_index_suggests_by_sound_whom_noise_was_laid_over_first(tmp_path: Path) -> None:
    whole = talk(30.0, seed=5)
    strangers = [heard(f"stranger {n}", talk(20.0, seed=20 + n), tmp_path) for n in range(6)]
    index = PrintIndex([heard("whole", whole, tmp_path), *strangers])
    part = whole[10 * SAMPLES_PER_SECOND : 18 * SAMPLES_PER_SECOND]
    noise = np.random.default_rng(1).normal(0, 0.1 * part.std(), len(part))
    assert index.alike_in_sound(heard("part", part + noise, tmp_path))[0] == named("whole.wav")


def under(pictures: Print, sound: Print) -> Print:
    """Pictures with a sound laid under them."""
    return replace(pictures, mel=sound.mel, mel_first_s=sound.mel_first_s, mel_column_s=sound.mel_column_s)


def test_one_song_under_two_clips_in_one_meme_frame_says_that_the_pictures_are_others(tmp_path: Path) -> None:
    song = heard("song", talk(6.0), tmp_path)
    one, other = (under(print_from(str(place), in_a_frame(filmed(place, 1))), song) for place in (5, 6))
    (found,) = sought(one, other)
    assert found.matched_by == ("sound",)
    assert "picture_replaced" in found.edits


def test_sound_leads_to_the_pictures_that_corners_do_not_suggest(tmp_path: Path) -> None:
    sound, frames = heard("talk", talk(6.0), tmp_path), filmed(5, 1)
    source = under(print_from("source", frames), sound)
    query = under(print_from("query", frames), sound)

    class Mute(PrintIndex):
        """An index whose corners suggest nothing, as those of a small inset may not."""

        def candidates(self, query: Print, *, mirrored: bool) -> tuple[FrameVotes, ...]:
            return ()

    (found,) = CopySeeker().seek(query, Mute([source]))
    assert found.verdict == "copy"
    assert found.matched_by == ("picture", "sound")
    assert "picture_replaced" not in found.edits
