"""When each sealed file was last hashed, and how runs of verify ended. It saves work and proves nothing."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from firsthand.model.ids import ItemId
from firsthand.model.records import CheckRun, FileCheck
from firsthand.model.time import instant_text
from firsthand.storage import tables
from firsthand.storage.sqlite import Database, upsert

_note = upsert(tables.file_checks, key="item")


class CheckMemory:
    """Implements ports.CheckMemory in tables that are not projected."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.writable = database.writable

    def begin(self, kind: str, *, log_size: int, at: datetime) -> CheckRun:
        """A new run; `end` it, or it counts as interrupted."""
        row = {"kind": kind, "began_at": instant_text(at), "ended_at": "", "log_size": log_size, "passed": 0}
        with self._database.writing() as connection:
            number = connection.execute(sa.insert(tables.runs), row).inserted_primary_key
        return _run(number[0] if number else 0, row)

    def end(self, run: CheckRun, *, passed: bool, at: datetime) -> None:
        """The run came to its end."""
        r = tables.runs
        with self._database.writing() as connection:
            ended = {"ended_at": instant_text(at), "passed": int(passed)}
            connection.execute(sa.update(r).where(r.c.number == run.number).values(**ended))

    def unfinished(self, kind: str) -> CheckRun | None:
        """The latest run of this kind, where it was interrupted."""
        run = self._latest(tables.runs.c.kind == kind)
        return run if run is not None and not run.ended_at else None

    def last_passed(self) -> CheckRun | None:
        """The latest full run that passed."""
        return self._latest(tables.runs.c.kind == "full", tables.runs.c.passed == 1)

    def checks(self) -> tuple[FileCheck, ...]:
        """The latest check of every file that was ever checked."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(tables.file_checks)).all()
        return tuple(FileCheck(item=ItemId(row.item), checked_at=row.checked_at, result=row.result) for row in rows)

    def note(self, checks: Sequence[FileCheck]) -> None:
        """Remembers these, each the latest of its file."""
        if checks:
            rows = [{"item": one.item, "checked_at": one.checked_at, "result": one.result} for one in checks]
            with self._database.writing() as connection:
                connection.execute(_note, rows)

    def _latest(self, *where: sa.ColumnElement[bool]) -> CheckRun | None:
        r = tables.runs
        with self._database.reading() as connection:
            query = sa.select(r).where(*where).order_by(r.c.number.desc()).limit(1)
            row = connection.execute(query).mappings().one_or_none()
        return _run(row["number"], dict(row)) if row is not None else None


def _run(number: int, row: dict[str, object]) -> CheckRun:
    return CheckRun(
        number=number,
        kind=str(row["kind"]),
        began_at=str(row["began_at"]),
        ended_at=str(row["ended_at"]),
        log_size=int(str(row["log_size"])),
        passed=bool(row["passed"]),
    )
