"""What one copy's frame holds beyond the other's: footage that was cut off, bars, other footage, a screen's desk-top."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.laying import Cells, Laid, Matrix, corners
from firsthand.link.motion import Trail, inverse
from firsthand.link.prints import TRAIL, Print
from firsthand.model.links import Edit

Which = Literal["a", "b"]
Said = tuple[Edit, Which | None]

LEAST = 0.035  # of a side; less is within the error of the map and what encoders shave off
STILL = 1.2  # grey levels that a cell of bars may vary by over time
EVEN = 6.0  # and from the bars' own level
BAR = 0.55  # share of the outside that bars fill, words on them set aside
SURROUNDS = 0.9  # share of the outside that stands still, round a picture that moves
SEAM = 2.2  # times as large a step across the inset's edge as between its own cells: other footage lies outside
TILTED_DEG = 2.5
ENLARGED = 0.5  # correlation of the outside with the inside enlarged


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """How far the wider picture reaches beyond the narrower one: shares of its sides, each 0 or more."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def across(self) -> float:
        return self.left + self.right

    @property
    def down(self) -> float:
        return self.top + self.bottom

    @property
    def all_round(self) -> bool:
        return min(self.left, self.top, self.right, self.bottom) > 0.015


def framing(a: Print, b: Print, one: Laid) -> list[Said]:
    """Names for what lies outside, for each of the two: cropped, letterboxed, blurred_bars, picture_in_picture,
    screen_recording."""
    found = _beyond(b, one.matrix, one.b, holder="b", cut="a", bend=one.bend)
    found += _beyond(a, inverse(one.matrix), one.a, holder="a", cut="b", bend=one.bend)
    return list(dict.fromkeys(found))


def outside(to_wider: Matrix) -> Outside:
    """How far the wider picture reaches beyond the narrower, by the mean of each of its edges."""
    x, y = corners(to_wider).T
    x, y = np.sort(x), np.sort(y)
    low_x, high_x, low_y, high_y = x[:2].mean(), x[2:].mean(), y[:2].mean(), y[2:].mean()
    return Outside(
        left=max(0.0, float(low_x)), top=max(0.0, float(low_y)),
        right=max(0.0, float(1 - high_x)), bottom=max(0.0, float(1 - high_y)),
    )  # fmt: skip


def tilt_deg(to_wider: Matrix, size_from: tuple[float, float], size_to: tuple[float, float]) -> float:
    """How far the map turns beside quarter turns, in degrees, clockwise."""
    in_px = np.diag(size_to) @ to_wider[:, :2] @ np.diag(1 / np.asarray(size_from))
    if np.linalg.det(in_px) < 0:
        in_px = in_px @ np.diag([-1.0, 1.0])
    turned = float(np.degrees(np.arctan2(in_px[1, 0] - in_px[0, 1], in_px[0, 0] + in_px[1, 1])))
    return turned - 90 * round(turned / 90)


def _beyond(wider: Print, to_wider: Matrix, pictures: Trail, *, holder: Which, cut: Which, bend: float) -> list[Said]:
    beyond = outside(to_wider)
    if max(beyond.across, beyond.down) < LEAST:
        return []
    out = _out(to_wider)
    around = _around(pictures, out)
    if bend and beyond.all_round and around.still >= SURROUNDS:
        return [("screen_recording", holder)]  # a filmed screen narrows to one side; bars and insets do not
    if around.bars >= BAR and _bars_fit(beyond, around) and (around.crisp or _seam(pictures, beyond) >= SEAM):
        found: list[Said] = [("letterboxed", holder)]
        return found + ([("cropped", cut)] if _footage_beside_bars(beyond, pictures) else [])
    if _blurred_bars(wider, pictures, beyond, out):
        return [("blurred_bars", holder)]
    if _seam(pictures, beyond) >= SEAM or (around.still >= SURROUNDS and around.still_inside < 0.5):
        return [("screen_recording" if around.still >= SURROUNDS else "picture_in_picture", holder)]
    return [("cropped", cut)]


def _blurred_bars(wider: Print, pictures: Trail, beyond: Outside, out: Cells) -> bool:
    """An even pair of bars in one direction that show the inside enlarged, or that the examiner saw to be blurred."""
    across, down = sorted((beyond.left, beyond.right)), sorted((beyond.top, beyond.bottom))
    pair = across if across[1] > down[1] else down
    other = down if pair is across else across
    if pair[0] < 0.05 or pair[1] - pair[0] > 0.04 or other[1] > LEAST or out.sum() < 8:
        return False
    if wider.border == "blurred_bars":
        return True
    return _softer(pictures, out) and _enlarged(pictures, beyond) >= ENLARGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What the outside is like: shares of its cells that never change, and that are of one even brightness too.
    crisp: those are as even as only drawn bars are. still_inside: the share of still cells within."""

    still: float
    bars: float
    crisp: bool
    still_inside: float


def _out(to_wider: Matrix, by: float = 0.6 / TRAIL) -> Cells:
    """Cells of the wider picture that lie wholly outside the narrower one."""
    back = inverse(to_wider)
    steps = (np.arange(TRAIL) + 0.5) / TRAIL
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    spot = grid @ back[:, :2].T + back[:, 2]
    slack = by * np.abs(back[:, :2]).sum(1)
    return np.asarray(((spot < -slack) | (spot > 1 + slack)).any(1).reshape(TRAIL, TRAIL))


def _around(pictures: Trail, out: Cells) -> _Around:
    if out.sum() < 4:
        return _Around(still=0.0, bars=0.0, crisp=False, still_inside=1.0)
    spread = pictures.std(0)
    still = spread[out] < STILL
    usual = np.median(pictures[:, out], 0)
    even = np.abs(usual - np.median(usual)) < EVEN
    bars = still & even
    crisp = bool(bars.any()) and float(spread[out][bars].mean()) < 0.5 and float(usual[bars].std()) < 1.2
    return _Around(
        still=float(still.mean()),
        bars=float(bars.mean()),
        crisp=crisp,
        still_inside=float((spread[~out] < STILL).mean()) if (~out).any() else 1.0,
    )


def _bars_fit(beyond: Outside, around: _Around) -> bool:
    """Bars are even all over but for words; where the outside has other shapes, only an even pair of them is bars."""
    if around.bars >= 0.85:
        return True
    pairs = [(beyond.left, beyond.right), (beyond.top, beyond.bottom)]
    there = [pair for pair in pairs if max(pair) >= LEAST]
    return len(there) == 1 and abs(there[0][0] - there[0][1]) < 0.04


def _footage_beside_bars(beyond: Outside, pictures: Trail) -> bool:
    """Whether beside bars in one direction footage is missing in the other."""
    sides = {
        "left": (slice(None), slice(0, int(beyond.left * TRAIL))),
        "right": (slice(None), slice(TRAIL - int(beyond.right * TRAIL), TRAIL)),
        "top": (slice(0, int(beyond.top * TRAIL)), slice(None)),
        "bottom": (slice(TRAIL - int(beyond.bottom * TRAIL), TRAIL), slice(None)),
    }
    for rows, columns in sides.values():
        cells = pictures[:, rows, columns].reshape(len(pictures), -1)
        if cells.shape[1] and float((cells.std(0) > 2 * STILL).mean()) > 0.5:
            return True
    return False


def _enlarged(pictures: Trail, beyond: Outside) -> float:
    """Correlation of what lies outside with the inside, enlarged about its middle until it fills the frame: of its
    changes over time where there are any, for what stands still goes on smoothly beyond a cut too."""
    left, right = beyond.left, 1 - beyond.right
    top, bottom = beyond.top, 1 - beyond.bottom
    if right - left < 0.1 or bottom - top < 0.1:
        return 0.0
    # The inside keeps its shape: it is enlarged by what its smaller direction needs.
    grow = 1 / min(right - left, bottom - top)
    steps = (np.arange(TRAIL) + 0.5) / TRAIL
    x = (left + right) / 2 + (steps - 0.5) / grow
    y = (top + bottom) / 2 + (steps - 0.5) / grow
    at_x, at_y = (one.astype(np.float32) for one in np.meshgrid(x * TRAIL - 0.5, y * TRAIL - 0.5))
    out = _outside_box(beyond)
    if out.sum() < 8:
        return 0.0
    big = np.stack([cv2.remap(one, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for one in pictures])
    p = np.stack([cv2.GaussianBlur(one, (0, 0), 1.2)[out] for one in big])
    q = np.stack([cv2.GaussianBlur(one, (0, 0), 0.6)[out] for one in pictures])
    moving = float(q.std(0).mean()) > 2.0
    p, q = (p - p.mean(0), q - q.mean(0)) if moving else (p - p.mean(), q - q.mean())
    norm = float(np.sqrt((p**2).sum() * (q**2).sum()))
    return float((p * q).sum()) / norm if norm > 1e-6 else 0.0


def _outside_box(beyond: Outside) -> Cells:
    steps = (np.arange(TRAIL) + 0.5) / TRAIL
    half = 1.0 / TRAIL
    across = (steps < beyond.left - half) | (steps > 1 - beyond.right + half)
    down = (steps < beyond.top - half) | (steps > 1 - beyond.bottom + half)
    return np.asarray(across[None, :] | down[:, None])


def _softer(pictures: Trail, out: Cells) -> bool:
    """Whether the outside holds less fine detail than the inside."""
    fine = np.abs(np.stack([one - cv2.GaussianBlur(one, (0, 0), 1.0) for one in pictures])).mean(0)
    return float(np.median(fine[out])) < 0.6 * float(np.median(fine[~out]))


def _seam(pictures: Trail, beyond: Outside) -> float:
    """How much larger the step across the narrower picture's edge is than steps of its own cells beside it: the
    median over its sides that leave room. 1: the picture goes on. Where the lines on both sides of the edge have
    nothing in common though neighbours within have, it counts as SEAM at least."""
    sides = []
    upright = pictures.transpose(0, 2, 1)
    for lines, near, ends in (
        (pictures, beyond.top, (beyond.left, beyond.right)),
        (pictures[:, ::-1], beyond.bottom, (beyond.left, beyond.right)),
        (upright, beyond.left, (beyond.top, beyond.bottom)),
        (upright[:, ::-1], beyond.right, (beyond.top, beyond.bottom)),
    ):
        inner, outer = int(np.ceil(near * TRAIL + 0.25)), int(np.floor(near * TRAIL - 0.25)) - 1
        along = slice(int(np.ceil(ends[0] * TRAIL)) + 1, TRAIL - int(np.ceil(ends[1] * TRAIL)) - 1)
        if outer < 0 or inner + 6 >= TRAIL or along.stop - along.start < 4:
            continue
        sides.append(_step_across(lines[:, :, along], outer, inner))
    return float(np.median(sides)) if sides else 1.0


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
