"""What sounds on the square, where and when: engines, brakes, shouts, a bell that repeats itself, a bang."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.madeup.camera import Vector
from firsthand.madeup.story import Story
from firsthand.madeup.town import BELL
from firsthand.madeup.voices import HZ, Words, bursts, spoken

BELL_EVERY_S = 1.7
STOP = Words(text="Стійте! Далі не проїдете!", language="uk", pitch=62)
CLEAR_THE_ROAD = Words(text="Освободите дорогу!", language="ru", pitch=28)
GO_HOME = Words(text="Ідіть додому! Тут живуть люди!", language="uk", pitch=44)
FILM_IT = Words(text="Знімай, знімай! Усе знімай!", language="uk", pitch=70, words_per_minute=175)
BANG_AT = np.array([-118.0, 96.0, 4.0])


@dataclass(frozen=True, kw_only=True)
class Source:
    """Something that sounds.

    begins_s: true time of its first sample where it stands. samples: at 48 kHz, amplitude as heard 1 m away.
    path: where it is at a true time; None: it stays at `place`.
    """

    name: str
    place: Vector
    begins_s: float
    samples: NDArray[np.float32]
    path: Callable[[float], Vector] | None = None
    words: Words | None = None

    def at(self, at_s: float) -> Vector:
        """Where it is at a true time."""
        return self.place if self.path is None else self.path(at_s)


def february_sounds(story: Story, *, seed: int) -> tuple[Source, ...]:
    """The event's sounds from 2 s before it to its end."""
    random = np.random.default_rng([seed, 50])
    sources = [_engine(story, number, random) for number in range(story.vehicles)]
    sources.append(_bell(story.length_s))
    arrives = story.arrives_s
    sources.append(Source(name="bang", place=BANG_AT, begins_s=arrives + 4.3, samples=_bang(random) * np.float32(60.0)))
    lead_then = story.vehicle(0, arrives + 1.2).place
    sources.append(
        Source(name="brakes", place=lead_then, begins_s=arrives + 0.7, samples=_brakes(random) * np.float32(1.6))
    )
    stepper = story.people[0]
    said = (
        (0.9, stepper.pose(arrives + 1.5).place, STOP),
        (2.6, story.vehicle(0, arrives + 2.6).place, CLEAR_THE_ROAD),
        (5.0, np.array([12.0, 4.6, 0.0]), GO_HOME),
        (8.0, np.array([2.0, 5.0, 0.0]), FILM_IT),
    )
    for later_s, place, words in said:
        begins_s = arrives + later_s
        if begins_s + 2 < story.length_s:
            sources.append(
                Source(
                    name=f"shout: {words.text}",
                    place=place + np.array([0.0, 0.0, 1.6]),
                    begins_s=begins_s,
                    samples=spoken(words) * np.float32(2.2),
                    words=words,
                )
            )
    sources += _murmur(story, random)
    return tuple(sources)


def street_sounds(story: Story, *, seed: int) -> tuple[Source, ...]:
    """A quieter day: the bell, voices, whatever drives."""
    random = np.random.default_rng([seed, 51])
    engines = [_engine(story, number, random) for number in range(story.vehicles)]
    return (*engines, _bell(story.length_s), *_murmur(story, random))


def _engine(story: Story, number: int, random: np.random.Generator) -> Source:
    """A diesel's drone: harmonics of its firing, and the rattle that no two have alike."""
    count = int((story.length_s + 6) * HZ)
    times = np.arange(count) / HZ
    firing_hz = random.uniform(24, 33)
    wander = np.interp(times, np.arange(0, times[-1] + 1, 0.5), _walk(random, int(times[-1] * 2) + 3))
    phase = 2 * np.pi * np.cumsum(firing_hz * (1 + 0.05 * wander)) / HZ
    drone = np.zeros(count)
    for harmonic in range(1, 18):
        drone += random.uniform(0.3, 1) / harmonic**0.7 * np.sin(harmonic * phase + random.uniform(0, 6))
    rattle = band(random.standard_normal(count), 150, 2_400) * (1 + 0.6 * np.sin(phase))
    mixed = drone / drone.std() + 1.1 * rattle / rattle.std()
    return Source(
        name=f"engine {number + 1}",
        place=story.vehicle(number, 0.0).place,
        begins_s=-3.0,
        samples=(0.28 * mixed).astype(np.float32),
        path=lambda at_s: story.vehicle(number, at_s).place + np.array([0.0, 0.0, 1.0]),
    )


def _walk(random: np.random.Generator, steps: int) -> NDArray[np.float64]:
    return np.asarray(np.convolve(random.standard_normal(steps + 4), np.ones(5) / 5, "valid")[:steps])


def _bell(length_s: float) -> Source:
    """The same stroke every 1.7 s: sound that fits at several offsets."""
    stroke_times = np.arange(int(HZ * 3.2)) / HZ
    stroke = np.zeros(len(stroke_times))
    for ratio, strength, decay_s in (
        (0.5, 0.6, 1.6),
        (1, 1, 1.0),
        (1.2, 0.7, 0.8),
        (1.5, 0.4, 0.6),
        (2, 0.5, 0.5),
        (2.63, 0.3, 0.3),
    ):
        stroke += strength * np.exp(-stroke_times / decay_s) * np.sin(2 * np.pi * 392 * ratio * stroke_times)
    out = np.zeros(int(HZ * (length_s + 9)))
    for begins_s in np.arange(0, length_s + 5, BELL_EVERY_S):
        first = int(begins_s * HZ)
        out[first : first + len(stroke)] += stroke[: len(out) - first]
    return Source(name="bell", place=BELL, begins_s=-3.0, samples=(1.1 * out).astype(np.float32))


def _bang(random: np.random.Generator) -> NDArray[np.float32]:
    times = np.arange(int(HZ * 1.4)) / HZ
    burst = random.standard_normal(len(times)) * np.exp(-times / 0.05)
    rumble = band(random.standard_normal(len(times)), 25, 220) * np.exp(-times / 0.35)
    out = burst / np.abs(burst).max() + 0.9 * rumble / np.abs(rumble).max()
    return np.asarray(out / np.abs(out).max(), np.float32)


def _brakes(random: np.random.Generator) -> NDArray[np.float32]:
    times = np.arange(int(HZ * 1.3)) / HZ
    glide = 2 * np.pi * np.cumsum(1_750 + 160 * np.sin(2 * np.pi * 3.1 * times) - 240 * times) / HZ
    out = (np.sin(glide) + 0.5 * np.sin(2.01 * glide) + 0.4 * random.standard_normal(len(times))) * np.sin(
        np.pi * times / times[-1]
    )
    return np.asarray(out / np.abs(out).max(), np.float32)


def _murmur(story: Story, random: np.random.Generator) -> list[Source]:
    """Voices one does not understand, from where people stand."""
    out = []
    for number, walk in enumerate(story.people[1:]):
        begins = random.uniform(-1, max(1.0, story.length_s - 1))
        out.append(
            Source(
                name=f"voice of {walk.name}",
                place=walk.pose(begins).place + np.array([0.0, 0.0, 1.6]),
                begins_s=begins,
                samples=bursts(f"{walk.name} {number} ого що це", pitch_hz=random.uniform(105, 230)) * np.float32(0.7),
            )
        )
    return out


def band(samples: NDArray[np.float64], low_hz: float, high_hz: float, *, hz: int = HZ) -> NDArray[np.float64]:
    """Only what lies between two frequencies, with soft edges."""
    spectrum = np.fft.rfft(samples)
    at_hz = np.fft.rfftfreq(len(samples), 1 / hz) + 1e-9
    spectrum *= 1 / (1 + (low_hz / at_hz) ** 4) / (1 + (at_hz / high_hz) ** 4)
    return np.asarray(np.fft.irfft(spectrum, len(samples)))
