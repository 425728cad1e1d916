"""What decoding gives: pictures, blocks of sound, and what was learnt on the way.

Times are seconds from the item's zero: the earliest presented frame or sample of any of its streams, after edit
lists and encoder priming. Pictures are as displayed: rotation and pixel aspect applied.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from firsthand.model.findings import Stream, Tag


class Picture(Protocol):
    """One presented picture. Valid until the next one is asked for; copy what must outlive it."""

    index: int  # 0, 1, 2 … among presented pictures
    at_s: float
    key_frame: bool
    damaged: bool  # the decoder marked it corrupt
    width_px: int  # as displayed, square pixels
    height_px: int

    def luma(self, step: int) -> NDArray[np.uint8]:
        """Every step-th stored luma sample in both directions, 8 bits, in *stored* orientation. Nearly free
        (a strided view where the pixel format allows): for statistics of every frame."""
        ...

    def grey(self, long_side_px: int) -> NDArray[np.uint8]:
        """[height, width] uint8 luma as displayed, scaled down so that the long side has this many pixels (never
        up). Costs a conversion: for sampled frames. The same size asked twice costs once."""
        ...

    def square(self, side_px: int) -> NDArray[np.uint8]:
        """[side_px, side_px] uint8 luma as displayed, the whole picture drawn square. Cheap enough for ten a second."""
        ...

    def colours(self, cells: int) -> NDArray[np.uint8]:
        """[cells, cells, 2] uint8: mean Cb and Cr (BT.601, full range; 128 is grey) of the cells of the displayed
        picture drawn square."""
        ...

    def rgb(self, long_side_px: int) -> NDArray[np.uint8]:
        """[height, width, 3] uint8 RGB as displayed, scaled down like `grey`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundBlock:
    """Some presented sound, mixed to mono at 16 000 samples a second.

    Blocks come in order of time; where at_s is later than the end of the block before, samples are missing there.
    """

    at_s: float  # time of the first sample
    samples: NDArray[np.float32]  # [n], full scale ±1
    clipped: int  # samples of the track (all channels) at full scale within this block
    counted: int  # samples of the track (all channels) in this block
    peak: float  # largest absolute value in the track within this block, before mixing


SAMPLES_PER_SECOND = 16_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """One packet of a data track, e.g. GoPro's GPMF (codec_tag "gpmd")."""

    codec_tag: str
    at_s: float
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What one pass over a file taught, beside its pictures and sound. Complete only when the pass has ended."""

    format_name: str
    duration_s: float | None  # as the container declares it
    bit_rate: int | None
    streams: tuple[Stream, ...]
    tags: tuple[Tag, ...]  # of all readers
    readers: tuple[str, ...]  # "ffmpeg 8.1", "mediainfo 24.12", "exiftool 12.57"
    notes: tuple[str, ...]  # "exiftool is not installed", "mediainfo failed: …"
    telemetry: tuple[Telemetry, ...]
    packets_sha256: tuple[str, ...]  # one a stream, in stream order
    edit_lists: tuple[tuple[int, float, str], ...]  # stream index, presented from s, note
    picture_stream: int | None  # the stream whose pictures were decoded; None: there is none
    sound_stream: int | None
    still: bool  # one picture without duration
    zero_s: float  # the container's time of the item's zero
    frames: int  # pictures presented
    pictures_end_s: float  # when the last picture stops being shown
    sound_end_s: float
    damaged_frames: int
    picture_error: str  # why decoding pictures ended early; empty: it reached the end
    sound_error: str
    stopped: str = field(default="")  # the limit that ended the pass ("over 2 h", "over 900 s of CPU"); empty: none
