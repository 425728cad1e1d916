"""Simulated phones: sources and microphones at places, rooms, noise, wind, gain control, clipping, clocks, codecs.

What is truth here: `begins_s`, when a phone's first sample happened on the scene's clock. Sound needs 2.9 ms a metre,
so what the best method can find differs from it by up to the distance between the phones / 343 m/s.
"""

import io
from dataclasses import dataclass, field
from typing import Literal, cast

import av
import numpy as np
from numpy.typing import NDArray

from bench.moments.sounds import RATE, Samples, wind

SOUND_M_S = 343.0
Codec = Literal["aac", "mov", "opus", "amr"]
# What each is: container, encoder, samples a second, bit rate, samples a block.
WRITTEN: dict[Codec, tuple[str, str, int, int, int]] = {
    "aac": ("mp4", "aac", 48_000, 64_000, 1024),
    "mov": ("mov", "aac", 44_100, 96_000, 1024),
    "opus": ("webm", "libopus", 48_000, 24_000, 960),
    "amr": ("3gp", "libopencore_amrnb", 8_000, 12_200, 160),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that sounds, at a place (metres), louder or softer than others."""

    samples: Samples
    at_m: NDArray[np.float64]
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """One phone filming. at_m: where it is in the middle of its clip; walks_m_s: velocity; turns_s: how often who
    walks turns to walk back along a right angle; rate_ppm: how fast its clock runs."""

    name: str
    scene: str
    kind: str
    begins_s: float
    lasts_s: float
    at_m: NDArray[np.float64]
    walks_m_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    turns_s: float = 1e9
    rate_ppm: float = 0.0
    snr_db: float = 20.0
    codec: Codec = "aac"
    gain_control: bool = True
    clips_at: float | None = None
    extra: Samples | None = None  # voice-over or music laid over the clip afterwards
    extra_db: float = 0.0
    seed: int = 0

    @property
    def walks(self) -> bool:
        return bool(np.any(self.walks_m_s))

    def way_m(self, own_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """[n, 2] where it is at these seconds of its clip."""
        aside = np.array([-self.walks_m_s[1], self.walks_m_s[0]])
        leg = np.floor(own_s / self.turns_s).astype(int) % 2
        ahead_s = np.concatenate([[0.0], np.cumsum(np.diff(own_s) * (leg[1:] == 0))])
        aside_s = np.concatenate([[0.0], np.cumsum(np.diff(own_s) * (leg[1:] == 1))])
        way = ahead_s[:, None] * self.walks_m_s[None, :] + aside_s[:, None] * aside[None, :]
        return np.asarray(self.at_m[None, :] + way - way[len(way) // 2])


def heard(phone: Phone, sources: list[Source], room: Samples | None) -> Samples:
    """What the phone records, [n] at 16 000 of its own samples a second, full scale ±1.

    room: a real room's answer to use in place of made ones.
    """
    rng = np.random.default_rng(phone.seed)
    n = int(phone.lasts_s * RATE)
    own_s = np.arange(n) / RATE
    at_s = phone.begins_s + own_s / (1 + phone.rate_ppm * 1e-6)  # a fast clock counts more of its seconds
    sound = np.zeros(n)
    # The room before the phone's movement: echoes move with their source here, which is near enough.
    for source in sources:
        place = phone.way_m(own_s[::160])
        far_m = np.maximum(1.0, np.linalg.norm(place - source.at_m[None, :], axis=1))
        far_m = np.interp(own_s, own_s[::160], far_m)
        first = max(0, int((at_s[0] - 2.0) * RATE))
        last = min(len(source.samples), int((at_s[-1] + 0.1) * RATE))
        dry = source.samples[first:last]
        if not len(dry):
            continue
        wet = _convolved(dry, room if room is not None else _room(rng, float(far_m.mean())))
        came_from_s = at_s - far_m / SOUND_M_S - first / RATE
        sound += source.gain / far_m**0.7 * np.interp(came_from_s * RATE, np.arange(len(wet)), wet, left=0, right=0)
    sound /= np.sqrt(np.mean(sound**2)) or 1.0
    sound += _noise(rng, n) * 10 ** (-phone.snr_db / 20)
    if phone.extra is not None:
        laid = np.resize(phone.extra, n)
        sound += laid * 10 ** (phone.extra_db / 20)
    return _recorded(sound, phone, rng)


def encoded(samples: Samples, codec: Codec) -> bytes:
    """The clip as a file of one of the kinds in WRITTEN."""
    suffix, encoder, rate, bit_rate, block = WRITTEN[codec]
    out = io.BytesIO()
    with av.open(out, "w", format=suffix) as container:
        track = cast(av.AudioStream, container.add_stream(encoder, rate=rate))
        track.layout = "mono"
        track.bit_rate = bit_rate
        kind = "s16" if codec in ("amr", "opus") else "fltp"
        up = av.AudioResampler(format=kind, layout="mono", rate=rate, frame_size=block)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="flt", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        for part in (*up.resample(frame), *up.resample(None)):
            container.mux(track.encode(part))
        container.mux(track.encode(None))
    return out.getvalue()


def _recorded(sound: NDArray[np.float64], phone: Phone, rng: np.random.Generator) -> Samples:
    if phone.gain_control:
        step = RATE // 20
        power = np.array([np.mean(sound[i : i + step] ** 2) for i in range(0, len(sound), step)])
        slow = np.empty_like(power)
        kept = power[:20].mean()
        for i, one in enumerate(power):
            kept += (one - kept) * (0.3 if one > kept else 0.03)
            slow[i] = kept
        sound = sound / np.interp(np.arange(len(sound)), np.arange(len(slow)) * step, np.sqrt(slow) + 0.05)
    for _ in range(int(rng.poisson(len(sound) / RATE / 8))):  # handling
        at = int(rng.integers(0, max(1, len(sound) - 800)))
        sound[at : at + 800] += rng.standard_normal(min(800, len(sound) - at)) * np.hanning(800)[: len(sound) - at] * 2
    loud = sound * (0.12 if phone.clips_at is None else 0.12 / phone.clips_at)
    return np.asarray(np.clip(loud, -0.99, 0.99), np.float32)


def _noise(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    hiss = np.cumsum(rng.standard_normal(n))
    hiss = hiss - np.convolve(hiss, np.ones(400) / 400, mode="same")
    hiss = hiss / hiss.std() + 0.5 * rng.standard_normal(n)
    if rng.random() < 0.5:
        hiss = hiss + wind(rng, n) * rng.uniform(0.5, 2)
    return np.asarray(hiss / np.sqrt(np.mean(hiss**2)))


def _room(rng: np.random.Generator, far_m: float) -> Samples:
    """Echoes that die away within 0.1 to 0.8 s; the farther, the weaker the direct sound among them."""
    decay_s = rng.uniform(0.05, 0.3)
    n = int(decay_s * 2.5 * RATE)
    tail = rng.standard_normal(n) * np.exp(-np.arange(n) / RATE / decay_s * 2.5) * (rng.random(n) < 0.3)
    tail *= rng.uniform(0.1, 0.7) * min(1.5, 0.5 + far_m / 30) / (np.sqrt(np.sum(tail**2)) or 1)
    tail[: int(0.003 * RATE)] = 0
    tail[0] = 1.0
    return np.asarray(tail, np.float32)


def _convolved(dry: Samples, room: Samples) -> Samples:
    n = 1 << int(np.ceil(np.log2(len(dry) + len(room))))
    wet = np.fft.irfft(np.fft.rfft(dry, n) * np.fft.rfft(room, n), n)[: len(dry)]
    return np.asarray(wet, np.float32)
