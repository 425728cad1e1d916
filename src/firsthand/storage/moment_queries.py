"""What is asked of the records about moments."""

from typing import Any

import sqlalchemy as sa

from firsthand.model.ids import CaseId, ItemId, MomentId, OffsetId
from firsthand.model.moments import Moment, MomentItem, Offset, OffsetFound
from firsthand.model.outcomes import EngineId
from firsthand.storage import tables
from firsthand.storage.asking import Asking, read_line
from firsthand.storage.hiding import seen
from firsthand.storage.projection import moments_subject


class MomentQueries(Asking):
    """The part of ports.Records that tells of moments. Values that cannot be read raise IntegrityError."""

    def moments_subject(self, case: CaseId) -> str:
        """The subject whose version every search and every change of a moment of this case raises."""
        return moments_subject(case)

    def compared_for_moments(self, case: CaseId, made_by: EngineId) -> tuple[ItemId, ...]:
        """Items this engine has compared within the case, in the order it did."""
        s = tables.moment_searches.c
        query = sa.select(s.item).where(
            s.case == case,
            s.name == made_by.name,
            s.version == made_by.version,
            s.model == made_by.model,
            s.settings == made_by.settings,
            seen(s.item),
        )
        return tuple(ItemId(row.item) for row in self._rows(query.order_by(s.seq, s.item)))

    def offsets(self, case: CaseId) -> tuple[Offset, ...]:
        """Offsets found or set in the case, oldest first; rejected ones too."""
        o = tables.offsets
        query = sa.select(o).where(o.c.case == case, seen(o.c.a_item), seen(o.c.b_item))
        return tuple(_offset(row) for row in self._rows(query.order_by(o.c.seq, o.c.place)))

    def offset(self, offset: OffsetId) -> Offset | None:
        """The offset of this id."""
        o = tables.offsets
        rows = self._rows(sa.select(o).where(o.c.id == offset, seen(o.c.a_item), seen(o.c.b_item)))
        return _offset(rows[0]) if rows else None

    def moments(self, case: CaseId) -> tuple[Moment, ...]:
        """The moments of the case that stand, oldest first. Items in quarantine are left out, and so is a moment
        whose reference is, until it is shaped again."""
        m, q = tables.moments, tables.quarantines.c
        query = sa.select(m).where(m.c.case == case, m.c.stands == 1, seen(m.c.reference))
        hidden = {row.item for row in self._rows(sa.select(q.item).where(q.stands == 1))}
        moments = []
        for row in self._rows(query.order_by(m.c.minted_seq, m.c.id)):
            items = read_line(row.items, tuple[MomentItem, ...], row.id)
            shown = tuple(one for one in items if one.item not in hidden)
            if len(shown) > 1:
                moments.append(
                    Moment(id=MomentId(row.id), case=CaseId(row.case), reference=ItemId(row.reference), items=shown)
                )
        return tuple(moments)


def _offset(row: Any) -> Offset:
    engine = EngineId(name=row.name, version=row.version, model=row.model, settings=row.settings)
    return Offset(
        id=OffsetId(row.id),
        case=CaseId(row.case),
        found=read_line(row.found, OffsetFound, row.id),
        made_by=engine if engine.name else None,
        state=row.state,
        version=row.reviews,
    )
