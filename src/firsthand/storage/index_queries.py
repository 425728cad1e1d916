"""What the search index asks of the records."""

from collections.abc import Sequence

import sqlalchemy as sa

from firsthand.model.ids import FindingId, ItemId
from firsthand.storage import tables
from firsthand.storage.hiding import seen
from firsthand.storage.moment_queries import MomentQueries
from firsthand.storage.sighting_queries import SightingQueries


class IndexQueries(MomentQueries, SightingQueries):
    """A part of the reading half of ports.Records."""

    def current_ids(self, kinds: Sequence[str]) -> dict[ItemId, dict[str, FindingId]]:
        """Of each item the current findings of these kinds that found something, by kind."""
        f = tables.findings.c
        query = sa.select(f.item, f.name, f.id, f.outcome).where(
            f.outcome.in_(("found", "nothing_there")), f.name.in_(kinds), seen(f.item)
        )
        current: dict[ItemId, dict[str, FindingId]] = {}
        for item, name, finding, outcome in self._rows(query.order_by(f.seq)):
            of_item = current.setdefault(ItemId(item), {})
            of_item.pop(name, None)
            if outcome == "found":
                of_item[name] = FindingId(finding)
        return {item: of_item for item, of_item in current.items() if of_item}
