"""Segments of the search index as files, mapped into memory: index/<random>.segment.

A file is

    "FHINDEX1" · length of the header (4 bytes, little-endian) · SHA-256 of the header · header · arrays

The header is JSON: the settings the segment was made with, the arrays' types, shapes and places (each on a multiple of
64 bytes), CRC-32 of each MiB of them, how many bytes they are, and the names of segments it replaces. Opening checks
all of that but the arrays themselves: of small files every MiB, of large ones some, as a flush cut short tears the end
or leaves holes. Files are never changed: written beside their place, flushed, renamed.
"""

import contextlib
import json
import math
import mmap
import os
import secrets
import struct
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from firsthand.model.arrays import ITEM_BYTES
from firsthand.ports import Block, StoredIndex, StoredSegment
from firsthand.storage.durable import flush_file, flush_folder, write_all, written_to

MAGIC = b"FHINDEX1"
_HEAD = struct.Struct("<8sI32s")
_ALIGNED = 64
_PART = 1 << 20
_MOST_CHECKED = 64  # parts whose CRC is checked when a file is opened
_MAX_HEADER_BYTES = 16 << 20
SUFFIX = ".segment"
_ABANDONED_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class FolderSegments:
    """Implements ports.SegmentStore."""

    folder: Path

    @property
    def writable(self) -> bool:
        """Whether segments can be kept here. The folder is made when the first is written."""
        place = self.folder if self.folder.is_dir() else self.folder.parent
        return os.access(place, os.W_OK)

    def opened(self, settings: str) -> StoredIndex:
        """Every usable segment; those that one of them replaces are left out."""
        for _ in range(3):
            found = [(name, self._opened(name, settings)) for name in self._names()]
            if not any(one is None for _, one in found):
                break  # none was replaced between being listed and being opened
        segments = [(name, one) for name, one in found if isinstance(one, _Opened)]
        replaced = {other for _, one in segments for other in one.replaces}
        return StoredIndex(
            segments=tuple(
                StoredSegment(name=name, blocks=one.blocks) for name, one in segments if name not in replaced
            ),
            unusable=tuple((name, one) for name, one in found if isinstance(one, str) and name not in replaced),
        )

    def write(self, settings: str, blocks: Mapping[str, Block], *, replaces: Sequence[str] = ()) -> str:
        """Keeps a segment; see ports.SegmentStore."""
        name = secrets.token_hex(8)
        making = self.folder / f".{name}.making"
        with written_to(self.folder, kept="the index can be made again at any time"):
            self.folder.mkdir(exist_ok=True)
            try:
                _write(making, settings, blocks, replaces)
                os.rename(making, self._path(name))
            except BaseException:
                making.unlink(missing_ok=True)
                raise
            flush_folder(self.folder)
        self.discard(replaces)
        self._clear()
        return name

    def discard(self, names: Sequence[str]) -> None:
        """Takes segments away; see ports.SegmentStore."""
        for name in names:
            # Windows keeps files that somebody has mapped; they count as replaced and go the next time.
            with contextlib.suppress(FileNotFoundError, PermissionError):
                self._path(name).unlink()

    def _clear(self) -> None:
        """What a crash left, and what was replaced and could not be removed then."""
        for path in self.folder.glob(".*.making"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED_S:
                    path.unlink()

    def _names(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return sorted(path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}"))
        return []

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"

    def _opened(self, name: str, settings: str) -> "_Opened | str | None":
        """The segment; why it cannot be used; None where it is gone."""
        try:
            with self._path(name).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size < _HEAD.size:
                    return "it is torn: shorter than its head"
                mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            return _read(mapped, settings)
        except FileNotFoundError:
            return None
        except _Unusable as error:
            return str(error)
        except OSError as error:
            return f"it cannot be read: {error.strerror or error}"


class _Unusable(Exception):
    pass


@dataclass(frozen=True, slots=True)
class _Opened:
    blocks: dict[str, Block]
    replaces: tuple[str, ...]


def _read(mapped: memoryview, settings: str) -> _Opened:
    magic, length, digest = _HEAD.unpack_from(mapped)
    if magic != MAGIC:
        raise _Unusable("it is of another version of firsthand" if magic[:7] == MAGIC[:7] else "it is no segment")
    line = bytes(mapped[_HEAD.size : _HEAD.size + length])
    if length > _MAX_HEADER_BYTES or len(line) != length or sha256(line).digest() != digest:
        raise _Unusable("it is torn: its header is not whole")
    try:
        header: dict[str, Any] = json.loads(line)
        if header["settings"] != settings:
            raise _Unusable("it was made by another version of the index")
        arrays = mapped[_begin(length) :]
        if header["bytes"] != len(arrays):
            raise _Unusable(f"it is torn: {len(arrays)} bytes of arrays instead of {header['bytes']}")
        _check(arrays, header["crc"])
        blocks = {one["name"]: _block(arrays, one) for one in header["blocks"]}
        return _Opened(blocks=blocks, replaces=tuple(str(name) for name in header["replaces"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _Unusable(f"it is damaged: {error}") from error


def _begin(length: int) -> int:
    """Where arrays begin behind a header of this length."""
    return -(-(_HEAD.size + length) // _ALIGNED) * _ALIGNED


def _block(arrays: memoryview, one: dict[str, Any]) -> Block:
    dtype, shape, start = str(one["dtype"]), tuple(int(n) for n in one["shape"]), int(one["start"])
    if min(shape, default=-1) < 0 or start < 0:
        raise ValueError(f"no array has the shape {shape}")
    data = arrays[start : start + ITEM_BYTES[dtype] * math.prod(shape)]
    if len(data) != ITEM_BYTES[dtype] * math.prod(shape):
        raise ValueError("an array lies beyond the end")
    return Block(dtype=dtype, shape=shape, data=data)


def _check(arrays: memoryview, crc: list[int]) -> None:
    parts = -(-len(arrays) // _PART)
    if parts != len(crc):
        raise ValueError("its sums do not cover it")
    chosen = (
        range(parts)
        if parts <= _MOST_CHECKED
        else {n * (parts - 1) // (_MOST_CHECKED - 1) for n in range(_MOST_CHECKED)}
    )
    for part in sorted(chosen):
        if zlib.crc32(arrays[part * _PART : (part + 1) * _PART]) != crc[part]:
            raise _Unusable("it is torn: its bytes are not those that were written")


def _write(path: Path, settings: str, blocks: Mapping[str, Block], replaces: Sequence[str]) -> None:
    listed, at = [], 0
    for name, block in blocks.items():
        listed.append({"name": name, "dtype": block.dtype, "shape": list(block.shape), "start": at})
        at += -(-len(_bytes(block)) // _ALIGNED) * _ALIGNED
    header = {
        "settings": settings,
        "bytes": at,
        "crc": list(_sums(blocks)),
        "replaces": list(replaces),
        "blocks": listed,
    }
    line = json.dumps(header, separators=(",", ":")).encode("ascii")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o444)
    try:
        head = _HEAD.pack(MAGIC, len(line), sha256(line).digest()) + line
        write_all(descriptor, head.ljust(_begin(len(line)), b"\0"))
        for part in _parts(blocks):
            write_all(descriptor, part)
        flush_file(descriptor)
    finally:
        os.close(descriptor)


def _bytes(block: Block) -> memoryview:
    return block.data.cast("B") if block.data.nbytes else memoryview(b"")


def _parts(blocks: Mapping[str, Block]) -> Iterator[memoryview | bytes]:
    for block in blocks.values():
        data = _bytes(block)
        for start in range(0, len(data), _PART):
            yield data[start : start + _PART]
        if over := len(data) % _ALIGNED:
            yield bytes(_ALIGNED - over)


def _sums(blocks: Mapping[str, Block]) -> Iterator[int]:
    """CRC-32 of each MiB of all arrays one behind the other."""
    crc, room = 0, _PART
    for part in _parts(blocks):
        rest = memoryview(part)
        while len(rest):
            taken = rest[:room]
            crc, room, rest = zlib.crc32(taken, crc), room - len(taken), rest[len(taken) :]
            if not room:
                yield crc
                crc, room = 0, _PART
    if room < _PART:
        yield crc
