"""A person confirms, rejects, and asks why; the takes follow."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.support.clips import make_clip, pattern
from tests.support.program import firsthand


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "handed-in"
    folder.mkdir()
    make_clip(folder / "one.mp4", seconds=4, draw=pattern((320, 240), seed=1))
    make_clip(folder / "smaller.mp4", seconds=4, size=(240, 180), crf=34, draw=pattern((320, 240), seed=1))
    archive = tmp_path / "archive"
    assert firsthand("add", folder, "--case", "kyiv", "--archive", archive, "--json").code == 0
    return archive


def takes(archive: Path) -> list[str]:
    listed = firsthand("takes", "--case", "kyiv", "--archive", archive, "--json").document["takes"]
    return [take["state"] for take in listed]


def test_rejecting_parts_the_takes_and_confirming_joins_them_for_good(archive: Path) -> None:
    (found,) = firsthand("copies", "--case", "kyiv", "--archive", archive, "--json").document["copies"]
    assert takes(archive) == ["suggested"]

    rejected = firsthand("copies", "--reject", found["id"], "--why", "another day", "--archive", archive, "--json")
    assert [one["state"] for one in rejected.document["copies"]] == ["rejected"]
    assert takes(archive) == ["alone", "alone"]

    assert firsthand("copies", "--confirm", found["id"], "--archive", archive, "--json").code == 0
    assert takes(archive) == ["confirmed"]
    assert firsthand("verify", "--archive", archive, "--json").document["passed"] is True


def test_an_id_nobody_knows_is_said_to_be_unknown(archive: Path) -> None:
    ran = firsthand("copies", "--confirm", "copy_nobody", "--archive", archive, "--json")
    assert ran.code == 4
    assert ran.document["error"] == "NothingMatched"


def test_explaining_draws_both_pictures_and_the_places_that_agree(archive: Path, tmp_path: Path) -> None:
    picture = tmp_path / "why.png"
    ran = firsthand("copies", "--explain", "one.mp4", "smaller.mp4", "-o", picture, "--archive", archive, "--json")
    explained = ran.document
    assert len(explained["points"]) >= 16
    in_a, in_b = np.array(explained["points"])[:, :2], np.array(explained["points"])[:, 2:]
    assert np.abs(in_a - in_b).max() < 0.05  # smaller, not moved: each place lies where it lay
    drawn = cv2.imread(str(picture))
    assert drawn is not None
    height, width = drawn.shape[:2]
    below_right = drawn[height // 2 + 40 :, width // 2 + 10 :]
    assert below_right.mean() < 40  # what differs between copies is dark
    assert drawn[: height // 2].mean() > 60


def test_a_command_that_names_nothing_says_what_it_wants(tmp_path: Path) -> None:
    assert firsthand("copies", "--archive", tmp_path / "nowhere", "--json").code == 2
