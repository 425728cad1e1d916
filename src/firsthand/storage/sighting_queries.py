"""What is asked of the records about where items were seen online."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from firsthand.model.codec import decode_without_arrays
from firsthand.model.errors import IntegrityError, MalformedRecord
from firsthand.model.ids import CaseId, ItemId, SightingId
from firsthand.model.sightings import Reach, Sighting
from firsthand.storage import tables
from firsthand.storage.hiding import seen


class SightingQueries:
    """The part of ports.Records that tells of sightings. Values that cannot be read raise IntegrityError."""

    def _rows(self, query: sa.Executable) -> Sequence[Any]:
        raise NotImplementedError

    def sightings(self, item: ItemId) -> tuple[Sighting, ...]:
        """Where an item was seen online, in the order it became known."""
        s = tables.sightings
        return tuple(map(_sighting, self._rows(sa.select(s).where(s.c.item == item, seen(s.c.item)).order_by(s.c.seq))))

    def sightings_of_case(self, case: CaseId) -> tuple[Sighting, ...]:
        """All sightings of a case, in the order they became known."""
        s = tables.sightings
        return tuple(map(_sighting, self._rows(sa.select(s).where(s.c.case == case, seen(s.c.item)).order_by(s.c.seq))))


def _sighting(row: Any) -> Sighting:
    try:
        reach = decode_without_arrays(row.reach.encode(), Reach)
    except MalformedRecord as error:
        raise IntegrityError(
            row.id, why=f"its record was altered: {error.why}", next_step="run firsthand verify"
        ) from error
    return Sighting(
        id=SightingId(row.id),
        item=ItemId(row.item),
        case=CaseId(row.case),
        platform=row.platform,
        link=row.link,
        account=row.account,
        account_name=row.account_name,
        caption=row.caption,
        posted_from=row.posted_from,
        posted_until=row.posted_until,
        posted_basis=row.posted_basis,
        reach=reach,
        read_from=row.read_from,
        received_at=row.received_at,
    )
