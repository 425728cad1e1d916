"""What the files of a moment claim about time, laid on its clock: where claims agree, and where a clock is off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from firsthand.model.findings import FileTime
from firsthand.model.ids import ItemId
from firsthand.model.moments import MomentItem
from firsthand.publish.cards import Claimed, claimed_time, item_page, tidy
from firsthand.publish.claims import best_time
from firsthand.publish.content import Content, ItemShown, MomentShown, TakeShown
from firsthand.publish.language import Language

# The surest first, as on the front page's axis.
TRUSTED = ("satellite", "device_with_zone", "device_utc", "device_local", "file_system")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeClaim:
    """The best claim of one recording of a moment. zero: when second 0 of the moment was by it, or why that is not
    said."""

    page: str
    title: str
    colour: int
    when: Claimed | None
    zero: str


def times_of(
    content: Content, shown: MomentShown, colours: dict[ItemId, int], language: Language
) -> tuple[TimeClaim, ...]:
    """One claim a recording, in the order they began."""
    takes = {take.take.id: take for take in content.takes}
    claims = []
    for one in sorted(shown.moment.items, key=lambda one: (one.offset_s, one.item)):
        take = takes.get(one.take)
        files = take.items() if take is not None else (one.item,)
        best, claim = _surest(content.items[item] for item in files)
        claims.append(
            TimeClaim(
                page=item_page(best.item.id),
                title=tidy(best.name, 120),
                colour=colours[one.item],
                when=claimed_time(claim, language),
                zero=_zero(claim, one, take, best.item.id, language),
            )
        )
    return tuple(claims)


def _surest(files: Iterable[ItemShown]) -> tuple[ItemShown, FileTime | None]:
    claims = [(item, best_time(item)) for item in files]
    return min(claims, key=lambda one: _rank(one[1]))


def _rank(claim: FileTime | None) -> int:
    return TRUSTED.index(claim.trust) if claim is not None and claim.trust in TRUSTED else len(TRUSTED)


def _zero(claim: FileTime | None, one: MomentItem, take: TakeShown | None, file: ItemId, language: Language) -> str:
    if claim is None:
        return ""
    if claim.trust == "file_system":
        return language.say("moment.times.written")
    if not claim.instant:
        return language.say("moment.times.no_zero")
    began_s = one.offset_s + (_into_s(take, file) - _into_s(take, one.item)) / one.rate
    try:
        at = datetime.fromisoformat(claim.instant).astimezone(UTC) - timedelta(seconds=began_s)
    except (ValueError, OverflowError):
        return ""
    return language.instant(at.replace(microsecond=0).isoformat())


def _into_s(take: TakeShown | None, item: ItemId) -> float:
    """The take's second at which the item's zero lies."""
    for part in take.take.spans if take is not None else ():
        if part.span.item == item:
            return part.take_start_s - part.span.start_s * part.speed
    return 0.0
