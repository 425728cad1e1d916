"""Copies that agree little but nowhere else, and clips that share a frame or a card and nothing else."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from bench.copies.edits import Frames

from firsthand.link.copies import CopySeeker
from firsthand.link.copy_limits import CopyLimits
from firsthand.link.index import PrintIndex
from firsthand.link.likely import likely_pairs
from firsthand.link.motion import Agreement, Chance, TimeMap
from firsthand.link.prints import FineFeatures
from firsthand.link.votes import FrameVotes
from tests.link.drawn import FPS, HEIGHT, WIDTH, filmed, in_a_frame, print_from, room


def leaves(place: int, *, seconds: float, copy: int) -> Frames:
    """A still camera before a tree in the wind: every leaf moves for itself. Each copy adds as much of its own."""
    still = room(place).astype(np.float32)
    wind, own = np.random.default_rng([place, 1]), np.random.default_rng([place, 2, copy])
    frames: Frames = []
    for number in range(round(seconds * FPS)):
        moved, noise = (
            cv2.resize(rng.normal(0, 7, (40, 40)).astype(np.float32), (WIDTH, HEIGHT)) for rng in (wind, own)
        )
        frames.append((number / FPS, np.clip(still + moved + (noise if copy else 0), 0, 255).astype(np.uint8)))
    return frames


def part(frames: Frames, start_s: float, end_s: float) -> Frames:
    return [(at_s - start_s, picture) for at_s, picture in frames if start_s <= at_s < end_s]


def test_leaves_in_the_wind_agree_little_and_are_a_copy() -> None:
    source = leaves(1, seconds=12.0, copy=0)
    query = print_from("query", part(leaves(1, seconds=12.0, copy=1), 3.0, 9.0))
    (found,) = CopySeeker().seek(query, PrintIndex([print_from("source", source)]))
    assert found.verdict == "copy"
    assert found.score < 0.85  # far from what is asked for where chance is not known
    assert found.b.start_s == pytest.approx(3.0, abs=0.3)


def test_other_seconds_of_the_same_leaves_are_no_copy() -> None:
    source = leaves(1, seconds=12.0, copy=0)
    early, late = print_from("early", part(source, 0.0, 5.5)), print_from("late", part(source, 6.0, 12.0))
    assert all(one.verdict != "copy" for one in CopySeeker().seek(late, PrintIndex([early])))


def test_a_second_and_a_half_is_found_at_its_place() -> None:
    source = filmed(4, 1, seconds=8.0, movers=9)
    query = print_from("query", part(source, 3.3, 4.9))
    (found,) = CopySeeker().seek(query, PrintIndex([print_from("source", source)]))
    assert found.verdict == "copy"
    assert found.b.start_s == pytest.approx(3.3, abs=0.2)
    assert found.speed == 1.0


def test_clips_in_one_frame_of_words_are_not_told_of() -> None:
    one, other = (print_from(name, in_a_frame(filmed(place, 1))) for place, name in ((5, "one"), (6, "other")))
    assert CopySeeker().seek(one, PrintIndex([other])) == ()


def test_two_takes_of_one_room_in_one_frame_of_words_still_are_takes() -> None:
    one, other = (print_from(name, in_a_frame(filmed(5, take))) for take, name in ((1, "one"), (2, "other")))
    (found,) = CopySeeker().seek(one, PrintIndex([other]))
    assert found.verdict in ("same_scene_other_take", "undecidable")


def test_pairs_on_the_offset_that_most_frames_vote_for_come_among_the_first() -> None:
    a, b = print_from("a", filmed(1, 1, seconds=8.0)), print_from("b", filmed(2, 1, seconds=12.0))
    true = [(frame, frame + 3) for frame in range(8)]
    words = [(frame, other) for frame in range(8) for other in (0, 5, 11)]
    pairs = [*words, *true]
    votes = FrameVotes(
        item=b.item,
        query_frame=np.array([p for p, _ in pairs]),
        frame=np.array([q for _, q in pairs]),
        weight=np.array([9.0 - 0.1 * number % 3 for number in range(len(words))] + [6.0] * len(true)),
        score=1.0,
    )
    assert set(likely_pairs(votes, a, b, 8)) & set(true)


def test_an_item_is_suggested_by_what_was_seen_at_twice_the_size_alone() -> None:
    usual, close = print_from("usual", filmed(1, 1)), print_from("close", filmed(9, 1))
    part = slice(0, int(close.frame_first[1]))
    fine = FineFeatures(
        frame=np.array([0]),
        first=np.array([0, part.stop]),
        code=close.code[part],
        mirrored=close.mirrored[part],
        xy=close.xy[part],
        diameter_px=close.diameter_px[part],
        angle=close.angle[part],
    )
    query = print_from("query", filmed(9, 1))
    without = PrintIndex([usual]).candidates(query, mirrored=False)  # the things that move look alike everywhere
    (found,) = PrintIndex([replace(usual, fine=fine)]).candidates(query, mirrored=False)
    assert found.score > 5 * max((one.score for one in without), default=1.0)
    assert found.frame[0] == 0


@pytest.mark.parametrize("lift", [60, -60])
def test_a_brightness_that_clips_is_no_overlay(lift: int) -> None:
    frames = filmed(1, 1)
    toned = [(at_s, np.clip(picture * 1.3 + lift, 0, 255).astype(np.uint8)) for at_s, picture in frames]
    (found,) = CopySeeker().seek(print_from("toned", toned), PrintIndex([print_from("source", frames)]))
    assert "recoloured" in found.edits
    assert "overlay" not in found.edits


def slides(*places: int) -> Frames:
    """Still pictures, each for a second and a half, with black between."""
    black = np.full((HEIGHT, WIDTH), 12, np.uint8)
    pictures = [picture for place in places for picture in [room(place)] * 15 + [black] * 6]
    return [(number / FPS, picture) for number, picture in enumerate(pictures)]


def captioned(frames: Frames, top: int) -> Frames:
    """A bright band with words, whose edges lie within cells of a trail."""
    made: Frames = []
    for at_s, picture in frames:
        under = picture.copy()
        cv2.rectangle(under, (33, top), (287, top + 22), 250, -1)
        cv2.putText(under, "SEEN THIS MORNING", (40, top + 17), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 20, 2)
        made.append((at_s, under))
    return made


@pytest.mark.parametrize("top", [30, 180, 203])
def test_slides_with_black_between_are_found_under_a_caption(top: int) -> None:
    source = slides(5, 6, 7, 8)
    query = print_from("query", captioned(part(source, 1.0, 7.4), top))
    (found,) = CopySeeker().seek(query, PrintIndex([print_from("source", source)]))
    assert found.verdict == "copy"
    assert found.b.start_s == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("others", [(1, 2, 3, 4), (5, 2, 3, 4), (6, 8, 5, 7)])
def test_other_slides_under_one_caption_are_no_copy(others: tuple[int, ...]) -> None:
    query = print_from("query", captioned(part(slides(5, 6, 7, 8), 1.0, 7.4), 203))
    source = print_from("source", captioned(slides(*others), 203))
    assert all(one.verdict != "copy" for one in CopySeeker().seek(query, PrintIndex([source])))


def stretch(moving_s: float, correlation: float, level: float) -> Agreement:
    return Agreement(
        time_map=TimeMap(speed=1.0, offset_s=0.0),
        b_start_s=0.0,
        b_end_s=moving_s,
        moving_s=moving_s,
        correlation=correlation,
        level=level,
        still_likeness=0.95,
    )


@pytest.mark.parametrize(
    ("moving_s", "agrees", "elsewhere"), [(1.0, 0.908, 0.5), (1.2, 0.876, 0.22), (1.4, 0.876, 0.44)]
)
def test_a_second_in_which_a_hand_sways_alike_again_is_no_copy(
    moving_s: float, agrees: float, elsewhere: float
) -> None:
    chance = Chance(best=elsewhere, tried_s=10.8)
    assert not CopyLimits().does(stretch(moving_s, agrees + 0.02, agrees), chance, whole=False, plain=True)


def test_a_whole_clip_filmed_off_a_screen_may_agree_less_than_a_stretch_that_was_picked() -> None:
    limits, filmed_off, chance = CopyLimits(), stretch(7.8, 0.584, 0.777), Chance(best=0.25, tried_s=11.0)
    assert limits.does(filmed_off, chance, whole=True, plain=True)
    assert not limits.does(filmed_off, chance, whole=False, plain=True)
    assert not limits.does(filmed_off, chance, whole=True, plain=False)
    assert not limits.does(filmed_off, Chance(best=0.3, tried_s=11.0), whole=True, plain=True)
    assert not limits.does(filmed_off, Chance(best=0.25, tried_s=1.0), whole=True, plain=True)
    assert not limits.does(stretch(2.4, 0.66, 0.7), chance, whole=True, plain=True)
