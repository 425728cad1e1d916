"""Sightings: where items were seen online."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes one table; nothing that is there changes."""
    op.create_table(
        "sightings",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Text, unique=True, nullable=False),
        sa.Column("item", sa.Text, sa.ForeignKey("items.id"), nullable=False),
        sa.Column("case", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("post", sa.Text, nullable=False),
        sa.Column("read_from", sa.Text, nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
    )
    op.create_index("sightings_by_case", "sightings", ["case"])
    op.create_index("sightings_by_item", "sightings", ["item", "case"])
