"""The tables: the entry log, and the records projected from it. Migrations make them; this file reads and writes them.

Text that people or files gave is ForeignText; ids, instants and closed words are plain. JSON lines are the codec's.
Tables with one row per event have that event's seq as primary key, so they are read in the log's order.
"""

import re
from typing import Any

import sqlalchemy as sa

_ESCAPED = re.compile(r"[\\\x00\ud800-\udfff]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def escaped(text: str) -> str:
    """The text with backslashes, NUL and lone surrogates spelled `\\uXXXX`: databases store none of the latter two.

    Every other character stays as it is, so that names can be searched. `unescaped` gives back the exact text.
    """
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def unescaped(stored: str) -> str:
    """The text that `escaped` was given."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), stored)


class ForeignText(sa.types.TypeDecorator[str]):
    """Text of any kind, byte-exact: see `escaped`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """As it is stored."""
        return None if value is None else escaped(value)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> str | None:
        """As it was given."""
        return None if value is None else unescaped(value)


metadata = sa.MetaData()


def _column(name: str, kind: Any, *rest: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *rest, nullable=False, **options)


def _engine_columns() -> tuple[sa.Column[Any], ...]:
    """An EngineId."""
    return (
        _column("name", sa.Text),
        _column("version", sa.BigInteger),
        _column("model", sa.Text),
        _column("settings", sa.Text),
    )


def _seq() -> sa.Column[Any]:
    # INTEGER, not BIGINT: in SQLite only that spelling makes the column the table's own order. It holds 64 bits there.
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return _column("seq", kind, primary_key=True, autoincrement=False)


# The log

entries = sa.Table(
    "entries",
    metadata,
    _seq(),
    _column("leaf", sa.LargeBinary),  # the entry's exact bytes
    _column("hash", sa.LargeBinary),  # RFC 6962 leaf hash
    _column("file", sa.Text),  # where the payload lies
    _column("offset_bytes", sa.BigInteger),
    _column("length_bytes", sa.BigInteger),
)

frontier = sa.Table(
    "frontier",
    metadata,
    _column("one", sa.Integer, sa.CheckConstraint("one = 1", name="one_row"), primary_key=True, autoincrement=False),
    _column("size", sa.BigInteger),
    _column("roots", sa.LargeBinary),  # 32 bytes each, largest subtree first
)

# The records

archives = sa.Table(
    "archives",
    metadata,
    _seq(),
    _column("format", sa.BigInteger),
    _column("made_with", ForeignText),
    _column("made_at", sa.Text),
)

people = sa.Table(
    "people",
    metadata,
    _column("id", sa.Text, primary_key=True),
    _column("name", ForeignText),
    _column("authenticated_by", ForeignText),
    _column("named_seq", sa.BigInteger),  # the latest naming
    sa.Index("people_by_name", "name", "authenticated_by", "named_seq"),
)

cases = sa.Table(
    "cases",
    metadata,
    _seq(),
    _column("id", sa.Text, unique=True),
    _column("name", ForeignText, unique=True),
    _column("opened_at", sa.Text),
)

items = sa.Table(
    "items",
    metadata,
    _seq(),
    _column("id", sa.Text, unique=True),
    _column("bytes", sa.BigInteger),
    _column("sealed_at", sa.Text),
)

arrivals = sa.Table(
    "arrivals",
    metadata,
    _seq(),
    _column("id", sa.Text, unique=True),
    _column("item", sa.Text, sa.ForeignKey("items.id")),
    _column("case", sa.Text, sa.ForeignKey("cases.id")),
    _column("received_at", sa.Text),
    _column("collector", ForeignText),
    _column("obtained_from", ForeignText),
    _column("how", ForeignText),
    _column("path", ForeignText),
    _column("name", ForeignText),
    _column("modified_at", ForeignText),
    _column("by", sa.Text),
    sa.Index("arrivals_by_item", "item", "case"),
    sa.Index("arrivals_by_path", "case", "path"),
    sa.Index("arrivals_by_any_path", "path"),
    sa.Index("arrivals_by_name", "name"),
)

sightings = sa.Table(
    "sightings",
    metadata,
    _seq(),
    _column("id", sa.Text, unique=True),
    _column("item", sa.Text, sa.ForeignKey("items.id")),
    _column("case", sa.Text, sa.ForeignKey("cases.id")),
    _column("post", sa.Text),
    _column("read_from", ForeignText),
    _column("received_at", sa.Text),
    sa.Index("sightings_by_item", "item", "case"),
    sa.Index("sightings_by_case", "case"),
)

refusals = sa.Table(
    "refusals",
    metadata,
    _seq(),
    _column("case", sa.Text, sa.ForeignKey("cases.id")),
    _column("path", ForeignText),
    _column("why", ForeignText),
    _column("at", sa.Text),
    sa.Index("refusals_by_case", "case"),
)

findings = sa.Table(
    "findings",
    metadata,
    _seq(),
    _column("id", sa.Text, unique=True),
    _column("item", sa.Text, sa.ForeignKey("items.id")),
    *_engine_columns(),
    _column("made_at", sa.Text),
    _column("outcome", sa.Text),  # found, nothing_there, not_looked, failed
    _column("value", sa.Text),  # the whole outcome, arrays by type and shape alone
    _column("environment", ForeignText),
    sa.UniqueConstraint("item", "name", "version", "model", "settings", name="findings_once"),
)

searches = sa.Table(
    "searches",
    metadata,
    _seq(),
    _column("item", sa.Text, sa.ForeignKey("items.id")),
    *_engine_columns(),
    _column("against", sa.BigInteger),
    _column("not_looked", ForeignText),
    sa.UniqueConstraint("item", "name", "version", "model", "settings", name="searches_once"),
)

copies = sa.Table(
    "copies",
    metadata,
    _column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("place", sa.BigInteger, primary_key=True, autoincrement=False),  # among those of one search
    _column("id", sa.Text, unique=True),
    _column("a_item", sa.Text, sa.ForeignKey("items.id")),
    _column("b_item", sa.Text, sa.ForeignKey("items.id")),
    _column("found", sa.Text),
    *_engine_columns(),
    _column("state", sa.Text),
    _column("reviews", sa.BigInteger),  # how often people decided: the copy's version
    sa.Index("copies_by_a", "a_item"),
)

takes = sa.Table(
    "takes",
    metadata,
    _column("id", sa.Text, primary_key=True),
    _column("minted_seq", sa.BigInteger),
    _column("spans", sa.Text),
    _column("state", sa.Text),
    _column("edited", sa.Integer),
    _column("stands", sa.Integer),  # 0: its id leads elsewhere
    sa.Index("takes_in_order", "minted_seq"),
)

redirects = sa.Table(
    "redirects",
    metadata,
    _column("take", sa.Text, sa.ForeignKey("takes.id"), primary_key=True),
    _column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("leads_to", sa.Text),
)

moment_searches = sa.Table(
    "moment_searches",
    metadata,
    _column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("item", sa.Text, sa.ForeignKey("items.id"), primary_key=True),
    _column("case", sa.Text, sa.ForeignKey("cases.id")),
    *_engine_columns(),
    sa.Index("moment_searches_by_case", "case"),
)

offsets = sa.Table(
    "offsets",
    metadata,
    _column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("place", sa.BigInteger, primary_key=True, autoincrement=False),  # among those of one search
    _column("id", sa.Text, unique=True),
    _column("case", sa.Text, sa.ForeignKey("cases.id")),
    _column("a_item", sa.Text, sa.ForeignKey("items.id")),
    _column("b_item", sa.Text, sa.ForeignKey("items.id")),
    _column("found", sa.Text),
    *_engine_columns(),  # all empty, version 0: a person set it
    _column("state", sa.Text),
    _column("reviews", sa.BigInteger),  # how often people decided: the offset's version
    sa.Index("offsets_by_case", "case"),
)

moments = sa.Table(
    "moments",
    metadata,
    _column("id", sa.Text, primary_key=True),
    _column("minted_seq", sa.BigInteger),
    _column("case", sa.Text, sa.ForeignKey("cases.id")),
    _column("reference", sa.Text),
    _column("items", sa.Text),
    _column("stands", sa.Integer),
    sa.Index("moments_by_case", "case", "minted_seq"),
)

versions = sa.Table(
    "versions",
    metadata,
    _column("subject", sa.Text, primary_key=True),
    _column("version", sa.BigInteger),
)

# Custody

signing_keys = sa.Table(
    "signing_keys",
    metadata,
    _seq(),
    _column("key", ForeignText),
    _column("why", ForeignText),
    _column("named_at", sa.Text),
)

stamp_authorities = sa.Table(
    "stamp_authorities", metadata, _seq(), _column("url", ForeignText), _column("roots_pem", ForeignText)
)

restorations = sa.Table(
    "restorations",
    metadata,
    _seq(),
    _column("lost_size", sa.BigInteger),
    _column("lost_root", ForeignText),
    _column("why", ForeignText),
    _column("at", sa.Text),
)

holds = sa.Table(
    "holds",
    metadata,
    _seq(),
    _column("id", sa.Text, unique=True),
    _column("item", sa.Text),
    _column("case", sa.Text),
    _column("why", ForeignText),
    _column("placed_at", sa.Text),
    _column("placed_by", sa.Text),
    _column("stands", sa.Integer),
)

quarantines = sa.Table(
    "quarantines",
    metadata,
    _column("item", sa.Text, primary_key=True),
    _column("since_seq", sa.BigInteger),
    _column("why", ForeignText),
    _column("stands", sa.Integer),
)

erasures = sa.Table(
    "erasures",
    metadata,
    _seq(),
    _column("id", sa.Text),
    _column("what", sa.Text),
    _column("subject", ForeignText),
    _column("why", ForeignText),
    _column("order", ForeignText),
    _column("asked_by", sa.Text),
    _column("alone", ForeignText),
    _column("done", sa.Integer),
    _column("entries", sa.BigInteger),
    _column("at", sa.Text),
)

redactions = sa.Table(  # what stands in the place of an erased payload
    "redactions",
    metadata,
    _column("entry", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    _column("erased_seq", sa.BigInteger),
    _column("document", sa.LargeBinary),
)

# Beside the records: not projected, so nothing that verify compares

destroying = sa.Table(  # what an erasure has still to destroy on the disk; empty but for a crash
    "destroying",
    metadata,
    _column("number", sa.Integer, primary_key=True),
    _column("item", sa.Text),
    _column("file", sa.Text),
    _column("offset_bytes", sa.BigInteger),
    _column("length_bytes", sa.BigInteger),
)

file_checks = sa.Table(  # when each sealed file was last hashed
    "file_checks",
    metadata,
    _column("item", sa.Text, primary_key=True),
    _column("checked_at", sa.Text),
    _column("result", sa.Text),
)

runs = sa.Table(  # runs of verify
    "runs",
    metadata,
    _column("number", sa.Integer, primary_key=True),
    _column("kind", sa.Text),
    _column("began_at", sa.Text),
    _column("ended_at", sa.Text),
    _column("log_size", sa.BigInteger),
    _column("passed", sa.Integer),
)

PROJECTED: tuple[sa.Table, ...] = (
    archives, people, cases, items, arrivals, sightings, refusals, findings, searches, copies, takes, redirects,
    moment_searches, offsets, moments, versions,
    signing_keys, stamp_authorities, restorations, holds, quarantines, erasures, redactions,
)  # fmt: skip
"""The tables that replaying the log must give again, row for row; those that others refer to come first."""
