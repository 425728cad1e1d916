"""Two copies' small pictures at the same instants, one laid over the other as exactly as they allow.

A map from one pair of frames errs by what the camera moved between them. Over many instants of the trails it is
brought to a fraction of a cell (a cell is a thirty-second of a picture's side): Lucas and Kanade's method, affine,
with a gain and an offset of brightness, cells weighted down that never agree.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.motion import FEWEST_CELLS, Trail, inverse
from firsthand.link.prints import TRAIL, Print
from firsthand.link.shades import tone_line, toned

STEPS = (1.6, 8), (0.0, 8)  # softening in cells, steps of refinement under it
FARTHEST = 0.12  # of a picture, that refining may move a corner: beyond, it has lost its way
SHIFTS = (-0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15)  # of a picture
NEARLY_WHOLE = 0.5  # of a picture, that a corner of a map may lie from the whole picture's
GOOD, FAIR, BETTER = (
    0.03,
    0.08,
    0.9,
)  # disagreements that end the search for a better start; share a later one may reach
FEWEST_PX = (2 * TRAIL) ** 2  # below, many pixels lie in two cells each, and which they fill hangs on the scaling
FOUR_FIFTHS = 0.8  # of the cells: what lies under a caption agrees with nothing
BENDING, FEWEST_BENT = 8, 6  # steps; instants
BENDS, EXPLAINS = 0.006, 0.93  # sides that a bend must depart by; share of the disagreement it may leave

# The eight ways in which a whole picture lies on a whole picture; the plain one first.
TURNS = tuple(np.array([[x, 0], [0, y]], np.float64) for x in (1, -1) for y in (1, -1)) + tuple(
    np.array([[0, x], [y, 0]], np.float64) for x in (1, -1) for y in (1, -1)
)

Matrix = NDArray[np.float64]
Cells = NDArray[np.bool_]  # [32, 32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laid:
    """a and b in step. a, b: [t, 32, 32] their pictures as they are. matrix: a's picture to b's, unit coordinates.

    under, over: [t, 32, 32] the same instants in the grid of one of them (`grid`), `over` being the other, moved.
    seen: cells of the grid that both show. off: [t, 32, 32] what `under` is brighter by than `over` should make it, in
    under's grey levels. gain: contrast of b ÷ contrast of a; lift: b's brightness where a's is 128, less 128.
    """

    a: Trail
    b: Trail
    matrix: Matrix
    grid: str  # "a" or "b"
    under: Trail
    over: Trail
    seen: Cells
    off: Trail
    gain: float
    lift: float
    resampled: bool  # cells of the one fall between cells of the other: fine texture differs by that alone
    bend: float  # how far the corners of what both show depart from any affine map, in sides of the grid; 0: not shown


def laid_at(a: Print, b: Print, pairs: list[tuple[int, int]], matrix: Matrix, *, refine: bool = True) -> Laid | None:
    """The same for these pairs of trail pictures, by number; a refined map is nearer the truth than `matrix`."""
    if not pairs:
        return None
    of_a = a.trail[[one for one, _ in pairs]].astype(np.float32)
    of_b = b.trail[[one for _, one in pairs]].astype(np.float32)
    on_b = abs(np.linalg.det(matrix[:, :2])) <= 1
    under, moved = (of_b, of_a) if on_b else (of_a, of_b)
    back = inverse(matrix) if on_b else matrix  # from the grid to the one that is moved
    refined = _refined(under, moved, back) if refine else back
    # One instant alone is bent to fit as readily as it is laid.
    bent, bend = _bent(under, moved, refined) if refine and len(pairs) >= FEWEST_BENT else (refined, 0.0)
    over, seen = sampled(moved, bent)
    if seen.sum() < FEWEST_CELLS:
        return None
    off, gain, lift = toned(under, over, seen)
    aspects = [one.size_px[0] / max(one.size_px[1], 1.0) for one in (a, b)]
    turned = abs(matrix[0, 0]) < abs(matrix[0, 1])
    tiny = any(0 < one.pixels < FEWEST_PX for one in (a, b))
    squeezed = abs(np.log(aspects[0] * aspects[1] if turned else aspects[0] / aspects[1])) > 0.02
    return Laid(
        a=of_a,
        b=of_b,
        matrix=inverse(refined) if on_b else refined,
        grid="b" if on_b else "a",
        under=under,
        over=over,
        seen=seen,
        off=off,
        gain=gain if on_b else 1 / max(gain, 1e-3),
        lift=lift if on_b else -lift / max(gain, 1e-3),
        resampled=tiny or squeezed or _resamples(refined),
        bend=bend,
    )


def sampled(pictures: Trail, back: Matrix) -> tuple[Trail, Cells]:
    """Pictures [t, 32, 32] as a grid sees them whose unit coordinates `back` leads to theirs, softened where they are
    shrunk; and the cells that lie within them."""
    softened = _softened(pictures, back[:2])
    x, y = _moved(back)
    edge = 0.3 / TRAIL
    seen = ((x >= edge) & (x <= 1 - edge) & (y >= edge) & (y <= 1 - edge)).reshape(TRAIL, TRAIL)
    return _bilinear(softened, x, y).reshape(-1, TRAIL, TRAIL), seen


def moved_cells(cells: Cells, back: Matrix) -> Cells:
    """Cells of another grid as a grid sees them whose unit coordinates `back` leads to theirs; beyond it, none."""
    x, y = _moved(back)
    inside = (x >= 0) & (x < 1) & (y >= 0) & (y < 1)
    column, row = (np.clip(one * TRAIL, 0, TRAIL - 1).astype(np.int64) for one in (x, y))
    return np.asarray((cells[row, column] & inside).reshape(TRAIL, TRAIL))


def well_within(back: Matrix, by: float) -> Cells:
    """Cells of a grid whose centres lie this far (in cells of the grid) within the other picture at least, that `back`
    leads to."""
    x, y = _moved(back)
    across, down = (by / TRAIL * float(np.abs(row[:2]).sum()) for row in back[:2])
    return np.asarray(((x >= across) & (x <= 1 - across) & (y >= down) & (y <= 1 - down)).reshape(TRAIL, TRAIL))


def shown_share(matrix: Matrix) -> float:
    """How much of a picture, 0 to 1, comes to lie on the other one that `matrix` leads to."""
    x, y = _moved(matrix)
    edge = 0.3 / TRAIL
    return float(((x >= -edge) & (x <= 1 + edge) & (y >= -edge) & (y <= 1 + edge)).mean())


def corners(matrix: Matrix) -> Matrix:
    """[4, 2]: where a picture's corners go, clockwise from the top left."""
    return np.asarray(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64) @ matrix[:, :2].T + matrix[:, 2])


def _refined(under: Trail, moved: Trail, back: Matrix) -> Matrix:
    """The best of the maps that start from the given one, from it moved to where it fits better, and from the whole
    picture on the whole picture where it is near that."""
    starts = [back]
    whole = nearly_whole(back)
    starts += [whole] if whole is not None else []
    best, least = starts[0], float("inf")
    for start in (*starts, None):
        if start is None:
            if least < FAIR:
                break
            start = _shifted(under, moved, back)
        nearer = climbed(under, moved, start)
        worth = disagreement(under, moved, nearer)
        if worth < BETTER * least:
            best, least = nearer, worth
        if least < GOOD:
            break
    return best


def nearly_whole(matrix: Matrix) -> Matrix | None:
    """The map of the whole picture on the whole picture (turned by quarters, mirrored) that this one is near; None
    where it is near none."""
    nearest = min(TURNS, key=lambda one: float(np.abs(one - matrix[:, :2]).sum()))
    whole = np.column_stack([nearest, 0.5 - nearest @ np.full(2, 0.5)]).astype(np.float64)
    return whole if np.abs(corners(whole) - corners(matrix)).max() < NEARLY_WHOLE else None


def _shifted(under: Trail, moved: Trail, back: Matrix) -> Matrix:
    """The map moved as a whole to where few instants agree best: frames half a second apart err by what a camera moves
    meanwhile."""
    few = slice(None, None, max(1, len(under) // 6))
    scored = []
    for right in SHIFTS:
        for down in SHIFTS:
            moved_by = back + np.array([[0, 0, right], [0, 0, down]])
            scored.append((disagreement(under[few], moved[few], moved_by), moved_by))
    best: Matrix = min(scored, key=lambda one: one[0])[1]
    return best


def climbed(under: Trail, moved: Trail, back: Matrix, terms: tuple[int, ...] | None = None) -> Matrix:
    """The map near `back` under which pictures differ least. terms: those of the six that may change; None: all."""
    best, least = back, disagreement(under, moved, back)
    matrix = back.copy()
    for soft, steps in STEPS:
        above = _above(_softened(moved, back), soft)
        below = _blurred(under, soft, soft)
        for _ in range(steps):
            step = _step(below, above, matrix, terms)
            if step is None:
                break
            before, matrix = matrix, matrix + step
            if _strayed(matrix, back) > 2 * FARTHEST or abs(np.linalg.det(matrix[:, :2])) < 1e-3:
                return best
            if _strayed(matrix, before) < 5e-4:
                break
        worth = disagreement(under, moved, matrix)
        if worth < least and _strayed(matrix, back) <= FARTHEST:
            best, least = matrix.copy(), worth
    return best


def _bent(under: Trail, moved: Trail, back: Matrix) -> tuple[Matrix, float]:
    """The map with two terms more, by which one side may be drawn smaller than the other; and how far that bends the
    corners of what both show. The map as it was and 0 where the two terms explain little."""
    above = _above(_softened(moved, back), 0.0)
    matrix = np.vstack([back, [0.0, 0.0, 1.0]])
    for _ in range(BENDING):
        step = _step(under, above, matrix)
        if step is None:
            return back, 0.0
        matrix = matrix + step
        if _strayed(matrix, back) > FARTHEST:
            return back, 0.0
    x, y = _moved(back)
    shown = _grid()[(x > 0) & (x < 1) & (y > 0) & (y < 1)]
    low, high = shown.min(0), shown.max(0)
    box = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    there = np.column_stack([box, np.ones(4)]) @ matrix.T
    there = there[:, :2] / there[:, 2:]
    odd = (there[0] - there[1] + there[2] - there[3]) / 4  # an affine map keeps parallelograms
    bend = float(np.abs(np.linalg.solve(back[:, :2], odd)).max())
    explains = disagreement(under, moved, matrix) < EXPLAINS * disagreement(under, moved, back)
    return (matrix, bend) if explains and bend >= BENDS else (back, 0.0)


def _moved(back: Matrix) -> tuple[Matrix, Matrix]:
    """Unit coordinates [1024] of where the grid's cells come from."""
    grid = _grid()
    moved = grid @ back[:, :2].T + back[:, 2]
    if len(back) == 3:
        moved = moved[:, :2] / np.maximum(moved[:, 2:], 0.1)
    return moved[:, 0], moved[:, 1]


def _strayed(matrix: Matrix, back: Matrix) -> float:
    """How far any cell that both show is led elsewhere, in pictures."""
    x, y = _moved(back)
    seen = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    if not seen.any():
        return float("inf")
    to_x, to_y = _moved(matrix)
    return float(max(np.abs(to_x - x)[seen].max(), np.abs(to_y - y)[seen].max()))


def _resamples(back: Matrix) -> bool:
    """Whether cells come to lie between cells by more than a tenth of one."""
    x, y = _moved(back)
    inside = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    off = [np.abs(one[inside] * TRAIL - 0.5 - np.round(one[inside] * TRAIL - 0.5)) for one in (x, y)]
    return bool(max(float(np.quantile(one, 0.9)) for one in off) > 0.12) if inside.any() else True


def _above(moved: Trail, soft: float) -> tuple[Trail, Trail, Trail]:
    """Pictures softened, and their slopes across and down in grey levels a picture."""
    above = _blurred(moved, soft, soft)
    return above, np.gradient(above, axis=2) * TRAIL, np.gradient(above, axis=1) * TRAIL


def _step(
    below: Trail, above: tuple[Trail, Trail, Trail], matrix: Matrix, terms: tuple[int, ...] | None = None
) -> Matrix | None:
    """One step of least squares towards the map under which `above` is `below` but for gain and offset."""
    grid = _grid()
    x, y = _moved(matrix)
    seen = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    if seen.sum() < FEWEST_CELLS:
        return None
    at = [_bilinear(one, x[seen], y[seen]) for one in above]
    goal = below.reshape(len(below), -1)[:, seen]
    gain, lift = tone_line(at[0], goal)
    off = goal - gain * at[0] - lift
    usual = np.median(np.abs(off), axis=0)
    weight = 1 / (1 + (usual / max(1.0, 2.5 * float(np.median(usual)))) ** 2)
    across, down = gain * at[1], gain * at[2]
    # d(x, y) / d(each term of the matrix), [terms, cells] for x and for y
    depth = grid[seen] @ matrix[2, :2] + matrix[2, 2] if len(matrix) == 3 else np.ones(int(seen.sum()))
    ones = np.column_stack([grid[seen], np.ones(int(seen.sum()))]).T / depth
    nothing = np.zeros_like(ones)
    by_x, by_y = np.vstack([ones, nothing]), np.vstack([nothing, ones])
    if len(matrix) == 3:
        by_x, by_y = np.vstack([by_x, -ones[:2] * x[seen]]), np.vstack([by_y, -ones[:2] * y[seen]])
    xx, xy, yy = (weight * one.sum(0) for one in (across * across, across * down, down * down))
    square = (by_x * xx) @ by_x.T + (by_x * xy) @ by_y.T + (by_y * xy) @ by_x.T + (by_y * yy) @ by_y.T
    right = by_x @ (weight * (across * off).sum(0)) + by_y @ (weight * (down * off).sum(0))
    square += np.diag(1e-3 * np.diag(square) + 1e-6)
    if terms is not None:
        held = np.setdiff1d(np.arange(len(right)), terms)
        square[held], square[:, held], right[held] = 0.0, 0.0, 0.0
        square[held, held] = 1.0
    step = np.linalg.solve(square, right)
    return np.asarray(np.append(step, 0.0).reshape(3, 3) if len(matrix) == 3 else step.reshape(2, 3))


def disagreement(under: Trail, moved: Trail, back: Matrix, share: float = FOUR_FIFTHS) -> float:
    """What is left of the difference, relative to the contrast there is, in the share of cells that agree best."""
    over, seen = sampled(moved, back)
    if seen.sum() < FEWEST_CELLS:
        return float("inf")
    p, q = over[:, seen], under[:, seen]
    gain, lift = tone_line(p, q)
    off = np.sort(np.abs(q - gain * p - lift).mean(0))
    return float(off[: max(1, int(share * len(off)))].mean() / max(1.0, float(q.std())))


def _softened(pictures: Trail, back: Matrix) -> Trail:
    """What shrinking would fold into wrong patterns is blurred away, along each axis as far as it shrinks."""
    across, down = (float(np.hypot(*back[row, :2])) for row in (0, 1))
    return _blurred(pictures, *(0.5 * np.sqrt(max(0.0, one**2 - 1)) for one in (across, down)))


def _blurred(pictures: Trail, across: float, down: float) -> Trail:
    if max(across, down) <= 0.25:
        return pictures
    across, down = max(across, 0.05), max(down, 0.05)
    return np.stack([cv2.GaussianBlur(one, (0, 0), across, sigmaY=down) for one in pictures]).astype(np.float32)


def _bilinear(pictures: Trail, x: Matrix, y: Matrix) -> Trail:
    """Pictures [t, 32, 32] at unit coordinates [n]: [t, n]; beyond the edge the edge."""
    at_x, at_y = np.clip(x * TRAIL - 0.5, 0, TRAIL - 1.001), np.clip(y * TRAIL - 0.5, 0, TRAIL - 1.001)
    left, top = at_x.astype(np.int64), at_y.astype(np.int64)
    right, low = (at_x - left).astype(np.float32), (at_y - top).astype(np.float32)
    above = pictures[:, top, left] * (1 - right) + pictures[:, top, left + 1] * right
    below = pictures[:, top + 1, left] * (1 - right) + pictures[:, top + 1, left + 1] * right
    return np.asarray(above * (1 - low) + below * low)


def _grid() -> Matrix:
    """[1024, 2]: unit coordinates of the cells' centres, x and y."""
    steps = (np.arange(TRAIL) + 0.5) / TRAIL
    return np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
