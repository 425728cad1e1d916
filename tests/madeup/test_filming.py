"""What is filmed looks as it should, every time the same."""

import numpy as np
import pytest

from firsthand.madeup.filming import Stage, view_of
from firsthand.madeup.town import CHURCH
from tests.madeup.drawn_frame import FOCAL_PX, GOLDEN, HAND, PLACE, SIZE, blocks, frame, made_stage


@pytest.fixture(scope="module")
def stage() -> Stage:
    return made_stage()


def test_the_same_moment_is_drawn_the_same_twice(stage: Stage) -> None:
    assert np.array_equal(frame(stage, 5.0), frame(stage, 5.0))


def test_the_golden_dome_shines_where_the_map_puts_it(stage: Stage) -> None:
    view = view_of(PLACE, HAND.aim(0.0, stage.story, PLACE), size=SIZE, focal_px=FOCAL_PX)
    x, y = view.project(np.array([[*CHURCH, 27.4]]))[0]
    red, green, blue = frame(stage, 0.0)[round(y), round(x)].astype(int)
    assert red > green > blue + 40  # gold, and not sky


def test_the_lead_vehicle_stands_where_the_story_puts_it(stage: Stage) -> None:
    """Against the same picture without it: what differs lies around its place."""
    at_s = stage.story.arrives_s + 3.0
    view = view_of(PLACE, HAND.aim(at_s, stage.story, PLACE), size=SIZE, focal_px=FOCAL_PX)
    x, y = view.project((stage.story.vehicle(0, at_s).place + np.array([0, 0, 1.2]))[None])[0]
    empty = frame(stage, -60.0).astype(int)
    changed = np.abs(frame(stage, at_s).astype(int) - empty).sum(axis=2) > 90
    assert changed[round(y) - 3 : round(y) + 4, round(x) - 6 : round(x) + 7].mean() > 0.7
    assert changed[:60].mean() < 0.01  # nothing drives through the sky


def test_a_frame_looks_as_it_was_approved(stage: Stage) -> None:
    """Within 4 levels: machines round differently. `python -m tests.madeup.drawn_frame` approves another."""
    approved = np.array([[int(one) for one in line.split()] for line in GOLDEN.read_text().splitlines()])
    assert np.abs(approved - blocks(frame(stage, 6.0))).max() <= 4
