"""Footage in memory, with the truth about where it came from: read from a file, edited, written to a file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock

Picture = NDArray[np.uint8]  # [height, width, 3] RGB

LONG_SIDE_PX = 480
MOST_FPS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A stretch of a clip that shows a source: clip second t is source second source_s + rate × (t − start_s)."""

    start_s: float
    end_s: float
    source_s: float
    rate: float

    def source_at(self, at_s: float) -> float:
        return self.source_s + self.rate * (at_s - self.start_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Pictures at a steady rate, and which stretches of them show the source."""

    pictures: list[Picture]
    fps: float
    shown: tuple[Shown, ...]

    @property
    def seconds(self) -> float:
        return len(self.pictures) / self.fps

    def each(self, change: Callable[[Picture], Picture]) -> "Clip":
        """Every picture changed in the same way."""
        return replace(self, pictures=[change(one) for one in self.pictures])


def read(path: Path, *, start_s: float = 0.0, length_s: float = 1e9) -> Clip:
    """A stretch of a file at 480 px and at most 20 pictures a second, as displayed."""
    at_s: list[float] = []
    pictures: list[Picture] = []
    with path.open("rb") as file:
        for given in Pass(file.fileno()):
            if isinstance(given, SoundBlock) or not start_s <= given.at_s <= start_s + length_s:
                continue
            if not at_s or given.at_s - at_s[-1] >= 0.9 / MOST_FPS:
                at_s.append(given.at_s)
                pictures.append(given.rgb(LONG_SIDE_PX).copy())
    if len(at_s) < 2:
        return Clip(pictures=pictures, fps=1.0, shown=())
    fps = min(MOST_FPS, 1 / float(np.median(np.diff(at_s))))
    grid = np.arange(at_s[0], at_s[-1] + 0.5 / fps, 1 / fps)
    steady = [pictures[int(np.abs(np.asarray(at_s) - at).argmin())] for at in grid]
    shown = Shown(start_s=0.0, end_s=len(grid) / fps, source_s=at_s[0], rate=1.0)
    return Clip(pictures=steady, fps=fps, shown=(shown,))


def write(clip: Clip, path: Path, *, crf: int) -> None:
    """The clip as H.264 in the container its suffix names; sides are cut to even numbers."""
    height, width = (side - side % 2 for side in clip.pictures[0].shape[:2])
    with av.open(str(path), "w") as out:
        track = out.add_stream("libx264", rate=Fraction(clip.fps).limit_denominator(1001))
        track.width, track.height, track.pix_fmt = width, height, "yuv420p"
        track.options = {"crf": str(crf), "preset": "veryfast"}
        track.codec_context.thread_count = 1
        for picture in clip.pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), format="rgb24")
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
