"""How one picture lies in another: matching features, and the map that carries most of them over.

The search is exhaustive, not random: every matched pair of oriented features proposes one similarity, every
proposal is tried on every match. So the same pictures always give the same answer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FARTHEST_BITS = 72  # of 256. Nearest strangers among 300 lie at 78 and more in 99 of 100 cases; see bench/copies/LOG.md
FEWEST = 7  # matches that one proposal brings roughly into place; strangers mostly stay below, and are soon done with
PLENTY = 20  # witnesses after which no better proposal is looked for
ROUGH_PX = 14.0  # a proposal errs by about 5° and half a scale step of 1.2: 14 px at half a picture's distance
FINE_PX = 5.0
CELL_PX = 16.0  # matches within one cell of this size count once: letters of a logo are not many witnesses


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """Features of one frame: `code` [n, words], `xy` [n, 2] px, `diameter_px` [n], `angle` [n] radians."""

    code: NDArray[np.uint64]
    xy: NDArray[np.float32]
    diameter_px: NDArray[np.float32]
    angle: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """One picture laid over another: b = matrix · [a, 1], in px of both."""

    matrix: NDArray[np.float64]  # [2, 3]
    witnesses: int  # distinct places, in both pictures, whose features agree
    matches: int  # matching features before geometry
    spread_a: float  # share of a's picture, 0 to 1, that the witnesses span
    spread_b: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches:
    """Features of two frames, m pairs, that may be the same: of each the nearest in the other frame, where near enough.
    Places in px, turns in radians."""

    from_xy: NDArray[np.float64]  # [m, 2]
    to_xy: NDArray[np.float64]  # [m, 2]
    scale: NDArray[np.float64]  # [m] by which it is larger in the other frame
    turn: NDArray[np.float64]  # [m] by which it is turned there
    bits: NDArray[np.int64]  # [m] in which the codes differ
    mutual: NDArray[np.bool_]  # [m] each other's nearest


def distance(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Bits in which codes [..., words] differ, of the shape that a and b broadcast to."""
    # Word by word: summing over a last axis of four is several times slower.
    bits = np.bitwise_count(a[..., 0] ^ b[..., 0]).astype(np.uint16)
    for word in range(1, a.shape[-1]):
        bits += np.bitwise_count(a[..., word] ^ b[..., word])
    return np.asarray(bits)


def nearest(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Features that are each other's nearest and near enough: indexes into a and into b."""
    of_a, of_b, _, mutual = _near(a, b)
    return of_a[mutual], of_b[mutual]


def _near(
    a: NDArray[np.uint64], b: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Features of which one is the other's nearest and near enough: indexes into a, in order, and into b, the bits in
    which they differ, and whether both are."""
    if not len(a) or not len(b):
        none = np.zeros(0, np.int64)
        return none, none, none, np.zeros(0, np.bool_)
    bits = distance(a[:, None], b[None])
    rows, columns = np.arange(len(a)), np.arange(len(b))
    to_b, to_a = bits.argmin(1), bits.argmin(0)
    mutual = to_a[to_b] == rows
    other = to_b[to_a] != columns  # b's nearest, whose own nearest is another
    of_a, of_b = np.concatenate([rows, to_a[other]]), np.concatenate([to_b, columns[other]])
    differ = bits[of_a, of_b].astype(np.int64)
    enough = differ <= FARTHEST_BITS * a.shape[1] / 4
    mutual = np.concatenate([mutual, np.zeros(int(other.sum()), np.bool_)])
    return of_a[enough], of_b[enough], differ[enough], mutual[enough]


def matched(a: Features, b: Features) -> Matches:
    """The features of two frames that may be the same."""
    of_a, of_b, bits, mutual = _near(a.code, b.code)
    return Matches(
        from_xy=a.xy[of_a].astype(np.float64),
        to_xy=b.xy[of_b].astype(np.float64),
        scale=(b.diameter_px[of_b] / a.diameter_px[of_a]).astype(np.float64),
        turn=(b.angle[of_b] - a.angle[of_a]).astype(np.float64),
        bits=bits,
        mutual=mutual,
    )


def fit(matches: Matches, *, size_a: tuple[float, float], size_b: tuple[float, float]) -> Fit | None:
    """The map that carries most of a's features onto b's; None where fewer than FEWEST roughly agree.

    Only features that are each other's nearest speak. Similarities are proposed; the final map is affine where enough
    witnesses spread widely enough to hold it.
    """
    mutual = matches.mutual
    if int(mutual.sum()) < FEWEST:
        return None
    from_xy, to_xy = matches.from_xy[mutual], matches.to_xy[mutual]
    proposals = similarities(from_xy, to_xy, matches.scale[mutual], matches.turn[mutual])
    off_x = np.outer(proposals[:, 0, 0], from_xy[:, 0]) + np.outer(proposals[:, 0, 1], from_xy[:, 1])
    off_y = np.outer(proposals[:, 1, 0], from_xy[:, 0]) + np.outer(proposals[:, 1, 1], from_xy[:, 1])
    off_x += proposals[:, 0, 2, None] - to_xy[:, 0]
    off_y += proposals[:, 1, 2, None] - to_xy[:, 1]
    near = off_x**2 + off_y**2 < ROUGH_PX**2
    if near.sum(1).max() < FEWEST:
        return None
    best: tuple[int, NDArray[np.float64], NDArray[np.bool_]] | None = None
    for one in np.argsort(-near.sum(1), kind="stable")[:3]:  # the best proposals mostly differ by noise alone
        scale_of_it = float(np.sqrt(abs(np.linalg.det(proposals[one, :, :2]))))
        if places(from_xy[near[one]], to_xy[near[one]], scale_of_it) < FEWEST:
            continue  # mostly strangers: spared what follows
        found = refined(from_xy, to_xy, near[one])
        if found is None:
            continue
        matrix, inside = found
        count = places(from_xy[inside], to_xy[inside], float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))))
        if best is None or count > best[0]:
            best = (count, matrix, inside)
        if count >= PLENTY:
            break
    if best is None or best[0] < 4:
        return None
    count, matrix, inside = best
    return Fit(
        matrix=matrix,
        witnesses=count,
        matches=len(from_xy),
        spread_a=spread(from_xy[inside], size_a),
        spread_b=spread(to_xy[inside], size_b),
    )


def similarities(
    from_xy: NDArray[np.float64], to_xy: NDArray[np.float64], scale: NDArray[np.float64], turn: NDArray[np.float64]
) -> NDArray[np.float64]:
    """[n, 2, 3]: the similarity that each single match of oriented features proposes."""
    cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
    linear = np.stack([np.stack([cosine, -sine], 1), np.stack([sine, cosine], 1)], 1)
    shift = to_xy - np.einsum("nij,nj->ni", linear, from_xy)
    return np.concatenate([linear, shift[:, :, None]], 2)


def refined(
    from_xy: NDArray[np.float64],
    to_xy: NDArray[np.float64],
    inside: NDArray[np.bool_],
    *,
    finally_px: float = FINE_PX,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    """Least squares on the inliers, four times, with a tolerance that shrinks to finally_px: the map, and the inliers;
    None where nothing holds it."""
    matrix = np.zeros((2, 3))
    for tolerance_px in (ROUGH_PX, max(0.6 * ROUGH_PX, finally_px), finally_px, finally_px):
        if inside.sum() < 4:
            return None
        matrix = _least_squares(from_xy[inside], to_xy[inside], affine=int(inside.sum()) >= 16)
        off = to_xy - (from_xy @ matrix[:, :2].T + matrix[:, 2])
        inside = (off**2).sum(1) < tolerance_px**2
    if inside.sum() < 4 or not _plausible(matrix):
        return None
    return matrix, inside


def _least_squares(from_xy: NDArray[np.float64], to_xy: NDArray[np.float64], *, affine: bool) -> NDArray[np.float64]:
    middle_from, middle_to = from_xy.mean(0), to_xy.mean(0)
    p, q = from_xy - middle_from, to_xy - middle_to
    if affine and _wide(p):  # points on a line do not hold an affine map
        linear = np.linalg.solve(p.T @ p, p.T @ q).T
    else:
        energy = float((p**2).sum()) or 1.0
        along, across = (p * q).sum() / energy, (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum() / energy
        linear = np.array([[along, -across], [across, along]])
    return np.column_stack([linear, middle_to - linear @ middle_from])


def _wide(p: NDArray[np.float64]) -> bool:
    """Whether points about their middle are at least a fifth as wide as they are long."""
    xx, yy, xy = float((p[:, 0] ** 2).sum()), float((p[:, 1] ** 2).sum()), float((p[:, 0] * p[:, 1]).sum())
    half, off = (xx + yy) / 2, float(np.hypot((xx - yy) / 2, xy))
    return half - off > 0.04 * (half + off)


def _plausible(matrix: NDArray[np.float64]) -> bool:
    """No mirror (mirrored codes are matched apart), no squeeze beyond 4:3 into 16:9 and back, scale 1/8 to 8."""
    large, small = np.linalg.svd(matrix[:, :2], compute_uv=False)
    return bool(np.linalg.det(matrix[:, :2]) > 0 and small > 0.125 and large < 8 and large / small < 2.0)


def places(from_xy: NDArray[np.float64], to_xy: NDArray[np.float64], scale: float) -> int:
    """Distinct places: cells of CELL_PX in the picture that shows more closely what both show."""

    def distinct(xy: NDArray[np.float64], cell_px: float) -> int:
        column, row = (xy // cell_px).astype(np.int64).T
        return len(np.unique(column * 100_000 + row))

    return min(distinct(from_xy, CELL_PX / max(1.0, scale)), distinct(to_xy, CELL_PX / max(1.0, 1 / max(scale, 1e-3))))


def spread(xy: NDArray[np.float64], size: tuple[float, float]) -> float:
    """Share of the picture under the middle nine tenths of the points, by axes: a box, robust to a stray."""
    in_order = np.sort(xy, axis=0)
    low, high = in_order[round(0.05 * (len(xy) - 1))], in_order[round(0.95 * (len(xy) - 1))]
    return float(min(1.0, np.prod((high - low) / np.asarray(size))))
