"""What the archive found beside what is true of made-up events: hits, misses and wrong links, none left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firsthand.app.comparing_moments import MomentsCompared, compare_moments
from firsthand.app.desk import Desk
from firsthand.madeup.truth import TrueCopy, TrueSpan, TrueTake, Truth
from firsthand.model.ids import ItemId
from firsthand.model.links import Copy, Edit, Span, Take
from firsthand.model.records import Case

RIGHT_WITHIN_S = 0.5  # a link whose middle shows another instant of the recording than it says is a wrong link


@dataclass(frozen=True, slots=True, kw_only=True)
class EditsCompared:
    """What was said of one reworked clip against its camera's file."""

    name: str
    true: tuple[Edit, ...]
    named: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Found beside true.

    linked: true pairs joined by a link of their own; through_others: joined only because both stand in one take.
    whole: true takes whose every span stands in one found take; split: those that do not. mixed: found takes that
    hold spans of more than one true take, by the names of the recordings (a compilation's uncovered remainder is marked
    `edited` and may).
    """

    pairs: int
    linked: int
    through_others: int
    missed: tuple[TrueCopy, ...]
    wrong: tuple[Copy, ...]
    takes: int
    whole: int
    split: tuple[TrueTake, ...]
    mixed: tuple[tuple[str, ...], ...]
    edits: tuple[EditsCompared, ...]
    moments: MomentsCompared


def compare(desk: Desk, case: Case, truths: Sequence[Truth]) -> Compared:
    """Compares the case's links, takes and moments with the truths of all events that were added to it."""
    takes = [take for truth in truths for take in truth.takes]
    true_copies = [copy for truth in truths for copy in truth.copies]
    shown = _Shown(takes)
    items = {ItemId(one.item) for truth in truths for one in truth.items}
    links = [copy for copy in desk.records.copies(items) if copy.state != "rejected" and copy.found.verdict == "copy"]
    found_takes = desk.records.takes()
    right = [copy for copy in links if shown.agrees(copy)]
    by_pair: dict[frozenset[str], list[Copy]] = {}
    for copy in right:
        by_pair.setdefault(frozenset((copy.found.a.item, copy.found.b.item)), []).append(copy)
    unlinked = [copy for copy in true_copies if not _linked(copy, by_pair.get(frozenset((copy.a, copy.b)), []))]
    with_item = _by_item(found_takes)
    missed = [copy for copy in unlinked if not _together(copy, with_item)]
    split = tuple(take for take in takes if not _whole(take, with_item))
    return Compared(
        pairs=len(true_copies),
        linked=len(true_copies) - len(unlinked),
        through_others=len(unlinked) - len(missed),
        missed=tuple(missed),
        wrong=tuple(copy for copy in links if not shown.agrees(copy)),
        takes=len(takes),
        whole=len(takes) - len(split),
        split=split,
        mixed=tuple(names for take in found_takes if not take.edited and len(names := shown.recordings(take)) > 1),
        edits=tuple(_edits(true_copies, by_pair)),
        moments=compare_moments(
            desk.records.moments(case.id),
            true=[moment for truth in truths for moment in truth.moments],
            true_takes=takes,
            takes=found_takes,
        ),
    )


class _Shown:
    """Which recording, and which second of it, an item truly shows at one of its seconds."""

    def __init__(self, takes: Sequence[TrueTake]) -> None:
        self._takes = takes
        self._of_item: dict[str, list[tuple[int, TrueSpan]]] = {}
        for number, take in enumerate(takes):
            for span in take.items:
                self._of_item.setdefault(span.item, []).append((number, span))

    def at(self, item: str, second: float) -> tuple[int, float] | None:
        """The take's number and its second."""
        for number, span in self._of_item.get(item, []):
            if span.start_s <= second < span.end_s:
                return number, span.take_start_s + (second - span.start_s) * span.speed
        return None

    def agrees(self, copy: Copy) -> bool:
        """Whether both ends of a link show the same instant of the same recording in their middle."""
        a, b = (self.at(end.item, (end.start_s + end.end_s) / 2) for end in (copy.found.a, copy.found.b))
        return a is not None and b is not None and a[0] == b[0] and abs(a[1] - b[1]) <= RIGHT_WITHIN_S

    def recordings(self, take: Take) -> tuple[str, ...]:
        """The true takes that a found take's spans show in their middles, by the names of their camera's files."""
        numbers = set()
        for part in take.spans:
            at = self.at(part.span.item, (part.span.start_s + part.span.end_s) / 2)
            if at is not None:
                numbers.add(at[0])
        return tuple(self._takes[number].best_name for number in sorted(numbers))


def _linked(true: TrueCopy, right: Iterable[Copy]) -> bool:
    for copy in right:
        end = copy.found.a if copy.found.a.item == true.a else copy.found.b
        if min(end.end_s, true.a_end_s) > max(end.start_s, true.a_start_s):
            return True
    return False


def _by_item(takes: Iterable[Take]) -> dict[str, list[Take]]:
    """The found takes that show each item: comparing thousands of items must not ask every take each time."""
    with_item: dict[str, list[Take]] = {}
    for take in takes:
        for item in {part.span.item for part in take.spans}:
            with_item.setdefault(item, []).append(take)
    return with_item


def _together(true: TrueCopy, with_item: dict[str, list[Take]]) -> bool:
    a = Span(item=ItemId(true.a), start_s=true.a_start_s, end_s=true.a_end_s)
    b = Span(item=ItemId(true.b), start_s=true.b_start_s, end_s=true.b_end_s)
    return any(_holds(take, a) and _holds(take, b) for take in with_item.get(true.a, ()))


def _whole(true: TrueTake, with_item: dict[str, list[Take]]) -> bool:
    spans = [Span(item=ItemId(one.item), start_s=one.start_s, end_s=one.end_s) for one in true.items]
    return any(all(_holds(take, span) for span in spans) for take in with_item.get(spans[0].item, ()))


def _holds(take: Take, span: Span) -> bool:
    """Whether the take covers at least half of the span."""
    covered = sum(
        max(0.0, min(part.span.end_s, span.end_s) - max(part.span.start_s, span.start_s))
        for part in take.spans
        if part.span.item == span.item
    )
    return covered >= (span.end_s - span.start_s) / 2


def _edits(true_copies: Iterable[TrueCopy], by_pair: dict[frozenset[str], list[Copy]]) -> Iterable[EditsCompared]:
    for true in true_copies:
        right = by_pair.get(frozenset((true.a, true.b)), [])
        if not true.derived and _linked(true, right):
            named = dict.fromkeys(edit for copy in right for edit in copy.found.edits)
            yield EditsCompared(name=true.b_name, true=true.edits, named=tuple(named))
