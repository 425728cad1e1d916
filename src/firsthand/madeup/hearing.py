"""What a phone's microphone makes of the square: delay, distance, air, its own surroundings, wind, gain, clipping."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.madeup.camera import Vector
from firsthand.madeup.sounds import Source, band
from firsthand.madeup.voices import HZ
from firsthand.media.encode import Sound

SOUND_M_S = 343.0
AIR_DB_PER_M_AT_1_KHZ = 0.005  # ISO 9613-1 at 5 °C and 70 %, about; grows with the square of the frequency
LEAD_S = 0.5  # heard before the clip begins, so that echoes and gain have settled


@dataclass(frozen=True, kw_only=True)
class Microphone:
    """The sound side of a phone. noise, wind: amplitude of full scale after gain. echo: share of reflected sound."""

    noise: float
    wind: float
    echo: float
    echo_s: float
    loudness: float  # what its automatic gain aims at, RMS of full scale
    hz: int
    seed: int


def delay_s(source: Source, place: Vector, at_s: float) -> float:
    """How long sound takes from the source, as it stands at a true time, to a place."""
    return float(np.linalg.norm(source.at(at_s) - place)) / SOUND_M_S


def recorded(
    sources: Iterable[Source], *, place: Vector, begins_s: float, length_s: float, rate: float, microphone: Microphone
) -> Sound:
    """What the phone stores. length_s, hz: by its own clock, which runs `rate` times as fast as true time."""
    true_s = length_s / rate + LEAD_S
    air = heard(sources, place=place, begins_s=begins_s - LEAD_S, length_s=true_s + 0.1)
    random = np.random.default_rng([microphone.seed, 60])
    air = _surroundings(air, microphone, random)
    stored = _gained(air, microphone, random)
    count = int(length_s * microphone.hz)
    own_times = np.arange(count) / microphone.hz / rate + LEAD_S
    samples = np.interp(own_times, np.arange(len(stored)) / HZ, stored)
    return Sound(samples.astype(np.float32), microphone.hz)


def heard(sources: Iterable[Source], *, place: Vector, begins_s: float, length_s: float) -> NDArray[np.float64]:
    """Sound in the air at a place from a true time on, at 48 kHz: every source late and faint as its distance asks."""
    out = np.zeros(int(length_s * HZ))
    for source in sources:
        if source.path is None:
            _add_standing(out, source, place, begins_s)
        else:
            _add_moving(out, source, place, begins_s)
    return out


def _add_standing(out: NDArray[np.float64], source: Source, place: Vector, begins_s: float) -> None:
    distance = float(np.linalg.norm(source.place - place))
    first = (source.begins_s + distance / SOUND_M_S - begins_s) * HZ
    whole = int(np.floor(first))
    padded = np.zeros(1 << int(np.ceil(np.log2(len(source.samples) + 64))))
    padded[: len(source.samples)] = source.samples
    spectrum = np.fft.rfft(padded)
    at_hz = np.fft.rfftfreq(len(padded), 1 / HZ)
    # The rest of a sample, and what the air takes, as one filter.
    spectrum *= _air(at_hz, distance) * np.exp(-2j * np.pi * at_hz / HZ * (first - whole)) / max(1.0, distance)
    late = np.fft.irfft(spectrum, len(padded))
    begin, end = max(0, whole), min(len(out), whole + len(late))
    if begin < end:
        out[begin:end] += late[begin - whole : end - whole]


def _add_moving(out: NDArray[np.float64], source: Source, place: Vector, begins_s: float) -> None:
    """Each moment's sound arrives after the distance of that moment; pitch follows by itself."""
    sent = np.arange(source.begins_s, source.begins_s + len(source.samples) / HZ, 0.02)
    distances = np.array([np.linalg.norm(source.at(float(at_s)) - place) for at_s in sent])
    arrives = sent + distances / SOUND_M_S
    times = begins_s + np.arange(len(out)) / HZ
    sent_then = np.interp(times, arrives, sent)
    sounding = (times >= arrives[0]) & (times <= arrives[-1])
    samples = np.interp((sent_then - source.begins_s) * HZ, np.arange(len(source.samples)), source.samples)
    far = np.interp(sent_then, sent, distances)
    out += np.where(sounding, samples / np.maximum(far, 1.0), 0.0)


def _air(at_hz: NDArray[Any], distance_m: float) -> NDArray[np.float64]:
    lost_db = AIR_DB_PER_M_AT_1_KHZ * (at_hz / 1_000) ** 2 * distance_m
    return np.asarray(10 ** (-np.minimum(lost_db, 120) / 20))


def _surroundings(air: NDArray[np.float64], microphone: Microphone, random: np.random.Generator) -> NDArray[np.float64]:
    """The phone's own corner: reflections that die away."""
    tail_times = np.arange(int(microphone.echo_s * 2 * HZ)) / HZ
    tail = random.standard_normal(len(tail_times)) * np.exp(-tail_times / microphone.echo_s * 3)
    tail[: int(0.004 * HZ)] = 0
    tail *= microphone.echo / np.sqrt((tail**2).sum())
    size = 1 << int(np.ceil(np.log2(len(air) + len(tail))))
    echoed = np.fft.irfft(np.fft.rfft(air, size) * np.fft.rfft(tail, size), size)[: len(air)]
    return air + echoed


def _gained(air: NDArray[np.float64], microphone: Microphone, random: np.random.Generator) -> NDArray[np.float64]:
    """Automatic gain that follows the loudness of the last half second, then noise, wind, clipping."""
    block = HZ // 50
    blocks = len(air) // block + 1
    padded = np.pad(air, (0, blocks * block - len(air)))
    power = (padded.reshape(blocks, block) ** 2).mean(axis=1)
    level, gains = float(power[:25].mean()), []
    for one in power:
        level += (one - level) * (0.12 if one > level else 0.02)  # down fast, up slowly, as phones do
        gains.append(microphone.loudness / np.sqrt(level + 1e-7))
    gain = np.interp(np.arange(len(air)), (np.arange(blocks) + 0.5) * block, gains)
    gusts = np.interp(np.arange(len(air)), np.linspace(0, len(air), 40), np.abs(random.standard_normal(40)))
    wind = band(random.standard_normal(len(air)), 15, 110)
    noise = random.standard_normal(len(air))
    mixed = air * gain + microphone.noise * noise + microphone.wind * gusts * wind / wind.std()
    return np.asarray(np.clip(mixed, -1.0, 1.0))
