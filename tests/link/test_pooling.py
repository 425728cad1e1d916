"""What several frame pairs hold together: the map of a strong crop, and nothing where there is none."""

import cv2
import numpy as np
import pytest
from bench.copies.edits import Frames

from firsthand.link.copies import CopyLimits, CopySeeker
from firsthand.link.explaining import witnesses
from firsthand.link.geometry import Matches, fit
from firsthand.link.index import PrintIndex
from firsthand.link.likely import on_one_offset
from firsthand.link.pooling import FramePair, pooled
from firsthand.link.prints import Print
from firsthand.model.links import CopyFound
from tests.link.drawn import filmed, print_from

SIZE = (320.0, 180.0)
SCALE, SHIFT = 0.4, (90.0, 40.0)
AT_LEAST = CopyLimits().pooled_witnesses


def matches(rng: np.random.Generator, *, right: int, wrong: int) -> Matches:
    """Features of which so many lie where a crop's do, to a pixel, and others anywhere."""
    count = right + wrong
    from_xy = rng.uniform((10, 10), (310, 170), (count, 2))
    to_xy = rng.uniform((10, 10), (310, 170), (count, 2))
    to_xy[:right] = SCALE * from_xy[:right] + SHIFT + rng.normal(0, 1, (right, 2))
    scale, turn = 2.0 ** rng.uniform(-2, 2, count), rng.uniform(-np.pi, np.pi, count)
    scale[:right], turn[:right] = SCALE * 2.0 ** rng.normal(0, 0.1, right), rng.normal(0, 0.05, right)
    bits = np.concatenate([rng.integers(40, 72, right), rng.integers(55, 73, wrong)])
    return Matches(from_xy=from_xy, to_xy=to_xy, scale=scale, turn=turn, bits=bits, mutual=rng.random(count) < 0.5)


def several(*, right: int, wrong: int, pairs: int = 5) -> dict[FramePair, Matches]:
    rng = np.random.default_rng([right, wrong, pairs])
    return {(number, number + 3): matches(rng, right=right, wrong=wrong) for number in range(pairs)}


def test_frame_pairs_hold_together_what_none_holds_alone() -> None:
    pairs = several(right=5, wrong=60)
    assert all((one := fit(each, size_a=SIZE, size_b=SIZE)) is None or one.witnesses < 8 for each in pairs.values())
    found = pooled(pairs, size_a=SIZE, size_b=SIZE, at_least=AT_LEAST)
    assert found is not None
    np.testing.assert_allclose(found.fit.matrix[:, :2], SCALE * np.eye(2), atol=0.03)
    corners = np.array([(0, 0), (320, 180)])
    np.testing.assert_allclose(
        corners @ found.fit.matrix[:, :2].T + found.fit.matrix[:, 2], SCALE * corners + SHIFT, atol=5
    )
    assert found.pair in pairs
    assert found.fit.witnesses < found.places  # the one pair's alone


def test_strangers_hold_nothing_together() -> None:
    assert pooled(several(right=0, wrong=120), size_a=SIZE, size_b=SIZE, at_least=AT_LEAST) is None


def test_one_pair_alone_is_not_several() -> None:
    rng = np.random.default_rng(4)
    pairs = {(0, 0): matches(rng, right=25, wrong=20), (1, 1): matches(rng, right=0, wrong=20)}
    assert pooled(pairs, size_a=SIZE, size_b=SIZE, at_least=AT_LEAST) is None
    assert pooled({(0, 0): pairs[0, 0]}, size_a=SIZE, size_b=SIZE, at_least=AT_LEAST) is None


def test_nothing_in_common_holds_nothing() -> None:
    assert pooled(several(right=0, wrong=0), size_a=SIZE, size_b=SIZE, at_least=AT_LEAST) is None
    assert pooled({}, size_a=SIZE, size_b=SIZE, at_least=AT_LEAST) is None


def test_pairs_on_one_offset_are_told_from_others() -> None:
    one = print_from("one", filmed(1, 1, seconds=8))
    lines = on_one_offset([(0, 3), (5, 1), (1, 4), (2, 0), (3, 6)], one, one)
    assert lines == [[(0, 3), (1, 4), (3, 6)]]
    assert on_one_offset([], one, one) == []


def cropped(frames: Frames, left: float, top: float) -> Frames:
    """A third of each side, enlarged and poorly encoded."""
    made = []
    for at_s, picture in frames:
        height, width = picture.shape
        x, y = int(left * width), int(top * height)
        part = picture[y : y + int(0.35 * height), x : x + int(0.35 * width)]
        large = cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC)
        _, packed = cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, 40])
        made.append((at_s, np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)))
    return made


def sought(query: Print, *known: Print) -> tuple[CopyFound, ...]:
    return CopySeeker().seek(query, PrintIndex(known))


@pytest.mark.parametrize(("place", "left", "top"), [(1, 0.3, 0.3), (1, 0.5, 0.2), (3, 0.5, 0.2)])
def test_a_crop_too_strong_for_any_single_pair_is_found_at_its_place(place: int, left: float, top: float) -> None:
    frames = filmed(place, 1, seconds=8)
    query = print_from("crop", cropped(frames, left, top))
    source = print_from("source", frames)
    (found,) = sought(query, source, print_from("other", filmed(9, 1)))
    assert found.verdict == "copy"
    assert found.transform is not None
    np.testing.assert_allclose(found.transform, [(0.35, 0, left), (0, 0.35, top)], atol=0.03)
    assert found.a.end_s - found.a.start_s > 6
    assert found.a.start_s == pytest.approx(found.b.start_s, abs=0.2)
    why = witnesses(query, source, found)
    assert why is not None
    assert len(why.points) >= 3
    np.testing.assert_allclose(why.points[:, 2:], 0.35 * why.points[:, :2] + (left, top), atol=0.04)


@pytest.mark.parametrize(("place", "left", "top"), [(1, 0.3, 0.3), (1, 0.5, 0.2), (3, 0.5, 0.2)])
def test_the_same_crop_of_another_take_is_no_copy(place: int, left: float, top: float) -> None:
    query = print_from("crop", cropped(filmed(place, 1, seconds=8), left, top))
    found = sought(query, *(print_from(f"take {take}", filmed(place, take, seconds=8)) for take in range(2, 6)))
    assert all(one.verdict != "copy" for one in found)
