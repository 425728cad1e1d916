"""What to call an item: the name it last arrived under in the case."""

from firsthand.app.desk import Desk
from firsthand.model.ids import ItemId
from firsthand.model.records import Case


def names_in(desk: Desk, case: Case) -> dict[ItemId, str]:
    """Item → the name of its first arrival in the case, for every item of the case."""
    names: dict[ItemId, str] = {}
    for arrival in desk.records.arrivals_of_case(case.id):
        names.setdefault(arrival.item, arrival.name)
    return names


def names_anywhere(desk: Desk) -> dict[ItemId, str]:
    """Item → the name of its first arrival in any case."""
    names: dict[ItemId, str] = {}
    for case in desk.records.cases():
        names |= {item: name for item, name in names_in(desk, case).items() if item not in names}
    return names
