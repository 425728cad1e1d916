"""Does the archive still say what its log says? Every payload, entry and row is looked at; what differs is named.

The log is read from one snapshot and replayed through the same projection into temporary tables, which SQLite compares
with the stored ones. Where anything is not as it should be, the log is replayed once more into a scratch database with
all constraints, and the two are compared row by row as raw values, in key order, streaming: that names what differs.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from itertools import islice
from typing import Any

import sqlalchemy as sa

from firsthand.ledger.entries import Entry, payload_digest, read_entry
from firsthand.ledger.merkle import Frontier, Growing, leaf_hash
from firsthand.model.codec import decode_event
from firsthand.model.errors import FirsthandError, IntegrityError, MalformedRecord
from firsthand.model.events import Erased, Event
from firsthand.ports import LogHead, Problem, RecordsCheck
from firsthand.storage import schema, tables
from firsthand.storage.erased import Gone, read_gone
from firsthand.storage.payloads import HEAD_BYTES, PayloadFiles, Place
from firsthand.storage.projection import Projection
from firsthand.storage.sqlite import Database, Snapshot, raw, scratch_engine, told
from firsthand.storage.twin import Twin

BATCH = 1000
MAX_PROBLEMS = 1000
"""More are counted, not listed: an archive that is wrong from end to end need not fill the memory."""

_CONTRADICTIONS = (sa.exc.IntegrityError, sa.exc.DataError, ValueError)
Row = tuple[Any, ...]
Told = Callable[[int, int], None]


def check(database: Database, payloads: PayloadFiles, *, progress: Told | None = None) -> RecordsCheck:
    """What replaying the log gave; see ports.RecordsCheck. What is appended meanwhile is not looked at."""
    lying_there = set(payloads.files())  # before the snapshot, so that a file of a later append is not among them
    run = _all_the_same(database, payloads, progress) or _each_named(database, payloads, progress)
    orphans = sorted(lying_there - run.files)
    return RecordsCheck(
        head=run.head,
        entries_checked=run.entries,
        rows_checked=run.compared,
        problems=run.all_problems(),
        erased=tuple(run.gone.told),
        not_checked=tuple(
            f"payloads/{name}: no entry names it (an append was cut short, or is under way)" for name in orphans
        ),
    )


def _all_the_same(database: Database, payloads: PayloadFiles, progress: Told | None) -> "_Check | None":
    """The run, where nothing at all is wrong."""
    with told(database.path), closing(Twin(database)) as twin:
        run = _Check(twin.stored, payloads, progress)
        try:
            run.damage()
            run.log(twin.connection, name_each=False)
            same, run.compared = twin.same()
        except (sqlite3.DatabaseError, sa.exc.DBAPIError):
            return None
        return run if same and not run.problems else None


def _each_named(database: Database, payloads: PayloadFiles, progress: Told | None) -> "_Check":
    """The run, with every problem by name."""
    with told(database.path), closing(database.snapshot()) as stored, scratch_engine().connect() as scratch:
        with scratch.begin():
            schema.upgrade(scratch)
        run = _Check(stored, payloads, progress)
        try:
            run.damage()
            run.log(scratch)
            run.rows(scratch)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
                raise
            run.problem("the database file is damaged", str(database.path), found=str(error))
        if not run.problems:
            run.problem("read twice, the archive gave two answers: its disk cannot be relied on", str(database.path))
        return run


def check_quickly(
    database: Database, payloads: PayloadFiles, *, since: int, progress: Told | None = None
) -> RecordsCheck:
    """Every entry and the tree over all of them, and payloads from entry number `since` on. Nothing is replayed."""
    with closing(database.snapshot()) as stored:
        run = _Check(stored, payloads, progress)
        try:
            run.log(None, since=since)
        except sqlite3.DatabaseError as error:
            run.problem("the database file is damaged", str(database.path), found=str(error))
    skipped = [f"the payloads of entries before {since}, which an earlier run checked"] if since else []
    return RecordsCheck(
        head=run.head,
        entries_checked=run.entries,
        rows_checked=0,
        problems=run.all_problems(),
        erased=tuple(run.gone.told),
        not_checked=(*skipped, "the records against a replay of the log (firsthand verify without --quick does)"),
    )


@cache
def shape_as_made() -> Mapping[str, str]:
    """Tables, indexes and triggers of an empty database of today's shape."""
    with scratch_engine().connect() as empty:
        with empty.begin():
            schema.upgrade(empty)
        return raw(empty).shape()


class _Check:
    """One run of `check`: what was found so far."""

    def __init__(self, stored: Snapshot, payloads: PayloadFiles, progress: Told | None) -> None:
        self.stored = stored
        self.payloads = payloads
        self.progress = progress
        self.problems: list[Problem] = []
        self.unlisted = 0
        self.entries = 0
        self.compared = 0
        self.head = LogHead(size=0, root=Frontier().root().hex())
        self.files: set[str] = set()
        self.gone = Gone()
        self.last: tuple[str, int] | None = None  # the payload file being read, and where its last record ends

    def problem(self, what: str, where: str, *, expected: object = "", found: object = "") -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(what=what, where=where, expected=_shown(expected), found=_shown(found)))
        else:
            self.unlisted += 1

    def all_problems(self) -> tuple[Problem, ...]:
        if not self.unlisted:
            return tuple(self.problems)
        return (*self.problems, Problem(what="more problems than are listed", where="", found=str(self.unlisted)))

    def damage(self) -> None:
        """The file itself, and whether tables, indexes and triggers are those we made."""
        for damage in self.stored.damage():
            self.problem("the database file is damaged", "records", found=damage)
        expected, found = shape_as_made(), self.stored.shape()
        for name in sorted({*expected, *found}):
            if expected.get(name) != found.get(name):
                made, lies = expected.get(name, "(none)"), found.get(name, "(none)")
                self.problem("the records have another shape", name, expected=made, found=lies)

    def log(self, scratch: sa.Connection | None, *, since: int = 0, name_each: bool = True) -> None:
        """Every entry, and its payload from number `since` on; what can be read is replayed into the scratch database,
        where one is given. name_each: entries that contradict others are found one by one; else the first raises."""
        kept = list(self.stored.rows(tables.frontier, order=["one"]))
        total = kept[0][1] if kept and isinstance(kept[0][1], int) else 0
        self.gone = read_gone(self._erasures(), self.payloads)
        growing = Growing()
        rows = self.stored.rows(tables.entries, order=["seq"])
        while batch := list(islice(rows, BATCH)):
            replayed = []
            for row, read in zip(batch, self._read_payloads(batch, since), strict=True):
                seq, leaf, kept_hash = row[:3]
                if seq != growing.size:
                    self.problem("the log has a gap", f"entry {seq}", expected=growing.size, found=seq)
                hashed = leaf_hash(leaf if isinstance(leaf, bytes) else b"")
                if hashed != kept_hash or not isinstance(leaf, bytes):
                    self.problem("the entry does not have its hash", f"entry {seq}", expected=kept_hash, found=hashed)
                growing.add(hashed)
                known = self._event(seq, leaf, read) if read is not None else None
                if known is not None:
                    replayed.append(known)
            if scratch is not None:
                self._replay(scratch, replayed, name_each=name_each)
            self.entries += len(batch)
            if self.progress is not None:
                self.progress(self.entries, max(total, self.entries))
        self._end_of_file()
        frontier = growing.frontier()
        self.head = LogHead(size=frontier.size, root=frontier.root().hex())
        expected = (1, frontier.size, b"".join(frontier.roots))
        if kept != [expected]:
            where = f"a log of {frontier.size} entries"
            self.problem("the kept head is not that of the log", where, expected=[expected], found=kept)

    def rows(self, scratch: sa.Connection) -> None:
        """Every projected row against its replayed twin."""
        with scratch.begin():
            replayed = raw(scratch)
            for table in tables.PROJECTED:
                order = [column.name for column in table.primary_key.columns]
                pairs = _side_by_side(
                    replayed.rows(table, order=order),
                    self.stored.rows(table, order=order),
                    keys=_positions(table, order),
                )
                for key, expected, found in pairs:
                    self.compared += 1
                    self._compare(table, key, expected, found)

    def _erasures(self) -> dict[int, tuple[bytes, Place]]:
        """The entries that say something was erased; which payloads are gone must be known before they are read."""
        return {
            seq: (leaf, _place(file, offset, length))
            for seq, leaf, _, file, offset, length in self.stored.entries_of_kind(Erased.kind)
            if isinstance(seq, int) and isinstance(leaf, bytes)
        }

    def _read_payloads(self, batch: Sequence[Row], since: int) -> Iterator[tuple[bytes, bytes] | IntegrityError | None]:
        places = []
        if isinstance(batch[-1][0], int) and batch[-1][0] < since:
            return iter([None] * len(batch))
        for _, _, _, file, offset, length in batch:
            places.append(_place(file, offset, length))
            if not since:
                self._follow(places[-1])  # from the first record of a file on, or not at all
        return self.payloads.read_all(places)

    def _follow(self, place: Place) -> None:
        """Records lie one after the other: a byte between or behind them belongs to no entry."""
        begins = 0
        if self.last is not None and self.last[0] == place.file:
            begins = self.last[1]
        else:
            self._end_of_file()
            self.files.add(place.file)
        if place.offset_bytes != begins:
            self.problem("a payload lies elsewhere", _named(place.file), expected=begins, found=place.offset_bytes)
        self.last = (place.file, place.offset_bytes + HEAD_BYTES + place.length_bytes)

    def _end_of_file(self) -> None:
        if self.last is None:
            return
        file, ends = self.last
        try:
            size = self.payloads.size_bytes(file)
        except (OSError, IntegrityError):
            return  # the payload itself is reported as missing
        if size > ends:
            self.problem("bytes lie behind the last payload", _named(file), expected=ends, found=size)

    def _event(
        self, seq: object, leaf: bytes, read: tuple[bytes, bytes] | IntegrityError
    ) -> tuple[Entry, Event] | None:
        where = f"entry {seq}"
        try:
            entry = read_entry(leaf)
        except (ValueError, TypeError) as error:
            self.problem("the entry cannot be read", where, found=error)
            return None
        if entry.seq != seq:
            self.problem("the entry has another number", where, expected=seq, found=entry.seq)
        if isinstance(read, IntegrityError):
            self.problem("the payload is damaged or missing", f"{where}, {read.subject}", found=read.why)
            return None
        if entry.seq in self.gone.entries:
            return self._left_of(entry, read)
        digest = payload_digest(*read)
        if digest != entry.payload:
            self.problem("the payload is not the one recorded", where, expected=entry.payload, found=digest)
            return None
        try:
            return entry, decode_event(entry.kind, read[1])
        except MalformedRecord as error:
            self.problem("the payload cannot be read", where, found=error.why)
            return None

    def _left_of(self, entry: Entry, read: tuple[bytes, bytes]) -> tuple[Entry, Event] | None:
        """What an erasure left of the entry's event, if anything."""
        if any(read[0]) or read[1].count(0) != len(read[1]):
            self.problem("erased, but its payload still lies there", f"entry {entry.seq}", expected="zeros")
        document = self.gone.entries[entry.seq]
        if document is None:
            return None
        try:
            return entry, decode_event(entry.kind, document)
        except MalformedRecord as error:
            self.problem("what is left of the entry cannot be read", f"entry {entry.seq}", found=error.why)
            return None

    def _replay(self, scratch: sa.Connection, events: Sequence[tuple[Entry, Event]], *, name_each: bool) -> None:
        projection = Projection()
        if not name_each:
            _project(projection, scratch, events)
            return
        try:
            with scratch.begin():
                _project(projection, scratch, events)
        except _CONTRADICTIONS:
            self._replay_singly(scratch, events)

    def _replay_singly(self, scratch: sa.Connection, events: Sequence[tuple[Entry, Event]]) -> None:
        """Finds which of them cannot be applied: an id given twice, a thing that may be there once."""
        for entry, event in events:
            try:
                with scratch.begin():
                    _project(Projection(), scratch, [(entry, event)])
            except _CONTRADICTIONS as error:
                self.problem("the entry contradicts those before it", f"entry {entry.seq}", found=str(error))

    def _compare(self, table: sa.Table, key: Row, expected: Row | None, found: Row | None) -> None:
        if expected == found and [*map(type, expected or ())] == [*map(type, found or ())]:
            return
        where = f"{table.name} {', '.join(_shown(part) for part in key)}"
        if found is None:
            self.problem("a row is missing", where, expected=expected)
        elif expected is None:
            self.problem("a row is there that the log does not give", where, found=found)
        else:
            for column, wanted, lies in zip(table.columns, expected, found, strict=True):
                if wanted == lies and type(wanted) is not type(lies):
                    kind, other = type(wanted).__name__.lower(), type(lies).__name__.lower()
                    self.problem("a value is of another kind", f"{where}, {column.name}", expected=kind, found=other)
                elif wanted != lies:
                    self.problem("a row differs from the log", f"{where}, {column.name}", expected=wanted, found=lies)


def _project(projection: Projection, scratch: sa.Connection, events: Sequence[tuple[Entry, Event]]) -> None:
    for entry, event in events:
        projection.apply(entry.seq, entry.at, entry.actor, event)
    projection.flush(scratch)


def _positions(table: sa.Table, names: Iterable[str]) -> list[int]:
    columns = [column.name for column in table.columns]
    return [columns.index(name) for name in names]


def _side_by_side(
    expected: Iterator[Row], found: Iterator[Row], *, keys: Sequence[int]
) -> Iterator[tuple[Row, Row | None, Row | None]]:
    """(key, expected, found) of two streams in key order; None where one lacks the key."""
    left, right = next(expected, None), next(found, None)
    while left is not None or right is not None:
        left_key = None if left is None else tuple(left[at] for at in keys)
        right_key = None if right is None else tuple(right[at] for at in keys)
        if left_key is not None and (right_key is None or _rank(left_key) <= _rank(right_key)):
            both = right_key is not None and _rank(left_key) == _rank(right_key)
            yield left_key, left, right if both else None
            left = next(expected, None)
            right = next(found, None) if both else right
        elif right_key is not None:
            yield right_key, None, right
            right = next(found, None)


def _rank(key: Row) -> tuple[tuple[int, Any], ...]:
    """SQLite's own order among values of any kind: NULL, numbers, texts and blobs by their bytes."""
    return tuple(
        (0, 0) if part is None else (1, part) if isinstance(part, int | float) else (2, bytes(part)) for part in key
    )


def _place(file: object, offset: object, length: object) -> Place:
    name = file.decode("ascii", "replace") if isinstance(file, bytes) else str(file)
    numbers = (offset, length) if isinstance(offset, int) and isinstance(length, int) else (-1, -1)
    return Place(file=name, offset_bytes=numbers[0], length_bytes=numbers[1])


def _named(file: str) -> str:
    return f"payloads/{file[:2]}/{file[2:]}"


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return _short(value.hex() if not value.isascii() else value.decode("ascii"))
    if isinstance(value, FirsthandError):
        return _short(value.why)
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= 500 else f"{text[:500]}…"
