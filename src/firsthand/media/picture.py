"""One decoded picture, converted only as far as somebody asks."""

from functools import cache
from typing import Any

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from firsthand.media.shrinking import halved_to, shrunk, square

# Bits that a sample of plane 0 is shifted right by to become 8 bits; plane 0 of these formats is luma alone.
_EIGHT_BIT = {
    *("gray", "nv12", "nv21", "nv16", "nv24", "yuv410p", "yuv411p", "yuv440p", "yuvj411p", "yuvj440p"),
    *("yuv420p", "yuv422p", "yuv444p", "yuvj420p", "yuvj422p", "yuvj444p", "yuva420p", "yuva422p", "yuva444p"),
}
_DEEP = {
    f"{family}{bits}le": bits - 8
    for family in ("yuv420p", "yuv422p", "yuv440p", "yuv444p", "yuva420p", "yuva422p", "yuva444p", "gray")
    for bits in (9, 10, 12, 14, 16)
} | {"p010le": 8, "p012le": 8, "p016le": 8, "p210le": 8, "p410le": 8}

_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_BT709 = 1  # AVCOL_SPC_BT709
_TO_FULL_RANGE = np.clip(np.rint((np.arange(256) - 16) * (255 / 219)), 0, 255).astype(np.uint8)
# Cb and Cr of BT.709, a row, times this are those of BT.601: what brightness adds drops out of B - Y and R - Y.
_BT709_AS_BT601 = np.array([[0.9899, -0.0725], [-0.1107, 0.9834]], np.float32)
# What red and blue weigh in luma, by AVCOL_SPC: BT.709, BT.2020, BT.601; what says nothing (2) counts as BT.601.
_WEIGHTS = {_BT709: (0.2126, 0.0722), 9: (0.2627, 0.0593), **dict.fromkeys((2, 5, 6), (0.299, 0.114))}
_COLOURS_PX = 48  # where planes cannot be read, colours are read from a picture of this long side


class Scaler:
    """Keeps FFmpeg's scaling tables from picture to picture: making them anew costs five times the scaling."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int, str], VideoReformatter] = {}

    def scaled(self, frame: VideoFrame, width_px: int, height_px: int, pixel_format: str) -> VideoFrame:
        """The frame in this size and format, averaged over the area each pixel covers."""
        key = (width_px, height_px, pixel_format)
        if key not in self._kept:
            if len(self._kept) >= 8:  # a stream that keeps changing its size must not pile up tables
                self._kept.clear()
            self._kept[key] = VideoReformatter()
        return self._kept[key].reformat(
            frame, width=width_px, height=height_px, format=pixel_format, interpolation="AREA", threads=1
        )


class Upright:
    """How stored pictures become displayed ones: first mirrored left to right, then turned clockwise."""

    __slots__ = ("aspect", "mirrored", "turn_deg")

    def __init__(self, *, turn_deg: int, mirrored: bool, aspect: float) -> None:
        self.turn_deg = turn_deg
        self.mirrored = mirrored
        self.aspect = aspect  # width of a stored pixel / its height

    def displayed_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Width and height in square pixels, upright. A wide pixel widens the picture, a narrow one heightens it."""
        width, height = self._square(width_px, height_px)
        return (height, width) if self.turn_deg in (90, 270) else (width, height)

    def _square(self, width_px: int, height_px: int) -> tuple[int, int]:
        if self.aspect == 1:
            return width_px, height_px
        if self.aspect > 1:
            return max(1, round(width_px * self.aspect)), height_px
        return width_px, max(1, round(height_px / self.aspect))

    def scaled_size(self, width_px: int, height_px: int, long_side_px: int) -> tuple[int, int]:
        """Width and height before turning, long side at most long_side_px."""
        width, height = self._square(width_px, height_px)
        ratio = min(1.0, long_side_px / max(width, height))
        return max(1, round(width * ratio)), max(1, round(height * ratio))

    def applied(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The pixels turned upright, contiguous."""
        if self.mirrored:
            pixels = pixels[:, ::-1]
        if self.turn_deg:
            pixels = np.rot90(pixels, -self.turn_deg // 90)
        return np.ascontiguousarray(pixels)


class DecodedPicture:
    """frames.Picture over FFmpeg's own memory. Luma is as stored: 16 to 235 where the stream says limited range."""

    __slots__ = (
        "_frame",
        "_made",
        "_scaler",
        "_stored_luma",
        "_upright",
        "at_s",
        "damaged",
        "height_px",
        "index",
        "key_frame",
        "width_px",
    )

    def __init__(self, frame: VideoFrame, *, index: int, at_s: float, upright: Upright, scaler: Scaler) -> None:
        self.index = index
        self.at_s = at_s
        self.key_frame: bool = frame.key_frame
        self.damaged: bool = frame.is_corrupt
        self.width_px, self.height_px = upright.displayed_size(frame.width, frame.height)
        self._frame = frame
        self._upright = upright
        self._scaler = scaler
        self._made: dict[tuple[int, str], NDArray[np.uint8]] = {}
        self._stored_luma: NDArray[Any] | None = None

    @property
    def _full_range(self) -> bool:
        return self._frame.color_range == _FULL_RANGE or self._frame.format.name.startswith(("yuvj", "gray"))

    def luma(self, step: int) -> NDArray[np.uint8]:
        """Every step-th stored luma sample in both directions, 8 bits, stored orientation."""
        plane = self._luma_plane()
        if plane is not None and plane.dtype == np.uint8:
            return plane[::step, ::step]
        name = self._frame.format.name
        if plane is not None:
            return (plane[::step, ::step] >> _DEEP[name]).astype(np.uint8)
        key = (-step, name)
        if key not in self._made:
            width, height = -(-self._frame.width // step), -(-self._frame.height // step)
            self._made[key] = _plane(self._scaler.scaled(self._frame, width, height, "gray"), np.uint8)
        return self._made[key]

    def grey(self, long_side_px: int) -> NDArray[np.uint8]:
        """[height, width] uint8 luma over the full range 0 to 255 as displayed, scaled down, never up."""
        key = (long_side_px, "gray")
        if key not in self._made:
            width, height = self._upright.scaled_size(self._frame.width, self._frame.height, long_side_px)
            self._made[key] = self._upright.applied(self._grey(width, height))
        return self._made[key]

    def square(self, side_px: int) -> NDArray[np.uint8]:
        """[side_px, side_px] uint8 luma over the full range, as displayed, all of the picture drawn square."""
        plane = self._luma_plane()
        if plane is None:
            return self._upright.applied(self._grey(side_px, side_px))
        return self._upright.applied(self._full(square(plane, side_px)))

    def rgb(self, long_side_px: int) -> NDArray[np.uint8]:
        """[height, width, 3] uint8 RGB as displayed, scaled down, never up. HDR is not tone-mapped."""
        key = (long_side_px, "rgb24")
        if key not in self._made:
            width, height = self._upright.scaled_size(self._frame.width, self._frame.height, long_side_px)
            pixels = self._rgb_of_planes(width, height)
            if pixels is None:
                pixels = _plane(self._scaler.scaled(self._frame, width, height, "rgb24"), np.uint8, 3)
            self._made[key] = self._upright.applied(pixels)
        return self._made[key]

    def colours(self, cells: int) -> NDArray[np.uint8]:
        """[cells, cells, 2] uint8: mean Cb and Cr (BT.601, full range; 128 is grey) of the cells of the displayed
        picture drawn square."""
        name = self._frame.format.name
        shift = _DEEP.get(name, 0)
        if name.startswith("gray"):
            return np.full((cells, cells, 2), 128, np.uint8)
        if not (name in _EIGHT_BIT or shift) or not name.startswith("yuv"):
            small = cv2.resize(self.rgb(_COLOURS_PX), (cells, cells), interpolation=cv2.INTER_AREA)
            return np.ascontiguousarray(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb)[:, :, [2, 1]])
        planes = [_plane(self._frame, np.uint16 if shift else np.uint8, number=number) for number in (1, 2)]
        centred = np.stack([square(one, cells) for one in planes], axis=2).astype(np.float32) / 2**shift - 128
        if not self._full_range:
            centred *= 255 / 224
        if self._frame.colorspace == _BT709:
            centred = centred @ _BT709_AS_BT601
        return self._upright.applied(np.clip(np.rint(centred + 128), 0, 255).astype(np.uint8))

    def _rgb_of_planes(self, width_px: int, height_px: int) -> NDArray[np.uint8] | None:
        """Stored orientation; a third of what FFmpeg's scaling costs. None where planes or colours are unusual."""
        name, space = self._frame.format.name, self._frame.colorspace
        shift = _DEEP.get(name, 0)
        if not name.startswith("yuv") or not (name in _EIGHT_BIT or shift) or space not in _WEIGHTS:
            return None
        planes = []
        for number in range(3):
            small = shrunk(_plane(self._frame, np.uint16 if shift else np.uint8, number=number), width_px, height_px)
            planes.append((small >> shift).astype(np.uint8) if shift else small)
        return np.asarray(cv2.transform(cv2.merge(planes), _rgb_weights(space, self._full_range)), np.uint8)

    def _grey(self, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Stored orientation, full range; a new array."""
        plane = self._luma_plane()
        halved = None if plane is None else halved_to(plane, width_px, height_px)
        if halved is None:
            return _plane(self._scaler.scaled(self._frame, width_px, height_px, "gray"), np.uint8)
        return self._full(halved)

    def _luma_plane(self) -> NDArray[Any] | None:
        """Plane 0 as it lies there, where it is luma alone."""
        if self._stored_luma is None:
            name = self._frame.format.name
            if name in _EIGHT_BIT:
                self._stored_luma = _plane(self._frame, np.uint8)
            elif name in _DEEP:
                self._stored_luma = _plane(self._frame, np.uint16)
        return self._stored_luma

    def _full(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        """Stored luma samples as 8 bits over the full range, a new array."""
        if stored.dtype == np.uint16:
            stored = (stored >> _DEEP[self._frame.format.name]).astype(np.uint8)
        return stored.copy() if self._full_range else np.asarray(cv2.LUT(stored, _TO_FULL_RANGE), np.uint8)


@cache
def _rgb_weights(space: int, full_range: bool) -> NDArray[np.float32]:
    """[3, 4]: what R, G and B take of Y, Cb, Cr and of 1 (ITU-R BT.601, BT.709, BT.2020)."""
    red, blue = _WEIGHTS[space]
    green = 1 - red - blue
    brightness, colour = (1.0, 1.0) if full_range else (255 / 219, 255 / 224)
    of_cb = np.array([0, -2 * blue * (1 - blue) / green, 2 * (1 - blue)]) * colour
    of_cr = np.array([2 * (1 - red), -2 * red * (1 - red) / green, 0]) * colour
    dark = -(0 if full_range else 16) * brightness - 128 * (of_cb + of_cr)
    return np.stack([np.full(3, brightness), of_cb, of_cr, dark], axis=1).astype(np.float32)


def _plane(frame: VideoFrame, dtype: Any, channels: int = 1, *, number: int = 0) -> NDArray[Any]:
    """A plane as [height, width] (or [height, width, 3]), a view without the padding at the lines' ends."""
    plane = VideoPlane(frame, number)  # the frame's own list makes all of them
    each = np.dtype(dtype).itemsize
    shape: tuple[int, ...] = (plane.height, plane.width)
    strides: tuple[int, ...] = (plane.line_size, channels * each)
    if channels > 1:
        shape, strides = (*shape, channels), (*strides, each)
    return np.ndarray(shape, dtype, memoryview(plane), strides=strides)
