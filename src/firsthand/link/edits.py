"""What was done to one of two copies: named only where the pictures, the map or the times show it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from firsthand.link.motion import Trail, inverse
from firsthand.link.prints import Print
from firsthand.model.links import Edit, Span

Which = Literal["a", "b"]

WHOLE = 0.93  # of a picture; closer than this to all of it is within the error of the map
END_S = 0.7  # sampled ends are this uncertain
SPEED_ERROR = 0.015


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
    pictures: tuple[Trail, Trail, NDArray[np.bool_]],
) -> Edited:
    """Edits between a copied span of a and of b, from the map (a's picture to b's, unit coordinates), the speed,
    the spans, and both items' small pictures in step over the span.

    Rotation is clockwise, told as seen from the item that is not edited; where that is not known, from a.
    Limits: colour is not in a fingerprint, so greyscale and sepia are not told apart from their source here.
    """
    found: list[tuple[Edit, Which | None]] = []
    found += _framing(a, b, matrix)
    found += _tone(*pictures[:2])
    found += _overlay(*pictures[:2])
    if abs(abs(speed) - 1) > SPEED_ERROR:
        found.append(("speed", None))
    if speed < 0:
        found.append(("reversed", None))
    found += _lengths(a, b, *spans)
    found += _encoding(a, b, matrix)
    sides = {which for _, which in found if which is not None}
    which = next(iter(sides)) if len(sides) == 1 else None
    found += _turn(a, b, matrix, which)
    return Edited(edits=tuple(dict.fromkeys(edit for edit, _ in found)), which=which)


def _turn(a: Print, b: Print, matrix: NDArray[np.float64], which: Which | None) -> list[tuple[Edit, Which | None]]:
    in_px = np.diag(b.size_px) @ matrix[:, :2] @ np.diag(1 / np.asarray(a.size_px))
    found: list[tuple[Edit, Which | None]] = []
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
    if abs(turned_deg - 90 * round(turned_deg / 90)) > 2.5:
        found.append(("tilted", None))
    return found


def _framing(a: Print, b: Print, matrix: NDArray[np.float64]) -> list[tuple[Edit, Which | None]]:
    """Which picture holds more than the other, and whether that more is footage or bars."""
    of_a, of_b = shown_ratio(matrix), shown_ratio(inverse(matrix))
    found: list[tuple[Edit, Which | None]] = []
    for more, share, more_print, wider, narrower in (
        (of_a < WHOLE, of_a, a, "a", "b"),
        (of_b < WHOLE, of_b, b, "b", "a"),
    ):
        if not more:
            continue
        outside = _outside(more_print, matrix if wider == "a" else inverse(matrix))
        holder: Which = "a" if wider == "a" else "b"
        cut: Which = "a" if narrower == "a" else "b"
        if outside == "flat" or more_print.border == "bars":
            found.append(("letterboxed", holder))
        elif more_print.border == "blurred_bars":
            found.append(("blurred_bars", holder))
        elif outside == "footage" and share >= 0.2:  # a smaller part may as well be an inset in other footage
            found.append(("cropped", cut))
    return found


def shown_ratio(matrix: NDArray[np.float64]) -> float:
    """Share of the first picture that the second shows, 0 to 1."""
    steps = (np.arange(64) + 0.5) / 64
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    moved = grid @ matrix[:, :2].T + matrix[:, 2]
    return float(((moved >= 0) & (moved <= 1)).all(1).mean())


def _outside(one: Print, matrix: NDArray[np.float64]) -> Literal["flat", "footage", "unclear"]:
    """What the part of this picture is like that the other does not show."""
    side = one.trail.shape[-1]
    steps = (np.arange(side) + 0.5) / side
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    moved = grid @ matrix[:, :2].T + matrix[:, 2]
    outside = ((moved < -0.02) | (moved > 1.02)).any(1)
    if outside.sum() < 8 or not len(one.trail):
        return "unclear"
    cells = one.trail.reshape(len(one.trail), -1)[:, outside].astype(np.float32)
    if float(np.median(np.abs(cells - np.median(cells)))) < 2.0:
        return "flat"
    return "footage"


def _tone(a: Trail, b: Trail) -> list[tuple[Edit, Which | None]]:
    """Recoloured, where brightness or contrast differ by more than encoders and colour ranges make them."""
    if not a.size or a.std() < 4 or b.std() < 4:
        return []
    gain, offset = float(b.std() / a.std()), float(np.median(b) - np.median(a))
    # Full range read as limited range makes a gain of 1.16 and an offset of up to 16: no edit.
    return [("recoloured", None)] if not 0.83 < gain < 1.2 or abs(offset) > 20 else []


def _overlay(a: Trail, b: Trail) -> list[tuple[Edit, Which | None]]:
    """Cells that differ for good while the rest agrees; carried by the one where those cells hardly change."""
    if len(a) < 5 or a.shape[1] < 100:
        return []
    p, q = a - np.median(a), b - np.median(b)
    q = q * (p.std() / max(float(q.std()), 1e-3))
    off = np.abs(p - q).mean(0)
    marked = off > max(12.0, 5 * float(np.median(off)))
    if not 3 <= marked.sum() <= 0.35 * len(marked):
        return []
    change_a, change_b = a[:, marked].std(0).mean(), b[:, marked].std(0).mean()
    if change_a < 0.6 * change_b:
        return [("overlay", "a")]
    if change_b < 0.6 * change_a:
        return [("overlay", "b")]
    return [("overlay", None)]


def _lengths(a: Print, b: Print, span_a: Span, span_b: Span) -> list[tuple[Edit, Which | None]]:
    if a.still or b.still:
        return []
    more_a = a.end_s - (span_a.end_s - span_a.start_s)
    more_b = b.end_s - (span_b.end_s - span_b.start_s)
    if more_a > END_S >= more_b:
        return [("excerpt" if more_a > a.end_s / 2 else "trimmed", "b")]
    if more_b > END_S >= more_a:
        return [("excerpt" if more_b > b.end_s / 2 else "trimmed", "a")]
    return []


def _encoding(a: Print, b: Print, matrix: NDArray[np.float64]) -> list[tuple[Edit, Which | None]]:
    """Reencoded where codec or sharpness differ. Fewer pixels for the same part of the scene came later."""
    if not a.pixels or not b.pixels:
        return []
    shared_a = a.pixels / abs(float(np.linalg.det(matrix[:, :2])))  # a's pixels on as much scene as b's picture shows
    if shared_a < 0.85 * b.pixels:
        return [("reencoded", "a")]
    if b.pixels < 0.85 * shared_a:
        return [("reencoded", "b")]
    pictures_a = {codec for codec in a.codecs if codec.startswith("video:")}
    pictures_b = {codec for codec in b.codecs if codec.startswith("video:")}
    return [("reencoded", None)] if pictures_a and pictures_b and pictures_a != pictures_b else []
