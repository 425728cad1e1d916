"""Find: looks a file up in the archive, adds nothing, leaves no trace there."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.app.examining import examine_descriptor
from firsthand.app.indexing import PRINT_KINDS, KeptIndex, looked_at_in_haste
from firsthand.app.linking import NOTHING_TO_COMPARE, comparable
from firsthand.app.naming import names_anywhere
from firsthand.link.copies import CopySeeker
from firsthand.link.prints import print_of
from firsthand.link.triage import careful
from firsthand.model.errors import UnreadableFile, UnreadableMedia
from firsthand.model.ids import ItemId, item_id
from firsthand.model.links import CopyFound
from firsthand.model.offered import Offered
from firsthand.model.outcomes import EngineId, Failed, Found, Outcome
from firsthand.model.text import shown
from firsthand.ports import Progress

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What the archive holds of a file that was not added. in_archive: the very same bytes are sealed here.

    not_looked: why pictures could not be compared; empty: they were. searched: how many items it was compared with.
    """

    path: str
    name: str
    item: ItemId
    in_archive: bool
    searched: int
    not_looked: str
    found: tuple[CopyFound, ...]
    hasty: frozenset[ItemId]  # of which key frames alone were looked at
    names: Mapping[ItemId, str]


def find(desk: Desk, path: str, *, progress: Progress) -> Lookup:
    """Copies of `path` among all items. Raises NothingMatched, UnreadableFile or UnreadableMedia."""
    return _find(desk, path, tuple(e for e in desk.engines if e.name in PRINT_KINDS), progress)


def find_fast(desk: Desk, path: str, *, progress: Progress) -> Lookup:
    """As `find`, by the file's key frames alone."""
    from firsthand.app.examiners import fast_engines  # brings OpenCV

    return _find(desk, path, fast_engines(), progress)


def _find(desk: Desk, path: str, engines: tuple[EngineId, ...], progress: Progress) -> Lookup:
    """Copies of `path` among all items. Raises NothingMatched, UnreadableFile or UnreadableMedia."""
    offered = next(iter(desk.received.walk([path])))
    if offered.kind != "file":
        raise UnreadableFile(shown(path), why=offered.why or "not a file", next_step="name one video, sound or picture")
    progress.begin("examining", 1, "clips")
    item = item_id(_digest(desk, offered))
    with desk.received.open(offered) as source:
        answers = examine_descriptor(source.fileno(), engines)
    progress.end()
    outcomes: dict[str, Outcome] = {engine.name: outcome for engine, outcome in answers}
    failed = [outcome for outcome in outcomes.values() if isinstance(outcome, Failed)]
    if failed and not any(isinstance(outcome, Found) for outcome in outcomes.values()):
        raise UnreadableMedia(shown(path), why=failed[0].why, next_step="try another copy of the file")
    query = print_of(item, {kind: one for kind, one in outcomes.items() if isinstance(one, Found)})
    hasty = looked_at_in_haste(desk)
    if query is not None and query.key_frames_only:
        hasty |= {item}
    with KeptIndex(desk, comparable(desk), progress=progress, tidy=False) as kept:
        searched = len(kept.index)
        found = careful(CopySeeker().seek(query, kept.index), hasty) if query is not None else ()
    names = names_anywhere(desk)
    return Lookup(
        path=offered.path,
        name=offered.name,
        item=item,
        in_archive=desk.records.item(item) is not None,
        searched=searched,
        not_looked="" if query is not None else NOTHING_TO_COMPARE,
        found=found,
        hasty=hasty,
        names={item: offered.name, **names},
    )


def _digest(desk: Desk, offered: Offered) -> str:
    digest = hashlib.sha256()
    with desk.received.open(offered) as source:
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
