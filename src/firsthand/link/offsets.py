"""Which pairs of sounds share a moment, and how much later one began than the other: an interval and a score.

Every pair is correlated coarsely by soundprints (link/sound_search.py). Where that shows a peak, the peaks are tried
on the sounds themselves (link/sound_tracking.py), the best is placed (link/sound_alignment.py) and judged
(link/judging.py). Sound that repeats itself gives candidates, never one answer.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from firsthand.link.judging import (
    RIVAL_OF_SELF_LIKE,
    SELF_LIKE,
    Fit,
    Judgement,
    Measured,
    judged,
    rests_on_loudness,
    with_rounds,
)
from firsthand.link.picture_offsets import PictureSettings
from firsthand.link.side_by_side import side_by_side
from firsthand.link.sound_alignment import Floats, align
from firsthand.link.sound_leaning import leaning
from firsthand.link.sound_search import (
    Heard,
    Likeness,
    SearchSettings,
    likeliest_stretch_s,
    likenesses,
    repeats_s,
    self_likeness,
)
from firsthand.link.sound_tracking import TrackSettings, Windows, low
from firsthand.model.ids import ItemId
from firsthand.model.moments import OffsetFound
from firsthand.model.outcomes import EngineId

SOUND_M_S = 343.0
APART_M = 30.0  # how far from each other people stand who film one event, where nothing is known of it
LEAST = 5.5  # coarse height from which every pair is tried: chance gives as much in one pair of a hundred
# Each sound's likeliest partners are tried below that, too, down to this height: eight, and fewer, but never under
# three, where there are so many sounds that this would come to more than so many pairs.
PARTNERS, FEWEST_PARTNERS, BY_PARTNERS, LEAST_OF_PARTNERS = 8, 3, 4000, 4.5
# Above it, too, of each sound only so many are tried that pairs do not grow with the square of the sounds: all of a
# case of 90 clips, the highest eight of each of a thousand (more than a graph of moments needs).
MOST_PAIRS, FEWEST_HIGH = 8_000, 8
TRIED = 6  # peaks of a pair that are tried on the sounds
TRIED_AT_FIRST = 2  # the rest only where one of these shares something, or a sound is like itself
WORTH = 0.70  # of a pair's best peak; of sounds that are like themselves, 0.55
PLENTY = 12.0  # evidence of cameras that stand, from which nobody asks whether they walk
AGREEING = 0.4  # of all windows; where fewer agree, only the stretch in which both are most alike is placed
PROMISING = 0.5  # blurred evidence under which no walking is sought
LOW_BYTES = 192 << 20  # of sounds ready to be tracked: 200 clips of 30 s, or two of any length


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """An item's soundprint. mel: [columns, bands] uint8; delay_unsure_s: how far its codec's own delay may not have
    been taken off (link.offsets does not know codecs: who reads the container says so)."""

    item: ItemId
    first_s: float
    column_s: float
    mel: NDArray[np.uint8]
    delay_unsure_s: float = 0.0


class Sounds(Protocol):
    """Where sounds come from when offsets are refined."""

    def samples(self, item: ItemId) -> NDArray[np.float32] | None:
        """From the item's zero, 16 000 a second; None where it is not kept."""
        ...


class OffsetSeeker:
    """Finds offsets by sound."""

    engine = EngineId(
        name="offset",
        version=5,
        settings=hashlib.sha256(
            repr((SearchSettings(), TrackSettings(), PictureSettings(), LEAST, MOST_PAIRS, TRIED)).encode()
        ).hexdigest(),
    )

    def seek(
        self,
        heard: Sequence[Listened],
        *,
        fresh: set[ItemId],
        sounds: Sounds,
        apart: Callable[[ItemId, ItemId], bool] = lambda a, b: a != b,
        apart_m: Callable[[ItemId, ItemId], float] = lambda a, b: APART_M,
        at_once: int = 1,
    ) -> Iterator[OffsetFound]:
        """Offsets between pairs of which at least one is in `fresh`, and of which `apart` says that they are two takes.

        apart_m: how far from each other two cameras may have stood, in metres. at_once: threads that compare; what is
        found and its order do not hang on how many.
        """
        place = {one.item: number for number, one in enumerate(heard)}
        for measured in self.measure(heard, fresh=fresh, sounds=sounds, apart=apart, at_once=at_once):
            judgement = judged(measured)
            if judgement is not None and judgement.link == "ambiguous":
                a, b = (_coarse(heard[place[item]]) for item in (measured.a, measured.b))
                rounds = repeats_s(a, b, offset_s=measured.offsets_s[measured.best])
                judgement = with_rounds(judgement, rounds)
            if judgement is not None:
                yield offset_found(measured, judgement, apart_m=apart_m(measured.a, measured.b))

    def measure(
        self,
        heard: Sequence[Listened],
        *,
        fresh: set[ItemId],
        sounds: Sounds,
        apart: Callable[[ItemId, ItemId], bool] = lambda a, b: a != b,
        at_once: int = 1,
    ) -> Iterator[Measured]:
        """What is measured of every pair that looks alike at all, before it is judged."""
        coarse = [_coarse(one) for one in heard]
        places = frozenset(place for place, one in enumerate(heard) if one.item in fresh)
        alike = [
            one
            for one in likenesses(coarse, fresh=places, least=LEAST_OF_PARTNERS, at_once=at_once)
            if apart(heard[one.a].item, heard[one.b].item)
        ]
        tried = worth_trying(alike)
        selves = {place: self_likeness(coarse[place]) for place in {place for one in tried for place in (one.a, one.b)}}
        kept = _Kept(sounds)

        def measured(task: tuple[Likeness, _Sound | None, _Sound | None]) -> Measured:
            one, a, b = task
            return _measured(one, heard, coarse, a, b, self_like=max(selves[one.a], selves[one.b]))

        # Sounds are fetched here, one after the other: whoever keeps them need not think of threads.
        tasks = ((one, kept.sound(heard[one.a].item), kept.sound(heard[one.b].item)) for one in tried)
        yield from side_by_side(measured, tasks, at_once)


@dataclass(frozen=True, slots=True)
class _Sound:
    """A kept sound: as it is, and as it is tracked."""

    samples: Floats
    low: Floats


class _Kept:
    """Sounds ready to be tracked, the latest few: what is tracked first is often tracked again."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds
        self._low: dict[ItemId, Floats] = {}

    def sound(self, item: ItemId) -> _Sound | None:
        samples = self._sounds.samples(item)
        if samples is None:
            return None
        made = self._low.pop(item, None)
        self._low[item] = made = low(samples) if made is None else made
        held = sum(one.nbytes for one in self._low.values())
        while held > LOW_BYTES and len(self._low) > 2:
            held -= self._low.pop(next(iter(self._low))).nbytes
        return _Sound(samples, made)


def _coarse(one: Listened) -> Heard:
    return Heard(first_s=one.first_s, column_s=one.column_s, mel=one.mel)


def worth_trying(alike: Sequence[Likeness]) -> list[Likeness]:
    """Those high enough by themselves, and of every sound the highest few; in the order they came, so that sounds
    that are kept decoded are asked for again soon."""
    partners: dict[int, list[float]] = {}
    for one in alike:
        for place in (one.a, one.b):
            partners.setdefault(place, []).append(one.heights[0])
    sounds = max(1, len(partners))
    few, many = max(FEWEST_PARTNERS, min(PARTNERS, BY_PARTNERS // sounds)), max(FEWEST_HIGH, MOST_PAIRS // sounds)
    enough = {}
    for place, heights in partners.items():
        heights.sort(reverse=True)
        enough[place] = min(heights[:few][-1], max(LEAST, heights[:many][-1]))
    return [one for one in alike if any(one.heights[0] >= enough[place] for place in (one.a, one.b))]


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


def _measured(
    one: Likeness,
    heard: Sequence[Listened],
    coarse: Sequence[Heard],
    of_a: _Sound | None,
    of_b: _Sound | None,
    *,
    self_like: float,
) -> Measured:
    a, b = heard[one.a], heard[one.b]
    tried: tuple[Fit, ...] = ()
    best = 0
    if of_a is not None and of_b is not None:
        share = RIVAL_OF_SELF_LIKE if self_like > SELF_LIKE else WORTH
        worth = [n for n, height in enumerate(one.heights[:TRIED]) if height >= share * one.heights[0]]
        at_first = len(worth) if self_like > SELF_LIKE else TRIED_AT_FIRST
        windows: list[Windows] = []
        fits: list[Fit] = []
        for place in worth:
            if place >= at_first and max(fit.evidence for fit in fits) < 0:
                break  # nothing is shared so far; rivals matter only where something is
            offset_s = one.offsets_s[place]
            about_s = likeliest_stretch_s(
                coarse[one.a], coarse[one.b], offset_s=offset_s, lasts_s=TrackSettings().lasts_s
            )
            windows.append(Windows(of_a.low, of_b.low, rough_s=offset_s, about_s=about_s))
            fits.append(Fit(standing=windows[-1].standing(), blurred=windows[-1].moving_promise()))
        if any(each.count for each in windows):  # else what both heard lies behind what is kept
            tried, best = _tried(of_a.samples, of_b.samples, windows, fits)
    measured = Measured(
        a=a.item,
        b=b.item,
        offsets_s=one.offsets_s,
        heights=one.heights,
        tried=tried,
        best=best,
        self_like=self_like,
        length_a_s=len(a.mel) * a.column_s + a.first_s,
        length_b_s=len(b.mel) * b.column_s + b.first_s,
        delay_unsure_s=a.delay_unsure_s + b.delay_unsure_s,
    )
    if rests_on_loudness(measured):
        leans = leaning(coarse[one.a], coarse[one.b], offset_s=one.offsets_s[0])
        measured = replace(measured, leaning=leans)
    return measured


def _tried(of_a: Floats, of_b: Floats, windows: Sequence[Windows], fits: list[Fit]) -> tuple[tuple[Fit, ...], int]:
    """Every place as it fits, walking where that may be, and which fits best."""

    def best() -> int:
        return max(range(len(fits)), key=lambda place: fits[place].evidence)

    if fits[best()].evidence < PLENTY:
        for place in sorted({0, best()}):
            if fits[place].blurred >= PROMISING:
                fits[place] = replace(fits[place], walking=windows[place].walking())
    top = best()
    if fits[top].evidence > 0 and not fits[top].walked:
        fine = align(of_a, of_b, rough_s=fits[top].offset_s)
        if fine is None or fine.agreeing < AGREEING:
            way = fits[top].track
            within_s = float(way.at_s[0]) - 0.25, float(way.at_s[-1]) + 0.25
            fine = align(of_a, of_b, rough_s=fits[top].offset_s, within_s=within_s)
        fits[top] = replace(fits[top], fine=fine)
    return tuple(fits), top
