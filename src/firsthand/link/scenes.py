"""Whether two items that hold the same corners hold the same scene, or only the same frame, card or logo around it.

A meme's words, a news frame and a title card stand in every clip that was put into them. What moves there is other
footage, and where it moves the two show nothing alike; two takes of one room do, for what stands behind is the same.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.motion import Trail, inverse, warped
from firsthand.link.prints import Print

AROUND_S = 1.0
MOVES = 4.0  # grey levels of standard deviation over time
FEWEST_MOVING = 12  # cells
FINE = 3.0  # cells: what is coarser (a bright picture in a dark frame) says nothing
# Correlation of fine detail where something moves. Clips in one meme frame reach 0.32 at one instant of a dozen,
# takes of one signer in one room 0.50 at least.
ALIKE = 0.4
CARD = 0.6  # of an item, that a shot fills at most to be a card


def same_scene(a: Print, b: Print, matrix: NDArray[np.float64], seen_at: Sequence[tuple[float, float]]) -> bool:
    """Whether what moves in either is, or hides, something that both show; true where nothing moves.

    matrix: a's picture to b's, unit coordinates. seen_at: seconds of a and b whose pictures lie over each other.
    """
    alike = [one for one in (_alike(a, b, matrix, *at) for at in seen_at) if one is not None]
    return not alike or max(alike) >= ALIKE


def only_a_card(a: Print, b: Print, seen_at: Sequence[tuple[float, float]]) -> bool:
    """Whether all that both show lies in one shot of each, after or before which each goes on with something else."""
    return all(_in_one_short_shot(one, [at[number] for at in seen_at]) for number, one in enumerate((a, b)))


def _alike(a: Print, b: Print, matrix: NDArray[np.float64], a_s: float, b_s: float) -> float | None:
    """Correlation of fine detail in the cells that move about these two pictures; None where none do."""
    near_a, near_b = (np.abs(one.trail_s - at) <= AROUND_S for one, at in ((a, a_s), (b, b_s)))
    if not near_a.any() or not near_b.any():
        return None
    if abs(np.linalg.det(matrix[:, :2])) <= 1:
        of_a, seen = warped(a.trail[near_a], matrix)
        of_b: Trail = b.trail[near_b].astype(np.float32)
    else:
        of_b, seen = warped(b.trail[near_b], inverse(matrix))
        of_a = a.trail[near_a].astype(np.float32)
    moving = seen & ((of_a.std(0) > MOVES) | (of_b.std(0) > MOVES))
    # Cells at the edge of what moves show a little of both.
    moving = cv2.erode(moving.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(bool)
    if moving.sum() < FEWEST_MOVING:
        return None
    p = _fine(of_a[np.abs(a.trail_s[near_a] - a_s).argmin()], moving)
    q = _fine(of_b[np.abs(b.trail_s[near_b] - b_s).argmin()], moving)
    norm = float(np.sqrt((p**2).sum() * (q**2).sum()))
    return float((p * q).sum()) / norm if norm > 1e-6 else 0.0


def _fine(picture: NDArray[np.float32], cells: NDArray[np.bool_]) -> NDArray[np.float32]:
    weight = cv2.GaussianBlur(cells.astype(np.float32), (0, 0), FINE)
    coarse = cv2.GaussianBlur(picture * cells, (0, 0), FINE) / np.maximum(weight, 1e-3)
    return np.asarray((picture - coarse)[cells], np.float32)


def _in_one_short_shot(one: Print, seconds: Sequence[float]) -> bool:
    edges = (0.0, *one.cuts_s, one.end_s)
    shots = {int(np.searchsorted(edges, at_s, side="right")) for at_s in seconds}
    if len(shots) != 1 or not one.cuts_s:
        return False
    place = min(max(shots.pop(), 1), len(edges) - 1)
    return edges[place] - edges[place - 1] < CARD * one.end_s
