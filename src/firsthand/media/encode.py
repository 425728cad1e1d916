"""Writes clips, and reads them again to be reworked: for made-up material. Sealed files never come here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

_BLOCK = 1024
_TICKS = 90_000


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How a clip is written. The suffix of the path chooses the container.

    frames_per_second: of the pictures. crf: x264's quality, larger is poorer. turn_deg: the clockwise turn, written
    into the container, that shows the stored pictures upright. tags: of the container; creation_time as RFC 3339.
    """

    frames_per_second: Fraction
    crf: int = 21
    preset: str = "superfast"
    turn_deg: int = 0
    sound_bit_rate: int = 96_000
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sound:
    """One channel: samples [n] float32, full scale ±1."""

    samples: NDArray[np.float32]
    hz: int

    @property
    def length_s(self) -> float:
        return len(self.samples) / self.hz


def write_clip(path: Path, frames: Iterable[NDArray[np.uint8]], sound: Sound | None, encoding: Encoding) -> int:
    """H.264 and AAC; returns the number of frames. The same input gives the same bytes with the same FFmpeg.

    frames: RGB [height, width, 3], even sides, all of one size. The sound is cut to the pictures' length.
    """
    options = {"movflags": "use_metadata_tags"} if path.suffix.lower() == ".mov" else {}
    count = 0
    with av.open(str(path), "w", options=options, container_options={"fflags": "+bitexact"}) as container:
        for name, value in encoding.tags.items():
            container.metadata[name] = value
        pictures: VideoStream | None = None
        track: AudioStream | None = None
        blocks: Iterator[tuple[float, av.AudioFrame]] = iter(())
        waiting: tuple[float, av.AudioFrame] | None = None
        for count, frame in enumerate(frames, start=1):
            if pictures is None:
                pictures = container.add_stream("libx264", rate=encoding.frames_per_second)
                pictures.height, pictures.width = frame.shape[:2]
                pictures.pix_fmt = "yuv420p"
                pictures.options = {"crf": str(encoding.crf), "preset": encoding.preset}
                # One thread: with several, x264's choices depend on how many there are.
                pictures.codec_context.thread_count = 1
                pictures.time_base = pictures.codec_context.time_base = Fraction(1, _TICKS)
                if encoding.turn_deg:
                    pictures.set_display_rotation(-encoding.turn_deg)
                if sound is not None:
                    track = container.add_stream("aac", rate=sound.hz, layout="mono")
                    track.codec_context.bit_rate = encoding.sound_bit_rate
                    blocks = _blocks(sound)
                    waiting = next(blocks, None)
            at_s = (count - 1) / encoding.frames_per_second
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture.pts, picture.time_base = round(at_s * _TICKS), Fraction(1, _TICKS)
            container.mux(pictures.encode(picture))
            while track is not None and waiting is not None and waiting[0] <= at_s:
                container.mux(track.encode(waiting[1]))
                waiting = next(blocks, None)
        if pictures is not None:
            container.mux(pictures.encode(None))
        if track is not None:
            while waiting is not None and waiting[0] < count / encoding.frames_per_second:
                container.mux(track.encode(waiting[1]))
                waiting = next(blocks, None)
            container.mux(track.encode(None))
    return count


def _blocks(sound: Sound) -> Iterator[tuple[float, av.AudioFrame]]:
    for first in range(0, len(sound.samples), _BLOCK):
        samples = np.clip(sound.samples[first : first + _BLOCK], -1, 1).astype(np.float32)
        block = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="flt", layout="mono")
        block.sample_rate, block.pts, block.time_base = sound.hz, first, Fraction(1, sound.hz)
        yield first / sound.hz, block


def read_frames(path: Path) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Seconds and RGB pictures [height, width, 3], upright where the container says how."""
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            picture = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            turns = round(frame.rotation / 90) % 4  # counter-clockwise, as the container's matrix says
            yield float(frame.time or 0.0), np.rot90(picture, turns) if turns else picture


def read_sound(path: Path) -> Sound | None:
    """The first sound track from its first presented sample, mixed to one channel; None where there is none."""
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return None
        track = container.streams.audio[0]
        hz = track.codec_context.sample_rate
        samples = []
        for frame in container.decode(track):
            mixed = np.asarray(frame.to_ndarray(), np.float32).mean(axis=0)
            begins = round(float(frame.time or 0.0) * hz)
            samples.append(mixed[max(0, -begins) :])  # priming is decoded and not presented
        return Sound(np.concatenate(samples) if samples else np.zeros(0, np.float32), hz)
