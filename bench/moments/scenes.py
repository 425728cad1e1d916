"""Scenes with phones in them, in two halves that share no sound: one to tune on, one to report on.

Each scene has sources at places within 50 m and phones within 30 m of each other. Kinds: `plain`; `repeat` (a siren, an
alarm, a chant or looped music is the loudest thing there, so that a wrong cycle fits nearly as well); `music` (a
song is the loudest thing). Half of the sources of the reporting half are kinds of sound that the other half has not.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from bench.machine import media_folder
from bench.moments.phones import Codec, Phone, Source, encoded, heard
from bench.moments.sounds import PLAIN_REPORTING, PLAIN_TUNING, RATE, REPEATED, Maker, Samples, talk

SCENE_S = 80.0
CODECS: tuple[Codec, ...] = ("aac", "mov", "opus", "amr")
REAL_TUNING = ("clips/audio-offset-finder__timbl_1.mp3", "sounds/footsteps.mp3")
REAL_REPORTING = (
    "clips/shared-assets__voices-around-a-fire.mp3", "clips/torchcodec__nasa_13013.mp4", "sounds/water.mp3",
    "clips/gpmf-parser__max-heromode.mp4",
)  # fmt: skip
SONG = "sounds/Eigen-song-base.mp3"
ROOM = "sounds/rir_clap.wav"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many scenes of each kind a half has."""

    half: str
    plain: int
    repeated: int
    music: int
    long: int
    walked: int  # plain scenes in which half of the phones walk
    together: int  # plain scenes in which all phones lie at one place and stay there: geometry removed


# Raised when the material is made otherwise, so that nothing that was reported on once is reported on again.
DRAW = "4"
TUNING = Plan(half="tuning", plain=24, repeated=16, music=3, long=1, walked=12, together=24)
REPORTING = Plan(half="reporting", plain=24, repeated=16, music=4, long=1, walked=12, together=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A phone and the file it made."""

    phone: Phone
    file: bytes


def clips(plan: Plan) -> Iterator[Clip]:
    """All clips of a half, the same ones every time."""
    real = REAL_TUNING if plan.half == "tuning" else REAL_REPORTING
    makers = PLAIN_TUNING if plan.half == "tuning" else PLAIN_REPORTING
    for number in range(plan.plain):
        rng = _rng(plan.half, "plain", number)
        yield from _scene(rng, f"{plan.half}-plain-{number}", "plain", _plain(rng, makers, SCENE_S), SCENE_S)
    for number, name in enumerate(real):
        rng = _rng(plan.half, "real", number)
        bed = decoded(media_folder() / name)
        sources = [Source(samples=bed, at_m=rng.uniform(-50, 50, 2), gain=1.0)]
        yield from _scene(rng, f"{plan.half}-real-{number}", "plain", sources, len(bed) / RATE)
    for number in range(plan.repeated):
        rng = _rng(plan.half, "repeat", number)
        kind = list(REPEATED)[number % len(REPEATED)]
        sources = _plain(rng, makers, SCENE_S)
        loud = REPEATED[kind](rng, SCENE_S)
        sources = [_softer(one, rng.uniform(-15, -3)) for one in sources[:2]]
        sources.append(Source(samples=loud, at_m=rng.uniform(-50, 50, 2), gain=1.0))
        yield from _scene(rng, f"{plan.half}-repeat-{kind}-{number}", "repeat", sources, SCENE_S)
    song = decoded(media_folder() / SONG)
    song = song[: len(song) // 2] if plan.half == "tuning" else song[len(song) // 2 :]
    for number in range(plan.music):
        rng = _rng(plan.half, "music", number)
        part = len(song) // plan.music
        sources = [_softer(one, rng.uniform(-15, -6)) for one in _plain(rng, makers, part / RATE)[:2]]
        played = song[number * part : (number + 1) * part]
        sources.append(Source(samples=played, at_m=rng.uniform(-50, 50, 2), gain=1.0))
        yield from _scene(rng, f"{plan.half}-music-{number}", "music", sources, part / RATE)
    for number in range(plan.walked):
        rng = _rng(plan.half, "walked", number)
        name = f"{plan.half}-walked-{number}"
        yield from _scene(rng, name, "plain", _plain(rng, makers, SCENE_S), SCENE_S, walking=0.5)
    for number in range(plan.together):
        rng = _rng(plan.half, "together", number)
        name = f"{plan.half}-together-{number}"
        yield from _scene(rng, name, "plain", _plain(rng, makers, SCENE_S), SCENE_S, together=True)
    for number in range(plan.long):
        rng = _rng(plan.half, "long", number)
        name = f"{plan.half}-long-{number}"
        yield from _scene(rng, name, "plain", _plain(rng, makers, 660.0)[:2], 660.0, longest_s=600.0, phones=3)


def overlap_s(a: Phone, b: Phone) -> float:
    """How long both filmed the same scene at once; 0 where they did not."""
    if a.scene != b.scene:
        return 0.0
    return max(0.0, min(a.begins_s + a.lasts_s, b.begins_s + b.lasts_s) - max(a.begins_s, b.begins_s))


def decoded(path: Path) -> Samples:
    """A recording as mono at 16 000 samples a second, RMS 1."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        parts = [one.to_ndarray()[0] for frame in container.decode(audio=0) for one in resampler.resample(frame)]
    samples = np.concatenate(parts)
    return np.asarray(samples / np.sqrt(np.mean(samples**2)), np.float32)


def _rng(*words: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32("/".join(str(word) for word in (DRAW, *words)).encode()))


def _plain(rng: np.random.Generator, makers: dict[str, Maker], seconds: float) -> list[Source]:
    chosen = rng.choice(list(makers), size=int(rng.integers(2, 4)), replace=False)
    return [
        Source(samples=makers[name](rng, seconds), at_m=rng.uniform(-50, 50, 2), gain=10 ** (rng.uniform(-9, 0) / 20))
        for name in chosen
    ]


def _softer(source: Source, db: float) -> Source:
    return Source(samples=source.samples, at_m=source.at_m, gain=source.gain * 10 ** (db / 20))


def _scene(
    rng: np.random.Generator,
    name: str,
    kind: str,
    sources: list[Source],
    seconds: float,
    *,
    longest_s: float = 45.0,
    phones: int = 4,
    together: bool = False,
    walking: float = 0.12,
) -> Iterator[Clip]:
    middle = rng.uniform(-20, 20, 2)
    begun: list[tuple[float, float]] = []
    for number in range(phones):
        lasts_s = float(min(np.exp(rng.uniform(np.log(5), np.log(longest_s))), seconds - 0.5))
        if longest_s > 60:
            lasts_s = float(rng.uniform(200, longest_s))
        begins_s = float(rng.uniform(0, seconds - lasts_s))
        if begun and rng.random() < 0.8:
            other_s, other_lasts_s = begun[int(rng.integers(len(begun)))]
            shared_s = min(rng.uniform(2, 30), lasts_s, other_lasts_s)
            at_s = other_s + other_lasts_s - shared_s if rng.random() < 0.5 else other_s + shared_s - lasts_s
            begins_s = float(np.clip(at_s, 0, seconds - lasts_s))
        begun.append((begins_s, lasts_s))
        angle, far_m = rng.uniform(0, 6.28), 15 * np.sqrt(rng.random())  # any two stand at most 30 m apart
        far_m = 0.0 if together else far_m
        walks = rng.random() < walking and lasts_s < 60 and not together
        heading, speed = rng.uniform(0, 6.28), rng.uniform(1, 2) if walks else 0.0
        extra = talk(rng, lasts_s) if rng.random() < 0.08 else None
        phone = Phone(
            name=f"{name}-{number}",
            scene=name,
            kind=kind,
            begins_s=begins_s,
            lasts_s=lasts_s,
            at_m=middle + far_m * np.array([np.cos(angle), np.sin(angle)]),
            walks_m_s=speed * np.array([np.cos(heading), np.sin(heading)]),
            turns_s=float(rng.uniform(4, 10)) if rng.random() < 0.5 else 1e9,
            rate_ppm=float(rng.uniform(-100, 100)),
            snr_db=float(rng.choice([20, 10, 5, 0, -5], p=[0.2, 0.25, 0.2, 0.2, 0.15])),
            codec=CODECS[int(rng.choice(len(CODECS), p=[0.45, 0.15, 0.3, 0.1]))],
            gain_control=bool(rng.random() < 0.7),
            clips_at=float(rng.uniform(0.1, 0.25)) if rng.random() < 0.15 else None,
            extra=extra,
            extra_db=-3.0,
            seed=int(rng.integers(1 << 40)),
        )
        room = decoded_room() if name.startswith("reporting") and rng.random() < 0.15 else None
        yield Clip(phone=phone, file=encoded(heard(phone, sources, room), phone.codec))


_ROOM: list[Samples] = []


def decoded_room() -> Samples:
    """A real room's answer to a clap, from its loudest moment on."""
    if not _ROOM:
        answer = decoded(media_folder() / ROOM)
        answer = answer[int(np.argmax(np.abs(answer))) :][: int(0.6 * RATE)]
        _ROOM.append(np.asarray(answer / np.abs(answer[0]), np.float32))
    return _ROOM[0]
