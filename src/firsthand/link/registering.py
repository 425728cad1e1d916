"""Lays two trails exactly over each other, in the picture and in time at once.

Features say how two pictures lie over each other, but frames are sampled a second apart, and while a camera moves the
nearest two show different views: the map is as far off as the camera moved between them. So map and time map are
fitted together to all that changes in both trails (Gauss and Newton's least squares on what Lucas and Kanade, IJCAI
1981, linearise; time is one more direction in which a picture is shifted), coarse pictures first.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.prints import TRAIL, Print
from firsthand.link.trails import TimeMap, inverse, smoothed_at

GRID_S = 0.2
FEWEST_CELLS = 40
SHORTEST_S = 0.6
LONGEST_S = 12.0  # as much as is fitted; a few seconds hold the eight numbers that are sought many times over
COARSE = (2.0, 1.0, 0.0)  # blur in cells, one round after the other
ROUNDS = 8
GAINS = 0.0005
FARTHEST_SPEED = 0.2
CORRELATED = 30.0  # cells and steps that err together
LIKELY_S = 0.3
LIKELY_SPEED = 0.1
FARTHEST_S = 1.0

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """How a lies over b: matrix [2, 3] in unit coordinates, and the time map."""

    matrix: NDArray[np.float64]
    time_map: TimeMap


def registered(
    a: Print,
    b: Print,
    *,
    matrix: NDArray[np.float64],
    time_map: TimeMap,
    b_start_s: float,
    b_end_s: float,
    stray: float,
    free_speed: bool = True,
) -> Laid | None:
    """The map and time map near the given ones under which changes fit best over a stretch of b (its middle, where
    it is long); None where there is nothing to fit. stray: how far the map may be off, in pictures, which is as far as
    the camera moves between the frames that gave it: where it stands still, the background holds the map, and what
    moves has no say in it. free_speed: whether the speed may move.
    """
    ends = [(float(a.trail_s[end]) - time_map.offset_s) / time_map.speed for end in (0, -1)]
    start_s, end_s = max(b_start_s, float(b.trail_s[0]), min(ends)), min(b_end_s, float(b.trail_s[-1]), max(ends))
    if end_s - start_s < SHORTEST_S:
        return None
    middle_s = (start_s + end_s) / 2
    half_s = min(LONGEST_S, end_s - start_s) / 2
    grid_s = np.arange(middle_s - half_s, middle_s + half_s + 1e-6, GRID_S)
    a_shrinks = abs(np.linalg.det(matrix[:, :2])) <= 1
    # `over` leads from the fixed picture's cells to the moving picture's, in unit coordinates.
    over = inverse(matrix) if a_shrinks else matrix.copy()
    first_over, first_at_s = over, time_map.speed * middle_s + time_map.offset_s
    speed, offset_s = time_map.speed, time_map.offset_s
    fit = _Fit(a, b, grid_s=grid_s, a_shrinks=a_shrinks, stray=stray, free_speed=free_speed)
    for blur in COARSE:
        laid, found = over, TimeMap(speed=speed, offset_s=offset_s)
        before, share = -1.0, 1.0
        for _ in range(ROUNDS):
            step = fit.step(laid, found, blur=blur)
            if step is None:
                return None
            if step.agreement < before + GAINS:  # no better than where it came from
                share /= 2
                if share < 0.25 or step.agreement < before:
                    break
            before, over, speed, offset_s = step.agreement, laid, found.speed, found.offset_s
            laid = _joined(over, step.nudge(share))
            # turning about the middle keeps offset and speed from fighting each other
            faster, later = share * step.faster, share * step.later_s
            found = TimeMap(speed=speed + faster, offset_s=offset_s + later - faster * middle_s)
            strayed_s = found.speed * middle_s + found.offset_s - first_at_s
            strays = abs(strayed_s) > FARTHEST_S or abs(found.speed / time_map.speed - 1) > FARTHEST_SPEED
            if strays or _far(laid, first_over, stray):
                break
    return Laid(
        matrix=inverse(over) if a_shrinks else over, time_map=TimeMap(speed=float(speed), offset_s=float(offset_s))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """Where to go from here. agreement: -1 to 1, correlation where it was taken; moves: six numbers of the map about
    `middle` of the fixed picture."""

    agreement: float
    moves: NDArray[np.float64]
    middle: tuple[float, float]
    later_s: float
    faster: float

    def nudge(self, share: float) -> NDArray[np.float64]:
        (x, xx, xy, y, yx, yy), (at_x, at_y) = (share * self.moves).tolist(), self.middle
        return np.array([[1 + xx, xy, x - xx * at_x - xy * at_y], [yx, 1 + yy, y - yx * at_x - yy * at_y]])


class _Fit:
    """One step after another towards a better fit, on a fixed grid of b's seconds."""

    def __init__(
        self, a: Print, b: Print, *, grid_s: NDArray[np.float64], a_shrinks: bool, stray: float, free_speed: bool
    ) -> None:
        self._hold = CORRELATED / np.array([stray**2] * 6 + [LIKELY_S**2, LIKELY_SPEED**2])
        self._a, self._grid_s, self._a_shrinks, self._free_speed = a, grid_s, a_shrinks, free_speed
        self._of_b = smoothed_at(b.trail, b.trail_s, grid_s, GRID_S / 2)
        steps = (np.arange(TRAIL, dtype=np.float32) + 0.5) / TRAIL
        self._x, self._y = np.meshgrid(steps, steps)

    def step(self, over: NDArray[np.float64], time_map: TimeMap, *, blur: float) -> "_Step | None":
        """The way to a better fit from here; None where too little is shared."""
        at_a = time_map.speed * self._grid_s + time_map.offset_s
        of_a = smoothed_at(self._a.trail, self._a.trail_s, at_a, GRID_S / 2 * abs(time_map.speed))
        moving, fixed = (of_a, self._of_b) if self._a_shrinks else (self._of_b, of_a)
        seen = _seen(over)
        blur = min(blur, float(np.sqrt(seen.sum())) / 12)  # beside a small inset there is other footage
        carried = _carried(moving, over, blur)
        fixed = _blurred(fixed, blur)
        gy, gx = (np.asarray(np.gradient(carried, axis=axis)) * TRAIL for axis in (1, 2))
        of_a = carried if self._a_shrinks else fixed
        gt = np.asarray(np.gradient(of_a, axis=0)) / (GRID_S * time_map.speed)
        if blur >= 1:  # every second cell tells as much
            thin = np.zeros_like(seen)
            thin[::2, ::2] = seen[::2, ::2]
            seen = thin
        p, q = fixed[:, seen], carried[:, seen]
        p, q = p - p.mean(0), q - q.mean(0)
        alive = self._alive(p, q)
        if alive.sum() * (4 if blur >= 1 else 1) < FEWEST_CELLS:
            return None
        p, q = p[:, alive], q[:, alive]
        gx, gy, gt = (one[:, seen][:, alive] for one in (gx, gy, gt))
        x, y = self._x[seen][alive], self._y[seen][alive]
        middle = float(x.mean()), float(y.mean())
        x, y = x - np.float32(middle[0]), y - np.float32(middle[1])
        power_p, power_q, both = (float(np.einsum("kc,kc->", m, n)) for m, n in ((p, p), (q, q), (p, q)))
        if min(power_p, power_q) < 1e-3:
            return None
        gain = max(both / power_q, 0.3 * np.sqrt(power_p / power_q))
        in_time = gt * (gain if self._a_shrinks else -1.0)
        gx, gy = gain * gx, gain * gy
        directions = [gx, gx * x, gx * y, gy, gy * x, gy * y, in_time]
        if self._free_speed:
            directions.append(in_time * (self._grid_s - self._grid_s.mean()).astype(np.float32)[:, None])
        slopes = np.stack([(one - one.mean(0)).ravel() for one in directions])
        rest = (p - gain * q).ravel()
        # einsum: a matrix product would wake a thread on every core for a few milliseconds of work
        normal = np.einsum("in,jn->ij", slopes, slopes).astype(np.float64)
        pull = np.einsum("in,n->i", slopes, rest).astype(np.float64)
        # what the pictures do not hold (a speed of a second, a turn of a blank wall) stays where it was
        noise = float(np.einsum("n,n->", rest, rest)) / rest.size
        moves = np.zeros(8)
        moves[: len(slopes)] = np.linalg.solve(normal + np.diag(noise * self._hold[: len(slopes)] + 1e-6), pull)
        return _Step(
            agreement=both / float(np.sqrt(power_p * power_q)),
            moves=moves[:6],
            middle=middle,
            later_s=float(moves[6]),
            faster=float(moves[7]),
        )

    def _alive(self, p: Floats, q: Floats) -> NDArray[np.bool_]:
        """Cells that move in both, or in neither: a caption that stands in one of them would hold the fit back."""
        in_p, in_q = (np.einsum("kc,kc->c", one, one) for one in (p, q))
        in_q = in_q * (in_p.sum() / max(float(in_q.sum()), 1e-6))
        quiet = 0.05 * (in_p.mean() + 1e-6)
        return np.asarray((np.minimum(in_p, in_q) >= 0.05 * np.maximum(in_p, in_q)) | (np.maximum(in_p, in_q) < quiet))


def _joined(first: NDArray[np.float64], then: NDArray[np.float64]) -> NDArray[np.float64]:
    """The affine map that does `then` before `first`."""
    return np.column_stack([first[:, :2] @ then[:, :2], first[:, :2] @ then[:, 2] + first[:, 2]])


def _blurred(pictures: Floats, blur: float) -> Floats:
    return np.stack([cv2.GaussianBlur(one, (0, 0), blur) for one in pictures]) if blur > 0.25 else pictures


def _carried(pictures: Floats, over: NDArray[np.float64], blur: float) -> Floats:
    """Pictures as the fixed picture's cells see them."""
    scale = 1 / max(float(np.sqrt(abs(np.linalg.det(over[:, :2])))), 1e-3)
    folded = 0.5 * np.sqrt(max(0.0, 1 / max(scale, 0.05) ** 2 - 1))  # what shrinking would fold into wrong patterns
    soft = _blurred(pictures, float(np.hypot(blur / max(scale, 0.05), folded)))
    in_cells, flags = _in_cells(over), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.stack(
        [cv2.warpAffine(one, in_cells, (TRAIL, TRAIL), flags=flags, borderMode=cv2.BORDER_REPLICATE) for one in soft]
    )


def _seen(over: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which cells [32, 32] of the fixed picture lie within the moving one."""
    all_of_it, flags = np.ones((TRAIL, TRAIL), np.float32), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(all_of_it, _in_cells(over), (TRAIL, TRAIL), flags=flags) > 0.99)


def _in_cells(over: NDArray[np.float64]) -> NDArray[np.float64]:
    shift = TRAIL * (over[:, :2] @ np.full(2, 0.5 / TRAIL) + over[:, 2]) - 0.5
    return np.column_stack([over[:, :2], shift])


def _far(p: NDArray[np.float64], q: NDArray[np.float64], most: float) -> bool:
    """Whether two maps part by more than `most` where both lead into the picture."""
    steps = (np.arange(8) + 0.5) / 8
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    in_p, in_q = (grid @ one[:, :2].T + one[:, 2] for one in (p, q))
    inside = ((in_q >= 0) & (in_q <= 1)).all(1)
    return not inside.any() or float(np.abs(in_p - in_q)[inside].max()) > 2 * most
