"""One fault at one system call of a command; then: is anything lost, does verify pass, does a rerun come to its end?

Each run is a fork of this process, so that its modules are loaded once; the shim lets the nth call that changes a file
fail, or kills the process at it. What decoding answers is given ready-made: a decoding child writes nothing.
"""

import contextlib
import errno
import importlib
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bench.hostile.shim import arm
from firsthand.app import examining
from firsthand.app.examining import Examined, ExamineJob
from firsthand.cli.main import COMMANDS
from firsthand.cli.main import main as firsthand
from firsthand.ledger.entries import read_entry
from firsthand.storage.check import shape_as_made

KILLED, FULL, FAILS = "killed", "disk full", "disk fails"
FAULTS = {KILLED: 0, FULL: errno.ENOSPC, FAILS: errno.EIO}
MUTATING = (
    "write,writev,pwrite64,pwritev,pwritev2,sendfile,copy_file_range,fsync,fdatasync,ftruncate,truncate,fallocate,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,chmod,fchmod,fchmodat,"
    "openat"
)
_CALL = re.compile(r"^\d+ +(\w+)\((.*)\)\s+= ")
_WAIT_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A command that writes, and what it begins with. template: a folder that becomes `Rig.work`; None: nothing.

    gone: bytes that must lie nowhere under `Rig.work` once the command has come to its end.
    """

    title: str
    command: tuple[str, ...]
    template: Path | None
    gone: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """work: where archive, keys and output lie while commands run; scratch: where what they say is kept."""

    work: Path
    scratch: Path

    @property
    def archive(self) -> Path:
        return self.work / "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended: its exit code (below zero: the signal), what it said, and the calls the shim told of."""

    code: int
    out: str
    err: str
    calls: tuple[str, ...] = ()


@dataclass(slots=True)
class Judged:
    """What one fault did. met: the call that got it; None: there was none. wrong: in words; empty: all held."""

    ran: Ran
    met: str | None
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The entry log as it lies on the disk: leaves in order, and how many there are of each kind."""

    leaves: tuple[bytes, ...] = ()

    def kinds_after(self, other: "Log") -> Counter[str]:
        """Kinds of the entries that `other`, an earlier state, has not."""
        return Counter(read_entry(leaf).kind for leaf in self.leaves[len(other.leaves) :])


def load_commands() -> None:
    """Loads what the commands load when they are called, so that every fork has it."""
    for name, _help in COMMANDS.values():
        importlib.import_module(f"firsthand.cli.{name}")
    for name in (
        "link.copies", "link.index", "app.linking", "app.examiners", "app.wiring", "app.deciding_offsets",
        "app.moment_exports", "app.moment_pictures", "app.reporting", "app.proving",
    ):  # fmt: skip
        importlib.import_module(f"firsthand.{name}")
    for name in ("alembic.command", "cryptography.hazmat.primitives.asymmetric.ed25519", "rich.progress"):
        importlib.import_module(name)
    shape_as_made()


def give_answers(examined: Examined, sound: bytes) -> None:
    """From now on examining answers this and keeps this sound (FLAC), whatever the item."""

    def examine_job(job: ExamineJob) -> Examined:
        if not job.soundtracks.holds(job.item):
            job.soundtracks.keep(job.item, sound)
        answers = tuple(one for one in examined.answers if one[0] in job.engines)
        return Examined(answers=answers, environment=examined.environment)

    examining.examine_job = examine_job


def fault(scenario: Scenario, rig: Rig, *, nth: int, kind: str, wanted: Counter[str]) -> Judged:
    """Puts everything back as it was, runs with the fault, judges, runs again, judges again.

    wanted: the kinds of entries that the command writes when nothing fails.
    """
    put_back(scenario, rig)
    before = log_of(rig.archive)
    ran = run(scenario.command, rig, nth=nth, error=FAULTS[kind])
    met = ran.calls[0] if ran.calls else None
    judged = Judged(ran=ran, met=met)
    judged.wrong += _what_it_said(ran, kind)
    if met is None:
        return judged
    after = log_of(rig.archive)
    judged.wrong += _lost(before, after)
    if ran.code == 0 and (missing := wanted - after.kinds_after(before)):
        judged.wrong.append(f"acknowledged, and not in the log: {dict(missing)}")
    if (rig.archive / "archive.toml").exists():
        judged.wrong += _verified(rig, "verify")
    again = run(scenario.command, rig)
    is_done = not wanted - log_of(rig.archive).kinds_after(before)
    if again.code != 0 and not (is_done and again.code in (2, 3, 4)):
        judged.wrong.append(f"the rerun ended with {again.code}: {again.err[-300:]} {again.out[-300:]}")
    judged.wrong += _what_it_said(again, kind)
    whole = log_of(rig.archive)
    judged.wrong += _lost(after, whole)
    if missing := wanted - whole.kinds_after(before):
        judged.wrong.append(f"after the rerun the log lacks: {dict(missing)}")
    judged.wrong += _verified(rig, "verify after the rerun")
    if scenario.gone and (left := list(_holding(rig.work, scenario.gone))):
        judged.wrong.append(f"after the rerun what was erased lies in {left}")
    return judged


def run(command: tuple[str, ...], rig: Rig, *, nth: int = 0, error: int = 0, everything: bool = False) -> Ran:
    """Runs the command in a fork. nth: the call that gets the fault; 0: none; everything: every call is told of."""
    process = _start(command, rig, nth=nth, error=error, everything=everything, traced=False)
    _, status = os.waitpid(process, 0)
    return said(os.waitstatus_to_exitcode(status), rig)


def seen_by_strace(scenario: Scenario, rig: Rig) -> tuple[Counter[str], Counter[str]]:
    """(calls the shim tells of, calls strace tells of), by name, of one run without a fault."""
    put_back(scenario, rig)
    process = _start(scenario.command, rig, nth=0, error=0, everything=True, traced=True)
    log = rig.scratch / "strace"
    command = ["strace", "-f", "-y", "-s", "0", "-e", f"trace={MUTATING}", "-e", "signal=none", "-o", str(log)]
    with subprocess.Popen([*command, "-p", str(process)], stderr=subprocess.DEVNULL):
        _, status = os.waitpid(process, 0)
    ran = said(os.waitstatus_to_exitcode(status), rig)
    theirs = Counter[str]()
    for line in log.read_text(errors="replace").splitlines():
        found = _CALL.match(line)
        if found and str(rig.work) in found[2] and (found[1] != "openat" or "O_CREAT" in found[2]):
            theirs[found[1]] += 1
    return Counter(line.split()[0] for line in ran.calls), theirs


def said(code: int, rig: Rig) -> Ran:
    """What the command left in the scratch folder."""
    out, err, calls = ((rig.scratch / name).read_text(errors="replace") for name in ("out", "err", "calls"))
    return Ran(code=code, out=out, err=err, calls=tuple(calls.splitlines()))


def _start(command: tuple[str, ...], rig: Rig, *, nth: int, error: int, everything: bool, traced: bool) -> int:
    """The process id of a fork that runs the command; traced: as soon as a tracer is there."""
    process = os.fork()
    if process == 0:
        _be_the_command(list(command), rig, nth, error, everything, traced)
    return process


def _be_the_command(arguments: list[str], rig: Rig, nth: int, error: int, everything: bool, traced: bool) -> None:
    """Never returns."""
    code = 1
    try:
        signal.alarm(_WAIT_S)
        for name, number in (("out", 1), ("err", 2)):
            descriptor = os.open(rig.scratch / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(descriptor, number)
            os.close(descriptor)
        calls = os.open(rig.scratch / "calls", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        sys.stdout, sys.stderr = (
            io.TextIOWrapper(io.FileIO(number, "w", closefd=False), write_through=True) for number in (1, 2)
        )
        while traced and "TracerPid:\t0" in Path("/proc/self/status").read_text():
            time.sleep(0.002)
        arm(rig.work, nth=nth, error=error, descriptor=calls, everything=everything)
        firsthand(arguments)
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 1
    except BaseException as bug:  # noqa: BLE001  what it is, is told; nothing of the parent may run on
        with contextlib.suppress(OSError):
            os.write(2, f"BUG {type(bug).__name__}: {bug}\n".encode())
    finally:
        os._exit(code)


def log_of(archive: Path) -> Log:
    """The log, read past firsthand; empty where there is no archive yet."""
    path = archive / "records.sqlite"
    if not (archive / "archive.toml").exists():
        return Log()
    with closing(sqlite3.connect(path)) as connection:
        return Log(leaves=tuple(leaf for (leaf,) in connection.execute("SELECT leaf FROM entries ORDER BY seq")))


def _lost(before: Log, after: Log) -> Iterator[str]:
    if after.leaves[: len(before.leaves)] != before.leaves:
        kept = sum(one == other for one, other in zip(before.leaves, after.leaves, strict=False))
        yield f"lost: of {len(before.leaves)} acknowledged entries {kept} are there"


def _verified(rig: Rig, what: str) -> Iterator[str]:
    checked = run(("verify", "--archive", str(rig.archive)), rig)
    if checked.code != 0:
        yield f"{what} ended with {checked.code}: {checked.out[-400:]} {checked.err[-300:]}"


def _what_it_said(ran: Ran, kind: str) -> Iterator[str]:
    if "BUG" in ran.err or "Traceback" in ran.err:
        yield f"a bug instead of a message: {ran.err[-600:]}"
    elif ran.code == 0 or (kind == KILLED and ran.code == -signal.SIGKILL):
        return
    elif not _next_step(ran):
        yield f"no next step was told (exit {ran.code}): {ran.err[-300:]} {ran.out[-300:]}"


def _next_step(ran: Ran) -> bool:
    with contextlib.suppress(ValueError):
        return bool(json.loads(ran.out)["next_step"]) if "next_step" in ran.out else "next" in ran.err.lower()
    return "next" in ran.err.lower()


def _holding(folder: Path, needle: bytes) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and needle in path.read_bytes():
            yield str(path.relative_to(folder))


def put_back(scenario: Scenario, rig: Rig) -> None:
    """Everything as it was before: a copy of the template, or nothing."""
    if rig.work.exists():
        shutil.rmtree(rig.work)
    if scenario.template is None:
        rig.work.mkdir()
    else:
        shutil.copytree(scenario.template, rig.work)
