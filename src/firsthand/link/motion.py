"""The take test: do two items move alike, at which speed, with which offset, and from when to when?

A still camera's background is in every take of a scene; what moves is in one. So, after one picture is laid over
the other, their trails (small grey pictures, about five a second) are compared by their changes over time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.evening import FEWEST_CELLS as FEWEST_CELLS
from firsthand.link.evening import covered, even
from firsthand.link.lags import MOVING, likeness_by_lag, peaks, strength_by_lag
from firsthand.link.prints import TRAIL, Print
from firsthand.link.trails import TimeMap as TimeMap
from firsthand.link.trails import at_times as _at
from firsthand.link.trails import inverse as inverse

STEP_S = 0.2  # grid on which trails are compared
BEYOND_S = 0.02  # an item's ends: rounding of times
WINDOW = 7  # steps over which one moment's agreement is judged: 1.4 s
AGREES = 0.2  # correlation of one step's changes at the ends of a stretch
OUTWEIGHS = 4.0  # times the usual change, that one step counts for at most
CUT_ALIKE, CUT_STEPS = 0.9, 2
PLAIN_LIKELIER = 1.2  # than an odd speed, where both fit as well
ALIKE_SPEED = 0.12
ALIKE_S = 0.5
LONG_S = 12.0
NEAR_S = 1.0
SAME_SHOT = 0.7
LONGEST_REFINED_S = 60.0
SAME_S = 0.8  # offsets nearer than this are one
FAR_S = 120.0  # beyond which offsets are not tried for comparison
CHANCE_SHARED = 0.6  # of a stretch, that must have a counterpart at another offset
LONGEST_STEPS = 9000  # of a trail at once (half an hour): longer ones are compared in coarser steps

# Speeds that editing tools offer, and backwards. Finer differences are found by refining.
SPEEDS = (1.0, 0.5, 0.667, 0.75, 0.8, 0.9, 0.95, 1.05, 1.1, 1.25, 1.333, 1.5, 1.75, 2.0, -1.0)

Trail = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A stretch over which a and b were compared under one time map; seconds of b.

    moving_s: how much of it moves in either. correlation: −1 to 1, of all changes; level: of the pictures around
    their mean over time. still_likeness: −1 to 1, of the pictures as they are.
    """

    time_map: TimeMap
    b_start_s: float
    b_end_s: float
    moving_s: float
    correlation: float
    level: float
    still_likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The best correlation of a stretch's changes at offsets where it does not belong; tried_s: how many seconds of
    such offsets there were."""

    best: float
    tried_s: float


class Overlaid:
    """Two trails in one frame of reference: a's pictures laid over b's, or the reverse where b is the smaller.

    matrix: [2, 3] a's picture to b's in unit coordinates; mirrored pictures have a negative determinant.
    Raises nothing; `cells` says how much both show.
    """

    def __init__(self, a: Print, b: Print, matrix: NDArray[np.float64]) -> None:
        self.matrix = matrix
        shrinking = abs(np.linalg.det(matrix[:, :2])) <= 1
        if shrinking:
            moved, seen = warped(a.trail, matrix)
            self._a, self._b = moved, b.trail.astype(np.float32)
        else:
            moved, seen = warped(b.trail, inverse(matrix))
            self._a, self._b = a.trail.astype(np.float32), moved
        seen &= ~covered(self._a, self._b, seen)
        self._a, self._b = even(self._a[:, seen]), even(self._b[:, seen])
        self.seen, self.cells = seen, int(seen.sum())
        self._a_s, self._b_s = a.trail_s, b.trail_s

    def hypotheses(self, wanted: int, *, speeds: Sequence[float] = SPEEDS) -> list[TimeMap]:
        """The likeliest time maps by how the changes correlate over the whole overlap, best first."""
        if min(len(self._a_s), len(self._b_s)) < 3 or self.cells < FEWEST_CELLS:
            return []
        longest_s = max(self._a_s[-1] - self._a_s[0], self._b_s[-1] - self._b_s[0])
        step_s = STEP_S * max(1.0, float(np.ceil(longest_s / STEP_S / LONGEST_STEPS)))
        grid_b = np.arange(self._b_s[0], self._b_s[-1] + 1e-6, step_s)
        change_b = _changes(_at(self._b, self._b_s, grid_b))
        scored: list[tuple[float, TimeMap]] = []
        for speed in speeds:
            steps = np.arange(0, (self._a_s[-1] - self._a_s[0]) / abs(speed) + 1e-6, step_s)
            grid_a = (self._a_s[0] if speed > 0 else self._a_s[-1]) + steps * speed
            strength, lag = strength_by_lag(_changes(_at(self._a, self._a_s, grid_a)), change_b)
            for peak in peaks(strength, 4):
                # step k of b meets step k + lag of a
                offset_s = float(grid_a[0] + speed * (lag[peak] * step_s - grid_b[0]))
                likely = PLAIN_LIKELIER if speed == 1 else 1.0
                scored.append((float(strength[peak]) * likely, TimeMap(speed=speed, offset_s=offset_s)))
        scored.sort(key=lambda one: -one[0])
        unlike: list[TimeMap] = []
        for _, time_map in scored:
            if len(unlike) < wanted and not any(self._alike(time_map, other) for other in unlike):
                unlike.append(time_map)
        return unlike

    def _alike(self, one: TimeMap, other: TimeMap) -> bool:
        """Whether fitting either would come to the same: speeds side by side meet in the middle of what is shared."""
        if one.speed * other.speed < 0 or abs(one.speed - other.speed) > ALIKE_SPEED:
            return False
        ends = [(at_s - one.offset_s) / one.speed for at_s in (float(self._a_s[0]), float(self._a_s[-1]))]
        middle_s = (max(min(ends), float(self._b_s[0])) + min(max(ends), float(self._b_s[-1]))) / 2
        apart_s = (one.speed - other.speed) * middle_s + one.offset_s - other.offset_s
        return abs(apart_s) < ALIKE_S

    def agreement(self, time_map: TimeMap) -> Agreement | None:
        """The longest stretch that agrees under this time map, its map refined; None where nothing agrees."""
        stretch = self.stretch(time_map)
        if stretch is None:
            return None
        refined = time_map
        if stretch[1] - stretch[0] > LONG_S:  # the seconds that were fitted do not hold the speed of minutes
            refined = self._refined(time_map, *stretch)
            stretch = self.stretch(refined) or stretch
        best = self.measured(refined, *stretch)
        # Noise and cuts break a long agreement; where all of it agrees nearly as well, all of it is meant.
        whole = self.measured(refined, float(self._b_s[0]), float(self._b_s[-1]))
        agrees = whole.correlation >= 0.95 * best.correlation and whole.still_likeness >= 0.8 * best.still_likeness
        return whole if agrees else best

    def measured(self, time_map: TimeMap, b_start_s: float, b_end_s: float) -> Agreement:
        """How far a and b agree over this stretch of b, whatever they show there."""
        grid_b, a, b = self._both(time_map, b_start_s, b_end_s)
        change_a, change_b = _changes(a), _changes(b)
        energy = _energy(change_a, change_b)
        return Agreement(
            time_map=time_map,
            b_start_s=float(grid_b[0]) if len(grid_b) else b_start_s,
            b_end_s=float(grid_b[-1]) if len(grid_b) else b_end_s,
            moving_s=float((energy > MOVING).sum() * STEP_S),
            correlation=correlation(change_a, change_b),
            level=correlation(a - a.mean(0), b - b.mean(0)) if len(a) else 0.0,
            still_likeness=correlation(a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)),
        )

    def moving_s(self, near_a_s: list[float], near_b_s: list[float]) -> tuple[float, float]:
        """Seconds of a and of b, within NEAR_S of these and within what both show, in which something moves."""
        return _moving_s(self._a, self._a_s, near_a_s), _moving_s(self._b, self._b_s, near_b_s)

    def best_picture(self) -> tuple[float, float, float]:
        """The two most alike pictures of a and b: seconds of a, seconds of b, likeness −1 to 1."""
        p = self._a - self._a.mean(1, keepdims=True)
        q = self._b - self._b.mean(1, keepdims=True)
        norm = np.sqrt(np.outer((p**2).sum(1), (q**2).sum(1)))
        alike = (p @ q.T) / np.maximum(norm, 1e-6)
        if not alike.size or self.cells < FEWEST_CELLS:
            return 0.0, 0.0, 0.0
        in_a, in_b = np.unravel_index(int(alike.argmax()), alike.shape)
        return float(self._a_s[in_a]), float(self._b_s[in_b]), float(alike.max())

    def pictures(self, found: Agreement) -> tuple[Trail, Trail, NDArray[np.bool_]]:
        """Both items' pictures over a stretch, in step: [steps, cells] each, and where the cells lie [32, 32]."""
        _, a, b = self._both(found.time_map, found.b_start_s, found.b_end_s)
        return a, b, self.seen

    def chance(self, found: Agreement) -> "Chance":
        """How well this stretch agrees where it should not: a's pictures of it with b at all other offsets, and b's
        with a. What the scene gives anyway, where something in it repeats itself."""
        spare_s = max(0.0, found.b_end_s - found.b_start_s - LONGEST_REFINED_S) / 2  # a minute of it tells as well
        grid_b, a, b = self._both(found.time_map, found.b_start_s + spare_s, found.b_end_s - spare_s)
        if len(grid_b) < 4:
            return Chance(best=0.0, tried_s=0.0)
        speed, offset_s = found.time_map.speed, found.time_map.offset_s
        middle_s = float(grid_b[len(grid_b) // 2])
        best, tried_s = 0.0, 0.0
        for of_a in (False, True):
            # The other item on the same grid, as far as it goes and FAR_S on either side at most.
            if of_a:
                ends = sorted((one - offset_s) / speed for one in (float(self._a_s[0]), float(self._a_s[-1])))
            else:
                ends = [float(self._b_s[0]), float(self._b_s[-1])]
            before, after = (
                int(max(0.0, min(FAR_S, one)) / STEP_S) for one in (middle_s - ends[0], ends[1] - middle_s)
            )
            other_s = np.asarray(middle_s + STEP_S * np.arange(-before, after + 1), np.float64)
            if of_a:
                other, stretch = _at(self._a, self._a_s, speed * other_s + offset_s), b
            else:
                other, stretch = _at(self._b, self._b_s, other_s), a
            likeness, lag, shared = likeness_by_lag(_changes(other), _changes(stretch))
            # step k of the stretch lies at middle + (k - half) steps, and of the other `before` steps later
            apart_s = STEP_S * np.abs(lag - before + len(grid_b) // 2)
            elsewhere = (apart_s > SAME_S) & (shared >= max(4, CHANCE_SHARED * len(grid_b)))
            if elsewhere.any():
                best = max(best, float(likeness[elsewhere].max()))
                tried_s += STEP_S * float(elsewhere.sum())
        return Chance(best=best, tried_s=tried_s)

    def _both(self, time_map: TimeMap, b_start_s: float, b_end_s: float) -> tuple[NDArray[np.float64], Trail, Trail]:
        grid_b = np.arange(b_start_s, b_end_s + 1e-6, STEP_S)
        at = time_map.speed * grid_b + time_map.offset_s
        # Beyond the ends the nearest picture would stand in, still while the other moves on: of a second that is much.
        near = (at >= self._a_s[0] - BEYOND_S) & (at <= self._a_s[-1] + BEYOND_S)
        near &= (grid_b >= self._b_s[0] - BEYOND_S) & (grid_b <= self._b_s[-1] + BEYOND_S)
        grid_b, at = grid_b[near], at[near]
        return grid_b, _at(self._a, self._a_s, at), _at(self._b, self._b_s, grid_b)

    def stretch(self, time_map: TimeMap) -> tuple[float, float] | None:
        """The longest stretch of b that agrees under this very time map; None where nothing agrees."""
        grid_b, a, b = self._both(time_map, float(self._b_s[0]), float(self._b_s[-1]))
        if len(grid_b) < 2:
            return None
        change_a, change_b = _changes(a), _changes(b)
        window = np.ones(min(WINDOW, len(change_a)))

        def smooth(values: NDArray[np.float32]) -> NDArray[np.float64]:
            return np.convolve(values, window, "same")

        moved = _energy(change_a, change_b)
        # A cut in one of them would outweigh all that agrees beside it.
        weight = np.minimum(
            1.0, OUTWEIGHS * float(np.median(np.append(moved[moved > MOVING], MOVING))) / (moved + 1e-6)
        )
        product = smooth(weight * (change_a * change_b).sum(1))
        norm = np.sqrt(smooth(weight * (change_a**2).sum(1)) * smooth(weight * (change_b**2).sum(1)))
        local = product / np.maximum(norm, 1e-6)
        energy = smooth(moved) / smooth(np.ones(len(change_a), np.float32))
        alike = _likeness(a, b)
        worth = np.where(local >= 0.55, 1.0, np.where(local < 0.35, -1.5, -0.4))
        quiet = np.where(alike >= 0.8, 0.3, -1.0)
        found = _best_run(np.where(energy > MOVING / 2, worth, quiet))
        if found is None:
            return None
        # A window sees half of itself too far: at the ends steps are asked one by one.
        step = (change_a * change_b).sum(1) / np.maximum(
            np.sqrt((change_a**2).sum(1) * (change_b**2).sum(1)), MOVING / 2 * change_a.shape[1]
        )
        off = (step < AGREES) & (_energy(change_a, change_b) > MOVING)
        first, last = found
        sure_from, sure_to = min(first + WINDOW // 2, last), max(last - WINDOW // 2, first)
        while first < sure_from and off[first:sure_from].any():
            first += 1
        while last > max(sure_to, first) and off[sure_to + 1 : last + 1].any():
            last -= 1
        # Beside a cut the changes of two steps reach beyond it, and the pictures alone tell.
        same = max(CUT_ALIKE, float(np.median(alike[first : last + 1])) - 0.05)
        first -= next((n for n in range(CUT_STEPS) if first - n < 1 or alike[first - n - 1] < same), CUT_STEPS)
        last += next(
            (n for n in range(CUT_STEPS) if last + n + 1 >= len(alike) or alike[last + n + 1] < same), CUT_STEPS
        )
        return float(grid_b[first]), float(grid_b[last])

    def _refined(self, time_map: TimeMap, b_start_s: float, b_end_s: float) -> TimeMap:
        """Nudges offset and speed, by halving steps, towards the best correlation of changes over the stretch."""
        middle_s = (b_start_s + b_end_s) / 2
        length_s = max(b_end_s - b_start_s, 1.0)

        def moved(by_s: float, faster: float) -> TimeMap:
            # turning about the middle keeps offset and speed from fighting each other
            speed = time_map.speed + faster
            return TimeMap(speed=speed, offset_s=time_map.offset_s - faster * middle_s + by_s)

        def worth(by_s: float, faster: float) -> float:
            _, a, b = self._both(moved(by_s, faster), b_start_s, b_end_s)
            return correlation(_changes(a), _changes(b)) if len(a) > 2 else -1.0

        if length_s > LONGEST_REFINED_S:  # a minute tells offset and speed as well as an hour
            b_start_s, b_end_s = middle_s - LONGEST_REFINED_S / 2, middle_s + LONGEST_REFINED_S / 2
            length_s = LONGEST_REFINED_S

        by_s, faster, best = 0.0, 0.0, worth(0.0, 0.0)
        reach_s = STEP_S
        while reach_s >= 0.01:
            tilt = 2 * reach_s / length_s if length_s >= 1.5 else 0.0  # too short to tell speed from offset
            tried = [(by_s + p * reach_s, faster + q * tilt) for p in (-1, 0, 1) for q in (-1, 0, 1) if p or q]
            values = [worth(*one) for one in tried]
            top = int(np.argmax(values))
            if values[top] > best + 1e-6:
                best, (by_s, faster) = values[top], tried[top]
            else:
                reach_s /= 2
        if abs(faster) > 0 and abs(moved(0.0, faster).speed - 1) < 0.01:
            # An unchanged speed needs no explanation; a change of under 1 % must earn one.
            plain = 1.0 - time_map.speed
            level = max((worth(by_s + nudge, plain), by_s + nudge) for nudge in (-0.04, -0.02, 0.0, 0.02, 0.04))
            if level[0] > best - 0.01:
                return moved(level[1], plain)
        return moved(by_s, faster)


def _moving_s(trail: Trail, times_s: NDArray[np.float64], near_s: list[float]) -> float:
    if len(times_s) < 3 or not trail.shape[1] or not near_s:
        return 0.0
    grid_s = np.arange(times_s[0], times_s[-1] + 1e-6, STEP_S)
    seen_s = np.asarray(near_s)
    nearest = seen_s[np.abs(grid_s[:, None] - seen_s[None]).argmin(1)]
    near = np.abs(grid_s - nearest) <= NEAR_S
    # beyond a cut another scene moves, and a cut itself is no movement
    here = _at(trail, times_s, grid_s)
    changes = _changes(here)
    near &= _likeness(here, _at(trail, times_s, nearest)) >= SAME_SHOT
    near &= _likeness(_at(trail, times_s, grid_s - STEP_S), _at(trail, times_s, grid_s + STEP_S)) >= SAME_SHOT
    return float(((changes**2).mean(1) > MOVING)[near].sum() * STEP_S)


def warped(trail: NDArray[np.uint8], matrix: NDArray[np.float64]) -> tuple[Trail, NDArray[np.bool_]]:
    """The pictures [k, 32, 32] moved by a map in unit coordinates, and which cells [32, 32] they cover."""
    # unit coordinates of a cell's centre are (i + ½) / 32
    shift = TRAIL * (matrix[:, :2] @ np.full(2, 0.5 / TRAIL) + matrix[:, 2]) - 0.5
    in_cells = np.column_stack([matrix[:, :2], shift])
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    blur = 0.5 * np.sqrt(max(0.0, 1 / max(scale, 0.05) ** 2 - 1))  # what shrinking would fold into wrong patterns
    seen = cv2.warpAffine(np.ones((TRAIL, TRAIL), np.float32), in_cells, (TRAIL, TRAIL), flags=cv2.INTER_LINEAR)
    moved = np.empty((len(trail), TRAIL, TRAIL), np.float32)
    for number, picture in enumerate(trail):
        soft = picture.astype(np.float32)
        if blur > 0.25:
            soft = cv2.GaussianBlur(soft, (0, 0), blur)
        moved[number] = cv2.warpAffine(soft, in_cells, (TRAIL, TRAIL), flags=cv2.INTER_LINEAR)
    return moved, seen > 0.99


def _changes(pictures: Trail) -> Trail:
    """The change over two steps around each picture, of one length with them (the ends repeat)."""
    if len(pictures) < 3:
        return np.zeros_like(pictures)
    inner = pictures[2:] - pictures[:-2]
    return np.concatenate([inner[:1], inner, inner[-1:]])


def _energy(change_a: Trail, change_b: Trail) -> NDArray[np.float32]:
    """How much moves at each step in the one that moves more, mean squared grey levels."""
    return np.asarray(np.maximum((change_a**2).mean(1), (change_b**2).mean(1)))


def correlation(p: Trail, q: Trail) -> float:
    """Of changes, or of pictures less their means: -1 to 1; 0 where one of both is flat, or nothing is shown."""
    if not p.size or not q.size:
        return 0.0
    norm = float(np.sqrt(float((p**2).sum()) * float((q**2).sum())))
    return float((p * q).sum()) / norm if norm > 1e-6 else 0.0


def _likeness(a: Trail, b: Trail) -> NDArray[np.float64]:
    """Correlation of each picture of a with its one of b, over the cells."""
    p, q = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    norm = np.sqrt((p**2).sum(1) * (q**2).sum(1))
    return np.asarray((p * q).sum(1) / np.maximum(norm, 1e-6), np.float64)


def _best_run(worth: NDArray[np.float64]) -> tuple[int, int] | None:
    """First and last place of the stretch whose worths sum highest (Kadane); None where none is above zero."""
    best, best_first, best_last = 0.0, 0, -1
    running, first = 0.0, 0
    for place, value in enumerate(worth):
        if running <= 0:
            running, first = 0.0, place
        running += value
        if running > best:
            best, best_first, best_last = running, first, place
    return (best_first, best_last) if best_last >= 0 else None
