"""What laying trails exactly over each other must give: cameras that move, and nothing made alike that is not."""

import numpy as np
from bench.copies.edits import Frames

from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.registering import registered
from firsthand.link.trails import TimeMap
from tests.link.drawn import HEIGHT, WIDTH, print_from, room

FPS = 20


def in_hand(place: int, walk: int, *, seconds: float = 6.0, start_s: float = 0.0) -> Frames:
    """What a camera in an unsteady hand sees of a wide place; start_s of it are cut off. Another walk, another take."""
    rng = np.random.default_rng([place, walk])
    wide = np.vstack([np.hstack([room(place * 10 + part) for part in parts]) for parts in ((0, 1, 2), (3, 4, 5))])
    pace, phase = rng.uniform(1.2, 3.5, (2, 3)), rng.uniform(0, 2 * np.pi, (2, 3))
    frames: Frames = []
    for number in range(round(seconds * FPS)):
        at_s = start_s + number / FPS
        x, y = 0.5 + 0.16 * np.sin(pace * at_s + phase).sum(1)
        left, top = int(x * (wide.shape[1] - WIDTH)), int(y * (wide.shape[0] - HEIGHT))
        frames.append((number / FPS, np.ascontiguousarray(wide[top : top + HEIGHT, left : left + WIDTH])))
    return frames


def faded(place: int, *, up_s: float, seconds: float = 5.0) -> Frames:
    """A picture that stands still and is faded in."""
    still = room(place).astype(np.float32)
    return [
        (number / FPS, (still * min(1.0, 0.1 + number / FPS / up_s)).astype(np.uint8))
        for number in range(round(seconds * FPS))
    ]


def test_a_copy_from_an_unsteady_hand_is_found_wherever_it_starts() -> None:
    whole = print_from("whole", in_hand(3, 1, seconds=8.0))
    for start_s in (0.45, 1.7):
        part = print_from(f"from {start_s}", in_hand(3, 1, seconds=5.0, start_s=start_s))
        [found] = CopySeeker().seek(part, PrintIndex([whole]))
        assert found.verdict == "copy"
        assert abs(found.b.start_s - found.a.start_s - start_s) < 0.1
        assert found.speed == 1.0


def test_another_walk_through_the_same_place_is_no_copy() -> None:
    one, other = print_from("one", in_hand(3, 1)), print_from("other", in_hand(3, 2))
    assert all(found.verdict != "copy" for found in CopySeeker().seek(other, PrintIndex([one])))


def test_two_fades_of_one_title_are_no_copies_of_each_other() -> None:
    quick, slow = print_from("quick", faded(4, up_s=2.0)), print_from("slow", faded(4, up_s=3.0))
    assert all(found.verdict != "copy" for found in CopySeeker().seek(slow, PrintIndex([quick])))


def test_a_map_and_a_time_that_are_off_are_brought_to_where_they_belong() -> None:
    a = print_from("a", in_hand(5, 1, seconds=6.0, start_s=0.3))
    b = print_from("b", in_hand(5, 1, seconds=6.0))
    off = np.array([[1.02, 0.0, 0.04], [0.0, 0.99, -0.03]])
    found = registered(
        a, b, matrix=off, time_map=TimeMap(speed=1.0, offset_s=-0.15), b_start_s=0.5, b_end_s=5.5, stray=0.1
    )
    assert found is not None
    assert np.abs(found.matrix - np.eye(3)[:2]).max() < 0.01
    assert abs(found.time_map.offset_s + 0.3 + (found.time_map.speed - 1) * 3) < 0.03


def test_where_the_camera_stands_still_a_map_is_not_moved() -> None:
    a = print_from("a", in_hand(5, 1, seconds=6.0))
    b = print_from("b", in_hand(5, 1, seconds=6.0))
    off = np.array([[1.0, 0.0, 0.08], [0.0, 1.0, 0.0]])
    found = registered(
        a, b, matrix=off, time_map=TimeMap(speed=1.0, offset_s=0.0), b_start_s=0.0, b_end_s=6.0, stray=0.01
    )
    assert found is None or abs(found.matrix[0, 2] - 0.08) < 0.025
