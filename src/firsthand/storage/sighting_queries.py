"""What is asked of the records about where items were seen online."""

from typing import Any

import sqlalchemy as sa

from firsthand.model.ids import CaseId, ItemId, SightingId
from firsthand.model.sightings import Post, Sighting
from firsthand.storage import tables
from firsthand.storage.asking import Asking, read_line
from firsthand.storage.hiding import seen


class SightingQueries(Asking):
    """The part of ports.Records that tells of sightings. Values that cannot be read raise IntegrityError."""

    def sightings(self, item: ItemId) -> tuple[Sighting, ...]:
        """Where an item was seen online, in the order it became known."""
        s = tables.sightings
        return tuple(map(_sighting, self._rows(sa.select(s).where(s.c.item == item, seen(s.c.item)).order_by(s.c.seq))))

    def sightings_of_case(self, case: CaseId) -> tuple[Sighting, ...]:
        """All sightings of a case, in the order they became known."""
        s = tables.sightings
        return tuple(map(_sighting, self._rows(sa.select(s).where(s.c.case == case, seen(s.c.item)).order_by(s.c.seq))))


def _sighting(row: Any) -> Sighting:
    return Sighting(
        id=SightingId(row.id),
        item=ItemId(row.item),
        case=CaseId(row.case),
        post=read_line(row.post, Post, row.id),
        read_from=row.read_from,
        received_at=row.received_at,
    )
