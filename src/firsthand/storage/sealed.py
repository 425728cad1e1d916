"""Sealed files in a folder: sealed/ab/cd/<sha256>, write-once, read-only."""

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from firsthand.model.errors import IntegrityError
from firsthand.model.ids import ItemId, item_id, sha256_of
from firsthand.ports import SealedFile
from firsthand.storage.durable import flush_file, flush_folder, make_folder, write_all, written_to

BLOCK_BYTES = 1 << 20
_INCOMING = "incoming-"
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}


class FolderSealed:
    """The sealed files under `root`. Any number of processes may seal at once.

    Bytes that are here already are read again and compared by digest before the newly received ones are let go: a
    sealed file that has rotted would otherwise swallow the good copy that just arrived. That costs one read more.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def seal(self, source: BinaryIO) -> SealedFile:
        """Reads `source` once to its end; when this returns, the bytes are on the medium, read-only.

        Raises ArchiveError where the archive cannot be written, IntegrityError where a sealed file of this name no
        longer holds its bytes. An OSError of `source` itself passes through. In each case but the second nothing is
        left; then the received bytes stay in the folder as `incoming-…`.
        """
        incoming = self.root / f"{_INCOMING}{secrets.token_hex(12)}"
        with written_to(self.root):
            make_folder(self.root, inside=self.root.parent)
            descriptor = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            try:
                digest, size = self._receive(source, descriptor)
                path = self._path(item_id(digest))
                new = not os.path.lexists(path)
                if new:
                    with written_to(path):
                        os.chmod(incoming, 0o444)
                        flush_file(descriptor)
            finally:
                os.close(descriptor)
            if new:
                with written_to(path):
                    make_folder(path.parent, inside=self.root.parent)
                    new = _publish(incoming, path)
            if not new:
                self._require_same(path, digest, size, incoming)
            with written_to(path):
                flush_folder(path.parent)  # also where another process was first: it may not have come so far yet
        except IntegrityError:
            raise
        except BaseException:
            _let_go(incoming)
            raise
        _let_go(incoming)
        return SealedFile(item=item_id(digest), bytes=size, new=new)

    def open(self, item: ItemId) -> BinaryIO:
        """A readable, seekable file with a descriptor. Raises IntegrityError when the item is not there."""
        path = self._path(item)
        if not _is_plain_file(path):
            raise IntegrityError(
                item,
                why=f"its sealed file is not at {path}",
                next_step="restore it from a backup of the archive, then run firsthand verify",
            )
        return path.open("rb")

    def holds(self, item: ItemId) -> bool:
        """Whether a file of this name lies here; its bytes are not read."""
        return _is_plain_file(self._path(item))

    def items(self) -> Iterator[ItemId]:
        """Every item whose sealed file lies here, in order of name."""
        for name, path in self._all():
            if self._names(name, path):
                yield item_id(path.name)

    def destroy(self, item: ItemId) -> bool:
        """Overwrites the sealed file with zeros and removes it, and remains of an interrupted sealing of the same
        bytes. False: it was not here. Raises ArchiveError where the disk refuses."""
        path = self._path(item)
        if not _is_plain_file(path):
            return False
        with written_to(path, kept="the log says that it is erased; the file is not destroyed yet"):
            for name, other in list(self._all()):
                if name.startswith(_INCOMING) and _begins_like(other, path):
                    _wipe(other)
            _wipe(path)
            flush_folder(path.parent)
        return True

    def leftovers(self) -> Iterator[str]:
        """Names, relative to the folder, of what lies here and is no sealed file."""
        for name, path in self._all():
            if not self._names(name, path):
                yield name

    def _receive(self, source: BinaryIO, descriptor: int) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        while block := source.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
            with written_to(self.root):
                write_all(descriptor, block)
        return digest.hexdigest(), size

    def _require_same(self, path: Path, digest: str, size: int, incoming: Path) -> None:
        found = ""
        if _is_plain_file(path) and path.stat().st_size == size:
            with path.open("rb") as sealed:
                found = hashlib.file_digest(sealed, "sha256").hexdigest()
        if found != digest:
            raise IntegrityError(
                f"sha256:{digest}",
                why=f"the sealed file at {path} no longer holds the bytes it is named by",
                kept=f"the same bytes, received again, are kept at {incoming}",
                next_step="run firsthand verify; find out who or what changed the file before putting it right",
            )

    def _path(self, item: ItemId) -> Path:
        digest = sha256_of(item_id(sha256_of(item)))
        return self.root / digest[:2] / digest[2:4] / digest

    def _all(self) -> Iterator[tuple[str, Path]]:
        """All that is no folder, by relative name, in order of name."""
        for folder, inner, names in os.walk(self.root):
            inner.sort()
            links = [name for name in inner if os.path.islink(os.path.join(folder, name))]
            for name in sorted([*names, *links]):
                path = Path(folder, name)
                yield path.relative_to(self.root).as_posix(), path

    def _names(self, name: str, path: Path) -> bool:
        match = re.fullmatch(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})", name)
        return match is not None and _is_plain_file(path)


def _begins_like(part: Path, whole: Path) -> bool:
    with part.open("rb") as one, whole.open("rb") as other:
        while block := one.read(BLOCK_BYTES):
            if other.read(len(block)) != block:
                return False
    return True


def _wipe(path: Path) -> None:
    """Zeros over the bytes before the name goes: a file system that writes in place keeps nothing of them."""
    os.chmod(path, 0o600)
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        left = os.fstat(descriptor).st_size
        while left > 0:
            block = bytes(min(left, BLOCK_BYTES))
            write_all(descriptor, block)
            left -= len(block)
        flush_file(descriptor)
    finally:
        os.close(descriptor)
    path.unlink()


def _let_go(incoming: Path) -> None:
    """A disk that refuses leaves a second name of the same bytes: verify tells of it, and nothing rests on it."""
    with contextlib.suppress(OSError):
        incoming.unlink(missing_ok=True)


def _publish(incoming: Path, path: Path) -> bool:
    """Gives the file its name without ever replacing one. False: the name was taken."""
    if os.name == "nt":  # there a rename refuses to replace, and read-only files cannot be unlinked
        try:
            os.rename(incoming, path)
        except FileExistsError:
            return False
        return True
    try:
        os.link(incoming, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # No hard links on this file system (exFAT, some shares). Two at once may both rename, over equal bytes.
        if os.path.lexists(path):
            return False
        os.rename(incoming, path)
    return True


def _is_plain_file(path: Path) -> bool:
    """Not a link: what a link leads to was not sealed."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False
