"""Where two items are compared when one of them plays for long: about frames that lie over each other, piece by piece.

A stream of six hours has 108,000 pictures of its trail; laid over another item all at once they would take gigabytes,
and agree by chance somewhere. Frames say where to look. A stretch that reaches the end of a piece is followed on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from firsthand.link.copy_limits import CopyLimits
from firsthand.link.motion import Agreement, Overlaid
from firsthand.link.passing import Seen
from firsthand.link.pieces import between
from firsthand.link.prints import Print

LONG_S = 1200.0  # items that play no longer are compared whole
REACH_S = 450.0  # to either side of a frame pair
FASTEST = 2.0
BESIDE_S = 5.0
MOST = 8  # pieces of one pair of items
EDGE_S = 0.7  # sampled ends are this uncertain
OVERLAP_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A piece of each of two items: prints whose trails lie within it. Times, lengths and frames are the items' own."""

    a: Print
    b: Print
    a_s: float
    b_s: float
    reach_s: float

    def holds(self, a_s: float, b_s: float) -> bool:
        """Whether both seconds lie well inside."""
        return max(abs(a_s - self.a_s), abs(b_s - self.b_s)) <= self.reach_s / 2


def neighbourhoods(a: Print, b: Print, pairs: Sequence[Seen]) -> list[Near]:
    """The pieces that frame pairs suggest, those with the most witnesses first; where both items are short, the one
    piece that they are. pairs: at least one."""
    if max(a.end_s, b.end_s) <= LONG_S:
        return [Near(a=a, b=b, a_s=0.0, b_s=0.0, reach_s=float("inf"))]
    found: list[Near] = []
    for one in sorted(pairs, key=lambda one: -one.fit.witnesses):
        at = float(a.frame_s[one.frame_a]), float(b.frame_s[one.frame_b])
        if len(found) < MOST and not any(near.holds(*at) for near in found):
            found.append(about(a, b, *at))
    return found


def about(a: Print, b: Print, a_s: float, b_s: float) -> Near:
    """The piece about a second of each: as far as the shorter item can reach at any speed, and REACH_S at most."""
    reach_s = min(REACH_S, FASTEST * min(a.end_s, b.end_s) + BESIDE_S)
    return Near(
        a=between(a, a_s - reach_s, a_s + reach_s),
        b=between(b, b_s - reach_s, b_s + reach_s),
        a_s=a_s,
        b_s=b_s,
        reach_s=reach_s,
    )


def followed(a: Print, b: Print, overlaid: Overlaid, one: Agreement, *, limits: CopyLimits) -> Agreement:
    """The stretch, followed on where it ends only because the piece it was found in does. What is added has to go on in
    the same way, and is asked for as much as any piece beside a known one."""
    if max(a.end_s, b.end_s) <= LONG_S:
        return one
    whole = one
    for forward in (True, False):
        last = one
        for further in _pieces(a, b, overlaid, last, forward=forward, limits=limits):
            whole = replace(
                whole,
                b_start_s=min(whole.b_start_s, further.b_start_s),
                b_end_s=max(whole.b_end_s, further.b_end_s),
                moving_s=whole.moving_s + further.moving_s,
                correlation=min(whole.correlation, further.correlation),
            )
    return whole


def _pieces(
    a: Print, b: Print, overlaid: Overlaid, one: Agreement, *, forward: bool, limits: CopyLimits
) -> Iterator[Agreement]:
    """One stretch after the other, each beginning where the last one ended."""
    last = one
    while True:
        edge_s = last.b_end_s if forward else last.b_start_s
        at_a_s = last.time_map.speed * edge_s + last.time_map.offset_s
        if not (EDGE_S < edge_s < b.end_s - EDGE_S and EDGE_S < at_a_s < a.end_s - EDGE_S):
            return
        ahead_s = REACH_S - OVERLAP_S if forward else OVERLAP_S - REACH_S
        near = about(a, b, at_a_s + last.time_map.speed * ahead_s, edge_s + ahead_s)
        if min(len(near.a.trail), len(near.b.trail)) < 3:
            return
        over = Overlaid(near.a, near.b, overlaid.matrix)
        found = over.agreement(last.time_map) if over.cells else None
        if found is None or not limits.does_beside(found, over.chance(found)):
            return
        begins_s, ends_s = (found.b_start_s, found.b_end_s) if forward else (found.b_end_s, found.b_start_s)
        further_s = ends_s - edge_s if forward else edge_s - ends_s
        if abs(begins_s - edge_s) > OVERLAP_S + EDGE_S or further_s <= EDGE_S:
            return
        yield found
        last = found
