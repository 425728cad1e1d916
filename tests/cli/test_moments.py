"""Phones at one event, put on one clock through the command line alone."""

import csv
import json
import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from firsthand.app.moment_views import moments_of
from firsthand.app.single_pictures import SinglePictures
from firsthand.cli.options import desk
from firsthand.model.events import MomentsSought
from firsthand.model.ids import OffsetId, random_id
from firsthand.model.outcomes import EngineId
from tests.link.test_offsets import RATE, event
from tests.support.clips import Sound, make_clip, make_sound, pattern, silence
from tests.support.program import Ran, firsthand

BEGINS_S = {"first.mp4": 0.0, "second.mp4": 4.4, "third.mp4": 7.15}
TOLERATED_S = 0.03  # codecs' own delay is taken off; what is left is far below the stated interval


def phone(begins_s: float, *, seed: int) -> Sound:
    """What a phone hears that began so much later."""
    sound = event(30, seed=5)
    own = np.random.default_rng(seed)

    def heard(seconds: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        at = np.interp((seconds + begins_s) * RATE, np.arange(len(sound)), sound)
        return np.asarray(at * 3 + 0.003 * own.standard_normal(len(seconds)))

    return heard


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handed-in")
    for seed, (name, begins_s) in enumerate(BEGINS_S.items()):
        drawn = pattern((160, 120), seed=10 + seed)
        make_clip(folder / name, seconds=12, size=(160, 120), fps=5, draw=drawn, sound=phone(begins_s, seed=seed))
    make_clip(
        folder / "silent.mp4", seconds=3, size=(160, 120), fps=5, draw=pattern((160, 120), seed=20), sound=silence()
    )
    make_clip(folder / "muted.mp4", seconds=3, size=(160, 120), fps=5, draw=pattern((160, 120), seed=21))
    elsewhere = event(12, seed=6)
    make_sound(
        folder / "elsewhere.wav",
        seconds=12,
        sound=lambda s: np.interp(s * RATE, np.arange(len(elsewhere)), elsewhere),
        sound_hz=8000,
    )
    return folder


@pytest.fixture(scope="module")
def archive(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("desk") / "archive"
    ran = firsthand("add", handed_in, "--case", "kyiv", "--archive", archive, "--json")
    assert ran.code == 0, ran.talk
    assert ran.document["moments"] == 1
    return archive


def test_adding_ends_with_what_was_filmed_together(archive: Path, tmp_path: Path) -> None:
    make_sound(tmp_path / "more.wav", seconds=5, sound=silence())
    said = firsthand("add", tmp_path / "more.wav", "--case", "kyiv", "--archive", archive).out
    line = next(line for line in said.splitlines() if "takes filmed the same" in line)
    assert "3 takes filmed the same" in line
    assert "±" in line
    assert " s after " in line or " s before " in line


def moments(archive: Path, *more: str | Path) -> Ran:
    return firsthand("moments", "--case", "kyiv", "--archive", archive, *more)


def begins_s(archive: Path) -> dict[str, float]:
    (one,) = moments(archive, "--json").document["moments"]
    at = {item["name"]: item["offset_s"] for item in one["items"]}
    return {name: offset_s - at["first.mp4"] for name, offset_s in at.items()}


def test_every_camera_that_heard_the_event_lies_where_it_began(archive: Path) -> None:
    assert begins_s(archive) == pytest.approx(BEGINS_S, abs=TOLERATED_S)


def test_the_document_is_as_promised(archive: Path) -> None:
    document = moments(archive, "--json").document
    assert document["schema"] == "firsthand.moments/1"
    (one,) = document["moments"]
    assert {"moment", "reference", "items", "pairs"} <= one.keys()
    assert {"take", "item", "name", "offset_s", "plus_minus_s", "rate"} <= one["items"][0].keys()
    pair = one["pairs"][0]
    assert {"a", "a_name", "b", "b_name", "offset_s", "plus_minus_s", "alignment_plus_minus_s", "score"} <= pair.keys()
    assert (pair["method"], pair["link"], pair["state"]) == ("sound", "strong", "suggested")
    assert pair["plus_minus_s"] > 0.08


def test_people_read_when_each_camera_began(archive: Path) -> None:
    said = moments(archive).out
    assert "3 takes filmed the same" in said
    assert "±" in said


def test_adding_again_changes_nothing(archive: Path) -> None:
    before = moments(archive, "--json").document
    assert firsthand("examine", "--case", "kyiv", "--archive", archive).code == 0
    assert moments(archive, "--json").document == before


def test_the_records_of_moments_are_replayed_from_the_log(archive: Path) -> None:
    ran = firsthand("verify", "--archive", archive, "--json")
    assert ran.code == 0, ran.out
    assert ran.document["passed"]


def test_what_an_earlier_engine_suggested_gives_way(archive: Path) -> None:
    before = moments(archive, "--json").document
    pair = before["moments"][0]["pairs"][0]
    with desk(str(archive), None) as here:
        case = here.case("kyiv")
        (now,) = [one for one in here.records.offsets(case.id) if one.id == pair["id"]]
        wrong = replace(now.found, offset_s=now.found.offset_s + 5, score=0.999)
        earlier = EngineId(name="offset", version=1, settings="as it was")
        sought = MomentsSought(
            case=case.id,
            made_by=earlier,
            items=(wrong.a, wrong.b),
            offsets=(OffsetId(random_id("offset")),),
            found=(wrong,),
        )
        here.write(
            sought,
            expected={
                here.records.moments_subject(case.id): here.records.version(here.records.moments_subject(case.id))
            },
        )
    assert firsthand("examine", "--case", "kyiv", "--archive", archive).code == 0
    assert moments(archive, "--json").document == before


def test_pictures_of_an_offset_and_of_an_instant_are_drawn(archive: Path, tmp_path: Path) -> None:
    assert moments(archive, "--explain", "first.mp4", "second.mp4", "-o", tmp_path / "why.png").code == 0
    assert moments(archive, "--at", "8.0", "-o", tmp_path / "sheet.png").code == 0
    for name in ("why.png", "sheet.png"):
        with av.open(str(tmp_path / name)) as picture:
            assert next(picture.decode(video=0)).width >= 320


def test_an_instant_is_shown_to_the_frame(archive: Path) -> None:
    with desk(str(archive), None) as here:
        (view,) = moments_of(here, here.case("kyiv")).moments
        with SinglePictures(here, long_side_px=160) as single:
            for one in view.moment.items:
                shown = single.of(one.item, (7.3, 2.1))
                assert [at_s for at_s, _ in shown] == pytest.approx([7.2, 2.0], abs=0.01)  # five pictures a second
                assert all(picture.shape == (120, 160, 3) for _, picture in shown)


def test_one_known_time_gives_every_camera_a_time(archive: Path) -> None:
    known = ("--known", "second.mp4", "2026-02-14T13:00:04.400+02:00")
    began = {one["name"]: one for one in moments(archive, *known, "--json").document["began"]}
    assert began.keys() == BEGINS_S.keys()
    for name, begins in BEGINS_S.items():
        off_s = datetime.fromisoformat(began[name]["at"]) - datetime(2026, 2, 14, 11, 0, tzinfo=UTC)
        assert off_s.total_seconds() == pytest.approx(begins, abs=TOLERATED_S)
        assert (began[name]["plus_minus_s"] == 0) == (name == "second.mp4")
    assert "third.mp4 began at 2026-02-14T11:00:07." in moments(archive, *known).out
    assert moments(archive, "--known", "second.mp4", "2026-02-14 13:00").code == 2
    assert moments(archive, "--known", "second.mp4", "soon").code == 2
    assert moments(archive, "--known", "silent.mp4", "2026-02-14T13:00:00Z").code == 4


def test_an_instant_nobody_filmed_is_nothing_matched(archive: Path, tmp_path: Path) -> None:
    assert moments(archive, "--at", "900", "-o", tmp_path / "sheet.png").code == 4


def test_a_picture_without_a_place_is_a_usage_error(archive: Path) -> None:
    assert moments(archive, "--at", "1").code == 2


def test_an_editor_gets_a_timeline_with_every_clip_at_its_place(archive: Path, tmp_path: Path) -> None:
    assert moments(archive, "--export", tmp_path / "m.otio").code == 0
    tracks = json.loads((tmp_path / "m.otio").read_text())["tracks"]["children"]
    placed = {}
    for track in tracks:
        *gaps, clip = track["children"]
        gap_s = sum(gap["source_range"]["duration"]["value"] / gap["source_range"]["duration"]["rate"] for gap in gaps)
        placed[clip["name"]] = gap_s
    assert placed == pytest.approx(BEGINS_S, abs=TOLERATED_S)


def test_a_table_and_markers_are_written(archive: Path, tmp_path: Path) -> None:
    assert moments(archive, "--export", tmp_path / "m.csv").code == 0
    assert moments(archive, "--export", tmp_path / "m.wav").code == 0
    with (tmp_path / "m.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["name"] for row in rows} == set(BEGINS_S)
    wav = (tmp_path / "m.wav").read_bytes()
    assert struct.unpack_from("<I", wav, wav.index(b"cue ") + 8)[0] == 2 * len(BEGINS_S)


def test_what_a_person_rejects_joins_no_more_and_what_they_set_holds(handed_in: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"  # its own: what is decided here holds for good
    assert firsthand("add", *(handed_in / name for name in BEGINS_S), "--case", "kyiv", "--archive", archive).code == 0
    for other in ("first.mp4", "second.mp4"):
        # 4 where too little is shared for an offset to have been found
        assert moments(archive, "--reject", other, "third.mp4", "--why", "another square").code in (0, 4)
    assert set(begins_s(archive)) == {"first.mp4", "second.mp4"}
    assert moments(archive, "--set", "first.mp4", "third.mp4", "7.0", "--why", "the same clap").code == 0
    at = begins_s(archive)
    assert at["third.mp4"] == pytest.approx(7.0, abs=0.001)
    pairs = moments(archive, "--json").document["moments"][0]["pairs"]
    assert [pair["state"] for pair in pairs if pair["method"] == "person"] == ["confirmed"]
    assert firsthand("verify", "--archive", archive).code == 0


def test_an_offset_nobody_found_cannot_be_confirmed(archive: Path) -> None:
    assert moments(archive, "--confirm", "first.mp4", "elsewhere.wav").code == 4
