"""Destroying what was erased: bytes on the disk, rows, free pages. Begun in the log's own transaction, so that what a
crash cut short is found and finished.
"""

import contextlib
import os
from collections.abc import Collection, Iterable
from pathlib import Path

import sqlalchemy as sa

from firsthand.ledger.entries import Entry, payload_digest, read_entry
from firsthand.model.codec import decode_event
from firsthand.model.errors import ArchiveError, IntegrityError, MalformedRecord, Withheld
from firsthand.model.events import Erased, Event
from firsthand.model.ids import ItemId
from firsthand.storage import tables
from firsthand.storage.durable import written_to
from firsthand.storage.erased import Gone, read_gone
from firsthand.storage.payloads import PayloadFiles, Place
from firsthand.storage.projection import Projection
from firsthand.storage.sealed import FolderSealed
from firsthand.storage.segments import SUFFIX
from firsthand.storage.soundtracks import FolderSoundtracks
from firsthand.storage.sqlite import Database

BATCH = 1000


def begin(
    connection: sa.Connection, payloads: PayloadFiles, *, entries: Iterable[int], items: Iterable[ItemId]
) -> None:
    """In the transaction that wrote `Erased`: makes the records anew from what is left, and notes what to destroy."""
    e, rows = tables.entries.c, []
    for entry in entries:
        at = connection.execute(sa.select(tables.entries).where(e.seq == entry)).one()
        place = {"file": at.file, "offset_bytes": at.offset_bytes, "length_bytes": at.length_bytes}
        rows.append({"item": "", **place})
    rows += [{"item": item, "file": "", "offset_bytes": 0, "length_bytes": 0} for item in items]
    if rows:
        connection.execute(sa.insert(tables.destroying), rows)
    remake(connection, payloads)


def remake(connection: sa.Connection, payloads: PayloadFiles) -> None:
    """The projected tables anew from the log. Raises IntegrityError where a payload is not the one recorded, and
    Withheld where what is left does not hold together: something rests on what was to go."""
    for table in reversed(tables.PROJECTED):
        connection.execute(sa.delete(table))
    gone = _gone(connection, payloads)
    last = -1
    e = tables.entries
    try:
        while rows := connection.execute(sa.select(e).where(e.c.seq > last).order_by(e.c.seq).limit(BATCH)).all():
            projection = Projection()
            places = [_place(row) for row in rows]
            for row, read in zip(rows, payloads.read_all(places), strict=True):
                entry = read_entry(row.leaf)
                if (event := _event(entry, read, gone)) is not None:
                    projection.apply(entry.seq, entry.at, entry.actor, event)
            projection.flush(connection)
            last = rows[-1].seq
    except sa.exc.IntegrityError as error:
        raise Withheld(
            "the erasure",
            why=f"other entries rest on what would go ({error.orig})",
            kept="nothing was erased",
            next_step="erase the whole item or case",
        ) from error


class Destroyer:
    """Destroys what erasures have noted. One archive's; several processes may come at once."""

    def __init__(self, folder: Path, database: Database, payloads: PayloadFiles, sealed: FolderSealed) -> None:
        self._folder = folder
        self._database = database
        self._payloads = payloads
        self._sealed = sealed

    def pending(self) -> bool:
        """Whether something is noted and not destroyed."""
        with self._database.reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(tables.destroying)).scalar_one() > 0

    def destroy(self, *, clean_segments: Collection[str] = ()) -> None:
        """Destroys all that is noted; when it returns, nothing of it is left in the archive's folder.

        clean_segments: names of the index's segments that hold nothing of it; the others go too.
        Raises ArchiveError where the disk refuses or others still read; the next call goes on.
        """
        with self._database.writing() as connection:
            noted = connection.execute(sa.select(tables.destroying)).all()
            if not noted:
                return
            gone = _gone(connection, self._payloads)
            self._payloads.destroy(
                [_place(row) for row in noted if row.file and self._is_erased(connection, row, gone)]
            )
            standing = set(connection.execute(sa.select(tables.items.c.id)).scalars())
            for row in noted:
                if row.item and row.item not in standing:  # a planted note must not destroy what is not erased
                    self._sealed.destroy(ItemId(row.item))
                    connection.execute(sa.delete(tables.file_checks).where(tables.file_checks.c.item == row.item))
            self._payloads.remove_strangers(set(connection.execute(sa.select(tables.entries.c.file)).scalars()))
            # What can be made again goes too, but for what surely shows nothing of it: to make it again costs hours.
            sound = FolderSoundtracks(self._folder / "derived" / "sound")
            self._empty("derived", but={sound.path(ItemId(item)) for item in standing})
            self._empty("index", but={self._folder / "index" / f"{name}{SUFFIX}" for name in clean_segments})
            # One note without content stays until the file is rewritten, so that a crash here is seen too.
            connection.execute(sa.delete(tables.destroying))
            connection.execute(
                sa.insert(tables.destroying), [{"item": "", "file": "", "offset_bytes": 0, "length_bytes": 0}]
            )
        self._compact()
        with self._database.writing() as connection:
            connection.execute(sa.delete(tables.destroying))

    def _compact(self) -> None:
        self._database.close()  # our own idle connections would keep the write-ahead log alive
        if not self._database.compact():
            raise ArchiveError(
                str(self._folder),
                why="somebody else is reading the archive, so its write-ahead log still holds what was erased",
                kept="payloads and sealed files are destroyed",
                next_step="end the other firsthand, then: firsthand erase --finish",
            )

    def _is_erased(self, connection: sa.Connection, row: sa.Row[tuple[object, ...]], gone: Gone) -> bool:
        e = tables.entries.c
        where = (e.file == row.file, e.offset_bytes == row.offset_bytes, e.length_bytes == row.length_bytes)
        seqs = connection.execute(sa.select(e.seq).where(*where)).scalars().all()
        return len(seqs) == 1 and seqs[0] in gone.entries

    def _empty(self, name: str, *, but: Collection[Path]) -> None:
        """Removes all that lies in a folder of what can be made again, but for these files: nobody need know which of
        the rest showed what. Folders go with what lay in them."""
        folder = self._folder / name
        with written_to(folder, kept="payloads and sealed files are destroyed"):
            for place, folders, files in os.walk(folder, topdown=False):
                for file in files:
                    if (path := Path(place, file)) not in but or path.is_symlink():
                        with contextlib.suppress(FileNotFoundError):  # another process was first
                            os.unlink(path)
                for inner in folders:
                    if (path := Path(place, inner)).is_symlink():
                        os.unlink(path)
                    elif not any(path.iterdir()):
                        path.rmdir()


def _gone(connection: sa.Connection, payloads: PayloadFiles) -> Gone:
    e = tables.entries
    wanted = sa.func.instr(e.c.leaf, f'"kind":"{Erased.kind}"'.encode()) > 0
    rows = connection.execute(sa.select(e).where(wanted)).all()
    return read_gone({row.seq: (row.leaf, _place(row)) for row in rows}, payloads)


def _event(entry: Entry, read: tuple[bytes, bytes] | IntegrityError, gone: Gone) -> Event | None:
    if entry.seq in gone.entries:
        document = gone.entries[entry.seq]
        return None if document is None else decode_event(entry.kind, document)
    if isinstance(read, IntegrityError):
        raise read
    if payload_digest(*read) != entry.payload:
        raise _altered(entry.seq, "its payload is not the one that was recorded")
    try:
        return decode_event(entry.kind, read[1])
    except MalformedRecord as error:
        raise _altered(entry.seq, error.why) from error


def _altered(seq: int, why: str) -> IntegrityError:
    return IntegrityError(f"log entry {seq}", why=why, kept="nothing was erased", next_step="run firsthand verify")


def _place(row: sa.Row[tuple[object, ...]]) -> Place:
    return Place(file=row.file, offset_bytes=row.offset_bytes, length_bytes=row.length_bytes)
