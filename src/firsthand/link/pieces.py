"""Further pieces beside a stretch that agrees: what is left of one recording where something was cut out inside.

Each piece of a cut clip is short, and short stretches agree by chance. But an edit lays every piece in the same way and
at the same speed, one straight after the other: a piece that does so beside another was not picked out of all there is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from firsthand.link.fitting import LEAST_STRAY, fitted
from firsthand.link.motion import Agreement, Chance, Overlaid
from firsthand.link.passing import corners_apart
from firsthand.link.prints import Print
from firsthand.model.links import Span

SHORTEST_S = 0.8
STARTS = 3
STRAIGHT_ON_S = 0.7  # sampled ends are this uncertain
SAME_SPEED = 0.03
SAME_MAP = 0.04  # of a picture: what exact fits of two stretches differ by

Spans = tuple[Span, Span]


def beside(
    a: Print, b: Print, overlaid: Overlaid, one: Agreement, taken: Sequence[Spans]
) -> Iterator[tuple[Overlaid, Agreement]]:
    """Stretches of a before and after a known one that agree in its way and at its speed; none of them is judged.

    taken: the spans of a and b that are known already, the stretch's own first.
    """
    speed = one.time_map.speed
    for start_s, end_s in _gaps(taken[0][0], [spans[0] for spans in taken], a.end_s):
        part = between(a, start_s, end_s)
        if len(part.trail) < 3:
            continue
        laid = Overlaid(part, b, overlaid.matrix)
        for time_map in laid.hypotheses(STARTS, speeds=(speed,)):
            found = fitted(part, b, laid, time_map, stray=LEAST_STRAY, seen_at_b_s=None)
            if found is None or abs(found[1].time_map.speed - speed) > SAME_SPEED:
                continue
            if corners_apart(found[0].matrix, overlaid.matrix) < SAME_MAP:
                yield Overlaid(a, b, found[0].matrix), found[1]


def between(one: Print, start_s: float, end_s: float) -> Print:
    """The print with the part of its trail that lies between two of its seconds; times stay what they were."""
    kept = (one.trail_s >= start_s) & (one.trail_s <= end_s)
    return replace(one, trail_s=one.trail_s[kept], trail=one.trail[kept])


def go_on(one: Spans, other: Spans) -> bool:
    """Whether two stretches follow each other in the same order in both items, straight on in one of them."""
    first, then = sorted((one, other), key=lambda spans: spans[0].start_s)
    apart_s = [after.start_s - before.end_s for before, after in zip(first, then, strict=True)]
    return min(apart_s) >= -STRAIGHT_ON_S and min(abs(gap_s) for gap_s in apart_s) <= STRAIGHT_ON_S


def pooled(one: Agreement, other: Agreement) -> Agreement:
    """Both stretches as one: what moves in both, and how far that agrees."""
    moving_s = one.moving_s + other.moving_s
    share = one.moving_s / max(moving_s, 1e-6)
    return replace(
        one,
        moving_s=moving_s,
        correlation=share * one.correlation + (1 - share) * other.correlation,
        level=share * one.level + (1 - share) * other.level,
    )


def worst(one: Chance, other: Chance) -> Chance:
    """What chance gives either of two."""
    return Chance(best=max(one.best, other.best), tried_s=min(one.tried_s, other.tried_s))


def _gaps(known: Span, taken: Sequence[Span], end_s: float) -> list[tuple[float, float]]:
    """What no span takes beside a known one, before and after it, where it is long enough."""
    before_s = max((span.end_s for span in taken if span.end_s <= known.start_s), default=0.0)
    after_s = min((span.start_s for span in taken if span.start_s >= known.end_s), default=end_s)
    gaps = ((before_s, known.start_s), (known.end_s, after_s))
    return [gap for gap in gaps if gap[1] - gap[0] >= SHORTEST_S]
