"""An archive's folder: making it, opening it.

archive.toml  records.sqlite  sealed/  payloads/  checkpoints/  derived/  index/
"""

import os
import secrets
import shutil
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from firsthand.model.errors import ArchiveError
from firsthand.model.events import ArchiveMade, Event
from firsthand.model.ids import PersonId, random_id
from firsthand.model.time import instant_text
from firsthand.storage import schema, tables
from firsthand.storage.check_memory import CheckMemory
from firsthand.storage.checkpoints import CheckpointFiles
from firsthand.storage.destroying import Destroyer
from firsthand.storage.durable import flush_file, flush_folder, write_all, written_to
from firsthand.storage.records import SqlRecords
from firsthand.storage.sealed import FolderSealed
from firsthand.storage.sqlite import Database, make_file

FORMAT = 1
_FOLDERS = ("sealed", "payloads", "checkpoints", "derived", "index")
_NAME = "archive.toml"
_RECORDS = "records.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An open archive. derived: what can be made again; index: what can be made again from findings."""

    folder: Path
    id: str
    created_at: str
    writable: bool
    sealed: FolderSealed
    records: SqlRecords
    checkpoints: CheckpointFiles
    destroyer: Destroyer
    checked: CheckMemory

    @property
    def derived(self) -> Path:
        """The folder of what can be made again."""
        return self.folder / "derived"

    @property
    def index(self) -> Path:
        """The folder of search indexes."""
        return self.folder / "index"

    def close(self) -> None:
        """Lets go of the records."""
        self.records.close()


def is_archive(folder: Path) -> bool:
    """Whether an archive lies here, of whatever format."""
    return (folder / _NAME).is_file()


def create(
    folder: Path, *, first: ArchiveMade, actor: PersonId, at: datetime, named: tuple[Event, ...] = ()
) -> Archive:
    """Makes an archive at `folder`, which must not exist or be empty, and opens it. Its log begins with `first`.

    named: events written with the first, such as who the actor is. The archive appears whole or not at all: it is
    made beside its place and renamed. Only its owner may enter it. Raises ArchiveError where something lies there.
    """
    folder = folder.absolute()
    if is_archive(folder):
        raise ArchiveError(str(folder), why="there is an archive here already", next_step="open it")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArchiveError(
            str(folder),
            why="something else lies here",
            kept="it was left alone",
            next_step="name a new or empty folder",
        )
    making = folder.with_name(f".{folder.name[:200]}-{secrets.token_hex(6)}.making")
    with written_to(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        making.mkdir(mode=0o700)
    try:
        _fill(making, first=first, actor=actor, at=at, named=named)
        with written_to(folder):
            _move(making, folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return open(folder)


def open(folder: Path) -> Archive:
    """The archive at `folder`; on a disk or for a user that cannot write, for reading alone.

    Records of an older shape are brought to today's. Raises ArchiveError where no archive lies there, and for one
    that a newer firsthand made.
    """
    folder = folder.absolute()
    about = about_of(folder)
    writable = _is_writable(folder)
    if not (folder / _RECORDS).is_file():
        raise ArchiveError(
            str(folder), why=f"{_RECORDS} is missing", next_step="restore it from a backup, then run firsthand verify"
        )
    database = Database(folder / _RECORDS, writable=writable)
    try:
        _bring_up_to_date(database, str(folder))
    except BaseException:
        database.close()
        raise
    sealed, records = FolderSealed(folder / "sealed"), SqlRecords(database, folder / "payloads")
    return Archive(
        folder=folder,
        id=about["id"],
        created_at=about["created_at"],
        writable=writable,
        sealed=sealed,
        records=records,
        checkpoints=CheckpointFiles(folder / "checkpoints"),
        destroyer=records.destroyer(folder, sealed),
        checked=CheckMemory(database),
    )


def _fill(making: Path, *, first: ArchiveMade, actor: PersonId, at: datetime, named: tuple[Event, ...]) -> None:
    with written_to(making):
        for name in _FOLDERS:
            (making / name).mkdir()
    make_file(making / _RECORDS)
    database = Database(making / _RECORDS, writable=True)
    try:
        _bring_up_to_date(database, str(making))
        SqlRecords(database, making / "payloads").append([first, *named], actor=actor, at=at)
    finally:
        database.close()
    about = f'format = {FORMAT}\nid = "{random_id("archive")}"\ncreated_at = "{instant_text(at)}"\n'
    with written_to(making):
        descriptor = os.open(making / _NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            write_all(descriptor, about.encode("ascii"))
            flush_file(descriptor)
        finally:
            os.close(descriptor)
        flush_folder(making)


def _move(making: Path, folder: Path) -> None:
    if os.name == "nt" and folder.is_dir():
        folder.rmdir()  # there a rename refuses even an empty folder
    os.rename(making, folder)
    flush_folder(folder.parent)


def about_of(folder: Path) -> dict[str, str]:
    """id and created_at as archive.toml says them. Raises ArchiveError for a file that is none of ours."""
    if not is_archive(folder):
        why = "no archive lies here" if not folder.is_dir() else f"this folder is no archive: it has no {_NAME}"
        raise ArchiveError(
            str(folder),
            why=why,
            next_step="name another folder with --archive, or make an archive: firsthand add PATH --case NAME",
        )
    try:
        about = tomllib.loads((folder / _NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(folder, str(error)) from error
    found = about.get("format")
    if not isinstance(found, int) or not all(isinstance(about.get(name), str) for name in ("id", "created_at")):
        raise _unreadable(folder, "it lacks format, id or created_at")
    if found < 1:
        raise _unreadable(folder, f"there is no format {found}")
    if found > FORMAT:
        raise ArchiveError(
            str(folder),
            why=f"the archive has format {found}; this firsthand knows formats up to {FORMAT}",
            kept="nothing was changed",
            next_step="update firsthand",
        )
    return {"id": about["id"], "created_at": about["created_at"]}


def _unreadable(folder: Path, why: str) -> ArchiveError:
    return ArchiveError(str(folder / _NAME), why=why, next_step="restore the file from a backup")


def _is_writable(folder: Path) -> bool:
    return all(os.access(path, os.W_OK) for path in (folder, folder / _RECORDS))


def _bring_up_to_date(database: Database, folder: str) -> None:
    with database.reading() as connection:
        if schema.is_current(connection, of=folder):
            return
    with database.writing() as connection:
        if schema.is_current(connection, of=folder):
            return  # another process was first
        schema.upgrade(connection)
        if connection.execute(sa.select(tables.frontier.c.one)).scalar_one_or_none() is None:
            connection.execute(sa.insert(tables.frontier).values(one=1, size=0, roots=b""))
