"""An item in quarantine is in no view: no command and no report names it, shows it or compares with it."""

from pathlib import Path

from tests.support.clips import make_clip, pattern
from tests.support.custody import bytes_under
from tests.support.program import firsthand


def test_an_item_in_quarantine_is_in_no_answer_of_any_command_and_in_no_report(tmp_path: Path) -> None:
    folder = tmp_path / "handed-in"
    folder.mkdir()
    make_clip(folder / "one.mp4", seconds=4, draw=pattern((320, 240), seed=1))
    make_clip(folder / "HIDDEN-NAME.mp4", seconds=4, size=(240, 180), crf=34, draw=pattern((320, 240), seed=1))
    archive, case = tmp_path / "archive", ("--case", "kyiv", "--archive", tmp_path / "archive", "--json")
    at = ("--archive", archive, "--json")
    added = firsthand("add", folder, *case).document["items"]
    hidden = next(one["item"] for one in added if one["name"] == "HIDDEN-NAME.mp4")
    digest = hidden.removeprefix("sha256:")
    assert len(firsthand("copies", *case).document["copies"]) == 1

    assert firsthand("quarantine", "HIDDEN-NAME.mp4", "--why", "may be illegal to hold", *at).code == 0
    for asked in (("takes", *case), ("copies", *case), ("moments", *case), ("find", folder / "one.mp4", *at)):
        ran = firsthand(*asked)
        assert ran.code in (0, 4), ran
        assert digest not in ran.out
        assert "HIDDEN-NAME" not in ran.out + ran.talk
    assert firsthand("find", folder / "HIDDEN-NAME.mp4", *at).document["query"]["in_archive"] is False
    for refused in (
        ("show", "HIDDEN-NAME.mp4", *at),
        ("show", hidden, *at),
        ("proof", hidden, "-o", tmp_path / "p", *at),
    ):
        assert firsthand(*refused).code == 4
    explained = firsthand("copies", "--explain", "one.mp4", "HIDDEN-NAME.mp4", "-o", tmp_path / "why.png", *at)
    assert explained.code == 4
    assert not (tmp_path / "why.png").exists()
    assert firsthand("report", "-o", tmp_path / "report", *case).code == 0
    written = bytes_under(tmp_path / "report")
    assert b"HIDDEN-NAME" not in written
    assert digest.encode() not in written

    again = firsthand("add", folder, *case)
    assert digest not in again.out.replace(f'"item": "{hidden}"', "")  # the one who hands it in may know what it is
    assert firsthand("verify", *at).document["passed"] is True
    assert len(firsthand("copies", *case).document["copies"]) == 0
    lifted = firsthand("quarantine", hidden, "--lift", "--why", "released", *at)
    assert lifted.code == 0
    assert len(firsthand("copies", *case).document["copies"]) == 1
