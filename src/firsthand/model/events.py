"""Everything received or decided, as it is written into the entry log. Payloads only: the log holds their digests.

An event's fields are its payload. Fields are added with a default, never renamed or removed: old logs must replay.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from firsthand.model.arrays import Array
from firsthand.model.ids import (
    ArrivalId,
    CaseId,
    CopyId,
    ErasureId,
    FindingId,
    HoldId,
    ItemId,
    MomentId,
    OffsetId,
    PersonId,
    SightingId,
    TakeId,
)
from firsthand.model.links import CopyFound, TakeSpan
from firsthand.model.moments import MomentItem, OffsetFound
from firsthand.model.outcomes import EngineId, Outcome
from firsthand.model.sightings import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMade:
    """The first entry of every archive."""

    kind: ClassVar[str] = "archive_made"
    format: int
    made_with: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNamed:
    """Somebody acts in this archive for the first time, or is known better than before."""

    kind: ClassVar[str] = "person_named"
    person: PersonId
    name: str
    authenticated_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """A case was opened."""

    kind: ClassVar[str] = "case_opened"
    case: CaseId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A file's bytes lie sealed in the archive for the first time."""

    kind: ClassVar[str] = "sealed"
    item: ItemId
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An item came into a case. The same bytes twice are one item and two arrivals."""

    kind: ClassVar[str] = "arrived"
    arrival: ArrivalId
    item: ItemId
    case: CaseId
    collector: str
    obtained_from: str
    how: str
    path: str
    name: str
    modified_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """An item was seen online, as a record kept beside it says. record: that record's whole text."""

    kind: ClassVar[str] = "sighted"
    sighting: SightingId
    item: ItemId
    case: CaseId
    post: Post
    read_from: str
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A path was offered and not taken."""

    kind: ClassVar[str] = "refused"
    case: CaseId
    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingMade:
    """An engine answered about an item. (item, made_by) is unique: the first writer wins."""

    kind: ClassVar[str] = "finding_made"
    finding: FindingId
    item: ItemId
    made_by: EngineId
    outcome: Outcome
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesSought:
    """An item was compared with all items that had been compared before it; these copies were found.

    copies and found have one length; an id belongs to the pair at its place. `against` is the number of items it
    was compared with. not_looked: why it could not be compared; empty: it was.
    """

    kind: ClassVar[str] = "copies_sought"
    item: ItemId
    made_by: EngineId
    copies: tuple[CopyId, ...]
    found: tuple[CopyFound, ...]
    against: int
    not_looked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyReviewed:
    """A person confirmed or rejected a copy, having seen it in this version."""

    kind: ClassVar[str] = "copy_reviewed"
    copy: CopyId
    state: Literal["suggested", "confirmed", "rejected"]
    why: str
    expected_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeShaped:
    """A take was minted, or its spans or state changed."""

    kind: ClassVar[str] = "take_shaped"
    take: TakeId
    spans: tuple[TakeSpan, ...]
    state: Literal["suggested", "confirmed", "alone"]
    edited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRedirected:
    """A take merged into others or was split; its id leads there from now on."""

    kind: ClassVar[str] = "take_redirected"
    take: TakeId
    to: tuple[TakeId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyNamed:
    """A key may sign checkpoints from here on. Those signed with earlier keys stay good."""

    kind: ClassVar[str] = "signing_key_named"
    key: str  # the public half, as C2SP signed notes write it
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StampAuthorityNamed:
    """Checkpoints are to be stamped by this RFC 3161 authority from here on; an empty url: by none."""

    kind: ClassVar[str] = "stamp_authority_named"
    url: str
    roots_pem: str  # the certificates its stamps must lead to


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The archive was put back from an older copy; what was signed after that copy was taken is lost."""

    kind: ClassVar[str] = "restored"
    lost_size: int  # entries of the latest checkpoint that was known outside the archive
    lost_root: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced:
    """An item or a whole case must not be erased until the hold is lifted. One of `item` and `case` is empty."""

    kind: ClassVar[str] = "hold_placed"
    hold: HoldId
    item: ItemId
    case: CaseId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted:
    """A hold no longer stands."""

    kind: ClassVar[str] = "hold_lifted"
    hold: HoldId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """An item is hidden from every view; it stays sealed."""

    kind: ClassVar[str] = "quarantined"
    item: ItemId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineLifted:
    """An item may be seen again."""

    kind: ClassVar[str] = "quarantine_lifted"
    item: ItemId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked:
    """Somebody asks for an erasure; somebody else must confirm it. subject: an item's id, an entry's number, a
    source's name, a case's id."""

    kind: ClassVar[str] = "erasure_asked"
    erasure: ErasureId
    what: Literal["item", "payload", "source", "case"]
    subject: str
    why: str
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """What is left of an entry's event: the same kind of event without what had to go, as the codec writes it."""

    entry: int
    of: str  # the event's kind
    document: Array  # u1


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Payloads, salts and sealed files were destroyed. It names entries by number and nothing that was in them.

    entries: whose payload is gone; redacted: what stands in the place of some of them.
    """

    kind: ClassVar[str] = "erased"
    erasure: ErasureId
    what: Literal["item", "payload", "source", "case"]
    entries: tuple[int, ...]
    redacted: tuple[Redacted, ...]
    files: int  # sealed files destroyed
    why: str
    order: str
    asked_by: PersonId
    alone: str  # why nobody else confirmed it; empty: the actor confirmed what `asked_by` asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentsSought:
    """Items of a case were compared, each with all that were compared in this case before it and with each other.

    offsets and found have one length; an id belongs to the offset at its place. Items without sound that can be
    compared count as sought too.
    """

    kind: ClassVar[str] = "moments_sought"
    case: CaseId
    made_by: EngineId
    items: tuple[ItemId, ...]
    offsets: tuple[OffsetId, ...]
    found: tuple[OffsetFound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetReviewed:
    """A person confirmed or rejected an offset, having seen it in this version."""

    kind: ClassVar[str] = "offset_reviewed"
    offset: OffsetId
    state: Literal["suggested", "confirmed", "rejected"]
    why: str
    expected_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetSet:
    """A person set an offset by hand, from something seen or heard in both."""

    kind: ClassVar[str] = "offset_set"
    offset: OffsetId
    case: CaseId
    found: OffsetFound
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentShaped:
    """A moment was minted, or its items or their places changed."""

    kind: ClassVar[str] = "moment_shaped"
    moment: MomentId
    case: CaseId
    reference: ItemId
    items: tuple[MomentItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentEnded:
    """A moment no longer stands: its takes lie in others, or nothing holds them together any more."""

    kind: ClassVar[str] = "moment_ended"
    moment: MomentId
    case: CaseId


Event = (
    ArchiveMade
    | PersonNamed
    | CaseOpened
    | Sealed
    | Arrived
    | Sighted
    | Refused
    | FindingMade
    | CopiesSought
    | CopyReviewed
    | TakeShaped
    | TakeRedirected
    | SigningKeyNamed
    | StampAuthorityNamed
    | Restored
    | HoldPlaced
    | HoldLifted
    | Quarantined
    | QuarantineLifted
    | ErasureAsked
    | Erased
    | MomentsSought
    | OffsetReviewed
    | OffsetSet
    | MomentShaped
    | MomentEnded
)

EVENT_OF_KIND: dict[str, type] = {
    event.kind: event
    for event in (
        ArchiveMade,
        PersonNamed,
        CaseOpened,
        Sealed,
        Arrived,
        Sighted,
        Refused,
        FindingMade,
        CopiesSought,
        CopyReviewed,
        TakeShaped,
        TakeRedirected,
        SigningKeyNamed,
        StampAuthorityNamed,
        Restored,
        HoldPlaced,
        HoldLifted,
        Quarantined,
        QuarantineLifted,
        ErasureAsked,
        Erased,
        MomentsSought,
        OffsetReviewed,
        OffsetSet,
        MomentShaped,
        MomentEnded,
    )
}
