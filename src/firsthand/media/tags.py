"""What a reader of tags answers."""

from dataclasses import dataclass

from firsthand.model.findings import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsRead:
    """The tags one reader found; reader: its name and version, empty where it could not look; note: why not."""

    reader: str
    tags: tuple[Tag, ...] = ()
    note: str = ""
