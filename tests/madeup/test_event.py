"""The event as it lies on disk agrees with what truth.json says of it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import av
import numpy as np

from firsthand.madeup.event import MadeEvent, make_event
from firsthand.madeup.hearing import SOUND_M_S
from firsthand.madeup.phones import TINY
from firsthand.madeup.recording import item_of
from firsthand.media.encode import read_frames, read_sound
from tests.support.event import SEED


def test_every_item_is_there_named_by_its_bytes(demo_event: MadeEvent) -> None:
    for one in demo_event.truth.items:
        assert item_of(demo_event.folder / one.path) == one.item
    clips = {path for path in demo_event.clips.rglob("*") if path.is_file() and path.suffix != ".json"}
    assert {demo_event.folder / one.path for one in demo_event.truth.items} == clips


def test_truth_on_disk_is_the_truth_in_memory(demo_event: MadeEvent) -> None:
    written = json.loads((demo_event.folder / "truth.json").read_text("utf-8"))
    assert written["schema"] == "firsthand.truth/1"
    assert [one["item"] for one in written["items"]] == [one.item for one in demo_event.truth.items]
    assert len(written["moments"][0]["pairs"]) == len(demo_event.truth.moments[0].pairs) > 0


def test_camera_files_play_as_long_and_as_large_as_the_truth_says(demo_event: MadeEvent) -> None:
    for camera in demo_event.truth.cameras:
        path = demo_event.path(camera.name)
        times = []
        for at_s, picture in read_frames(path):
            times.append(at_s)
            assert picture.shape == (camera.height_px, camera.width_px, 3)
        length_s = next(one.length_s for one in demo_event.truth.items if one.name == camera.name)
        assert times[0] == 0
        assert abs(times[-1] + times[1] - length_s) < 0.01
        sound = read_sound(path)
        assert sound is not None
        assert abs(sound.length_s - length_s) < 0.03


def test_no_source_is_shifted_by_more_than_the_cameras_stand_apart(demo_event: MadeEvent) -> None:
    pairs = demo_event.truth.moments[0].pairs
    for pair in pairs:
        shifts = [heard.offset_s - pair.offset_s for heard in pair.by_source]
        assert max(np.abs(shifts)) <= pair.metres_apart / SOUND_M_S + 1e-6
        assert max(shifts) - min(shifts) > 0.01  # several sources at several places


def test_the_same_seed_makes_the_same_files(demo_event: MadeEvent, tmp_path: Path) -> None:
    again = make_event(tmp_path, seed=SEED, size=TINY)
    assert [one.item for one in again.truth.items] == [one.item for one in demo_event.truth.items]
    assert again.truth == demo_event.truth


def test_one_phone_writes_place_and_zone_one_local_time_as_utc_and_one_nothing(demo_event: MadeEvent) -> None:
    tags = {}
    for camera in demo_event.truth.cameras[:3]:
        with av.open(str(demo_event.path(camera.name))) as container:
            tags[camera.phone] = {**container.metadata, **container.streams.video[0].metadata}
    creation = tags["A"]["com.apple.quicktime.creationdate"]
    assert datetime.fromisoformat(creation).utcoffset() == timedelta(hours=2)
    latitude = float(tags["A"]["com.apple.quicktime.location.ISO6709"][:8])
    assert abs(latitude - demo_event.truth.cameras[0].lat_deg) < 0.001
    camera = demo_event.truth.cameras[1]
    shown_at = datetime.fromisoformat(camera.zero_at) + timedelta(seconds=camera.clock_error_s)
    said_at = datetime.fromisoformat(tags["B"]["creation_time"])  # its zone says UTC
    assert timedelta(hours=2) <= said_at - shown_at + timedelta(seconds=1) < timedelta(hours=2, seconds=3)
    assert not {"creation_time", "location", "com.apple.quicktime.creationdate"} & set(tags["C"])
