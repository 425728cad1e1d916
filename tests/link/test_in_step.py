"""Copies whose times are known a few pictures badly: what moves must not pass for an edit."""

import cv2
import numpy as np
from bench.copies.edits import Frames

from firsthand.link.in_step import laid
from firsthand.link.motion import TimeMap
from tests.link.drawn import FPS, HEIGHT, WIDTH, filmed, print_from, room
from tests.link.test_naming import AS_IT_IS, named


def swept(place: int, *, seconds: float = 6.0) -> Frames:
    """What a camera sees that turns evenly, three tenths of a picture a second."""
    wide = np.hstack([room(place * 10 + part) for part in range(4)])
    frames: Frames = []
    for number in range(round(seconds * FPS)):
        left = round(0.3 * WIDTH * number / FPS)
        frames.append((number / FPS, np.ascontiguousarray(wide[:, left : left + WIDTH])))
    return frames


def later(frames: Frames, pictures: int) -> Frames:
    """The same some pictures later, as a copy whose offset is known that badly."""
    times = [at_s for at_s, _ in frames]
    return list(zip(times, [picture for _, picture in frames[pictures:]], strict=False))


def test_a_camera_that_turns_makes_no_crop_of_a_copy_met_a_tenth_of_a_second_early() -> None:
    frames = swept(2)
    source, copy = print_from("source", frames), print_from("copy", later(frames, round(0.1 * FPS)))
    assert not {"cropped", "overlay"} & set(named(copy, source))
    met = laid(copy, source, time_map=TimeMap(speed=1.0, offset_s=0.0), b_start_s=0.2, b_end_s=5.0,
               matrix=np.array([[1.0, 0.0, 0.03], [0.0, 1.0, 0.0]]))  # fmt: skip
    assert met is not None
    one, time_map = met
    assert np.abs(one.matrix - np.array(AS_IT_IS)).max() < 1e-6
    assert -0.15 <= time_map.offset_s <= -0.05


def test_a_crop_of_what_a_turning_camera_sees_stays_one() -> None:
    frames = swept(2)
    cut = [(s, np.asarray(cv2.resize(one[12:228, 16:304], (WIDTH, HEIGHT)), np.uint8)) for s, one in frames]
    source, copy = print_from("source", frames), print_from("copy", later(cut, round(0.1 * FPS)))
    assert "cropped" in named(copy, source, [[320 / 288, 0, -16 / 288], [0, 240 / 216, -12 / 216]])


def test_what_moves_out_of_step_is_no_overlay_and_what_was_drawn_is_one() -> None:
    for place, action in ((5, 1), (4, 2)):
        frames = filmed(place, action, movers=6)
        moved = later(frames, round(0.2 * FPS))
        assert "overlay" not in named(print_from("copy", moved), print_from("source", frames))
    drawn = [(at_s, cv2.rectangle(one.copy(), (30, 180), (200, 215), 240, -1)) for at_s, one in moved]
    assert "overlay" in named(print_from("copy", [(s, np.asarray(one)) for s, one in drawn]), print_from("s", frames))
