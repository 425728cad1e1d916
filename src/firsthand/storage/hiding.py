"""Quarantine as queries know it: what is hidden stands in no answer."""

import sqlalchemy as sa

from firsthand.storage import tables


def seen(item: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Not in quarantine."""
    q = tables.quarantines.c
    return ~sa.exists().where(q.item == item, q.stands == 1)
