"""A second take test, for pictures that move too fast for their trails: does the view match in passing?

A camera that moves sees each view once. If frames at one offset lie over each other in exactly one way, and frames
at other offsets do not, then both items pass the same views at the same times: one recording. If they do so only
roughly, that may be sampling half a second apart, or somebody who walked the same path again: it cannot be told. A
camera that stands still matches itself at every offset; only there may what moves decide against a copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.link.geometry import Fit, Matches, fit, matched
from firsthand.link.pooling import pooled
from firsthand.link.prints import Print

AT_ONE_TIME_S = 0.75  # frames are sampled once a second, so that nearest frames lie half a second apart at most
APART_S = 1.5
STILL_FOR_S = 0.9
FEWEST_FRAMES = 3
FEWEST_RATIO = 0.6  # of the frames looked at: those between are blurred, or lie half a second apart
MOST_FRAMES = 12
FEWEST_WITNESSES = 16
SAME_WAY = 0.12  # largest shift of a corner, in pictures, between two maps that lay one item over another
EXACTLY = 0.03  # what fitting errs by; a second walk along the same path drifts by 0.05 to 0.2 from frame to frame
UNSURE = 12  # witnesses under which b's frame is looked at more closely too
ELSEWHERE_RATIO = 0.4  # of the witnesses at the right time that may be left at a wrong one


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One frame pair that lies over each other: frame numbers, and the map in unit coordinates."""

    frame_a: int
    frame_b: int
    fit: Fit
    matrix: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Frames that match in passing: second of a = second of b + offset_s, from one second of b to another."""

    offset_s: float
    b_start_s: float
    b_end_s: float
    share: float  # of the frames in that stretch, 0 to 1, that lie over each other in this one way


def corners_apart(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """The farthest that any corner of the picture lies from itself under two maps, in pictures."""
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float64)
    return float(np.abs((corners @ (p - q)[:, :2].T) + (p - q)[:, 2]).max())


def passed(a: Print, b: Print, way: Seen, in_units: "Units") -> Passed | None:
    """Whether a and b match in passing, at the offset that `way` suggests and in its way; None where they do not or
    where it cannot be told. Changed speeds are not looked for here."""
    offset_s = float(a.frame_s[way.frame_a] - b.frame_s[way.frame_b])
    at_once = [
        (frame_a, frame_b)
        for frame_a, second in enumerate(a.frame_s)
        if abs(second - offset_s - b.frame_s[frame_b := _nearest(b.frame_s, second - offset_s)]) <= AT_ONE_TIME_S
    ]
    tried = at_once[:: max(1, len(at_once) // MOST_FRAMES)]
    aligned = [
        one
        for one in (in_units.seen(*pair) for pair in tried)
        if one is not None and one.fit.witnesses >= FEWEST_WITNESSES and corners_apart(one.matrix, way.matrix) < EXACTLY
    ]
    if len(aligned) < FEWEST_FRAMES or len(aligned) < FEWEST_RATIO * len(tried):
        return None
    told = 0
    for one in aligned:
        for frame_b in _elsewhere(b.frame_s, float(b.frame_s[one.frame_b])):
            told += 1
            other = in_units.seen(one.frame_a, frame_b)
            if (
                other is not None
                and other.fit.witnesses > ELSEWHERE_RATIO * one.fit.witnesses
                and corners_apart(other.matrix, way.matrix) < SAME_WAY
            ):
                return None
    if told < FEWEST_FRAMES:
        return None
    offsets = [a.frame_s[one.frame_a] - b.frame_s[one.frame_b] for one in aligned]
    seconds = [float(b.frame_s[one.frame_b]) for one in aligned]
    return Passed(
        offset_s=float(np.median(offsets)),
        b_start_s=min(seconds),
        b_end_s=max(seconds),
        share=len(aligned) / len(tried),
    )


def stands_still(a: Print, b: Print, way: Seen, in_units: "Units") -> bool:
    """Whether a frame of a lies over b in the same way a second or more beside the place where it does best: the
    camera stood still meanwhile, and what moves is in the scene."""
    for frame_b in np.flatnonzero(np.abs(b.frame_s - b.frame_s[way.frame_b]) >= STILL_FOR_S).tolist()[:MOST_FRAMES]:
        other = in_units.seen(way.frame_a, frame_b)
        if (
            other is not None
            and other.fit.witnesses > ELSEWHERE_RATIO * way.fit.witnesses
            and corners_apart(other.matrix, way.matrix) < EXACTLY
        ):
            return True
    return False


class Units:
    """Lays frames of a over frames of b, as they are or mirrored, and gives maps in unit coordinates."""

    def __init__(self, a: Print, b: Print, *, mirrored: bool) -> None:
        self._a, self._b, self._mirrored = a, b, mirrored
        self._matches: dict[tuple[int, int], Matches] = {}  # of the pairs that were looked at

    def seen(self, frame_a: int, frame_b: int) -> Seen | None:
        """One frame of a over one of b; None where they do not lie over each other."""
        one = self._fit(frame_a, frame_b, fine_b=False)
        if one is not None and one.witnesses < UNSURE and self._b.fine.part(frame_b) is not None:
            closer = self._fit(frame_a, frame_b, fine_b=True)
            one = closer if closer is not None and closer.witnesses > one.witnesses else one
        return self._in_units(frame_a, frame_b, one) if one is not None else None

    def closer(self, frame_a: int, frame_b: int) -> Seen | None:
        """The same of a pair in which nothing was seen, once b's frame is looked at more closely; None where that was
        not looked at so."""
        if self._b.fine.part(frame_b) is None:
            return None
        one = self._fit(frame_a, frame_b, fine_b=True)
        return self._in_units(frame_a, frame_b, one) if one is not None else None

    def pooled(self, pairs: Sequence[tuple[int, int]], *, at_least: int) -> Seen | None:
        """The one way that several of these pairs, which were looked at, hold together with so many distinct places;
        None where there is none. The pair that holds most of it stands for them, with its own witnesses."""
        looked = {pair: self._matches[pair] for pair in pairs}
        one = pooled(looked, size_a=self._a.size_px, size_b=self._b.size_px, at_least=at_least)
        return self._in_units(*one.pair, one.fit) if one is not None else None

    def _in_units(self, frame_a: int, frame_b: int, one: Fit) -> Seen:
        scaled = np.column_stack([one.matrix[:, :2] * np.asarray(self._a.size_px), one.matrix[:, 2]])
        scaled = scaled / np.asarray(self._b.size_px)[:, None]
        if self._mirrored:  # x becomes 1 − x before the map
            scaled = np.column_stack([-scaled[:, 0], scaled[:, 1], scaled[:, 2] + scaled[:, 0]])
        return Seen(frame_a=frame_a, frame_b=frame_b, fit=one, matrix=scaled)

    def _fit(self, frame_a: int, frame_b: int, *, fine_b: bool) -> Fit | None:
        a, b = self._a, self._b
        of_a = a.mirrored_features(frame_a, fine=True) if self._mirrored else a.features(frame_a, fine=True)
        found = matched(of_a, b.features(frame_b, fine=fine_b))
        self._matches[frame_a, frame_b] = found
        return fit(found, size_a=a.size_px, size_b=b.size_px)


def _nearest(seconds: NDArray[np.float64], at_s: float) -> int:
    return int(np.abs(seconds - at_s).argmin())


def _elsewhere(seconds: NDArray[np.float64], at_s: float) -> list[int]:
    """Up to two frames well away from this second: the nearest such, where a slow camera still matches, and the
    farthest."""
    apart = np.abs(seconds - at_s)
    away = np.flatnonzero(apart >= APART_S)
    if not len(away):
        return []
    return sorted({int(away[apart[away].argmin()]), int(away[apart[away].argmax()])})
