"""The composition root: the only place that knows which adapter stands behind which port."""

from datetime import UTC, datetime

from firsthand.app.desk import Desk
from firsthand.app.settings import Settings
from firsthand.model.errors import NothingMatched
from firsthand.storage import archive as archives


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def opened(settings: Settings) -> Desk:
    """The archive as it stands. Raises ArchiveError or NothingMatched when there is none."""
    if not archives.is_archive(settings.archive):
        raise NothingMatched(
            str(settings.archive), why="there is no archive here", next_step="firsthand add PATH --case NAME makes one"
        )
    return _desk(settings, archives.open_archive(settings.archive))


def opened_or_made(settings: Settings) -> Desk:
    """The archive, made now if the folder is missing or empty."""
    if not archives.is_archive(settings.archive):
        archives.create(settings.archive)
    return _desk(settings, archives.open_archive(settings.archive))
