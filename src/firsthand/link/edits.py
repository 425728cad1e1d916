"""What was done to one of two copies: named only where the pictures, the map or the times show it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.bars import Which
from firsthand.link.detail import Pairs, at_once, bands, larger_octaves, ratios
from firsthand.link.framing import Framed, framing
from firsthand.link.in_step import laid, nearby
from firsthand.link.laying import Cells, Laid, Matrix, moved_cells, sampled
from firsthand.link.lengths import lengths
from firsthand.link.marks import carrier, marked
from firsthand.link.motion import TimeMap, Trail, inverse
from firsthand.link.pace import pace
from firsthand.link.prints import TRAIL, Print
from firsthand.link.shades import by_matrix
from firsthand.link.tilting import leans
from firsthand.link.tones import tones
from firsthand.model.links import Edit, Span

Said = tuple[Edit, Which | None]

TILTED_DEG = 2.5
POORER = 0.5  # of the other's bits a second

# What only the edited one can carry; the rest is told as well by its undoing.
TELLING: frozenset[Edit] = frozenset(
    {"cropped", "letterboxed", "blurred_bars", "picture_in_picture", "screen_recording", "overlay", "greyscale",
     "compilation", "blurred", "noise", "recoloured"}
)  # fmt: skip


# What cannot be done to pictures without encoding them anew; a turn or a mirror image may be a flag in the file.
DRAWN: frozenset[Edit] = frozenset(
    {"letterboxed", "blurred_bars", "picture_in_picture", "screen_recording", "overlay", "greyscale", "recoloured",
     "blurred", "noise", "tilted"}
)  # fmt: skip
SHORTER: frozenset[Edit] = frozenset({"excerpt", "trimmed", "cut_inside", "compilation", "speed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The edits between two copies and which of them carries them; None: not known, or both do."""

    edits: tuple[Edit, ...]
    which: Which | None


def edits_between(
    a: Print,
    b: Print,
    *,
    spans: tuple[Span, Span],
    speed: float,
    matrix: NDArray[np.float64],
    pictures: tuple[Trail, Trail, NDArray[np.bool_]] | None = None,
) -> Edited:
    """Edits between a copied span of a and of b, from the map (a's picture to b's, unit coordinates), the speed and
    the spans; names stand in the order of model.links.Edit's groups: picture, time, length, encoding.

    Rotation is clockwise, told as seen from the item that is not edited; where that is not known, from a.
    pictures: not needed; both items' small pictures are laid over each other again, more exactly (see laying.py).
    Limits: see docs/methods/copies.md.
    """
    meets_s = spans[0].start_s if speed > 0 else spans[0].end_s
    time_map = TimeMap(speed=speed, offset_s=meets_s - speed * spans[1].start_s)
    start_s, end_s = spans[1].start_s, spans[1].end_s
    over = laid(a, b, time_map=time_map, b_start_s=start_s, b_end_s=end_s, matrix=matrix)
    found: list[Said] = []
    one = None
    if over is not None:
        one, time_map = over
        matrix = one.matrix
        around = partial(nearby, a, b, one, time_map=time_map, b_start_s=start_s, b_end_s=end_s)
        found += _in_pictures(a, b, one, at_once(a, b, time_map, start_s, end_s), around)
        found += _tilted(a, b, one)
    # A time map at speed 1 explains the changes as well as any other: then steady motion under noise is what drifts.
    at_speed = abs(abs(speed) - 1) > 1e-6
    if at_speed and pace(a, b, time_map=time_map, b_start_s=start_s, b_end_s=end_s, matrix=matrix, one=one).edited:
        found.append(("speed", None))
    if speed < 0:
        found.append(("reversed", None))
    found += lengths(a, b, *spans)
    return _edited(a, b, matrix, found)


def edits_of_still(still: Print, clip: Print, one: Laid, *, at_s: float) -> Edited:
    """Edits between a still (a) and the instant of a clip (b) that it shows, laid over each other."""
    time_map = TimeMap(speed=1.0, offset_s=-at_s)
    found = _in_pictures(still, clip, one, at_once(still, clip, time_map, at_s, at_s)) + _tilted(still, clip, one)
    return _edited(still, clip, one.matrix, found)


def turned(a: Print, b: Print, matrix: NDArray[np.float64]) -> Edited:
    """What the map alone says: mirrored, rotated, tilted; from a, for the map does not say which was turned."""
    leaning: tuple[Edit, ...] = ("tilted",) if _leaning_deg(a, b, matrix) > TILTED_DEG else ()
    return Edited(edits=(*dict.fromkeys(edit for edit, _ in _turn(a, b, matrix, None)), *leaning), which=None)


def _in_pictures(
    a: Print, b: Print, one: Laid, pairs: Pairs, around: Callable[[], tuple[Trail, ...]] = tuple
) -> list[Said]:
    framed = framing(a, b, one, finer=_finer(a, b, one, pairs))
    barred = _barred(one, framed)
    marks = marked(one, barred)
    if marks.any():
        marks = marked(one, barred, around(), _by_matrix(a, b, one, pairs))
    overlay: list[Said] = [("overlay", carrier(one, marks))] if marks.any() else []
    return [*framed.said, *overlay, *tones(a, b, one, marks=marks, pairs=pairs)]


def _by_matrix(a: Print, b: Print, one: Laid, pairs: Pairs) -> NDArray[np.float32]:
    """What differs in the common grid because the two were coded by other matrices (shades.by_matrix)."""
    if not pairs:
        return np.zeros_like(one.seen, np.float32)
    of_a, of_b = _in_cells(a, [n for n, _ in pairs]), _in_cells(b, [n for _, n in pairs])
    own, other = (of_b, of_a) if one.grid == "b" else (of_a, of_b)
    back = inverse(one.matrix) if one.grid == "b" else one.matrix
    moved = sampled(np.moveaxis(other, 2, 0), back)[0]
    return by_matrix(one.off, (own, np.moveaxis(moved, 0, 2)), one.seen)


def _in_cells(item: Print, looks: list[int]) -> NDArray[np.float32]:
    """[32, 32, 2]: usual Cb and Cr less 128 of these looks."""
    usual = np.median(item.colour[looks], axis=0).astype(np.float32) - 128
    return np.asarray(cv2.resize(usual, (TRAIL, TRAIL)), np.float32)


def _edited(a: Print, b: Print, matrix: Matrix, found: list[Said]) -> Edited:
    found = found + _encoding(a, b, matrix, found)
    which = _carrier(found)
    edits = dict.fromkeys(edit for edit, _ in [*_turn(a, b, matrix, which), *found])
    return Edited(edits=tuple(edits), which=which)


def _finer(a: Print, b: Print, one: Laid, pairs: Pairs) -> float:
    of_a, of_b = bands(a, [n for n, _ in pairs]), bands(b, [n for _, n in pairs])
    between = ratios(of_a[:-1], of_b[:-1], larger_octaves(a, b, one.matrix))
    return float(one.gain * between[0]) if len(between) else 1.0


def _barred(one: Laid, framed: Framed) -> Cells:
    """Cells of the common grid under bars of either."""
    if one.grid == "b":
        return framed.barred_b | moved_cells(framed.barred_a, inverse(one.matrix))
    return framed.barred_a | moved_cells(framed.barred_b, one.matrix)


def _carrier(found: list[Said]) -> Which | None:
    """Which of the two the edits lie on: those that tell decide; without them, the shorter or the poorer one."""
    for told in (
        {which for edit, which in found if which is not None and edit in TELLING},
        {which for edit, which in found if which is not None and edit not in ("reencoded", *TELLING)},
        {which for edit, which in found if which is not None and edit == "reencoded"},
    ):
        if told:
            return next(iter(told)) if len(told) == 1 else None
    return None


def _turn(a: Print, b: Print, matrix: Matrix, which: Which | None) -> list[Said]:
    in_px = np.diag(b.size_px) @ matrix[:, :2] @ np.diag(1 / np.asarray(a.size_px))
    found: list[Said] = []
    if np.linalg.det(in_px) < 0:
        found.append(("mirrored", None))
        in_px = in_px @ np.diag([-1.0, 1.0])
    # y points down, so a growing angle turns clockwise
    turned_deg = float(np.degrees(np.arctan2(in_px[1, 0] - in_px[0, 1], in_px[0, 0] + in_px[1, 1])))
    if which == "a":
        turned_deg = -turned_deg
    quarters = round(turned_deg / 90) % 4
    if quarters:
        names: tuple[Edit, ...] = ("rotated_90", "rotated_180", "rotated_270")
        found.append((names[quarters - 1], None))
    return found


def _tilted(a: Print, b: Print, one: Laid) -> list[Said]:
    return [("tilted", None)] if _leaning_deg(a, b, one.matrix) > TILTED_DEG and leans(one) else []


def _leaning_deg(a: Print, b: Print, matrix: Matrix) -> float:
    """By how much a picture leans beside quarters of a turn."""
    in_px = np.diag(b.size_px) @ matrix[:, :2] @ np.diag(1 / np.asarray(a.size_px))
    if np.linalg.det(in_px) < 0:
        in_px = in_px @ np.diag([-1.0, 1.0])
    turned_deg = float(np.degrees(np.arctan2(in_px[1, 0] - in_px[0, 1], in_px[0, 0] + in_px[1, 1])))
    return abs(turned_deg - 90 * round(turned_deg / 90))


def _encoding(a: Print, b: Print, matrix: Matrix, found: list[Said]) -> list[Said]:
    """Reencoded where size, coding or rate of the pictures differ, or something was drawn into them. Fewer pixels for
    the same part of the scene came later, and so did fewer bits."""
    if not a.pixels or not b.pixels or (a.picture_packets and a.picture_packets == b.picture_packets):
        return []
    shared_a = a.pixels / abs(float(np.linalg.det(matrix[:, :2])))  # a's pixels on as much scene as b's picture shows
    if shared_a < 0.85 * b.pixels:
        return [("reencoded", "a")]
    if b.pixels < 0.85 * shared_a:
        return [("reencoded", "b")]
    pictures_a = {codec for codec in a.codecs if codec.startswith("video:")}
    pictures_b = {codec for codec in b.codecs if codec.startswith("video:")}
    if pictures_a and pictures_b and pictures_a != pictures_b:
        return [("reencoded", None)]
    said = {edit for edit, _ in found}
    poorer = _poorer(a, b)
    if poorer is not None and not said & DRAWN:
        return [("reencoded", poorer)]
    # Both whole, and other packets: a cut without encoding would be shorter.
    whole = bool(a.picture_packets and b.picture_packets) and not a.still and not b.still and not said & SHORTER
    if said & DRAWN or (a.coded and b.coded and a.coded != b.coded) or whole:
        return [("reencoded", None)]
    return []


def _poorer(a: Print, b: Print) -> Which | None:
    """The one whose pictures take clearly fewer bits a second; a stretch cut out of a file varies by less."""
    rates = a.picture_bit_rate, b.picture_bit_rate
    if not all(rates) or min(rates) > POORER * max(rates):
        return None
    return "a" if rates[0] < rates[1] else "b"
