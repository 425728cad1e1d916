"""What a use case works with: one archive, who acts, and the things that do the work."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from firsthand.app.schedule import Schedule
from firsthand.model.errors import NothingMatched
from firsthand.model.events import CaseOpened, Event, PersonNamed
from firsthand.model.ids import CaseId, ItemId, PersonId, random_id
from firsthand.model.outcomes import EngineId
from firsthand.model.records import Case
from firsthand.model.text import shown
from firsthand.ports import (
    CheckMemory,
    CheckpointStore,
    Clock,
    Destroyer,
    Executor,
    Keys,
    Received,
    Records,
    SealedStore,
    SegmentStore,
    Soundtracks,
    Stamper,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """What signs, stamps, checks and destroys. archive_id: what checkpoints are signed for."""

    archive_id: str
    size_when_opened: int  # entries in the log
    checkpoints: CheckpointStore
    keys: Keys
    stamper: Stamper
    destroyer: Destroyer
    checked: CheckMemory
    schedule: Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An open archive in somebody's hands."""

    place: str  # the archive as people name it
    records: Records
    sealed: SealedStore
    soundtracks: Soundtracks
    segments: SegmentStore  # of the search index
    received: Received
    executor: Executor
    clock: Clock
    examiners: Callable[[], tuple[EngineId, ...]]  # asked only when needed: they bring heavy libraries
    acting_as: str
    custody: Custody
    before_close: Callable[["Desk"], None]  # signs what was written
    release: Callable[[], None]

    @property
    def engines(self) -> tuple[EngineId, ...]:
        """The engines of all examiners of this installation."""
        return self.examiners()

    def write(self, *events: Event, expected: dict[str, int] | None = None) -> tuple[Event, ...]:
        """Appends the events in the name of whoever acts; returns those that were written (see Records.append)."""
        return self.records.append(events, actor=self.actor(), at=self.clock.now(), expected=expected)

    def actor(self) -> PersonId:
        """The acting person's record, made at their first act. Declared by the operating system, not proved."""
        known = self.records.actor(self.acting_as, "none")
        if known is not None:
            return known.id
        named = PersonNamed(person=PersonId(random_id("person")), name=self.acting_as, authenticated_by="none")
        self.records.append((named,), actor=named.person, at=self.clock.now())
        return named.person

    def case(self, name: str) -> Case:
        """The case of this name. Raises NothingMatched."""
        case = self.records.case(name)
        if case is None:
            names = ", ".join(sorted(shown(one.name) for one in self.records.cases()))
            raise NothingMatched(
                shown(name),
                why="the archive has no case of this name",
                next_step=f"cases here: {names}" if names else "firsthand add PATH --case NAME opens one",
            )
        return case

    def opened_case(self, name: str) -> Case:
        """The case of this name, opened now if need be."""
        case = self.records.case(name)
        if case is None:
            self.write(CaseOpened(case=CaseId(random_id("case")), name=name))
            case = self.case(name)
        return case

    def item(self, text: str) -> ItemId:
        """The one item `text` names: its id, the beginning of it, or the name or path it arrived under.

        Raises NothingMatched for none or several.
        """
        found = self.records.find_items(text)
        if len(found) == 1:
            return found[0]
        if not found:
            raise NothingMatched(
                shown(text),
                why="no item has this id or arrived under this name",
                next_step="firsthand takes lists them",
            )
        raise NothingMatched(
            shown(text),
            why=f"{len(found)} items arrived under this name",
            next_step="name one by its id: " + ", ".join(found[:5]),
        )

    def close(self) -> None:
        """Ends the workers, signs what was written, lets go of the records."""
        self.executor.close()
        try:
            self.before_close(self)
        finally:
            self.release()

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
