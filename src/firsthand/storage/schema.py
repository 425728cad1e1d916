"""Which shape a database has, and bringing it to today's."""

from pathlib import Path

import sqlalchemy as sa

from firsthand.model.errors import ArchiveError

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every shape there was, oldest first; the files of migrations/versions. A test holds the two together."""

_alembic_version = sa.table("alembic_version", sa.column("version_num", sa.Text))


def revision(connection: sa.Connection) -> str | None:
    """The database's revision; None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.select(_alembic_version.c.version_num)).scalar_one_or_none()


def is_current(connection: sa.Connection, *, of: str) -> bool:
    """Whether the shape is today's. Raises ArchiveError when a newer firsthand made it. of: the archive, for words."""
    found = revision(connection)
    if found is not None and found not in REVISIONS:
        raise ArchiveError(
            of,
            why=f"its records have shape {found}; this firsthand knows shapes up to {REVISIONS[-1]}",
            kept="nothing was changed",
            next_step="update firsthand: the archive was written by a newer one",
        )
    return found == REVISIONS[-1]


def upgrade(connection: sa.Connection) -> None:
    """Brings the database to today's shape, inside the transaction that `connection` is in."""
    from alembic import command  # takes 0.2 s to import, and most archives need no step
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
