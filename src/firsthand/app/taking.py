"""Takes of a case, each with what people ask first: the best copy, the earliest, all copies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.app.naming import names_in
from firsthand.app.sighting import seen_first
from firsthand.link.lineage import LOSING, Derived, Lost, derived, lost
from firsthand.model.findings import ContainerFacts, PicturesFacts
from firsthand.model.ids import ItemId
from firsthand.model.links import Copy, Take, TakeSpan
from firsthand.model.outcomes import Found
from firsthand.model.records import Case, Finding
from firsthand.model.sightings import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeView:
    """A take as a case sees it: only items that arrived in the case are shown.

    first: where one of its items was seen online before all others, as far as sightings of the case tell; None: no
    post is known, or not which came first. (When a file reached the desk says nothing about when it was first posted,
    so arrivals do not count.) earliest_item: that item.
    """

    take: Take
    best_item: ItemId
    first: Sighting | None
    names: Mapping[ItemId, str]
    lost: tuple[Lost, ...] = ()  # what each other item lacks that the best one has
    derived: tuple[Derived, ...] = ()  # guesses: which item was made from which

    @property
    def earliest_item(self) -> ItemId | None:
        """The item seen online first; None: not known."""
        return None if self.first is None else self.first.item


def takes_of(
    desk: Desk, case: Case, *, findings: Callable[[ItemId], tuple[Finding, ...]] | None = None
) -> tuple[TakeView, ...]:
    """The takes that items of the case show, oldest first. findings: where they were read before; None: the
    records."""
    read = findings or desk.records.findings
    names = names_in(desk, case)
    sizes = {item.id: item.bytes for item in desk.records.items(case.id)}
    between: dict[ItemId, list[Copy]] = {}
    for copy in desk.records.copies(names):
        between.setdefault(copy.found.a.item, []).append(copy)
    sightings: dict[ItemId, list[Sighting]] = {}
    for sighting in desk.records.sightings_of_case(case.id):
        sightings.setdefault(sighting.item, []).append(sighting)
    views = []
    for take in desk.records.takes():
        spans = tuple(part for part in take.spans if part.span.item in names)
        if spans:
            seen = Take(id=take.id, spans=spans, state=take.state, edited=take.edited)
            items = {part.span.item for part in spans}
            links = tuple(
                copy for item in sorted(items) for copy in between.get(item, ()) if copy.found.b.item in items
            )
            best = _best(sizes, spans, links, read)
            views.append(
                TakeView(
                    take=seen,
                    best_item=best,
                    first=seen_first(one for item in items for one in sightings.get(item, ())),
                    names=names,
                    lost=_lost(seen, best, links, read),
                    derived=derived(seen, best, links),
                )
            )
    return tuple(views)


def _lost(
    take: Take, best: ItemId, links: tuple[Copy, ...], read: Callable[[ItemId], tuple[Finding, ...]]
) -> tuple[Lost, ...]:
    items = {part.span.item for part in take.spans}
    if len(items) == 1:
        return ()
    latest = {item: {one.made_by.name: one for one in read(item)} for item in items}
    pixels = {item: _pixels(latest[item].get("pictures")) for item in items}
    return lost(take, best, links, pixels)


def _best(
    sizes: Mapping[ItemId, int],
    spans: tuple[TakeSpan, ...],
    links: tuple[Copy, ...],
    read: Callable[[ItemId], tuple[Finding, ...]],
) -> ItemId:
    """Most of the recording first, then the fewest losing edits (cropped, under an overlay, tinted …),
    then most pixels of it, then bits a second, then bytes."""
    if len(spans) == 1:
        return spans[0].span.item
    edited: dict[ItemId, set[str]] = {}
    for one in links:
        if one.state != "rejected" and one.found.verdict == "copy" and one.found.edited is not None:
            item = one.found.a.item if one.found.edited == "a" else one.found.b.item
            edited.setdefault(item, set()).update(edit for edit in one.found.edits if edit in LOSING)
    ranked = sorted(spans, key=lambda part: part.span.item)

    def quality(part: TakeSpan) -> tuple[float, float, float, float]:
        shown_s, pixels, rate = _quality(sizes, part, read)
        return shown_s, -len(edited.get(part.span.item, ())), pixels, rate

    return max(ranked, key=quality).span.item


def _quality(
    sizes: Mapping[ItemId, int], part: TakeSpan, read: Callable[[ItemId], tuple[Finding, ...]]
) -> tuple[float, float, float]:
    findings = {one.made_by.name: one for one in read(part.span.item)}
    shown_s = (part.span.end_s - part.span.start_s) * abs(part.speed)
    return (
        round(shown_s),
        _pixels(findings.get("pictures")),
        _bit_rate(findings.get("container")) or sizes.get(part.span.item, 0),
    )


def _pixels(finding: Finding | None) -> float:
    if (
        finding is None
        or not isinstance(finding.outcome, Found)
        or not isinstance(finding.outcome.value, PicturesFacts)
    ):
        return 0.0
    facts = finding.outcome.value
    shown_share = (facts.active.right - facts.active.left) * (facts.active.bottom - facts.active.top)
    return facts.width_px * facts.height_px * shown_share


def _bit_rate(finding: Finding | None) -> float:
    if (
        finding is None
        or not isinstance(finding.outcome, Found)
        or not isinstance(finding.outcome.value, ContainerFacts)
    ):
        return 0.0
    return float(finding.outcome.value.bit_rate or 0)
