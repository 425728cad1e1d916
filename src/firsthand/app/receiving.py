"""Intake: offered files become sealed files and arrivals; what is not taken is recorded with the reason."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from firsthand.app.desk import Desk
from firsthand.app.sighting import Sidecars, sidecars_among, sight
from firsthand.intake.judge import judge
from firsthand.model.errors import ArchiveError, StillChanging, UnreadableFile
from firsthand.model.events import Arrived, Refused, Sealed
from firsthand.model.ids import ArrivalId, ItemId, item_id, random_id
from firsthand.model.offered import Offered
from firsthand.model.records import Arrival, Case
from firsthand.model.text import shown
from firsthand.model.time import instant_text
from firsthand.ports import Progress, SealedFile

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the person says of how the files came. Empty: not said."""

    collector: str = ""
    obtained_from: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReceived:
    """What became of one offered path. failed: somebody should do something about a refusal."""

    item: ItemId | None
    path: str
    name: str
    bytes: int
    state: Literal["sealed", "already_sealed", "refused"]
    why: str = ""
    failed: bool = False


def receive(
    desk: Desk, case: Case, offered: Sequence[Offered], *, statement: Statement, progress: Progress
) -> tuple[ItemReceived, ...]:
    """Seals what may be taken, one after the other; each is acknowledged by its own entries before the next.

    What a downloader wrote beside a clip is read with the clip, as a sighting of it, and is no item of its own.
    """
    sidecars = sidecars_among(offered)
    refused_before = {(refusal.path, refusal.why) for refusal in desk.records.refusals(case.id)}
    _tell_of_the_clock(desk, progress)
    progress.begin("sealing", sum(one.bytes for one in offered), "bytes")
    received: list[ItemReceived] = []
    for one in offered:
        try:
            for outcome in () if one.path in sidecars.paths else _with_sidecar(desk, case, one, sidecars, statement):
                if outcome.state == "refused" and (outcome.path, outcome.why) not in refused_before:
                    desk.write(Refused(case=case.id, path=outcome.path, why=outcome.why))
                received.append(outcome)
        except ArchiveError as error:
            raise _stopped(error, at=one, after=len(received), of=len(offered)) from error
        progress.advance(one.bytes, shown(one.name))
    progress.end()
    return tuple(received)


def _with_sidecar(
    desk: Desk, case: Case, offered: Offered, sidecars: Sidecars, statement: Statement
) -> Iterator[ItemReceived]:
    """What became of the clip, and of its sidecar where that was not taken."""
    clip = _received(desk, case, offered, statement)
    yield clip
    beside = sidecars.of.get(offered.path)
    if beside is not None and clip.item is not None and (why := sight(desk, case, clip.item, beside)):
        yield _refused(beside, f"not taken as a sighting of {shown(offered.name)}: {why}", failed=True)


def _tell_of_the_clock(desk: Desk, progress: Progress) -> None:
    """When a file was received is the one time that is the desk's own word: a wrong clock makes it worthless."""
    last = max((entry.at for entry in desk.records.log(max(0, desk.records.head().size - 1))), default="")
    if (now := instant_text(desk.clock.now())) < last:
        progress.tell(
            f"This machine's clock ({now}) stands before the archive's last entry ({last}), so the times of receipt "
            "will be wrong. Set it right before adding more; what is added now keeps the wrong time for good."
        )


def _received(desk: Desk, case: Case, offered: Offered, statement: Statement) -> ItemReceived:
    refused = judge(offered)
    if refused is not None:
        return _refused(offered, refused.why, failed=refused.failed)
    try:
        before = desk.records.arrived(case.id, offered.path)
        if before is not None and _same_statement(before, offered, statement) and _unchanged(desk, before, offered):
            return _taken(offered, before.item, state="already_sealed")
        with desk.received.open(offered) as source:
            sealed = desk.sealed.seal(source)
    except (StillChanging, UnreadableFile) as error:
        return _refused(offered, error.why, failed=True)
    return _arrived(desk, case, offered, sealed, statement)


def _stopped(error: ArchiveError, *, at: Offered, after: int, of: int) -> ArchiveError:
    """The same, saying at which file: the disk is full for all that follow too."""
    return ArchiveError(
        error.subject,
        why=f"{error.why}, at {shown(at.path)}, file {after + 1} of {of}",
        kept=error.kept if not after else f"{after} of {of} files are done; {error.kept}",
        next_step=error.next_step,
    )


def _arrived(desk: Desk, case: Case, offered: Offered, sealed: SealedFile, statement: Statement) -> ItemReceived:
    written = desk.write(
        Sealed(item=sealed.item, bytes=sealed.bytes),
        Arrived(
            arrival=ArrivalId(random_id("arrival")),
            item=sealed.item,
            case=case.id,
            collector=statement.collector,
            obtained_from=statement.obtained_from,
            how=statement.how,
            path=offered.path,
            name=offered.name,
            modified_at=offered.modified_at,
        ),
    )
    first = any(isinstance(event, Sealed) for event in written)
    return _taken(offered, sealed.item, state="sealed" if first else "already_sealed")


def _unchanged(desk: Desk, before: Arrival, offered: Offered) -> bool:
    """The file is read again in full: a size and a time are not proof that the bytes are the same."""
    known = desk.records.item(before.item)
    if known is None or known.bytes != offered.bytes:
        return False
    digest = hashlib.sha256()
    with desk.received.open(offered) as source:
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
    return item_id(digest.hexdigest()) == before.item


def _same_statement(before: Arrival, offered: Offered, statement: Statement) -> bool:
    """Adding the same file again in the same words is the same arrival, not a second one."""
    said = (before.collector, before.obtained_from, before.how, before.modified_at)
    return said == (statement.collector, statement.obtained_from, statement.how, offered.modified_at)


def _taken(offered: Offered, item: ItemId, *, state: Literal["sealed", "already_sealed"]) -> ItemReceived:
    return ItemReceived(item=item, path=offered.path, name=offered.name, bytes=offered.bytes, state=state)


def _refused(offered: Offered, why: str, *, failed: bool) -> ItemReceived:
    return ItemReceived(
        item=None, path=offered.path, name=offered.name, bytes=offered.bytes, state="refused", why=why, failed=failed
    )
