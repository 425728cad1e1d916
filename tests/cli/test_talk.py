"""What a person reads, and how a command ends."""

from pathlib import Path

import pytest

from firsthand.cli.talk import bytes_text, clock_text, span_text
from tests.support.clips import make_clip
from tests.support.program import firsthand


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["takes"], 2, "UsageError"),
        (["nonsense"], 2, "UsageError"),
        (["takes", "--case", "kyiv"], 4, "NothingMatched"),
        (["add", "gone.mp4", "--case", "kyiv"], 4, "NothingMatched"),
        (["find", "gone.mp4"], 4, "NothingMatched"),
    ],
)
def test_a_command_that_cannot_be_done_says_so_in_its_exit_code_and_document(
    tmp_path: Path, arguments: list[str], code: int, error: str
) -> None:
    ran = firsthand(*arguments, "--json", cwd=tmp_path)
    assert ran.code == code, ran.talk
    assert ran.document["schema"] == "firsthand.error/1"
    assert ran.document["error"] == error
    assert ran.document["why"]


def test_a_folder_that_is_no_archive_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "mine.txt").write_text("mine")
    clip = make_clip(tmp_path / "a.mp4", seconds=0.2)
    ran = firsthand("add", clip, "--case", "kyiv", "--archive", tmp_path / "desk")
    assert ran.code == 1
    assert "next:" in ran.talk
    assert [path.name for path in (tmp_path / "desk").iterdir()] == ["mine.txt"]


def test_the_summary_is_for_people_and_stdout_holds_nothing_else(tmp_path: Path) -> None:
    make_clip(tmp_path / "in.mp4", seconds=0.4)
    ran = firsthand("add", tmp_path / "in.mp4", "--case", "kyiv", "--archive", tmp_path / "desk")
    assert ran.code == 0
    assert ran.out.startswith("1 clip: 1 sealed (")
    assert "\x1b[" not in ran.out


def test_help_opens_with_an_example_for_every_command() -> None:
    listed = firsthand("--help")
    assert listed.code == 0
    for name in ("add", "show", "copies", "takes", "find", "verify", "examine"):
        assert name in listed.out
        assert f"firsthand {name}" in firsthand(name, "--help").out


def test_spans_and_sizes_read_as_people_write_them() -> None:
    assert span_text(0, 0) == "still"
    assert span_text(3.21, 75.04) == "0:03.2–1:15.0"
    assert clock_text(3723) == "1:02:03"
    assert bytes_text(3_400_000) == "3.4 MB"
