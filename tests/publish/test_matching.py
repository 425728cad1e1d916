"""Matched pictures: the right ones, laid on each other the right way round."""

from dataclasses import replace

import numpy as np
import pytest

from firsthand.model.ids import item_id
from firsthand.model.links import CopyFound, Span
from firsthand.publish.matching import FramePair, Pixels, frame_pairs, jpeg_size_px, laid_on, strip_pictures
from tests.support.made_case import COLUMNS, HEIGHT, WIDTH, strip_jpeg

A, B = item_id("a" * 64), item_id("b" * 64)
NOW = FramePair(a=0, b=0, a_s=0.0, b_s=0.0, apart_s=0.0)


def copy(
    speed: float = 1.0, *, a: tuple[float, float] = (0.0, 20.0), b: tuple[float, float] = (0.0, 20.0)
) -> CopyFound:
    return CopyFound(
        a=Span(item=A, start_s=a[0], end_s=a[1]), b=Span(item=B, start_s=b[0], end_s=b[1]), verdict="copy", score=0.9,
        matched_by=("picture",), edited="b", edits=(), speed=speed, transform=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    )  # fmt: skip


def picture(seed: int = 1, size: tuple[int, int] = (96, 128)) -> Pixels:
    coarse = np.random.default_rng(seed).integers(20, 230, (size[0] // 8, size[1] // 8, 3)).astype(np.uint8)
    return np.kron(coarse, np.ones((8, 8, 1), np.uint8))


def test_pictures_of_the_same_instant_are_paired() -> None:
    pairs = frame_pairs(copy(a=(5.0, 20.0), b=(0.0, 15.0)), tuple(range(0, 20, 2)), tuple(n + 0.5 for n in range(15)))
    assert pairs
    assert all(pair.a_s - 5.0 == pytest.approx(pair.b_s, abs=0.51) for pair in pairs)
    assert all(pair.a_s >= 5.0 for pair in pairs)


def test_a_reversed_copy_is_paired_from_its_end() -> None:
    for pair in frame_pairs(copy(-1.0), (2.0, 10.0, 18.0), (2.0, 10.0, 18.0)):
        assert pair.a_s + pair.b_s == pytest.approx(20.0)


def test_a_faster_copy_is_paired_at_its_speed() -> None:
    pairs = frame_pairs(copy(2.0, b=(0.0, 10.0)), (4.0, 10.0, 16.0), (2.0, 5.0, 8.0))
    assert [(pair.a_s, pair.b_s) for pair in pairs] == [(4.0, 2.0), (10.0, 5.0), (16.0, 8.0)]


def test_pictures_far_apart_are_not_paired() -> None:
    assert frame_pairs(copy(), (0.0,), (19.0,)) == ()


def test_a_mirrored_copy_laid_on_by_its_transform_leaves_nothing_but_grey() -> None:
    one = picture()
    mirrored = replace(copy(), transform=((-1.0, 0.0, 1.0), (0.0, 1.0, 0.0)))
    laid = laid_on(mirrored, NOW, one, np.ascontiguousarray(one[:, ::-1]))
    assert laid is not None
    assert laid[1] < 0.05
    plain = laid_on(copy(), NOW, one, np.ascontiguousarray(one[:, ::-1]))
    assert plain is not None
    assert plain[1] > 3 * laid[1]


def test_a_crop_is_hatched_where_the_other_shows_nothing() -> None:
    one = picture()
    shrunk = replace(copy(), transform=((0.5, 0.0, 0.25), (0.0, 0.5, 0.25)))  # a fills the middle of b
    laid = laid_on(shrunk, NOW, one, one)
    assert laid is not None
    assert set(np.unique(laid[0][:10])) == {150, 225}


def test_what_was_painted_in_stands_out_where_it_is() -> None:
    one, painted = picture(), picture().copy()
    painted[30:60, 40:90] = 255
    laid = laid_on(copy(), NOW, one, painted)
    assert laid is not None
    away = np.abs(laid[0][:, :, 0].astype(int) - 128)
    assert away[35:55, 45:85].mean() > 4 * away[:20].mean()


def test_no_difference_is_shown_of_pictures_apart_in_time_or_without_a_transform() -> None:
    assert laid_on(copy(), replace(NOW, apart_s=0.8), picture(), picture()) is None
    assert laid_on(replace(copy(), transform=None), NOW, picture(), picture()) is None


def test_a_strip_that_is_not_what_its_finding_says_is_not_decoded() -> None:
    strip = strip_jpeg(3)
    assert jpeg_size_px(strip) == (COLUMNS * WIDTH, HEIGHT)
    assert len(strip_pictures(strip, columns=COLUMNS, width_px=WIDTH, height_px=HEIGHT)) == COLUMNS
    assert strip_pictures(strip, columns=COLUMNS, width_px=WIDTH * 90, height_px=HEIGHT) == ()
    assert strip_pictures(strip[:200], columns=COLUMNS, width_px=WIDTH, height_px=HEIGHT) == ()
    assert strip_pictures(b"<svg onload=alert(1)>", columns=1, width_px=1, height_px=1) == ()
