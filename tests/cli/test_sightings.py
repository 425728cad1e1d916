"""Where clips were seen online: from a downloader's record beside the clip to what a desk is shown."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.clips import make_clip, pattern, tone
from tests.support.custody import bytes_under
from tests.support.program import Ran, firsthand

ACCOUNT, NAME = "@дівчина_з_двору", "Дівчина з двору"


def _record(path: Path, **changed: Any) -> None:
    says = {
        "extractor": "video.example",
        "webpage_url": f"https://video.example/{path.stem}",
        "uploader": NAME,
        "uploader_id": ACCOUNT,
        "description": f"{NAME}: люди зупинили колону",
        "channel_follower_count": 12,
        "timestamp": 1645862400,
        "view_count": 1024,
    }
    path.with_suffix(".info.json").write_text(json.dumps(says | changed))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("downloaded")
    for name, size in (("later.mp4", (320, 240)), ("first.mp4", (240, 180))):
        make_clip(folder / name, seconds=3, sound=tone(), size=size, draw=pattern((320, 240), seed=1))
    make_clip(folder / "other.mp4", seconds=2, draw=pattern((320, 240), seed=2))
    _record(folder / "later.mp4", timestamp=1645880000, uploader="other", uploader_id="@other", description="again")
    _record(folder / "first.mp4")
    (folder / "other.info.json").write_text('{"half": ')
    (folder / "gone.info.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def added(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    archive = tmp_path_factory.mktemp("desk") / "archive"
    return archive, _add(archive, clips)


def _add(archive: Path, clips: Path) -> Ran:
    return firsthand("add", clips, "--case", "kyiv", "--archive", archive, "--json")


def _shown(archive: Path, name: str) -> list[dict[str, Any]]:
    sightings: list[dict[str, Any]] = firsthand("show", name, "--archive", archive, "--json").document["sightings"]
    return sightings


def test_records_beside_clips_are_sightings_and_no_items(added: tuple[Path, Ran]) -> None:
    archive, ran = added
    assert {one["name"]: one["state"] for one in ran.document["items"]} == {
        "first.mp4": "sealed",
        "gone.info.json": "refused",
        "later.mp4": "sealed",
        "other.info.json": "refused",
        "other.mp4": "sealed",
    }
    assert ran.document["sightings"] == 2
    assert ran.code == 3  # one record could not be read
    shown = _shown(archive, "first.mp4")
    assert len(shown) == 1
    assert (shown[0]["account"], shown[0]["posted_from"]) == (ACCOUNT, "2022-02-26T08:00:00.000000Z")
    assert shown[0]["reach"]["views"] == 1024
    assert shown[0]["case"] == "kyiv"


def test_a_take_names_what_was_posted_first(added: tuple[Path, Ran]) -> None:
    takes = firsthand("takes", "--case", "kyiv", "--archive", added[0], "--json").document["takes"]
    copied = next(one for one in takes if len(one["items"]) == 2)
    names = {one["item"]: one["name"] for one in copied["items"]}
    assert names[copied["earliest_item"]] == "first.mp4"
    assert next(one for one in takes if len(one["items"]) == 1)["earliest_item"] is None
    assert "seen first: first.mp4" in firsthand("takes", "--case", "kyiv", "--archive", added[0]).out


def test_the_same_record_again_is_the_same_sighting_and_another_reach_another(
    added: tuple[Path, Ran], clips: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    _add(archive, clips)
    _add(archive, clips)
    assert len(_shown(archive, "first.mp4")) == 1
    _record(clips / "first.mp4", view_count=90_000)
    try:
        _add(archive, clips)
    finally:
        _record(clips / "first.mp4")
    assert [one["reach"]["views"] for one in _shown(archive, "first.mp4")] == [1024, 90_000]


def test_a_time_that_leaves_open_which_came_first_names_none(clips: Path, tmp_path: Path) -> None:
    _record(clips / "first.mp4", timestamp=None, upload_date="20220226")
    try:
        _add(tmp_path / "archive", clips)
    finally:
        _record(clips / "first.mp4")
    takes = firsthand("takes", "--case", "kyiv", "--archive", tmp_path / "archive", "--json").document["takes"]
    assert {one["earliest_item"] for one in takes} == {None}


def test_an_erased_account_leaves_nothing_of_it_however_the_record_spelled_it(clips: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    _add(archive, clips)
    spelled = json.dumps(NAME)[1:-1].encode()
    assert NAME.encode() in bytes_under(archive) or spelled in bytes_under(archive)
    why = ("--why", "asked to", "--order", "12/22", "--alone", "a test")
    ran = firsthand("erase", "--source", NAME, *why, "--archive", archive)
    assert ran.code == 0, ran.talk
    left = bytes_under(archive)
    assert NAME.encode() not in left
    assert spelled not in left
    assert firsthand("verify", "--archive", archive, "--json").document["passed"]
    shown = _shown(archive, "first.mp4")
    assert shown[0]["posted_from"] == "2022-02-26T08:00:00.000000Z"
    assert shown[0]["account_name"] == ""


def test_a_report_keeps_accounts_captions_and_links_to_itself_unless_asked(
    added: tuple[Path, Ran], tmp_path: Path
) -> None:
    for people, out in (((), tmp_path / "quiet"), (("--with-people",), tmp_path / "open")):
        ran = firsthand("report", "--case", "kyiv", "-o", out, *people, "--archive", added[0])
        assert ran.code == 0, ran.talk
    quiet, told = bytes_under(tmp_path / "quiet"), bytes_under(tmp_path / "open")
    assert ACCOUNT.encode() not in quiet
    assert json.dumps(ACCOUNT)[1:-1].encode() not in quiet
    assert b"https://video.example/first" not in quiet
    assert b"Posted on video.example" in quiet
    assert ACCOUNT.encode() in told
