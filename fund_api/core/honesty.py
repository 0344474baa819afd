"""What a demonstration refuses, whichever rule would do it: what is real stays as it was loaded, and nothing that is
made up becomes a part of it.

Every statement of a transaction is looked at before it is done, so that no rule can forget it. Which rows are parts of
which is said by their columns (`columns.reference`): whatever refers to a community, a campaign, a grant is a part of
it, while states, topics, tags, and what the library holds may be referred to as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import wholes
from fund_api.core.errors import NotAllowed
from fund_api.core.facts import Provenance

_BY_ITSELF = "by_itself"
BY_ITSELF = {_BY_ITSELF: True}
"""The execution option of what the server notes on any row by itself, such as that it told of it."""
ONE: sa.ColumnElement[int] = sa.literal_column("1")
Given = Mapping[str, Any]  # Any: a value of a column


def watch(connection: AsyncConnection) -> None:
    """Refuse from now on, on this connection, what would make something real untrue. Raises NotAllowed then."""
    event.listen(connection.sync_connection, "before_execute", _look)


def _look(
    connection: sa.Connection, statement: Any, many: Sequence[Given], one: Given, options: Mapping[str, Any]
) -> None:
    """Any: everything that SQLAlchemy executes."""
    if not isinstance(statement, sa.Insert | sa.Update | sa.Delete) or options.get(_BY_ITSELF):
        return
    table = statement.table
    if not isinstance(table, sa.Table):
        raise TypeError(f"{statement} writes into no table")
    given = list(many) or [one]
    if not isinstance(statement, sa.Insert):
        for row in given:
            _refuse_change(connection, table, statement.whereclause, row)
    if not isinstance(statement, sa.Delete):
        rows = list(_written(connection, statement, given))
        _refuse_parts(connection, table, rows)
        if isinstance(statement, sa.Insert) and "provenance" in table.c:
            _check_said(table, rows)


def _refuse_change(
    connection: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool] | None, given: Given
) -> None:
    """Raise NotAllowed when a row that a statement is for is real, or of those that don't say so part of what is."""
    real = _real(table)
    if real is None:
        return
    query = sa.select(ONE).select_from(table).where(sa.true() if condition is None else condition, real).limit(1)
    if connection.execute(query, dict(given)).first() is not None:
        what = table.name.replace("_", " ")
        raise NotAllowed(
            f"This is a demonstration: what is real in it stays as it was loaded, and this {what} is. Choose something"
            ' that is fictional, such as what belongs to a community of the state ZZ: its name ends in "(fictional)".'
        )


def _refuse_parts(connection: sa.Connection, table: sa.Table, rows: Sequence[Given]) -> None:
    """Raise NotAllowed when a row that is written is a part of something real."""
    for name, keys in wholes(table).items():
        values = {row[name] for row in rows if row.get(name) is not None}
        for key in keys if values else ():
            real = sa.select(ONE).where(key.in_(sorted(values)), key.table.c.provenance != Provenance.FICTIONAL)
            if connection.execute(real.limit(1)).first() is not None:
                _refuse_part(table, key.table)


def _refuse_part(table: sa.Table, whole: sa.Table) -> None:
    part, real = (one.name.replace("_", " ") for one in (table, whole))
    example = "the fictional communities of the state ZZ" if whole.name == "community" else "those that are fictional"
    raise NotAllowed(
        f"This is a demonstration: nothing that is made up in it, as this {part}, becomes a part of something real, as"
        f' that {real} is. Choose one of {example}: its name ends in "(fictional)".'
    )


def _check_said(table: sa.Table, rows: Sequence[Given]) -> None:
    """Raise ValueError for a rule that would pass something made up off as real."""
    if any(row.get("provenance") != Provenance.FICTIONAL for row in rows):
        raise ValueError(f"a row of {table.name} is written in a demonstration without saying that it is fictional")


def _written(
    connection: sa.Connection, statement: sa.Insert | sa.Update, given: Iterable[Given]
) -> Iterable[dict[str, Any]]:
    """The values that a statement writes, by their columns; those that come with it alone where that is enough."""
    looked_at = {"provenance", *wholes(statement.table)} & set(statement.table.c.keys())
    for row in given:
        if looked_at <= row.keys():
            yield dict(row)
            continue
        values = statement.compile(connection, column_keys=list(row)).params | dict(row)
        several: dict[str, dict[str, Any]] = {}  # by their numbers, rows that are values of one statement
        for name, value in values.items():
            column, _, number = name.rpartition("_m")
            if number.isdecimal() and column in statement.table.c:
                several.setdefault(number, {})[column] = value
        yield from several.values() if several else (values,)


@cache
def _real(table: sa.Table) -> sa.ColumnElement[bool] | None:
    """Whether a row of a table is real; None where no row says so, nor is part of anything that does."""
    if "provenance" in table.c:
        return table.c.provenance != Provenance.FICTIONAL
    parts = [
        sa.select(ONE).where(key == table.c[name], key.table.c.provenance != Provenance.FICTIONAL).exists()
        for name, keys in wholes(table).items()
        for key in keys
    ]
    return sa.or_(*parts) if parts else None
