"""Pictures as they come out of the decoder, in the formats that phones and platforms write."""

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import Colorspace
from numpy.typing import NDArray

from firsthand.media.picture import DecodedPicture, Scaler, Upright

FORMATS = ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv420p10le", "p010le", "nv12", "rgb24"]


def _coloured(height: int = 360, width: int = 640) -> NDArray[np.uint8]:
    """Broad shapes of several colours, no two corners alike."""
    y, x = np.mgrid[:height, :width] / (height, width)[0]
    red = 60 + 150 * x / x.max()
    green = 60 + 120 * y
    blue = 200 - 100 * x / x.max() * y
    return np.asarray(np.clip(np.stack([red, green, blue], axis=2), 0, 255), np.uint8)


def _decoded(pixel_format: str, *, turn_deg: int = 0, mirrored: bool = False) -> DecodedPicture:
    frame = av.VideoFrame.from_ndarray(_coloured(), format="rgb24").reformat(format=pixel_format)
    upright = Upright(turn_deg=turn_deg, mirrored=mirrored, aspect=1.0)
    return DecodedPicture(frame, index=0, at_s=0.0, upright=upright, scaler=Scaler())


@pytest.mark.parametrize("pixel_format", FORMATS)
def test_greys_are_the_same_in_every_format(pixel_format: str) -> None:
    shown = _decoded(pixel_format)
    grey = cv2.cvtColor(_coloured(), cv2.COLOR_RGB2GRAY)
    assert np.abs(shown.grey(320).astype(int) - cv2.resize(grey, (320, 180), interpolation=cv2.INTER_AREA)).max() <= 4
    assert np.abs(shown.square(32).astype(int) - cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA)).max() <= 4


@pytest.mark.parametrize("pixel_format", FORMATS)
def test_colours_are_the_same_in_every_format(pixel_format: str) -> None:
    small = cv2.resize(_coloured(), (8, 8), interpolation=cv2.INTER_AREA)
    expected = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb)[:, :, [2, 1]]
    assert np.abs(_decoded(pixel_format).colours(8).astype(int) - expected).max() <= 4


@pytest.mark.parametrize("pixel_format", FORMATS)
@pytest.mark.parametrize("long_side_px", [100, 199, 640])
def test_pictures_for_people_are_the_same_in_every_format(pixel_format: str, long_side_px: int) -> None:
    shown = _decoded(pixel_format).rgb(long_side_px)
    size = (long_side_px, round(long_side_px * 360 / 640))
    expected = cv2.resize(_coloured(), size, interpolation=cv2.INTER_AREA)
    assert shown.shape == expected.shape
    assert np.abs(shown.astype(int) - expected).max() <= 6


@pytest.mark.parametrize("space", [Colorspace.ITU709, Colorspace.ITU601])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le"])
def test_the_declared_matrix_is_used(pixel_format: str, space: Colorspace) -> None:
    frame = av.VideoFrame.from_ndarray(_coloured(), format="rgb24").reformat(format=pixel_format, dst_colorspace=space)
    frame.colorspace = 1 if space is Colorspace.ITU709 else 5
    picture = DecodedPicture(
        frame, index=0, at_s=0.0, upright=Upright(turn_deg=0, mirrored=False, aspect=1.0), scaler=Scaler()
    )
    expected = cv2.resize(_coloured(), (199, 112), interpolation=cv2.INTER_AREA)
    assert np.abs(picture.rgb(199).astype(int) - expected).max() <= 6


def test_grey_footage_has_no_colour() -> None:
    assert (_decoded("gray").colours(8) == 128).all()


@pytest.mark.parametrize(("turn_deg", "mirrored"), [(90, False), (180, False), (270, True), (0, True)])
def test_pictures_are_given_as_displayed(turn_deg: int, mirrored: bool) -> None:
    def displayed(stored: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.rot90(stored[:, ::-1] if mirrored else stored, -turn_deg // 90)

    plain, shown = _decoded("yuv420p"), _decoded("yuv420p", turn_deg=turn_deg, mirrored=mirrored)
    assert (shown.square(32) == displayed(plain.square(32))).all()
    assert (shown.grey(320) == displayed(plain.grey(320))).all()
    assert (shown.colours(8) == displayed(plain.colours(8))).all()
    assert (shown.rgb(320) == displayed(plain.rgb(320))).all()
