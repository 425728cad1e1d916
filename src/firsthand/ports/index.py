"""Where segments of the search index lie. Derived: all of them can be made again from findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A C-ordered, little-endian array: a dtype of model/arrays.py, its shape, its bytes (of a file, or not)."""

    dtype: str
    shape: tuple[int, ...]
    data: memoryview


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSegment:
    """A segment as it lies there."""

    name: str
    blocks: Mapping[str, Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredIndex:
    """All segments that can be used, and why others cannot: (name, why in words)."""

    segments: tuple[StoredSegment, ...]
    unusable: tuple[tuple[str, str], ...]


class SegmentStore(Protocol):
    """Immutable segments. tests/storage/segments_suite.py holds what every store must keep.

    Many processes may read while others write and replace.
    """

    @property
    def writable(self) -> bool: ...

    def opened(self, settings: str) -> StoredIndex:
        """Every segment that was written with these settings, in the order of names."""
        ...

    def write(self, settings: str, blocks: Mapping[str, Block], *, replaces: Sequence[str] = ()) -> str:
        """Keeps a segment, whole or not at all, and takes away those it replaces; its name. Whoever opens
        meanwhile sees the one or the others, never both. Raises ArchiveError where the disk refuses."""
        ...

    def discard(self, names: Sequence[str]) -> None:
        """Takes segments away. One that is gone already is no error."""
        ...
