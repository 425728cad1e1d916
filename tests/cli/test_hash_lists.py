"""Hashes of others are looked up, and ours are given out in the same form."""

from pathlib import Path

import pytest

from tests.support.clips import make_clip, pattern
from tests.support.program import firsthand


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    clip = make_clip(tmp_path / "one.mp4", seconds=3, draw=pattern((320, 240), seed=1))
    archive = tmp_path / "archive"
    assert firsthand("add", clip, "--case", "kyiv", "--archive", archive, "--json").code == 0
    return archive


def test_our_own_hashes_given_out_and_looked_up_meet_their_own_pictures(archive: Path, tmp_path: Path) -> None:
    exported = firsthand("find", "--export-pdq", "--case", "kyiv", "--archive", archive)
    assert exported.code == 0
    heading, *rows = exported.out.splitlines()
    assert heading == "hash,quality,item,second"
    assert len(rows) == 3
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("hash,label\n" + rows[1].split(",")[0] + ",seen elsewhere\n" + "00" * 32 + ",never\n")

    found = firsthand("find", "--pdq", theirs, "--archive", archive, "--json").document
    assert found["schema"] == "firsthand.hashes/1"
    assert found["query"]["hashes"] == 2
    assert found["query"]["frames"] == 3
    exact = [one for one in found["matches"] if one["distance"] == 0]
    assert [(one["line"], one["label"], one["name"], one["at_s"]) for one in exact] == [
        (2, "seen elsewhere", "one.mp4", float(rows[1].split(",")[3]))
    ]
    told = firsthand("find", "--pdq", theirs, "--archive", archive)
    assert "1 of 2 hashes meet 1 items" in told.out
    assert "seen elsewhere" in told.out


def test_a_list_that_meets_nothing_or_cannot_be_read_says_so(archive: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.txt"
    theirs.write_text("00" * 32 + "\n")
    assert firsthand("find", "--pdq", theirs, "--archive", archive, "--json").code == 4
    theirs.write_bytes(b"00" * 32 + b"\nnot a hash\n")
    refused = firsthand("find", "--pdq", theirs, "--archive", archive, "--json")
    assert refused.code == 2
    assert refused.document["subject"].endswith("theirs.txt, line 2")
    theirs.write_bytes(b"\xff\xfe\x00" * 50)
    assert firsthand("find", "--pdq", theirs, "--archive", archive, "--json").code == 2
    assert firsthand("find", "--pdq", tmp_path / "none.txt", "--archive", archive, "--json").code == 4
    assert firsthand("find", "--archive", archive, "--json").code == 2
