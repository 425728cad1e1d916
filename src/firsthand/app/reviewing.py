"""Review: what a person says of a copy the machine suggested. It stands, and the takes follow."""

from typing import Literal

from firsthand.app.desk import Desk
from firsthand.app.linking import shape_takes
from firsthand.model.errors import NothingMatched
from firsthand.model.events import CopyReviewed
from firsthand.model.ids import CopyId
from firsthand.model.links import Copy
from firsthand.model.text import shown
from firsthand.ports import Progress


def review(desk: Desk, text: str, *, state: Literal["confirmed", "rejected"], why: str, progress: Progress) -> Copy:
    """Records that the acting person confirms or rejects the copy of this id, and brings the takes in line.

    Raises NothingMatched where there is no such copy, Conflict where somebody else decided at the same moment.
    """
    copy = _copy(desk, text)
    desk.write(CopyReviewed(copy=copy.id, state=state, why=why, expected_version=copy.version))
    shape_takes(desk, progress=progress)
    return _copy(desk, text)


def _copy(desk: Desk, text: str) -> Copy:
    copy = desk.records.copy(CopyId(text))
    if copy is None:
        raise NothingMatched(
            shown(text), why="no copy has this id", next_step="firsthand copies --case NAME lists copies with their ids"
        )
    return copy
