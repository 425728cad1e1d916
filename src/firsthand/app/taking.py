"""Takes of a case, each with what people ask first: the best copy, the earliest, all copies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.app.naming import names_in
from firsthand.link.lineage import Lost, lost
from firsthand.model.findings import ContainerFacts, PicturesFacts
from firsthand.model.ids import ItemId
from firsthand.model.links import Copy, Take, TakeSpan
from firsthand.model.outcomes import Found
from firsthand.model.records import Case, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeView:
    """A take as a case sees it: only items that arrived in the case are shown.

    earliest_item: the item seen online first; None: no sighting is known. (When a file reached the desk says
    nothing about when it was first posted, so arrivals do not count.)
    """

    take: Take
    best_item: ItemId
    earliest_item: ItemId | None
    names: Mapping[ItemId, str]
    lost: tuple[Lost, ...] = ()  # what each other item lacks that the best one has


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
    views = []
    for take in desk.records.takes():
        spans = tuple(part for part in take.spans if part.span.item in names)
        if spans:
            seen = Take(id=take.id, spans=spans, state=take.state, edited=take.edited)
            best = _best(sizes, spans, read)
            lacks = _lost(between, seen, best, read)
            views.append(TakeView(take=seen, best_item=best, earliest_item=None, names=names, lost=lacks))
    return tuple(views)


def _lost(
    between: Mapping[ItemId, list[Copy]], take: Take, best: ItemId, read: Callable[[ItemId], tuple[Finding, ...]]
) -> tuple[Lost, ...]:
    items = {part.span.item for part in take.spans}
    if len(items) == 1:
        return ()
    latest = {item: {one.made_by.name: one for one in read(item)} for item in items}
    pixels = {item: _pixels(latest[item].get("pictures")) for item in items}
    within = [copy for item in items for copy in between.get(item, ()) if copy.found.b.item in items]
    return lost(take, best, tuple(within), pixels)


def _best(
    sizes: Mapping[ItemId, int], spans: tuple[TakeSpan, ...], read: Callable[[ItemId], tuple[Finding, ...]]
) -> ItemId:
    """Most of the recording first, then most pixels of it, then bits a second, then bytes."""
    if len(spans) == 1:
        return spans[0].span.item
    ranked = sorted(spans, key=lambda part: part.span.item)
    return max(ranked, key=lambda part: _quality(sizes, part, read)).span.item


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
