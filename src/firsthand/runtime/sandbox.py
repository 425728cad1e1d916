"""Which walls stand round a child that reads hostile bytes: the strongest this machine has, chosen once at start.

bubblewrap  namespaces: no network, no other process, no folder but programs' own (an installed program, bwrap)
landlock    the kernel refuses to open files and make connections (Linux 5.13 and later)
seccomp     the kernel refuses calls that computing does not need (Linux, x86_64 and aarch64)
rlimits     bounds on memory, CPU time, open files, size of written files (everywhere)
"""

import functools
import os
import shutil
import site
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from firsthand.runtime import landlock, seccomp

WALLS = ("bubblewrap", "landlock", "seccomp", "rlimits")
_TRIAL_S = 20.0
# Programs and their libraries: the system's, never a person's.
SYSTEM_FOLDERS = tuple(
    Path(name) for name in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/perl",
                            "/etc/alternatives", "/nix/store", "/gnu/store")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The walls a child gets, of WALLS. A child that cannot raise one of them ends before it reads anything."""

    walls: tuple[str, ...]

    def __post_init__(self) -> None:
        if unknown := set(self.walls) - set(WALLS):
            raise ValueError(f"no such walls: {', '.join(sorted(unknown))}")

    @property
    def shown(self) -> str:
        """The walls as a finding's environment names them."""
        names = {"bubblewrap": "bubblewrap", "landlock": f"Landlock {landlock.version()}"}
        return ", ".join(names.get(wall, wall) for wall in self.walls)

    @property
    def argument(self) -> str:
        """The walls as the child's second argument."""
        return "+".join(self.walls)

    @property
    def strength(self) -> str:
        """strong: the kernel refuses every file, connection and program; partly: some; weak: limits alone."""
        if {"landlock", "seccomp"} <= set(self.walls) or {"bubblewrap", "seccomp"} <= set(self.walls):
            return "strong"
        return "partly" if len(self.walls) > 1 else "weak"


def sandbox_of(argument: str) -> Sandbox:
    """What `Sandbox.argument` was made from. Raises ValueError."""
    return Sandbox(walls=tuple(argument.split("+")))


@functools.cache
def strongest() -> Sandbox:
    """All walls that hold on this machine, tried out once."""
    found = ["bubblewrap"] if _bubblewrap_works() else []
    found += ["landlock"] if landlock.version() else []
    found += ["seccomp"] if seccomp.available() else []
    return Sandbox(walls=(*found, "rlimits"))


def command(sandbox: Sandbox, program: list[str]) -> list[str]:
    """What to start so that `program` runs behind the walls that stand outside it. Descriptors pass through."""
    if "bubblewrap" not in sandbox.walls:
        return program
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise FileNotFoundError("bwrap was there when the walls were chosen and is gone")
    shown = [part for path in _folders_of_python() for part in ("--ro-bind-try", str(path), str(path))]
    return [bwrap, "--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--proc", "/proc", "--dev", "/dev",
            *_system_folders(), *shown, "--chdir", "/", "--", *program]  # fmt: skip


def _system_folders() -> list[str]:
    """Binds for bwrap; links such as /bin -> usr/bin stay links."""
    found: list[str] = []
    for path in SYSTEM_FOLDERS:
        if path.is_symlink():
            found += ["--symlink", os.readlink(path), str(path)]
        else:
            found += ["--ro-bind-try", str(path), str(path)]
    return found


def _folders_of_python() -> list[Path]:
    """Where this Python and what it imports lie, as far as outside the system's folders; outer folders first."""
    named = [
        sys.prefix,
        sys.base_prefix,
        sys.exec_prefix,
        *site.getsitepackages(),
        *(path for path in sys.path if path),
    ]
    named += [str(Path(sys.executable).parent), str(Path(sys.executable).resolve().parent)]
    wanted = {Path(os.path.abspath(path)) for path in named} - {Path("/"), Path.home()}
    return sorted(path for path in wanted if path.exists() and not path.is_relative_to("/usr"))


def _bubblewrap_works() -> bool:
    """Some systems ship bwrap and forbid what it does: only trying tells."""
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        return False
    trial = command(Sandbox(walls=("bubblewrap", "rlimits")), [sys.executable, "-I", "-S", "-c", "pass"])
    try:
        done = subprocess.run(
            trial, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_TRIAL_S,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
