"""What people shout: a synthetic voice where espeak-ng is installed, else bursts that sound like vowels."""

import io
import shutil
import subprocess
import wave
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

HZ = 48_000
SPEAKER = "espeak-ng"
TIME_LIMIT_S = 20
_VOWELS_HZ = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A line somebody says. language: BCP 47. pitch 0 to 99, words_per_minute: as espeak-ng takes them."""

    text: str
    language: str
    pitch: int = 50
    words_per_minute: int = 150


def has_voice() -> bool:
    """Whether words can be spoken here; otherwise they are bursts, and nobody says anything."""
    return shutil.which(SPEAKER) is not None


@cache
def spoken(words: Words) -> NDArray[np.float32]:
    """The line at 48 kHz, peak 1."""
    if not has_voice():
        return bursts(words.text, pitch_hz=110 + 2.0 * words.pitch)
    asked = [
        SPEAKER,
        "-v",
        words.language,
        "-p",
        str(words.pitch),
        "-s",
        str(words.words_per_minute),
        "--stdout",
        "--",
        words.text,
    ]
    answer = subprocess.run(asked, capture_output=True, check=True, timeout=TIME_LIMIT_S)
    with wave.open(io.BytesIO(answer.stdout)) as voice:
        hz = voice.getframerate()
        # The length in the header of a piped WAV is a stand-in: what came is what counts.
        samples = np.frombuffer(voice.readframes(min(voice.getnframes(), len(answer.stdout))), "<i2").astype(np.float32)
    times = np.arange(round(len(samples) * HZ / hz)) / HZ
    out = np.interp(times, np.arange(len(samples)) / hz, samples)
    return np.asarray(out / max(1e-6, float(np.abs(out).max())), np.float32)


def bursts(text: str, *, pitch_hz: float) -> NDArray[np.float32]:
    """One vowel-like burst a syllable at 48 kHz, peak 1; the same text gives the same sound."""
    random = np.random.default_rng(list(text.encode()))
    syllables = max(2, sum(letter.lower() in "аеєиіїоуюяыэёaeiouy" for letter in text))
    out = []
    for _ in range(syllables):
        length = int(HZ * random.uniform(0.12, 0.22))
        times = np.arange(length) / HZ
        glide = pitch_hz * (1 + random.uniform(-0.2, 0.25) * times / times[-1])
        phase = 2 * np.pi * np.cumsum(glide) / HZ
        formants = _VOWELS_HZ[int(random.integers(len(_VOWELS_HZ)))]
        voice = np.zeros(length)
        for harmonic in range(1, 28):
            hz = harmonic * pitch_hz
            strength = sum(1 / (1 + ((hz - formant) / (70 + 0.06 * formant)) ** 2) for formant in formants)
            voice += strength / harmonic**0.4 * np.sin(harmonic * phase)
        out += [
            voice * np.abs(np.sin(np.pi * times / times[-1])) ** 0.6,
            np.zeros(int(HZ * random.uniform(0.03, 0.09))),
        ]
    joined = np.concatenate(out)
    return np.asarray(joined / np.abs(joined).max(), np.float32)
