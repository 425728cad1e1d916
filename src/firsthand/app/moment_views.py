"""Moments as people look at them: who saw which second, where the gaps are, and what each place rests on."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.app.naming import names_in
from firsthand.app.synchronising import offsets_that_stand
from firsthand.model.errors import NothingMatched
from firsthand.model.ids import ItemId
from firsthand.model.moments import Moment, MomentItem, Offset
from firsthand.model.records import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A stretch of the moment's clock (seconds after the reference's zero) and the items that were filming then."""

    start_s: float
    end_s: float
    items: tuple[ItemId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A moment with what it rests on. coverage: from the first begin to the last end; gaps are stretches without
    items. pairs: offsets between its items, rejected ones too."""

    moment: Moment
    names: Mapping[ItemId, str]
    lengths_s: Mapping[ItemId, float]
    coverage: tuple[Seen, ...]
    pairs: tuple[Offset, ...]

    @property
    def shared_s(self) -> float:
        """How long at least two cameras were filming."""
        return sum(one.end_s - one.start_s for one in self.coverage if len(one.items) > 1)

    @property
    def start_s(self) -> float:
        return self.coverage[0].start_s

    @property
    def end_s(self) -> float:
        return self.coverage[-1].end_s


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentsView:
    """All moments of a case, largest first, and the offsets that join nothing yet: weak, ambiguous, rejected."""

    moments: tuple[MomentView, ...]
    loose: tuple[Offset, ...]
    names: Mapping[ItemId, str]


def moments_of(desk: Desk, case: Case) -> MomentsView:
    """The moments of the case and what waits for a person."""
    names = names_in(desk, case)
    lengths_s = {length.item: length.duration_s for length in desk.records.lengths()}
    offsets = offsets_that_stand(desk, case)
    views, told = [], set()
    for moment in desk.records.moments(case.id):
        members = {one.item for one in moment.items}
        pairs = tuple(one for one in offsets if one.found.a in members and one.found.b in members)
        told |= {one.id for one in pairs}
        views.append(
            MomentView(
                moment=moment,
                names=names,
                lengths_s=lengths_s,
                coverage=coverage(moment.items, lengths_s),
                pairs=pairs,
            )
        )
    views.sort(key=lambda view: -len(view.moment.items))
    loose = tuple(one for one in offsets if one.id not in told)
    return MomentsView(moments=tuple(views), loose=loose, names=names)


def coverage(items: Sequence[MomentItem], lengths_s: Mapping[ItemId, float]) -> tuple[Seen, ...]:
    """Who was filming when, in order, without holes: a stretch that nobody filmed has no items."""
    spans = [(one.offset_s, one.offset_s + lengths_s.get(one.item, 0.0) / one.rate, one.item) for one in items]
    edges = sorted({edge for start, end, _ in spans for edge in (start, end)})
    out: list[Seen] = []
    for start_s, end_s in itertools.pairwise(edges):
        middle = (start_s + end_s) / 2
        filming = tuple(item for start, end, item in spans if start <= middle < end)
        if out and out[-1].items == filming:
            out[-1] = Seen(start_s=out[-1].start_s, end_s=end_s, items=filming)
        else:
            out.append(Seen(start_s=start_s, end_s=end_s, items=filming))
    return tuple(out)


def moment_named(views: MomentsView, text: str | None) -> MomentView:
    """The moment whose id begins with `text`; None: the largest. Raises NothingMatched."""
    fitting = [view for view in views.moments if text is None or view.moment.id.startswith(text)]
    if not fitting:
        raise NothingMatched(
            text or "a moment",
            why="the case has no moment of this id" if text else "no two takes of this case share a moment so far",
            next_step="firsthand moments --case NAME lists them",
        )
    if text is not None and len(fitting) > 1:
        raise NothingMatched(text, why=f"{len(fitting)} moments begin so", next_step="give more of the id")
    return fitting[0]
