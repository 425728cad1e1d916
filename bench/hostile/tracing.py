"""What strace saw a child and its helpers open, connect to and start after their walls went up."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from firsthand.runtime.sandbox import SYSTEM_FOLDERS
from firsthand.runtime.seccomp import computing_only

CALLS = (
    "open,openat,openat2,creat,connect,socket,bind,execve,execveat,unlink,unlinkat,rename,renameat,renameat2,link,linkat,"
    "symlink,symlinkat,mkdir,mkdirat,chmod,fchmodat,truncate,clone,fork,vfork,clone3,seccomp"
)
_LINE = re.compile(r"^(\d+)\s+(\w+)\((.*?)(?:\)\s+= (-?\d+|\?)(.*)| <unfinished \.\.\.>)$")
_RESUMED = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+|\?)(.*)$")


_OUTSIDE = re.compile(r"/\* (\d+) in strace's PID NS \*/")


@dataclass(slots=True)
class CameThrough:
    """child: calls of decoding children that succeeded behind their walls; child_attempts: those that were refused.

    reader: files ExifTool and its starter opened outside programs' own folders, connections, things changed.
    """

    child: list[str] = field(default_factory=list)
    child_attempts: int = 0
    reader: list[str] = field(default_factory=list)
    reader_opens: int = 0


@contextmanager
def traced(program: list[str]) -> Iterator[tuple[int, Path]]:
    """Runs the program under strace; its exit code and the log, which is there for the time of the block."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "strace")
        done = subprocess.run(
            [
                "strace",
                "-f",
                "--pidns-translation",
                "-qq",
                "-s",
                "200",
                "-o",
                str(log),
                "-e",
                f"trace={CALLS}",
                "-e",
                "signal=none",
                *program,
            ],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )
        yield done.returncode, log


def came_through(log: Path) -> CameThrough:
    """Reads strace's log. A process is behind its walls from its own seccomp call on; what it starts is so at once."""
    seen = CameThrough()
    behind: dict[str, str] = {}  # pid → "child" or "reader"
    begun: dict[tuple[str, str], str] = {}
    with log.open(errors="replace") as lines:
        for line in lines:
            if match := _LINE.match(line.rstrip("\n")):
                pid, call, arguments, answer, rest = match.groups()
                if answer is None:
                    begun[pid, call] = arguments
                    continue
            elif match := _RESUMED.match(line.rstrip("\n")):
                pid, call, more, answer, rest = match.groups()
                arguments = begun.pop((pid, call), "") + more
            else:
                continue
            _judge(seen, behind, pid=pid, call=call, arguments=arguments, answer=answer, rest=rest)
    return seen


def _judge(
    seen: CameThrough, behind: dict[str, str], *, pid: str, call: str, arguments: str, answer: str, rest: str
) -> None:
    role = behind.get(pid)
    if call in ("clone", "fork", "vfork", "clone3") and (outside := _OUTSIDE.search(rest or "")):
        answer = outside[1]  # behind bubblewrap a process is told another number than the one we see
    if call == "seccomp":
        if "SET_MODE_FILTER" in arguments and answer == "0":
            behind[pid] = "child" if _computing_only(arguments) else "reader"
    elif call in ("clone", "fork", "vfork", "clone3"):
        if role is not None and answer.isdigit() and int(answer) > 0 and "CLONE_THREAD" not in arguments:
            behind[answer] = role
            if role == "child":
                seen.child.append(f"{call}({arguments})")
        elif role is not None and answer.isdigit() and int(answer) > 0:
            behind[answer] = role
        elif role == "child":
            seen.child_attempts += 1
    elif role == "child":
        if answer.startswith("-"):
            seen.child_attempts += 1
        else:
            seen.child.append(f"{call}({arguments}) = {answer}{rest}")
    elif role == "reader" and not answer.startswith("-"):
        _judge_reader(seen, call, arguments)


def _judge_reader(seen: CameThrough, call: str, arguments: str) -> None:
    path = next(iter(re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)), "")
    if call in ("open", "openat"):
        seen.reader_opens += 1
        allowed = (*map(str, SYSTEM_FOLDERS), "/proc/self/fd/", "/dev/null", "/dev/urandom")
        if not path.startswith(allowed) or re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC)", arguments):
            seen.reader.append(f"{call}({arguments})")
    elif call != "execve" or not path.endswith(("exiftool", "perl")):
        seen.reader.append(f"{call}({arguments})")


def _computing_only(arguments: str) -> bool:
    """The child's filter refuses by default, so its last instruction refuses; strace tells only the length."""
    length = re.search(r"len=(\d+)", arguments)
    return length is not None and int(length[1]) == len(computing_only())
