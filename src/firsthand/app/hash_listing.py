"""PDQ hashes: a list of another organisation held against the archive, and the archive's own as such a list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import TextIOWrapper

from firsthand.app.desk import Desk
from firsthand.app.indexing import KeptIndex
from firsthand.app.naming import names_anywhere
from firsthand.link.hash_lists import HashList, HashMatch, matches, read_hashes
from firsthand.model.errors import UnreadableFile, UsageError
from firsthand.model.ids import ItemId
from firsthand.model.records import Case
from firsthand.model.text import shown
from firsthand.ports import Progress

MOST_MATCHES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HashLookup:
    """What a list of hashes met. hashes: how many it has; items, frames: how many were looked at; cut: matches beyond
    the hundred thousand that are told."""

    path: str
    hashes: int
    items: int
    frames: int
    matches: tuple[HashMatch, ...]
    cut: int
    names: Mapping[ItemId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedPicture:
    """One sampled picture of an item."""

    pdq: str  # 64 hexadecimal digits
    quality: int
    item: ItemId
    second: float


def find_hashes(desk: Desk, path: str, *, progress: Progress) -> HashLookup:
    """Listed PDQ hashes within 31 bits of any sampled picture of quality 50 or more; nearest first within each item.

    Raises NothingMatched or UnreadableFile for the list, and UsageError that names the line it cannot read.
    """
    listed = _read(desk, path)
    found: list[HashMatch] = []
    frames = cut = 0
    with _whole(desk, progress) as kept:
        for portion in kept.index.hashed():
            frames += len(portion.items)
            for match in matches(listed, portion):
                if len(found) < MOST_MATCHES:
                    found.append(match)
                else:
                    cut += 1
        items = len(kept.index)
    return HashLookup(
        path=path,
        hashes=len(listed.line),
        items=items,
        frames=frames,
        matches=tuple(sorted(found, key=lambda one: (one.item, one.distance, one.second, one.line))),
        cut=cut,
        names=names_anywhere(desk),
    )


def hashed_pictures(desk: Desk, case: Case | None, *, progress: Progress) -> Iterator[HashedPicture]:
    """Every sampled picture's hash, of one case or the whole archive."""
    wanted = {item.id for item in desk.records.items(case.id if case else None)}
    with _whole(desk, progress) as kept:
        for portion in kept.index.hashed():
            for place, item in enumerate(portion.items):
                if item in wanted:
                    yield HashedPicture(
                        pdq=portion.pdq[place].tobytes().hex(),
                        quality=int(portion.quality[place]),
                        item=item,
                        second=round(float(portion.second[place]), 4),
                    )


def _whole(desk: Desk, progress: Progress) -> KeptIndex:
    return KeptIndex(desk, [item.id for item in desk.records.items()], progress=progress, tidy=False)


def _read(desk: Desk, path: str) -> HashList:
    offered = next(iter(desk.received.walk([path])))
    if offered.kind != "file":
        raise UnreadableFile(shown(path), why=offered.why or "not a file", next_step="name one list of hashes")
    with desk.received.open(offered) as source:
        try:
            return read_hashes(TextIOWrapper(source, encoding="utf-8"), name=shown(path))
        except UnicodeDecodeError as error:
            raise UsageError(
                shown(path),
                why=f"it is not text in UTF-8: byte {error.start} of the part being read",
                kept="nothing was looked up",
                next_step="name a list of hashes; footage is looked up without --pdq",
            ) from error
