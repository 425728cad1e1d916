"""What one copy's frame holds beyond the other's: footage that was cut off, other footage, a screen's desk-top."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.bars import BLACK, LEAST, STILL, Outside, Which, added_bars
from firsthand.link.laying import Cells, Laid, Matrix
from firsthand.link.motion import Trail, inverse
from firsthand.link.prints import TRAIL, Print
from firsthand.model.links import Edit

Said = tuple[Edit, Which | None]

DIM = 0.5  # share of what lies round a filmed screen that stands still: it is dark, but the phone's own noise is on it
ONE_SHADE = 16.0  # grey levels between the darker and the lighter parts of it
STANDS_OUT = 0.15  # of the cells along a filmed screen's edge, that differ from what lies round it by more than that
CROOKED = 0.015  # of a side, that one end of an edge lies beside the other
SURROUNDS = 0.92  # share of the outside that stands still, round a picture that moves
MOVES_INSIDE = 0.4  # share of the inside that stands still, at most
SEAM = 1.4  # times as large a step across the inset's edge as between its own cells: other footage lies outside
PLAIN_SEAM = 2.0  # the same, where nothing else is asked
# Detail of the scene here ÷ in the narrower picture: an inset was made smaller, what a crop was cut out of was not. Of
# crops it is 0.8 to 1.3, for the part that was cut out may hold more or less than the rest.
SHARP, SHRUNK = 0.75, 0.55
OTHER = 1.85  # of steps across the edge and of detail lost together, each counted from what a crop has
UNLIKE = 0.4  # more of the outside stands still than of the inside
# Grey levels over time: a screen stands still to the last bit, a camera that stands still sees its own noise.
DRAWN_STILL, DRAWN, ALL_DRAWN, FILMED = 0.15, 0.45, 0.9, 0.4  # and shares of the outside, all of it, and the inside
MOVES_APART = 0.6  # of the cells along an edge, that move on one side of it and not on the other
PLAYER = 0.3  # of a frame, that a player on a screen fills at least; a smaller one is an inset
SMALL, INSET = 0.5, 0.9  # shares of a frame that an inset and a player on a screen fill at most
DULLER = 0.7  # of the detail that a frame has by the share of it that is sharp; blurred bars add little
BLENDS = 2.2  # cells beyond a bar's whole ones: its edge lies in the next, and moved pictures mix that with one more
ENLARGED = 0.5  # correlation of the outside with the inside enlarged


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Framed:
    """said: cropped, letterboxed, blurred_bars, picture_in_picture, screen_recording, each with its carrier.
    barred_a, barred_b: cells of each, [32, 32], under bars that the other lacks."""

    said: tuple[Said, ...]
    barred_a: Cells
    barred_b: Cells


def framing(a: Print, b: Print, one: Laid, *, finer: float) -> Framed:
    """What each frame holds beyond the other's. Bars that both have are the recording's own and no edit.

    finer: a's fine detail ÷ b's, over the whole of both, at one scale of the scene; 1 where not known.
    """
    to_b, to_a = one.matrix, inverse(one.matrix)
    none = np.zeros((TRAIL, TRAIL), bool)
    if one.bend or _crooked(to_b):
        # A filmed screen narrows to one side or leans: its surroundings are neither bars nor other footage.
        if _surrounds(one.a, to_a):
            return Framed(said=(("screen_recording", "a"),), barred_a=none, barred_b=none)
        if _surrounds(one.b, to_b):
            return Framed(said=(("screen_recording", "b"),), barred_a=none, barred_b=none)
    bars_a = added_bars(one.a, one.b, to_b, outside(to_a), tone=(one.gain, one.lift))
    back = max(one.gain, 1e-3)
    bars_b = added_bars(one.b, one.a, to_a, outside(to_b), tone=(1 / back, -one.lift / back))
    said: list[Said] = [("letterboxed", "a")] if bars_a.deepest >= LEAST else []
    said += [("letterboxed", "b")] if bars_b.deepest >= LEAST else []
    said += _beyond(b, to_b, one.b, bars_a, bars_b, finer, holder="b", cut="a")
    said += _beyond(a, to_a, one.a, bars_b, bars_a, 1 / finer, holder="a", cut="b")
    # A picture within other footage whose own margins are black: not bars with footage round them. And what was cut
    # out of a picture that has bars of its own lost them with the rest.
    within = {holder for edit, holder in said if edit in ("picture_in_picture", "screen_recording")}
    within |= {"b" if cut == "a" else "a" for edit, cut in said if edit == "cropped"}
    said = [one for one in said if not (one[0] == "letterboxed" and one[1] in within)]
    return Framed(said=tuple(dict.fromkeys(said)), barred_a=_beside(bars_a, -BLENDS), barred_b=_beside(bars_b, -BLENDS))


def outside(to_wider: Matrix, within: Outside | None = None) -> Outside:
    """How far the wider picture reaches beyond the narrower (or what is left of it within its bars), by the mean of
    each of its edges."""
    box = within or Outside(left=0.0, top=0.0, right=0.0, bottom=0.0)
    left, top, right, bottom = box.left, box.top, 1 - box.right, 1 - box.bottom
    edges = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    x, y = (edges @ to_wider[:, :2].T + to_wider[:, 2]).T
    x, y = np.sort(x), np.sort(y)
    low_x, high_x, low_y, high_y = x[:2].mean(), x[2:].mean(), y[:2].mean(), y[2:].mean()
    return Outside(
        left=max(0.0, float(low_x)), top=max(0.0, float(low_y)),
        right=max(0.0, float(1 - high_x)), bottom=max(0.0, float(1 - high_y)),
    )  # fmt: skip


def _beyond(
    wider: Print,
    to_wider: Matrix,
    pictures: Trail,
    cut_bars: Outside,
    own_bars: Outside,
    finer: float,
    *,
    holder: Which,
    cut: Which,
) -> list[Said]:
    """What the wider picture shows beyond the narrower one's content, bars that were added to either set aside."""
    whole = outside(to_wider, cut_bars)
    beyond = Outside(
        left=max(0.0, whole.left - own_bars.left), top=max(0.0, whole.top - own_bars.top),
        right=max(0.0, whole.right - own_bars.right), bottom=max(0.0, whole.bottom - own_bars.bottom),
    )  # fmt: skip
    # A bar's own edge lies within a cell of where it was measured.
    least = LEAST + (1.0 / TRAIL if max(own_bars.deepest, cut_bars.deepest) else 0.0)
    if max(beyond.across, beyond.down) < least:
        return []
    out = _out(to_wider)
    if _blurred_bars(wider, pictures, beyond, out, softer=finer >= DULLER / max(0.1, 1 - float(out.mean()))):
        return [("blurred_bars", holder)]
    still, still_inside = _still(pictures, out)
    share = 1 - float(out.mean())
    drawn, drawn_inside = _still(pictures, out, DRAWN_STILL)
    # Night round what is lit is black and still too, and without detail.
    black = _black(pictures, out)
    screen = PLAYER <= share < INSET and drawn >= DRAWN and not black
    if screen and still >= SURROUNDS and still_inside < MOVES_INSIDE:
        return [("screen_recording", holder)]
    if share < INSET and min(whole.across, whole.down) >= LEAST:
        seam = _seam(pictures, whole)
        # The narrower one shows the scene in more detail than it has here: it was not cut out of this picture.
        shrunk = finer > 1 / SHRUNK
        stands = still >= SURROUNDS or (seam >= PLAIN_SEAM and still >= DIM and whole.all_round)
        if screen and ((seam >= SEAM and stands) or (drawn >= ALL_DRAWN and drawn_inside < FILMED)):
            return [("screen_recording", holder)]
        apart = seam >= PLAIN_SEAM or (
            not black
            and (
                (seam - 1) / (SEAM - 1) + float(np.log2(max(finer, 1e-3))) >= OTHER
                or (seam >= SEAM and (finer > 1 / SHARP or still >= SURROUNDS))
                or (shrunk and still - still_inside > UNLIKE)
                or _moves_apart(pictures, whole)
            )
        )
        if share < SMALL and apart:
            return [("picture_in_picture", holder)]
    return [("cropped", cut)]


def _surrounds(pictures: Trail, to_wider: Matrix) -> bool:
    """Whether something else lies all round: still, and of one darkness or cut off by an edge. Of what is black at
    its edges itself (a globe in space, a lamp at night) that cannot be seen."""
    beyond, out = outside(to_wider), _out(to_wider)
    if not beyond.all_round or _still(pictures, out)[0] < DIM:
        return False
    usual = np.median(pictures, axis=0)
    within = cv2.dilate(out.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & ~out
    if float((np.abs(usual[within] - np.median(usual[out])) > ONE_SHADE).mean()) < STANDS_OUT:
        return False
    low, high = np.quantile(usual[out], [0.1, 0.9])
    return bool(high - low < ONE_SHADE) or _seam(pictures, beyond) >= SEAM


def _crooked(matrix: Matrix) -> bool:
    """Whether a picture's edges do not run along the other's, by more than the error of the map: in sides of the one
    that shows the scene smaller, for a small inset's map is no better known."""
    smaller = matrix if abs(np.linalg.det(matrix[:, :2])) <= 1 else inverse(matrix)
    slants = sorted(np.abs(smaller[:, :2]).reshape(-1).tolist())
    return bool(slants[1] > CROOKED)


def _out(to_wider: Matrix, by: float = 0.6 / TRAIL) -> Cells:
    """Cells of the wider picture that lie wholly outside the narrower one."""
    back = inverse(to_wider)
    steps = (np.arange(TRAIL) + 0.5) / TRAIL
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    spot = grid @ back[:, :2].T + back[:, 2]
    slack = by * np.abs(back[:, :2]).sum(1)
    return np.asarray(((spot < -slack) | (spot > 1 + slack)).any(1).reshape(TRAIL, TRAIL))


def _black(pictures: Trail, out: Cells) -> bool:
    return bool(out.any()) and float(np.quantile(np.median(pictures, axis=0)[out], 0.9)) < BLACK


def _still(pictures: Trail, out: Cells, least: float = STILL) -> tuple[float, float]:
    """Shares of the cells that never change, outside the narrower picture and within it."""
    if out.sum() < 4:
        return 0.0, 1.0
    still = pictures.std(0) < least
    return float(still[out].mean()), float(still[~out].mean()) if (~out).any() else 1.0


def _blurred_bars(wider: Print, pictures: Trail, beyond: Outside, out: Cells, *, softer: bool) -> bool:
    """An even pair of bars in one direction that show the inside enlarged, or that the examiner saw to be blurred."""
    across, down = sorted((beyond.left, beyond.right)), sorted((beyond.top, beyond.bottom))
    pair = across if across[1] > down[1] else down
    other = down if pair is across else across
    if pair[0] < 0.05 or pair[1] - pair[0] > 0.04 or other[1] > LEAST or out.sum() < 8:
        return False
    if wider.border == "blurred_bars":
        return True
    return _enlarged(pictures, beyond) >= ENLARGED and (softer or _softer(pictures, out))


def _enlarged(pictures: Trail, beyond: Outside) -> float:
    """Correlation of what lies outside with the inside, enlarged about its middle until it fills the frame: of its
    changes over time where there are any, for what stands still goes on smoothly beyond a cut too."""
    left, right = beyond.left, 1 - beyond.right
    top, bottom = beyond.top, 1 - beyond.bottom
    if right - left < 0.1 or bottom - top < 0.1:
        return 0.0
    out = _beside(beyond, 1.0)
    if out.sum() < 8:
        return 0.0
    steps = (np.arange(TRAIL) + 0.5) / TRAIL
    # The inside keeps its shape and is enlarged by what its smaller direction needs; or it is drawn to the frame's.
    grow = 1 / min(right - left, bottom - top)
    covering = (left + right) / 2 + (steps - 0.5) / grow, (top + bottom) / 2 + (steps - 0.5) / grow
    drawn = left + steps * (right - left), top + steps * (bottom - top)
    return max(_shows(pictures, out, *covering), _shows(pictures, out, *drawn))


def _shows(pictures: Trail, out: Cells, x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Correlation of cells with what lies at these places, [32] across and down, both softened."""
    at_x, at_y = (one.astype(np.float32) for one in np.meshgrid(x * TRAIL - 0.5, y * TRAIL - 0.5))
    big = np.stack([cv2.remap(one, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for one in pictures])
    p = np.stack([cv2.GaussianBlur(one, (0, 0), 1.2)[out] for one in big])
    q = np.stack([cv2.GaussianBlur(one, (0, 0), 0.6)[out] for one in pictures])
    moving = float(q.std(0).mean()) > 2.0
    p, q = (p - p.mean(0), q - q.mean(0)) if moving else (p - p.mean(), q - q.mean())
    norm = float(np.sqrt((p**2).sum() * (q**2).sum()))
    return float((p * q).sum()) / norm if norm > 1e-6 else 0.0


def _beside(box: Outside, by: float) -> Cells:
    """Cells that lie beyond a box by this many cells at least."""
    steps = (np.arange(TRAIL) + 0.5) / TRAIL
    sides = ((steps, box.left), (1 - steps, box.right), (steps, box.top), (1 - steps, box.bottom))
    left, right, top, bottom = ((place < depth - by / TRAIL) & (depth > 0) for place, depth in sides)
    return np.asarray((left | right)[None, :] | (top | bottom)[:, None])


def _softer(pictures: Trail, out: Cells) -> bool:
    """Whether the outside holds less fine detail than the inside."""
    fine = np.abs(np.stack([one - cv2.GaussianBlur(one, (0, 0), 1.0) for one in pictures])).mean(0)
    return float(np.median(fine[out])) < 0.6 * float(np.median(fine[~out]))


def _seam(pictures: Trail, beyond: Outside) -> float:
    """How much larger the step across the narrower picture's edge is than steps of its own cells beside it: the
    median over its sides that leave room. 1: the picture goes on. Where the lines on both sides of the edge have
    nothing in common though neighbours within have, it counts as SEAM at least."""
    sides = [_step_across(lines, outer, inner) for lines, outer, inner in _edges(pictures, beyond)]
    return float(np.median(sides)) if sides else 1.0


def _moves_apart(pictures: Trail, beyond: Outside) -> bool:
    """Whether one side of the narrower picture's edge moves and the other stands still, nearly all along: a camera
    that moves would move both."""
    shares = []
    for lines, outer, inner in _edges(pictures, beyond):
        within, without = (float((lines[:, line].std(0) > 2 * STILL).mean()) for line in (inner, outer))
        shares.append(within - without)
    return len(shares) >= 2 and abs(float(np.median(shares))) >= MOVES_APART


def _edges(pictures: Trail, beyond: Outside) -> Iterator[tuple[Trail, int, int]]:
    """Of each side that leaves room: pictures as lines along it, and the lines just outside and just within."""
    upright = pictures.transpose(0, 2, 1)
    for lines, near, ends in (
        (pictures, beyond.top, (beyond.left, beyond.right)),
        (pictures[:, ::-1], beyond.bottom, (beyond.left, beyond.right)),
        (upright, beyond.left, (beyond.top, beyond.bottom)),
        (upright[:, ::-1], beyond.right, (beyond.top, beyond.bottom)),
    ):
        inner, outer = int(np.ceil(near * TRAIL + 0.25)), int(np.floor(near * TRAIL - 0.25)) - 1
        along = slice(int(np.ceil(ends[0] * TRAIL)) + 1, TRAIL - int(np.ceil(ends[1] * TRAIL)) - 1)
        if outer >= 0 and inner + 6 < TRAIL and along.stop - along.start >= 4:
            yield lines[:, :, along], outer, inner


def _step_across(lines: Trail, outer: int, inner: int) -> float:
    reach = inner - outer
    own = [(inner + n, inner + n + reach) for n in range(3) if inner + n + reach < lines.shape[1]]
    if not own:
        return 1.0
    steps = [float(np.abs(lines[:, p] - lines[:, q]).mean()) for p, q in own]
    ratio = float(np.abs(lines[:, inner] - lines[:, outer]).mean()) / max(1.5, float(np.median(steps)))
    like = float(np.median([_alike(lines[:, p], lines[:, q]) for p, q in own]))
    if like > 0.6 and _alike(lines[:, inner], lines[:, outer]) < 0.3 * like and ratio > 1.2:
        return max(ratio, SEAM)
    return ratio


def _alike(p: Trail, q: Trail) -> float:
    """Correlation of two lines over time and along them."""
    p, q = p - p.mean(), q - q.mean()
    norm = float(np.sqrt((p**2).sum() * (q**2).sum()))
    return float((p * q).sum()) / norm if norm > 1e-3 else 1.0
