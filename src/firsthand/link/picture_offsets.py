"""Offsets where sound fails: flashes and what moves, seen by two cameras at once.

A lamp, a shot or lightning brightens both pictures; a crowd that surges moves in both. How bright each picture is and
how much it changed since the one before are correlated over all lags, against what chance gives where so much happens
in both. It is a suggestion with a score of its own, and never joins takes without a person.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.model.ids import ItemId
from firsthand.model.moments import OffsetFound

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSettings:
    """All that alters what is found.

    step_s: of the line both are laid on; slow_s: what changes more slowly is the camera's own exposure and panning;
    shortest_s: overlap under which nothing is said; least: height, in robust deviations of the pair's own heights,
    under which nothing is said (the highest of 1,770 pairs that share nothing: 4.23, bench/moments/muted.py); events:
    how many events of like weight must agree at least: one flash meets one flash at some lag in any two clips; even:
    height of score 0.5; rival: another peak of this share of the best makes it ambiguous; apart_s: peaks nearer than
    this are one.
    """

    step_s: float = 0.02
    slow_s: float = 1.0
    shortest_s: float = 5.0
    least: float = 4.4
    events: float = 4.0
    even: float = 4.8
    rival: float = 0.85
    apart_s: float = 0.3
    plus_minus_s: float = 0.045  # one picture at 25 a second, and what exposure smears


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An item's pictures as the pictures finding has them: [n] times in seconds, brightness 0 to 255, change."""

    item: ItemId
    at_s: Floats
    brightness: NDArray[np.uint8]
    change: NDArray[np.float32]


def picture_offsets(
    pairs: Iterable[tuple[Watched, Watched]], settings: PictureSettings | None = None
) -> Iterator[OffsetFound]:
    """Offsets of those pairs whose pictures flash or move at the same times. Always weak or ambiguous."""
    used = settings or PictureSettings()
    lines: dict[ItemId, list[Floats]] = {}
    for a, b in pairs:
        for one in (a, b):
            if one.item not in lines:
                lines[one.item] = _lines(one, used)
        found = _compared(a, b, lines[a.item], lines[b.item], used)
        if found is not None:
            yield found


def _lines(one: Watched, used: PictureSettings) -> list[Floats]:
    """[how suddenly it brightens, how bright, how much moves], each [steps] from the first picture on, in its own
    robust deviations, mean zero."""
    if len(one.at_s) < 2 or one.at_s[-1] - one.at_s[0] < used.shortest_s:
        return []
    at_s = np.arange(one.at_s[0], one.at_s[-1], used.step_s)
    change = one.change.astype(np.float64)
    change[0] = change[1]
    bright = np.interp(at_s, one.at_s, one.brightness.astype(np.float64))
    moved = np.interp(at_s, one.at_s, np.log1p(change))
    sudden = np.zeros_like(bright)
    sudden[3:] = bright[3:] - bright[:-3]
    return [
        _evened(sudden, least=1.5, most=8.0),
        _evened(bright - _slow(bright, used), least=1.5),
        _evened(moved - _slow(moved, used), least=0.1),
    ]


def _slow(line: Floats, used: PictureSettings) -> Floats:
    """The moving median."""
    width = max(1, round(used.slow_s / used.step_s))
    padded = np.pad(line, (width // 2, width - 1 - width // 2), mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1))


def _evened(line: Floats, *, least: float, most: float = 6.0) -> Floats:
    spread = max(1.4826 * float(np.median(np.abs(line - np.median(line)))), least)
    clipped = np.clip(line / spread, -4, most)
    return np.asarray(clipped - clipped.mean())


def _compared(
    a: Watched, b: Watched, of_a: list[Floats], of_b: list[Floats], used: PictureSettings
) -> OffsetFound | None:
    if not of_a or not of_b:
        return None
    shortest = round(used.shortest_s / used.step_s)
    len_a, len_b = len(of_a[0]), len(of_b[0])
    lag = np.arange(len_a + len_b - 1) - (len_b - 1)
    fits = sum(_correlated(x, y) for x, y in zip(of_a, of_b, strict=True))
    chance = sum(_correlated(x**2, y**2) for x, y in zip(of_a, of_b, strict=True))
    shared = np.minimum(len_a, len_b + lag) - np.maximum(0, lag)
    # At least one step in ten must show something in both, else a single coincidence would fit perfectly.
    heights = fits / np.sqrt(np.maximum(chance, 0) + 0.1 * shared + 20)
    enough = heights[shared >= shortest]
    middle = float(np.median(enough))
    spread = 1.4826 * float(np.median(np.abs(enough - middle))) + 1e-9
    heights = np.where(shared >= shortest, (heights - middle) / spread, -np.inf)
    best = int(np.argmax(heights))
    height = float(heights[best])
    if height < used.least or _events(of_a, of_b, int(lag[best]), used) < used.events:
        return None
    offset_s = float(lag[best] * used.step_s + a.at_s[0] - b.at_s[0])
    candidates = _peaks(heights, height, used)
    offsets_s = tuple(round(float(lag[place] * used.step_s + a.at_s[0] - b.at_s[0]), 3) for place in candidates)
    return OffsetFound(
        a=a.item,
        b=b.item,
        offset_s=round(offset_s, 4),
        plus_minus_s=used.plus_minus_s,
        alignment_plus_minus_s=used.plus_minus_s,
        rate=1.0,
        score=round(1 / (1 + math.exp(4 * (used.even - height))), 6),
        method="picture",
        link="ambiguous" if len(offsets_s) > 1 else "weak",
        candidates_s=offsets_s if len(offsets_s) > 1 else (),
        apart_m=0.0,  # light needs no time to speak of
        shared_s=round(float(shared[best] * used.step_s), 3),
        coherence=0.0,
    )


def _events(of_a: list[Floats], of_b: list[Floats], lag: int, used: PictureSettings) -> float:
    """How many stretches of apart_s carry the agreement at this lag: 1 where one does it all, n where n do it alike."""
    first, last = max(0, lag), min(len(of_a[0]), len(of_b[0]) + lag)
    agreed = sum(x[first:last] * y[first - lag : last - lag] for x, y in zip(of_a, of_b, strict=True))
    starts = np.arange(0, last - first, max(1, round(used.apart_s / used.step_s)))
    parts = np.maximum(np.add.reduceat(agreed, starts), 0)
    return float(parts.sum() ** 2 / max(float((parts**2).sum()), 1e-9))


def _correlated(x: Floats, y: Floats) -> Floats:
    """[len(x) + len(y) − 1]; index i is lag i − (len(y) − 1): y begins i steps later."""
    total = len(x) + len(y) - 1
    room = 1 << (total - 1).bit_length()
    curve = np.fft.irfft(np.fft.rfft(x, room) * np.conj(np.fft.rfft(y, room)), room)
    return np.concatenate([curve[room - (len(y) - 1) :], curve[: len(x)]]) if len(y) > 1 else curve[: len(x)]


def _peaks(heights: Floats, height: float, used: PictureSettings) -> list[int]:
    """Where it fits at least nearly as well as at best, best first, at most six."""
    left = heights.copy()
    apart = round(used.apart_s / used.step_s)
    found: list[int] = []
    while len(found) < 6:
        top = int(np.argmax(left))
        if left[top] < used.rival * height:
            break
        found.append(top)
        left[max(0, top - apart) : top + apart + 1] = -np.inf
    return found
