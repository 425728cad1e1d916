"""Signing keys, stamp authorities, holds, quarantine, erasures; and, beside the records, what checking remembers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes the tables."""

    def seq() -> sa.Column[int]:
        return sa.Column("seq", SEQ, primary_key=True, autoincrement=False, nullable=False)

    def text(name: str, **options: bool) -> sa.Column[str]:
        return sa.Column(name, sa.Text, nullable=False, **options)  # type: ignore[arg-type]

    def number(name: str) -> sa.Column[int]:
        return sa.Column(name, sa.BigInteger, nullable=False)

    op.create_table("signing_keys", seq(), text("key"), text("why"), text("named_at"))
    op.create_table("stamp_authorities", seq(), text("url"), text("roots_pem"))
    op.create_table("restorations", seq(), number("lost_size"), text("lost_root"), text("why"), text("at"))
    op.create_table(
        "holds", seq(), text("id", unique=True), text("item"), text("case"), text("why"), text("placed_at"),
        text("placed_by"), sa.Column("stands", sa.Integer, nullable=False),
    )  # fmt: skip
    op.create_table(
        "quarantines",
        sa.Column("item", sa.Text, primary_key=True, nullable=False),
        number("since_seq"), text("why"), sa.Column("stands", sa.Integer, nullable=False),
    )  # fmt: skip
    op.create_table(
        "erasures", seq(), text("id"), text("what"), text("subject"), text("why"), text("order"), text("asked_by"),
        text("alone"), sa.Column("done", sa.Integer, nullable=False), number("entries"), text("at"),
    )  # fmt: skip
    op.create_table(
        "redactions",
        sa.Column("entry", SEQ, primary_key=True, autoincrement=False, nullable=False),
        number("erased_seq"),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "destroying",
        sa.Column("number", sa.Integer, primary_key=True, nullable=False),
        text("item"), text("file"), number("offset_bytes"), number("length_bytes"),
    )  # fmt: skip
    op.create_table(
        "file_checks",
        sa.Column("item", sa.Text, primary_key=True, nullable=False),
        text("checked_at"), text("result"),
    )  # fmt: skip
    op.create_table(
        "runs",
        sa.Column("number", sa.Integer, primary_key=True, nullable=False),
        text("kind"), text("began_at"), text("ended_at"), number("log_size"),
        sa.Column("passed", sa.Integer, nullable=False),
    )  # fmt: skip
