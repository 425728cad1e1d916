"""Which pairs of sounds share a moment, and how much later one began than the other: an interval and a score.

Every pair is correlated coarsely by soundprints (link/sound_search.py). Where that shows a peak, the peaks are tried
on the sounds themselves (link/sound_alignment.py), the best is judged, and sound that repeats itself is told apart
(link/repetition.py): it gives candidates, never one answer.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from firsthand.link.judging import Judgement, Measured, judged
from firsthand.link.sound_alignment import Alignment, align
from firsthand.link.sound_search import Heard, Likeness, SearchSettings, likenesses, self_likeness
from firsthand.model.ids import ItemId
from firsthand.model.moments import OffsetFound
from firsthand.model.outcomes import EngineId

SOUND_M_S = 343.0
APART_M = 30.0  # how far from each other people stand who film one event, where nothing is known of it
CLOCK_PPM = 100.0  # phones' sample clocks; each of two
LEAST = 5.5  # coarse height from which a pair is looked at: chance gives as much in one pair of a hundred
TRIED = 4  # peaks of a pair that are tried on the sounds
SAME_RECORDING = 0.6  # coherence: re-encoded copies lie above 0.8, other microphones below 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """An item's soundprint. mel: [columns, bands] uint8."""

    item: ItemId
    first_s: float
    column_s: float
    mel: NDArray[np.uint8]


class Sounds(Protocol):
    """Where sounds come from when offsets are refined."""

    def samples(self, item: ItemId) -> NDArray[np.float32] | None:
        """From the item's zero, 16 000 a second; None where it is not kept."""
        ...


class OffsetSeeker:
    """Finds offsets by sound."""

    engine = EngineId(
        name="offset", version=1, settings=hashlib.sha256(repr((SearchSettings(), LEAST, TRIED)).encode()).hexdigest()
    )

    def seek(
        self,
        heard: Sequence[Listened],
        *,
        fresh: set[ItemId],
        sounds: Sounds,
        apart: Callable[[ItemId, ItemId], bool] = lambda a, b: a != b,
        apart_m: float = APART_M,
    ) -> Iterator[OffsetFound]:
        """Offsets between pairs of which at least one is in `fresh`, and of which `apart` says that they are two takes.

        apart_m: how far from each other two cameras may have stood.
        """
        for measured in self.measure(heard, fresh=fresh, sounds=sounds, apart=apart):
            judgement = judged(measured)
            if judgement is not None:
                yield offset_found(measured, judgement, apart_m=apart_m)

    def measure(
        self,
        heard: Sequence[Listened],
        *,
        fresh: set[ItemId],
        sounds: Sounds,
        apart: Callable[[ItemId, ItemId], bool] = lambda a, b: a != b,
    ) -> Iterator[Measured]:
        """What is measured of every pair that looks alike at all, before it is judged."""
        coarse = [Heard(first_s=one.first_s, column_s=one.column_s, mel=one.mel) for one in heard]
        selves: dict[int, float] = {}
        places = frozenset(place for place, one in enumerate(heard) if one.item in fresh)
        alike = [
            one for one in likenesses(coarse, fresh=places, least=LEAST) if apart(heard[one.a].item, heard[one.b].item)
        ]
        for one in alike:
            for place in (one.a, one.b):
                if place not in selves:
                    selves[place] = self_likeness(coarse[place])
            yield _measured(one, heard, sounds, max(selves[one.a], selves[one.b]))


def offset_found(measured: Measured, judgement: Judgement, *, apart_m: float) -> OffsetFound:
    """The judged pair as it is recorded."""
    return OffsetFound(
        a=measured.a,
        b=measured.b,
        offset_s=round(judgement.offset_s, 5),
        plus_minus_s=round(judgement.alignment_plus_minus_s + apart_m / SOUND_M_S, 5),
        alignment_plus_minus_s=round(judgement.alignment_plus_minus_s, 5),
        rate=round(judgement.rate, 7),
        score=round(judgement.score, 4),
        method="sound",
        link=judgement.link,
        candidates_s=tuple(round(one, 4) for one in judgement.candidates_s),
        apart_m=apart_m,
        shared_s=round(judgement.shared_s, 3),
        coherence=round(measured.coherence, 4),
    )


def _measured(one: Likeness, heard: Sequence[Listened], sounds: Sounds, self_like: float) -> Measured:
    a, b = heard[one.a], heard[one.b]
    of_a, of_b = sounds.samples(a.item), sounds.samples(b.item)
    tried: list[Alignment | None] = []
    worth = [
        offset_s for offset_s, height in zip(one.offsets_s, one.heights, strict=True) if height > 0.75 * one.heights[0]
    ]
    for offset_s in worth[:TRIED]:
        aligned = None if of_a is None or of_b is None else align(of_a, of_b, rough_s=offset_s)
        tried.append(aligned)
    return Measured(
        a=a.item,
        b=b.item,
        offsets_s=one.offsets_s,
        heights=one.heights,
        tried=tuple(tried),
        self_like=self_like,
        length_a_s=len(a.mel) * a.column_s + a.first_s,
        length_b_s=len(b.mel) * b.column_s + b.first_s,
    )
