"""Moments: what was compared, the offsets found or set, and takes on one clock."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes three tables; nothing that is there changes."""
    op.create_table(
        "moment_searches",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("item", sa.Text, sa.ForeignKey("items.id"), primary_key=True, nullable=False),
        sa.Column("case", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
    )
    op.create_index("moment_searches_by_case", "moment_searches", ["case"])
    op.create_table(
        "offsets",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text, unique=True, nullable=False),
        sa.Column("case", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("a_item", sa.Text, sa.ForeignKey("items.id"), nullable=False),
        sa.Column("b_item", sa.Text, sa.ForeignKey("items.id"), nullable=False),
        sa.Column("found", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reviews", sa.BigInteger, nullable=False),
    )
    op.create_index("offsets_by_case", "offsets", ["case"])
    op.create_table(
        "moments",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("minted_seq", sa.BigInteger, nullable=False),
        sa.Column("case", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("stands", sa.Integer, nullable=False),
    )
    op.create_index("moments_by_case", "moments", ["case", "minted_seq"])
