"""What the archive found of made-up moments beside what is true: which cameras stand on one clock, and where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from firsthand.madeup.truth import TrueMoment, TruePair, TrueSpan, TrueTake
from firsthand.model.links import Take
from firsthand.model.moments import Moment, MomentItem


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetCompared:
    """One item that was put on a moment's clock: found_s ± plus_minus_s after the reference, truly true_s after it.

    by_source_s: at which offsets single sounds truly coincide in both, lowest and highest: how far distance alone moves
    them. recording: the camera's file whose recording the item shows.
    """

    name: str
    reference_name: str
    recording: str
    found_s: float
    plus_minus_s: float
    true_s: float
    by_source_s: tuple[float, float]

    @property
    def held(self) -> bool:
        """Whether the interval holds the truth."""
        return abs(self.found_s - self.true_s) <= self.plus_minus_s


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentsCompared:
    """Found beside true.

    cameras: of the true moments. on_one_clock: those that stand together in one found moment: for each true moment, the
    found one that holds most of its cameras. missed: camera files of the others. twice: items that show a recording
    which another item of the moment shows already (a copy that was not found). strangers: items put on a clock they
    share no time with.
    """

    cameras: int
    on_one_clock: int
    missed: tuple[str, ...]
    offsets: tuple[OffsetCompared, ...]
    twice: tuple[str, ...]
    strangers: tuple[str, ...]

    @property
    def held(self) -> int:
        """Of how many offsets the interval holds the truth."""
        return sum(one.held for one in self.offsets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """An item of a found moment with what is true of it. zero_s: when its zero was, on the true moment's clock."""

    found: MomentItem
    name: str
    camera: str
    camera_name: str
    moment: int
    zero_s: float


def compare_moments(
    found: Sequence[Moment],
    *,
    true: Sequence[TrueMoment],
    true_takes: Sequence[TrueTake],
    takes: Iterable[Take],
) -> MomentsCompared:
    """Compares the found moments with the true ones. takes: the found takes, which say where an item's spans lie."""
    spans = {(take.id, part.span.item): part.span for take in takes for part in take.spans}
    known = _Known(true, true_takes)
    on_clock: dict[int, set[str]] = {}
    offsets: list[OffsetCompared] = []
    twice: list[str] = []
    strangers: list[str] = []
    for moment in found:
        placed = {}
        for one in moment.items:
            span = spans.get((one.take, one.item))
            middle_s = (span.start_s + span.end_s) / 2 if span is not None else 0.0
            placed[one.item] = known.placed(one, middle_s)
        reference = placed.get(moment.reference)
        for number, camera_names in _cameras(placed.values()).items():
            if len(camera_names) > len(on_clock.get(number, ())):
                on_clock[number] = camera_names
        shown = {reference.camera} if reference is not None else set()
        for item, other in placed.items():
            if item == moment.reference:
                continue
            if other is None or reference is None or other.moment != reference.moment:
                strangers.append(other.name if other is not None else item)
                continue
            twice += [other.name] if other.camera in shown else []
            shown.add(other.camera)
            offsets.append(_compared(other, reference, true[other.moment]))
    together = {number: names for number, names in on_clock.items() if len(names) > 1}
    missed = [
        camera.name
        for number, one_true in enumerate(true)
        for camera in one_true.items
        if camera.item not in together.get(number, ())
    ]
    return MomentsCompared(
        cameras=sum(len(moment.items) for moment in true),
        on_one_clock=sum(len(names) for names in together.values()),
        missed=tuple(missed),
        offsets=tuple(offsets),
        twice=tuple(twice),
        strangers=tuple(strangers),
    )


class _Known:
    """What is true of items: indexed, since a load test brings thousands of them."""

    def __init__(self, moments: Sequence[TrueMoment], takes: Sequence[TrueTake]) -> None:
        self._cameras = {one.item: (number, one) for number, moment in enumerate(moments) for one in moment.items}
        self._shown: dict[str, list[tuple[TrueSpan, TrueSpan]]] = {}
        for take in takes:
            for span in take.items:  # the camera's own file stands first
                self._shown.setdefault(span.item, []).append((take.items[0], span))

    def placed(self, one: MomentItem, middle_s: float) -> _Placed | None:
        """Which camera's recording an item shows in its middle, and when its zero was; None: of no true moment."""
        for camera, span in self._shown.get(one.item, ()):
            if span.start_s <= middle_s < span.end_s and camera.item in self._cameras:
                number, held = self._cameras[camera.item]
                into_s = span.take_start_s - span.start_s * span.speed  # seconds of the camera's file
                return _Placed(
                    found=one,
                    name=span.name,
                    camera=camera.item,
                    camera_name=camera.name,
                    moment=number,
                    zero_s=held.offset_s + into_s / held.rate,
                )
        return None


def _cameras(placed: Iterable[_Placed | None]) -> Mapping[int, set[str]]:
    cameras: dict[int, set[str]] = {}
    for one in placed:
        if one is not None:
            cameras.setdefault(one.moment, set()).add(one.camera)
    return cameras


def _compared(one: _Placed, reference: _Placed, moment: TrueMoment) -> OffsetCompared:
    true_s = one.zero_s - reference.zero_s
    shifts = list(_shifts(one, reference, moment.pairs)) or [0.0]
    return OffsetCompared(
        name=one.name,
        reference_name=reference.name,
        recording=one.camera_name,
        found_s=one.found.offset_s,
        plus_minus_s=one.found.plus_minus_s,
        true_s=true_s,
        by_source_s=(true_s + min(shifts), true_s + max(shifts)),
    )


def _shifts(one: _Placed, reference: _Placed, pairs: Iterable[TruePair]) -> Iterator[float]:
    """By how much distance shifts each sound that both could hear. None: both are one recording."""
    for pair in pairs:
        if (pair.a, pair.b) == (reference.camera, one.camera):
            yield from (heard.offset_s - pair.offset_s for heard in pair.by_source)
        elif (pair.b, pair.a) == (reference.camera, one.camera):
            yield from (pair.offset_s - heard.offset_s for heard in pair.by_source)
