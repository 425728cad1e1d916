"""The entry log and the records on SQLAlchemy Core; on SQLite for now."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from firsthand.ledger.entries import Entry, entry_bytes, payload_digest, read_entry
from firsthand.ledger.merkle import Frontier, Growing, leaf_hash
from firsthand.model.codec import decode_event, encode_event
from firsthand.model.errors import Conflict, IntegrityError, MalformedRecord, UsageError
from firsthand.model.events import Erased, Event, FindingMade
from firsthand.model.ids import CaseId, ItemId, PersonId
from firsthand.model.records import Finding
from firsthand.model.time import instant_text
from firsthand.ports import LogEntry, LogHead, RecordsCheck
from firsthand.storage import destroying, tables
from firsthand.storage.admission import admitted, require_versions
from firsthand.storage.check import check, check_quickly
from firsthand.storage.hiding import seen
from firsthand.storage.inserting import insert_rows
from firsthand.storage.payloads import PayloadFiles, Place, salted
from firsthand.storage.projection import Projection
from firsthand.storage.queries import RecordQueries, finding_of
from firsthand.storage.sealed import FolderSealed
from firsthand.storage.sqlite import Database

MAX_EVENTS = 100_000  # in one transaction: others wait for it
_LOG_BATCH = 1000
_the_frontier = sa.select(tables.frontier)
_move_frontier = sa.update(tables.frontier).values(size=sa.bindparam("grown"), roots=sa.bindparam("heads"))


class SqlRecords(RecordQueries):
    """The records of one archive. Threads and processes may share it; close it when done."""

    def __init__(self, database: Database, payloads: Path) -> None:
        self._database = database
        self._payloads = PayloadFiles(payloads)

    def append(
        self,
        events: Sequence[Event],
        *,
        actor: PersonId,
        at: datetime,
        expected: Mapping[str, int] | None = None,
    ) -> tuple[Event, ...]:
        """Writes the events to the log and applies them to the records, all or none; see ports.Records.append.

        Raises also NothingMatched where an event names an item, case or copy the archive does not hold, ArchiveError
        where the disk refuses, and UsageError for an actor that is no id.
        """
        at_text = instant_text(at)
        _require_actor(actor, at_text)
        if len(events) > MAX_EVENTS:
            raise UsageError("an append", why=f"{len(events)} events at once; at most {MAX_EVENTS}")
        payloads = [salted(encode_event(event)) for event in events]  # before the lock: it is the heavy part
        with self._database.writing() as connection:
            require_versions(connection, expected or {})
            places = admitted(connection, events)
            if not places:
                return ()
            written = tuple(events[place] for place in places)
            files = self._payloads.write([payloads[place] for place in places])
            try:
                digests = [payloads[place].digest for place in places]
                self._write(connection, written, digests=digests, files=files, actor=actor, at=at_text)
            except BaseException:
                self._payloads.withdraw(files)  # nothing was committed, and nothing will be
                raise
        return written

    def erase(
        self, erased: Erased, *, items: Sequence[ItemId], actor: PersonId, at: datetime, expected_size: int
    ) -> None:
        """Writes `erased` to the log and makes the records anew without what is gone, all or none; notes what has to
        be destroyed on the disk. Raises Conflict where the log no longer has `expected_size`."""
        at_text = instant_text(at)
        _require_actor(actor, at_text)
        payload = salted(encode_event(erased))
        with self._database.writing() as connection:
            size = _frontier(connection).size
            if size != expected_size:
                raise Conflict(
                    "the erasure", why=f"the log has {size} entries now, and it was planned on {expected_size}"
                )
            files = self._payloads.write([payload])
            try:
                self._write(connection, [erased], digests=[payload.digest], files=files, actor=actor, at=at_text)
                destroying.begin(connection, self._payloads, entries=erased.entries, items=items)
            except BaseException:
                self._payloads.withdraw(files)
                raise

    def log(self, start: int = 0) -> Iterator[LogEntry]:
        """Entries from number `start` on, with their payloads and salts; empty ones where they were erased."""
        with self._reading() as connection:
            size = _frontier(connection).size
        e = tables.entries
        for first in range(start, size, _LOG_BATCH):
            query = sa.select(e).where(e.c.seq >= first, e.c.seq < min(size, first + _LOG_BATCH)).order_by(e.c.seq)
            with self._reading() as connection:
                rows = connection.execute(query).all()
                left = self._left_in(connection, [row.seq for row in rows])
            places = [Place(file=r.file, offset_bytes=r.offset_bytes, length_bytes=r.length_bytes) for r in rows]
            for row, read in zip(rows, self._payloads.read_all(places), strict=True):
                yield _log_entry(row, read, left)

    def leaf_hashes(self, start: int = 0) -> bytes:
        """The RFC 6962 leaf hashes of all entries from number `start` on, 32 bytes each, as kept with the log."""
        e = tables.entries.c
        with self._reading() as connection:
            rows = connection.execute(sa.select(e.hash).where(e.seq >= start).order_by(e.seq)).scalars().all()
        for seq, hashed in enumerate(rows, start):
            if not isinstance(hashed, bytes) or len(hashed) != 32:
                raise _altered(seq, "its hash is none")
        return b"".join(rows)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes until the block ends; nor may the block, by this or any other way. On a disk that cannot
        be written nobody does anyhow."""
        if not self._database.writable:
            yield
            return
        with self._database.writing():
            yield

    def head(self) -> LogHead:
        """The entry log's size and tree head, as kept with it."""
        with self._reading() as connection:
            frontier = _frontier(connection)
        return LogHead(size=frontier.size, root=frontier.root().hex())

    def check(self, progress: Callable[[int, int], None] | None = None) -> RecordsCheck:
        """Replays the whole log into empty records and compares row by row with what stands here.

        progress: called with (done, total) entries and rows. What others append meanwhile is not looked at.
        """
        return check(self._database, self._payloads, progress=progress)

    def check_quickly(self, since: int, progress: Callable[[int, int], None] | None = None) -> RecordsCheck:
        """Every entry and the tree over them, and payloads from entry number `since` on; nothing is replayed."""
        return check_quickly(self._database, self._payloads, since=since, progress=progress)

    def destroyer(self, folder: Path, sealed: FolderSealed) -> destroying.Destroyer:
        """What destroys the erased in this archive's folder."""
        return destroying.Destroyer(folder, self._database, self._payloads, sealed)

    def findings_in(self, case: CaseId) -> dict[ItemId, tuple[Finding, ...]]:
        """All findings of each item of a case, oldest first; the outcomes' arrays are empty."""
        f, a = tables.findings, tables.arrivals.c
        arrived = sa.exists().where(a.item == f.c.item, a.case == case)
        by_item: dict[ItemId, list[Finding]] = {}
        for row in self._rows(sa.select(f).where(arrived, seen(f.c.item)).order_by(f.c.seq)):
            by_item.setdefault(ItemId(row.item), []).append(finding_of(row))
        return {item: tuple(findings) for item, findings in by_item.items()}

    def with_arrays(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """The same findings with their outcomes' arrays, read from the log's payloads.

        Raises IntegrityError where a payload is damaged. What was erased meanwhile comes as erasure left it.
        """
        seqs = [one.seq for one in findings]
        e = tables.entries
        with self._reading() as connection:
            rows = {row.seq: row for row in connection.execute(sa.select(e).where(e.c.seq.in_(seqs)))}
            left = self._left_in(connection, seqs)
        if missing := set(seqs) - set(rows):
            raise _altered(min(missing), "it is not in the log")
        places = [Place(file=r.file, offset_bytes=r.offset_bytes, length_bytes=r.length_bytes) for r in rows.values()]
        whole = {}
        for row, read in zip(rows.values(), self._payloads.read_all(places), strict=True):
            try:
                entry = _log_entry(row, read, left)
                event = decode_event(entry.kind, entry.left or entry.payload)
            except (ValueError, MalformedRecord) as error:
                raise _altered(row.seq, str(error)) from error
            if not isinstance(event, FindingMade):
                raise _altered(row.seq, "it is no finding")
            whole[row.seq] = event.outcome
        return tuple(replace(one, outcome=whole[one.seq]) for one in findings)

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def _write(
        self,
        connection: sa.Connection,
        events: Sequence[Event],
        *,
        digests: Sequence[str],
        files: Sequence[Place],
        actor: PersonId,
        at: str,
    ) -> None:
        growing = Growing(_frontier(connection))
        projection = Projection()
        rows = []
        for event, digest, place in zip(events, digests, files, strict=True):
            seq = growing.size
            leaf = entry_bytes(Entry(seq=seq, at=at, actor=actor, kind=event.kind, payload=digest))
            hashed = leaf_hash(leaf)
            rows.append({"seq": seq, "leaf": leaf, "hash": hashed, **_place_row(place)})
            growing.add(hashed)
            projection.apply(seq, at, actor, event)
        frontier = growing.frontier()
        insert_rows(connection, tables.entries, rows)
        connection.execute(_move_frontier, {"grown": frontier.size, "heads": b"".join(frontier.roots)})
        projection.flush(connection)

    def _reading(self) -> AbstractContextManager[sa.Connection]:
        return self._database.reading()

    def _event_at(self, connection: sa.Connection, seq: int) -> Any:
        row = connection.execute(sa.select(tables.entries).where(tables.entries.c.seq == seq)).one_or_none()
        if row is None:
            raise _altered(seq, "it is not in the log")
        place = Place(file=row.file, offset_bytes=row.offset_bytes, length_bytes=row.length_bytes)
        salt, body = self._payloads.read(place)
        try:
            entry = read_entry(row.leaf)
            if seq in (left := self._left_in(connection, [seq])):
                return decode_event(entry.kind, left[seq])
            if payload_digest(salt, body) != entry.payload:
                raise _altered(seq, "its payload is not the one that was recorded")
            return decode_event(entry.kind, body)
        except (ValueError, MalformedRecord) as error:
            raise _altered(seq, str(error)) from error

    def _left_in(self, connection: sa.Connection, entries: Sequence[int]) -> dict[int, bytes]:
        """What erasures left of these entries."""
        r = tables.redactions.c
        if not entries:
            return {}
        query = sa.select(r.entry, r.document).where(r.entry.between(min(entries), max(entries)))
        return {row.entry: row.document for row in connection.execute(query)}


def _log_entry(row: Any, read: tuple[bytes, bytes] | IntegrityError, left: Mapping[int, bytes]) -> LogEntry:
    """Checked against the log. Raises IntegrityError for a payload that is neither the recorded one nor erased."""
    if isinstance(read, IntegrityError):
        raise read
    entry, (salt, body) = read_entry(row.leaf), read
    intact = payload_digest(salt, body) == entry.payload
    if not intact and (any(salt) or any(body)):
        raise _altered(row.seq, "its payload is not the one that was recorded")
    left_over = b"" if intact else left.get(row.seq, b"")
    return LogEntry(
        seq=row.seq,
        kind=entry.kind,
        at=entry.at,
        actor=PersonId(entry.actor),
        leaf=row.leaf,
        salt=salt if intact else b"",
        payload=body if intact else b"",
        left=left_over,
    )


def _frontier(connection: sa.Connection) -> Frontier:
    row = connection.execute(_the_frontier).one_or_none()
    if row is None:
        raise _altered(0, "the log has lost its head")
    roots = tuple(row.roots[start : start + 32] for start in range(0, len(row.roots), 32))
    try:
        return Frontier(size=row.size, roots=roots)
    except ValueError as error:
        raise _altered(row.size, str(error)) from error


def _place_row(place: Place) -> dict[str, Any]:
    return {"file": place.file, "offset_bytes": place.offset_bytes, "length_bytes": place.length_bytes}


def _require_actor(actor: str, at: str) -> None:
    """An entry that could not be read again must not be written."""
    try:
        read_entry(entry_bytes(Entry(seq=0, at=at, actor=actor, kind="none", payload="0" * 64)))
    except ValueError as error:
        raise UsageError(f"actor {actor!r}", why="an actor is named by a random id", next_step="use its id") from error


def _altered(seq: int, why: str) -> IntegrityError:
    return IntegrityError(f"log entry {seq}", why=why, next_step="run firsthand verify")
