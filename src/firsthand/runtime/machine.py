"""What this machine is like: its disks, its clock, the programs and libraries it has."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_ASK_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Where a folder lies. free_bytes: for this user. encrypted: as far as the system tells; how: what told so."""

    free_bytes: int
    total_bytes: int
    file_system: str
    encrypted: Literal["yes", "no", "not known"]
    how: str


def disk_of(folder: Path) -> Disk:
    """The disk of the folder, or of the nearest folder above it that exists."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    usage = shutil.disk_usage(there)
    file_system, device = _mount_of(there)
    encrypted, how = _encryption(file_system, device)
    return Disk(free_bytes=usage.free, total_bytes=usage.total, file_system=file_system, encrypted=encrypted, how=how)


def version_of(package: str) -> str:
    """The installed version of a Python package; empty: it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def version_of_program(program: str, *arguments: str) -> str:
    """What an installed program says of its version, in one line; empty: it is not installed or says nothing."""
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        told = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=_ASK_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (told.stdout or told.stderr).strip().splitlines()
    return lines[0][:100] if lines else ""


def clock_is_kept() -> bool | None:
    """Whether the system keeps its clock by the network; None: it does not tell."""
    if Path("/run/systemd/timesync/synchronized").exists():
        return True
    told = version_of_program("timedatectl", "show", "--property=NTPSynchronized", "--value")
    return {"yes": True, "no": False}.get(told)


def _mount_of(path: Path) -> tuple[str, str]:
    """The file system's kind and its device's number (`253:0`); empty where the system does not tell."""
    try:
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
    except OSError:
        return "", ""
    best, found = -1, ("", "")
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split()
        point = fields[4].replace("\\040", " ")
        if len(point) > best and path.resolve().is_relative_to(point):
            best, found = len(point), (after.split()[0], fields[2])
    return found


def _encryption(file_system: str, device: str) -> tuple[Literal["yes", "no", "not known"], str]:
    if sys.platform != "linux" or not device:
        return "not known", "this system does not tell"
    if file_system in ("ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs"):
        return "yes", file_system
    if file_system == "tmpfs":
        return "not known", "in memory; it may be swapped out"
    block = Path("/sys/dev/block") / device
    if not block.exists():
        return "not known", f"{file_system} does not lie on a disk of this machine"
    waiting, seen = [block.resolve()], set[Path]()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        try:
            if (one / "dm" / "uuid").read_text().startswith("CRYPT-"):
                return "yes", "dm-crypt"
        except OSError:
            pass  # not a mapped device
        if (one / "slaves").is_dir():
            waiting += [Path(os.path.realpath(slave)) for slave in (one / "slaves").iterdir()]
    return "no", "no dm-crypt below it; encryption inside the drive or the file system is not seen"
