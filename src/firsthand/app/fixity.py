"""Fixity: sealed files are hashed again, as fast as the disk gives or as slowly as asked; how far it came is kept."""

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from firsthand.app.desk import Desk
from firsthand.model.errors import ArchiveError, IntegrityError
from firsthand.model.ids import ItemId, sha256_of
from firsthand.model.records import CheckRun, FileCheck, Item
from firsthand.model.time import instant_text, parse_instant
from firsthand.ports import Problem, Progress

GOOD = "good"
_BLOCK_BYTES = 1 << 20
_REMEMBER_EVERY_S = 5.0  # what an interrupted run has to do again is at most this


def new_ones(items: Iterable[Item], checks: Iterable[FileCheck]) -> list[Item]:
    """Items never found good."""
    good = {check.item for check in checks if check.result == GOOD}
    return [item for item in items if item.id not in good]


def due_ones(desk: Desk, items: Iterable[Item], checks: Iterable[FileCheck]) -> list[Item]:
    """Items whose last good check is older than the schedule allows, the longest unchecked first. One dated later
    than now (the clock was ahead) counts as none: it would hold for longer than it should."""
    now = desk.clock.now()
    before = instant_text(now - timedelta(days=desk.custody.schedule.every_days))
    last = {
        check.item: check.checked_at
        for check in checks
        if check.result == GOOD and check.checked_at <= instant_text(now)
    }
    return sorted((item for item in items if last.get(item.id, "") <= before), key=lambda item: last.get(item.id, ""))


def left_ones(items: Iterable[Item], checks: Iterable[FileCheck], run: CheckRun) -> list[Item]:
    """Items that an interrupted run had not found good yet."""
    done = {check.item for check in checks if check.result == GOOD and check.checked_at >= run.began_at}
    return [item for item in items if item.id not in done]


def hash_again(
    desk: Desk, items: Sequence[Item], *, at_most_bytes_per_s: float, progress: Progress
) -> tuple[Problem, ...]:
    """Hashes the sealed files of these items; a file that cannot be read is a problem like one that was altered."""
    problems: list[Problem] = []
    checks: list[FileCheck] = []
    pace, remembered_at = _Pace(at_most_bytes_per_s), time.monotonic()
    progress.begin("hashing", sum(item.bytes for item in items), "bytes")
    try:
        for item in items:
            problem = _problem(desk, item, pace, progress)
            problems += [problem] if problem else []
            result = problem.what if problem else GOOD
            checks.append(FileCheck(item=item.id, checked_at=instant_text(desk.clock.now()), result=result))
            if time.monotonic() - remembered_at > _REMEMBER_EVERY_S:
                _remember(desk, checks)
                remembered_at = time.monotonic()
    finally:  # also when stopped by Ctrl-C: --resume goes on from here
        _remember(desk, checks)
    progress.end()
    return tuple(problems)


def sizes_differ(desk: Desk, items: Iterable[Item]) -> Iterator[Problem]:
    """Items whose sealed file is missing or has another size; nothing is read."""
    for item in items:
        try:
            with desk.sealed.open(item.id) as file:
                size = file.seek(0, 2)
        except (IntegrityError, OSError) as error:
            yield _unreadable(item.id, error)
            continue
        if size != item.bytes:
            yield _other_size(item, size)


def oldest_check(desk: Desk, items: Sequence[Item]) -> str:
    """The date of the check that lies longest back; empty where an item was never checked."""
    last = {check.item: check.checked_at for check in desk.custody.checked.checks() if check.result == GOOD}
    return min((last.get(item.id, "") for item in items), default="")


def last_check(desk: Desk, item: ItemId) -> FileCheck | None:
    """When the item's sealed file was last hashed."""
    return next((check for check in desk.custody.checked.checks() if check.item == item), None)


def is_old(desk: Desk, checked_at: str) -> bool:
    """Whether a check at this instant is older than the schedule allows."""
    return desk.clock.now() - parse_instant(checked_at) > timedelta(days=desk.custody.schedule.every_days)


def _problem(desk: Desk, item: Item, pace: "_Pace", progress: Progress) -> Problem | None:
    digest, count = hashlib.sha256(), 0
    block = memoryview(bytearray(_BLOCK_BYTES))
    try:
        with desk.sealed.open(item.id) as file:
            while read := file.readinto(block):  # type: ignore[attr-defined]
                digest.update(block[:read])
                count += read
                progress.advance(read)
                pace.after(read)
    except (IntegrityError, OSError) as error:
        progress.advance(max(0, item.bytes - count))
        return _unreadable(item.id, error)
    if digest.hexdigest() != sha256_of(item.id):
        found = f"sha256:{digest.hexdigest()}"
        return Problem(what="sealed file was altered", where=item.id, expected=item.id, found=found)
    return None if count == item.bytes else _other_size(item, count)


def _unreadable(item: ItemId, error: Exception) -> Problem:
    return Problem(what="sealed file cannot be read", where=item, found=getattr(error, "why", str(error)))


def _other_size(item: Item, size: int) -> Problem:
    return Problem(what="sealed file has another size", where=item.id, expected=str(item.bytes), found=str(size))


def _remember(desk: Desk, checks: list[FileCheck]) -> None:
    if desk.custody.checked.writable and checks:
        try:
            desk.custody.checked.note(checks)
        except ArchiveError:
            return  # the result is told either way; only the date of the check is lost
        checks.clear()


class _Pace:
    """Keeps reading below a rate by sleeping; 0: no limit."""

    def __init__(self, bytes_per_s: float) -> None:
        self._rate, self._began, self._read = bytes_per_s, time.monotonic(), 0

    def after(self, count: int) -> None:
        if self._rate:
            self._read += count
            time.sleep(max(0.0, self._read / self._rate - (time.monotonic() - self._began)))
