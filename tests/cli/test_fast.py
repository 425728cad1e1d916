"""A first look at key frames alone finds copies, says what it rests on, and gives way to the full one."""

from pathlib import Path

import pytest

from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock
from tests.support.clips import make_clip, pattern, tone
from tests.support.program import firsthand


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "handed-in"
    made.mkdir()
    make_clip(made / "one.mp4", seconds=6, draw=pattern((320, 240), seed=1), sound=tone())
    make_clip(made / "smaller.mp4", seconds=6, size=(240, 180), crf=34, draw=pattern((320, 240), seed=1))
    make_clip(made / "other.mp4", seconds=6, draw=pattern((320, 240), seed=9))
    return made


def test_key_frames_alone_are_decoded_and_no_sound_and_the_zero_stays_where_it_is(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "one.mp4", seconds=3, sound=tone(), pictures_start_s=0.5)
    seen = {}
    for fast in (False, True):
        with clip.open("rb") as file:
            one = Pass(file.fileno(), key_frames_only=fast)
            given = list(one)
            seen[fast] = [picture for picture in given if not isinstance(picture, SoundBlock)]
            assert any(isinstance(block, SoundBlock) for block in given) is not fast
            assert one.decoded.zero_s == pytest.approx(0.0, abs=0.03)
    assert len(seen[False]) == 75
    assert [one.at_s for one in seen[True]] == [one.at_s for one in seen[False] if one.key_frame]
    assert len(seen[True]) == 3


def test_a_first_look_finds_the_copy_says_so_and_is_completed_by_examine(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    added = firsthand("add", folder, "--case", "kyiv", "--fast", "--archive", archive, "--json")
    assert added.code == 0
    assert added.document["examined"]["found"] == 3

    def copies() -> list[dict[str, object]]:
        listed: list[dict[str, object]] = firsthand(
            "copies", "--case", "kyiv", "--archive", archive, "--json"
        ).document["copies"]
        return listed

    (first,) = copies()
    assert {first["a_name"], first["b_name"]} == {"one.mp4", "smaller.mp4"}
    assert first["key_frames_only"] is True
    assert first["verdict"] in ("copy", "undecidable")
    told = firsthand("copies", "--case", "kyiv", "--archive", archive)
    assert "key frames alone" in told.out
    shown = firsthand("show", "one.mp4", "--archive", archive, "--json").document
    assert [one["kind"] for one in shown["findings"]] == ["triage"]

    again = firsthand("add", folder, "--case", "kyiv", "--fast", "--archive", archive, "--json")
    assert sum(again.document["examined"].values()) == 0

    assert firsthand("examine", "--archive", archive, "--json").code == 0
    (full,) = copies()
    assert full["key_frames_only"] is False
    assert full["verdict"] == "copy"
    assert "fingerprint" in {
        one["kind"] for one in firsthand("show", "one.mp4", "--archive", archive, "--json").document["findings"]
    }
    assert firsthand("verify", "--archive", archive, "--json").document["passed"] is True


def test_what_is_added_in_full_beside_a_first_look_is_listed_once_when_that_is_completed(
    folder: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    assert firsthand("add", folder / "one.mp4", "--case", "k", "--fast", "--archive", archive, "--json").code == 0
    for options in ((), ("--fast",)):
        found = firsthand("find", folder / "smaller.mp4", *options, "--archive", archive, "--json").document
        assert found["copies"][0]["b_name"] == "one.mp4"
        assert found["copies"][0]["key_frames_only"] is True
    # Into another case, so that what is missing in the first is left missing.
    assert firsthand("add", folder / "smaller.mp4", "--case", "j", "--archive", archive, "--json").code == 0
    assert firsthand("examine", "--archive", archive, "--json").code == 0
    assert firsthand("add", folder / "smaller.mp4", "--case", "k", "--archive", archive, "--json").code == 0
    (full,) = firsthand("copies", "--case", "k", "--archive", archive, "--json").document["copies"]
    assert (full["key_frames_only"], full["verdict"]) == (False, "copy")
