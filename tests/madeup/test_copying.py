"""What truth.json says of copies is what the pictures show; what the archive finds is compared without flattery."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from firsthand.app.comparing import Compared
from firsthand.app.demo_document import demo_document
from firsthand.app.demonstrating import MARK, Demonstrated, demonstrate, make_way
from firsthand.app.settings import settings
from firsthand.app.wiring import opened_or_made
from firsthand.cli.demo import LISTED, show
from firsthand.madeup.event import MadeEvent
from firsthand.media.encode import read_frames
from firsthand.model.errors import UsageError
from tests.support.silent import SilentProgress


def grey_at(path: Path, second: float) -> NDArray[np.float32]:
    """The picture shown at a second, as grey."""
    shown = None
    for at_s, picture in read_frames(path):
        if at_s > second + 1e-3:
            break
        shown = picture
    assert shown is not None
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(shown), cv2.COLOR_RGB2GRAY), np.float32)


def test_true_time_maps_and_matrices_lay_one_picture_on_the_other(demo_event: MadeEvent) -> None:
    checked = 0
    for copy in demo_event.truth.copies:
        if copy.transform is None or copy.derived:
            continue
        a = grey_at(demo_event.path(copy.a_name), (copy.a_start_s + copy.a_end_s) / 2)
        b = grey_at(demo_event.path(copy.b_name), (copy.b_start_s + copy.b_end_s) / 2)
        to_pixels = np.diag([b.shape[1], b.shape[0], 1.0])
        from_pixels = np.diag([1 / a.shape[1], 1 / a.shape[0], 1.0])
        matrix = to_pixels @ np.vstack([copy.transform, (0, 0, 1)]) @ from_pixels
        laid = cv2.warpPerspective(a, matrix, b.shape[1::-1], flags=cv2.INTER_AREA)
        inner = np.s_[b.shape[0] // 4 : -b.shape[0] // 4, b.shape[1] // 5 : -b.shape[1] // 5]
        # 0.89 where the hand shakes and frame rates differ (12.5 and 15 a second): frames are up to 80 ms apart.
        alike = np.corrcoef(laid[inner].ravel(), b[inner].ravel())[0, 1]
        turned = np.corrcoef(laid[inner][:, ::-1].ravel(), b[inner].ravel())[0, 1]
        assert alike > max(0.85, turned + 0.2), (copy.a_name, copy.b_name)
        checked += 1
    assert checked >= 3


def test_sidecars_tell_who_posted_what_and_when(demo_event: MadeEvent) -> None:
    for sighting in demo_event.truth.sightings:
        sidecar = json.loads(demo_event.path(sighting.name).with_suffix(".info.json").read_text("utf-8"))
        assert (sidecar["uploader"], sidecar["description"]) == (sighting.account, sighting.caption)
    assert {one.caption_is_true for one in demo_event.truth.sightings} == {True, False}


@pytest.fixture(scope="module")
def demonstrated(demo_event: MadeEvent, tmp_path_factory: pytest.TempPathFactory) -> Demonstrated:
    archive = tmp_path_factory.mktemp("compared") / "archive"
    with opened_or_made(settings(archive=str(archive), workers=1)) as desk:
        return demonstrate(desk, (demo_event,), progress=SilentProgress())


@pytest.fixture(scope="module")
def compared(demonstrated: Demonstrated) -> Compared:
    return demonstrated.compared


def test_the_main_job_finds_plain_and_mirrored_copies_and_links_nothing_wrongly(compared: Compared) -> None:
    assert compared.wrong == ()
    assert compared.mixed == ()
    linked = {one.name for one in compared.edits}
    assert {"rynok_live-1042.mp4", "svodka_kbr_553.mp4"} <= linked
    assert "mirrored" in next(one.named for one in compared.edits if one.name == "svodka_kbr_553.mp4")


def test_every_true_pair_is_counted_once(compared: Compared, demo_event: MadeEvent) -> None:
    assert compared.pairs == len(demo_event.truth.copies)
    assert compared.linked + compared.through_others + len(compared.missed) == compared.pairs
    assert compared.whole + len(compared.split) == compared.takes == len(demo_event.truth.takes)


def test_every_camera_of_the_event_is_counted_once(compared: Compared, demo_event: MadeEvent) -> None:
    moments = compared.moments
    assert moments.cameras == sum(len(one.items) for one in demo_event.truth.moments)
    assert moments.on_one_clock + len(moments.missed) == moments.cameras
    assert moments.strangers == ()


def test_the_demo_says_what_it_found_what_it_missed_and_what_to_look_at(
    demonstrated: Demonstrated, capsys: pytest.CaptureFixture[str]
) -> None:
    show(demonstrated, Path("trial"), Path("trial/report/index.html"), 42.0)
    said, compared = capsys.readouterr().out, demonstrated.compared
    assert f"{compared.linked} of {compared.pairs} true pairs linked" in said
    assert f"{compared.moments.on_one_clock} of {compared.moments.cameras} cameras put on one clock" in said
    for copy in compared.missed[:LISTED]:
        assert f"missed: {copy.a_name}" in said
    for one in compared.moments.offsets[:LISTED]:
        assert f"{one.name}: began {one.found_s:+.2f} ± {one.plus_minus_s:.2f} s from {one.reference_name}" in said
    assert "trial/report/index.html" in said[said.index("What to look at") :]
    document = demo_document(demonstrated, elapsed_s=42.0)
    assert document["moments"]["missed"] == list(compared.moments.missed)
    assert [one["held"] for one in document["moments"]["offsets"]] == [one.held for one in compared.moments.offsets]


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "my-notes.txt").write_text("not yours")
    with pytest.raises(UsageError, match="no earlier demo"):
        make_way(tmp_path)
    assert (tmp_path / "my-notes.txt").read_text() == "not yours"
    assert (tmp_path / "clips").is_dir()


def test_clips_of_ones_own_without_a_truth_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    with pytest.raises(UsageError, match="no earlier demo"):
        make_way(tmp_path)
    assert (tmp_path / "clips").is_dir()


def test_an_earlier_demo_makes_way(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "truth.json").write_text('{"schema": "firsthand.truth/1"}')
    make_way(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_a_demo_that_was_stopped_half_way_makes_way(tmp_path: Path) -> None:
    make_way(tmp_path / "new")
    (tmp_path / "new" / "clips").mkdir()  # Ctrl-C before anything true was written down
    make_way(tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == [MARK]
