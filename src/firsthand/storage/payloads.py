"""Payloads: what the log's entries are about, apart from the log so that the law can have one destroyed.

One file per transaction, payloads/ab/<30 hex digits>, holding one record after another. A record is

    "FHP1" · length of the body (8 bytes, little-endian) · salt (16 bytes) · body

and lies wherever the entry's row says. One flush serves a whole transaction. A file is never written again, except
that erasing one payload overwrites its salt and body in place, which moves no other record.
A crash between this file and the transaction leaves a file that no entry names: harmless, and listed by `check`.
"""

import os
import secrets
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from firsthand.ledger.entries import SALT_BYTES, payload_digest
from firsthand.model.errors import ArchiveError, IntegrityError
from firsthand.storage.durable import flush_file, flush_folder, make_folder, write_all, written_to

MAGIC = b"FHP1"
_HEAD = struct.Struct("<4sQ")
HEAD_BYTES = _HEAD.size + SALT_BYTES
MAX_BODY_BYTES = 1 << 30  # a payload is read whole into memory
_AHEAD_BYTES = 1 << 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a payload's record lies. length_bytes: of the body alone."""

    file: str
    offset_bytes: int
    length_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Salted:
    """A payload ready to be written: its salt is chosen, so its digest is known."""

    salt: bytes
    body: bytes
    digest: str


def salted(body: bytes) -> Salted:
    """The payload with a fresh salt. Raises ArchiveError for more than 1 GiB."""
    if len(body) > MAX_BODY_BYTES:
        raise ArchiveError("a payload", why=f"it has {len(body)} bytes, more than {MAX_BODY_BYTES}")
    salt = secrets.token_bytes(SALT_BYTES)
    return Salted(salt=salt, body=body, digest=payload_digest(salt, body))


class PayloadFiles:
    """The payload files under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, payloads: Sequence[Salted]) -> tuple[Place, ...]:
        """Writes one file of these payloads; when this returns, they are on the medium. None: no file."""
        if not payloads:
            return ()
        name = secrets.token_hex(16)
        path = self._path(name)
        with written_to(self.root, kept="nothing was recorded"):
            make_folder(path.parent, inside=self.root.parent)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o444)
            try:
                places = tuple(_write_records(descriptor, name, payloads))
                flush_file(descriptor)
            except BaseException:
                os.close(descriptor)
                path.unlink(missing_ok=True)
                raise
            os.close(descriptor)
            flush_folder(path.parent)
        return places

    def withdraw(self, places: Sequence[Place]) -> None:
        """Removes what was just written for a transaction that did not come about."""
        for file in {place.file for place in places}:
            self._path(file).unlink(missing_ok=True)

    def read(self, place: Place) -> tuple[bytes, bytes]:
        """(salt, body), unchecked against the log. Raises IntegrityError where no such record lies there."""
        try:
            descriptor = os.open(self._path(place.file), os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise _damaged(place, error.strerror or str(error)) from error
        with os.fdopen(descriptor, "rb", buffering=0) as opened:
            return _read_record(opened.fileno(), place)

    def read_all(self, places: Sequence[Place]) -> Iterator[tuple[bytes, bytes] | IntegrityError]:
        """`read` for each, faster where neighbours lie in one file; what is damaged is answered, not raised."""
        name, descriptor, ahead = "", -1, _Ahead(-1)
        try:
            for place in places:
                try:
                    if place.file != name:
                        if descriptor >= 0:
                            os.close(descriptor)
                        name, descriptor = "", -1
                        descriptor = os.open(self._path(place.file), os.O_RDONLY | getattr(os, "O_BINARY", 0))
                        name, ahead = place.file, _Ahead(descriptor)
                    yield ahead.record(place)
                except IntegrityError as error:
                    yield error
                except OSError as error:
                    yield _damaged(place, error.strerror or str(error))
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def destroy(self, places: Sequence[Place]) -> None:
        """Overwrites salt and body of these records with zeros, on the medium when it returns; no other moves."""
        by_file: dict[str, list[Place]] = {}
        for place in places:
            by_file.setdefault(place.file, []).append(place)
        for file, inside in by_file.items():
            path = self._path(file)
            with written_to(path, kept="the log says what is erased; its payloads are not all destroyed yet"):
                os.chmod(path, 0o600)
                descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
                try:
                    for place in inside:
                        _read_record(descriptor, place)  # raises where no record of this length begins there
                        os.lseek(descriptor, place.offset_bytes + _HEAD.size, os.SEEK_SET)
                        write_all(descriptor, bytes(SALT_BYTES + place.length_bytes))
                    flush_file(descriptor)
                finally:
                    os.close(descriptor)
                os.chmod(path, 0o444)

    def remove_strangers(self, known: set[str]) -> None:
        """Removes payload files that no entry names, and remains of such. Must be called under the lock."""
        with written_to(self.root):
            for name in list(self.files()):
                if name not in known:
                    path = self._path(name) if _is_name(name) else self.root / name
                    os.chmod(path, 0o600)
                    path.unlink()

    def size_bytes(self, file: str) -> int:
        """The file's length. Raises OSError where it is not there."""
        return self._path(file).stat().st_size

    def files(self) -> Iterator[str]:
        """Every payload file that lies here; for things that are none, their path relative to the folder."""
        for folder in sorted(self.root.iterdir() if self.root.is_dir() else ()):
            if not folder.is_dir():
                yield folder.name
                continue
            for path in sorted(folder.iterdir()):
                whole = folder.name + path.name
                yield whole if _is_name(whole) and len(folder.name) == 2 else f"{folder.name}/{path.name}"

    def _path(self, file: str) -> Path:
        if not _is_name(file):
            raise IntegrityError(f"payload file {file!r}", why="no payload file can have this name")
        return self.root / file[:2] / file[2:]


def _write_records(descriptor: int, name: str, payloads: Sequence[Salted]) -> Iterator[Place]:
    offset, small = 0, bytearray()
    for payload in payloads:
        yield Place(file=name, offset_bytes=offset, length_bytes=len(payload.body))
        small += _HEAD.pack(MAGIC, len(payload.body)) + payload.salt + payload.body
        offset += HEAD_BYTES + len(payload.body)
        if len(small) >= 1 << 20:
            write_all(descriptor, bytes(small))
            small.clear()
    write_all(descriptor, bytes(small))


class _Ahead:
    """Reads a file further than asked, so that the next record needs no call."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._start, self._block = descriptor, 0, b""

    def record(self, place: Place) -> tuple[bytes, bytes]:
        """As `_read_record`; also raises OSError."""
        begins = place.offset_bytes - self._start
        ends = begins + HEAD_BYTES + place.length_bytes
        if not 0 <= begins < ends <= len(self._block):
            if place.offset_bytes < 0 or not 0 <= place.length_bytes < _AHEAD_BYTES - HEAD_BYTES:
                return _read_record(self._descriptor, place)
            os.lseek(self._descriptor, place.offset_bytes, os.SEEK_SET)
            try:
                self._start, self._block = place.offset_bytes, os.read(self._descriptor, _AHEAD_BYTES)
            except OSError:
                return _read_record(self._descriptor, place)  # what fails may lie behind this record
            begins, ends = 0, HEAD_BYTES + place.length_bytes
            if len(self._block) < ends:
                return _read_record(self._descriptor, place)
        return _parted(place, self._block[begins:ends])


def _read_record(descriptor: int, place: Place) -> tuple[bytes, bytes]:
    wanted = HEAD_BYTES + place.length_bytes
    if place.offset_bytes < 0 or not 0 <= place.length_bytes <= MAX_BODY_BYTES:
        raise _damaged(place, "no record can lie there")
    os.lseek(descriptor, place.offset_bytes, os.SEEK_SET)
    record = os.read(descriptor, wanted)
    while len(record) < wanted and (more := os.read(descriptor, wanted - len(record))):
        record += more
    if len(record) < wanted:
        raise _damaged(place, f"the file ends {wanted - len(record)} bytes too early")
    return _parted(place, record)


def _parted(place: Place, record: bytes) -> tuple[bytes, bytes]:
    """(salt, body) of a whole record."""
    magic, length = _HEAD.unpack_from(record)
    if magic != MAGIC or length != place.length_bytes:
        raise _damaged(place, "no record of this length begins there")
    return record[_HEAD.size : HEAD_BYTES], record[HEAD_BYTES:]


def _damaged(place: Place, why: str) -> IntegrityError:
    return IntegrityError(
        f"payload {place.file[:2]}/{place.file[2:]} at byte {place.offset_bytes}",
        why=why,
        next_step="restore the payloads folder from a backup, then run firsthand verify",
    )


def _is_name(file: str) -> bool:
    return len(file) == 32 and all(digit in "0123456789abcdef" for digit in file)
