"""The protocols we own. Stages know these and never what stands behind them; app/wiring.py joins the two."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from firsthand.model.events import Erased, Event
from firsthand.model.ids import CaseId, CopyId, FindingId, ItemId, OffsetId, PersonId, TakeId
from firsthand.model.links import Copy, Take
from firsthand.model.moments import Moment, Offset
from firsthand.model.offered import Offered
from firsthand.model.outcomes import EngineId
from firsthand.model.records import (
    Actor,
    Arrival,
    Case,
    Erasure,
    Finding,
    Hold,
    Item,
    Length,
    Refusal,
    StampAuthority,
)
from firsthand.model.sightings import Sighting
from firsthand.ports.custody import (
    CheckMemory as CheckMemory,
)
from firsthand.ports.custody import (
    CheckpointStore as CheckpointStore,
)
from firsthand.ports.custody import (
    Destroyer as Destroyer,
)
from firsthand.ports.custody import (
    Keys as Keys,
)
from firsthand.ports.custody import (
    Stamper as Stamper,
)
from firsthand.ports.custody import (
    StampJudgement as StampJudgement,
)
from firsthand.ports.index import (
    Block as Block,
)
from firsthand.ports.index import (
    SegmentStore as SegmentStore,
)
from firsthand.ports.index import (
    StoredIndex as StoredIndex,
)
from firsthand.ports.index import (
    StoredSegment as StoredSegment,
)
from firsthand.ports.running import Executor as Executor
from firsthand.ports.running import Progress as Progress


class Clock(Protocol):
    """Tells the instant, always with a zone."""

    def now(self) -> datetime: ...


class Received(Protocol):
    """What people hand in: their own files, read once and never touched."""

    def walk(self, named: Iterable[str]) -> Iterator[Offered]: ...

    def open(self, offered: Offered) -> BinaryIO:
        """The offered bytes. Reading raises StillChanging or UnreadableFile rather than giving a part for the
        whole."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """What sealing gave: the item's name and size; new: these bytes were not sealed before."""

    item: ItemId
    bytes: int
    new: bool


class SealedStore(Protocol):
    """Sealed files: write-once, named by SHA-256. tests/storage/sealed_suite.py holds what every store must keep."""

    def seal(self, source: BinaryIO) -> SealedFile:
        """Reads `source` once to its end; when this returns, the bytes are on the medium, read-only.

        Killed half-way, it leaves either nothing or the whole file. Sealing the same bytes twice stores them once.
        """
        ...

    def open(self, item: ItemId) -> BinaryIO:
        """A readable, seekable file with a descriptor. Raises IntegrityError when the item is not there."""
        ...

    def holds(self, item: ItemId) -> bool: ...

    def destroy(self, item: ItemId) -> bool:
        """Removes a sealed file for good. For erasure alone: nothing else calls it. False: it was not here."""
        ...

    def items(self) -> Iterator[ItemId]:
        """Every item whose sealed file lies here, in order of name."""
        ...

    def leftovers(self) -> Iterator[str]:
        """Names of things that lie here and are no sealed file: remains of an interrupted sealing, strangers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """The entry log's size and RFC 6962 tree head in hex."""

    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry with its payload, checked against each other. salt and payload are empty where they were erased; left
    is then the payload of what stands in its place, empty for nothing."""

    seq: int
    kind: str
    at: str
    actor: PersonId
    leaf: bytes
    salt: bytes
    payload: bytes
    left: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something verify found: what is wrong, where, and what was expected."""

    what: str
    where: str
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsCheck:
    """What replaying the log gave."""

    head: LogHead
    entries_checked: int
    rows_checked: int
    problems: tuple[Problem, ...]
    erased: tuple[str, ...]
    not_checked: tuple[str, ...]


class Records(Protocol):
    """The entry log and the records projected from it. tests/storage/records_suite.py holds what must be kept.

    Many processes may use one archive at once; each `append` is one transaction under one lock.
    """

    def append(
        self,
        events: Sequence[Event],
        *,
        actor: PersonId,
        at: datetime,
        expected: Mapping[str, int] | None = None,
    ) -> tuple[Event, ...]:
        """Writes the events to the log and applies them to the records, all or none.

        Returns the events that were written: of Sealed, CaseOpened (by name), FindingMade and CopiesSought the
        first writer wins, and a later one is left out. expected: subject → version it must still have
        (see `version`). Raises Conflict where it has not, or where CopyReviewed.expected_version is out of date.
        """
        ...

    def erase(
        self, erased: Erased, *, items: Sequence[ItemId], actor: PersonId, at: datetime, expected_size: int
    ) -> None:
        """Writes `erased` to the log and makes the records anew without what is gone, all or none; notes what the
        Destroyer has to destroy: the payloads of these entries and the sealed files of `items`.

        Raises Conflict where the log no longer has `expected_size`, Withheld where something that stays rests on
        what would go.
        """
        ...

    def log(self, start: int = 0) -> Iterator[LogEntry]:
        """Entries from number `start` on. Raises IntegrityError for a payload that is not the one recorded."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else writes until the block ends; nor may the block."""
        ...

    def leaf_hashes(self, start: int = 0) -> bytes:
        """The RFC 6962 leaf hashes of all entries from number `start` on, 32 bytes each, as kept with the log."""
        ...

    def version(self, subject: str) -> int:
        """How often the subject was changed: "takes", or a copy's id. 0 where nothing is known of it."""
        ...

    def head(self) -> LogHead: ...

    def check(self, progress: Callable[[int, int], None] | None = None) -> RecordsCheck:
        """Replays the whole log into empty records and compares row by row with what stands here."""
        ...

    def check_quickly(self, since: int, progress: Callable[[int, int], None] | None = None) -> RecordsCheck:
        """Every entry and the tree over them, and payloads from entry number `since` on; nothing is replayed."""
        ...

    def actor(self, name: str, authenticated_by: str) -> Actor | None: ...

    def cases(self) -> tuple[Case, ...]: ...

    def case(self, name: str) -> Case | None: ...

    def item(self, item: ItemId) -> Item | None: ...

    def items(self, case: CaseId | None = None) -> tuple[Item, ...]:
        """Items in the order they were sealed."""
        ...

    def find_items(self, text: str) -> tuple[ItemId, ...]:
        """Items whose id begins with `text` (with or without `sha256:`, at least 4 digits) or that arrived under
        this name or path."""
        ...

    def arrivals(self, item: ItemId) -> tuple[Arrival, ...]: ...

    def arrivals_of_case(self, case: CaseId) -> tuple[Arrival, ...]:
        """All arrivals of a case, oldest first."""
        ...

    def arrived(self, case: CaseId, path: str) -> Arrival | None:
        """The latest arrival of this path into this case."""
        ...

    def sightings(self, item: ItemId) -> tuple[Sighting, ...]:
        """Where an item was seen online, in the order it became known."""
        ...

    def sightings_of_case(self, case: CaseId) -> tuple[Sighting, ...]: ...

    def refusals(self, case: CaseId) -> tuple[Refusal, ...]: ...

    def missing(
        self, engines: Sequence[EngineId], case: CaseId | None = None
    ) -> tuple[tuple[ItemId, tuple[EngineId, ...]], ...]:
        """Which items lack an answer of which of these engines, in the order they were sealed: the queue."""
        ...

    def answered(self, item: ItemId) -> frozenset[str]:
        """Kinds of which the item has a finding by any engine, stale ones too."""
        ...

    def failed(self, case: CaseId) -> tuple[ItemId, ...]:
        """Items of the case with a current finding that failed, in the order they were sealed."""
        ...

    def lengths(self) -> tuple[Length, ...]:
        """The length of every item, in the order they were sealed."""
        ...

    def findings(self, item: ItemId) -> tuple[Finding, ...]:
        """All findings of an item, oldest first; the outcomes' arrays are empty."""
        ...

    def current(self, item: ItemId, kind: str) -> Finding | None:
        """The current finding of this kind with its arrays: the latest that found or found nothing there, else the
        latest at all."""
        ...

    def current_ids(self, kinds: Sequence[str]) -> dict[ItemId, dict[str, FindingId]]:
        """Of each item the current findings of these kinds that found something, by kind."""
        ...

    def findings_in(self, case: CaseId) -> dict[ItemId, tuple[Finding, ...]]:
        """All findings of each item of a case, oldest first; the outcomes' arrays are empty."""
        ...

    def with_arrays(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """The same findings with their outcomes' arrays: one look for many. Raises IntegrityError where a payload is
        damaged."""
        ...

    def unsought(self, made_by: EngineId) -> tuple[ItemId, ...]:
        """Items for which this engine has not sought copies, in the order they were sealed."""
        ...

    def sought(self, made_by: EngineId) -> tuple[ItemId, ...]:
        """Items for which this engine has sought copies, in the order it did."""
        ...

    def copies(self, items: Iterable[ItemId] | None = None) -> tuple[Copy, ...]:
        """Copies whose both ends are among `items` (None: all), oldest first; rejected ones too."""
        ...

    def copy(self, copy: CopyId) -> Copy | None: ...

    def takes(self) -> tuple[Take, ...]:
        """All takes that stand, oldest first."""
        ...

    def moments_subject(self, case: CaseId) -> str:
        """The subject whose version every search and every change of a moment of this case raises."""
        ...

    def compared_for_moments(self, case: CaseId, made_by: EngineId) -> tuple[ItemId, ...]:
        """Items this engine has compared within the case, in the order it did."""
        ...

    def offsets(self, case: CaseId) -> tuple[Offset, ...]:
        """Offsets found or set in the case, oldest first; rejected ones too."""
        ...

    def offset(self, offset: OffsetId) -> Offset | None: ...

    def moments(self, case: CaseId) -> tuple[Moment, ...]:
        """The moments of the case that stand, oldest first."""
        ...

    def take(self, take: TakeId) -> tuple[TakeId, ...]:
        """The takes an id leads to today: itself, or where redirects end; empty where it was never minted."""
        ...

    def hidden(self) -> frozenset[ItemId]:
        """Items in quarantine: no other question's answer holds them, but for `sealed_items`."""
        ...

    def sealed_items(self) -> tuple[Item, ...]:
        """All items in the order they were sealed, those in quarantine too: for checking, never for showing."""
        ...

    def holds(self) -> tuple[Hold, ...]:
        """Holds that stand, oldest first."""
        ...

    def erasures(self) -> tuple[Erasure, ...]:
        """Erasures that were asked for or done, oldest first."""
        ...

    def signing_keys(self) -> tuple[str, ...]:
        """Public keys that the log names, oldest first."""
        ...

    def stamp_authorities(self) -> tuple[StampAuthority, ...]:
        """Authorities that the log names, oldest first; the last one stamps."""
        ...

    def restorations(self) -> tuple[tuple[int, str], ...]:
        """(size, head) of each state that is known to be lost, oldest first."""
        ...


class Soundtracks(Protocol):
    """Sound of items at 16 000 samples a second, kept so that offsets are refined without opening sealed files.

    Derived: all of it can be made again from the sealed files.
    """

    def keep(self, item: ItemId, flac: bytes) -> None:
        """Keeps an item's sound, whole or not at all; a second time it changes nothing."""
        ...

    def holds(self, item: ItemId) -> bool: ...

    def flac(self, item: ItemId) -> bytes | None:
        """The FLAC file that was kept; None where there is none."""
        ...
