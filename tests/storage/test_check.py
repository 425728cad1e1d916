"""Whatever byte of log, payload or row is changed, verify names it."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from firsthand.model.errors import Conflict, IntegrityError
from firsthand.model.events import ArchiveMade, PersonNamed, Refused
from firsthand.model.ids import PersonId
from firsthand.ports import RecordsCheck
from firsthand.storage import archive, records, tables
from tests.storage.events import (
    ACTOR,
    AT,
    CASE,
    arrived,
    custody,
    finding,
    item,
    listened,
    moment_shaped,
    opened,
    redirected,
    reviewed,
    sealed,
    searched,
    shaped,
    sighted,
    sound,
    source_erased,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with at least one row in every table; closed, so that all is in the one file."""
    folder = tmp_path_factory.mktemp("template") / "archive"
    person = PersonNamed(person=PersonId("person_1"), name="Оля", authenticated_by="none")
    made = ArchiveMade(format=archive.FORMAT, made_with="test")
    held = archive.create(folder, first=made, actor=ACTOR, at=AT, named=(person,))
    held.records.append([opened(), sealed(0), sealed(1), arrived(0, arrival="a")], actor=ACTOR, at=AT)
    held.records.append([Refused(case=CASE, path="/dev/null", why="no file")], actor=ACTOR, at=AT)
    held.records.append([sighted(1, sighting="s")], actor=ACTOR, at=AT)
    held.records.append([finding(0, sound(), finding="f"), searched(1, ("c", 0, 1))], actor=ACTOR, at=AT)
    held.records.append([reviewed("c", expected_version=0), shaped("t1", 0), shaped("t2", 1)], actor=ACTOR, at=AT)
    held.records.append([redirected("t1", "t2")], actor=ACTOR, at=AT)
    held.records.append([listened(("o", 0, 1), items=(0, 1)), moment_shaped("m", 0, 1)], actor=ACTOR, at=AT)
    held.records.append([*custody()], actor=ACTOR, at=AT)
    size = held.records.head().size
    held.records.erase(source_erased(held.records), items=(), actor=ACTOR, at=AT, expected_size=size)
    held.destroyer.destroy()
    assert held.records.check().problems == ()
    held.close()
    return folder


@pytest.fixture
def held(template: Path, tmp_path: Path) -> Iterator[archive.Archive]:
    """A copy of the template, open."""
    shutil.copytree(template, tmp_path / "archive")
    held = archive.open(tmp_path / "archive")
    held.close()
    yield held
    held.close()


def change(held: archive.Archive, statement: str, *values: object) -> None:
    """As an insider with a database tool would."""
    with closing(sqlite3.connect(held.folder / "records.sqlite", isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        assert connection.execute(statement, values).rowcount != 0


def told(checked: RecordsCheck) -> str:
    """All problems as one text."""
    return "\n".join(f"{one.what}: {one.where} ({one.expected} → {one.found})" for one in checked.problems)


@contextmanager
def patched_admission() -> Iterator[None]:
    """Everything is let into the log."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "admitted", lambda _, events: list(range(len(events))))
        yield


COLUMNS = [(table.name, column.name) for table in tables.PROJECTED for column in table.columns]


def _other(table: str, column: str) -> str:
    """Another value for the column: a number one higher, a text with one byte more that is not UTF-8."""
    kind = tables.metadata.tables[table].columns[column].type
    quoted = f'"{column}"'
    return f"{quoted} + 1000" if isinstance(kind, sa.Integer) else f"CAST({quoted} || x'ff' AS TEXT)"


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_any_value_changed_in_any_table_is_named(held: archive.Archive, table: str, column: str) -> None:
    with closing(sqlite3.connect(held.folder / "records.sqlite")) as connection:
        assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] > 0  # noqa: S608
    change(held, f'UPDATE "{table}" SET "{column}" = {_other(table, column)}')  # noqa: S608
    problems = told(held.records.check())
    assert table in problems or "damaged" in problems


def test_the_same_bytes_as_another_kind_of_value_are_named(held: archive.Archive) -> None:
    change(held, "UPDATE arrivals SET obtained_from = CAST(obtained_from AS BLOB)")
    assert "arrivals" in told(held.records.check())


def test_two_entries_of_one_thing_are_named_though_the_records_look_right(held: archive.Archive) -> None:
    """Written past our own checks, as by one who holds the desk's key."""
    rows = [sealed(5), sealed(5)]
    with patched_admission():
        for row in rows[:1]:
            held.records.append([row], actor=ACTOR, at=AT)
        with pytest.raises(Conflict):
            held.records.append(rows[1:], actor=ACTOR, at=AT)
    assert held.records.check().problems == ()
    change(held, "DELETE FROM items WHERE id = ?", item(5))
    with patched_admission():
        held.records.append(rows[1:], actor=ACTOR, at=AT)
    assert "contradicts those before it" in told(held.records.check())


def test_what_is_appended_while_it_runs_is_not_looked_at(held: archive.Archive) -> None:
    size = held.records.head().size
    written = False

    def write(done: int, total: int) -> None:
        nonlocal written
        if not written:
            held.records.append([sealed(77)], actor=ACTOR, at=AT)
            written = True

    checked = held.records.check(progress=write)
    assert written
    assert (checked.problems, checked.head.size) == ((), size)


@pytest.mark.parametrize("table", [table.name for table in tables.PROJECTED])
def test_a_row_taken_away_or_put_in_twice_is_named(held: archive.Archive, table: str) -> None:
    change(held, f'DELETE FROM "{table}"')  # noqa: S608
    assert f"a row is missing: {table}" in told(held.records.check())


def test_a_row_that_the_log_does_not_give_is_named(held: archive.Archive) -> None:
    change(held, "INSERT INTO items (seq, id, bytes, sealed_at) VALUES (900, 'sha256:00', 1, '')")
    assert "a row is there that the log does not give: items 900" in told(held.records.check())


@pytest.mark.parametrize("column", ["leaf", "hash", "file", "offset_bytes", "length_bytes"])
def test_any_change_to_an_entry_is_named(held: archive.Archive, column: str) -> None:
    values: dict[str, object] = {
        "leaf": b"{}",
        "hash": bytes(32),
        "file": "0" * 32,
        "offset_bytes": 1,
        "length_bytes": 2,
    }
    change(held, f"UPDATE entries SET {column} = ? WHERE seq = 3", values[column])  # noqa: S608
    assert held.records.check().problems


def test_an_entry_taken_out_is_named_as_a_gap(held: archive.Archive) -> None:
    change(held, "DELETE FROM entries WHERE seq = 3")
    problems = told(held.records.check())
    assert "the log has a gap: entry 4" in problems
    assert "the kept head is not that of the log" in problems


def test_the_last_entry_taken_off_is_named_by_the_kept_head(held: archive.Archive) -> None:
    change(held, "DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)")
    assert "the kept head is not that of the log" in told(held.records.check())


def test_a_changed_or_lost_head_is_named(held: archive.Archive) -> None:
    change(held, "UPDATE frontier SET roots = zeroblob(length(roots))")
    assert "the kept head" in told(held.records.check())
    held.close()
    change(held, "DELETE FROM frontier")
    assert "the kept head" in told(held.records.check())
    with pytest.raises(IntegrityError, match="lost its head"):
        held.records.append([sealed(9)], actor=ACTOR, at=AT)


def test_a_planted_trigger_is_named(held: archive.Archive) -> None:
    change(held, "CREATE TRIGGER gone AFTER INSERT ON items BEGIN DELETE FROM items; END")
    assert "another shape: gone" in told(held.records.check())


def test_a_flipped_byte_anywhere_in_a_payload_file_is_named(held: archive.Archive) -> None:
    chance = random.Random(5)
    for path in sorted(path for path in (held.folder / "payloads").rglob("*") if path.is_file())[:2]:
        whole = path.read_bytes()
        path.chmod(0o600)
        for at in {0, 4, 11, 12, 27, 28, len(whole) - 1, chance.randrange(len(whole))}:
            changed = bytearray(whole)
            changed[at] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            assert "payload" in told(held.records.check())
        path.write_bytes(whole + b"\0")
        assert "bytes lie behind the last payload" in told(held.records.check())
        path.write_bytes(whole)
    assert held.records.check().problems == ()


def test_a_lost_payload_file_is_named_and_a_finding_that_lay_in_it_is_not_shown(held: archive.Archive) -> None:
    with closing(sqlite3.connect(held.folder / "records.sqlite")) as connection:
        (file,) = connection.execute("SELECT e.file FROM entries e JOIN findings f ON f.seq = e.seq").fetchone()
    (held.folder / "payloads" / file[:2] / file[2:]).unlink()
    assert "the payload is damaged or missing" in told(held.records.check())
    with pytest.raises(IntegrityError):
        held.records.current(item(0), "sound")
    with pytest.raises(IntegrityError):
        held.records.with_arrays(held.records.findings(item(0)))


def test_a_swapped_finding_is_not_shown_as_current(held: archive.Archive) -> None:
    change(held, "UPDATE entries SET (file, offset_bytes, length_bytes) = (SELECT file, offset_bytes, length_bytes"
                 " FROM entries WHERE seq = 2) WHERE seq = (SELECT seq FROM findings)")  # fmt: skip
    with pytest.raises(IntegrityError, match="not the one that was recorded"):
        held.records.current(item(0), "sound")
    with pytest.raises(IntegrityError, match="not the one that was recorded"):
        held.records.with_arrays(held.records.findings(item(0)))


def test_a_flipped_byte_anywhere_in_the_database_file_is_named_or_lies_in_unused_space(held: archive.Archive) -> None:
    path = held.folder / "records.sqlite"
    whole = path.read_bytes()
    chance = random.Random(11)
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    for _ in range(25):
        held.close()
        changed = bytearray(whole)
        changed[chance.randrange(100, len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            with closing(sqlite3.connect(path)) as connection:
                after = list(connection.iterdump())
        except (sqlite3.Error, UnicodeDecodeError):
            after = []
        try:
            problems = held.records.check().problems
        except IntegrityError:
            continue
        assert problems or after == before
    path.write_bytes(whole)


def test_progress_counts_every_entry(held: archive.Archive) -> None:
    seen: list[tuple[int, int]] = []
    size = held.records.check(progress=lambda done, total: seen.append((done, total))).head.size
    assert seen[-1] == (size, size)
