"""Whether what was measured of two sounds is a shared moment: strong, weak, ambiguous, or nothing.

One rule and one threshold for every kind of sound. It was chosen on the tuning half of bench/moments and is not to be
moved for any single recording; docs/methods/moments.md says what it cost and what it gave.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from firsthand.link.sound_alignment import Alignment
from firsthand.link.sound_tracking import Track
from firsthand.model.ids import ItemId
from firsthand.model.moments import OffsetLink

# Evidence in nats (link/sound_tracking.py). It is no probability: windows overlap, and no room is as the model has it.
EVEN_EVIDENCE = 1.7  # score 0.5
STEEPNESS = 0.66
STRONG = 0.9
# Of 2,066 tried pairs that share nothing (both halves of draw 2), parts of one song excepted, none reached 0.
STRONG_EVIDENCE = 5.03
WEAK = 0.4  # evidence 1.1
# Where dozens of sources each come at their own offset, no phase is kept, but how loud what is when is. A coarse peak
# of this height alone is strong, if no other of the pair is half as high and neither sound is like itself: of 41,000
# pairs of the tuning half that share nothing, the highest such had 8.6.
STRONG_HEIGHT, EVIDENCE_A_HEIGHT = 9.3, 2.5
# Where rooms and many sources blur the phase, the energy around one offset, to a millisecond, still stays together. Of
# 988 tried pairs that share nothing none had more than 5.0 nats of it, music that repeats itself excepted: so much must
# it have beyond what the phase itself needs, and no other coarse peak beside it. Of a sound that is like itself (bangs,
# which also meet where a copy runs at another speed) the phase must at least not contradict it.
BLURRED = 5.0
LONE = 0.60  # the next peak's share of the best
# How much better another speed fits than any two people walk (link/sound_leaning.py): then loudness says nothing. Of
# 212 plain pairs of the tuning half none reached 1.03; the four copies 3 % faster that were linked had 1.09 to 1.39.
LEANS = 1.06
MOST_BY_HEIGHT = 0.85  # where the sounds themselves are not kept
LEAST_BY_HEIGHT_S = 2.0  # shared, there: how loud what was within less fits somewhere in any sound
# Another offset that fits too: the sound repeats itself. Peaks nearer than this are one.
APART_S = 0.25
RIVAL = 0.70
# Coherence from which two sounds whose clocks agree (to so much) are one recording: a copy, a filmed screen, one
# soundtrack laid over two clips. Two microphones had at most 0.79 (540 linked pairs, both halves of draw 2); one song
# in two files has 0.93 to 0.997 (64 to 128 kbit/s). What lies between is linked, and said to be perhaps one recording.
ONE_RECORDING, AGREE_PPM = 0.95, 2.0
RIVAL_OF_SELF_LIKE = 0.55
SELF_LIKE = 0.30
RIVAL_EVIDENCE = 0.25  # as a share of the best; and it must be some
# Energy that stays together at another offset, too (nats, as `blurred`): a machine's music plays its loops anew, and
# only the phase differs. None of 888 right links on plain sound has so much elsewhere; the five false ones of draw 3,
# all between parts of one song, had 13 to 39.
RIVAL_TOGETHER = 6.0
REFUTED = -1.0  # evidence under which the phase contradicts a coarse peak
LISTED = 0.60  # coarse candidates fit at least this well, as a share of the best
HEARD = 1.0  # evidence from which the sounds themselves place the offset
MOVES = 3.0  # by so much more evidence a way that moves must explain what was heard
COARSE_PLUS_MINUS_S = 0.030
CLOCK_PPM = 100.0  # a phone's sample clock is off by no more
CLOCKS_PPM = 82.0  # one standard deviation of the difference of two
# Calibrated so that 95.7 % of 351 pairs whose phones lie at one place are held (draw 2, and half of draw 3).
ERRORS = 1.7  # standard errors
FEWEST_PEAKS = 5  # windows whose own peak is on the line; with fewer, the chain's way places better than a line
WAY_S = 0.0007  # … to so much
LEAST_PLUS_MINUS_S = 0.0001  # what echoes and codecs move a peak by, however many windows agree
MEAN_SHARE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One coarse peak tried on the sounds themselves. standing, walking: the ways found (walking: None where it was
    not sought); blurred: evidence in nats; fine: of the best peak alone, and only where nobody walked."""

    standing: Track
    blurred: float
    walking: Track | None = None
    fine: Alignment | None = None

    @property
    def walked(self) -> bool:
        return self.walking is not None and self.walking.evidence > self.standing.evidence + MOVES

    @property
    def evidence(self) -> float:
        return self.walking.evidence - MOVES if self.walking is not None and self.walked else self.standing.evidence

    @property
    def track(self) -> Track:
        return self.walking if self.walking is not None and self.walked else self.standing

    @property
    def offset_s(self) -> float:
        """In the middle of the way."""
        return float(np.median(self.track.offset_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured of a pair. offsets_s, heights: peaks of the coarse correlation, best first; tried: the first
    of them tried on the sounds themselves, empty where that was not possible; best: which of `tried` fits best;
    self_like: see sound_search; delay_unsure_s: of both codecs together; leaning: see sound_leaning, 0 where the phase
    decides alone."""

    a: ItemId
    b: ItemId
    offsets_s: tuple[float, ...]
    heights: tuple[float, ...]
    tried: tuple[Fit, ...]
    best: int
    self_like: float
    length_a_s: float
    length_b_s: float
    delay_unsure_s: float = 0.0
    leaning: float = 0.0

    @property
    def fit(self) -> Fit | None:
        """The best of those tried, if any."""
        return self.tried[self.best] if self.tried else None

    @property
    def placed(self) -> Fit | None:
        """The best of those tried, where the sounds themselves say that it fits: else only the coarse peak does."""
        return self.fit if self.fit is not None and self.fit.evidence >= HEARD else None

    @property
    def coherence(self) -> float:
        """Of the two sounds at the best offset; 0 where it was not measured."""
        return self.fit.fine.coherence if self.fit is not None and self.fit.fine is not None else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is made of a pair. offset_s: between the zeros; rate: b's seconds per second of a."""

    offset_s: float
    rate: float
    alignment_plus_minus_s: float
    score: float
    link: OffsetLink
    candidates_s: tuple[float, ...]
    shared_s: float


def judged(measured: Measured) -> Judgement | None:
    """What the measurements say; None where they say nothing."""
    score = score_of(measured)
    if score < WEAK:
        return None
    offset_s, rate, plus_minus_s = _placed(measured)
    rivals = _rivals(measured)
    strong = score >= STRONG and not one_recording(measured)
    link: OffsetLink = "ambiguous" if rivals else "strong" if strong else "weak"
    shared_s = min(measured.length_a_s, offset_s + measured.length_b_s) - max(0.0, offset_s)
    if measured.fit is None and shared_s < LEAST_BY_HEIGHT_S:
        return None
    return Judgement(
        offset_s=offset_s,
        rate=rate,
        alignment_plus_minus_s=plus_minus_s,
        score=score,
        link=link,
        candidates_s=_candidates(measured, offset_s) if rivals else (),
        shared_s=max(0.0, shared_s),
    )


def one_recording(measured: Measured) -> bool:
    """Whether both sounds are so much the same, on one clock, that they tell of one recording, not of two cameras."""
    fine = measured.fit.fine if measured.fit is not None else None
    if fine is None or fine.coherence < ONE_RECORDING:
        return False
    return abs(fine.drift_ppm) <= AGREE_PPM + 3 * fine.drift_error_ppm


def with_rounds(judgement: Judgement, rounds_s: Sequence[float]) -> Judgement:
    """An ambiguous judgement with the other rounds of the sound that were found, see sound_search.repeats_s."""
    candidates = list(judgement.candidates_s)
    for other_s in rounds_s:
        if all(abs(other_s - known_s) > APART_S for known_s in candidates):
            candidates.append(other_s)
    return replace(judgement, candidates_s=tuple(candidates))


def score_of(measured: Measured) -> float:
    """0 to 1."""
    by_loudness = 0.0 if measured.leaning > LEANS else _by_loudness(measured)
    if measured.fit is None:
        return min(MOST_BY_HEIGHT, by_loudness)
    return max(_by_evidence(measured.fit.evidence), by_loudness)


def rests_on_loudness(measured: Measured) -> bool:
    """Whether something is made of the pair though its phase alone would not link it: then `leaning` matters."""
    return (measured.fit is None or measured.fit.evidence < STRONG_EVIDENCE) and _by_loudness(measured) >= WEAK


def _by_loudness(measured: Measured) -> float:
    """By what was loud when, and by energy that stays together: 0 to 1."""
    height = STRONG_EVIDENCE + EVIDENCE_A_HEIGHT * (measured.heights[0] - STRONG_HEIGHT)
    if measured.fit is None:
        return _by_evidence(height)
    if _next_height(measured) > LONE * measured.heights[0]:
        return 0.0
    together = _by_evidence(measured.tried[0].blurred - BLURRED)
    if measured.self_like > SELF_LIKE:
        return together if measured.fit.evidence >= REFUTED else 0.0
    return max(together, _by_evidence(height))


def _by_evidence(nats: float) -> float:
    return _logistic(STEEPNESS * (nats - EVEN_EVIDENCE))


def _next_height(measured: Measured) -> float:
    others = zip(measured.offsets_s, measured.heights, strict=True)
    return max((height for at_s, height in others if abs(at_s - measured.offsets_s[0]) > APART_S), default=0.0)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(x, 50.0))))


def _rivals(measured: Measured) -> bool:
    """Whether another offset fits too: by what was heard there, or, where that was not tried, coarsely."""
    if measured.placed is None and measured.fit is not None:
        return False  # the coarse peak alone speaks, and only where it has no rival
    best_s, height = measured.offsets_s[measured.best], measured.heights[measured.best]
    share = RIVAL_OF_SELF_LIKE if measured.self_like > SELF_LIKE else RIVAL
    for place, (offset_s, other) in enumerate(zip(measured.offsets_s, measured.heights, strict=True)):
        if abs(offset_s - best_s) <= APART_S:
            continue
        if measured.fit is not None and place < len(measured.tried):
            evidence = measured.tried[place].evidence
            if measured.tried[place].blurred >= RIVAL_TOGETHER:
                return True
            if evidence >= max(RIVAL_EVIDENCE * measured.fit.evidence, REFUTED):
                return True
            if evidence < REFUTED:
                continue
        # Of a sound that is like itself too little may be shared there for the chain to see that it fits; of others
        # what was heard decides.
        if measured.fit is not None and measured.self_like <= SELF_LIKE:
            continue
        if other >= share * height:
            return True
    return False


def _candidates(measured: Measured, offset_s: float) -> tuple[float, ...]:
    """Offsets that fit, best first; the first is the one that was placed finely."""
    candidates = [offset_s]
    for place, (coarse_s, height) in enumerate(zip(measured.offsets_s, measured.heights, strict=True)):
        fit = measured.tried[place] if place < len(measured.tried) else None
        if height < LISTED * measured.heights[0] and (fit is None or fit.evidence < REFUTED):
            continue
        other_s = fit.offset_s if fit is not None and fit.evidence > 0 else coarse_s
        if all(abs(other_s - known_s) > APART_S for known_s in candidates):
            candidates.append(other_s)
    return tuple(candidates)


def _placed(measured: Measured) -> tuple[float, float, float]:
    """(offset between the zeros, rate, how far the alignment may be off).

    The offset is heard in the middle of what both share, and the zeros lie before it: what the clocks do in between
    is heard where enough is shared, and else allowed for.
    """
    fit = measured.placed
    if fit is None:
        return measured.offsets_s[0], 1.0, COARSE_PLUS_MINUS_S + 2 * CLOCK_PPM * 1e-6 * measured.length_a_s
    fine, way = fit.fine, fit.track
    middle_s = float(way.at_s[len(way.at_s) // 2])
    # Somebody walked, or faster than two clocks drift: where they stood before and after is not known.
    walked = fine is None or abs(fine.drift_ppm) > 2 * CLOCK_PPM + 3 * fine.drift_error_ppm
    if fine is None or walked or fine.agreeing * fine.windows < FEWEST_PEAKS:
        moved_s = float(np.ptp(way.offset_s)) / 2 if walked else WAY_S
        clocks_s = 2 * CLOCK_PPM * 1e-6 * middle_s + _clocks_s(fit.offset_s, 0.0)
        return fit.offset_s, 1.0, LEAST_PLUS_MINUS_S + moved_s + clocks_s + measured.delay_unsure_s
    # What is known of two clocks beforehand, and what was heard of them, weighed by how sure each is.
    known, heard = 1 / CLOCKS_PPM**2, 1 / fine.drift_error_ppm**2
    drift_ppm = fine.drift_ppm * heard / (known + heard)
    drift_error = 1e-6 / math.sqrt(known + heard)
    drift = 1e-6 * drift_ppm
    # b's zero on a's clock; and on the mean of both clocks, which is likelier to be right than either.
    zeros_s = (fine.offset_s - drift * fine.middle_s) / (1 - drift) * (1 - drift / 2)
    heard_s = ERRORS * math.hypot(fine.offset_error_s, drift_error * fine.middle_s) + LEAST_PLUS_MINUS_S
    return zeros_s, 1 - drift, heard_s + _clocks_s(zeros_s, drift_ppm) + measured.delay_unsure_s


def _clocks_s(offset_s: float, drift_ppm: float) -> float:
    """How far an offset is off because both clocks run wrong alike: nobody hears that. With each anywhere within
    ±CLOCK_PPM, their mean is anywhere within what their difference leaves."""
    return MEAN_SHARE * 1e-6 * max(10.0, CLOCK_PPM - abs(drift_ppm) / 2) * abs(offset_s)
