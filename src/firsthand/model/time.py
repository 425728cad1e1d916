"""Times that say how far they can be trusted. An instant has a zone; a clock of unknown zone is a WallTime."""

from dataclasses import dataclass
from datetime import UTC, datetime

from firsthand.model.errors import AmbiguousTime


@dataclass(frozen=True, slots=True, kw_only=True)
class WallTime:
    """What a clock of unknown zone showed: `2022-02-26T14:30:00`, never taken for UTC."""

    text: str


def instant_text(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`: one spelling, so equal instants are equal text.

    Raises AmbiguousTime for a value without a zone.
    """
    if at.tzinfo is None:
        raise AmbiguousTime(str(at), why="the time has no zone", next_step="give the zone, or keep it as a WallTime")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> datetime:
    """The instant an RFC 3339 text names. Raises AmbiguousTime when it carries no offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise AmbiguousTime(text, why="the time has no zone", next_step="give the zone, or keep it as a WallTime")
    return at
