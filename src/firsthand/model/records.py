"""What the archive holds, as its records show it."""

from dataclasses import dataclass

from firsthand.model.ids import ArrivalId, CaseId, FindingId, ItemId, PersonId
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
