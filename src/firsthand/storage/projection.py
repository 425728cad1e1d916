"""The one place that turns events into rows. Appending and replaying both come through here.

Rows depend on the events and their order alone: on no clock, no chance, no other table's content.
"""

from collections import Counter
from typing import Any

import sqlalchemy as sa

from firsthand.model.codec import encode_without_arrays
from firsthand.model.events import (
    ArchiveMade,
    Arrived,
    CaseOpened,
    CopiesSought,
    CopyReviewed,
    Erased,
    ErasureAsked,
    Event,
    FindingMade,
    HoldLifted,
    HoldPlaced,
    MomentEnded,
    MomentShaped,
    MomentsSought,
    OffsetReviewed,
    OffsetSet,
    PersonNamed,
    Quarantined,
    QuarantineLifted,
    Refused,
    Restored,
    Sealed,
    Sighted,
    SigningKeyNamed,
    StampAuthorityNamed,
    TakeRedirected,
    TakeShaped,
)
from firsthand.model.moments import OffsetFound
from firsthand.model.outcomes import EngineId, outcome_name
from firsthand.storage import tables
from firsthand.storage.inserting import insert_rows
from firsthand.storage.sqlite import upsert

Row = dict[str, Any]
TAKES = "takes"
"""The subject whose version every change of any take raises."""

_name_person = upsert(tables.people, key="id")
_shape_take = upsert(tables.takes, key="id", kept=("minted_seq",))
_lead_elsewhere = sa.update(tables.takes).where(tables.takes.c.id == sa.bindparam("take")).values(stands=0)
_forget_redirects = sa.delete(tables.redirects).where(tables.redirects.c.take == sa.bindparam("of"))
_review_copy = (
    sa.update(tables.copies)
    .where(tables.copies.c.id == sa.bindparam("copy"))
    .values(state=sa.bindparam("decided"), reviews=tables.copies.c.reviews + 1)
)
_lift_hold = sa.update(tables.holds).where(tables.holds.c.id == sa.bindparam("hold")).values(stands=0)
_quarantine = upsert(tables.quarantines, key="item")
_lift_quarantine = (
    sa.update(tables.quarantines).where(tables.quarantines.c.item == sa.bindparam("of_item")).values(stands=0)
)
_answered = sa.delete(tables.erasures).where(
    tables.erasures.c.id == sa.bindparam("erasure"), tables.erasures.c.done == 0
)
_redact = upsert(tables.redactions, key="entry")
_leave_nothing = sa.delete(tables.redactions).where(tables.redactions.c.entry == sa.bindparam("of_entry"))
_shape_moment = upsert(tables.moments, key="id", kept=("minted_seq",))
_end_moment = sa.update(tables.moments).where(tables.moments.c.id == sa.bindparam("moment")).values(stands=0)
_review_offset = (
    sa.update(tables.offsets)
    .where(tables.offsets.c.id == sa.bindparam("offset"))
    .values(state=sa.bindparam("decided"), reviews=tables.offsets.c.reviews + 1)
)
_raise_version = upsert(tables.versions, key="subject", added=("version",))


class Projection:
    """Collects the rows of events and writes them in few statements. Nothing is in the tables before `flush`."""

    def __init__(self) -> None:
        self._forget()

    def apply(self, seq: int, at: str, actor: str, event: Event) -> None:
        """Takes up one event. Raises ValueError where the event contradicts itself."""
        match event:
            case ArchiveMade():
                self._insert(tables.archives, seq=seq, format=event.format, made_with=event.made_with, made_at=at)
            case PersonNamed():
                person = {"id": event.person, "name": event.name, "authenticated_by": event.authenticated_by}
                self._change(_name_person, named_seq=seq, **person)
            case CaseOpened():
                self._insert(tables.cases, seq=seq, id=event.case, name=event.name, opened_at=at)
            case Sealed():
                self._insert(tables.items, seq=seq, id=event.item, bytes=event.bytes, sealed_at=at)
            case Arrived():
                self._arrive(seq, at, actor, event)
            case Sighted():
                self._sight(seq, at, event)
            case Refused():
                self._insert(tables.refusals, seq=seq, case=event.case, path=event.path, why=event.why, at=at)
            case FindingMade():
                self._find(seq, at, event)
            case CopiesSought():
                self._seek(seq, event)
            case CopyReviewed():
                self._change(_review_copy, copy=event.copy, decided=event.state)
            case TakeShaped():
                self._shape(seq, event)
            case TakeRedirected():
                self._redirect(event)
            case SigningKeyNamed():
                self._insert(tables.signing_keys, seq=seq, key=event.key, why=event.why, named_at=at)
            case StampAuthorityNamed():
                self._insert(tables.stamp_authorities, seq=seq, url=event.url, roots_pem=event.roots_pem)
            case Restored():
                lost = {"lost_size": event.lost_size, "lost_root": event.lost_root}
                self._insert(tables.restorations, seq=seq, **lost, why=event.why, at=at)
            case HoldPlaced():
                held = {"id": event.hold, "item": event.item, "case": event.case, "why": event.why}
                self._insert(tables.holds, seq=seq, **held, placed_at=at, placed_by=actor, stands=1)
            case HoldLifted():
                self._change(_lift_hold, hold=event.hold)
            case Quarantined():
                self._change(_quarantine, item=event.item, since_seq=seq, why=event.why, stands=1)
            case QuarantineLifted():
                self._change(_lift_quarantine, of_item=event.item)
            case ErasureAsked():
                asked = {"id": event.erasure, "what": event.what, "subject": event.subject, "why": event.why}
                more = {"order": event.order, "asked_by": actor, "alone": "", "done": 0, "entries": 0, "at": at}
                self._insert(tables.erasures, seq=seq, **asked, **more)
            case Erased():
                self._erase(seq, at, event)
            case MomentsSought():
                self._seek_moments(seq, event)
            case OffsetReviewed():
                self._change(_review_offset, offset=event.offset, decided=event.state)
            case OffsetSet():
                row = _offset_row(event.offset, event.case, event.found, _NOBODY)
                self._insert(tables.offsets, seq=seq, place=0, **row | {"state": "confirmed"})
            case MomentShaped():
                self._shape_moment(seq, event)
            case MomentEnded():
                self._change(_end_moment, moment=event.moment)
                self._raised[moments_subject(event.case)] += 1

    def flush(self, connection: sa.Connection) -> None:
        """Writes what was collected. New rows first: they never depend on a change, changes do on them."""
        for table in tables.PROJECTED:
            if rows := self._inserts[table.name]:
                insert_rows(connection, table, rows)
        for statement, rows in self._changes:
            connection.execute(statement, rows)
        if self._leads:
            connection.execute(_forget_redirects, [{"of": take} for take in self._leads])
        if led := [
            {"take": take, "place": place, "leads_to": to}
            for take, leads in self._leads.items()
            for place, to in enumerate(leads)
        ]:
            connection.execute(sa.insert(tables.redirects), led)
        if self._raised:
            raised = [{"subject": subject, "version": by} for subject, by in self._raised.items()]
            connection.execute(_raise_version, raised)
        self._forget()

    def _forget(self) -> None:
        self._inserts: dict[str, list[Row]] = {table.name: [] for table in tables.PROJECTED}
        self._changes: list[tuple[sa.Executable, list[Row]]] = []  # in order; neighbours of one kind run together
        self._leads: dict[str, tuple[str, ...]] = {}  # where the takes that changed lead to in the end
        self._raised: Counter[str] = Counter()

    def _insert(self, table: sa.Table, **row: Any) -> None:
        self._inserts[table.name].append(row)

    def _change(self, statement: sa.Executable, **row: Any) -> None:
        if not self._changes or self._changes[-1][0] is not statement:
            self._changes.append((statement, []))
        self._changes[-1][1].append(row)

    def _arrive(self, seq: int, at: str, actor: str, event: Arrived) -> None:
        self._insert(
            tables.arrivals,
            seq=seq,
            id=event.arrival,
            item=event.item,
            case=event.case,
            received_at=at,
            collector=event.collector,
            obtained_from=event.obtained_from,
            how=event.how,
            path=event.path,
            name=event.name,
            modified_at=event.modified_at,
            by=actor,
        )

    def _find(self, seq: int, at: str, event: FindingMade) -> None:
        self._insert(
            tables.findings,
            seq=seq,
            id=event.finding,
            item=event.item,
            **engine_row(event.made_by),
            made_at=at,
            outcome=outcome_name(event.outcome),
            value=line_of(event.outcome),
            environment=event.environment,
        )

    def _seek(self, seq: int, event: CopiesSought) -> None:
        engine = engine_row(event.made_by)
        against, because = event.against, event.not_looked
        self._insert(tables.searches, seq=seq, item=event.item, **engine, against=against, not_looked=because)
        for place, (copy, found) in enumerate(zip(event.copies, event.found, strict=True)):
            self._insert(
                tables.copies,
                seq=seq,
                place=place,
                id=copy,
                a_item=found.a.item,
                b_item=found.b.item,
                found=line_of(found),
                **engine,
                state="suggested",
                reviews=0,
            )

    def _sight(self, seq: int, at: str, event: Sighted) -> None:
        self._insert(
            tables.sightings,
            seq=seq,
            id=event.sighting,
            item=event.item,
            case=event.case,
            post=line_of(event.post),
            read_from=event.read_from,
            received_at=at,
        )

    def _shape(self, seq: int, event: TakeShaped) -> None:
        spans = line_of(event.spans)
        self._leads[event.take] = ()  # a merge that was undone: the id stands for itself again
        self._change(
            _shape_take,
            id=event.take,
            minted_seq=seq,
            spans=spans,
            state=event.state,
            edited=int(event.edited),
            stands=1,
        )
        self._raised[TAKES] += 1

    def _erase(self, seq: int, at: str, event: Erased) -> None:
        row = {"id": event.erasure, "what": event.what, "subject": "", "why": event.why, "order": event.order}
        more = {"asked_by": event.asked_by, "alone": event.alone, "done": 1, "entries": len(event.entries), "at": at}
        self._insert(tables.erasures, seq=seq, **row, **more)
        self._change(_answered, erasure=event.erasure)
        left = {one.entry for one in event.redacted}
        for entry in event.entries:
            if entry not in left:
                self._change(_leave_nothing, of_entry=entry)
        for one in event.redacted:
            self._change(_redact, entry=one.entry, erased_seq=seq, document=one.document.data)

    def _seek_moments(self, seq: int, event: MomentsSought) -> None:
        engine = engine_row(event.made_by)
        self._raised[moments_subject(event.case)] += 1
        for item in event.items:
            self._insert(tables.moment_searches, seq=seq, item=item, case=event.case, **engine)
        for place, (offset, found) in enumerate(zip(event.offsets, event.found, strict=True)):
            row = _offset_row(offset, event.case, found, event.made_by)
            self._insert(tables.offsets, seq=seq, place=place, **row)

    def _shape_moment(self, seq: int, event: MomentShaped) -> None:
        self._change(
            _shape_moment,
            id=event.moment,
            minted_seq=seq,
            case=event.case,
            reference=event.reference,
            items=line_of(event.items),
            stands=1,
        )
        self._raised[moments_subject(event.case)] += 1

    def _redirect(self, event: TakeRedirected) -> None:
        self._change(_lead_elsewhere, take=event.take)
        self._leads[event.take] = event.to
        self._raised[TAKES] += 1


_NOBODY = EngineId(name="", version=0)


def moments_subject(case: str) -> str:
    """The subject whose version every change of a moment of this case raises."""
    return f"moments of {case}"


def _offset_row(offset: str, case: str, found: OffsetFound, engine: EngineId) -> Row:
    return {
        "id": offset,
        "case": case,
        "a_item": found.a,
        "b_item": found.b,
        "found": line_of(found),
        **engine_row(engine),
        "state": "suggested",
        "reviews": 0,
    }


def engine_row(engine: EngineId) -> Row:
    """An engine as columns."""
    return {"name": engine.name, "version": engine.version, "model": engine.model, "settings": engine.settings}


def line_of(value: Any) -> str:
    """A model value as a column: one line of ASCII JSON, arrays by type and shape."""
    return encode_without_arrays(value).decode("ascii").removesuffix("\n")
