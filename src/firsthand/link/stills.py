"""A still among moving pictures: which clip it was taken from, and at which second.

The background of a room is in every take of it; only what moves tells one instant of one take from all others. So a
still is called a copy where, in the places that move, it agrees with one instant of a clip far better than with the
rest of that clip.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.edits import Edited, edits_of_still
from firsthand.link.laying import Cells, Laid, Matrix, laid_at, nearly_whole, sampled, shown_share
from firsthand.link.motion import FEWEST_CELLS, Trail, correlation, inverse
from firsthand.link.passing import Seen, Units
from firsthand.link.prints import Print
from firsthand.model.links import CopyFound, Span, Verdict

AROUND_S = 0.8  # of a sampled frame that the still lies over: frames lie up to a second apart
TRIED = 12  # instants that are looked at closely, of the likeliest
FEW = 3  # trail pictures: fewer are a still, or as good as one
STILLS_ALIKE, STILLS_MATCH = 0.985, 0.5  # correlation of two stills; share of their features that must match
FEWEST_INSTANTS = 10  # of the clip, that tell what moves there
APART_S = 0.4  # instants nearer than this to the best one may look like it
MOVES = 5.0  # grey levels of standard deviation over time
FEWEST_MOVING = 12  # cells
LOOKS_LIKE = 0.3  # correlation of all that both show, captions too
MOST_OFF = 25.0  # grey levels that one cell counts for at most, where instants are told apart
UNSHOWN = MOST_OFF / 2  # the same, of a cell of the still that the clip does not show: beyond it, or a word
SOFT = 1.0  # cells over which differences are evened out, where instants are told apart
MARKED = 12.0  # off at every instant: words or a logo that the still or the clip carries
ALIKE = 0.45  # of the usual difference in what moves, that may be left at the right instant
LEVEL = 5.0  # grey levels, the same
# … or whatever the level, of a moving camera or fine texture: but then many features must hold the one on the other. Of
# 42 stills of tuning sources the right clip had 14 and more, others 8 to 10; one of 8 met a card that flashes.
VERY_ALIKE, WELL_HELD = 0.27, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """Where a still lies in a clip. off: mean difference in what moves, grey levels; usual: the same at other instants
    of the clip. laid: the still (as a) over the clip's pictures (as b) around that instant."""

    at_s: float
    off: float
    usual: float
    moving: int  # cells
    differs: float  # by which instants are told apart, grey levels: see `_told_apart`
    laid: Laid  # where things move, the nearest of three instants speaks

    def is_copy(self, witnesses: int) -> bool:
        """Whether it can be told from the rest of the clip, and agrees. witnesses: features that hold it there."""
        near = self.off <= ALIKE * self.usual and self.off <= LEVEL
        very_near = self.off <= VERY_ALIKE * self.usual and witnesses >= WELL_HELD
        return self.moving >= FEWEST_MOVING and (near or very_near)

    @property
    def score(self) -> float:
        """0 to 1: how much less differs than usually."""
        return float(min(1.0, max(0.0, 1 - self.off / max(self.usual, 1e-3))))


def instant_of(still: Print, clip: Print, ways: Iterable[tuple[Matrix, Sequence[float]]]) -> Instant | None:
    """The instant of the clip that the still shows best; None where they cannot be laid over each other.

    ways: maps from the still's picture to the clip's, and the clip's seconds that each was fitted at.
    """
    found: list[Instant] = []
    tried = list(ways)
    whole = next((one for one in (nearly_whole(matrix) for matrix, _ in tried) if one is not None), None)
    for matrix, seconds in [*tried, (whole, ())] if whole is not None else tried:
        for number in _likeliest(still, clip, matrix, seconds):
            one = _measured(still, clip, number, matrix)
            if one is not None:
                found.append(one)
    return min(found, key=lambda one: (one.differs, one.at_s)) if found else None


def still_found(a: Print, b: Print, ways: Sequence[Seen]) -> CopyFound:
    """The verdict on a pair of which one, at least, is a still. ways: frames of a that lie over frames of b, the
    strongest first."""
    if len(a.trail) < FEW and len(b.trail) < FEW:
        return _two_stills(a, b, ways[0].matrix)
    still_is_a = len(a.trail) < FEW
    still, clip = (a, b) if still_is_a else (b, a)
    turned = [
        (one.matrix, (float(b.frame_s[one.frame_b]),))
        if still_is_a
        else (inverse(one.matrix), (float(a.frame_s[one.frame_a]),))
        for one in ways
    ]
    instant = instant_of(still, clip, turned)
    if instant is None:
        return _found(a, b, 0.0, 0.0, ways[0].matrix, verdict="undecidable", score=0.0)
    is_copy = instant.is_copy(max(one.fit.witnesses for one in ways))
    edited = edits_of_still(still, clip, instant.laid, at_s=instant.at_s)
    which = edited.which if still_is_a or edited.which is None else "a" if edited.which == "b" else "b"
    return _found(
        a,
        b,
        0.0 if still_is_a else instant.at_s,
        instant.at_s if still_is_a else 0.0,
        instant.laid.matrix if still_is_a else inverse(instant.laid.matrix),
        verdict="copy" if is_copy else "undecidable",
        score=instant.score,
        edited=Edited(edits=edited.edits, which=which) if is_copy else None,
    )


def _two_stills(a: Print, b: Print, matrix: Matrix) -> CopyFound:
    """Two single pictures hold no time to tell by: nearly all of both must be the same."""
    one = laid_at(a, b, [(0, 0)], matrix) if len(a.trail) and len(b.trail) else None
    if one is None:
        return _found(a, b, 0.0, 0.0, matrix, verdict="undecidable", score=0.0)
    likeness = _likeness(one.under[:, one.seen], one.over[:, one.seen])
    seen = Units(a, b, mirrored=bool(np.linalg.det(matrix[:, :2]) < 0)).seen(0, 0)
    features = [int(np.diff(each.frame_first).max(initial=0)) for each in (a, b)]
    shared = seen.fit.matches / max(1, min(features)) if seen is not None else 0.0
    alike = likeness >= STILLS_ALIKE and shared >= STILLS_MATCH
    edited = edits_of_still(a, b, one, at_s=0.0) if alike else None
    return _found(
        a, b, 0.0, 0.0, one.matrix, verdict="copy" if alike else "undecidable", score=max(0.0, likeness), edited=edited
    )


def _likeness(p: NDArray[np.float32], q: NDArray[np.float32]) -> float:
    """Correlation of the same cells of two pictures."""
    return correlation(p - p.mean(), q - q.mean()) if p.size else 0.0


def _found(
    a: Print,
    b: Print,
    a_s: float,
    b_s: float,
    matrix: Matrix,
    *,
    verdict: Verdict,
    score: float,
    edited: Edited | None = None,
) -> CopyFound:
    (p, q, r), (s, t, u) = matrix.tolist()
    return CopyFound(
        a=Span(item=a.item, start_s=a_s, end_s=a_s),
        b=Span(item=b.item, start_s=b_s, end_s=b_s),
        verdict=verdict,
        score=min(1.0, score),
        matched_by=("picture",),
        edited=edited.which if edited is not None else None,
        edits=edited.edits if edited is not None else (),
        speed=1.0,
        transform=((p, q, r), (s, t, u)),
    )


def _likeliest(still: Print, clip: Print, matrix: Matrix, seconds: Sequence[float]) -> list[int]:
    """Trail pictures near the fitted frames, and the likeliest of all where the camera stands still."""
    away = np.min([np.abs(clip.trail_s - second) for second in (*seconds, np.inf)], axis=0)
    near = np.flatnonzero(away <= AROUND_S)
    alike = _alike(still, clip, matrix)
    near = near[np.argsort(-alike[near], kind="stable")][:TRIED]
    far = np.argsort(-alike, kind="stable")[: TRIED // 2]
    return [int(one) for one in dict.fromkeys([*near.tolist(), *far.tolist()])]


def _alike(still: Print, clip: Print, matrix: Matrix) -> NDArray[np.float64]:
    """Correlation over the cells of the still with each trail picture of the clip, under one map."""
    shrinks = abs(np.linalg.det(matrix[:, :2])) <= 1
    if shrinks:
        moved, seen = sampled(still.trail[:1].astype(np.float32), inverse(matrix))
        p, of_clip = moved[:, seen], clip.trail[:, seen]
    else:
        _, seen = sampled(clip.trail[:1].astype(np.float32), matrix)
        p = still.trail[:1][:, seen].astype(np.float32)
        of_clip = np.concatenate(
            [sampled(clip.trail[first : first + 600].astype(np.float32), matrix)[0][:, seen]
             for first in range(0, len(clip.trail), 600)]
        )  # fmt: skip
    if seen.sum() < FEWEST_CELLS:
        return np.zeros(len(clip.trail))
    p = p[0] - p[0].mean()
    q = of_clip.astype(np.float32)
    q = q - q.mean(1, keepdims=True)
    return np.asarray((q @ p) / np.maximum(np.sqrt((q**2).sum(1) * (p**2).sum()), 1e-6), np.float64)


def _measured(still: Print, clip: Print, number: int, matrix: Matrix) -> Instant | None:
    one = laid_at(still, clip, [(0, number)], matrix)
    if one is None:
        return None
    every = np.arange(0, len(clip.trail), max(1, len(clip.trail) // 200))
    others = laid_at(still, clip, [(0, int(n)) for n in every], one.matrix, refine=False)
    if others is None:
        return None
    off, seen = np.abs(one.off[0]), one.seen & others.seen
    if _likeness(one.under[0][seen], one.over[0][seen]) < LOOKS_LIKE:
        return None  # a fade or a flash: by some gain it agrees with everything
    apart = np.abs(clip.trail_s[every] - clip.trail_s[number]) > APART_S
    elsewhere = np.abs(_same_tone(one, others))
    clip_side = others.under if others.grid == "b" else others.over
    gain = 1.0 if others.grid == "b" else 1 / max(abs(one.gain), 0.2)
    moves = (clip_side.std(0) * gain > MOVES) & seen
    marks = (np.minimum(off, elsewhere.min(0)) > MARKED) & seen
    moves &= ~marks
    if moves.sum() < FEWEST_MOVING or apart.sum() < FEWEST_INSTANTS:
        usual, level, moving = (
            0.0,
            float(off[seen & ~marks].mean()) if (seen & ~marks).any() else 255.0,
            int(moves.sum()),
        )
    else:
        usual = float(np.median(elsewhere[apart][:, moves].mean(1)))
        level, moving = float(off[moves].mean()), int(moves.sum())
    return Instant(
        at_s=float(clip.trail_s[number]),
        off=level,
        usual=usual,
        moving=moving,
        differs=_told_apart(one, seen, moves, marks),
        laid=replace(one, off=_off_for_good(still, clip, number, one)),
    )


def _told_apart(one: Laid, seen: Cells, moves: Cells, marks: Cells) -> float:
    """How badly an instant explains the whole still, grey levels: what differs where things move, and over all.

    Where cells fall between cells, fine texture differs by that alone, up and down in turn; at one that falls on whole
    cells by chance it does not. So what differs is evened out over a cell's surroundings before it counts: what moved
    elsewhere stays. And a panned camera's other views show but a part of the still: the rest counts too.
    """
    shown = seen & ~marks
    if not shown.any():
        return MOST_OFF
    weight = shown.astype(np.float32)
    off = np.clip(one.off[0], -MOST_OFF, MOST_OFF).astype(np.float32) * weight
    evened = [cv2.GaussianBlur(each, (0, 0), SOFT) for each in (off, weight)]
    off = np.abs(evened[0]) / np.maximum(evened[1], 1e-3)
    of_still = shown_share(one.matrix) * float(shown.sum() / seen.sum())
    whole = float(off[shown].mean())
    moved = float(off[moves].mean()) if moves.sum() >= FEWEST_MOVING else whole
    return of_still * (moved + whole) / 2 + (1 - of_still) * UNSHOWN


def _off_for_good(still: Print, clip: Print, number: int, one: Laid) -> Trail:
    """What neither a cell's neighbours nor the instants before and after explain, [1, 32, 32]: ten pictures a second
    lie up to a twentieth beside the still, and what moves meanwhile is no mark on it."""
    beside = [n for n in (number - 1, number, number + 1) if 0 <= n < len(clip.trail)]
    three = laid_at(still, clip, [(0, n) for n in beside], one.matrix, refine=False)
    if three is None:
        return one.off
    square = np.ones((3, 3), np.uint8)
    moves, stays = (three.under, three.under - three.off) if one.grid == "b" else (three.under - three.off, three.under)
    low = np.min([cv2.erode(picture, square) for picture in moves], axis=0)
    high = np.max([cv2.dilate(picture, square) for picture in moves], axis=0)
    least = np.median(stays, axis=0)
    return np.asarray(np.maximum(0, np.maximum(low - least, least - high))[None], np.float32)


def _same_tone(one: Laid, others: Laid) -> Trail:
    """What differs at other instants, under the gain and lift of the one."""
    gain = one.gain if one.grid == "b" else 1 / max(one.gain, 1e-3)
    shown = others.over - 128
    lift = one.lift if one.grid == "b" else -one.lift / max(one.gain, 1e-3)
    return np.asarray(others.under - 128 - gain * shown - lift)
