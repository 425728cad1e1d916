"""What the archive holds, as its records show it."""

from dataclasses import dataclass

from firsthand.model.ids import ArrivalId, CaseId, ErasureId, FindingId, HoldId, ItemId, PersonId
from firsthand.model.outcomes import EngineId, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A sealed file as the archive's subject."""

    id: ItemId
    bytes: int
    sealed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long an item plays: seconds from its zero to the later end of its pictures and its sound, as its current
    findings say; 0.0 for stills and where nothing could be decoded. scene_changes_s: where its picture jumps."""

    item: ItemId
    duration_s: float
    scene_changes_s: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How an item came. Path and name keep bytes that are not UTF-8 as surrogate escapes."""

    id: ArrivalId
    item: ItemId
    case: CaseId
    received_at: str
    collector: str
    obtained_from: str
    how: str
    path: str
    name: str
    modified_at: str  # the file system's, when the file was received
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An investigation: who may see what."""

    id: CaseId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A path that was offered and not taken, and why."""

    case: CaseId
    path: str
    why: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one engine answered about one item. Current = the latest by seq that Found or found NothingThere."""

    id: FindingId
    item: ItemId
    made_by: EngineId
    made_at: str
    seq: int
    outcome: Outcome  # arrays are loaded only when asked for
    environment: str  # machine-side facts that do not alter values: library versions, sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, and how we know it is them."""

    id: PersonId
    name: str
    authenticated_by: str  # "none", "session", "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What must not be erased, and why. One of `item` and `case` is empty."""

    id: HoldId
    item: ItemId
    case: CaseId
    why: str
    placed_at: str
    placed_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """An erasure that was asked for and not confirmed yet, or (`done`) one that happened; then `subject` is empty."""

    id: ErasureId
    what: str  # "item", "payload", "source", "case"
    subject: str
    why: str
    order: str
    asked_by: PersonId
    done: bool
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StampAuthority:
    """Who stamps checkpoints (RFC 3161), and the certificates its stamps must lead to. Empty url: nobody."""

    url: str
    roots_pem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """When a sealed file was last hashed, and what came out: `good`, or the problem in words."""

    item: ItemId
    checked_at: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A run of verify. ended_at: empty while it runs, and for one that was interrupted. log_size: entries it saw."""

    number: int
    kind: str  # "full", "quick", "due"
    began_at: str
    ended_at: str
    log_size: int
    passed: bool
