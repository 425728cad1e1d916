"""What a frame holds beyond its copy's is named for what it is: other footage, a screen, or what a crop cut off."""

import cv2
import numpy as np
from bench.copies.edits import Frames
from numpy.typing import NDArray

from firsthand.link.edits import edits_between
from firsthand.model.links import Edit, Span
from tests.link.drawn import HEIGHT, WIDTH, carried, filmed, print_from, room


def named(query: Frames, source: Frames, matrix: list[list[float]]) -> tuple[Edit, ...]:
    """The names of a whole query's edits, laid over its source by the true map (query to source)."""
    a, b = print_from("query", query), print_from("source", source)
    spans = Span(item=a.item, start_s=0.0, end_s=a.end_s), Span(item=b.item, start_s=0.0, end_s=b.end_s)
    return edits_between(a, b, spans=spans, speed=1.0, matrix=np.array(matrix)).edits


def inset(frames: Frames, host: Frames, share: float, x: float, y: float) -> tuple[Frames, list[list[float]]]:
    """Frames laid small into a host; x, y: of its left upper corner, in shares of the host."""
    wide, tall = round(share * WIDTH), round(share * HEIGHT)
    left, top = round(x * WIDTH), round(y * HEIGHT)
    made = []
    for (at_s, picture), (_, under) in zip(frames, host, strict=True):
        whole = under.copy()
        small: NDArray[np.uint8] = np.asarray(cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)
        whole[top : top + tall, left : left + wide] = small
        made.append((at_s, whole))
    across, down = WIDTH / wide, HEIGHT / tall
    return made, [[across, 0, -left / WIDTH * across], [0, down, -top / HEIGHT * down]]


def grainy(picture: NDArray[np.uint8], frames: Frames) -> Frames:
    """A camera that stands still before what stands still: nothing moves but its own noise."""
    rng = np.random.default_rng(5)
    return [(at_s, np.clip(picture + rng.normal(0, 5, picture.shape), 0, 255).astype(np.uint8)) for at_s, _ in frames]


def test_an_inset_before_a_still_camera_is_no_screen_recording() -> None:
    frames = carried(1, 1)
    query, matrix = inset(frames, grainy(room(7), frames), 0.6, 0.25, 0.2)
    edits = named(query, frames, matrix)
    assert "picture_in_picture" in edits
    assert "screen_recording" not in edits


def test_a_player_on_a_still_desktop_is_a_screen_recording() -> None:
    frames = carried(1, 1)
    query, matrix = inset(frames, [(at_s, room(7)) for at_s, _ in frames], 0.7, 0.05, 0.2)
    assert "screen_recording" in named(query, frames, matrix)


def test_a_small_inset_on_a_card_is_no_player() -> None:
    frames = carried(1, 1)
    query, matrix = inset(frames, [(at_s, room(7)) for at_s, _ in frames], 0.4, 0.5, 0.5)
    assert "picture_in_picture" in named(query, frames, matrix)


def test_a_crop_of_what_is_lit_in_the_night_is_no_screen_recording() -> None:
    lit = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(lit, (WIDTH // 2, HEIGHT // 2), (80, 80), 0, 0, 360, 255, -1)
    source = [(at_s, np.where(lit > 0, picture, 2).astype(np.uint8)) for at_s, picture in carried(3, 1)]
    x, y, wide, tall = 84, 30, 152, 152
    query = [(at_s, np.ascontiguousarray(one[y : y + tall, x : x + wide])) for at_s, one in source]
    matrix = [[wide / WIDTH, 0, x / WIDTH], [0, tall / HEIGHT, y / HEIGHT]]
    edits = named(query, source, matrix)
    assert "cropped" in edits
    assert not {"screen_recording", "picture_in_picture", "letterboxed"} & set(edits)


def test_what_is_cut_out_of_a_barred_picture_was_not_letterboxed() -> None:
    source = [
        (at_s, np.asarray(cv2.copyMakeBorder(one[30:-30], 30, 30, 0, 0, cv2.BORDER_CONSTANT), np.uint8))
        for at_s, one in carried(2, 1)
    ]
    x, y, wide, tall = 0, 30, WIDTH, 130
    query = [(at_s, np.ascontiguousarray(one[y : y + tall, x : x + wide])) for at_s, one in source]
    edits = named(query, source, [[wide / WIDTH, 0, x / WIDTH], [0, tall / HEIGHT, y / HEIGHT]])
    assert "cropped" in edits
    assert "letterboxed" not in edits


def test_what_is_black_at_its_edges_is_no_filmed_screen_however_it_leans() -> None:
    frames = []
    for at_s, picture in filmed(3, 2, movers=6):
        globe = np.zeros_like(picture)
        cv2.circle(globe, (WIDTH // 2, HEIGHT // 2), 90, 255, -1)
        frames.append((at_s, np.where(globe > 0, picture, 0).astype(np.uint8)))
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 8, 1.0)
    leaning = [(at_s, np.asarray(cv2.warpAffine(one, turn, (WIDTH, HEIGHT)), np.uint8)) for at_s, one in frames]
    closer = [(at_s, np.ascontiguousarray(one[20:220, 30:290])) for at_s, one in leaning]
    in_unit = np.diag([1 / 260, 1 / 200]) @ (turn - [[0, 0, 30], [0, 0, 20]]) @ np.diag([WIDTH, HEIGHT, 1.0])
    to_source = np.linalg.inv(np.vstack([in_unit, [0, 0, 1]]))[:2].tolist()
    assert "screen_recording" not in named(closer, frames, to_source)


def test_bars_too_narrow_to_be_seen_in_a_small_inset_are_not_said_to_be_missing_there() -> None:
    source = [
        (at_s, np.asarray(cv2.copyMakeBorder(one[:, 20:-20], 0, 0, 20, 20, cv2.BORDER_CONSTANT), np.uint8))
        for at_s, one in carried(2, 1)
    ]
    for x in (0.31, 0.35, 0.42):
        query, matrix = inset(source, carried(6, 2), 0.4, x, 0.3)
        assert "letterboxed" not in named(query, source, matrix)
