"""Edits as people make them, on frames in memory: what a query for copies is made of.

A clip is a list of (second, grey picture [height, width] uint8). Every edit takes one and a random generator, and
gives the edited clip with the time map back: source second = speed × edited second + offset_s.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Frames = list[tuple[float, Picture]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedClip:
    """The edited frames and the time map back to the source, valid from start_s to end_s of the edited clip."""

    frames: Frames
    speed: float
    offset_s: float
    start_s: float
    end_s: float


Edit = Callable[[Frames, np.random.Generator], EditedClip]


def reencoded(frames: Frames, rng: np.random.Generator) -> EditedClip:
    """Blocks and ringing of a low bit rate."""
    return _each(frames, lambda picture: _squeezed(picture, int(rng.integers(20, 35))))


def scaled(frames: Frames, rng: np.random.Generator) -> EditedClip:
    factor = float(rng.uniform(0.35, 0.7))
    return _each(frames, lambda picture: _resized(picture, factor, factor))


def squeezed_sideways(frames: Frames, rng: np.random.Generator) -> EditedClip:
    """4:3 shown as 16:9 or the reverse."""
    factor = float(rng.choice([0.75, 1 / 0.75]))
    return _each(frames, lambda picture: _resized(picture, factor, 1.0))


def mirrored(frames: Frames, rng: np.random.Generator) -> EditedClip:
    return _each(frames, lambda picture: np.ascontiguousarray(picture[:, ::-1]))


def rotated(frames: Frames, rng: np.random.Generator) -> EditedClip:
    turns = int(rng.integers(1, 4))
    return _each(frames, lambda picture: np.ascontiguousarray(np.rot90(picture, turns)))


def tilted(frames: Frames, rng: np.random.Generator) -> EditedClip:
    angle_deg = float(rng.uniform(4, 12) * rng.choice([-1, 1]))

    def turn(picture: Picture) -> Picture:
        height, width = picture.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.15)
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.uint8)

    return _each(frames, turn)


def cropped(frames: Frames, rng: np.random.Generator) -> EditedClip:
    """Between 10 and 40 % cut away, anywhere."""
    keep = float(rng.uniform(0.6, 0.9))
    x, y = rng.uniform(0, 1 - keep, 2)

    def cut(picture: Picture) -> Picture:
        height, width = picture.shape
        top, left = int(y * height), int(x * width)
        return np.ascontiguousarray(picture[top : top + int(keep * height), left : left + int(keep * width)])

    return _each(frames, cut)


def letterboxed(frames: Frames, rng: np.random.Generator) -> EditedClip:
    share = float(rng.uniform(0.1, 0.3))

    def bars(picture: Picture) -> Picture:
        bar = int(share * picture.shape[0])
        return np.pad(picture, ((bar, bar), (0, 0)))

    return _each(frames, bars)


def captioned(frames: Frames, rng: np.random.Generator) -> EditedClip:
    at = float(rng.uniform(0.7, 0.85))

    def write(picture: Picture) -> Picture:
        drawn = picture.copy()
        height, width = drawn.shape
        drawn[int(at * height) : int((at + 0.12) * height)] = 20
        place = (int(0.05 * width), int((at + 0.09) * height))
        cv2.putText(drawn, "BREAKING: street 12:40", place, cv2.FONT_HERSHEY_SIMPLEX, width / 500, 240, 2)
        return drawn

    return _each(frames, write)


def with_logo(frames: Frames, rng: np.random.Generator) -> EditedClip:
    """The same large logo for every clip that gets one: a trap where two clips share it."""

    def stamp(picture: Picture) -> Picture:
        drawn = picture.copy()
        height, width = drawn.shape
        logo = cv2.resize(_logo(), (int(0.35 * width), int(0.35 * height)), interpolation=cv2.INTER_AREA)
        drawn[: logo.shape[0], : logo.shape[1]] = logo
        return drawn

    return _each(frames, stamp)


def toned(frames: Frames, rng: np.random.Generator) -> EditedClip:
    gain, lift = float(rng.uniform(0.55, 0.75)), float(rng.uniform(-20, 40))
    return _each(frames, lambda picture: np.clip(picture * gain + lift, 0, 255).astype(np.uint8))


def noisy(frames: Frames, rng: np.random.Generator) -> EditedClip:
    def grain(picture: Picture) -> Picture:
        return np.clip(picture + rng.normal(0, 10, picture.shape), 0, 255).astype(np.uint8)

    return _each(frames, grain)


def blurred(frames: Frames, rng: np.random.Generator) -> EditedClip:
    return _each(frames, lambda picture: np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.6), np.uint8))


def excerpt(frames: Frames, rng: np.random.Generator) -> EditedClip:
    """Three seconds, or half of a shorter clip, from anywhere."""
    length_s = min(3.0, 0.5 * frames[-1][0])
    start_s = float(rng.uniform(0, frames[-1][0] - length_s))
    kept = [(at_s - start_s, picture) for at_s, picture in frames if start_s <= at_s <= start_s + length_s]
    return EditedClip(frames=kept, speed=1.0, offset_s=start_s, start_s=0.0, end_s=length_s)


def sped_up(frames: Frames, rng: np.random.Generator) -> EditedClip:
    return _at_speed(frames, float(rng.uniform(1.15, 1.6)))


def slowed(frames: Frames, rng: np.random.Generator) -> EditedClip:
    return _at_speed(frames, float(rng.uniform(0.6, 0.85)))


def mirrored_cropped_excerpt(frames: Frames, rng: np.random.Generator) -> EditedClip:
    """Three edits at once."""
    part = excerpt(frames, rng)
    chained = mirrored(cropped(part.frames, rng).frames, rng)
    return EditedClip(
        frames=chained.frames, speed=part.speed, offset_s=part.offset_s, start_s=part.start_s, end_s=part.end_s
    )


EDITS: tuple[Edit, ...] = (
    reencoded, scaled, squeezed_sideways, mirrored, rotated, tilted, cropped, letterboxed, captioned, with_logo, toned,
    noisy, blurred, excerpt, sped_up, slowed, mirrored_cropped_excerpt,
)  # fmt: skip


def _each(frames: Frames, change: Callable[[Picture], Picture]) -> EditedClip:
    edited = [(at_s, change(picture)) for at_s, picture in frames]
    return EditedClip(frames=edited, speed=1.0, offset_s=0.0, start_s=0.0, end_s=frames[-1][0])


def _at_speed(frames: Frames, speed: float) -> EditedClip:
    edited = [(at_s / speed, picture) for at_s, picture in frames]
    return EditedClip(frames=edited, speed=speed, offset_s=0.0, start_s=0.0, end_s=edited[-1][0])


def _resized(picture: Picture, across: float, down: float) -> Picture:
    height, width = picture.shape
    size = (max(2, round(width * across)), max(2, round(height * down)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _squeezed(picture: Picture, quality: int) -> Picture:
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _logo() -> Picture:
    logo = np.full((160, 160), 230, np.uint8)
    cv2.circle(logo, (80, 80), 66, 30, 10)
    cv2.putText(logo, "NEWS", (22, 72), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 10, 4)
    cv2.putText(logo, "24 / 7", (30, 116), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 60, 3)
    cv2.line(logo, (20, 90), (140, 84), 90, 5)
    return logo
