"""One decoded picture, converted only as far as somebody asks."""

from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

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
        if self.aspect >= 1:
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

    def luma(self, step: int) -> NDArray[np.uint8]:
        """Every step-th stored luma sample in both directions, 8 bits, stored orientation."""
        name = self._frame.format.name
        if name in _EIGHT_BIT:
            return _plane(self._frame, np.uint8)[::step, ::step]
        if (shift := _DEEP.get(name)) is not None:
            deep = _plane(self._frame, np.uint16)[::step, ::step]
            return (deep >> shift).astype(np.uint8)
        key = (-step, name)
        if key not in self._made:
            width, height = -(-self._frame.width // step), -(-self._frame.height // step)
            self._made[key] = _plane(self._scaler.scaled(self._frame, width, height, "gray"), np.uint8)
        return self._made[key]

    def grey(self, long_side_px: int) -> NDArray[np.uint8]:
        """[height, width] uint8 luma over the full range 0 to 255 as displayed, scaled down, never up."""
        return self._converted(long_side_px, "gray")

    def rgb(self, long_side_px: int) -> NDArray[np.uint8]:
        """[height, width, 3] uint8 RGB as displayed, scaled down, never up. HDR is not tone-mapped."""
        return self._converted(long_side_px, "rgb24")

    def _converted(self, long_side_px: int, pixel_format: str) -> NDArray[np.uint8]:
        key = (long_side_px, pixel_format)
        if key not in self._made:
            width, height = self._upright.scaled_size(self._frame.width, self._frame.height, long_side_px)
            scaled = self._scaler.scaled(self._frame, width, height, pixel_format)
            channels = 3 if pixel_format == "rgb24" else 1
            self._made[key] = self._upright.applied(_plane(scaled, np.uint8, channels))
        return self._made[key]


def _plane(frame: VideoFrame, dtype: Any, channels: int = 1) -> NDArray[Any]:
    """Plane 0 as [height, width] (or [height, width, 3]), a view without the padding at the lines' ends."""
    plane = frame.planes[0]
    lines: NDArray[Any] = np.frombuffer(memoryview(plane), dtype).reshape(
        frame.height, plane.line_size // np.dtype(dtype).itemsize
    )
    view = lines[:, : frame.width * channels]
    return view if channels == 1 else view.reshape(frame.height, frame.width, channels)
