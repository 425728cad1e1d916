"""What is asked of the records. Each question is one indexed statement, never one a row."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from firsthand.model.events import FindingMade
from firsthand.model.findings import PicturesFacts, SoundFacts, TriageFacts
from firsthand.model.ids import ArrivalId, CaseId, CopyId, ErasureId, FindingId, HoldId, ItemId, PersonId, TakeId
from firsthand.model.links import Copy, CopyFound, Take, TakeSpan
from firsthand.model.outcomes import EngineId, Found, Outcome
from firsthand.model.records import Actor, Arrival, Case, Erasure, Finding, Hold, Item, Length, Refusal, StampAuthority
from firsthand.storage import tables
from firsthand.storage.admission import CHUNK, version
from firsthand.storage.asking import altered, read_line
from firsthand.storage.hiding import seen as _seen
from firsthand.storage.index_queries import IndexQueries

_SHORTEST_PREFIX = 4
_HEX = frozenset("0123456789abcdef")


class RecordQueries(IndexQueries):
    """The reading half of ports.Records. Values that cannot be read raise IntegrityError."""

    def _reading(self) -> AbstractContextManager[sa.Connection]:
        raise NotImplementedError

    def _event_at(self, connection: sa.Connection, seq: int) -> Any:
        raise NotImplementedError

    def version(self, subject: str) -> int:
        """How often the subject was changed: "takes", or a copy's id. 0 where nothing is known of it."""
        with self._reading() as connection:
            return version(connection, subject)

    def actor(self, name: str, authenticated_by: str) -> Actor | None:
        """The person first named so, authenticated so."""
        rows = self._rows(_ACTOR, name=name, authenticated_by=authenticated_by)
        return Actor(id=PersonId(rows[0].id), name=name, authenticated_by=authenticated_by) if rows else None

    def cases(self) -> tuple[Case, ...]:
        """All cases, oldest first."""
        c = tables.cases.c
        return tuple(
            Case(id=CaseId(row.id), name=row.name) for row in self._rows(sa.select(c.id, c.name).order_by(c.seq))
        )

    def case(self, name: str) -> Case | None:
        """The case of this name."""
        c = tables.cases.c
        rows = self._rows(sa.select(c.id, c.name).where(c.name == name))
        return Case(id=CaseId(rows[0].id), name=rows[0].name) if rows else None

    def item(self, item: ItemId) -> Item | None:
        """The item, if it is here."""
        rows = self._rows(sa.select(tables.items).where(tables.items.c.id == item, _seen(tables.items.c.id)))
        return _item(rows[0]) if rows else None

    def items(self, case: CaseId | None = None) -> tuple[Item, ...]:
        """Items in the order they were sealed; of one case, those that arrived in it."""
        query = sa.select(tables.items).where(_seen(tables.items.c.id)).order_by(tables.items.c.seq)
        return tuple(_item(row) for row in self._rows(query if case is None else query.where(_arrived_in(case))))

    def find_items(self, text: str) -> tuple[ItemId, ...]:
        """Items whose id begins with `text` (with or without `sha256:`, at least 4 digits) or that arrived under
        this name or path, in the order they were sealed."""
        i, a = tables.items.c, tables.arrivals.c
        named = [i.id.in_(sa.select(a.item).where(a.name == text)), i.id.in_(sa.select(a.item).where(a.path == text))]
        digits = text.lower().removeprefix("sha256:")
        if _SHORTEST_PREFIX <= len(digits) <= 64 and _HEX.issuperset(digits):
            prefix = "sha256:" + digits
            named.append(i.id.between(prefix, prefix + "g"))  # "g" stands behind every digit
        # One statement, a UNION of indexed look-ups: an OR would look at every item.
        found = sa.union(*(sa.select(i.id, i.seq).where(one) for one in named)).subquery()
        query = sa.select(found.c.id).where(_seen(found.c.id)).order_by(found.c.seq)
        return tuple(ItemId(row.id) for row in self._rows(query))

    def arrivals(self, item: ItemId) -> tuple[Arrival, ...]:
        """All arrivals of an item, oldest first."""
        return tuple(_arrival(row) for row in self._rows(_ARRIVALS, item=item))

    def arrivals_of_case(self, case: CaseId) -> tuple[Arrival, ...]:
        """All arrivals of a case, oldest first."""
        a = tables.arrivals
        return tuple(
            _arrival(row) for row in self._rows(sa.select(a).where(a.c.case == case, _seen(a.c.item)).order_by(a.c.seq))
        )

    def arrived(self, case: CaseId, path: str) -> Arrival | None:
        """The latest arrival of this path into this case."""
        a = tables.arrivals
        query = sa.select(a).where(a.c.case == case, a.c.path == path).order_by(a.c.seq.desc()).limit(1)
        rows = self._rows(query)
        return _arrival(rows[0]) if rows else None

    def refusals(self, case: CaseId) -> tuple[Refusal, ...]:
        """What was offered to a case and not taken, oldest first."""
        r = tables.refusals
        rows = self._rows(sa.select(r).where(r.c.case == case).order_by(r.c.seq))
        return tuple(Refusal(case=CaseId(row.case), path=row.path, why=row.why, at=row.at) for row in rows)

    def missing(
        self, engines: Sequence[EngineId], case: CaseId | None = None
    ) -> tuple[tuple[ItemId, tuple[EngineId, ...]], ...]:
        """Which items lack an answer of which of these engines, in the order they were sealed: the queue."""
        if not engines:
            return ()
        i, f = tables.items.c, tables.findings.c
        rows = [(place, e.name, e.version, e.model, e.settings) for place, e in enumerate(engines)]
        listed = sa.values(
            sa.column("place", sa.Integer),
            sa.column("name", sa.Text),
            sa.column("version", sa.BigInteger),
            sa.column("model", sa.Text),
            sa.column("settings", sa.Text),
        )
        wanted = listed.data(rows).cte("wanted")
        w = wanted.c
        answered = sa.exists().where(
            f.item == i.id, f.name == w.name, f.version == w.version, f.model == w.model, f.settings == w.settings
        )
        query = sa.select(i.id, w.place).join_from(tables.items, wanted, sa.true()).where(~answered, _seen(i.id))
        if case is not None:
            query = query.where(_arrived_in(case))
        lacking: dict[ItemId, list[EngineId]] = {}
        for row in self._rows(query.order_by(i.seq, w.place)):
            lacking.setdefault(ItemId(row.id), []).append(engines[row.place])
        return tuple((item, tuple(lacks)) for item, lacks in lacking.items())

    def answered(self, item: ItemId) -> frozenset[str]:
        """Kinds of which the item has a finding by any engine, stale ones too."""
        return frozenset(row.name for row in self._rows(_ANSWERED, item=item))

    def failed(self, case: CaseId) -> tuple[ItemId, ...]:
        """Items of the case with a current finding that failed, in the order they were sealed."""
        i, current = tables.items.c, _current()
        query = sa.select(i.id).join(current, current.c.item == i.id)
        query = query.where(current.c.outcome == "failed", _arrived_in(case), _seen(i.id)).distinct().order_by(i.seq)
        return tuple(ItemId(row.id) for row in self._rows(query.add_columns(i.seq)))

    def lengths(self) -> tuple[Length, ...]:
        """The length of every item, in the order they were sealed."""
        i, current = tables.items.c, _current("pictures", "sound", "triage")
        query = sa.select(i.id, current.c.value).outerjoin_from(tables.items, current, current.c.item == i.id)
        ends: dict[str, float] = {}
        jumps: dict[str, tuple[float, ...]] = {}
        for row in self._rows(query.where(_seen(i.id)).order_by(i.seq)):
            outcome = read_line(row.value, Outcome, row.id) if row.value is not None else None
            end_s, jumps_s = _end_and_jumps(outcome)
            ends[row.id] = max(ends.get(row.id, 0.0), end_s)
            jumps[row.id] = jumps.get(row.id, ()) + jumps_s
        return tuple(
            Length(item=ItemId(item), duration_s=end_s, scene_changes_s=jumps[item]) for item, end_s in ends.items()
        )

    def findings(self, item: ItemId) -> tuple[Finding, ...]:
        """All findings of an item, oldest first; the outcomes' arrays are empty."""
        f = tables.findings
        rows = self._rows(sa.select(f).where(f.c.item == item, _seen(f.c.item)).order_by(f.c.seq))
        return tuple(finding_of(row) for row in rows)

    def current(self, item: ItemId, kind: str) -> Finding | None:
        """The current finding of this kind with its arrays: the latest that found or found nothing there, else the
        latest at all. Raises IntegrityError where its payload is damaged."""
        f = tables.findings
        answered = f.c.outcome.in_(("found", "nothing_there"))
        query = (
            sa.select(f)
            .where(f.c.item == item, f.c.name == kind, _seen(f.c.item))
            .order_by(answered.desc(), f.c.seq.desc())
            .limit(1)
        )
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            event = self._event_at(connection, row.seq)
        if not isinstance(event, FindingMade):
            raise altered(row.id, f"entry {row.seq} is no finding")
        return finding_of(row, event.outcome)

    def unsought(self, made_by: EngineId) -> tuple[ItemId, ...]:
        """Items for which this engine has not sought copies, in the order they were sealed."""
        i, s = tables.items.c, tables.searches.c
        sought = sa.exists().where(s.item == i.id, *_same_engine(s, made_by))
        return tuple(ItemId(row.id) for row in self._rows(sa.select(i.id).where(~sought, _seen(i.id)).order_by(i.seq)))

    def sought(self, made_by: EngineId) -> tuple[ItemId, ...]:
        """Items for which this engine has sought copies, in the order it did."""
        s = tables.searches.c
        query = sa.select(s.item).where(*_same_engine(s, made_by), _seen(s.item)).order_by(s.seq)
        return tuple(ItemId(row.item) for row in self._rows(query))

    def copies(self, items: Iterable[ItemId] | None = None) -> tuple[Copy, ...]:
        """Copies whose both ends are among `items` (None: all), oldest first; rejected ones too."""
        c = tables.copies
        query = sa.select(c).where(_seen(c.c.a_item), _seen(c.c.b_item)).order_by(c.c.seq, c.c.place)
        if items is None:
            return tuple(_copy(row) for row in self._rows(query))
        among = sorted(set(items))
        rows: list[Any] = []
        with self._reading() as connection:
            for start in range(0, len(among), CHUNK):
                begun = query.where(c.c.a_item.in_(among[start : start + CHUNK]))
                rows.extend(connection.execute(begun).all())
        members = frozenset(among)
        both = sorted((row for row in rows if row.b_item in members), key=lambda row: (row.seq, row.place))
        return tuple(_copy(row) for row in both)

    def copy(self, copy: CopyId) -> Copy | None:
        """The copy of this id."""
        c = tables.copies
        rows = self._rows(sa.select(c).where(c.c.id == copy, _seen(c.c.a_item), _seen(c.c.b_item)))
        return _copy(rows[0]) if rows else None

    def takes(self) -> tuple[Take, ...]:
        """All takes that stand, oldest first."""
        t = tables.takes
        rows = self._rows(sa.select(t).where(t.c.stands == 1).order_by(t.c.minted_seq, t.c.id))
        hidden = self.hidden()
        takes = (_take(row) for row in rows)
        seen = (replace(t, spans=tuple(part for part in t.spans if part.span.item not in hidden)) for t in takes)
        return tuple(take for take in seen if take.spans)

    def take(self, take: TakeId) -> tuple[TakeId, ...]:
        """The takes an id leads to today: itself, or where redirects end; empty where it was never minted."""
        t, r = tables.takes.c, tables.redirects.c
        leads = sa.select(sa.literal(take, sa.Text).label("id")).cte("leads", recursive=True)
        leads = leads.union(sa.select(r.leads_to).where(r.take == leads.c.id))  # UNION: a circle ends too
        query = sa.select(t.id).where(t.stands == 1, t.id.in_(sa.select(leads.c.id))).order_by(t.minted_seq, t.id)
        return tuple(TakeId(row.id) for row in self._rows(query))

    def hidden(self) -> frozenset[ItemId]:
        """Items in quarantine: no other question's answer holds them."""
        q = tables.quarantines.c
        return frozenset(ItemId(row.item) for row in self._rows(sa.select(q.item).where(q.stands == 1)))

    def sealed_items(self) -> tuple[Item, ...]:
        """All items in the order they were sealed, those in quarantine too: for checking, never for showing."""
        return tuple(_item(row) for row in self._rows(sa.select(tables.items).order_by(tables.items.c.seq)))

    def holds(self) -> tuple[Hold, ...]:
        """Holds that stand, oldest first."""
        h = tables.holds
        return tuple(_hold(row) for row in self._rows(sa.select(h).where(h.c.stands == 1).order_by(h.c.seq)))

    def erasures(self) -> tuple[Erasure, ...]:
        """Erasures that were asked for or done, oldest first."""
        e = tables.erasures
        return tuple(_erasure(row) for row in self._rows(sa.select(e).order_by(e.c.seq)))

    def signing_keys(self) -> tuple[str, ...]:
        """Public keys that the log names, oldest first."""
        k = tables.signing_keys.c
        return tuple(row.key for row in self._rows(sa.select(k.key).order_by(k.seq)))

    def stamp_authorities(self) -> tuple[StampAuthority, ...]:
        """Authorities that the log names, oldest first; the last one stamps."""
        s = tables.stamp_authorities.c
        rows = self._rows(sa.select(s.url, s.roots_pem).order_by(s.seq))
        return tuple(StampAuthority(url=row.url, roots_pem=row.roots_pem) for row in rows)

    def restorations(self) -> tuple[tuple[int, str], ...]:
        """(size, head) of each state that is known to be lost, oldest first."""
        r = tables.restorations.c
        rows = self._rows(sa.select(r.lost_size, r.lost_root).order_by(r.seq))
        return tuple((row.lost_size, row.lost_root) for row in rows)

    def _rows(self, query: sa.Executable, **values: str) -> Sequence[Any]:
        with self._reading() as connection:
            return connection.execute(query, values).all()


_A, _F, _P = tables.arrivals, tables.findings.c, tables.people.c
# Asked once an item while a case is examined, and made once: that takes longer than the asking.
_ACTOR = sa.select(_P.id).where(
    _P.name == sa.bindparam("name"), _P.authenticated_by == sa.bindparam("authenticated_by")
).order_by(_P.named_seq).limit(1)  # fmt: skip
_ANSWERED = sa.select(_F.name).where(_F.item == sa.bindparam("item")).distinct()
_ARRIVALS = sa.select(_A).where(_A.c.item == sa.bindparam("item"), _seen(_A.c.item)).order_by(_A.c.seq)


def _arrived_in(case: CaseId) -> sa.ColumnElement[bool]:
    a = tables.arrivals.c
    return sa.exists().where(a.item == tables.items.c.id, a.case == case)


def _current(*kinds: str) -> sa.Subquery:
    """The current finding of each item and kind: the latest that found or found nothing there, else the latest."""
    f = tables.findings.c
    latest = sa.func.row_number().over(
        partition_by=(f.item, f.name), order_by=(f.outcome.in_(("found", "nothing_there")).desc(), f.seq.desc())
    )
    query = sa.select(f.item, f.name, f.outcome, f.value, latest.label("rank"))
    ranked = (query.where(f.name.in_(kinds)) if kinds else query).subquery()
    return sa.select(ranked).where(ranked.c.rank == 1).subquery()


def _end_and_jumps(outcome: Outcome | None) -> tuple[float, tuple[float, ...]]:
    match outcome:
        case Found(value=PicturesFacts() as pictures):
            return (0.0 if pictures.still else pictures.end_s), pictures.scene_changes_s
        case Found(value=SoundFacts() | TriageFacts() as other):
            return other.end_s, ()
        case _:
            return 0.0, ()


def _same_engine(columns: Any, engine: EngineId) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        columns.name == engine.name,
        columns.version == engine.version,
        columns.model == engine.model,
        columns.settings == engine.settings,
    )


def _item(row: Any) -> Item:
    return Item(id=ItemId(row.id), bytes=row.bytes, sealed_at=row.sealed_at)


def _hold(row: Any) -> Hold:
    return Hold(
        id=HoldId(row.id),
        item=ItemId(row.item),
        case=CaseId(row.case),
        why=row.why,
        placed_at=row.placed_at,
        placed_by=PersonId(row.placed_by),
    )


def _erasure(row: Any) -> Erasure:
    return Erasure(
        id=ErasureId(row.id),
        what=row.what,
        subject=row.subject,
        why=row.why,
        order=row.order,
        asked_by=PersonId(row.asked_by),
        done=bool(row.done),
        at=row.at,
    )


def _arrival(row: Any) -> Arrival:
    return Arrival(
        id=ArrivalId(row.id),
        item=ItemId(row.item),
        case=CaseId(row.case),
        received_at=row.received_at,
        collector=row.collector,
        obtained_from=row.obtained_from,
        how=row.how,
        path=row.path,
        name=row.name,
        modified_at=row.modified_at,
        by=PersonId(row.by),
    )


def _engine(row: Any) -> EngineId:
    return EngineId(name=row.name, version=row.version, model=row.model, settings=row.settings)


def finding_of(row: Any, outcome: Outcome | None = None) -> Finding:
    """A row as a finding. outcome: with its arrays; None: as the row has it, without."""
    return Finding(
        id=FindingId(row.id),
        item=ItemId(row.item),
        made_by=_engine(row),
        made_at=row.made_at,
        seq=row.seq,
        outcome=read_line(row.value, Outcome, row.id) if outcome is None else outcome,
        environment=row.environment,
    )


def _copy(row: Any) -> Copy:
    found = read_line(row.found, CopyFound, row.id)
    return Copy(id=CopyId(row.id), found=found, made_by=_engine(row), state=row.state, version=row.reviews)


def _take(row: Any) -> Take:
    spans = read_line(row.spans, tuple[TakeSpan, ...], row.id)
    return Take(id=TakeId(row.id), spans=spans, state=row.state, edited=bool(row.edited))
