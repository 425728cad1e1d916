"""Verify: every sealed file is hashed again, the log is replayed, and what differs is named."""

import hashlib
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.model.errors import IntegrityError
from firsthand.model.ids import ItemId, sha256_of
from firsthand.ports import LogHead, Problem, Progress

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked, and every problem by name. passed: there is none."""

    passed: bool
    files_checked: int
    entries_checked: int
    rows_checked: int
    erased: tuple[str, ...]
    head: LogHead
    problems: tuple[Problem, ...]
    not_checked: tuple[str, ...]


def verify(desk: Desk, *, progress: Progress) -> Verified:
    """Checks the archive as a whole. Changes nothing."""
    items = desk.records.items()
    problems: list[Problem] = []
    progress.begin("hashing", sum(item.bytes for item in items), "bytes")
    for item in items:
        problem = _file_problem(desk, item.id, item.bytes)
        problems += [problem] if problem else []
        progress.advance(item.bytes)
    progress.end()

    progress.begin("replaying", desk.records.head().size, "entries")
    done = 0

    def replayed(entries: int, _total: int) -> None:
        nonlocal done
        progress.advance(entries - done)
        done = entries

    check = desk.records.check(replayed)
    progress.end()

    known = {item.id for item in items}
    strangers = [
        f"{stray}: sealed, but no entry names it (an interrupted add: add it again)"
        for stray in desk.sealed.items()
        if stray not in known
    ]
    leftovers = [f"{name}: lies among the sealed files and is none" for name in desk.sealed.leftovers()]
    problems += check.problems
    return Verified(
        passed=not problems,
        files_checked=len(items),
        entries_checked=check.entries_checked,
        rows_checked=check.rows_checked,
        erased=check.erased,
        head=check.head,
        problems=tuple(problems),
        not_checked=(*strangers, *leftovers, *check.not_checked),
    )


def _file_problem(desk: Desk, item: ItemId, expected_bytes: int) -> Problem | None:
    digest, count = hashlib.sha256(), 0
    try:
        with desk.sealed.open(item) as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
                count += len(block)
    except (IntegrityError, OSError) as error:
        return Problem(what="sealed file cannot be read", where=item, expected=item, found=str(error))
    if digest.hexdigest() != sha256_of(item):
        return Problem(what="sealed file was altered", where=item, expected=item, found=f"sha256:{digest.hexdigest()}")
    if count != expected_bytes:
        return Problem(what="size in the records differs", where=item, expected=str(expected_bytes), found=str(count))
    return None
