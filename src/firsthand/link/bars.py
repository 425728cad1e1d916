"""Plain bars at the sides of a picture, and which of them its copy lacks."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from firsthand.link.laying import Matrix
from firsthand.link.motion import Trail
from firsthand.link.prints import TRAIL

Which = Literal["a", "b"]

LEAST = 0.035  # of a side; less is within the error of the map and what encoders shave off
STILL = 1.0  # grey levels that a cell of bars may vary by over time
NOISY, LIKE = 8.0, 25.0  # and where it is as dark as the bar: under noise
EVEN = 3.5  # and from the bars' own level
DRAWN = 0.6  # and what bars vary by that were drawn, over time and half of what they do from place to place
BLACK, WHITE = 24.0, 228.0
SEEN_CELLS = 1.5  # of the other picture, that a bar must cover for it to be told that it is missing there
UNEVEN = 0.05  # of a side, between the two bars of a pair
VISIBLE = 1.8  # times the steps beside it that a bar's edge makes
BAR = 0.55  # share of a line of cells that bars fill, words on them set aside
WORDS, MOSTLY = 0.9, 0.8  # shares that never change, words and all; and across from a bar that is sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """How far something reaches in from a picture's sides, or beyond them: shares of its sides, each 0 or more."""

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
    def deepest(self) -> float:
        return max(self.left, self.top, self.right, self.bottom)

    @property
    def all_round(self) -> bool:
        return min(self.left, self.top, self.right, self.bottom) > 0.015


def bars_of(pictures: Trail) -> Outside:
    """How deep plain bars reach into a picture, whatever made them: lines of cells at its sides that never change and
    are of one brightness, words on them set aside. In whole cells, half of the picture at most."""
    spread, usual = pictures.std(0), np.median(pictures, axis=0)
    return Outside(
        top=_depth(spread, usual),
        bottom=_depth(spread[::-1], usual[::-1]),
        left=_depth(spread.T, usual.T),
        right=_depth(spread.T[::-1], usual.T[::-1]),
    )


def added_bars(
    own: Trail, other: Trail, to_other: Matrix, beyond: Outside, *, tone: tuple[float, float] = (1.0, 0.0)
) -> Outside:
    """Bars of a picture that the other picture lacks: where it ends, or shows footage. to_other: from the barred
    picture to the other. beyond: how far the barred picture reaches beyond the other. tone: gain and lift about 128
    that make the barred picture's brightness the other's.

    Bars come in even pairs. A lone one counts where nothing else lies outside and it is as even as only drawn bars
    are; a lone strip over what the other shows is a lower third.
    """
    bars = bars_of(own)
    across = _pair(
        own, other, to_other, (bars.left, bars.right), (beyond.left, beyond.right), 0, tone, lone=beyond.down < LEAST
    )
    down = _pair(
        own, other, to_other, (bars.top, bars.bottom), (beyond.top, beyond.bottom), 1, tone, lone=beyond.across < LEAST
    )
    # Bars all round are bars on every side; otherwise what lies outside is a desk-top or other footage.
    if (beyond.across >= LEAST and max(across) == 0) or (beyond.down >= LEAST and max(down) == 0):
        return Outside(left=0.0, top=0.0, right=0.0, bottom=0.0)
    return Outside(left=across[0], top=down[0], right=across[1], bottom=down[1])


Sides = tuple[float, float]


def _pair(
    own: Trail, other: Trail, to_other: Matrix, depths: Sides, beyond: Sides, axis: int, tone: Sides, *, lone: bool
) -> Sides:
    """The depths of the bars on two opposite sides, 0 for none. axis: 0 left and right, 1 top and bottom."""
    lines = own.transpose(0, 2, 1) if axis == 0 else own
    sides = (lines, lines[:, ::-1])
    kinds = [
        _over(other, to_other, depth / 2 if first else 1 - depth / 2, axis, _levels(side, tone)) if depth else "none"
        for first, depth, side in zip((True, False), depths, sides, strict=True)
    ]
    # In a small inset its own bars are narrower than a cell: that they are missing there cannot be seen.
    shown = float(np.hypot(*to_other[:, axis])) * TRAIL
    kinds = [
        "same" if kind == "footage" and depth * shown < SEEN_CELLS else kind
        for kind, depth in zip(kinds, depths, strict=True)
    ]
    reach = [
        _reach(side, depth, out) if kind == "nothing" else depth if kind == "footage" else 0.0
        for side, depth, out, kind in zip(sides, depths, beyond, kinds, strict=True)
    ]
    reach = _evened(sides, reach, beyond, kinds)
    if min(reach) > 0 and abs(reach[0] - reach[1]) <= UNEVEN and all(map(_drawn, sides, reach)):
        return reach[0], reach[1]
    crisp = [
        depth if lone and kind == "nothing" and depth and _even_as_drawn(side, depth) and _plain(side) else 0.0
        for side, depth, kind in zip(sides, reach, kinds, strict=True)
    ]
    return crisp[0], crisp[1]


def _evened(sides: tuple[Trail, Trail], reach: list[float], beyond: Sides, kinds: list[str]) -> list[float]:
    """A bar full of words or under a logo is as deep as the one across from it that reaches to the other's end."""
    if abs(beyond[0] - beyond[1]) > UNEVEN or not set(kinds) <= {"nothing", "none"}:
        return reach
    for one, across in ((0, 1), (1, 0)):
        if kinds[one] == "nothing" and reach[one] >= beyond[one] and reach[across] < beyond[across]:
            still = sides[across][:, : max(1, int(beyond[across] * TRAIL))].std(0) < STILL
            return [beyond[0], beyond[1]] if float(still.mean()) >= MOSTLY else reach
    return reach


def _reach(lines: Trail, depth: float, beyond: float) -> float:
    """A bar's depth where the other picture ends: up to that end, if all of it stands still."""
    count = max(1, int(beyond * TRAIL))
    still = float((lines[:, :count].std(0) < STILL).mean())
    return beyond if still >= WORDS or beyond <= depth + 1.3 / TRAIL else depth


def _drawn(lines: Trail, depth: float) -> bool:
    """Whether a bar is even, or its edge can be seen."""
    if _even_as_drawn(lines, depth):
        return True
    edge = min(max(1, round(depth * TRAIL)), TRAIL - 3)
    steps = np.abs(np.diff(lines, axis=1)).mean((0, 2))
    inside = float(np.median(steps[edge + 1 : edge + 6])) if edge + 1 < len(steps) else 1.0
    return float(steps[max(0, edge - 2) : edge + 1].max()) >= VISIBLE * max(1.5, inside)


def _plain(lines: Trail) -> bool:
    """Black or white."""
    level = float(np.median(lines[:, 0]))
    return level < BLACK or level > WHITE


def _even_as_drawn(lines: Trail, depth: float) -> bool:
    cells = lines[:, : max(1, int(depth * TRAIL))]
    usual = np.median(cells, axis=0)
    flat = np.abs(usual - np.median(usual)) < EVEN
    if not flat.any():
        return False
    return float(cells.std(0)[flat].mean()) < DRAWN and float(usual[flat].std()) < 2 * DRAWN


def _depth(spread: Trail, usual: Trail) -> float:
    level, lines = float(np.median(usual[0])), 0
    while lines < TRAIL // 2:
        still = spread[lines] < STILL
        if float((still & (np.abs(usual[lines] - level) < EVEN)).mean()) < BAR or float(still.mean()) < WORDS:
            break
        lines += 1
    return lines / TRAIL


def _levels(lines: Trail, tone: Sides) -> Sides:
    """A bar's level, and what the change of brightness between the two makes of it."""
    level = float(np.median(lines[:, 0]))
    return level, min(max(tone[0] * (level - 128) + tone[1] + 128, 0.0), 255.0)


def _over(other: Trail, to_other: Matrix, at: float, axis: int, levels: Sides) -> Literal["nothing", "footage", "same"]:
    """What the other picture has where a bar's middle line falls. levels: the bar's own, and what a change of
    brightness makes of it. Black under noise is the same; a street that stands still is no bar."""
    along = np.linspace(0.1, 0.9, 17)
    across = np.full(17, at)
    line = np.column_stack([across, along] if axis == 0 else [along, across])
    there = line @ to_other[:, :2].T + to_other[:, 2]
    inside = ((there > 0) & (there < 1)).all(1)
    if inside.mean() < 0.5:
        return "nothing"
    column, row = np.clip(there[inside] * TRAIL, 0, TRAIL - 1).astype(np.int64).T
    usual = np.median(other, axis=0)[row, column]
    flat = np.abs(usual - np.median(usual)) < 2 * EVEN
    like = np.minimum(*(np.abs(usual - level) for level in levels)) < LIKE
    plain = flat & like & (other.std(0)[row, column] < NOISY)
    return "same" if plain.mean() >= 0.5 else "footage"
