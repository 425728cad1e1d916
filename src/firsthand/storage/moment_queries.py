"""What is asked of the records about moments."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from firsthand.model.codec import decode_without_arrays
from firsthand.model.errors import IntegrityError, MalformedRecord
from firsthand.model.ids import CaseId, ItemId, MomentId, OffsetId
from firsthand.model.moments import Moment, MomentItem, Offset, OffsetFound
from firsthand.model.outcomes import EngineId
from firsthand.storage import tables
from firsthand.storage.projection import moments_subject


class MomentQueries:
    """The part of ports.Records that tells of moments. Values that cannot be read raise IntegrityError."""

    def _rows(self, query: sa.Executable) -> Sequence[Any]:
        raise NotImplementedError

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
        )
        return tuple(ItemId(row.item) for row in self._rows(query.order_by(s.seq, s.item)))

    def offsets(self, case: CaseId) -> tuple[Offset, ...]:
        """Offsets found or set in the case, oldest first; rejected ones too."""
        o = tables.offsets
        return tuple(
            _offset(row) for row in self._rows(sa.select(o).where(o.c.case == case).order_by(o.c.seq, o.c.place))
        )

    def offset(self, offset: OffsetId) -> Offset | None:
        """The offset of this id."""
        rows = self._rows(sa.select(tables.offsets).where(tables.offsets.c.id == offset))
        return _offset(rows[0]) if rows else None

    def moments(self, case: CaseId) -> tuple[Moment, ...]:
        """The moments of the case that stand, oldest first."""
        m = tables.moments
        query = sa.select(m).where(m.c.case == case, m.c.stands == 1).order_by(m.c.minted_seq, m.c.id)
        return tuple(
            Moment(
                id=MomentId(row.id),
                case=CaseId(row.case),
                reference=ItemId(row.reference),
                items=_read(row.items, tuple[MomentItem, ...], row.id),
            )
            for row in self._rows(query)
        )


def _offset(row: Any) -> Offset:
    engine = EngineId(name=row.name, version=row.version, model=row.model, settings=row.settings)
    return Offset(
        id=OffsetId(row.id),
        case=CaseId(row.case),
        found=_read(row.found, OffsetFound, row.id),
        made_by=engine if engine.name else None,
        state=row.state,
        version=row.reviews,
    )


def _read(line: str, expected: Any, subject: str) -> Any:
    try:
        return decode_without_arrays(line.encode("utf-8"), expected)
    except MalformedRecord as error:
        raise IntegrityError(
            subject, why=f"its record was altered: {error.why}", next_step="run firsthand verify"
        ) from error
