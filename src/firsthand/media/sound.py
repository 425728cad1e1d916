"""Sound as it comes out of the decoder, gathered, measured, and mixed to mono at 16 000 samples a second."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from av.frame import Frame
from numpy.typing import NDArray

from firsthand.media.frames import SAMPLES_PER_SECOND, SoundBlock

# Samples a channel that are mixed at once: per-call costs vanish, and a block stays under a second at usual rates.
LUMP = 32_768
# Time stamps are rounded (Matroska: to 1 ms) and jitter on phones; less than this is one unbroken recording.
TOLERATED_S = 0.010
# Stamps that step back further than this begin a new count rather than overlap what was heard.
STEP_BACK_S = 1.0


class Ticking:
    """How long a tick of one stream's time stamps is. Asked of its first frame alone: it takes 5 µs, and stays."""

    __slots__ = ("_base",)

    def __init__(self) -> None:
        self._base: tuple[int, int] | None = None

    def seconds(self, ticks: int, frame: Frame) -> float:
        """The nearest float to this many ticks of the stream that the frame is of."""
        if self._base is None:
            base = frame.time_base or Fraction(1, 1)
            self._base = base.numerator, base.denominator
        return ticks * self._base[0] / self._base[1]


@dataclass(slots=True)
class _Measured:
    """What was measured in the track, before mixing."""

    clipped: int = 0
    counted: int = 0
    peak: float = 0.0


class SoundMixer:
    """Takes decoded frames in order, gives blocks in order. A change of rate or channels starts a new stretch."""

    def __init__(self) -> None:
        self._shape: tuple[str, str, int] | None = None
        self._fifo = AudioFifo()
        self._resampler = AudioResampler()
        self._ticks = Ticking()
        self._rate = 1
        self._start_s = 0.0  # container's time of the stretch's first sample
        self._taken = 0  # samples a channel taken into this stretch
        self._given = 0  # samples given out of it
        self._shift_s = 0.0  # added to time stamps since they stepped back
        self._measured = _Measured()

    @property
    def heard(self) -> bool:
        """Whether any sound was taken at all."""
        return self._shape is not None

    @property
    def end_s(self) -> float:
        """The container's time of the end of what was taken so far."""
        return self._start_s + self._taken / self._rate

    def take(self, frame: AudioFrame) -> Sequence[SoundBlock]:
        """Blocks that are full now; their at_s is in the container's time."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        pts = frame.pts
        fits = shape == self._shape
        if not fits:
            self._ticks = Ticking()
        end_s = self._start_s + self._taken / self._rate
        at_s = end_s if pts is None else self._ticks.seconds(pts, frame) + self._shift_s
        late_s = at_s - end_s
        if fits and -TOLERATED_S <= late_s <= TOLERATED_S:  # as nearly always
            return self._gathered(frame)
        full = list(self.flush())
        if self._shape is not None and late_s < -TOLERATED_S:
            if late_s < -STEP_BACK_S:
                self._shift_s -= late_s
                at_s = self.end_s
            else:
                heard = round(-late_s * frame.sample_rate)
                if heard >= frame.samples:
                    return full
                frame = _without_first(frame, heard)
                at_s += heard / frame.sample_rate
        self._begin(shape, at_s)
        full += self._gathered(frame)
        return full

    def _gathered(self, frame: AudioFrame) -> Sequence[SoundBlock]:
        """Puts the frame behind the others of its stretch; blocks that are full now."""
        frame.pts = None  # the buffer insists on unbroken stamps, which we judge ourselves
        self._fifo.write(frame)
        self._taken += frame.samples
        full: list[SoundBlock] = []
        while (lump := self._fifo.read(LUMP)) is not None:
            full += self._mixed(lump)
        return full

    def flush(self) -> Iterator[SoundBlock]:
        """Everything that was held back; the stretch has ended."""
        if not self._taken:
            return
        if (lump := self._fifo.read(0, partial=True)) is not None:
            yield from self._mixed(lump)
        yield from self._block([frame for frame in self._resampler.resample(None) if frame is not None])
        self._start_s, self._taken, self._given = self.end_s, 0, 0
        self._resampler = _resampler()

    def _begin(self, shape: tuple[str, str, int], at_s: float) -> None:
        self._shape = shape
        self._rate = shape[2]
        self._start_s, self._taken, self._given = at_s, 0, 0
        self._fifo = AudioFifo()
        self._resampler = _resampler()

    def _mixed(self, lump: AudioFrame) -> Iterator[SoundBlock]:
        samples = lump.to_ndarray()
        _measure(samples, self._measured)
        try:
            mixed = self._resampler.resample(lump)
        except (FFmpegError, ValueError):
            # No rule says where the speakers of an unnamed layout stand: all channels count alike.
            averaged = _averaged(lump, samples)
            try:
                mixed = self._resampler.resample(averaged)
            except ValueError:  # it was set up for what it then refused
                self._resampler = _resampler()
                mixed = self._resampler.resample(averaged)
        yield from self._block(mixed)

    def _block(self, mixed: list[AudioFrame]) -> Iterator[SoundBlock]:
        parts = [frame.to_ndarray()[0] for frame in mixed]
        samples = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        if not len(samples):
            return
        at_s = self._start_s + self._given / SAMPLES_PER_SECOND
        self._given += len(samples)
        measured, self._measured = self._measured, _Measured()
        yield SoundBlock(
            at_s=at_s,
            samples=np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0),
            clipped=measured.clipped,
            counted=measured.counted,
            peak=measured.peak,
        )


def _resampler() -> AudioResampler:
    # rematrix_maxval: weights sum to 1 at most, so that a mix is never louder than its loudest channel.
    return AudioResampler(format="fltp", layout="mono", rate=SAMPLES_PER_SECOND, options={"rematrix_maxval": "1.0"})


def _measure(samples: NDArray[Any], into: _Measured) -> None:
    """Adds a lump of the track, all channels, to what was measured. Samples that are no numbers count as silence."""
    into.counted += samples.size
    if not samples.size:
        return
    if samples.dtype == np.uint8:
        samples = samples.astype(np.int16) - 128
        full, floor = 127.0, 128.0
    elif samples.dtype.kind == "i":
        full = float(np.iinfo(samples.dtype).max)
        floor = full + 1
    else:
        full, floor = 1.0, 1.0
    high, low = float(samples.max()), float(samples.min())
    if not (np.isfinite(high) and np.isfinite(low)):
        samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        high, low = float(samples.max()), float(samples.min())
    into.peak = max(into.peak, high / floor, -low / floor)
    if high >= full or low <= -full:
        into.clipped += int(np.count_nonzero(samples >= full)) + int(np.count_nonzero(samples <= -full))


def _averaged(lump: AudioFrame, samples: NDArray[Any]) -> AudioFrame:
    """The lump as one channel of floats, every channel weighing the same."""
    channels = samples if lump.format.is_planar else samples.reshape(-1, lump.layout.nb_channels).T
    floats: NDArray[Any] = channels.astype(np.float32)
    if samples.dtype == np.uint8:
        floats = (floats - 128) / 128
    elif samples.dtype.kind == "i":
        floats = floats / -float(np.iinfo(samples.dtype).min)
    frame = AudioFrame.from_ndarray(floats.mean(axis=0, keepdims=True), format="fltp", layout="mono")
    frame.sample_rate = lump.sample_rate
    return frame


def _without_first(frame: AudioFrame, dropped: int) -> AudioFrame:
    """The frame without its first samples a channel."""
    samples: NDArray[Any] = frame.to_ndarray()
    first = dropped if frame.format.is_planar else dropped * frame.layout.nb_channels
    rest = AudioFrame.from_ndarray(
        np.ascontiguousarray(samples[:, first:]), format=frame.format.name, layout=frame.layout.name
    )
    rest.sample_rate = frame.sample_rate
    return rest
