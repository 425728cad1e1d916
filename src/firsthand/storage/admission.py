"""Which events may be written: the first writer wins, and decisions made on an old version are turned away."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from firsthand.model.errors import Conflict, NothingMatched
from firsthand.model.events import (
    CaseOpened,
    CopiesSought,
    CopyReviewed,
    Event,
    FindingMade,
    MomentsSought,
    OffsetReviewed,
    OffsetSet,
    Sealed,
)
from firsthand.model.outcomes import EngineId
from firsthand.storage import tables

Key = tuple[Any, ...]
CHUNK = 500  # values in one IN (…): far below what any database takes


def admitted(connection: sa.Connection, events: Sequence[Event]) -> list[int]:
    """The places of the events to be written. Must be called under the lock.

    Raises Conflict for a review of a copy that was reviewed since, NothingMatched for one of an unknown copy.
    """
    taken = _keys_in_records(connection, events)
    versions: dict[str, int] = {**_copy_versions(connection, events), **_offset_versions(connection, events)}
    places = []
    for place, event in enumerate(events):
        key = _key(event)
        if key is not None:
            if key in taken:
                continue
            taken.add(key)
        if isinstance(event, CopiesSought):
            versions.update(dict.fromkeys(event.copies, 0))
        if isinstance(event, MomentsSought):
            versions.update(dict.fromkeys(event.offsets, 0))
        if isinstance(event, OffsetSet):
            versions[event.offset] = 0
        if isinstance(event, CopyReviewed):
            _review("copy", event.copy, event.expected_version, versions)
        if isinstance(event, OffsetReviewed):
            _review("offset", event.offset, event.expected_version, versions)
        places.append(place)
    return places


def version(connection: sa.Connection, subject: str) -> int:
    """How often the subject was changed; 0 where nothing is known of it."""
    of_copies, of_offsets = (sa.select(t.c.reviews).where(t.c.id == subject) for t in (tables.copies, tables.offsets))
    of_others = sa.select(tables.versions.c.version).where(tables.versions.c.subject == subject)
    known = connection.execute(sa.union_all(of_others, of_copies, of_offsets)).scalar()
    return 0 if known is None else int(known)


def require_versions(connection: sa.Connection, expected: Mapping[str, int]) -> None:
    """Raises Conflict for the first subject that no longer has the version it is expected to have."""
    for subject, wanted in expected.items():
        if (found := version(connection, subject)) != wanted:
            raise _conflict(subject, wanted=wanted, found=found)


def _review(what: str, subject: str, expected: int, versions: dict[str, int]) -> None:
    if subject not in versions:
        raise NothingMatched(subject, why=f"the archive holds no {what} of this id")
    if (found := versions[subject]) != expected:
        raise _conflict(subject, wanted=expected, found=found)
    versions[subject] = found + 1


def _conflict(subject: str, *, wanted: int, found: int) -> Conflict:
    return Conflict(
        subject,
        why=f"it was changed in the meantime: version {found}, and the decision was made on {wanted}",
        kept="nothing was written",
        next_step="look at it again, then decide",
    )


def _key(event: Event) -> Key | None:
    """What may be there once."""
    match event:
        case Sealed(item=item):
            return "item", item
        case CaseOpened(name=name):
            return "case", name
        case FindingMade(item=item, made_by=engine):
            return "finding", item, *_engine_key(engine)
        case CopiesSought(item=item, made_by=engine):
            return "search", item, *_engine_key(engine)
    return None


def _engine_key(engine: EngineId) -> Key:
    return engine.name, engine.version, engine.model, engine.settings


def _keys_in_records(connection: sa.Connection, events: Sequence[Event]) -> set[Key]:
    i, c, f, s = tables.items.c, tables.cases.c, tables.findings.c, tables.searches.c
    items = (event.item for event in events if isinstance(event, Sealed))
    names = (event.name for event in events if isinstance(event, CaseOpened))
    found_on = (event.item for event in events if isinstance(event, FindingMade))
    sought_for = (event.item for event in events if isinstance(event, CopiesSought))
    keys: set[Key] = set()
    keys.update(("item", *row) for row in _rows_in(connection, i.id, items, [i.id]))
    keys.update(("case", *row) for row in _rows_in(connection, c.name, names, [c.name]))
    for kind, t, wanted in (("finding", f, found_on), ("search", s, sought_for)):
        columns = [t.item, t.name, t.version, t.model, t.settings]
        keys.update((kind, *row) for row in _rows_in(connection, t.item, wanted, columns))
    return keys


def _copy_versions(connection: sa.Connection, events: Sequence[Event]) -> dict[str, int]:
    c = tables.copies.c
    reviewed = (event.copy for event in events if isinstance(event, CopyReviewed))
    return {row[0]: row[1] for row in _rows_in(connection, c.id, reviewed, [c.id, c.reviews])}


def _offset_versions(connection: sa.Connection, events: Sequence[Event]) -> dict[str, int]:
    o = tables.offsets.c
    reviewed = (event.offset for event in events if isinstance(event, OffsetReviewed))
    return {row[0]: row[1] for row in _rows_in(connection, o.id, reviewed, [o.id, o.reviews])}


def _rows_in(
    connection: sa.Connection, column: sa.Column[Any], values: Iterable[str], columns: list[Any]
) -> Iterable[Key]:
    wanted = sorted(set(values))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        yield from (tuple(row) for row in connection.execute(sa.select(*columns).where(column.in_(chunk))))
