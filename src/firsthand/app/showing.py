"""Show: everything the archive knows of one item."""

from collections.abc import Mapping
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.app.fixity import is_old, last_check
from firsthand.model.errors import NothingMatched
from firsthand.model.ids import CaseId
from firsthand.model.records import Arrival, FileCheck, Finding, Item
from firsthand.model.sightings import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One item. findings: oldest first, each with whether a newer examiner of this installation would answer."""

    item: Item
    name: str
    arrivals: tuple[Arrival, ...]
    sightings: tuple[Sighting, ...]
    case_names: Mapping[CaseId, str]
    findings: tuple[tuple[Finding, bool], ...]
    checked: FileCheck | None = None  # when the sealed file was last hashed since; None: never
    is_due: bool = False  # that lies longer back than the schedule allows


def show(desk: Desk, text: str) -> ItemView:
    """The item `text` names. Raises NothingMatched for none or several."""
    item = desk.records.item(desk.item(text))
    if item is None:
        raise NothingMatched(text, why="the item is named in the log but has no record", next_step="firsthand verify")
    engines = set(desk.engines)
    arrivals = desk.records.arrivals(item.id)
    checked = last_check(desk, item.id)
    return ItemView(
        item=item,
        name=arrivals[0].name if arrivals else item.id,
        arrivals=arrivals,
        sightings=desk.records.sightings(item.id),
        case_names={case.id: case.name for case in desk.records.cases()},
        findings=tuple((finding, finding.made_by not in engines) for finding in desk.records.findings(item.id)),
        checked=checked,
        is_due=checked is not None and is_old(desk, checked.checked_at),
    )
