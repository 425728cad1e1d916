"""Finds copies of one item among those already known, and says what it can and cannot tell of each."""

from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from firsthand.link.edits import edits_between
from firsthand.link.geometry import Fit
from firsthand.link.index import FrameVotes, PrintIndex
from firsthand.link.lengths import joined
from firsthand.link.motion import Agreement, Overlaid, TimeMap
from firsthand.link.passing import SAME_WAY, Seen, Units, corners_apart, passed, stands_still
from firsthand.link.prints import Print
from firsthand.link.remuxed import remuxed
from firsthand.link.sound_copies import with_sound
from firsthand.link.soundtest import sound_agreement
from firsthand.link.stills import still_found
from firsthand.model.links import CopyFound, Edit, MatchedBy, Span, Verdict
from firsthand.model.outcomes import EngineId

VERSION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLimits:
    """Thresholds. Where they come from: bench/copies/LOG.md."""

    candidates: int = 60  # items whose frames are laid over each other, best votes first, for each of two passes
    frame_pairs: int = 12  # of one candidate
    witnesses: int = 8  # distinct places; strangers' frames reached 6
    spread: float = 0.1  # of one of the two pictures at least: a large logo that both carry spans 0.02 to 0.06
    scene_witnesses: int = 16  # to say "same scene" or "undecidable" where motion does not settle it
    scene_spread: float = 0.12  # of both pictures: a logo or caption spans less
    correlation: float = 0.6  # of changes, for a long stretch; a short one needs more, see `needed`
    short: float = 0.3
    undecided: float = 0.5  # below this, what moves is not the same
    beyond_doubt: float = 0.9
    above_chance: float = 0.2  # over the best that other offsets of the same two items give
    moving_s: float = 1.0

    def needed(self, moving_s: float, speed: float) -> float:
        """The correlation that makes a copy. When every offset and speed is tried, two takes of one gesture reach 0.6
        to 0.8 over a second or two, two walks along one path 0.6 over five; re-encoded copies mostly lie above 0.9."""
        odd_speed = 0.05 if abs(speed - 1) > 0.02 else 0.0
        return float(self.correlation + self.short / max(1.0, moving_s) ** 0.5 + odd_speed)


class CopySeeker:
    """Seeks copies of a print in an index. Holds settings alone; the same print and index give the same answer."""

    def __init__(self, limits: CopyLimits | None = None) -> None:
        self.limits = limits or CopyLimits()
        settings = sha256(repr(sorted(asdict(self.limits).items())).encode()).hexdigest()[:16]
        self.engine = EngineId(name="copies", version=VERSION, settings=settings)

    def seek(self, query: Print, index: PrintIndex) -> tuple[CopyFound, ...]:
        """All copies, other takes and undecidable pairs of the query (`a`) with items of the index (`b`).

        Ordered by item and start. One recording cut into several pieces gives several. The query itself is left
        out where it is in the index.
        """
        found = [remuxed(query, other) for other in index.same_packets(query)]
        settled = {one.b.item for one in found}
        overlays: dict[str, list[_Laid]] = {}
        for mirrored in (False, True):
            for votes in islice(index.candidates(query, mirrored=mirrored), self.limits.candidates):
                if votes.item not in settled:
                    laid = self._laid(query, index.print(votes.item), votes, mirrored=mirrored)
                    overlays.setdefault(votes.item, []).extend(laid)
        for laid in overlays.values():
            if laid:
                found += self._compared(query, laid)
        found = with_sound(query, index, found)
        return tuple(sorted(found, key=lambda one: (one.b.item, one.b.start_s, one.a.start_s)))

    def _laid(self, a: Print, b: Print, votes: FrameVotes, *, mirrored: bool) -> "list[_Laid]":
        """The ways in which a's picture lies over b's, strongest first; ways that differ by noise are one."""
        units = Units(a, b, mirrored=mirrored)
        enough: list[Seen] = []
        for number, pair in enumerate(_spread_pairs(votes, self.limits.frame_pairs)):
            one = units.seen(*pair)
            if one is not None and self._holds(one):
                enough.append(one)
            elif not enough and number + 1 >= self.limits.frame_pairs // 2:
                break  # the likeliest half in vain: a stranger
        laid: list[_Laid] = []
        for one in sorted(enough, key=lambda one: -one.fit.witnesses):
            start = TimeMap(speed=1.0, offset_s=float(a.frame_s[one.frame_a] - b.frame_s[one.frame_b]))
            same = next((way for way in laid if corners_apart(way.matrix, one.matrix) < SAME_WAY), None)
            if same is not None:
                same.starts.append(start)
            elif len(laid) < 3:
                laid.append(_Laid(b=b, seen=one, units=units, starts=[start]))
        return laid

    def _holds(self, one: Seen) -> bool:
        """Whether a frame pair's witnesses are worth a closer look. In an inset or a strong crop they fill one of the
        two pictures; in a logo that both carry, neither."""
        widest = max(one.fit.spread_a, one.fit.spread_b)
        return one.fit.witnesses >= self.limits.witnesses and widest >= self.limits.spread

    def _compared(self, a: Print, laid: "list[_Laid]") -> list[CopyFound]:
        """The verdict on one pair of items: copied stretches, or else why there are none."""
        b = laid[0].b
        if min(len(a.trail), len(b.trail)) < 3:
            # A start says where a's second 0 lies in b; of whichever is a still, second 0 is all there is.
            seconds = [[abs(start.offset_s) for start in way.starts] for way in laid]
            return [still_found(a, b, [(way.matrix, at) for way, at in zip(laid, seconds, strict=True)])]
        agreed = self._agreed(a, b, laid)
        agreed.sort(key=lambda one: -_evidence(one[2]))
        copies: list[CopyFound] = []
        used: list[tuple[Span, Span]] = []
        for way, overlaid, one in agreed:
            spans = _spans(a, b, one)
            if not any(_overlap(spans, earlier) for earlier in used) and self._is_copy(overlaid, one):
                used.append(spans)
                copies.append(_copy(a, way, overlaid, one, spans, score=one.correlation))
        if copies:
            return joined(copies)
        return self._not_copied(a, max(laid, key=lambda way: way.fit.witnesses), [one for _, _, one in agreed])

    def _agreed(self, a: Print, b: Print, laid: "list[_Laid]") -> "list[tuple[_Laid, Overlaid, Agreement]]":
        """Stretches that agree in some way. One that is beyond doubt and leaves nothing over ends the search."""
        agreed = []
        for way in laid:
            overlaid = Overlaid(a, b, way.matrix)
            for start in overlaid.hypotheses(8) + list(dict.fromkeys(way.starts))[:4]:
                one = overlaid.agreement(start)
                if one is None:
                    continue
                agreed.append((way, overlaid, one))
                if one.correlation >= self.limits.beyond_doubt and self._is_copy(overlaid, one):
                    whole_s = min(a.end_s / abs(one.time_map.speed), b.end_s)
                    span = _spans(a, b, one)[1]
                    if span.end_s - span.start_s >= whole_s - 0.5 and abs(one.time_map.speed - 1) < 0.01:
                        return agreed
        return agreed

    def _is_copy(self, overlaid: Overlaid, one: Agreement) -> bool:
        return (
            one.moving_s >= self.limits.moving_s
            and one.correlation >= self.limits.needed(one.moving_s, one.time_map.speed)
            and one.correlation >= overlaid.chance(one) + self.limits.above_chance
        )

    def _not_copied(self, a: Print, way: "_Laid", agreed: list[Agreement]) -> list[CopyFound]:
        """A copy by what is seen in passing, where things move too fast for the trails; else another take where the
        camera stands still and both move unlike; undecidable where it moves, too little does, or it half agrees."""
        if way.fit.witnesses < self.limits.scene_witnesses or way.spread < self.limits.scene_spread:
            return []
        overlaid = Overlaid(a, way.b, way.matrix)
        moving_s = min(overlaid.moving_s())
        seen = passed(a, way.b, way.seen, way.units) if moving_s >= self.limits.moving_s else None
        if seen is not None:
            time_map = TimeMap(speed=1.0, offset_s=seen.offset_s)
            stretch = overlaid.measured(time_map, seen.b_start_s, seen.b_end_s)
            return [_copy(a, way, overlaid, stretch, _spans(a, way.b, stretch, within_s=1.0), score=seen.share)]
        half = max((one.correlation for one in agreed if one.moving_s >= self.limits.moving_s), default=0.0)
        decided = moving_s >= self.limits.moving_s and half < self.limits.undecided
        decided = decided and stands_still(a, way.b, way.seen, way.units)
        return [_scene(a, way, "same_scene_other_take" if decided else "undecidable")]


@dataclass(slots=True, kw_only=True)
class _Laid:
    """One way in which the query's picture lies over b's, with the time maps its frame pairs suggest."""

    b: Print
    seen: Seen  # the strongest frame pair
    units: Units
    starts: list[TimeMap]

    @property
    def fit(self) -> Fit:
        return self.seen.fit

    @property
    def matrix(self) -> NDArray[np.float64]:
        return self.seen.matrix

    @property
    def spread(self) -> float:
        return min(self.fit.spread_a, self.fit.spread_b)


def _spread_pairs(votes: FrameVotes, wanted: int) -> list[tuple[int, int]]:
    """Frame pairs to look at: each query frame's best before any second best."""
    rank = np.zeros(len(votes.query_frame), np.int64)
    seen: dict[int, int] = {}
    for place, frame in enumerate(votes.query_frame.tolist()):
        rank[place] = seen.get(frame, 0)
        seen[frame] = int(rank[place]) + 1
    order = np.lexsort((-votes.weight, rank))[:wanted]
    return [(int(votes.query_frame[place]), int(votes.frame[place])) for place in order]


def _evidence(one: Agreement) -> float:
    """How much agreement there is, with a small preference for the speed that needs no edit."""
    plain = 0.04 if abs(one.time_map.speed - 1) < 0.01 else 0.0
    return float((one.correlation + plain) * one.moving_s**0.5)


def _spans(a: Print, b: Print, one: Agreement, *, within_s: float = 0.5) -> tuple[Span, Span]:
    """The stretch as spans of both; an end within the sampling error of an item's own end is that end."""
    speed, offset_s = one.time_map.speed, one.time_map.offset_s
    ends_a = sorted(((0.0 - offset_s) / speed, (a.end_s - offset_s) / speed))
    low, high = max(0.0, ends_a[0]), min(b.end_s, ends_a[1])
    start = low if one.b_start_s - low < within_s else one.b_start_s
    end = high if high - one.b_end_s < within_s else one.b_end_s
    start, end = max(start, low), min(max(end, start), high)
    in_a = sorted((speed * start + offset_s, speed * end + offset_s))
    span_a = Span(item=a.item, start_s=max(0.0, in_a[0]), end_s=max(0.0, in_a[1]))
    return span_a, Span(item=b.item, start_s=start, end_s=end)


def _overlap(p: tuple[Span, Span], q: tuple[Span, Span]) -> bool:
    """Whether two pairs of spans tell of the same stretch, in either item."""
    for one, other in zip(p, q, strict=True):
        shared = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
        if shared > 0.25 * min(one.end_s - one.start_s, other.end_s - other.start_s):
            return True
    return False


def _copy(
    a: Print, way: _Laid, overlaid: Overlaid, one: Agreement, spans: tuple[Span, Span], *, score: float
) -> CopyFound:
    edited = edits_between(
        a, way.b, spans=spans, speed=one.time_map.speed, matrix=way.matrix, pictures=overlaid.pictures(one)
    )
    sound = sound_agreement(a, way.b, time_map=one.time_map, b_start_s=spans[1].start_s, b_end_s=spans[1].end_s)
    matched: tuple[MatchedBy, ...] = ("picture", "sound") if sound == "same" else ("picture",)
    replaced: tuple[Edit, ...] = ("sound_replaced",) if sound == "other" else ()
    return CopyFound(
        a=spans[0],
        b=spans[1],
        verdict="copy",
        score=max(0.0, min(1.0, score)),
        matched_by=matched,
        edited=edited.which,
        edits=edited.edits + replaced,
        speed=one.time_map.speed,
        transform=_rows(way.matrix),
    )


def _scene(a: Print, way: _Laid, verdict: Verdict) -> CopyFound:
    return CopyFound(
        a=Span(item=a.item, start_s=0.0, end_s=a.end_s),
        b=Span(item=way.b.item, start_s=0.0, end_s=way.b.end_s),
        verdict=verdict,
        score=min(1.0, way.fit.witnesses / 60),
        matched_by=("picture",),
        edited=None,
        edits=(),
        speed=1.0,
        transform=_rows(way.matrix),
    )


def _rows(matrix: NDArray[np.float64]) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    (a, b, c), (d, e, f) = matrix.tolist()
    return (a, b, c), (d, e, f)
