"""One take's known time gives every take of its moment a time, as wide as what lies between them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from firsthand.app.moment_views import MomentsView, MomentView
from firsthand.link.moments import joins
from firsthand.model.errors import NothingMatched, UsageError
from firsthand.model.ids import ItemId
from firsthand.model.moments import MomentItem


@dataclass(frozen=True, slots=True, kw_only=True)
class BeganAt:
    """When an item's zero was (UTC), ± seconds beyond what the known time itself is unsure by."""

    item: ItemId
    at: datetime
    plus_minus_s: float


def instant_of(text: str) -> datetime:
    """An instant with its zone (RFC 3339). Raises UsageError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(text, why="not a date and time", next_step="write it as 2026-02-14T11:18:55Z") from error
    if at.tzinfo is None:
        raise UsageError(text, why="a time without a zone is no instant", next_step="add Z, or +02:00 as the zone was")
    return at.astimezone(UTC)


def began_at(views: MomentsView, known: ItemId, at: datetime) -> tuple[BeganAt, ...]:
    """When every take of the moment of `known` began, if its zero was at `at`; in that order.

    Raises NothingMatched where the item lies in no moment.
    """
    for view in views.moments:
        for own in view.moment.items:
            if own.item == known:
                found = [_began(view, own, one, at) for one in view.moment.items]
                return tuple(sorted(found, key=lambda one: one.at))
    raise NothingMatched(
        views.names.get(known, known),
        why="it lies in no moment of this case, so its time tells nothing of others",
        next_step="firsthand moments --case NAME lists the moments",
    )


def _began(view: MomentView, known: MomentItem, one: MomentItem, at: datetime) -> BeganAt:
    later_s = (one.offset_s - known.offset_s) / known.rate
    try:
        began = at + timedelta(seconds=later_s)
    except OverflowError as error:
        raise UsageError(at.isoformat(), why="too far from any calendar", next_step="check the year") from error
    return BeganAt(item=one.item, at=began, plus_minus_s=_plus_minus_s(view, known.item, one))


def _plus_minus_s(view: MomentView, known: ItemId, one: MomentItem) -> float:
    """By way of the reference, or, where that is narrower, by what was found between the two."""
    if one.item == known:
        return 0.0
    through = one.plus_minus_s + next(own.plus_minus_s for own in view.moment.items if own.item == known)
    direct = [pair.found.plus_minus_s for pair in view.pairs if {pair.found.a, pair.found.b} == {known, one.item}
              and joins(pair)]  # fmt: skip
    return min([through, *direct])
