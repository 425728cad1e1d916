"""Bytes that are on the medium when a call returns, and words for when they cannot be."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firsthand.model.errors import ArchiveError

try:
    from fcntl import F_FULLFSYNC, fcntl  # type: ignore[attr-defined,unused-ignore]
except ImportError:  # everywhere but macOS, whose fsync leaves the bytes in the drive's own memory
    F_FULLFSYNC = None  # type: ignore[assignment,unused-ignore]

_NEXT_STEP = {
    errno.ENOSPC: "make room on the archive's disk, then run the same command again; what was acknowledged is kept",
    errno.EDQUOT: "ask for more quota or make room, then run the same command again; what was acknowledged is kept",
    errno.EROFS: "mount the archive's disk for writing, or open a copy of the archive",
    errno.EIO: "the disk reports errors: copy the archive to another disk, then run firsthand verify on the copy",
    errno.EACCES: "let this user write in the archive's folder (look at its owner and permissions)",
    errno.ENOENT: "see whether the archive was moved, or its disk taken out; then run the same command with --archive",
    errno.EPERM: "let this user write in the archive's folder (look at its owner and permissions)",
}


def flush_file(descriptor: int) -> None:
    """Returns when the file's bytes and size are on the medium."""
    if F_FULLFSYNC is None:
        os.fsync(descriptor)
    else:
        fcntl(descriptor, F_FULLFSYNC)  # type: ignore[unused-ignore]


def flush_folder(folder: Path) -> None:
    """Returns when the folder's list of names is on the medium. Windows has no such call: its journal must do."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, *, inside: Path) -> None:
    """Makes the folder and those above it, each name flushed. Others may be making the same ones.

    inside: must be there, and nothing is made above it: an archive that was moved while it was in use must not grow a
    second time in its old place. Raises FileNotFoundError where it is not.
    """
    if folder.is_dir():
        return
    if folder == inside or inside not in folder.parents:
        raise FileNotFoundError(errno.ENOENT, "the archive's folder is not there any more", str(inside))
    make_folder(folder.parent, inside=inside)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def write_all(descriptor: int, block: bytes | memoryview) -> None:
    """Writes every byte; the system may take fewer than it is handed."""
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


@contextmanager
def written_to(where: Path, *, kept: str = "") -> Iterator[None]:
    """Turns the system's refusal to write into an ArchiveError that says what to do."""
    try:
        yield
    except OSError as error:
        next_step = _NEXT_STEP.get(error.errno or 0, "look at the disk and the permissions of the archive's folder")
        raise ArchiveError(
            str(where),
            why=error.strerror or str(error),
            kept=kept or "nothing was left half-written",
            next_step=next_step,
        ) from error
