"""Where an item was seen online."""

from dataclasses import dataclass

from firsthand.model.ids import CaseId, ItemId, SightingId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a post had come when somebody looked. None: not told."""

    views: int | None = None
    likes: int | None = None
    reposts: int | None = None
    comments: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One place and time an item was seen online, as a record from there says. Empty: it does not say.

    posted_from, posted_until: RFC 3339. posted_basis: "post", or "file" where only a file's own time was known.
    """

    id: SightingId
    item: ItemId
    case: CaseId
    platform: str
    link: str
    account: str
    account_name: str
    caption: str
    posted_from: str
    posted_until: str
    posted_basis: str
    reach: Reach
    read_from: str  # the path of the record
    received_at: str
