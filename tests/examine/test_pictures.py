"""What the pictures examiner promises."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from firsthand.examine.pictures import PicturesExaminer
from firsthand.model.findings import PicturesFacts
from firsthand.model.outcomes import Failed, NothingThere, NotLooked, Outcome
from tests.examine.made import Grey, MadePicture, decoded, found, numbers, panning, show, texture


def facts(outcome: Outcome) -> PicturesFacts:
    value = found(outcome).value
    assert isinstance(value, PicturesFacts)
    return value


def test_a_cut_is_found_at_the_first_picture_of_the_new_scene() -> None:
    cut = facts(show(PicturesExaminer(), panning(1, 20) + panning(2, 20)))
    assert cut.scene_changes_s == (2.0,)


def test_a_cut_just_before_the_end_is_found() -> None:
    assert facts(show(PicturesExaminer(), panning(1, 20) + panning(2, 1))).scene_changes_s == (2.0,)


def test_a_flash_of_light_is_not_a_cut() -> None:
    pictures = panning(1, 40, step_px=1)
    pictures[20] = np.full_like(pictures[20], 250)
    assert facts(show(PicturesExaminer(), pictures)).scene_changes_s == ()


def test_a_fast_pan_is_not_a_cut() -> None:
    assert facts(show(PicturesExaminer(), panning(1, 40, step_px=12))).scene_changes_s == ()


def test_a_black_stretch_is_told_from_when_to_when() -> None:
    black = [np.full((240, 320), 16, np.uint8)] * 10
    (stretch,) = facts(show(PicturesExaminer(), panning(1, 20) + black + panning(2, 20))).black
    assert (stretch.start_s, stretch.end_s) == pytest.approx((2.0, 3.0))


def test_a_dark_street_with_lamps_is_not_black() -> None:
    night = [np.full((240, 320), 18, np.uint8) for _ in range(20)]
    for number, picture in enumerate(night):
        picture[100:140, 20 + number : 80 + number] = 200
    assert facts(show(PicturesExaminer(), night)).black == ()


def test_a_frozen_stretch_begins_with_the_picture_that_is_repeated() -> None:
    moving = panning(1, 40)
    (stretch,) = facts(show(PicturesExaminer(), moving[:20] + [moving[19]] * 15 + moving[20:])).frozen
    assert (stretch.start_s, stretch.end_s) == pytest.approx((1.9, 3.5))


def test_two_frozen_scenes_that_meet_at_a_cut_stay_two() -> None:
    value = facts(show(PicturesExaminer(), [texture(1)] * 20 + [texture(2)] * 20))
    assert [time for one in value.frozen for time in (one.start_s, one.end_s)] == pytest.approx([0.0, 2.0, 2.0, 4.0])


def test_a_camera_that_moves_is_never_called_frozen_or_empty() -> None:
    value = facts(show(PicturesExaminer(), panning(1, 40)))
    assert value.frozen == ()
    assert value.low_texture == ()


def test_a_plain_wall_is_low_texture() -> None:
    wall = [np.full((240, 320), 120 + number % 2, np.uint8) for number in range(30)]
    (stretch,) = facts(show(PicturesExaminer(), wall)).low_texture
    assert (stretch.start_s, stretch.end_s) == pytest.approx((0.0, 3.0))


def test_letterbox_bars_are_set_aside() -> None:
    value = facts(show(PicturesExaminer(), [_letterboxed(one) for one in panning(1, 40)]))
    assert value.border == "bars"
    assert (value.active.top, value.active.bottom) == pytest.approx((30 / 240, 210 / 240), abs=0.01)
    assert (value.active.left, value.active.right) == (0.0, 1.0)


def test_bars_of_any_colour_are_set_aside() -> None:
    value = facts(show(PicturesExaminer(), [_letterboxed(one, level=235) for one in panning(1, 40)]))
    assert value.border == "bars"
    assert (value.active.top, value.active.bottom) == pytest.approx((30 / 240, 210 / 240), abs=0.01)


def test_blurred_bars_beside_an_upright_picture_are_set_aside() -> None:
    value = facts(show(PicturesExaminer(), [_on_blur(one) for one in panning(1, 40)]))
    assert value.border == "blurred_bars"
    assert (value.active.left, value.active.right) == pytest.approx((1 / 3, 2 / 3), abs=0.02)


def test_a_night_scene_with_one_dark_side_has_no_bars() -> None:
    night = [one // 3 for one in panning(1, 40)]
    for picture in night:
        picture[:, :90] = 16
        picture[:, 90:200] = np.minimum(picture[:, 90:200], np.linspace(16, 90, 110).astype(np.uint8))
    assert facts(show(PicturesExaminer(), night)).border == "none"


def test_a_whole_picture_has_no_border() -> None:
    value = facts(show(PicturesExaminer(), panning(3, 40)))
    assert value.border == "none"
    assert (value.active.left, value.active.top, value.active.right, value.active.bottom) == (0, 0, 1, 1)


def test_a_logo_that_stays_while_the_picture_moves_is_an_overlay() -> None:
    pictures = [_with_logo(one) for one in panning(1, 120)]
    (overlay,) = facts(show(PicturesExaminer(), pictures)).overlays
    box = overlay.box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((0.75, 0.083, 0.9375, 0.25), abs=0.03)
    assert overlay.share_of_time == 1.0


def test_the_edges_of_bars_are_no_overlays() -> None:
    assert facts(show(PicturesExaminer(), [_letterboxed(one) for one in panning(1, 120)])).overlays == ()


def test_a_camera_that_stands_still_has_no_overlays() -> None:
    still = texture(1)
    pictures = [still.copy() for _ in range(100)]
    for number, picture in enumerate(pictures):
        picture[100:140, number * 2 : number * 2 + 30] = 255
    assert facts(show(PicturesExaminer(), pictures)).overlays == ()


def test_a_picture_without_a_logo_has_no_overlays() -> None:
    assert facts(show(PicturesExaminer(), panning(4, 120))).overlays == ()


def test_an_uneven_rate_is_called_variable_and_measured() -> None:
    examiner = PicturesExaminer()
    times = [0.0, 0.1, 0.2, 0.45, 0.5, 0.9, 1.0]
    for index, (at_s, grey) in enumerate(zip(times, panning(1, 7), strict=True)):
        examiner.see(MadePicture(grey, index=index, at_s=at_s))
    value = facts(examiner.finish(decoded(pictures_end_s=1.1)))
    assert value.variable_rate
    assert value.frames_per_second == pytest.approx(6.0)
    assert (value.first_s, value.last_s, value.end_s) == (0.0, 1.0, 1.1)


def test_times_rounded_to_milliseconds_are_still_an_even_rate() -> None:
    examiner = PicturesExaminer()
    for index, grey in enumerate(panning(1, 60)):
        examiner.see(MadePicture(grey, index=index, at_s=round(index / 60, 3)))
    assert not facts(examiner.finish(decoded(pictures_end_s=1.0))).variable_rate


@pytest.mark.parametrize("seconds", [0.5, 4, 40])
def test_the_film_strip_is_at_most_twelve_pictures_spread_over_the_clip(seconds: float) -> None:
    outcome = show(PicturesExaminer(), panning(1, round(seconds * 5), step_px=1), fps=5.0)
    value, times = facts(outcome), numbers(outcome, "strip_s")
    strip = cv2.imdecode(numbers(outcome, "strip_jpeg"), cv2.IMREAD_GRAYSCALE)
    assert 1 <= value.strip_columns == len(times) <= 12
    assert strip is not None
    assert strip.shape == (value.strip_height_px, value.strip_width_px * value.strip_columns)
    assert times[0] == 0.0
    assert times[-1] >= 0.75 * (seconds - 0.6)


def test_a_still_has_no_rate_and_no_frozen_stretch() -> None:
    value = facts(show(PicturesExaminer(), [texture(1)], still=True))
    assert (value.frames, value.still, value.frames_per_second, value.frozen) == (1, True, 0.0, ())


def test_no_track_nothing_in_it_an_error_and_a_limit_are_four_answers() -> None:
    def answer(**given: object) -> Outcome:
        return PicturesExaminer().finish(decoded(**given))

    assert answer(picture_stream=None) == NotLooked(because="no picture track")
    assert isinstance(answer(), NothingThere)
    assert answer(picture_error="no frame could be decoded") == Failed(
        error="UnreadableMedia", why="no frame could be decoded"
    )
    assert answer(stopped="over 2 h") == Failed(error="OverLimit", why="over 2 h")


def test_pictures_before_a_decoding_error_are_kept() -> None:
    assert facts(show(PicturesExaminer(), panning(1, 12), picture_error="cut off")).frames == 12


def test_a_track_that_changes_its_size_is_examined_to_the_end() -> None:
    pictures = panning(1, 20) + panning(2, 20, width=240, height=320)
    value = facts(show(PicturesExaminer(), pictures))
    assert value.scene_changes_s == (2.0,)
    assert (value.width_px, value.height_px, value.frames) == (320, 240, 40)


def test_two_runs_answer_alike() -> None:
    pictures = panning(1, 30) + panning(2, 30)
    assert show(PicturesExaminer(), pictures) == show(PicturesExaminer(), pictures)


def _letterboxed(picture: Grey, *, level: int = 16) -> Grey:
    out = np.full_like(picture, level)
    out[30:210] = cv2.resize(picture, (320, 180), interpolation=cv2.INTER_AREA)
    return out


def _on_blur(picture: Grey) -> Grey:
    """A third of the width stays sharp; its own enlarged and blurred copy fills the rest."""
    wide = texture(9, width=960)[:, :480]
    middle = cv2.resize(picture, (160, 240), interpolation=cv2.INTER_AREA)
    out = cv2.GaussianBlur(cv2.resize(middle + wide[:, :160] // 8, (480, 240)), (0, 0), 12)
    out[:, 160:320] = middle
    return np.asarray(out, dtype=np.uint8)


def _with_logo(picture: Grey) -> Grey:
    out = picture.copy()
    out[20:60, 240:300] = 235
    cv2.putText(out, "TV7", (244, 52), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 3)
    return out


def looks(outcome: Outcome) -> dict[str, NDArray[Any]]:
    return {name: numbers(outcome, name) for name in ("looked_s", "colour", "detail")}


def test_colour_and_detail_are_noted_once_a_second() -> None:
    seen = looks(show(PicturesExaminer(), panning(1, 35)))
    assert seen["looked_s"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert seen["colour"].shape == (4, 8, 8, 2)
    assert np.abs(seen["colour"].astype(int) - 128).max() <= 1  # a grey picture has no colour
    assert seen["detail"].shape == (4, 5)


def test_a_blur_takes_fine_detail_and_leaves_the_coarse() -> None:
    sharp = looks(show(PicturesExaminer(), panning(1, 5)))["detail"][0]
    soft = [np.asarray(cv2.GaussianBlur(one, (0, 0), 2.0), np.uint8) for one in panning(1, 5)]
    dull = looks(show(PicturesExaminer(), soft))["detail"][0]
    assert dull[0] < 0.5 * sharp[0]
    assert dull[3] > 0.7 * sharp[3]


def test_noise_shows_in_the_quietest_places() -> None:
    flat = np.full((240, 320), 90, np.uint8)
    flat[:40] = texture(1)[:40]
    noisy = np.clip(flat + np.random.default_rng(1).normal(0, 9, flat.shape), 0, 255).astype(np.uint8)
    quiet, grainy = (looks(show(PicturesExaminer(), [one] * 3))["detail"][0][4] for one in (flat, noisy))
    assert quiet < 0.2
    assert grainy > 2


def test_a_small_picture_has_no_finer_detail_than_its_size() -> None:
    tiny = [np.asarray(cv2.resize(one, (96, 72), interpolation=cv2.INTER_AREA), np.uint8) for one in panning(1, 3)]
    detail = looks(show(PicturesExaminer(), tiny))["detail"][0]
    assert np.isnan(detail[[0, 1, 4]]).all()
    assert not np.isnan(detail[[2, 3]]).any()
