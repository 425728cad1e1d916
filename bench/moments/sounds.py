"""Sounds of made-up events, each from its own seed: voices, bangs, engines … and sounds that repeat themselves.

Every maker takes a random generator and a length, and gives mono samples at 16 000 a second, RMS about 1 where it
sounds. Two seeds share no sample, so what tunes and what reports never meets.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Samples = NDArray[np.float32]
Maker = Callable[[np.random.Generator, float], Samples]


def talk(rng: np.random.Generator, seconds: float) -> Samples:
    """Somebody speaks: voiced syllables with moving pitch and formants, hissing consonants, pauses."""
    out = np.zeros(int(seconds * RATE) + RATE, np.float32)
    pitch, rate = rng.uniform(90, 240), rng.uniform(3.0, 6.0)
    at = rng.uniform(0, 0.3)
    while at < seconds:
        length = rng.uniform(0.5, 1.3) / rate
        n = int(length * RATE)
        t = np.arange(n) / RATE
        f0 = pitch * (1 + 0.15 * rng.standard_normal()) * (1 + rng.uniform(-0.3, 0.3) * t / length)
        phase = 2 * np.pi * np.cumsum(f0) / RATE
        formants = np.array([rng.uniform(250, 850), rng.uniform(850, 2300), rng.uniform(2300, 3400)])
        room = 1 << n.bit_length()  # transforms of odd lengths are slow
        spectrum = np.fft.rfft(np.mod(phase / (2 * np.pi), 1.0) - 0.5, room)  # a sawtooth, as vocal folds give
        hz = np.fft.rfftfreq(room, 1 / RATE)[:, None]
        spectrum *= np.exp(-(((hz - formants) / 160) ** 2)) @ np.array([1, 1.5, 1.5]) + 0.02
        syllable = np.fft.irfft(spectrum)[:n]
        syllable /= syllable.std() + 1e-9
        syllable *= np.sin(np.pi * np.minimum(1, t / length)) ** 0.5
        if rng.random() < 0.5:
            hiss = rng.standard_normal(n // 3)
            hiss = np.diff(hiss, prepend=0.0) * np.hanning(len(hiss)) * rng.uniform(0.2, 0.8)
            syllable[: len(hiss)] += hiss
        first = int(at * RATE)
        out[first : first + n] += syllable[: max(0, len(out) - first)] * rng.uniform(0.4, 1.0)
        at += length * rng.uniform(0.8, 1.2) + (rng.uniform(0.3, 1.2) if rng.random() < 0.12 else 0.0)
    return _level(out[: int(seconds * RATE)])


def crowd(rng: np.random.Generator, seconds: float) -> Samples:
    """Many voices at once, and clapping."""
    out = np.sum([talk(rng, seconds) * rng.uniform(0.3, 1) for _ in range(5)], axis=0)
    for at in rng.uniform(0, seconds, int(seconds * 2)):
        _add(out, int(at * RATE), _burst(rng, 0.03, 400, 4000) * 3)
    return _level(out)


def bangs(rng: np.random.Generator, seconds: float) -> Samples:
    """Shots and doors at random times over a quiet murmur."""
    out = 0.03 * rng.standard_normal(int(seconds * RATE))
    at = rng.exponential(0.7)
    while at < seconds:
        _add(out, int(at * RATE), _burst(rng, rng.uniform(0.05, 0.4), 80, 5000) * rng.uniform(1, 5))
        at += rng.exponential(0.9)
    return _level(out)


def engine(rng: np.random.Generator, seconds: float) -> Samples:
    """A motor that is revved, with road noise."""
    n = int(seconds * RATE)
    speed = np.interp(np.arange(n) / RATE, *_wander(rng, seconds, 1.5, 30, 110))
    phase = 2 * np.pi * np.cumsum(speed) / RATE
    turn = phase / (2 * np.pi)
    hum = np.mod(turn, 1.0) - 0.5 + 0.6 * (np.mod(turn * 1.5, 1.0) ** 2 - 0.33)
    load = np.interp(np.arange(n) / RATE, *_wander(rng, seconds, 0.8, 0.2, 1))
    return _level(hum * load + 0.5 * _coloured(rng, n, -1) * load)


def whistles(rng: np.random.Generator, seconds: float) -> Samples:
    """Birds and whistles: short gliding tones."""
    out = 0.02 * rng.standard_normal(int(seconds * RATE))
    at = rng.exponential(0.3)
    while at < seconds:
        length = rng.uniform(0.05, 0.5)
        t = np.arange(int(length * RATE)) / RATE
        glide = rng.uniform(900, 5000) * (1 + rng.uniform(-0.4, 0.4) * t / length)
        _add(out, int(at * RATE), np.sin(2 * np.pi * np.cumsum(glide) / RATE) * np.hanning(len(t)))
        at += rng.exponential(0.35)
    return _level(out)


def clatter(rng: np.random.Generator, seconds: float) -> Samples:
    """Metal and glass: struck things ringing."""
    out = 0.02 * rng.standard_normal(int(seconds * RATE))
    at = rng.exponential(0.4)
    while at < seconds:
        t = np.arange(int(rng.uniform(0.1, 0.8) * RATE)) / RATE
        ring = np.sum(
            [np.sin(2 * np.pi * rng.uniform(300, 6000) * t) * np.exp(-t * rng.uniform(5, 40)) for _ in range(6)], axis=0
        )
        _add(out, int(at * RATE), ring * rng.uniform(0.3, 2))
        at += rng.exponential(0.5)
    return _level(out)


def dogs(rng: np.random.Generator, seconds: float) -> Samples:
    """Barking, each bark another."""
    out = 0.02 * rng.standard_normal(int(seconds * RATE))
    at = rng.exponential(0.5)
    while at < seconds:
        t = np.arange(int(rng.uniform(0.08, 0.25) * RATE)) / RATE
        f0 = rng.uniform(250, 700) * (1 + 0.5 * np.sin(np.pi * t / t[-1]))
        phase = 2 * np.pi * np.cumsum(f0) / RATE
        bark = np.sum([np.sin(k * phase) / k for k in range(1, 9)], axis=0) + 0.4 * rng.standard_normal(len(t))
        _add(out, int(at * RATE), bark * np.hanning(len(t)))
        at += rng.choice([0.3, 0.45, 1.6]) * rng.uniform(0.8, 1.3)
    return _level(out)


def traffic(rng: np.random.Generator, seconds: float) -> Samples:
    """Cars pass: swelling noise, now and then a horn."""
    n = int(seconds * RATE)
    out = _coloured(rng, n, -1.2) * np.interp(np.arange(n) / RATE, *_wander(rng, seconds, 0.7, 0.1, 1))
    for at in rng.uniform(0, seconds, int(seconds / 6)):
        t = np.arange(int(rng.uniform(0.2, 1.2) * RATE)) / RATE
        hz = rng.uniform(300, 500)
        horn = np.sum([np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 8)], axis=0)
        _add(out, int(at * RATE), 0.5 * horn)
    return _level(out)


def siren(rng: np.random.Generator, seconds: float) -> Samples:
    """A siren that rises and falls with an exact period."""
    period = rng.choice([0.35, 1.2, 4.0, 6.0]) * rng.uniform(0.9, 1.1)
    t = np.arange(int(seconds * RATE)) / RATE
    low, high = rng.uniform(450, 700), rng.uniform(1100, 1700)
    glide = low + (high - low) * 0.5 * (1 - np.cos(2 * np.pi * t / period))
    phase = 2 * np.pi * np.cumsum(glide) / RATE
    return _level(np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase))


def alarm(rng: np.random.Generator, seconds: float) -> Samples:
    """Beeps in an exact pattern."""
    hz, period = rng.uniform(800, 3200), rng.uniform(0.4, 2.5)
    t = np.arange(int(seconds * RATE)) / RATE
    place = np.mod(t, period) / period
    beep = np.sin(2 * np.pi * hz * t) * ((place < 0.2) | ((place > 0.3) & (place < 0.5)))
    return _level(beep + 0.3 * np.sin(6 * np.pi * hz * t) * (place < 0.2))


def chant(rng: np.random.Generator, seconds: float) -> Samples:
    """A crowd repeats one phrase; timing and voices differ a little each time, as people's do."""
    length = rng.uniform(1.5, 4)
    phrase = talk(np.random.default_rng(rng.integers(1 << 40)), length)
    spectrum = np.fft.rfft(phrase)
    out = np.zeros(int(seconds * RATE), np.float32)
    at = 0.0
    while at < seconds:
        _add(out, int(at * RATE), phrase)
        for _ in range(4):  # voices of the crowd: the phrase smeared by each one's own phase
            smear = np.exp(1j * np.cumsum(rng.standard_normal(len(spectrum))) * 0.3)
            _add(out, int((at + rng.uniform(0, 0.08)) * RATE), 0.7 * np.fft.irfft(spectrum * smear, len(phrase)))
        at += length * rng.uniform(0.99, 1.01)
    return _level(out)


def loop(rng: np.random.Generator, seconds: float) -> Samples:
    """Music from a machine: some bars, again and again, sample for sample."""
    beat = rng.uniform(0.35, 0.6)
    bars = np.zeros(int(beat * RATE) * int(rng.choice([8, 16])))
    step = int(beat * RATE / 2)
    scale = rng.uniform(110, 220) * 2 ** (np.array([0, 2, 3, 5, 7, 8, 10, 12, 15]) / 12)
    for number in range(len(bars) // step):
        hz = rng.choice(scale) * rng.choice([1, 2, 4])
        t = np.arange(step * 2) / RATE
        note = np.sum([np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 8)], axis=0) * np.exp(-4 * t)
        _add(bars, number * step, note)
        if number % 2 == 0:
            _add(bars, number * step, _burst(rng, 0.1, 60 if number % 4 == 0 else 2000, 7000) * 2)
    return _level(np.resize(bars, int(seconds * RATE)))


PLAIN_TUNING: dict[str, Maker] = {"talk": talk, "crowd": crowd, "bangs": bangs, "engine": engine, "whistles": whistles}
PLAIN_REPORTING: dict[str, Maker] = {
    "talk": talk, "crowd": crowd, "bangs": bangs, "clatter": clatter, "dogs": dogs, "traffic": traffic,
}  # fmt: skip
REPEATED: dict[str, Maker] = {"siren": siren, "alarm": alarm, "chant": chant, "loop": loop}


def wind(rng: np.random.Generator, samples: int) -> Samples:
    """Gusts on the microphone: low rumble that comes and goes."""
    gust = np.interp(np.arange(samples) / RATE, *_wander(rng, samples / RATE, 1.0, 0, 1)) ** 2
    return _level(_coloured(rng, samples, -2.5) * gust)


def _coloured(rng: np.random.Generator, samples: int, slope: float) -> Samples:
    """Noise whose amplitude falls by frequency to the power of `slope`."""
    room = 1 << samples.bit_length()
    spectrum = np.fft.rfft(rng.standard_normal(room))
    hz = np.fft.rfftfreq(room, 1 / RATE)
    return np.asarray(np.fft.irfft(spectrum * (np.maximum(hz, 40) / 1000) ** slope * (hz > 30))[:samples], np.float32)


def _wander(
    rng: np.random.Generator, seconds: float, every_s: float, low: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    times = np.arange(-every_s, seconds + 2 * every_s, every_s) + rng.uniform(0, every_s)
    return times, rng.uniform(low, high, len(times))


def _burst(rng: np.random.Generator, seconds: float, low_hz: float, high_hz: float) -> NDArray[np.float64]:
    n = 1 << max(6, int(seconds * RATE * 4).bit_length())
    spectrum = np.fft.rfft(rng.standard_normal(n))
    hz = np.fft.rfftfreq(n, 1 / RATE)
    return np.fft.irfft(spectrum * ((hz > low_hz) & (hz < high_hz)), n) * np.exp(-np.arange(n) / RATE / seconds)


def _add(out: NDArray[np.floating], first: int, part: NDArray[np.floating]) -> None:
    if first < len(out):
        out[first : first + len(part)] += part[: len(out) - first].astype(out.dtype)


def _level(samples: NDArray[np.floating]) -> Samples:
    rms = float(np.sqrt(np.mean(np.square(samples)))) or 1.0
    return np.asarray(samples / rms, dtype=np.float32)
