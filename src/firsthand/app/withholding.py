"""Quarantine (hidden from every view, still sealed) and legal hold (must not be erased)."""

from firsthand.app.desk import Desk
from firsthand.model.errors import NothingMatched
from firsthand.model.events import HoldLifted, HoldPlaced, Quarantined, QuarantineLifted
from firsthand.model.ids import CaseId, HoldId, ItemId, random_id
from firsthand.model.text import shown

_SHORTEST = 8


def any_item(desk: Desk, text: str) -> ItemId:
    """As Desk.item, and items in quarantine too; those by their id or its beginning alone."""
    digits = text.lower().removeprefix("sha256:")
    hidden = [item for item in desk.records.hidden() if item.removeprefix("sha256:").startswith(digits)]
    if len(digits) >= _SHORTEST and len(hidden) == 1:
        return hidden[0]
    return desk.item(text)


def quarantine(desk: Desk, text: str, why: str) -> ItemId:
    """Hides the item from every view at once. Its sealed file, payloads and findings stay."""
    item = desk.item(text)
    desk.write(Quarantined(item=item, why=why))
    return item


def lift_quarantine(desk: Desk, text: str, why: str) -> ItemId:
    """Shows the item again. Raises NothingMatched where it is not in quarantine."""
    item = any_item(desk, text)
    if item not in desk.records.hidden():
        raise NothingMatched(
            shown(text), why="it is not in quarantine", next_step="nothing needs to be done: it is shown already"
        )
    desk.write(QuarantineLifted(item=item, why=why))
    return item


def hold_item(desk: Desk, text: str, why: str) -> HoldId:
    """Forbids that the item is erased."""
    return _hold(desk, HoldPlaced(hold=HoldId(random_id("hold")), item=any_item(desk, text), case=CaseId(""), why=why))


def hold_case(desk: Desk, name: str, why: str) -> HoldId:
    """Forbids that the case, or any item that arrived in it, is erased."""
    return _hold(desk, HoldPlaced(hold=HoldId(random_id("hold")), item=ItemId(""), case=desk.case(name).id, why=why))


def lift_hold(desk: Desk, hold: str, why: str) -> None:
    """Ends a hold. Raises NothingMatched where none of this id stands."""
    if hold not in {one.id for one in desk.records.holds()}:
        standing = ", ".join(one.id for one in desk.records.holds())
        raise NothingMatched(hold, why="no hold of this id stands", next_step=f"standing: {standing or 'none'}")
    desk.write(HoldLifted(hold=HoldId(hold), why=why))


def _hold(desk: Desk, event: HoldPlaced) -> HoldId:
    desk.write(event)
    return event.hold
