"""Verify: sealed files are hashed, the log is replayed, checkpoints are held against it; what differs is named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from firsthand.app.desk import Desk
from firsthand.app.fixity import due_ones, hash_again, left_ones, new_ones, oldest_check, sizes_differ
from firsthand.app.witnesses import witness
from firsthand.model.errors import ArchiveError, IntegrityError, NothingMatched
from firsthand.model.records import CheckRun
from firsthand.ports import LogHead, Problem, Progress, RecordsCheck

Kind = Literal["full", "quick", "due"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What verify is asked for. at_most_bytes_per_s: None for the schedule's.

    full: everything. quick: all entries, every file's size; hashes and payloads only of what no run has checked.
    due: files whose last check is older than the schedule allows. against: notes kept outside the archive, with where
    they were read; keys: public keys kept outside it.
    """

    kind: Kind = "full"
    resume: bool = False
    at_most_bytes_per_s: float | None = None
    against: tuple[tuple[str, bytes], ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked, and every problem by name. passed: there is none."""

    kind: Kind
    passed: bool
    files_checked: int
    entries_checked: int
    rows_checked: int
    checkpoints_checked: int
    erased: tuple[str, ...]
    head: LogHead
    signed_by: str
    stamped_at: str
    oldest_check_at: str  # of all sealed files; empty where one was never checked
    problems: tuple[Problem, ...]
    not_checked: tuple[str, ...]


def verify(desk: Desk, *, progress: Progress, asked: Asked | None = None) -> Verified:
    """Checks the archive. Changes nothing in it but the dates of the last checks.

    Raises NothingMatched where --resume finds no interrupted run.
    """
    asked = asked or Asked()
    memory = desk.custody.checked
    items, checks = desk.records.sealed_items(), memory.checks()
    run = _run(desk, asked)
    wanted = list(items)
    if asked.resume and run is not None:
        wanted = left_ones(items, checks, run)
    elif asked.kind == "quick":
        wanted = new_ones(items, checks)
    elif asked.kind == "due":
        wanted = due_ones(desk, items, checks)
    speed = asked.at_most_bytes_per_s
    limit = desk.custody.schedule.at_most_bytes_per_s if speed is None else speed

    problems = list(sizes_differ(desk, items)) if asked.kind == "quick" else []
    named = {one.where for one in problems}
    hashed = hash_again(desk, wanted, at_most_bytes_per_s=limit, progress=progress)
    problems += [one for one in hashed if one.where not in named]
    check = _log(desk, asked.kind, progress)
    witnessed = witness(desk, against=asked.against, keys=asked.keys)
    problems += [*check.problems, *witnessed.problems]

    if run is not None:
        _end(desk, run, passed=not problems)
    skipped = len(items) - len(wanted)
    told = [f"{skipped} sealed files: hashed by an earlier run"] if skipped else []
    return Verified(
        kind=asked.kind,
        passed=not problems,
        files_checked=len(wanted),
        entries_checked=check.entries_checked,
        rows_checked=check.rows_checked,
        checkpoints_checked=witnessed.checked,
        erased=check.erased,
        head=check.head,
        signed_by=witnessed.signed_by,
        stamped_at=witnessed.stamped_at,
        oldest_check_at=oldest_check(desk, items),
        problems=tuple(problems),
        not_checked=(*told, *_strangers(desk), *check.not_checked, *witnessed.not_checked),
    )


def _run(desk: Desk, asked: Asked) -> CheckRun | None:
    """The run as it is remembered; None on a disk that cannot be written."""
    memory = desk.custody.checked
    if asked.resume:
        run = memory.unfinished(asked.kind)
        if run is None:
            raise NothingMatched(
                desk.place, why="no run of verify was interrupted here", next_step="firsthand verify begins one"
            )
        return run
    if not memory.writable:
        return None
    try:
        return memory.begin(asked.kind, log_size=desk.records.head().size, at=desk.clock.now())
    except (ArchiveError, IntegrityError):
        return None  # a full or damaged disk must be looked at, not stop the looking


def _end(desk: Desk, run: CheckRun, *, passed: bool) -> None:
    try:
        desk.custody.checked.end(run, passed=passed, at=desk.clock.now())
    except (ArchiveError, IntegrityError):
        return


def _log(desk: Desk, kind: Kind, progress: Progress) -> RecordsCheck:
    progress.begin("replaying" if kind == "full" else "reading the log", desk.records.head().size, "entries")
    done = 0

    def told(entries: int, _total: int) -> None:
        nonlocal done
        progress.advance(entries - done)
        done = entries

    check = _checked(desk, kind, told)
    progress.end()
    return check


def _checked(desk: Desk, kind: Kind, told: Callable[[int, int], None]) -> RecordsCheck:
    if kind == "full":
        return desk.records.check(told)
    last = desk.custody.checked.last_passed()
    return desk.records.check_quickly(last.log_size if last is not None else 0, told)


def _strangers(desk: Desk) -> Sequence[str]:
    known = {item.id for item in desk.records.sealed_items()}
    strangers = [
        f"{stray}: sealed, but no entry names it (an interrupted add: add it again)"
        for stray in desk.sealed.items()
        if stray not in known
    ]
    return [*strangers, *(f"{name}: lies among the sealed files and is none" for name in desk.sealed.leftovers())]
