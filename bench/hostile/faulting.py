"""One fault at one system call of a command, by strace; then: is anything lost, does verify pass, does a rerun end?

The command runs in a fork of this process, so that its modules are loaded once; strace is attached to it, injects the
fault at the n-th call of one kind, and writes down what it met. Only the thread that writes is traced. What decoding
answers is given ready-made: a decoding child writes nothing.
"""

import contextlib
import importlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from firsthand.app import examining
from firsthand.app.examining import Examined, ExamineJob
from firsthand.cli.main import COMMANDS
from firsthand.cli.main import main as firsthand

MUTATING = (
    "write writev pwrite64 pwritev pwritev2 sendfile copy_file_range fsync fdatasync sync_file_range ftruncate "
    "truncate fallocate rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat rmdir mkdir mkdirat "
    "chmod fchmod fchmodat openat open"
)
FAULTS = {"killed": "signal=KILL", "disk full": "error=ENOSPC", "disk fails": "error=EIO"}
_CALL = re.compile(r"^(\w+)\((.*)\)\s+= (.*)$")
_WAIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The nth call of this name in a command; what: its arguments as strace shows them."""

    call: str
    nth: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended: its exit code (below zero: the signal), and what it said."""

    code: int
    out: str
    err: str
    trace: str


def load_commands() -> None:
    """Loads what the commands load when they are called, so that every fork has it."""
    for name, _help in COMMANDS.values():
        importlib.import_module(f"firsthand.cli.{name}")
    for name in ("link.copies", "link.index", "app.linking", "app.examiners"):
        importlib.import_module(f"firsthand.{name}")


def give_answers(examined: Examined) -> None:
    """From now on examining answers this, whatever the item."""

    def examine_job(job: ExamineJob) -> Examined:
        return examined

    examining.examine_job = examine_job


def places(arguments: list[str], archive: Path, scratch: Path) -> list[Place]:
    """Every call of the command that changes something in the archive or beside it, in order."""
    ran = run(arguments, scratch, inject=None)
    counts: dict[str, int] = {}
    found = []
    for line in ran.trace.splitlines():
        if (match := _CALL.match(line)) is None:
            continue
        call, what, _answer = match.groups()
        counts[call] = counts.get(call, 0) + 1
        if str(archive.parent) in what and (call not in ("open", "openat") or "O_CREAT" in what):
            found.append(Place(call=call, nth=counts[call], what=what[:160]))
    return found


def run(arguments: list[str], scratch: Path, *, inject: str | None) -> Ran:
    """Runs the command in a fork under strace. inject: what strace is told, e.g. "fsync:error=EIO:when=3"."""
    out, err, trace = scratch / "out", scratch / "err", scratch / "trace"
    process = os.fork()
    if process == 0:
        _be_the_command(arguments, out, err)
    command = ["strace", "-y", "-s", "0", "-e", f"trace={','.join(MUTATING.split())}", "-e", "signal=none"]
    command += ["-o", str(trace), "-p", str(process)]
    command += ["-e", f"inject={inject}"] if inject else []
    strace = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status = os.waitpid(process, 0)
    strace.wait()
    said = (path.read_text(errors="replace") if path.exists() else "" for path in (out, err, trace))
    return Ran(code=os.waitstatus_to_exitcode(status), out=next(said), err=next(said), trace=next(said))


def run_untouched(arguments: list[str], scratch: Path) -> Ran:
    """Runs the command in a fork, without strace."""
    out, err = scratch / "out", scratch / "err"
    process = os.fork()
    if process == 0:
        _be_the_command(arguments, out, err, traced=False)
    _, status = os.waitpid(process, 0)
    return Ran(
        code=os.waitstatus_to_exitcode(status),
        out=out.read_text(errors="replace"),
        err=err.read_text(errors="replace"),
        trace="",
    )


def _be_the_command(arguments: list[str], out: Path, err: Path, *, traced: bool = True) -> None:
    """Never returns."""
    code = 1
    try:
        for path, number in ((out, 1), (err, 2)):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.stdout, sys.stderr = (
            io.TextIOWrapper(io.FileIO(number, "w", closefd=False), write_through=True) for number in (1, 2)
        )
        until = time.monotonic() + _WAIT_S
        while traced and not _is_traced() and time.monotonic() < until:
            time.sleep(0.002)
        firsthand(arguments)
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 1
    except BaseException as error:  # noqa: BLE001  what it is, is told; nothing of the parent may run on
        with contextlib.suppress(OSError):
            os.write(2, f"BUG {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


def _is_traced() -> bool:
    with open("/proc/self/status") as lines:
        return any(line.startswith("TracerPid:") and line.split()[1] != "0" for line in lines)


@dataclass(slots=True)
class Judged:
    """What one fault did. wrong: in words; empty: everything held."""

    ran: Ran
    hit: bool
    wrong: list[str]


def fault(arguments: list[str], archive: Path, template: Path | None, place: Place, kind: str, scratch: Path) -> Judged:
    """Puts the archive back as it was (template; None: there is none yet), runs with the fault, judges, reruns."""
    put_back(archive, template)
    acknowledged = items_of(archive, scratch)
    ran = run(arguments, scratch, inject=f"{place.call}:{FAULTS[kind]}:when={place.nth}")
    wrong = list(_what_it_said(ran, kind))
    hit = "(INJECTED)" in ran.trace or ran.code == -9
    if ran.code == 0:
        acknowledged |= _sealed_by(ran)
    if (archive / "archive.toml").exists():
        checked = run_untouched(["verify", "--archive", str(archive)], scratch)
        if checked.code != 0:
            wrong.append(f"verify ended with {checked.code}: {checked.out[-300:]} {checked.err[-300:]}")
        if lost := acknowledged - items_of(archive, scratch):
            wrong.append(f"lost: {lost}")
    again = run_untouched(arguments, scratch)
    if again.code not in (0, 4) or (again.code == 4 and ran.code != 0 and kind == "killed"):
        wrong.append(f"the rerun ended with {again.code}: {again.err[-300:]}")
    checked = run_untouched(["verify", "--archive", str(archive)], scratch)
    if checked.code != 0:
        wrong.append(f"verify after the rerun ended with {checked.code}: {checked.out[-300:]} {checked.err[-300:]}")
    return Judged(ran=ran, hit=hit, wrong=wrong)


def items_of(archive: Path, scratch: Path) -> set[str]:
    """Items the archive's takes name, as a script would ask."""
    if not (archive / "archive.toml").exists():
        return set()
    told = run_untouched(["takes", "--case", "faults", "--archive", str(archive), "--json"], scratch)
    if told.code != 0:
        return set()
    return {one["item"] for take in json.loads(told.out)["takes"] for one in take["items"]}


def _sealed_by(ran: Ran) -> set[str]:
    try:
        return {one["item"] for one in json.loads(ran.out).get("items", ()) if one["item"]}
    except ValueError:
        return set()


def _what_it_said(ran: Ran, kind: str) -> Iterator[str]:
    if kind == "killed" or ran.code == 0:
        return
    if "BUG" in ran.err or "Traceback" in ran.err:
        yield f"a bug instead of a message: {ran.err[-400:]}"
    elif "next_step" not in ran.out and "next:" not in ran.err:
        yield f"no next step was told (exit {ran.code}): {ran.err[-300:]} {ran.out[-300:]}"


def put_back(archive: Path, template: Path | None) -> None:
    """The archive as it was before: a copy of the template, or none. Nothing else is left beside it."""
    for rest in archive.parent.iterdir():
        if rest != template and rest.is_dir():
            shutil.rmtree(rest)
    if template is not None:
        shutil.copytree(template, archive)
