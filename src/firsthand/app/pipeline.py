"""The flow, from top to bottom: what was handed in becomes items, findings, copies, takes and moments.

Every step asks the records what is missing and records what it did, so a crash, Ctrl-C, a new examiner and a second
machine are one case: run it again and what is missing is done.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.app.examining import examine_missing
from firsthand.app.linking import seek_copies, shape_takes, standing_copies
from firsthand.app.receiving import ItemReceived, Statement, receive
from firsthand.app.synchronising import seek_moments, shape_moments
from firsthand.model.ids import ItemId
from firsthand.model.records import Case
from firsthand.ports import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What one `add` did, and how the case stands after it.

    examined: outcomes of the findings made now, by their JSON names. copies, takes, sightings: standing in the case
    now.
    """

    case: Case
    items: tuple[ItemReceived, ...]
    examined: Counter[str]
    failed_items: tuple[ItemId, ...]  # items of the case without any readable picture or sound
    copies: int
    takes: int
    takes_in_copies: int  # takes that several items show
    sightings: int  # records of where its items were seen online
    moments: int
    takes_in_moments: int  # takes that were filmed while another was


def add(
    desk: Desk,
    paths: list[str],
    *,
    case_name: str,
    statement: Statement,
    progress: Progress,
    examining: Callable[..., Counter[str]] = examine_missing,
) -> Added:
    """Files and folders in; items examined, linked and grouped out.

    examining: `examine_missing`, or `examine_fast` where there is no time. Raises NothingMatched for a path that does
    not exist, before anything is written.
    """
    offered = list(desk.received.walk(paths))
    case = desk.opened_case(case_name)

    items = receive(desk, case, offered, statement=statement, progress=progress)  # intake
    examined = examining(desk, case, progress=progress)  # examine
    seek_copies(desk, progress=progress)  # link: copies
    shape_takes(desk, progress=progress)  # link: takes
    seek_moments(desk, case, progress=progress)  # link: offsets between takes
    shape_moments(desk, case, progress=progress)  # link: moments

    return _standing(desk, case, items, examined)


def _standing(desk: Desk, case: Case, items: tuple[ItemReceived, ...], examined: Counter[str]) -> Added:
    in_case = {item.id for item in desk.records.items(case.id)}
    moments = desk.records.moments(case.id)
    takes = [take for take in desk.records.takes() if any(part.span.item in in_case for part in take.spans)]
    copies = [
        copy for copy in standing_copies(desk, in_case) if copy.state != "rejected" and copy.found.verdict == "copy"
    ]
    return Added(
        case=case,
        items=items,
        examined=examined,
        failed_items=desk.records.failed(case.id),
        copies=len(copies),
        takes=len(takes),
        sightings=len(desk.records.sightings_of_case(case.id)),
        moments=len(moments),
        takes_in_moments=sum(len(moment.items) for moment in moments),
        takes_in_copies=sum(len({part.span.item for part in take.spans}) > 1 for take in takes),
    )
