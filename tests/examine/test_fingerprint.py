"""What the fingerprint examiner promises."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from firsthand.examine.features import FeatureFinder, Features
from firsthand.examine.fingerprint import FingerprintExaminer, FingerprintSettings
from firsthand.examine.pdq import pdq
from firsthand.examine.trail import TrailSettings
from firsthand.model.outcomes import Failed, NothingThere, NotLooked, Outcome
from tests.examine.made import Grey, MadePicture, decoded, found, numbers, panning, show, texture

BLACK = np.full((240, 320), 16, np.uint8)


def test_a_picture_a_second_is_looked_at_by_its_time_not_its_number() -> None:
    examiner = FingerprintExaminer()
    times = [0.04, 0.5, 0.96, 1.03, 1.5, 2.9, 3.0, 3.1]
    for index, (at_s, grey) in enumerate(zip(times, panning(1, 8), strict=True)):
        examiner.see(MadePicture(grey, index=index, at_s=at_s))
    assert numbers(examiner.finish(decoded()), "frame_s").tolist() == [0.04, 1.03, 2.9, 3.0]


def test_a_new_scene_between_two_seconds_is_looked_at() -> None:
    pictures = panning(1, 13) + panning(2, 6) + panning(3, 21)
    times = numbers(show(FingerprintExaminer(), pictures), "frame_s").tolist()
    assert any(1.3 <= one < 1.9 for one in times)


def test_the_trail_has_ten_pictures_a_second() -> None:
    outcome = show(FingerprintExaminer(), panning(1, 60), fps=30.0)
    assert numbers(outcome, "trail_s") == pytest.approx(np.arange(20) / 10, abs=1 / 30)
    assert numbers(outcome, "trail").shape == (20, 32, 32)


def test_of_hours_every_second_look_and_trail_picture_stays_and_they_agree_with_what_was_found_in_them() -> None:
    short = FingerprintSettings(most_looks=10, trail=TrailSettings(most=100))
    pictures = panning(1, 480)
    whole, thinned = (show(FingerprintExaminer(one), pictures) for one in (None, short))
    looked_s, trail_s = numbers(thinned, "frame_s"), numbers(thinned, "trail_s")
    assert set(range(0, 48, 8)) <= set(looked_s.tolist())
    assert len(looked_s) <= 10
    assert trail_s == pytest.approx(np.arange(0, 48, 0.8), abs=0.01)
    assert len(numbers(thinned, "grey")) == len(numbers(thinned, "pdq")) == len(looked_s) == found(thinned).value.frames
    for features, frames, every_s in (("code", None, 8), ("fine_code", "fine_frame", 32)):
        kept, all_of_it = of_second(thinned, features, frames), of_second(whole, features, frames)
        assert set(range(0, 48, every_s)) <= kept.keys()
        assert frames is None or len(kept) == 2
        assert all(np.array_equal(kept[at_s], all_of_it[at_s]) for at_s in kept.keys() & all_of_it.keys())


def of_second(outcome: Outcome, features: str, frames: str | None) -> dict[float, NDArray[np.uint8]]:
    """The codes found at each second that was looked at."""
    looked_s = numbers(outcome, "frame_s")
    seconds = looked_s if frames is None else looked_s[numbers(outcome, frames)]
    first = numbers(outcome, features.replace("code", "first") if frames else "frame_first")
    codes = numbers(outcome, features)
    return {at_s: codes[first[n] : first[n + 1]] for n, at_s in enumerate(seconds.tolist())}


def test_arrays_agree_with_each_other() -> None:
    outcome = show(FingerprintExaminer(), panning(1, 12) + [BLACK] * 12 + panning(2, 12))
    value = found(outcome).value
    first = numbers(outcome, "frame_first")
    assert len(first) == value.frames + 1 == len(numbers(outcome, "frame_s")) + 1
    assert first[0] == 0
    assert (np.diff(first.astype(np.int64)) >= 0).all()
    assert {len(numbers(outcome, name)) for name in ("code", "mirrored", "xy", "size", "angle")} == {value.features}
    assert first[-1] == value.features
    assert {len(numbers(outcome, name)) for name in ("grey", "pdq", "pdq_quality")} == {value.frames}


def test_every_second_picture_and_each_looked_at_twice_as_large_has_mirrored_codes() -> None:
    outcome = show(FingerprintExaminer(), panning(1, 12 * 9))
    first, fine_first = (numbers(outcome, name).astype(int) for name in ("frame_first", "fine_first"))
    usual, fine = numbers(outcome, "mirrored"), numbers(outcome, "fine_mirrored")
    taken = [bool(usual[start:end].any(axis=1).all()) for start, end in pairwise(first)]
    assert taken == [True, False] * (len(taken) // 2) + [True] * (len(taken) % 2)
    assert {int(frame) % 2 for frame in numbers(outcome, "fine_frame")} == {0}
    assert [bool(fine[start:end].any(axis=1).all()) for start, end in pairwise(fine_first)] == [True] * 3


def test_the_mirrored_codes_are_the_codes_of_the_mirrored_picture() -> None:
    grey = texture(1)
    own = FeatureFinder().features(grey)
    mirrored = FeatureFinder().features(np.ascontiguousarray(grey[:, ::-1]))
    assert _same_places(own, mirrored, mirrored=True) >= 0.8
    assert _same_places(own, mirrored, mirrored=False) < 0.2


@pytest.mark.parametrize("ratio", [0.9, 0.6])
def test_a_cropped_copy_keeps_features_at_the_places_the_crop_says(ratio: float) -> None:
    grey = texture(1, width=640, height=480)
    width, height = round(640 * ratio), round(480 * ratio)
    whole = FeatureFinder().features(_fit(grey))
    cropped = FeatureFinder().features(_fit(grey[:height, :width]))
    best, near = _nearest(whole.code, cropped.code)
    moved = whole.xy / np.array([65536 * ratio, 65536 * ratio])
    right = np.abs(moved - cropped.xy[best] / 65536).max(axis=1) < 0.02
    assert (right & (near < 64)).sum() >= 40


def test_a_small_bright_inset_does_not_take_all_features() -> None:
    grey = texture(1) // 2 + 60
    grey[20:110, 20:140] = texture(2, width=120, height=90)
    xy = FeatureFinder().features(grey).xy / 65536
    inside = ((xy > [0.05, 0.07]) & (xy < [0.45, 0.47])).all(axis=1)
    assert inside.sum() >= 30
    assert (~inside).sum() >= 30


def test_a_dark_picture_still_has_features() -> None:
    assert len(FeatureFinder().features(texture(1) // 6 + 16).size) >= 50


@pytest.mark.parametrize("level", [0, 16, 128, 255])
def test_black_and_flat_pictures_have_no_features(level: int) -> None:
    grain = np.random.default_rng(1).integers(0, 3, (240, 320)).astype(np.uint8)
    assert len(FeatureFinder().features(np.minimum(level, 253).astype(np.uint8) + grain).size) == 0


@pytest.mark.parametrize("shape", [(1, 1), (2, 320), (41, 41), (43, 43), (320, 60)])
def test_pictures_of_any_shape_are_looked_at(shape: tuple[int, int]) -> None:
    height, width = shape
    features = FeatureFinder().features(texture(1, width=max(width, 64), height=max(height, 64))[:height, :width])
    assert len(features.code) == len(features.xy) == len(features.mirrored)


def test_an_item_of_black_pictures_has_nothing_there() -> None:
    assert isinstance(show(FingerprintExaminer(), [BLACK] * 30), NothingThere)


def test_a_still_has_a_fingerprint() -> None:
    outcome = show(FingerprintExaminer(), [texture(1, width=900, height=1200)], still=True)
    assert found(outcome).value.frames == 1
    assert found(outcome).value.features > 100
    assert (found(outcome).value.width_px, found(outcome).value.height_px) == (900, 1200)


def test_no_pictures_are_told_apart_from_pictures_that_could_not_be_read() -> None:
    assert FingerprintExaminer().finish(decoded(picture_stream=None)) == NotLooked(because="no picture track")
    assert isinstance(FingerprintExaminer().finish(decoded(picture_error="cut off")), Failed)


def test_two_runs_answer_alike() -> None:
    pictures = panning(1, 20) + panning(2, 20)
    assert show(FingerprintExaminer(), pictures) == show(FingerprintExaminer(), pictures)


def test_pdq_is_near_for_a_worse_copy_and_far_for_another_picture() -> None:
    grey = texture(1)
    _, coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 20])
    worse = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
    smaller = np.asarray(cv2.resize(grey, (200, 150), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    assert _bits_apart(grey, worse) <= 16
    assert _bits_apart(grey, smaller) <= 31
    assert _bits_apart(grey, texture(2)) >= 80


def test_pdq_of_a_wave_is_the_bit_of_its_cosine() -> None:
    # Three half waves down the picture: term (3, any) is nothing but for the across-constant one, which PDQ leaves
    # out; so a wave of 3 down times 5 across has exactly one large term, and its bit is set.
    down = np.cos(np.pi * 3 * (np.arange(256) + 0.5) / 256)[:, None]
    across = np.cos(np.pi * 5 * (np.arange(256) + 0.5) / 256)[None, :]
    bits = np.unpackbits(pdq((128 + 100 * down * across).astype(np.uint8))[0])
    opposite = np.unpackbits(pdq((128 - 100 * down * across).astype(np.uint8))[0])
    place = 255 - (16 * (3 - 1) + (5 - 1))
    assert (bits[place], opposite[place]) == (1, 0)


def test_a_flat_picture_has_a_pdq_of_no_worth() -> None:
    assert pdq(BLACK)[1] == 0
    assert pdq(texture(1))[1] > 50


def _bits_apart(a: Grey, b: Grey) -> int:
    return int(np.unpackbits(pdq(a)[0] ^ pdq(b)[0]).sum())


def _fit(grey: Grey) -> Grey:
    return MadePicture(np.ascontiguousarray(grey), index=0, at_s=0.0).grey(320)


def _nearest(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    apart = np.unpackbits(a[:, None, :] ^ b[None, :, :], axis=2).sum(axis=2, dtype=np.int64)
    return apart.argmin(axis=1), apart.min(axis=1)


def _same_places(own: Features, other: Features, *, mirrored: bool) -> float:
    """Share of features whose nearest code in the other picture lies at the mirrored place, turned the mirrored way."""
    best, near = _nearest(own.mirrored if mirrored else own.code, other.code)
    place = np.stack([65535 - own.xy[:, 0].astype(np.int64), own.xy[:, 1].astype(np.int64)], axis=1)
    here = np.abs(place - other.xy[best]).max(axis=1) < 65536 * 0.01
    turned = (128 - own.angle.astype(np.int64) - other.angle[best] + 128) % 256 - 128
    return float((here & (near < 48) & (np.abs(turned) <= 4)).mean())
