"""All that is SQLite's own: how it is opened, locked, upserted into, looked through for damage."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.pool import StaticPool

from firsthand.model.errors import ArchiveError, Conflict, IntegrityError, NothingMatched

BUSY_S = 600.0
"""How long a writer waits for others. One transaction takes milliseconds, so only a stopped process takes this long."""

_WRITES = "firsthand_writes"
_ROWS_AT_ONCE = 500
LIBRARY_VERSION = sqlite3.sqlite_version


class Database:
    """One SQLite file. Any number of threads and processes may read and write it at once."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        self.writable = writable
        # A disk that cannot be written cannot hold SQLite's lock files either. `immutable` reads without them; it is
        # used only where no other process is at work (no log file lies beside), and shows what stands there now.
        alone = not writable and not _has_content(Path(f"{path}-wal"))
        self._uri = (
            f"file:{quote(os.fspath(path.absolute()))}?mode={'rw' if writable else 'ro'}" + "&immutable=1" * alone
        )
        self._identity = _identity(path)
        self.engine = sa.create_engine("sqlite://", creator=self.connected, poolclass=sa.pool.QueuePool)
        _take_over_transactions(self.engine)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the archive from its first query to its end."""
        with told(self.path), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction under the one lock; on the medium when the block ends without an error."""
        if not self.writable:
            raise ArchiveError(
                str(self.path),
                why="the archive cannot be written here",
                next_step="mount its disk for writing, let this user write in its folder, or copy the archive",
            )
        with told(self.path), self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                if _identity(self.path) != self._identity:
                    raise ArchiveError(
                        str(self.path),
                        why="the archive was moved or replaced while it was in use",
                        kept="what was acknowledged lies where it was moved to; this step left nothing",
                        next_step="run the same command again with --archive and its place",
                    )
                yield connection

    def snapshot(self) -> "Snapshot":
        """One state of the whole file, raw. Close it when done."""
        with told(self.path):
            return Snapshot(self.connected(), own=True)

    def compact(self) -> bool:
        """Rewrites the file without free pages and empties the write-ahead log, so that nothing deleted is left in
        either. False: somebody else is reading, and the log could not be emptied."""
        with told(self.path), closing(self.connected()) as connection:
            connection.execute("PRAGMA busy_timeout=20000")
            connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    def close(self) -> None:
        """Lets go of the file."""
        self.engine.dispose()

    def connected(self) -> sqlite3.Connection:
        """A new connection of the driver's, set as all are. Close it when done."""
        connection = sqlite3.connect(self._uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        return _pragmas(connection)


def make_file(path: Path) -> None:
    """A new, empty database file. WAL: readers and the writer do not wait for each other."""
    with told(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA user_version=0")


def scratch_engine() -> sa.Engine:
    """An empty database that nobody can find: SQLite unlinks its file at once and spills to it only when large."""

    def connected() -> sqlite3.Connection:
        connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        connection.executescript(
            "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-131072; PRAGMA foreign_keys=OFF"
        )
        return connection

    engine = sa.create_engine("sqlite://", creator=connected, poolclass=StaticPool)
    _take_over_transactions(engine)
    return engine


def raw(connection: sa.Connection) -> "Snapshot":
    """What this connection holds, its own writes included. From here on the connection gives texts as bytes."""
    return Snapshot(_driver(connection), begin=False)


def begun(connection: sa.Connection) -> "Snapshot":
    """A snapshot of what this connection's file holds, in which its temporary tables can still be written."""
    return Snapshot(_driver(connection))


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("not a SQLite connection")
    return driver


def upsert(table: sa.Table, *, key: str, added: Sequence[str] = (), kept: Sequence[str] = ()) -> sa.Insert:
    """INSERT that changes the row of this key where there is one. added: columns that are summed; kept: that stay."""
    insert = dialect.insert(table)
    new = insert.excluded
    changed = {
        column.name: column + new[column.name] if column.name in added else new[column.name]
        for column in table.columns
        if column.name != key and column.name not in kept
    }
    return insert.on_conflict_do_update(index_elements=[key], set_=changed)


class Text(bytes):
    """A text's bytes as they stand in the file; what was stored as a blob is plain bytes."""

    __slots__ = ()


class Snapshot:
    """Raw values (text as bytes), so that damage is compared and shown rather than tripped over."""

    def __init__(self, connection: sqlite3.Connection, *, begin: bool = True, own: bool = False) -> None:
        self._connection = connection
        self._own = own
        connection.text_factory = Text
        if begin:
            connection.executescript("PRAGMA temp.journal_mode=OFF; PRAGMA temp.cache_size=-131072")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM main.sqlite_master").fetchone()  # from here on nothing moves

    def rows(self, table: sa.Table, *, order: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Every row in this order, columns as `table` has them. Raises sqlite3.DatabaseError on a damaged file."""
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        ordered = ", ".join(f'"{name}"' for name in order)
        cursor = self._connection.cursor()
        cursor.row_factory = None
        cursor.arraysize = _ROWS_AT_ONCE
        cursor.execute(f'SELECT {columns} FROM main."{table.name}" ORDER BY {ordered}')  # noqa: S608 our own names
        while rows := cursor.fetchmany():
            yield from rows

    def counts(self, table: sa.Table) -> tuple[int, int, int]:
        """(rows of the temporary table of this name, rows of the stored one, pairs that are alike in every value and
        in its kind)."""
        keys = " AND ".join(f'r."{column.name}" = s."{column.name}"' for column in table.primary_key.columns)
        alike = " AND ".join(
            f'r."{column.name}" IS s."{column.name}" AND typeof(r."{column.name}") = typeof(s."{column.name}")'
            for column in table.columns
        )
        asked = (
            f'SELECT count(*) FROM temp."{table.name}"',  # noqa: S608 our own names
            f'SELECT count(*) FROM main."{table.name}"',  # noqa: S608
            f'SELECT count(*) FROM temp."{table.name}" r JOIN main."{table.name}" s ON {keys} WHERE {alike}',  # noqa: S608
        )
        ours, stored, equal = (int(self._connection.execute(one).fetchone()[0]) for one in asked)
        return ours, stored, equal

    def entries_of_kind(self, kind: str) -> Iterator[tuple[Any, ...]]:
        """Rows of the log whose leaf says so, columns as `rows` gives them."""
        wanted = f'"kind":"{kind}"'.encode()
        yield from self._connection.execute(
            "SELECT seq, leaf, hash, file, offset_bytes, length_bytes FROM main.entries"
            " WHERE instr(leaf, ?) ORDER BY seq",
            (wanted,),
        )

    def shape(self) -> Mapping[str, str]:
        """Tables, indexes, triggers and views by name, each as the SQL that made it."""
        found = self._connection.execute("SELECT name, sql FROM main.sqlite_master WHERE sql IS NOT NULL").fetchall()
        return {_shown(name): _shown(sql) for name, sql in found}

    def damage(self) -> Iterator[str]:
        """What SQLite itself finds wrong with the file: pages, indexes that do not fit their tables, bad values."""
        for (told,) in self._connection.execute("PRAGMA main.integrity_check(100)"):
            if _shown(told) != "ok":
                yield _shown(told)

    def close(self) -> None:
        """Ends the snapshot."""
        if self._own:
            self._connection.close()


def _shown(value: bytes | str) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def _pragmas(connection: sqlite3.Connection) -> sqlite3.Connection:
    # FULL: a commit is on the medium when it returns. secure_delete: what is deleted is overwritten.
    for pragma in (
        "foreign_keys=ON",
        "synchronous=FULL",
        "secure_delete=ON",
        "cache_size=-32768",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _take_over_transactions(engine: sa.Engine) -> None:
    """Writers take the lock at BEGIN: taken later, it would fail where another had written in between."""

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file this is, whatever it is called; None: there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


@contextmanager
def told(path: Path) -> Iterator[None]:
    """SQLite's errors in our words."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _in_words(path, error.orig) from error
    except sqlite3.Error as error:
        raise _in_words(path, error) from error
    except UnicodeDecodeError as error:  # the driver's own words about a damaged schema, quoting its bytes
        raise IntegrityError(str(path), why="the database file is damaged", next_step="run firsthand verify") from error


def _in_words(path: Path, error: BaseException | None) -> Exception:
    name = getattr(error, "sqlite_errorname", None) or ""
    for beginning, words in _WORDS.items():
        if name.startswith(beginning):
            return words(path, error)
    return ArchiveError(str(path), why=f"{error}", next_step="run firsthand verify")


def _archive_error(next_step: str) -> Callable[[Path, BaseException | None], Exception]:
    return lambda path, error: ArchiveError(
        str(path), why=str(error), kept="what was acknowledged is kept; this step left nothing", next_step=next_step
    )


_WORDS: dict[str, Callable[[Path, BaseException | None], Exception]] = {
    "SQLITE_CONSTRAINT_FOREIGNKEY": lambda _, error: NothingMatched(
        "an event", why=f"it names something that the archive does not hold ({error})"
    ),
    "SQLITE_CONSTRAINT": lambda _, error: Conflict("an event", why=f"what it names is there already ({error})"),
    "SQLITE_FULL": _archive_error("make room on the archive's disk, then run the same command again"),
    "SQLITE_IOERR": _archive_error("look at the archive's disk; copy the archive elsewhere and run firsthand verify"),
    "SQLITE_BUSY": _archive_error("another firsthand has held the archive for ten minutes: see whether it is stuck"),
    "SQLITE_READONLY": _archive_error("let this user write in the archive's folder, or mount its disk for writing"),
    "SQLITE_CANTOPEN": _archive_error(
        "see that records.sqlite lies there; an archive on a read-only disk must have been closed before it was copied"
    ),
    "SQLITE_CORRUPT": lambda path, error: IntegrityError(str(path), why=str(error), next_step="run firsthand verify"),
    "SQLITE_NOTADB": lambda path, error: IntegrityError(str(path), why=str(error), next_step="restore a backup"),
}
