"""Many rows into one table at once: what SQLAlchemy would do for each row is worked out once a table."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows that name every column. Raises what `sa.insert` would."""
    known = (table, connection.dialect.name)
    if known not in _INSERTIONS:
        _INSERTIONS[known] = _insertion(table, connection.dialect)
    statement, values, converted = _INSERTIONS[known]
    tuples = [values(row) for row in rows]
    if converted:
        tuples = [_with(one, converted) for one in tuples]
    connection.exec_driver_sql(statement, tuples)


Insertion = tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]], tuple[tuple[int, Callable[[Any], Any]], ...]]
_INSERTIONS: dict[tuple[sa.Table, str], Insertion] = {}  # by the database's kind: each open archive has its own dialect


def _insertion(table: sa.Table, dialect: sa.Dialect) -> Insertion:
    """(the statement, a row's values in its order, which of them the driver takes in another form)."""
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=[column.name for column in table.columns])
    if compiled.positiontup is None or len(compiled.positiontup) < 2:
        raise TypeError(f"{table.name}: a driver that takes values by name, or a table of one column")
    names = list(compiled.positiontup)
    converted = [
        (place, convert)
        for place, name in enumerate(names)
        if (convert := table.columns[name].type.dialect_impl(dialect).bind_processor(dialect)) is not None
    ]
    return str(compiled), itemgetter(*names), tuple(converted)


def _with(row: tuple[Any, ...], converted: tuple[tuple[int, Callable[[Any], Any]], ...]) -> tuple[Any, ...]:
    values = list(row)
    for place, convert in converted:
        values[place] = convert(values[place])
    return tuple(values)
