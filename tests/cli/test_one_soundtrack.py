"""One song laid over clips of different things: their sound is one recording, and no moment."""

from pathlib import Path

import numpy as np

from tests.link.test_offsets import RATE, event
from tests.support.clips import Sound, make_clip, pattern
from tests.support.program import firsthand


def song(begins_s: float, *, hiss: float, seed: int) -> Sound:
    """A part of one song, and what the clip itself still sounds like under it."""
    sound, own = event(40, seed=31), np.random.default_rng(seed)

    def heard(seconds: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        at = np.interp((seconds + begins_s) * RATE, np.arange(len(sound)), sound)
        return np.asarray(at * 3 + hiss * own.standard_normal(len(seconds)))

    return heard


def added(folder: Path, *, hiss: float) -> Path:
    """An archive with two clips that have a song in common, and nothing else."""
    (folder / "in").mkdir()
    for number, begins_s in enumerate((0.0, 4.3)):
        make_clip(
            folder / "in" / f"clip{number}.mp4",
            seconds=14,
            size=(160, 120),
            fps=5,
            draw=pattern((160, 120), seed=50 + number),
            sound=song(begins_s, hiss=hiss, seed=number),
        )
    ran = firsthand("add", folder / "in", "--case", "songs", "--archive", folder / "archive", "--json")
    assert ran.code == 0, ran.talk
    return folder / "archive"


def test_one_song_laid_over_two_clips_joins_them_to_no_moment(tmp_path: Path) -> None:
    archive = added(tmp_path, hiss=0.0)
    document = firsthand("moments", "--case", "songs", "--archive", archive, "--json").document
    assert document["moments"] == []
    (waiting,) = document["waiting"]
    assert (waiting["link"], waiting["one_recording"]) == ("weak", True)
    assert waiting["coherence"] > 0.95


def test_where_it_is_nearly_one_sound_people_are_told(tmp_path: Path) -> None:
    archive = added(tmp_path, hiss=0.004)
    said = " ".join(firsthand("moments", "--case", "songs", "--archive", archive).out.split())
    assert "perhaps not two cameras, but a copy, a filmed screen, or one soundtrack laid over both" in said
