"""Erasure as the law may order it: what is gone is gone from the whole archive, and that it happened stays.

Two people are needed, one who asks and another who confirms, or a reason why one acts alone.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from firsthand.app.desk import Desk
from firsthand.app.indexing import prune
from firsthand.app.linking import shape_takes
from firsthand.app.withholding import any_item
from firsthand.model.codec import decode_event
from firsthand.model.errors import Conflict, IntegrityError, MalformedRecord, NothingMatched, UsageError, Withheld
from firsthand.model.events import Arrived, Erased, ErasureAsked, Event, PersonNamed, Redacted
from firsthand.model.ids import ErasureId, ItemId, random_id, sha256_of
from firsthand.model.records import Erasure
from firsthand.model.redacting import Redaction, redacted
from firsthand.model.text import shown
from firsthand.ports import Progress

What = Literal["item", "payload", "source", "case"]
SHORTEST_NAME = 3
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to go and why. subject: an item's id, an entry's number, a source's name, a case's id.

    why, order: stay in the archive for good, so they must not name what goes.
    """

    what: What
    subject: str
    why: str
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What was destroyed: payloads of the log, and sealed files."""

    erasure: ErasureId
    payloads: int
    redacted: int
    files: int


@dataclass(slots=True)
class _Plan:
    """What an order comes to. size: of the log it was made from."""

    size: int = 0
    entries: list[int] = field(default_factory=list)
    redacted: list[Redacted] = field(default_factory=list)
    items: list[ItemId] = field(default_factory=list)


def order_of(desk: Desk, what: What, text: str, *, why: str, order: str) -> Order:
    """The order in the archive's own terms. Raises NothingMatched, UsageError."""
    match what:
        case "item":
            subject: str = any_item(desk, text)
        case "case":
            subject = desk.case(text).id
        case "payload":
            if not text.isdigit() or int(text) >= desk.records.head().size:
                raise NothingMatched(shown(text), why="no entry of the log has this number")
            subject = text
        case "source":
            if len(text.strip()) < SHORTEST_NAME:
                raise UsageError(shown(text), why=f"a source's name has at least {SHORTEST_NAME} characters")
            if text.casefold() in f"{why}\n{order}".casefold():
                raise UsageError("--why or --order", why="it names the source, and it stays in the archive for good")
            subject = text
    return Order(what=what, subject=subject, why=why, order=order)


def ask(desk: Desk, order: Order) -> ErasureId:
    """Records that somebody asks for an erasure; nothing is erased until somebody else confirms it."""
    _require_no_hold(desk, order)
    erasure = ErasureId(random_id("erasure"))
    desk.write(ErasureAsked(erasure=erasure, what=order.what, subject=order.subject, why=order.why, order=order.order))
    return erasure


def confirm(desk: Desk, text: str, *, progress: Progress) -> Gone:
    """Carries out what somebody else asked for. Raises NothingMatched, and UsageError for the one who asked."""
    asked = next((one for one in desk.records.erasures() if one.id == text and not one.done), None)
    if asked is None:
        waiting = ", ".join(one.id for one in desk.records.erasures() if not one.done)
        raise NothingMatched(text, why="no erasure of this id waits", next_step=f"waiting: {waiting or 'none'}")
    if asked.asked_by == desk.actor():
        raise UsageError(
            asked.id,
            why="you asked for it yourself; an erasure needs a second person",
            next_step="let somebody else confirm it with --as NAME, or give a reason: --alone WHY",
        )
    return _carry_out(desk, _order(asked), asked, alone="", progress=progress)


def erase_alone(desk: Desk, order: Order, reason: str, *, progress: Progress) -> Gone:
    """Carries an order out without a second person; the reason stays in the log."""
    return _carry_out(desk, order, None, alone=reason, progress=progress)


def finish(desk: Desk, *, progress: Progress) -> None:
    """What follows once an erasure stands in the log: takes without what is gone, and its destruction. Cut short, it
    is gone on with when the archive is next opened: what is to be destroyed stays noted until the end."""
    shape_takes(desk, progress=progress)
    desk.custody.destroyer.destroy(clean_segments=prune(desk))


def _order(asked: Erasure) -> Order:
    what: What = next(kind for kind in ("item", "payload", "source", "case") if kind == asked.what)
    return Order(what=what, subject=asked.subject, why=asked.why, order=asked.order)


def _carry_out(desk: Desk, order: Order, asked: Erasure | None, *, alone: str, progress: Progress) -> Gone:
    actor = desk.actor()
    erasure = asked.id if asked is not None else ErasureId(random_id("erasure"))
    for left in reversed(range(_TRIES)):
        _require_no_hold(desk, order)
        plan = _planned(desk, order, progress)
        event = Erased(
            erasure=erasure,
            what=order.what,
            entries=tuple(plan.entries),
            redacted=tuple(plan.redacted),
            files=len(plan.items),
            why=order.why,
            order=order.order,
            asked_by=asked.asked_by if asked is not None else actor,
            alone=alone,
        )
        try:
            now = desk.clock.now()
            desk.records.erase(event, items=plan.items, actor=actor, at=now, expected_size=plan.size)
            break
        except Conflict:
            if not left:
                raise  # others keep writing: let them finish first
    finish(desk, progress=progress)
    return Gone(
        erasure=erasure,
        payloads=len(plan.entries) - len(plan.redacted),
        redacted=len(plan.redacted),
        files=len(plan.items),
    )


def _planned(desk: Desk, order: Order, progress: Progress) -> _Plan:
    """Goes through the whole log: what holds something of what must go, and what can be left of it."""
    plan = _Plan(items=_items_of(desk, order))
    gone = {order.subject, *plan.items} if order.what in ("item", "case") else set()
    redaction = Redaction(gone=gone, words=(order.subject,) if order.what == "source" else ())
    progress.begin("reading the log", desk.records.head().size, "entries")
    needles = _needles(redaction.gone)
    for entry in desk.records.log():
        plan.size = entry.seq + 1
        progress.advance()
        payload = entry.payload or entry.left
        if not payload:
            continue
        if order.what == "payload":
            if entry.seq == int(order.subject):
                _require_free(desk, _event(entry.seq, entry.kind, payload))
                plan.entries.append(entry.seq)
            continue
        if not redaction.words and not needles.search(payload):
            continue
        event = _event(entry.seq, entry.kind, payload)
        known = len(redaction.gone)
        left = redaction.left_of(event)
        if len(redaction.gone) != known:
            needles = _needles(redaction.gone)
        if left is event:
            continue
        if order.what == "source":
            _require_free(desk, event)
        plan.entries.append(entry.seq)
        if left is not None:
            plan.redacted.append(redacted(entry.seq, left))
    progress.end()
    if not plan.entries:
        raise NothingMatched(shown(order.subject), why="no entry of the log holds anything of it, or not any more")
    return plan


def _items_of(desk: Desk, order: Order) -> list[ItemId]:
    """Items whose sealed files go: the item, or those that arrived in no other case."""
    if order.what == "item":
        return [ItemId(order.subject)]
    if order.what != "case":
        return []
    return [item for item, cases in _cases_of_items(desk).items() if cases == {order.subject}]


def _cases_of_items(desk: Desk) -> dict[ItemId, set[str]]:
    """From the log, as quarantine hides arrivals from every other question."""
    cases: dict[ItemId, set[str]] = defaultdict(set)
    for entry in desk.records.log():
        payload = entry.payload or entry.left
        if entry.kind == Arrived.kind and payload:
            event = _event(entry.seq, entry.kind, payload)
            if isinstance(event, Arrived):
                cases[event.item].add(event.case)
    return cases


def _event(seq: int, kind: str, payload: bytes) -> Event:
    try:
        return decode_event(kind, payload)
    except MalformedRecord as error:
        raise IntegrityError(f"log entry {seq}", why=error.why, next_step="run firsthand verify") from error


def _needles(gone: set[str]) -> re.Pattern[bytes]:
    """Finds entries that may name any of these; an item is also known by its digits alone."""
    names = (sha256_of(ItemId(one)).encode() for one in gone)
    return re.compile(b"|".join(re.escape(name) for name in names))


def _require_no_hold(desk: Desk, order: Order) -> None:
    holds = desk.records.holds()
    if not holds or order.what not in ("item", "case"):
        return
    cases = _cases_of_items(desk)
    items = _items_of(desk, order)
    in_cases = {order.subject} if order.what == "case" else cases.get(ItemId(order.subject), set())
    for hold in holds:
        if hold.item in items or hold.case in in_cases:
            raise _withheld(hold.id, hold.why)


def _require_free(desk: Desk, event: Event) -> None:
    if isinstance(event, PersonNamed):
        return
    item, case = getattr(event, "item", ""), getattr(event, "case", "")
    for hold in desk.records.holds():
        if (hold.item and hold.item == item) or (hold.case and hold.case == case):
            raise _withheld(hold.id, hold.why)


def _withheld(hold: str, why: str) -> Withheld:
    return Withheld(
        hold,
        why=f"a legal hold forbids it: {shown(why)}",
        kept="nothing was erased",
        next_step=f"when the hold may end: firsthand hold --lift {hold} --why …",
    )
