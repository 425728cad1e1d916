"""${message}"""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Never changes the log's own tables in what they hold."""
    ${upgrades if upgrades else "pass"}
