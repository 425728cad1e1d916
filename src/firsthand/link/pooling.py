"""One map held by several pairs of frames together, where each alone has too few features in common.

A strong crop shows a sixth of the picture, with a few dozen of its features. But an edit lays every picture in the same
way: features of several frames, on one offset, agree on one map, and those of strangers do not. So all near codes count
here, not only those that are each other's nearest: many more are right, and the wrong ones agree on nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from firsthand.link.geometry import (
    ROUGH_PX,
    Fit,
    Matches,
    places,
    refined,
    similarities,
    spread,
)

MOST = 400  # matches that are laid over each other, the nearest codes first
PROPOSALS = 150  # of these, that propose a map
REFINED = 4
ALIKE_OCTAVES = 0.5  # sizes of features are known to a step of the pyramid, and so is their turn
ALIKE_RAD = 0.45
HELD_PX = 9.0  # frames of one offset lie up to half a second apart, and cameras move meanwhile

FramePair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A map that several frame pairs hold together. pair: the one that holds most of it; places: distinct places of
    all."""

    pair: FramePair
    fit: Fit  # its witnesses are those of the one pair
    places: int


def pooled(
    matches: Mapping[FramePair, Matches], *, size_a: tuple[float, float], size_b: tuple[float, float], at_least: int
) -> Pooled | None:
    """The map on which most matches of these frame pairs agree, in so many distinct places and of two pairs or more;
    None where there is none."""
    if len(matches) < 2:
        return None
    pairs = list(matches)
    rows = [matches[pair] for pair in pairs]
    bits = np.concatenate([one.bits for one in rows])
    nearest = np.argsort(bits, kind="stable")[:MOST]
    if len(nearest) < at_least:
        return None
    from_xy, to_xy = (np.concatenate([getattr(one, name) for one in rows])[nearest] for name in ("from_xy", "to_xy"))
    scale, turn = (np.concatenate([getattr(one, name) for one in rows])[nearest] for name in ("scale", "turn"))
    owner = np.repeat(np.arange(len(pairs)), [len(one.bits) for one in rows])[nearest]
    octave = np.log2(scale)
    proposed = similarities(from_xy[:PROPOSALS], to_xy[:PROPOSALS], scale[:PROPOSALS], turn[:PROPOSALS])
    off_x = np.outer(proposed[:, 0, 0], from_xy[:, 0]) + np.outer(proposed[:, 0, 1], from_xy[:, 1])
    off_y = np.outer(proposed[:, 1, 0], from_xy[:, 0]) + np.outer(proposed[:, 1, 1], from_xy[:, 1])
    off_x += proposed[:, 0, 2, None] - to_xy[:, 0]
    off_y += proposed[:, 1, 2, None] - to_xy[:, 1]
    turned = np.abs((turn[: len(proposed), None] - turn + np.pi) % (2 * np.pi) - np.pi)
    alike = (np.abs(octave[: len(proposed), None] - octave) < ALIKE_OCTAVES) & (turned < ALIKE_RAD)
    near = alike & (off_x**2 + off_y**2 < ROUGH_PX**2)
    support = near.sum(1)
    best: Pooled | None = None
    for one in np.argsort(-support, kind="stable")[:REFINED]:
        if support[one] < at_least:
            break
        rows_of = np.flatnonzero(alike[one])
        found = refined(from_xy[rows_of], to_xy[rows_of], near[one][rows_of], finally_px=HELD_PX)
        if found is None:
            continue
        matrix, inside = found[0], rows_of[found[1]]
        shrinks = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        count = places(from_xy[inside], to_xy[inside], shrinks)
        held = np.bincount(owner[inside], minlength=len(pairs))
        if count < (best.places + 1 if best is not None else at_least) or (held > 0).sum() < 2:
            continue
        most = int(held.argmax())
        alone = inside[owner[inside] == most]
        best = Pooled(
            pair=pairs[most],
            fit=Fit(
                matrix=matrix,
                witnesses=places(from_xy[alone], to_xy[alone], shrinks),
                matches=len(nearest),
                spread_a=spread(from_xy[inside], size_a),
                spread_b=spread(to_xy[inside], size_b),
            ),
            places=count,
        )
    return best
