"""Link: each item is compared with all that were compared before it; spans that agree become takes."""

import contextlib
from collections.abc import Iterable

from firsthand.app.desk import Desk
from firsthand.app.indexing import KeptIndex, looked_at_in_haste
from firsthand.app.seeking import sought_in_order
from firsthand.link.copies import CopySeeker
from firsthand.link.segments import ItemLength
from firsthand.link.standing import standing
from firsthand.link.takes import plan_takes
from firsthand.link.triage import careful, triage_engine
from firsthand.model.errors import Conflict
from firsthand.model.events import CopiesSought
from firsthand.model.ids import CopyId, ItemId, TakeId, random_id
from firsthand.model.links import Copy
from firsthand.ports import Progress

NOTHING_TO_COMPARE = "there is no finding to compare: neither pictures, nor sound, nor a readable container"


def seek_copies(desk: Desk, *, progress: Progress) -> None:
    """Seeks copies for every item that was not compared yet, in the order of sealing; one transaction an item.

    Every pair of items is compared once: when the later of the two is sought. Many are sought side by side.
    """
    seeker = CopySeeker()
    in_haste = triage_engine(seeker.engine)
    hasty = looked_at_in_haste(desk)
    unsought = [item for item in desk.records.unsought(seeker.engine) if item not in hasty]
    queue = [(item, seeker.engine) for item in unsought]
    queue += [(item, in_haste) for item in desk.records.unsought(in_haste) if item in hasty]
    if not queue:
        return
    with KeptIndex(desk, comparable(desk), progress=progress, tidy=True) as kept:
        waiting = [item for item, _ in queue]
        kept.prepare(waiting, progress=progress)
        progress.begin("seeking copies", len(queue), "clips")
        answers = sought_in_order(desk, kept, waiting)
        with contextlib.closing(answers):
            for (item, engine), sought in zip(queue, answers, strict=True):
                found = careful(sought.found, hasty)
                desk.write(
                    CopiesSought(
                        item=item,
                        made_by=engine,
                        copies=tuple(CopyId(random_id("copy")) for _ in found),
                        found=found,
                        against=sought.against,
                        not_looked="" if sought.comparable else NOTHING_TO_COMPARE,
                    )
                )
                progress.advance()
        progress.end()


def comparable(desk: Desk) -> tuple[ItemId, ...]:
    """Items that others are compared with: those that were sought, be it on key frames alone."""
    engine = CopySeeker().engine
    hasty = looked_at_in_haste(desk)
    return (
        *desk.records.sought(engine),
        *(item for item in desk.records.sought(triage_engine(engine)) if item in hasty),
    )


def standing_copies(desk: Desk, items: Iterable[ItemId] | None = None) -> tuple[Copy, ...]:
    """The copies among `items` (None: all) that stand today, rejected ones too: see link/standing.py."""
    engine = CopySeeker().engine
    sought = desk.records.sought(engine)
    turn = {item: number for number, item in enumerate(sought)}
    return standing(desk.records.copies(items), engine=engine, sought=frozenset(sought), turn=turn)


def shape_takes(desk: Desk, *, progress: Progress) -> None:
    """Brings the takes in line with the copies that stand. Writes nothing where nothing changed."""
    progress.begin("grouping takes", None, "")
    while not _shaped(desk):
        pass  # somebody else changed the takes meanwhile: plan again from what stands now
    progress.end()


def _shaped(desk: Desk) -> bool:
    version = desk.records.version("takes")
    lengths = [
        ItemLength(item=length.item, duration_s=length.duration_s, scene_changes_s=length.scene_changes_s)
        for length in desk.records.lengths()
    ]
    plan = plan_takes(lengths, standing_copies(desk), desk.records.takes(), mint=lambda: TakeId(random_id("take")))
    if not plan.shaped and not plan.redirected:
        return True
    try:
        desk.write(*plan.shaped, *plan.redirected, expected={"takes": version})
    except Conflict:
        return False
    return True
