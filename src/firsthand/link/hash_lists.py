"""Lists of PDQ hashes, as other organisations keep them, against the archive's pictures: exactly all within 31 bits.

256 bits in 16 pieces: of two hashes that differ in at most 31 bits, one piece at least differs in at most one bit. So
every piece, and every piece with one bit turned, is looked up, and what is found is compared whole.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.model.errors import UsageError
from firsthand.model.ids import ItemId

NEAR_BITS = 31  # what the authors of PDQ recommend, vPDQ too
GOOD_QUALITY = 50  # under it, hashes of unlike pictures meet by chance
MOST_HASHES = 2_000_000
LONGEST_LINE = 4096
_PIECES = 16
_AT_ONCE = 2048  # hashes looked up together, which bounds memory
_HASH = re.compile(r"[0-9a-fA-F]{64}\Z")
_SPLIT = re.compile(r"[,;\t ]+")

Hashes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HashedFrames:
    """Frames with their hashes. second: [n] from the item's zero; pdq: [n, 32] uint8; quality: [n] 0 to 100."""

    items: tuple[ItemId, ...]
    second: NDArray[np.float64]
    pdq: Hashes
    quality: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HashList:
    """hashes: [n, 32] uint8; line: which of the list's lines each stood in, from 1; label: what else stood there."""

    hashes: Hashes
    line: tuple[int, ...]
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HashMatch:
    """One listed hash met in one frame."""

    line: int
    label: str
    item: ItemId
    second: float
    distance: int  # bits of 256
    quality: int


def read_hashes(lines: Iterable[str], *, name: str) -> HashList:
    """The hashes of a list: one a line in 64 hexadecimal digits, alone or as one field of a table whose fields are
    parted by commas, semicolons, tabs or blanks. Empty lines, lines that begin with # and a first line of headings
    are passed over. Raises UsageError, which says the line.
    """
    hashes = bytearray()
    numbers: list[int] = []
    labels: list[str] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip().lstrip("\ufeff")
        if not text or text.startswith("#"):
            continue
        if len(text) > LONGEST_LINE:
            raise _refused(name, number, f"it has more than {LONGEST_LINE} characters")
        fields = [field.strip("\"'") for field in _SPLIT.split(text)]
        found = [field for field in fields if _HASH.match(field)]
        if not found and number == 1 and not any(any(c.isdigit() for c in field) for field in fields):
            continue
        if len(found) != 1:
            why = f"{len(found)} hashes stand in it, not one" if found else _nearly(fields)
            raise _refused(name, number, why)
        if len(numbers) == MOST_HASHES:
            raise _refused(name, number, f"there are more than {MOST_HASHES} hashes")
        hashes += bytes.fromhex(found[0])
        numbers.append(number)
        labels.append(" ".join(field for field in fields if field and field != found[0]))
    if not numbers:
        raise UsageError(name, why="there is no hash in it", next_step="one hash of 64 hexadecimal digits a line")
    return HashList(
        hashes=np.frombuffer(bytes(hashes), np.uint8).reshape(-1, 32), line=tuple(numbers), label=tuple(labels)
    )


def matches(listed: HashList, frames: HashedFrames) -> Iterator[HashMatch]:
    """Every listed hash within 31 bits of a frame of quality 50 or more."""
    good = np.flatnonzero(frames.quality >= GOOD_QUALITY)
    theirs, ours = listed.hashes, frames.pdq[good]
    swapped = len(ours) < len(theirs)
    few, many = (ours, theirs) if swapped else (theirs, ours)
    for one, other, bits in _near(few, many):
        for a, b, distance in zip(one.tolist(), other.tolist(), bits.tolist(), strict=True):
            row, frame = (b, a) if swapped else (a, b)
            place = int(good[frame])
            yield HashMatch(
                line=listed.line[row],
                label=listed.label[row],
                item=frames.items[place],
                second=float(frames.second[place]),
                distance=distance,
                quality=int(frames.quality[place]),
            )


def _near(few: Hashes, many: Hashes) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]]:
    """Pairs within NEAR_BITS: places in `few`, in `many`, and their distances; each pair once."""
    if not len(few) or not len(many):
        return
    pieces = np.ascontiguousarray(many).view(">u2").astype(np.uint16).T  # [16, many]
    order = np.argsort(pieces, axis=1, kind="stable")
    flips = np.concatenate([[0], 1 << np.arange(16)]).astype(np.uint16)
    words_few, words_many = (np.ascontiguousarray(one).view(np.uint64) for one in (few, many))
    starts = [np.searchsorted(pieces[n][order[n]], np.arange(65537)) for n in range(_PIECES)]
    for first in range(0, len(few), _AT_ONCE):
        part = np.ascontiguousarray(few[first : first + _AT_ONCE]).view(">u2").astype(np.uint16)
        pairs = []
        for piece in range(_PIECES):
            keys = (part[:, piece, None] ^ flips).astype(np.int64).ravel()
            low = starts[piece][keys]
            count = starts[piece][keys + 1] - low
            row = np.arange(count.sum()) + np.repeat(low - np.cumsum(count) + count, count)
            whose = np.repeat(np.repeat(np.arange(len(part)) + first, len(flips)), count)
            other = order[piece][row]
            near = np.bitwise_count(words_few[whose] ^ words_many[other]).sum(1) <= NEAR_BITS
            pairs.append(np.stack([whose[near], other[near]]))
        one, other = np.unique(np.concatenate(pairs, axis=1), axis=1)
        yield one, other, np.bitwise_count(words_few[one] ^ words_many[other]).sum(1).astype(np.uint8)


def _nearly(fields: list[str]) -> str:
    longest = max(fields, key=len)
    if len(longest) != 64:
        return f"no field has 64 characters as a PDQ hash has; the longest has {len(longest)}"
    return "a field has 64 characters, but not all are hexadecimal digits"


def _refused(name: str, line: int, why: str) -> UsageError:
    return UsageError(
        f"{name}, line {line}",
        why=why,
        kept="nothing was looked up",
        next_step="a list has one PDQ hash of 64 hexadecimal digits a line, with a label beside it or not",
    )
