"""At which seconds of a moment to show all cameras: where many were filming and stored pictures lie near."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firsthand.model.ids import ItemId
from firsthand.model.moments import MomentItem
from firsthand.publish.content import Filmed

MOST_INSTANTS = 6
# A strip holds twelve pictures; further away than this a picture says little about the instant.
NEAR_ENOUGH_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """Picture `number` of an item's strip is the nearest to an instant, apart_s away on the moment's clock."""

    item: ItemId
    number: int
    picture_s: float
    apart_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenInstant:
    """A second of the moment's clock, and the nearest stored picture of every camera that was filming then.

    blind: cameras that were filming and of which no stored picture is near.
    """

    at_s: float
    nearest: tuple[Nearest, ...]
    blind: tuple[ItemId, ...]


def on_clock_s(one: MomentItem, own_s: float) -> float:
    """An item's own second on the moment's clock."""
    return one.offset_s + own_s / one.rate


def chosen_instants(
    items: Sequence[MomentItem], filmed: Sequence[Filmed], strips_s: Mapping[ItemId, Sequence[float]]
) -> tuple[ChosenInstant, ...]:
    """At most MOST_INSTANTS, in order, spread over the time that at least two cameras share.

    strips_s: the times of each item's stored pictures. Each instant is the time of one of them, so at least one camera
    is shown exactly then; of those near its place in the row, the one that most cameras have pictures near to is taken.
    """
    shared = [one for one in filmed if len(one.items) > 1]
    places = sorted(
        {
            round(on_clock_s(one, at_s), 3)
            for one in items
            for at_s in strips_s.get(one.item, ())
            if any(part.start_s <= on_clock_s(one, at_s) < part.end_s for part in shared)
        }
    )
    if not places:
        return ()
    by_item = {one.item: one for one in items}
    chosen: dict[float, ChosenInstant] = {}
    step_s = (places[-1] - places[0]) / MOST_INSTANTS
    for number in range(MOST_INSTANTS):
        from_s, to_s = places[0] + number * step_s, places[0] + (number + 1) * step_s
        within = [at_s for at_s in places if from_s <= at_s < to_s or at_s == to_s == places[-1]] or places[:1]
        tried = [_at(at_s, by_item, filmed, strips_s) for at_s in within[:60]]
        best = min(tried, key=lambda one: (-len(one.nearest), sum(near.apart_s for near in one.nearest)))
        chosen.setdefault(best.at_s, best)
    return tuple(chosen[at_s] for at_s in sorted(chosen))


def _at(
    at_s: float,
    by_item: Mapping[ItemId, MomentItem],
    filmed: Sequence[Filmed],
    strips_s: Mapping[ItemId, Sequence[float]],
) -> ChosenInstant:
    filming = next((one.items for one in filmed if one.start_s <= at_s < one.end_s), ())
    nearest, blind = [], []
    for item in filming:
        one = by_item[item]
        pictures = [(abs(on_clock_s(one, own_s) - at_s), n, own_s) for n, own_s in enumerate(strips_s.get(item, ()))]
        apart_s, number, own_s = min(pictures, default=(NEAR_ENOUGH_S + 1, 0, 0.0))
        if apart_s <= NEAR_ENOUGH_S:
            nearest.append(Nearest(item=item, number=number, picture_s=own_s, apart_s=apart_s))
        else:
            blind.append(item)
    return ChosenInstant(at_s=at_s, nearest=tuple(nearest), blind=tuple(blind))
