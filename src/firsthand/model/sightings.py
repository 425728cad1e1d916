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
class Post:
    """What a record says of one post. Empty: it does not say.

    posted_from, posted_until: RFC 3339; equal where it tells the second, a day apart where it tells the day, both empty
    where it tells no time. posted_basis: "post", or "file" where only the time of a file was known.
    """

    platform: str
    link: str
    account: str
    account_name: str
    caption: str
    posted_from: str
    posted_until: str
    posted_basis: str
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One place and time an item was seen online, as a record from there says."""

    id: SightingId
    item: ItemId
    case: CaseId
    post: Post
    read_from: str  # the path of the record
    received_at: str
