"""Walks what a person names: their files and folders, which are read and never touched."""

import io
import os
import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO, cast

from firsthand.model.errors import NothingMatched, StillChanging, UnreadableFile
from firsthand.model.offered import HEAD_BYTES, Offered, OfferedKind
from firsthand.model.text import shown
from firsthand.model.time import instant_text


class FolderWalk:
    """Implements ports.Received on the local file system."""

    def walk(self, named: Iterable[str]) -> Iterator[Offered]:
        """Everything under the named paths, in order of name; each file once, however often it is named.

        Raises NothingMatched for a named path that does not exist. Links met in a folder are followed only when
        they lead to a file inside what was named; links to folders are not followed: their target is met itself.
        """
        paths = [os.path.abspath(path) for path in named]
        for path in paths:
            if not os.path.lexists(path):
                raise NothingMatched(shown(path), why="there is no such file or folder", next_step="check the path")
        roots = tuple(os.path.realpath(path) for path in paths)
        met: set[str] = set()
        for path in paths:
            for offered in self._under(path, roots):
                if offered.path not in met:
                    met.add(offered.path)
                    yield offered

    def open(self, offered: Offered) -> BinaryIO:
        """The file's bytes; reading to the end raises StillChanging when the file is not what it was when it was
        met, and UnreadableFile when the medium gives an error."""
        try:
            descriptor = os.open(offered.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            raise _unreadable(offered.path, error) from error
        return cast(BinaryIO, io.BufferedReader(_SteadyFile(descriptor, offered), 1 << 20))

    def _under(self, path: str, roots: tuple[str, ...]) -> Iterator[Offered]:
        if not os.path.isdir(path):
            yield _offered(path, named=True, roots=roots)
            return
        failed: list[OSError] = []
        for folder, folders, files in os.walk(path, onerror=failed.append):
            while failed:
                yield _not_readable(failed.pop())
            folders.sort()
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            folders[:] = [name for name in folders if name not in links]
            for name in sorted(files):
                yield _offered(os.path.join(folder, name), named=False, roots=roots)
            for name in links:
                target = os.path.realpath(os.path.join(folder, name))
                if not _inside(target, roots):
                    yield _bare(os.path.join(folder, name), "link_out", named=False)
        while failed:
            yield _not_readable(failed.pop())


def _offered(path: str, *, named: bool, roots: tuple[str, ...]) -> Offered:
    try:
        if os.path.islink(path) and not named and not _inside(os.path.realpath(path), roots):
            return _bare(path, "link_out" if os.path.exists(path) else "dangling_link", named=named)
        if os.path.islink(path) and not os.path.exists(path):
            return _bare(path, "dangling_link", named=named)
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            return _bare(path, "special", named=named)
        with open(path, "rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        return _bare(path, "unreadable", named=named, why=error.strerror or str(error))
    return Offered(
        path=path,
        name=os.path.basename(path),
        kind="file",
        named=named,
        bytes=found.st_size,
        modified_at=_modified_at(found),
        head=head,
    )


def _bare(path: str, kind: OfferedKind, *, named: bool, why: str = "") -> Offered:
    return Offered(
        path=path, name=os.path.basename(path), kind=kind, named=named, bytes=0, modified_at="", head=b"", why=why
    )


def _not_readable(error: OSError) -> Offered:
    return _bare(os.fsdecode(error.filename or "?"), "unreadable", named=False, why=error.strerror or str(error))


def _inside(target: str, roots: tuple[str, ...]) -> bool:
    return any(target == root or target.startswith(root.rstrip(os.sep) + os.sep) for root in roots)


def _modified_at(found: os.stat_result) -> str:
    try:
        return instant_text(datetime.fromtimestamp(found.st_mtime_ns / 1e9, UTC))
    except (ValueError, OverflowError, OSError):
        return ""  # a time outside the years 1 to 9999 says nothing


def _unreadable(path: str, error: OSError) -> UnreadableFile:
    return UnreadableFile(
        shown(path),
        why=f"cannot be read: {error.strerror or error}",
        next_step="check the medium and the permissions, then add it again",
    )


class _SteadyFile(io.RawIOBase):
    """Reads a file and, at its end, insists that it is still what it was when it was met."""

    def __init__(self, descriptor: int, offered: Offered) -> None:
        self._descriptor = descriptor
        self._offered = offered
        self._read_bytes = 0

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def readinto(self, buffer: object) -> int:
        try:
            count = os.readv(self._descriptor, [memoryview(buffer)])  # type: ignore[arg-type]
        except OSError as error:
            raise _unreadable(self._offered.path, error) from error
        self._read_bytes += count
        if count == 0:
            self._insist_unchanged()
        return count

    def _insist_unchanged(self) -> None:
        now = os.fstat(self._descriptor)
        if (self._read_bytes, _modified_at(now)) != (self._offered.bytes, self._offered.modified_at):
            raise StillChanging(
                shown(self._offered.path),
                why="the file changed while it was being read",
                next_step="wait until it is complete, then add it again",
            )

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()
