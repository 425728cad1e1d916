"""Records on SQLite: many writers, kills, disks that refuse."""

import errno
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from firsthand.model.errors import ArchiveError
from firsthand.model.events import ArchiveMade
from firsthand.ports import Records
from firsthand.storage import archive, payloads, schema, tables
from firsthand.storage.records import SqlRecords
from firsthand.storage.sqlite import Database, make_file
from tests.storage.events import ACTOR, AT, SOUND, item, opened, sealed
from tests.storage.records_suite import RecordsSuite

_counter = itertools.count()


def empty_records(folder: Path) -> SqlRecords:
    """Records whose log has no entry yet."""
    folder = folder / f"empty_{next(_counter)}"
    folder.mkdir()
    make_file(folder / "records.sqlite")
    database = Database(folder / "records.sqlite", writable=True)
    archive._bring_up_to_date(database, str(folder))
    return SqlRecords(database, folder / "payloads")


class TestSqliteRecords(RecordsSuite):
    @pytest.fixture(autouse=True)
    def _in_folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    @pytest.fixture
    def records(self) -> Iterator[Records]:
        records = empty_records(self.folder)
        yield records
        records.close()

    def fresh(self) -> Records:
        return empty_records(self.folder)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[archive.Archive]:
    """A new archive with one entry."""
    made = ArchiveMade(format=archive.FORMAT, made_with="test")
    held = archive.create(tmp_path / "archive", first=made, actor=ACTOR, at=AT)
    yield held
    held.close()


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from firsthand.storage import archive
from tests.storage.events import ACTOR, CASE, arrived, finding, opened, sealed, sound
held = archive.open(Path(sys.argv[1]))
first, count = int(sys.argv[2]), int(sys.argv[3])
for number in range(first, first + count):
    made = finding(number, sound(), finding=f"finding_{number}")
    events = [sealed(number), arrived(number, arrival=f"arrival_{number}"), made]
    held.records.append(events, actor=ACTOR, at=datetime.now(UTC))
    print(number, flush=True)
"""


def writer(held: archive.Archive, first: int, count: int) -> "subprocess.Popen[str]":
    """A process of its own that seals items and says so when it is done with each."""
    roots = [str(Path(archive.__file__).parents[2]), str(Path(__file__).parents[2])]
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(held.folder), str(first), str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(roots)},
    )


@pytest.mark.slow
def test_eight_processes_append_at_once_without_gap_or_loss(held: archive.Archive) -> None:
    held.records.append([opened()], actor=ACTOR, at=AT)
    writers = [writer(held, first=number * 100, count=12) for number in range(8)]
    for one in writers:
        one.communicate(timeout=120)
        assert one.returncode == 0
    checked = held.records.check()
    assert checked.entries_checked == 2 + 8 * 12 * 3
    assert checked.problems == ()
    assert checked.not_checked == ()
    assert {one.id for one in held.records.items()} == {item(n * 100 + m) for n in range(8) for m in range(12)}


@pytest.mark.parametrize("round_", range(4))
def test_killed_at_any_point_what_was_acknowledged_is_there_and_verifies(held: archive.Archive, round_: int) -> None:
    held.records.append([opened()], actor=ACTOR, at=AT)
    after_s = random.Random(round_).uniform(0, 0.12)
    with writer(held, first=0, count=100_000) as one:
        assert one.stdout is not None
        acknowledged = [one.stdout.readline()]
        time.sleep(after_s)
        one.send_signal(signal.SIGKILL)
        acknowledged += one.stdout.read().split("\n")[:-1]
    again = archive.open(held.folder)
    there = {one.id for one in again.records.items()}
    assert {item(int(number)) for number in acknowledged} <= there
    checked = again.records.check()
    assert checked.problems == ()
    assert checked.entries_checked == 2 + 3 * len(there)
    assert len(checked.not_checked) <= 1
    assert len(again.records.append([sealed(10**6)], actor=ACTOR, at=AT)) == 1
    again.close()


@pytest.mark.parametrize("call", ["write_all", "flush_file", "flush_folder", "make_folder"])
def test_a_full_disk_is_named_and_nothing_is_recorded(
    held: archive.Archive, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = held.records.head()
    with monkeypatch.context() as broken:
        broken.setattr(payloads, call, refuse)
        with pytest.raises(ArchiveError, match="No space left") as told:
            held.records.append([sealed(0)], actor=ACTOR, at=AT)
    assert "make room" in told.value.next_step
    assert held.records.head() == before
    assert held.records.check().problems == ()
    held.records.append([sealed(0)], actor=ACTOR, at=AT)
    assert held.records.head().size == before.size + 1


def test_a_payload_file_without_an_entry_is_listed_and_is_no_problem(held: archive.Archive) -> None:
    lost = payloads.PayloadFiles(held.folder / "payloads").write([payloads.salted(b"cut short")])[0].file
    checked = held.records.check()
    assert checked.problems == ()
    assert [lost in one for one in checked.not_checked] == [True]


def test_queries_are_answered_from_indexes(held: archive.Archive) -> None:
    held.records.append([opened(), *(sealed(number) for number in range(50))], actor=ACTOR, at=AT)
    asked: list[str] = []
    engine = held.records._database.engine
    sa.event.listen(engine, "before_cursor_execute", lambda c, cur, text, p, ctx, many: asked.append(text))
    assert len(held.records.missing([SOUND])) == 50
    held.records.find_items("0123")
    held.records.arrived(opened().case, "/a")
    held.records.findings(item(1))
    held.records.copies([item(1), item(2)])
    questions = [text for text in asked if text.startswith(("SELECT", "WITH"))]
    assert len(questions) == 5
    with held.records._database.reading() as connection:
        for question in [
            sa.select(tables.findings.c.seq).where(tables.findings.c.item == "x"),
            sa.select(tables.arrivals.c.seq).where(tables.arrivals.c.path == "x"),
            sa.select(tables.arrivals.c.seq).where(tables.arrivals.c.name == "x"),
            sa.select(tables.copies.c.seq).where(tables.copies.c.a_item == "x"),
        ]:
            spelled = str(question.compile(engine, compile_kwargs={"literal_binds": True}))
            plan = str(connection.exec_driver_sql("EXPLAIN QUERY PLAN " + spelled).all())
            assert "USING" in plan
            assert "INDEX" in plan


def test_the_migrations_make_just_the_tables_that_are_read_and_written(held: archive.Archive) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with held.records._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_every_migration_is_listed_in_order() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    steps = ScriptDirectory.from_config(config).walk_revisions()
    assert [step.revision for step in steps] == list(reversed(schema.REVISIONS))
