"""The composition root: the only place that knows which adapter stands behind which port."""

import logging
from datetime import UTC, datetime

from firsthand import __version__
from firsthand.app.checkpointing import sign_what_was_written
from firsthand.app.desk import Custody, Desk
from firsthand.app.examining import close_children
from firsthand.app.schedule import read_schedule
from firsthand.app.settings import Settings
from firsthand.model.errors import ArchiveError, NothingMatched
from firsthand.model.events import ArchiveMade, PersonNamed
from firsthand.model.ids import PersonId, random_id
from firsthand.model.outcomes import EngineId
from firsthand.notary.keys import FolderKeys
from firsthand.notary.stamps import Rfc3161
from firsthand.runtime.pool import ThreadedPool
from firsthand.storage import archive as archives
from firsthand.storage.received import FolderWalk
from firsthand.storage.segments import FolderSegments
from firsthand.storage.soundtracks import FolderSoundtracks

_talk = logging.getLogger("firsthand")


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def opened(settings: Settings, *, finishing: bool = True) -> Desk:
    """The archive as it stands. Raises NothingMatched when there is none, ArchiveError when it cannot be opened.

    finishing: an erasure that was cut short is gone on with first.
    """
    if not archives.is_archive(settings.archive):
        raise NothingMatched(
            str(settings.archive), why="there is no archive here", next_step="firsthand add PATH --case NAME makes one"
        )
    return _desk(settings, archives.open(settings.archive), finishing=finishing)


def opened_or_made(settings: Settings) -> Desk:
    """The archive, made now if the folder is missing or empty."""
    if archives.is_archive(settings.archive):
        return opened(settings)
    clock = SystemClock()
    maker = PersonNamed(person=PersonId(random_id("person")), name=settings.acting_as, authenticated_by="none")
    first = ArchiveMade(format=archives.FORMAT, made_with=f"firsthand {__version__}")
    try:
        made = archives.create(settings.archive, first=first, actor=maker.person, at=clock.now(), named=(maker,))
    except ArchiveError:
        if archives.is_archive(settings.archive):
            return opened(settings)  # somebody else made it at the same moment
        raise
    return _desk(settings, made, finishing=False)


def _engines() -> tuple[EngineId, ...]:
    from firsthand.app.examiners import engines  # brings OpenCV and NumPy, which listing takes does not need

    return engines()


def _desk(settings: Settings, archive: archives.Archive, *, finishing: bool) -> Desk:
    def release() -> None:
        close_children()
        archive.close()

    custody = Custody(
        archive_id=archive.id,
        size_when_opened=archive.records.head().size,
        checkpoints=archive.checkpoints,
        keys=FolderKeys(folder=settings.keys / archive.id, name=archive.id, passphrase=settings.passphrase),
        stamper=Rfc3161(),
        destroyer=archive.destroyer,
        checked=archive.checked,
        schedule=read_schedule(archive.folder),
    )
    desk = Desk(
        place=str(settings.archive),
        records=archive.records,
        sealed=archive.sealed,
        soundtracks=FolderSoundtracks(archive.derived / "sound"),
        segments=FolderSegments(archive.index),
        received=FolderWalk(),
        executor=ThreadedPool(settings.workers),
        clock=SystemClock(),
        examiners=_engines,
        acting_as=settings.acting_as,
        custody=custody,
        before_close=sign_what_was_written,
        release=release,
    )
    if finishing and archive.writable and archive.destroyer.pending():
        _finish_erasure(desk)
    return desk


def _finish_erasure(desk: Desk) -> None:
    """An erasure was cut short; nobody may see what it left."""
    _talk.warning("An erasure was cut short (or somebody is at it): what it left is being destroyed first.")
    from firsthand.app.erasing import finish  # brings what groups takes, which most commands do not need

    try:
        finish(desk, progress=_Unseen())
    except BaseException:
        desk.release()
        raise


class _Unseen:
    """Implements ports.Progress for what nobody asked for."""

    def begin(self, stage: str, total: int | None, unit: str) -> None: ...

    def advance(self, by: int = 1, note: str = "") -> None: ...

    def end(self) -> None: ...

    def tell(self, sentence: str) -> None: ...
