"""Why did this match? Both pictures, the places that agree, one laid over the other, and what is left."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.geometry import FINE_PX, nearest
from firsthand.link.passing import Units
from firsthand.link.prints import Print
from firsthand.link.segments import line_of
from firsthand.model.links import CopyFound

MOST_POINTS = 80
PANEL_PX = 480
BAND_PX = 26

Rgb = NDArray[np.uint8]  # [height, width, 3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """The pair of sampled pictures that agrees best, and the places where they agree.

    a_at_s: the second of a that the time map gives for b_s; a_s, the sampled picture's own, lies up to half a second
    beside it. points: [n, 4] x, y in a and x, y in b, unit coordinates, y down.
    """

    a_s: float
    a_at_s: float
    b_s: float
    points: NDArray[np.float64]


def witnesses(a: Print, b: Print, found: CopyFound) -> Witnesses | None:
    """What speaks for `found` in the pictures; None where no pair of sampled pictures agrees (packets or sound)."""
    if found.transform is None or not a.frames or not b.frames:
        return None
    matrix = np.array(found.transform)
    mirrored = bool(np.linalg.det(matrix[:, :2]) < 0)
    units, line = Units(a, b, mirrored=mirrored), line_of(found)
    best: tuple[int, int, int, NDArray[np.float64]] | None = None
    unseen: list[tuple[int, int]] = []
    for frame_b in _within(b.frame_s, found.b.start_s, found.b.end_s):
        at_s = line.at(float(b.frame_s[frame_b])) if found.verdict == "copy" else None
        for frame_a in _nearest_two(a.frame_s, at_s):
            seen = units.seen(frame_a, frame_b)
            if seen is not None:
                if best is None or seen.fit.witnesses > best[0]:
                    best = (seen.fit.witnesses, frame_a, frame_b, seen.matrix)
            elif best is None:
                unseen.append((frame_a, frame_b))
    if best is None:  # of a strong crop no pair alone holds the map: the one that shows most of it
        shown = [(len(_points(a, b, *pair, matrix=matrix, mirrored=mirrored)), *pair, matrix) for pair in unseen]
        best = max(shown, key=lambda one: one[0], default=None)
    if best is None or best[0] == 0:
        return None
    _, frame_a, frame_b, of_pair = best
    a_s, b_s = float(a.frame_s[frame_a]), float(b.frame_s[frame_b])
    return Witnesses(
        a_s=a_s,
        a_at_s=min(max(line.at(b_s), 0.0), a.end_s) if found.verdict == "copy" else a_s,
        b_s=b_s,
        points=_points(a, b, frame_a, frame_b, matrix=of_pair, mirrored=mirrored),
    )


def drawn(seen: Witnesses, found: CopyFound, *, a: Rgb, a_at: Rgb, b: Rgb) -> bytes:
    """The explanation as a PNG: a and b with lines between the places that agree; below, a laid over b as the map has
    it, and the difference of the two (black: equal; a's part of b's picture only). a_at: a's picture at seen.a_at_s.
    """
    left, right = _fitted(a), _fitted(b)
    top = _side_by_side(left, right)
    for ax, ay, bx, by in seen.points:
        at_a = (int(ax * left.shape[1]), BAND_PX + int(ay * left.shape[0]))
        at_b = (left.shape[1] + int(bx * right.shape[1]), BAND_PX + int(by * right.shape[0]))
        cv2.line(top, at_a, at_b, (255, 210, 0), 1, cv2.LINE_AA)
        for at in (at_a, at_b):
            cv2.circle(top, at, 3, (0, 230, 120), -1, cv2.LINE_AA)
    _say(top, 0, f"A  {seen.a_s:.2f} s    {len(seen.points)} places agree")
    _say(top, left.shape[1], f"B  {seen.b_s:.2f} s")
    warped, covered = _warped(_fitted(a_at), right, found)
    over, difference = right.copy(), np.zeros_like(right)
    over[covered] = (warped[covered].astype(np.uint16) + right[covered]) // 2
    difference[covered] = cv2.absdiff(warped, right)[covered]
    below = _side_by_side(over, difference)
    _say(below, 0, f"A at {seen.a_at_s:.2f} s laid over B")
    _say(below, over.shape[1], "what differs")
    wide = max(top.shape[1], below.shape[1])
    rows = [np.pad(row, ((0, 0), (0, wide - row.shape[1]), (0, 0))) for row in (top, below)]
    _, packed = cv2.imencode(".png", np.ascontiguousarray(np.concatenate(rows)[:, :, ::-1]))
    return bytes(packed)


def _within(frame_s: NDArray[np.float64], start_s: float, end_s: float) -> list[int]:
    """Pictures of a stretch; where none was sampled in it, those just beside it."""
    inside = np.flatnonzero((frame_s >= start_s) & (frame_s <= end_s))
    if not len(inside):
        inside = np.flatnonzero((frame_s >= start_s - 0.5) & (frame_s <= end_s + 0.5))
    return [int(one) for one in inside[:: max(1, len(inside) // 24)]]


def _nearest_two(frame_s: NDArray[np.float64], at_s: float | None) -> list[int]:
    """The sampled pictures around a second; where no time map is known, up to a dozen of all."""
    if at_s is None:
        return list(range(0, len(frame_s), max(1, len(frame_s) // 12)))
    return [int(one) for one in np.argsort(np.abs(frame_s - at_s), kind="stable")[:2]]


def _points(
    a: Print, b: Print, frame_a: int, frame_b: int, *, matrix: NDArray[np.float64], mirrored: bool
) -> NDArray[np.float64]:
    """[n, 4]: places of a and of b, in units of their pictures, whose features agree under this map."""
    in_a = a.mirrored_features(frame_a, fine=True) if mirrored else a.features(frame_a, fine=True)
    in_b = b.features(frame_b, fine=True)
    of_a, of_b = nearest(in_a.code, in_b.code)
    size_a, size_b = np.asarray(a.size_px), np.asarray(b.size_px)
    from_unit, to_unit = in_a.xy[of_a] / size_a, in_b.xy[of_b] / size_b
    if mirrored:
        from_unit = np.array([1.0, 0.0]) + from_unit * np.array([-1.0, 1.0])
    off_px = (from_unit @ matrix[:, :2].T + matrix[:, 2] - to_unit) * size_b
    agree = (off_px**2).sum(1) < FINE_PX**2
    both = np.column_stack([from_unit[agree], to_unit[agree]]).astype(np.float64)
    return both[:: max(1, len(both) // MOST_POINTS)]


def _warped(a: Rgb, b: Rgb, found: CopyFound) -> tuple[Rgb, NDArray[np.bool_]]:
    """a's picture as it lies in b's, and where it does."""
    if found.transform is None:
        return np.zeros_like(b), np.zeros(b.shape[:2], bool)
    unit = np.array(found.transform)
    size_a, size_b = np.array(a.shape[1::-1]), np.array(b.shape[1::-1])
    in_px = np.column_stack([np.diag(size_b) @ unit[:, :2] @ np.diag(1 / size_a), size_b * unit[:, 2]])
    size = (b.shape[1], b.shape[0])
    warped = cv2.warpAffine(a, in_px, size, flags=cv2.INTER_AREA)
    covered = cv2.warpAffine(np.full(a.shape[:2], 255, np.uint8), in_px, size) > 250
    return np.asarray(warped, np.uint8), covered


def _fitted(picture: Rgb) -> Rgb:
    factor = PANEL_PX / max(picture.shape[:2])
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _side_by_side(left: Rgb, right: Rgb) -> Rgb:
    tall = max(left.shape[0], right.shape[0])
    both = [np.pad(one, ((BAND_PX, tall - one.shape[0]), (0, 0), (0, 0))) for one in (left, right)]
    return np.ascontiguousarray(np.concatenate(both, axis=1))


def _say(picture: Rgb, x: int, words: str) -> None:
    cv2.putText(picture, words, (x + 6, BAND_PX - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (235, 235, 235), 1, cv2.LINE_AA)
