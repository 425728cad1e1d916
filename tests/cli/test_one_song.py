"""One song laid over clips of different things, as editors do: told of, and taken for nothing else."""

from pathlib import Path

from tests.cli.test_naming import SECONDS, SIZE, speech, street
from tests.support.clips import make_clip
from tests.support.program import firsthand


def test_a_song_over_two_clips_is_told_of_and_makes_neither_a_take_nor_a_moment(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    for seed in (1, 9):
        make_clip(
            tmp_path / "clips" / f"{seed}.mp4", seconds=SECONDS, size=SIZE, draw=street(seed), sound=speech(1), crf=20
        )
    archive = tmp_path / "archive"
    added = firsthand("add", tmp_path / "clips", "--case", "kyiv", "--archive", archive, "--json").document
    assert (added["takes"], added["moments"]) == (2, 0)
    (copy,) = firsthand("copies", "--case", "kyiv", "--archive", archive, "--json").document["copies"]
    assert copy["matched_by"] == ["sound"]
    assert "picture_replaced" in copy["edits"]
    confirmed = firsthand("copies", "--confirm", copy["id"], "--why", "a still put over it", "--archive", archive)
    assert confirmed.code == 0, confirmed.talk
    takes = firsthand("takes", "--case", "kyiv", "--archive", archive, "--json").document["takes"]
    assert len(takes) == 1
