"""Finds copies of one item among those already known, and says what it can and cannot tell of each."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from firsthand.link.copy_limits import CopyLimits as CopyLimits
from firsthand.link.edits import edits_between
from firsthand.link.fitting import LEAST_STRAY, beside, fitted, same_time_map, stands, stray_of
from firsthand.link.geometry import Fit
from firsthand.link.index import FrameVotes, PrintIndex
from firsthand.link.lengths import joined
from firsthand.link.likely import likely_pairs, on_one_offset
from firsthand.link.motion import Agreement, Overlaid, TimeMap
from firsthand.link.neighbourhoods import Near, followed, neighbourhoods
from firsthand.link.passing import SAME_WAY, Seen, Units, corners_apart, passed, stands_still
from firsthand.link.pieces import beside as pieces_beside
from firsthand.link.pieces import go_on, pooled, worst
from firsthand.link.prints import Print
from firsthand.link.remuxed import remuxed
from firsthand.link.same_sound import SameSound
from firsthand.link.scenes import only_a_card, same_scene
from firsthand.link.sound_copies import Heard, in_step, with_sound
from firsthand.link.soundtest import sound_agreement
from firsthand.link.stills import still_found
from firsthand.model.ids import ItemId
from firsthand.model.links import CopyFound, Edit, MatchedBy, Span, Verdict
from firsthand.model.outcomes import EngineId

VERSION = 10

NEAR_S = 0.4
PLAIN = 0.02  # an unchanged speed: every other that is tried is one more chance to agree
MOST_STARTS = 6  # from frame pairs, of one way to lie over each other


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
        overlays: dict[ItemId, list[_Laid]] = {}
        for mirrored in (False, True):
            strangers = given_up = 0
            likely = islice(index.candidates(query, mirrored=mirrored), self.limits.candidates)
            for votes in likely:
                if votes.item in settled:
                    continue
                patient = given_up < self.limits.patient
                laid = self._laid(query, index.print(votes.item), votes, mirrored=mirrored, patient=patient)
                overlays.setdefault(votes.item, []).extend(laid)
                strangers = 0 if laid else strangers + 1
                given_up += not laid
                if strangers >= self.limits.strangers:
                    break  # the likeliest come first
        heard = Heard(query, index)
        for item in heard.suggested:
            same = heard.same(item) if item not in settled and not overlays.get(item) else None
            if same is not None:
                overlays[item] = self._laid_in_step(query, index.print(item), same)
        for laid in overlays.values():
            if laid:
                found += self._compared(query, laid)
        alike = {item for item in heard.suggested if overlays.get(item) and _show_one_scene(query, overlays[item])}
        found = with_sound(query, index, found, heard=heard, alike=alike)
        return tuple(sorted(found, key=lambda one: (one.b.item, one.b.start_s, one.a.start_s)))

    def _laid(self, a: Print, b: Print, votes: FrameVotes, *, mirrored: bool, patient: bool) -> "list[_Laid]":
        """The ways in which a's picture lies over b's, strongest first; ways that differ by noise are one. patient: all
        frame pairs are tried before it is given up, and what they hold together."""
        units = Units(a, b, mirrored=mirrored)
        pairs = likely_pairs(votes, a, b, self.limits.frame_pairs)
        enough: list[Seen] = []
        unseen: list[tuple[int, int]] = []
        for number, pair in enumerate(pairs):
            one = units.seen(*pair)
            if one is not None and self._holds(one):
                enough.append(one)
            elif not enough and not patient and number + 1 >= self.limits.first_pairs:
                break
            if one is None:
                unseen.append(pair)
        if patient and not enough:
            closer = [units.closer(*pair) for pair in unseen]
            enough = [one for one in closer if one is not None and self._holds(one)]
            enough += self._held_together(a, b, units, pairs)
        return self._ways(b, units, enough)

    def _held_together(self, a: Print, b: Print, units: Units, pairs: list[tuple[int, int]]) -> list[Seen]:
        """Ways that frame pairs hold together where none does alone, as those of a strong crop: all of them where the
        cameras stand still, else those on one offset."""
        found = []
        for part in (*on_one_offset(pairs, a, b), pairs):
            held = units.pooled(part, at_least=self.limits.pooled_witnesses)
            if held is not None and max(held.fit.spread_a, held.fit.spread_b) >= self.limits.spread:
                found.append(held)
        return found

    def _laid_in_step(self, a: Print, b: Print, same: SameSound) -> "list[_Laid]":
        """The ways in which a's picture lies over b's where their sounds agree: an inset too small to be suggested."""
        for mirrored in (False, True):
            units = Units(a, b, mirrored=mirrored)
            enough = []
            for pair in in_step(a, b, same, self.limits.frame_pairs):
                one = units.seen(*pair)
                if one is not None and self._holds(one):
                    enough.append(one)
            if enough:
                return self._ways(b, units, enough)
        return []

    def _ways(self, b: Print, units: Units, enough: list[Seen]) -> "list[_Laid]":
        laid: list[_Laid] = []
        for one in sorted(enough, key=lambda one: -one.fit.witnesses):
            same = next((way for way in laid if corners_apart(way.matrix, one.matrix) < SAME_WAY), None)
            if same is not None:
                same.pairs.append(one)
            elif len(laid) < 4:
                laid.append(_Laid(b=b, seen=one, units=units, pairs=[one]))
        return laid

    def _holds(self, one: Seen) -> bool:
        """Whether a frame pair's witnesses are worth a closer look. In an inset or a strong crop they fill one of the
        two pictures; in a logo that both carry, neither."""
        widest = max(one.fit.spread_a, one.fit.spread_b)
        return one.fit.witnesses >= self.limits.witnesses and widest >= self.limits.spread

    def _is_wide(self, one: Seen) -> bool:
        """Whether witnesses fill more of one of the two pictures than a logo does."""
        return max(one.fit.spread_a, one.fit.spread_b) >= self.limits.scene_spread

    def _compared(self, a: Print, laid: "list[_Laid]") -> list[CopyFound]:
        """The verdict on one pair of items: copied stretches, or else why there are none."""
        b = laid[0].b
        if min(len(a.trail), len(b.trail)) < 3:
            # A still does not move: nothing but how much of a picture agrees tells footage from a logo on it.
            wide = [one for way in laid for one in way.pairs[:MOST_STARTS] if self._is_wide(one)]
            return [still_found(a, b, wide)] if wide else []
        close_a, close_b = a.closely(), b.closely()
        proven: list[_Piece] = []
        agreed: list[Agreement] = []
        for near in neighbourhoods(close_a, close_b, [one for way in laid for one in way.pairs]):
            own, tried = self._compared_near(near.a, near.b, _within(near, a, laid), proven)
            # Of hours only a piece was compared: the stretch may go on beyond it.
            whole = [(over, followed(close_a, close_b, over, one, limits=self.limits)) for over, one, _ in own]
            proven += [(over, one, _spans(a, b, one)) for over, one in whole]
            agreed += tried
        if proven:
            return joined([_copy(a, b, over, one, spans, score=one.correlation) for over, one, spans in proven])
        return self._not_copied(a, max(laid, key=lambda way: way.fit.witnesses), agreed)

    def _compared_near(
        self, a: Print, b: Print, laid: "list[_Laid]", known: "Sequence[_Piece]"
    ) -> "tuple[list[_Piece], list[Agreement]]":
        """Copied stretches beside those that are known, and all that agreed in some way."""
        agreed = self._agreed(a, b, laid)
        agreed.sort(key=lambda one: -_evidence(one[2]))
        proven: list[_Piece] = []
        for _, overlaid, one in agreed:
            piece = overlaid, one, _spans(a, b, one)
            if _is_apart(piece, [*known, *proven]) and self._is_copy(a, b, overlaid, one):
                proven.append(piece)
        for piece in tuple(proven):
            proven += self._further(a, b, piece, [*known, *proven])
        if not proven and not known:
            proven = self._cut_pieces(a, b, agreed)
        return proven, [one for _, _, one in agreed]

    def _agreed(self, a: Print, b: Print, laid: "list[_Laid]") -> "list[tuple[_Laid, Overlaid, Agreement]]":
        """Stretches that agree in some way. One that is beyond doubt and leaves nothing over ends the search."""
        agreed: list[tuple[_Laid, Overlaid, Agreement]] = []
        for way in laid:
            still = any(stands(a, b, other.pairs, way.seen) for other in laid)
            stray = LEAST_STRAY if still else stray_of(a, b, way.seen)
            plain = Overlaid(a, b, way.matrix)
            for matrix, time_map, seen_at_b_s in self._starts(a, b, way, plain):
                if any(same_time_map(time_map, one) for known, _, one in agreed if known is way):
                    continue
                under = plain if matrix is way.matrix else Overlaid(a, b, matrix)
                tried = fitted(a, b, under, time_map, stray=stray, seen_at_b_s=seen_at_b_s)
                if seen_at_b_s is not None and (tried is None or tried[1].correlation < self.limits.undecided):
                    tried = beside(a, b, under, time_map, stray=stray, seen_at_b_s=seen_at_b_s) or tried
                if tried is None:
                    continue
                overlaid, one = tried
                agreed.append((way, overlaid, one))
                if one.correlation >= self.limits.beyond_doubt and self._is_copy(a, b, overlaid, one):
                    whole_s = min(a.end_s / abs(one.time_map.speed), b.end_s)
                    span = _spans(a, b, one)[1]
                    if span.end_s - span.start_s >= whole_s - 0.5:
                        return agreed
        return agreed

    def _starts(
        self, a: Print, b: Print, way: "_Laid", plain: Overlaid
    ) -> "Iterator[tuple[NDArray[np.float64], TimeMap, float | None]]":
        """Where to begin fitting: what frame pairs suggest, each with its own map since the camera may have moved
        between them; and what the changes suggest, which know other speeds too."""
        offsets: list[float] = []
        for one in way.pairs:
            offset_s = float(a.frame_s[one.frame_a] - b.frame_s[one.frame_b])
            # Two of each: the nearest sampled frames may lie half a second apart, on either side.
            if sum(abs(offset_s - known) < NEAR_S for known in offsets) < 2 and len(offsets) < MOST_STARTS:
                offsets.append(offset_s)
                yield one.matrix, TimeMap(speed=1.0, offset_s=offset_s), float(b.frame_s[one.frame_b])
        for time_map in plain.hypotheses(6):
            yield way.matrix, time_map, None

    def _is_copy(self, a: Print, b: Print, overlaid: Overlaid, one: Agreement) -> bool:
        covered = (one.b_end_s - one.b_start_s) / max(0.1, min(a.end_s / abs(one.time_map.speed), b.end_s))
        plain = abs(one.time_map.speed - 1) < PLAIN
        whole = plain and covered >= self.limits.whole
        if not self.limits.may_do(one, whole=whole, plain=plain):
            return False  # whatever chance gives, which is dear to know
        return self.limits.does(one, overlaid.chance(one), whole=whole, plain=plain)

    def _further(self, a: Print, b: Print, known: "_Piece", proven: "Sequence[_Piece]") -> "list[_Piece]":
        """Stretches that go on beside a known one in its way and at its speed: less is asked of them."""
        overlaid, one, spans = known
        taken = [spans, *(other for _, _, other in proven if other is not spans)]
        further: list[_Piece] = []
        for over, other in pieces_beside(a, b, overlaid, one, taken):
            piece = over, other, _spans(a, b, other)
            if (
                go_on(spans, piece[2])
                and _is_apart(piece, [*proven, *further])
                and self.limits.does_beside(other, over.chance(other))
            ):
                further.append(piece)
        return further

    def _cut_pieces(self, a: Print, b: Print, agreed: "Sequence[tuple[_Laid, Overlaid, Agreement]]") -> "list[_Piece]":
        """Two stretches that neither would do alone: one going on beside the other, and together enough."""
        for _, overlaid, one in agreed[:2]:
            spans = _spans(a, b, one)
            if not self.limits.does_beside(one, overlaid.chance(one)):
                continue
            for over, other, there in self._further(a, b, (overlaid, one, spans), []):
                both, chance = pooled(one, other), worst(overlaid.chance(one), over.chance(other))
                if self.limits.does(both, chance, whole=False, plain=abs(one.time_map.speed - 1) < PLAIN):
                    return [(overlaid, one, spans), (over, other, there)]
        return []

    def _not_copied(self, a: Print, way: "_Laid", agreed: list[Agreement]) -> list[CopyFound]:
        """A copy by what is seen in passing, where things move too fast for the trails; else another take where the
        camera stands still and both move unlike; undecidable where it moves, too little does, or it half agrees."""
        if way.fit.witnesses < self.limits.scene_witnesses or way.spread < self.limits.scene_spread:
            return []
        near = neighbourhoods(a, way.b, [way.seen])[0]
        overlaid = Overlaid(near.a, near.b, way.matrix)
        seen_at = way.seen_at(a)
        moving_s = min(overlaid.moving_s([at_a for at_a, _ in seen_at], [at_b for _, at_b in seen_at]))
        seen = passed(a, way.b, way.seen, way.units) if moving_s >= self.limits.moving_s else None
        if seen is not None:
            time_map = TimeMap(speed=1.0, offset_s=seen.offset_s)
            stretch = overlaid.measured(time_map, seen.b_start_s, seen.b_end_s)
            return [_copy(a, way.b, overlaid, stretch, _spans(a, way.b, stretch, within_s=1.0), score=seen.share)]
        if only_a_card(a, way.b, seen_at) or not same_scene(a, way.b, way.matrix, seen_at):
            return []
        half = max((one.correlation for one in agreed if one.moving_s >= self.limits.moving_s), default=0.0)
        decided = moving_s >= self.limits.other_moving_s and half < self.limits.undecided
        decided = decided and stands_still(a, way.b, way.seen, way.units)
        return [_scene(a, way, "same_scene_other_take" if decided else "undecidable")]


_Piece = tuple[Overlaid, Agreement, tuple[Span, Span]]


@dataclass(slots=True, kw_only=True)
class _Laid:
    """One way in which the query's picture lies over b's, with the frame pairs that suggest it."""

    b: Print
    seen: Seen  # the strongest frame pair
    units: Units
    pairs: list[Seen]

    @property
    def fit(self) -> Fit:
        return self.seen.fit

    @property
    def matrix(self) -> NDArray[np.float64]:
        return self.seen.matrix

    @property
    def spread(self) -> float:
        return min(self.fit.spread_a, self.fit.spread_b)

    def seen_at(self, a: Print) -> list[tuple[float, float]]:
        """The seconds of a and b at which pictures lie over each other."""
        return [(float(a.frame_s[one.frame_a]), float(self.b.frame_s[one.frame_b])) for one in self.pairs]


def _within(near: Near, a: Print, laid: list[_Laid]) -> list[_Laid]:
    """The ways in which a lies over b within a piece, each with the frame pairs that lie in it."""
    ways = []
    for way in laid:
        inside = [one for one, at in zip(way.pairs, way.seen_at(a), strict=True) if near.holds(*at)]
        if inside:
            strongest = max(inside, key=lambda one: one.fit.witnesses)
            ways.append(_Laid(b=way.b, seen=strongest, units=way.units, pairs=inside))
    return ways


def _show_one_scene(a: Print, laid: list[_Laid]) -> bool:
    """Whether more than a frame or a logo lies over each other in the strongest way."""
    way = max(laid, key=lambda way: way.fit.witnesses)
    return same_scene(a, way.b, way.matrix, way.seen_at(a))


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


def _is_apart(piece: _Piece, others: Sequence[_Piece]) -> bool:
    return not any(_overlap(piece[2], spans) for _, _, spans in others)


def _overlap(p: tuple[Span, Span], q: tuple[Span, Span]) -> bool:
    """Whether two pairs of spans tell of the same stretch, in either item."""
    for one, other in zip(p, q, strict=True):
        shared = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
        if shared > 0.25 * min(one.end_s - one.start_s, other.end_s - other.start_s):
            return True
    return False


def _copy(
    a: Print, b: Print, overlaid: Overlaid, one: Agreement, spans: tuple[Span, Span], *, score: float
) -> CopyFound:
    edited = edits_between(
        a, b, spans=spans, speed=one.time_map.speed, matrix=overlaid.matrix, pictures=overlaid.pictures(one)
    )
    sound = sound_agreement(a, b, time_map=one.time_map, b_start_s=spans[1].start_s, b_end_s=spans[1].end_s)
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
        transform=_rows(overlaid.matrix),
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
