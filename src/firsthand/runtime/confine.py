"""What a child that reads hostile bytes gives up before it reads the first of them."""

import resource
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from firsthand.runtime import landlock, seccomp
from firsthand.runtime.sandbox import SYSTEM_FOLDERS, Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLimits:
    """Bounds of one child. The defaults carry 8k footage: it peaks at some 0.6 GB beside the libraries."""

    address_space_bytes: int = 6 << 30  # mappings, not memory in use: libraries alone map over 1 GB
    data_bytes: int = 3 << 30  # private memory it can write: what it can really use up
    open_files: int = 64
    written_file_bytes: int = 0


def confine(sandbox: Sandbox, limits: ChildLimits | None = None) -> None:
    """Takes away from this process all that decoding does not need: files, connections, programs, processes, memory
    without end. Called once, after everything was imported and before the first foreign byte.

    Raises OSError where a wall of the sandbox cannot be raised: then nothing may be read.
    """
    bound(limits or ChildLimits())
    if "landlock" in sandbox.walls:
        landlock.restrict()
    if "seccomp" in sandbox.walls:
        seccomp.allow_computing_only()


def confine_reader(sandbox: Sandbox, program: Path, limits: ChildLimits) -> None:
    """As `confine`, for a process that must start one program: that program and the system's folders stay readable,
    nothing is written, no connection made. `program` may be a script; what its first line names may be run too."""
    bound(limits)
    if "landlock" in sandbox.walls:
        real = program.resolve()
        landlock.restrict(
            readable=[*SYSTEM_FOLDERS, real.parent / "lib", Path("/dev/null"), Path("/dev/urandom")],
            executable=[program, real, *_interpreters(real)],
        )
    if "seccomp" in sandbox.walls:
        seccomp.refuse_mischief()


def bound(limits: ChildLimits) -> None:
    """The limits the kernel keeps everywhere. The number of processes is left to seccomp: this limit would count
    everything its user runs, and fail on a busy desktop."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, limits.written_file_bytes)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    _lower(resource.RLIMIT_AS, limits.address_space_bytes)
    _lower(resource.RLIMIT_DATA, limits.data_bytes)


def allow_cpu(seconds: float) -> None:
    """From now on this process may use this much more CPU time before the kernel ends it (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + seconds) + 2
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


def _interpreters(script: Path) -> Iterable[Path]:
    """What the kernel runs for this file: the program of its first line, and the loader of dynamic programs."""
    try:
        with script.open("rb") as file:
            head = file.read(256)
    except OSError:
        head = b""
    if head.startswith(b"#!"):
        for word in head[2:].splitlines()[0].split()[:2]:
            named = Path(word.decode("utf-8", "surrogateescape"))
            yield from (named, named.resolve()) if named.is_absolute() else (Path("/usr/bin") / named,)
    for folder in ("/lib", "/lib64", "/usr/lib", "/usr/lib64"):
        for loader in (*Path(folder).glob("ld-*.so*"), *Path(folder).glob("*-linux-gnu/ld-*.so*")):
            yield loader.resolve()


def _lower(which: int, to: int) -> None:
    _, hard = resource.getrlimit(which)
    wanted = to if hard == resource.RLIM_INFINITY else min(to, hard)
    try:
        resource.setrlimit(which, (wanted, wanted))
    except (ValueError, OSError):
        if which not in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
            raise  # macOS does not know these two; the parent's time limit remains
