"""The log and the first records."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes all tables."""
    op.create_table(
        "archives",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("format", sa.BigInteger, nullable=False),
        sa.Column("made_with", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text, unique=True, nullable=False),
        sa.Column("name", sa.Text, unique=True, nullable=False),
        sa.Column("opened_at", sa.Text, nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("offset_bytes", sa.BigInteger, nullable=False),
        sa.Column("length_bytes", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "frontier",
        sa.Column(
            "one",
            sa.Integer,
            sa.CheckConstraint("one = 1", name="one_row"),
            primary_key=True,
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("roots", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "items",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text, unique=True, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sealed_at", sa.Text, nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("authenticated_by", sa.Text, nullable=False),
        sa.Column("named_seq", sa.BigInteger, nullable=False),
    )
    op.create_index("people_by_name", "people", ["name", "authenticated_by", "named_seq"])
    op.create_table(
        "takes",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("minted_seq", sa.BigInteger, nullable=False),
        sa.Column("spans", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("edited", sa.Integer, nullable=False),
        sa.Column("stands", sa.Integer, nullable=False),
    )
    op.create_index("takes_in_order", "takes", ["minted_seq"])
    op.create_table(
        "versions",
        sa.Column("subject", sa.Text, primary_key=True, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "arrivals",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text, unique=True, nullable=False),
        sa.Column("item", sa.Text, sa.ForeignKey("items.id"), nullable=False),
        sa.Column("case", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("collector", sa.Text, nullable=False),
        sa.Column("obtained_from", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("modified_at", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )
    op.create_index("arrivals_by_any_path", "arrivals", ["path"])
    op.create_index("arrivals_by_item", "arrivals", ["item", "case"])
    op.create_index("arrivals_by_name", "arrivals", ["name"])
    op.create_index("arrivals_by_path", "arrivals", ["case", "path"])
    op.create_table(
        "copies",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text, unique=True, nullable=False),
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
    op.create_index("copies_by_a", "copies", ["a_item"])
    op.create_table(
        "findings",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text, unique=True, nullable=False),
        sa.Column("item", sa.Text, sa.ForeignKey("items.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.UniqueConstraint("item", "name", "version", "model", "settings", name="findings_once"),
    )
    op.create_table(
        "redirects",
        sa.Column("take", sa.Text, sa.ForeignKey("takes.id"), primary_key=True, nullable=False),
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("leads_to", sa.Text, nullable=False),
    )
    op.create_table(
        "refusals",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("case", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_index("refusals_by_case", "refusals", ["case"])
    op.create_table(
        "searches",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("item", sa.Text, sa.ForeignKey("items.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("against", sa.BigInteger, nullable=False),
        sa.Column("not_looked", sa.Text, nullable=False),
        sa.UniqueConstraint("item", "name", "version", "model", "settings", name="searches_once"),
    )
