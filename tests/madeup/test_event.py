"""The event as it lies on disk agrees with what truth.json says of it."""

import json

import numpy as np

from firsthand.madeup.event import MadeEvent
from firsthand.madeup.hearing import SOUND_M_S
from firsthand.madeup.recording import item_of
from firsthand.media.encode import read_frames, read_sound


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
