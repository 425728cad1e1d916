"""Whether what was measured of two sounds is a shared moment: strong, weak, ambiguous, or nothing.

One rule and one threshold for every kind of sound. It was chosen on the tuning half of bench/moments and is not to be
moved for any single recording; docs/methods/moments.md says what it cost and what it gave.
"""

import math
from dataclasses import dataclass

from firsthand.link.sound_alignment import Alignment
from firsthand.model.ids import ItemId
from firsthand.model.moments import OffsetLink

# Evidence is the coarse height, and what the fine peak has beyond what chance gives there. Of 21,000 pairs of the
# tuning half that share nothing none reached 9.0.
CHANCE_HEIGHT = 5.0
FINE_WEIGHT = 1.5
EVEN_EVIDENCE = 8.0  # score 0.5
STEEPNESS = 2.2
STRONG = 0.9  # evidence 9.0
WEAK = 0.25  # evidence 7.5: 1 pair in 2,000 that share nothing
# Another offset that fits nearly as well: the sound repeats itself. Peaks nearer than this are one.
APART_S = 0.25
RIVAL = 0.70
RIVAL_OF_SELF_LIKE = 0.55
SELF_LIKE = 0.30
LISTED = 0.60  # candidates fit at least this well, as a share of the best
# A fine peak from here on places the sounds; under it the coarse one does.
FINE_HEIGHT = 6.0
COARSE_PLUS_MINUS_S = 0.030
CLOCK_PPM = 220.0  # two phones' clocks
LEARN_DRIFT_S = 20.0  # shared for so long, the drift heard is taken for the clocks'
# Set by hand, not yet calibrated: with all phones at one place 26 of 30 offsets of the reporting half were held.
SCATTERS = 2.0
LEAST_PLUS_MINUS_S = 0.0004
DRIFT_UNSURE_S = 0.0003


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured of a pair. offsets_s, heights: peaks of the coarse correlation, best first; tried: the first
    of them tried on the sounds themselves, None where that was not possible; self_like: see sound_search."""

    a: ItemId
    b: ItemId
    offsets_s: tuple[float, ...]
    heights: tuple[float, ...]
    tried: tuple[Alignment | None, ...]
    self_like: float
    length_a_s: float
    length_b_s: float

    @property
    def coherence(self) -> float:
        """Of the two sounds at the best offset; 0 where it was not measured."""
        return self.tried[0].coherence if self.tried and self.tried[0] else 0.0


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
    fine = measured.tried[0] if measured.tried else None
    score = _score(measured.heights[0], fine)
    if score < WEAK:
        return None
    offset_s, rate, plus_minus_s = _placed(measured, fine)
    candidates = _candidates(measured, offset_s)
    repeats = len(candidates) > 1 and _rival(measured) >= (
        RIVAL_OF_SELF_LIKE if measured.self_like > SELF_LIKE else RIVAL
    )
    link: OffsetLink = "ambiguous" if repeats else "strong" if score >= STRONG and fine is not None else "weak"
    shared_s = min(measured.length_a_s, offset_s + measured.length_b_s) - max(0.0, offset_s)
    return Judgement(
        offset_s=offset_s,
        rate=rate,
        alignment_plus_minus_s=plus_minus_s,
        score=score,
        link=link,
        candidates_s=candidates if repeats else (),
        shared_s=max(0.0, shared_s),
    )


def _score(height: float, fine: Alignment | None) -> float:
    beyond = max(0.0, fine.height - CHANCE_HEIGHT) if fine is not None else 0.0
    evidence = height + FINE_WEIGHT * beyond
    return 1 / (1 + math.exp(-min(STEEPNESS * (evidence - EVEN_EVIDENCE), 50.0)))


def _rival(measured: Measured) -> float:
    """How well the best other offset fits, as a share of the best."""
    best_s = measured.offsets_s[0]
    others = [
        height
        for offset_s, height in zip(measured.offsets_s, measured.heights, strict=True)
        if abs(offset_s - best_s) > APART_S
    ]
    return max(others, default=0.0) / measured.heights[0]


def _candidates(measured: Measured, offset_s: float) -> tuple[float, ...]:
    """Offsets that fit, best first; the first is the one that was placed finely."""
    candidates = [offset_s]
    for place, (coarse_s, height) in enumerate(zip(measured.offsets_s, measured.heights, strict=True)):
        if height < LISTED * measured.heights[0]:
            continue
        fine = measured.tried[place] if place < len(measured.tried) else None
        other_s = fine.offset_s if fine is not None and fine.height >= FINE_HEIGHT else coarse_s
        if all(abs(other_s - known_s) > APART_S for known_s in candidates):
            candidates.append(other_s)
    return tuple(candidates)


def _placed(measured: Measured, fine: Alignment | None) -> tuple[float, float, float]:
    """(offset between the zeros, rate, how far the alignment may be off).

    The offset is heard in the middle of what both share, and the zeros lie before it: what the clocks do in between
    is heard where enough is shared, and else allowed for.
    """
    if fine is None or fine.height < FINE_HEIGHT:
        return measured.offsets_s[0], 1.0, COARSE_PLUS_MINUS_S + CLOCK_PPM * 1e-6 * measured.length_a_s
    agreeing = max(1.0, fine.agreeing * fine.windows)
    heard_s = SCATTERS * fine.scatter_s / math.sqrt(agreeing) + LEAST_PLUS_MINUS_S
    if abs(fine.drift_ppm) > CLOCK_PPM * 1.05:  # somebody walked: where they stood before and after is not known
        moved_s = abs(fine.drift_ppm) * 1e-6 * fine.shared_s / 2
        return fine.offset_s, 1.0, heard_s + moved_s + CLOCK_PPM * 1e-6 * fine.middle_s
    if fine.shared_s < LEARN_DRIFT_S:
        return fine.offset_s, 1.0, heard_s + CLOCK_PPM * 1e-6 * abs(fine.middle_s)
    drift = fine.drift_ppm * 1e-6
    zeros_s = (fine.offset_s - drift * fine.middle_s) / (1 - drift)
    unsure = DRIFT_UNSURE_S / fine.shared_s
    return zeros_s, 1 - drift, heard_s + unsure * fine.middle_s
