"""Which way up a picture is, from the display matrix that FFmpeg attaches (of the container, or of EXIF)."""

import struct
from math import atan2, degrees
from typing import Any

from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from firsthand.media.picture import Upright
from firsthand.model.findings import Tag

WIDEST = 2.2  # width of a pixel ÷ its height, or the reverse, that is believed


def upright_of(frame: VideoFrame, stream: VideoStream | None) -> Upright:
    """How to show this stream's pictures, judged by its first one. Turns are rounded to quarters."""
    turn_deg, mirrored = _turn_and_mirror(frame)
    aspect = stream.sample_aspect_ratio if stream is not None else None
    ratio = float(aspect) if aspect and aspect.numerator > 0 else 1.0
    # Television has 0.9 to 1.9 and, rarely, 2.0. Whoever fits a wide picture into a tall frame and forgets the flag
    # claims (16 / 9)² = 3.2: shown so, it would be drawn three times as wide as anybody filmed it.
    if not 1 / WIDEST <= ratio <= WIDEST:
        ratio = 1.0
    return Upright(turn_deg=turn_deg, mirrored=mirrored, aspect=ratio)


def _turn_and_mirror(frame: VideoFrame) -> tuple[int, bool]:
    """Mirrored first (left to right), then the clockwise turn: 0, 90, 180 or 270.

    The matrix maps (x, y) with y down to (a x + c y, b x + d y): see libavutil/display.h.
    """
    quarter = round(-frame.rotation / 90) % 4 * 90
    try:
        side_data: Any = frame.side_data
        matrix = side_data.get(SideDataType.DISPLAYMATRIX)
    except ValueError:  # side data of a kind PyAV does not know stands beside it; the turn alone is known then
        return quarter, False
    if matrix is None:
        return quarter, False
    a, b, _, c, d = struct.unpack("=5i", bytes(matrix)[:20])
    if a * d - b * c >= 0:
        return quarter, False
    # Undo the mirroring of x: what remains is the turn.
    return round(degrees(atan2(-b, -a)) / 90) % 4 * 90, True


def picture_tags(frame: VideoFrame) -> tuple[Tag, ...]:
    """Tags that stand in the picture itself: EXIF of a JPEG, as FFmpeg spells it."""
    try:
        found = frame.metadata.items()
    except UnicodeError:
        return ()
    return tuple(Tag(reader="ffmpeg", where="picture", name=name, value=value) for name, value in found)
