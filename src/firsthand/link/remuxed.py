"""Two items with the very same coded pictures: the container differs, perhaps the way it shows them, or the sound."""

import numpy as np

from firsthand.link.edits import Edited, turned
from firsthand.link.laying import TURNS, Matrix, sampled
from firsthand.link.motion import TimeMap, inverse
from firsthand.link.prints import Print
from firsthand.link.soundtest import sound_agreement
from firsthand.model.links import CopyFound, Edit, MatchedBy, Span

INSTANTS = 12
PLAINLY = 0.05  # of correlation, that another way up must win by: a flat picture has none


def remuxed(a: Print, b: Print) -> CopyFound:
    """The very same packets in another container; the first picture says how the zeros lie to each other.

    A container may show them turned or mirrored, which is told from the pictures; and may hold another sound track.
    """
    later = float(a.trail_s[0] - b.trail_s[0]) if len(a.trail_s) and len(b.trail_s) else 0.0
    start, end = max(0.0, -later), min(b.end_s, a.end_s - later)
    end = max(start, end)
    matrix = _way_up(a, b) if a.picture_packets else None
    edited = turned(a, b, matrix) if matrix is not None else Edited(edits=(), which=None)
    time_map = TimeMap(speed=1.0, offset_s=later)
    sound = "not known"
    if a.picture_packets and set(a.sound_packets) != set(b.sound_packets):
        sound = sound_agreement(a, b, time_map=time_map, b_start_s=start, b_end_s=end)
    edits: tuple[Edit, ...] = ("sound_replaced",) if sound == "other" else ("remuxed",)
    matched: tuple[MatchedBy, ...] = ("packets", "sound") if sound == "same" else ("packets",)
    return CopyFound(
        a=Span(item=a.item, start_s=start + later, end_s=end + later),
        b=Span(item=b.item, start_s=start, end_s=end),
        verdict="copy",
        score=1.0,
        matched_by=matched,
        edited=None,
        edits=(*edited.edits, *edits),
        speed=1.0,
        transform=None if matrix is None else _rows(matrix),
    )


def _way_up(a: Print, b: Print) -> Matrix:
    """The quarter turn or mirroring under which both look alike; the plain one where none is plainly better."""
    count = min(len(a.trail), len(b.trail))
    plain = np.column_stack([np.eye(2), np.zeros(2)])
    if not count:
        return plain
    chosen = np.linspace(0, count - 1, min(INSTANTS, count)).astype(np.int64)
    of_a, of_b = a.trail[chosen].astype(np.float32), b.trail[chosen].astype(np.float32)
    of_b = of_b - of_b.mean((1, 2), keepdims=True)
    best, most = plain, -1.0
    for turn in TURNS:  # the plain one first
        matrix = np.column_stack([turn, 0.5 - turn @ np.full(2, 0.5)])
        shown, _ = sampled(of_a, inverse(matrix))
        shown = shown - shown.mean((1, 2), keepdims=True)
        alike = float((shown * of_b).sum() / max(float(np.sqrt((shown**2).sum() * (of_b**2).sum())), 1e-6))
        if alike > most + PLAINLY:
            best, most = matrix, alike
    return best


def _rows(matrix: Matrix) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    (a, b, c), (d, e, f) = matrix.tolist()
    return (a, b, c), (d, e, f)
