"""Two copies' small pictures laid over each other along a stretch of time.

A camera that moves makes time and place look alike: where the copied stretch is met a few pictures too early, a map
that is shifted or enlarged fits nearly as well, and the copy seems cropped. So the whole picture on the whole picture
is tried a little earlier and later, and believed where it leaves no more than the other map.
"""

import numpy as np

from firsthand.link.laying import (
    FOUR_FIFTHS,
    Laid,
    Matrix,
    corners,
    disagreement,
    laid_at,
    nearly_whole,
    sampled,
)
from firsthand.link.motion import TimeMap, Trail, inverse
from firsthand.link.prints import TRAIL, Print

INSTANTS = 24
APART_S = 0.06  # samples farther from each other than this show different instants; the nearest ones are taken first
SHIFTS_S = tuple(round(0.05 * step, 2) for step in (0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5))
SAME = 0.01  # of a picture: maps whose corners lie no farther apart are one
# Times the disagreement of the better map, in two shares of the cells. Crops, bars and filmed screens leave 1.8 times
# and more, maps that only followed the camera 1.1 at most; where most of a picture is empty, the rest tells.
AS_GOOD, NEARLY_ALL = 1.15, 0.95
NEAR_S = -0.1, -0.05, 0.05, 0.1  # as far as two items' pictures may be out of step
NEAR = 0.3 / TRAIL  # of a picture, as far as a refined map may err
ENOUGH = 0.6  # of the instants, that a shifted time must still meet


def laid(
    a: Print, b: Print, *, time_map: TimeMap, b_start_s: float, b_end_s: float, matrix: Matrix
) -> tuple[Laid, TimeMap] | None:
    """a and b laid over each other, and the time map under which they are. None where fewer than two instants or too
    few cells are shown by both. The answer is the same every time."""
    pairs = _instants(a, b, time_map, b_start_s, b_end_s)
    one = laid_at(a, b, pairs, matrix) if len(pairs) >= 2 else None
    if one is None:
        return None
    whole = nearly_whole(one.matrix)
    if whole is None or np.abs(corners(whole) - corners(one.matrix)).max() < SAME:
        return one, time_map
    tried = []
    for later_s in SHIFTS_S:
        shifted = TimeMap(speed=time_map.speed, offset_s=time_map.offset_s + later_s)
        met = _instants(a, b, shifted, b_start_s, b_end_s)
        if len(met) >= max(2, ENOUGH * len(pairs)):
            tried.append((_left(a, b, met, whole, FOUR_FIFTHS), shifted, met))
    _, shifted, met = min(tried, key=lambda each: each[0])
    if all(
        _left(a, b, met, whole, share) <= AS_GOOD * _left(a, b, pairs, one.matrix, share)
        for share in (FOUR_FIFTHS, NEARLY_ALL)
    ):
        return laid_at(a, b, met, whole, refine=False) or one, shifted
    return one, time_map


def nearby(a: Print, b: Print, one: Laid, *, time_map: TimeMap, b_start_s: float, b_end_s: float) -> tuple[Trail, ...]:
    """What differs ([t, 32, 32] each, as Laid.off, brightness changed alike) a little earlier and later, and a little
    beside: what moves differs less at one of these times, what has an edge at one of these places; what was drawn
    over it at none."""
    on_b = one.grid == "b"
    back = inverse(one.matrix) if on_b else one.matrix
    gain = one.gain if on_b else 1 / one.gain
    lift = (one.lift if on_b else -one.lift * gain) + 128 * (1 - gain)
    tries = [(later_s, 0.0, 0.0) for later_s in NEAR_S]
    tries += [(0.0, by * right, by * down) for by in (-NEAR, NEAR) for right, down in ((1, 0), (0, 1))]
    met = []
    for later_s, right, down in tries:
        shifted = TimeMap(speed=time_map.speed, offset_s=time_map.offset_s + later_s)
        pairs = _instants(a, b, shifted, b_start_s, b_end_s)
        if len(pairs) < 2:
            continue
        of_a, of_b = _pictures(a, b, pairs)
        under, moved = (of_b, of_a) if on_b else (of_a, of_b)
        over, _ = sampled(moved, back + np.array([[0, 0, right], [0, 0, down]]))
        met.append(np.asarray(under - np.clip(gain * over + lift, 0, 255), np.float32))
    return tuple(met)


def _left(a: Print, b: Print, pairs: list[tuple[int, int]], matrix: Matrix, share: float) -> float:
    of_a, of_b = _pictures(a, b, pairs)
    if abs(np.linalg.det(matrix[:, :2])) <= 1:
        return disagreement(of_b, of_a, inverse(matrix), share)
    return disagreement(of_a, of_b, matrix, share)


def _pictures(a: Print, b: Print, pairs: list[tuple[int, int]]) -> tuple[Trail, Trail]:
    of_a, of_b = a.trail[[one for one, _ in pairs]], b.trail[[one for _, one in pairs]]
    return of_a.astype(np.float32), of_b.astype(np.float32)


def _instants(a: Print, b: Print, time_map: TimeMap, b_start_s: float, b_end_s: float) -> list[tuple[int, int]]:
    """Pairs of trail pictures, spread over the span: in each of its parts the pair that lies nearest in time."""
    if not len(a.trail) or not len(b.trail):
        return []
    inside = np.flatnonzero((b.trail_s >= b_start_s - 0.05) & (b.trail_s <= b_end_s + 0.05))
    at_s = time_map.speed * b.trail_s[inside] + time_map.offset_s
    place = np.clip(np.searchsorted(a.trail_s, at_s), 1, max(1, len(a.trail_s) - 1))
    before, after = place - 1, np.minimum(place, len(a.trail_s) - 1)
    nearer = np.where(np.abs(a.trail_s[before] - at_s) <= np.abs(a.trail_s[after] - at_s), before, after)
    apart = np.abs(a.trail_s[nearer] - at_s)
    part = (np.arange(len(inside)) * min(INSTANTS, len(inside))) // max(1, len(inside))
    chosen: dict[int, int] = {}
    for number in np.argsort(apart, kind="stable").tolist():
        if apart[number] <= APART_S * max(1.0, abs(time_map.speed)):
            chosen.setdefault(int(part[number]), number)
    return [(int(nearer[number]), int(inside[number])) for _, number in sorted(chosen.items())]
