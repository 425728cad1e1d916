"""Pictures, sound and decoding facts made from arrays: what an examiner sees, without a file."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.examiner import Examiner
from firsthand.media.frames import SAMPLES_PER_SECOND, Decoded, SoundBlock
from firsthand.model.outcomes import Found, Outcome

Grey = NDArray[np.uint8]
Samples = NDArray[np.float32]


class MadePicture:
    """A picture whose stored luma is the given array, shown as it lies."""

    def __init__(self, grey: Grey, *, index: int, at_s: float) -> None:
        self._grey = grey
        self.index = index
        self.at_s = at_s
        self.key_frame = index == 0
        self.damaged = False
        self.height_px, self.width_px = grey.shape

    def luma(self, step: int) -> Grey:
        return self._grey[::step, ::step]

    def grey(self, long_side_px: int) -> Grey:
        ratio = min(1.0, long_side_px / max(self._grey.shape))
        size = (max(1, round(self.width_px * ratio)), max(1, round(self.height_px * ratio)))
        return np.asarray(cv2.resize(self._grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def square(self, side_px: int) -> Grey:
        return np.asarray(cv2.resize(self._grey, (side_px, side_px), interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def colours(self, cells: int) -> NDArray[np.uint8]:
        return np.full((cells, cells, 2), 128, np.uint8)

    def rgb(self, long_side_px: int) -> NDArray[np.uint8]:
        return np.repeat(self.grey(long_side_px)[:, :, None], 3, axis=2)


def show(examiner: Examiner, pictures: Iterable[Grey], *, fps: float = 10.0, **facts: object) -> Outcome:
    """What the examiner answers to these pictures, shown at an even rate from 0 s on."""
    count = 0
    for count, grey in enumerate(pictures, start=1):
        examiner.see(MadePicture(grey, index=count - 1, at_s=(count - 1) / fps))
    return examiner.finish(decoded(frames=count, pictures_end_s=count / fps, **facts))


def play(examiner: Examiner, blocks: Iterable[SoundBlock], **facts: object) -> Outcome:
    """What the examiner answers to this sound."""
    for block in blocks:
        examiner.hear(block)
    return examiner.finish(decoded(**facts))


def block(samples: Samples, *, at_s: float = 0.0) -> SoundBlock:
    """Sound of a mono track at 16 kHz."""
    return SoundBlock(
        at_s=at_s,
        samples=samples,
        clipped=int((np.abs(samples) >= 1).sum()),
        counted=len(samples),
        peak=float(np.abs(samples).max(initial=0.0)),
    )


def cut_at(samples: Samples, places: Iterable[int], *, first_s: float = 0.0) -> list[SoundBlock]:
    """The same sound in blocks that end at these samples."""
    edges = [0, *sorted({place for place in places if 0 < place < len(samples)}), len(samples)]
    return [block(samples[a:b], at_s=first_s + a / SAMPLES_PER_SECOND) for a, b in pairwise(edges)]


def decoded(**facts: object) -> Decoded:
    """A pass that reached the end of a file with one picture and one sound track, but for what `facts` say."""
    usual: dict[str, object] = {
        "format_name": "made", "duration_s": None, "bit_rate": None, "streams": (), "tags": (), "readers": (),
        "notes": (), "telemetry": (), "packets_sha256": (), "edit_lists": (), "picture_stream": 0, "sound_stream": 1,
        "still": False, "zero_s": 0.0, "frames": 0, "pictures_end_s": 0.0, "sound_end_s": 0.0, "damaged_frames": 0,
        "picture_error": "", "sound_error": "",
    }  # fmt: skip
    return Decoded(**(usual | facts))  # type: ignore[arg-type]


def found(outcome: Outcome) -> Found:
    assert isinstance(outcome, Found), outcome
    return outcome


def numbers(outcome: Outcome, name: str) -> NDArray[Any]:
    """The named array of a finding."""
    array = found(outcome).array(name)
    return np.frombuffer(array.data, "<" + array.dtype).reshape(array.shape)


def texture(seed: int, *, width: int = 320, height: int = 240) -> Grey:
    """Blobs and corners of all sizes, the same for the same seed."""
    noise = np.random.default_rng(seed)
    picture = np.zeros((height, width), np.float32)
    for cells in (8, 16, 32, 64):
        small = noise.uniform(0, 255, (cells * height // width + 1, cells)).astype(np.float32)
        picture += cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
    return (picture / 4).astype(np.uint8)


def panning(seed: int, count: int, *, step_px: int = 3, width: int = 320, height: int = 240) -> list[Grey]:
    """A camera that pans over a texture."""
    scene = texture(seed, width=width + count * step_px, height=height)
    return [scene[:, number * step_px : number * step_px + width].copy() for number in range(count)]


def sound(seconds: float, make: Callable[[NDArray[np.float64]], NDArray[Any]]) -> Samples:
    """Samples of a function of time in seconds."""
    return np.asarray(make(np.arange(round(seconds * SAMPLES_PER_SECOND)) / SAMPLES_PER_SECOND), dtype=np.float32)


def tone(hz: float, *, level: float = 0.5) -> Callable[[NDArray[np.float64]], NDArray[Any]]:
    return lambda seconds: level * np.sin(2 * np.pi * hz * seconds)


def noise(seconds: float, *, seed: int = 1, level: float = 0.1) -> Samples:
    count = round(seconds * SAMPLES_PER_SECOND)
    return np.clip(np.random.default_rng(seed).normal(0, level, count), -1, 1).astype(np.float32)
