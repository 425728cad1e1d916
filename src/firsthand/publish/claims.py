"""When and where the file says it was made, each claim with its basis and how far it can be trusted."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from firsthand.model.findings import ContainerFacts, FilePosition, FileTime
from firsthand.publish.content import ItemShown

# Clocks on Earth run from UTC−12 to UTC+14, so a time of unknown zone happened within these of the same UTC reading.
_EARLIEST_OF_WALL, _LATEST_OF_WALL = timedelta(hours=-14), timedelta(hours=12)
_USELESS = ("unset", "implausible")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """From when to when something may have happened."""

    earliest: datetime
    latest: datetime


def best_time(item: ItemShown) -> FileTime | None:
    """The claim worth most: of the container's, the first that names a time; else the file system's of the first
    arrival. None: nothing claims a usable time."""
    container = item.found(ContainerFacts)
    claims = container.times if isinstance(container, ContainerFacts) else ()
    for claim in claims:
        if claim.trust not in _USELESS and interval_of(claim) is not None:
            return claim
    for arrival in item.arrivals:
        if arrival.modified_at:
            return FileTime(
                basis="file system", instant=arrival.modified_at, wall_time="", trust="file_system", note=""
            )
    return None


def first_position(item: ItemShown) -> FilePosition | None:
    """The first position the file claims, if it claims one."""
    container = item.found(ContainerFacts)
    return container.positions[0] if isinstance(container, ContainerFacts) and container.positions else None


def interval_of(claim: FileTime) -> Interval | None:
    """When the claim may mean; None for what is no date and time."""
    try:
        if claim.instant:
            at = datetime.fromisoformat(claim.instant)
            return Interval(earliest=at.astimezone(UTC), latest=at.astimezone(UTC)) if at.tzinfo else None
        wall = datetime.fromisoformat(claim.wall_time)
        as_if_utc = wall.astimezone(UTC) if wall.tzinfo else wall.replace(tzinfo=UTC)
        return Interval(earliest=as_if_utc + _EARLIEST_OF_WALL, latest=as_if_utc + _LATEST_OF_WALL)
    except (ValueError, OverflowError):
        return None
