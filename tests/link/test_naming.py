"""Names of edits that strangers' footage gets wrong: marks, bars, colours, blur and noise."""

from dataclasses import replace

import cv2
import numpy as np
from bench.copies.edits import Frames
from numpy.typing import NDArray

from firsthand.link.edits import edits_between
from firsthand.link.prints import Print
from firsthand.model.links import Edit, Span
from tests.link.drawn import HEIGHT, WIDTH, carried, filmed, print_from

AS_IT_IS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
LOOKED_S = np.arange(0.0, 6.0)


def named(a: Print, b: Print, matrix: list[list[float]] = AS_IT_IS) -> tuple[Edit, ...]:
    spans = Span(item=a.item, start_s=0.0, end_s=a.end_s), Span(item=b.item, start_s=0.0, end_s=b.end_s)
    return edits_between(a, b, spans=spans, speed=1.0, matrix=np.array(matrix)).edits


def bright(frames: Frames) -> Frames:
    return [(at_s, (110 + picture * 0.5).astype(np.uint8)) for at_s, picture in frames]


def each(frames: Frames, top: int, bottom: int, left: int, right: int, shade: int) -> Frames:
    """With a border drawn over the picture's own margins."""
    made = []
    for at_s, picture in frames:
        drawn = np.full_like(picture, shade)
        drawn[top : HEIGHT - bottom, left : WIDTH - right] = picture[top : HEIGHT - bottom, left : WIDTH - right]
        made.append((at_s, drawn))
    return made


def barred(frames: Frames, bar: int, shade: int = 0) -> tuple[Frames, list[list[float]]]:
    made = [(s, cv2.copyMakeBorder(one, bar, bar, 0, 0, cv2.BORDER_CONSTANT, value=[shade])) for s, one in frames]
    tall = (HEIGHT + 2 * bar) / HEIGHT
    return [(at_s, np.asarray(one, np.uint8)) for at_s, one in made], [[1, 0, 0], [0, tall, -bar / HEIGHT]]


def test_a_caption_darker_than_anything_else_is_an_overlay_and_no_change_of_brightness() -> None:
    frames = bright(carried(4, 1))
    for _, picture in frames:
        picture[150:220] = 150 + (picture[150:220].astype(np.int16) - 150) // 12  # a road
    query = [(at_s, picture.copy()) for at_s, picture in frames]
    for _, picture in query:
        picture[160:210] = 24
    assert "overlay" in named(print_from("query", query), print_from("source", frames))


def test_a_bar_that_ends_within_a_cell_is_no_overlay() -> None:
    frames = carried(5, 1)
    for bar in (21, 26, 27, 37):
        cut = [(at_s, np.ascontiguousarray(one[30:210, 40:280])) for at_s, one in frames]
        white = [(at_s, cv2.copyMakeBorder(one, bar, bar, 0, 0, cv2.BORDER_CONSTANT, value=[235])) for at_s, one in cut]
        made = [(at_s, np.asarray(cv2.resize(one, (WIDTH, HEIGHT)), np.uint8)) for at_s, one in white]
        matrix = [[0.75, 0, 0.125], [0, 0.75 * (180 + 2 * bar) / 180, (30 - bar) / HEIGHT]]
        edits = named(print_from("query", made), print_from("source", frames), matrix)
        assert {"letterboxed", "cropped"} <= set(edits), bar
        assert "overlay" not in edits, bar


def test_a_dark_line_at_the_edge_of_one_picture_is_no_overlay() -> None:
    frames = bright(carried(6, 1))
    query = print_from("query", frames)
    assert "overlay" not in named(query, print_from("source", each(frames, 0, 0, 7, 0, 0)))


def test_bars_over_a_street_that_stands_still_are_bars() -> None:
    frames = filmed(3, 2)
    for _, picture in frames:
        picture[200:] = 90  # pavement: plain, and nothing ever passes there
    query = each(frames, 30, 30, 0, 0, 0)
    assert "letterboxed" in named(print_from("query", query), print_from("source", frames))


def test_a_bar_full_of_words_is_as_deep_as_the_one_across_from_it() -> None:
    frames = carried(7, 1)
    query, matrix = barred(frames, 48, 250)
    for _, picture in query:
        cv2.putText(picture, "WHEN THE WHOLE", (8, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (10,), 9)
        cv2.circle(picture, (30 + int(picture[100, 100]) // 2, 40), 6, (10,), -1)  # something small that moves
    edits = named(print_from("query", query), print_from("source", frames), matrix)
    assert "letterboxed" in edits
    assert "cropped" not in edits


def test_words_of_little_colour_are_told_from_none() -> None:
    colours = np.random.default_rng(1).normal(0, 1, (6, 8, 8, 2))
    faint, none = coloured(128 + colours), coloured(np.full((6, 8, 8, 2), 128.0))
    assert "greyscale" in named(none, faint)
    assert "greyscale" not in named(coloured(128 + 0.3 * colours), faint)


def test_a_tint_of_colourless_footage_makes_no_greyscale_of_its_source() -> None:
    along = np.random.default_rng(2).uniform(0.7, 1.3, (6, 8, 8, 1)) * np.array([22.0, -17.0])
    edits = named(coloured(128 + along), coloured(np.full((6, 8, 8, 2), 128.0)))
    assert "recoloured" in edits
    assert "greyscale" not in edits


def test_small_copies_of_many_colours_are_not_called_recoloured() -> None:
    stripes = np.where(np.arange(8) % 2, 88.0, 168.0)[None, None, :, None] * np.ones((6, 8, 8, 2))
    small = np.full((6, 8, 8, 2), 128.0)
    small[:, 1:7, 1:7] = np.stack([cv2.resize(one, (6, 6), interpolation=cv2.INTER_AREA) for one in stripes])
    frames, host = carried(8, 1), carried(9, 1)
    laid = []
    for (at_s, picture), (_, under) in zip(frames, host, strict=True):
        whole = under.copy()
        whole[30:210, 40:280] = cv2.resize(picture, (240, 180), interpolation=cv2.INTER_AREA)
        laid.append((at_s, whole))
    query = print_from("query", laid)
    a = replace(query, looked_s=LOOKED_S, colour=small.astype(np.uint8), detail=detail(1, 2, 3, 4, 0))
    assert "recoloured" not in named(a, coloured(stripes), [[4 / 3, 0, -1 / 6], [0, 4 / 3, -1 / 6]])


def test_blur_is_told_from_what_an_encoder_leaves() -> None:
    sharp = sized(detail(0.7, 1.3, 1.8, 2.4, 0.0))
    assert "blurred" in named(sized(detail(0.22, 0.6, 1.4, 2.3, 0.0)), sharp)
    assert "blurred" not in named(sized(detail(0.4, 0.95, 1.65, 2.4, 0.0)), sharp)


def test_noise_is_found_in_grainy_footage_too() -> None:
    grainy = sized(detail(7.6, 8.6, 9.3, 9.2, 4.3))
    edits = named(sized(detail(8.3, 9.3, 9.4, 9.2, 5.9)), grainy)
    assert "noise" in edits
    # What a poor encoder takes away is grain too, but most of it along edges.
    assert "noise" not in named(sized(detail(4.6, 7.4, 8.8, 8.9, 1.4)), grainy)


def detail(*bands: float) -> NDArray[np.float32]:
    return np.tile(np.array(bands, np.float32), (6, 1))


def coloured(colour: NDArray[np.float64], name: str = "item") -> Print:
    return replace(
        print_from(name, carried(8, 1)),
        looked_s=LOOKED_S,
        colour=np.rint(colour).astype(np.uint8),
        detail=detail(3, 4, 5, 6, 0.1),
    )


def sized(bands: NDArray[np.float32]) -> Print:
    return replace(
        print_from("item", carried(8, 1)), looked_s=LOOKED_S, colour=np.full((6, 8, 8, 2), 128, np.uint8), detail=bands
    )


def test_sharp_edges_in_a_copy_of_forty_pixels_are_no_overlay() -> None:
    frames = filmed(3, 1)
    for _, picture in frames:
        picture[93:120, 40:200], picture[150:163, 20:290], picture[30:80, 230:262] = 245, 10, 250
    small = [(at_s, np.asarray(cv2.resize(one, (40, 30)), np.uint8)) for at_s, one in frames]
    assert "overlay" not in named(print_from("query", small), print_from("source", frames))


def test_a_crop_of_a_picture_that_carries_a_logo_itself_has_no_overlay() -> None:
    for place, part in ((1, 0.63), (3, 0.8), (4, 0.9)):
        source = []
        for at_s, picture in filmed(place, 1):
            barred_itself = picture.copy()
            barred_itself[:60], barred_itself[180:], barred_itself[7:37, 200:290] = 0, 0, 250
            source.append((at_s, barred_itself))
        tall, wide = round(HEIGHT * part), round(WIDTH * part)
        y, x = (HEIGHT - tall) // 3, (WIDTH - wide) // 2
        cut = [
            (s, np.asarray(cv2.resize(one[y : y + tall, x : x + wide], (WIDTH, HEIGHT)), np.uint8)) for s, one in source
        ]
        matrix = [[wide / WIDTH, 0, x / WIDTH], [0, tall / HEIGHT, y / HEIGHT]]
        assert "overlay" not in named(print_from("query", cut), print_from("source", source), matrix)


def test_a_red_thing_coded_by_another_matrix_is_no_overlay_and_a_grey_patch_is_one() -> None:
    frames = filmed(6, 1)
    colours = np.full((6, 8, 8, 2), 128.0)
    colours[:, 2:5, 2:6] = 118, 240  # red
    darker = []
    for at_s, picture in frames:
        other = picture.astype(np.float32)
        other[60:150, 80:240] -= 0.118 * -10 + 0.213 * 112
        darker.append((at_s, np.clip(other, 0, 255).astype(np.uint8)))
    copy, source = print_from("copy", darker), print_from("source", frames)
    grey = np.full((6, 8, 8, 2), 128.0)
    for of_copy, of_source, expected in ((colours, colours, False), (grey, colours, False), (grey, grey, True)):
        a, b = (
            replace(one, colour=colour.astype(np.uint8), looked_s=LOOKED_S, detail=detail(3, 4, 5, 6, 0.1))
            for one, colour in ((copy, of_copy), (source, of_source))
        )
        assert ("overlay" in named(a, b)) is expected
