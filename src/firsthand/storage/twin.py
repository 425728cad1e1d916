"""The records made anew beside the stored ones: temporary tables on the connection that holds the snapshot.

They have the columns and keys of the tables and none of their constraints or indexes: rows that equal the stored ones
keep whatever the stored ones keep. So replaying costs little, and SQLite itself compares row with row.
"""

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from firsthand.storage import tables
from firsthand.storage.sqlite import Database, begun

_FOUND_BY_ID = (tables.copies, tables.offsets, tables.holds, tables.erasures)
"""Tables whose rows later events change by an id that is not their key."""


class Twin:
    """A snapshot and the empty twins of all projected tables. Close it when done."""

    def __init__(self, database: Database) -> None:
        self._engine = sa.create_engine("sqlite://", creator=database.connected, poolclass=StaticPool)
        self.connection = self._engine.connect()
        try:
            self.stored = begun(self.connection)
            for table in tables.PROJECTED:
                self.connection.execute(sa.schema.CreateTable(_bare(table)))
            for table in _FOUND_BY_ID:
                self.connection.exec_driver_sql(f'CREATE INDEX temp."{table.name}_found" ON "{table.name}" (id)')
        except BaseException:
            self.close()
            raise

    def same(self) -> tuple[bool, int]:
        """(whether every row of every table is the stored one, and no more are stored; how many there are)."""
        rows, same = 0, True
        for table in tables.PROJECTED:
            ours, stored, equal = self.stored.counts(table)
            rows += ours
            same = same and ours == stored == equal
        return same, rows

    def close(self) -> None:
        """Ends the snapshot; the twins are gone with it."""
        self.connection.close()
        self._engine.dispose()


def _bare(table: sa.Table) -> sa.Table:
    columns = [
        sa.Column(column.name, column.type, primary_key=column.primary_key, nullable=False, autoincrement=False)
        for column in table.columns
    ]
    return sa.Table(table.name, sa.MetaData(), *columns, prefixes=["TEMPORARY"])
