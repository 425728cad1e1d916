"""From a rough start to the best agreement near it: laid exactly over each other, and at the plainest speed."""

from collections.abc import Sequence

import numpy as np

from firsthand.link.motion import Agreement, Overlaid
from firsthand.link.passing import Seen, Units, corners_apart
from firsthand.link.prints import Print
from firsthand.link.registering import registered
from firsthand.link.trails import TimeMap

# An unchanged speed needs no explanation: it is taken where what it leaves unexplained is hardly more.
PLAIN_WITHIN = 0.12
PLAIN_LOSES = 1.25
PLAIN_LOSES_AT_LEAST = 0.003
PLAIN_LOSES_SHORT = 0.03  # over a second: a tenth faster, it drifts by a twentieth of a second from its middle
BESIDE_S = 0.5
MOVES = 0.03  # of a picture between sampled frames
ABOUT_S = 1.5  # about a frame pair: beyond it a cut may have come
LEAST_STRAY = 0.012  # of a picture: what features err by
FRAMES_APART_S = 0.6  # frames of two items are this far apart at most, a little more than half of a second
UNKNOWN_DRIFT = 0.3
FEWEST_WITNESSES = 16
STAYED = np.eye(3)[:2]
STANDS_S, OTHER_OFFSET_S, STANDS_WITHIN = 10.0, 1.0, 0.03


def fitted(
    a: Print, b: Print, overlaid: Overlaid, time_map: TimeMap, *, stray: float, seen_at_b_s: float | None
) -> tuple[Overlaid, Agreement] | None:
    """The agreement near a start, once a lies exactly over b; None where nothing agrees. stray: see `registered`;
    seen_at_b_s: the second of b at which a frame pair suggests this start, None where changes do."""
    start_s, end_s = overlaid.stretch(time_map) or (0.0, b.end_s)
    if seen_at_b_s is not None and not start_s + ABOUT_S / 4 <= seen_at_b_s <= end_s - ABOUT_S / 4:
        start_s, end_s = seen_at_b_s - ABOUT_S, seen_at_b_s + ABOUT_S
    exact = registered(a, b, matrix=overlaid.matrix, time_map=time_map, b_start_s=start_s, b_end_s=end_s, stray=stray)
    if exact is not None:
        overlaid, time_map = Overlaid(a, b, exact.matrix), exact.time_map
    one = overlaid.agreement(time_map)
    if one is None:
        return None
    return _unchanged_speed(a, b, overlaid, one, stray) or (overlaid, one)


def beside(
    a: Print, b: Print, overlaid: Overlaid, time_map: TimeMap, *, stray: float, seen_at_b_s: float
) -> tuple[Overlaid, Agreement] | None:
    """As `fitted`, from half a second before or after the start: while a camera moves, the frames that look most alike
    need not be the nearest in time. None where neither agrees, or the cameras hardly move."""
    if stray < MOVES:
        return None
    best: tuple[Overlaid, Agreement] | None = None
    for shift_s in (-BESIDE_S, BESIDE_S):
        moved = TimeMap(speed=time_map.speed, offset_s=time_map.offset_s + shift_s)
        tried = fitted(a, b, overlaid, moved, stray=stray, seen_at_b_s=seen_at_b_s)
        if tried is not None and (best is None or tried[1].correlation > best[1].correlation):
            best = tried
    return best


def _unchanged_speed(
    a: Print, b: Print, overlaid: Overlaid, one: Agreement, stray: float
) -> tuple[Overlaid, Agreement] | None:
    """The same agreement at speed 1 (or -1); None where that explains clearly less."""
    speed = one.time_map.speed
    if not 0 < abs(abs(speed) - 1) < PLAIN_WITHIN:
        return None
    middle_s, plain = (one.b_start_s + one.b_end_s) / 2, 1.0 if speed > 0 else -1.0
    exact = registered(
        a,
        b,
        matrix=overlaid.matrix,
        time_map=TimeMap(speed=plain, offset_s=one.time_map.offset_s + (speed - plain) * middle_s),
        b_start_s=one.b_start_s,
        b_end_s=one.b_end_s,
        stray=stray,
        free_speed=False,
    )
    if exact is None:
        return None
    unchanged = Overlaid(a, b, exact.matrix)
    other = unchanged.measured(exact.time_map, one.b_start_s, one.b_end_s)
    length_s = max(1.0, one.b_end_s - one.b_start_s)
    if (
        1 - other.correlation
        > PLAIN_LOSES * (1 - one.correlation) + PLAIN_LOSES_AT_LEAST + PLAIN_LOSES_SHORT / length_s
    ):
        return None
    return unchanged, unchanged.agreement(exact.time_map) or other


def stray_of(a: Print, b: Print, seen: Seen) -> float:
    """How far the map of a frame pair may be off, in pictures: as far as the more moving of the two cameras moves
    between sampled frames."""
    drifts = []
    for one, frame in ((a, seen.frame_a), (b, seen.frame_b)):
        units = Units(one, one, mirrored=False)
        for other in (frame - 1, frame + 1):
            if 0 <= other < one.frames:
                beside, apart_s = units.seen(frame, other), abs(float(one.frame_s[other] - one.frame_s[frame]))
                holds = beside is not None and beside.fit.witnesses >= FEWEST_WITNESSES
                moved = corners_apart(beside.matrix, STAYED) if beside is not None and holds else UNKNOWN_DRIFT
                drifts.append(min(UNKNOWN_DRIFT, moved / max(apart_s, 0.2)))
    return max(LEAST_STRAY, max(drifts, default=UNKNOWN_DRIFT) * FRAMES_APART_S)


def stands(a: Print, b: Print, pairs: Sequence[Seen], seen: Seen) -> bool:
    """Whether frame pairs at offsets that differ all lie over each other in one way, within some seconds of this pair:
    neither camera moves. A wide road has few corners to tell it by from one frame to the next, and a map that is let
    run slides one car over another."""
    near = [
        one
        for one in pairs
        if abs(float(a.frame_s[one.frame_a] - a.frame_s[seen.frame_a])) <= STANDS_S
        and abs(float(b.frame_s[one.frame_b] - b.frame_s[seen.frame_b])) <= STANDS_S
    ]
    offsets = [float(a.frame_s[one.frame_a] - b.frame_s[one.frame_b]) for one in near]
    if not near or max(offsets) - min(offsets) < OTHER_OFFSET_S:
        return False
    return all(corners_apart(one.matrix, near[0].matrix) < STANDS_WITHIN for one in near)


def same_time_map(time_map: TimeMap, known: Agreement) -> bool:
    """Whether a start would only lead to what is known already."""
    at_s = (known.b_start_s + known.b_end_s) / 2
    other = known.time_map
    beside_s = abs((time_map.speed - other.speed) * at_s + time_map.offset_s - other.offset_s)
    return known.correlation >= 0.5 and beside_s < 0.25 and abs(time_map.speed - other.speed) < 0.04
