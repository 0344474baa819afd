"""Triggers that keep the past of tables (core/keeping.py), made from the columns that a table has in the database.

A revision that makes a table, or changes the columns of one, says `keep_past(table)` afterwards.
"""

import sqlalchemy as sa
from alembic import op

from fund_api.core import keeping

SQLITE, POSTGRESQL = "{table}_past_{kind}", "{table}_past"


def keep_past(table: str) -> None:
    """Keep the past of a table from now on, with the columns that it has now."""
    connection = op.get_bind()
    forget_past(table)
    found = sa.inspect(connection)
    known = {each["name"]: isinstance(each["type"], sa.Float) for each in found.get_columns(table)}
    key = found.get_pk_constraint(table)["constrained_columns"]
    for statement in keeping.statements(connection.dialect.name, table, known, key):
        connection.exec_driver_sql(statement)


def forget_past(table: str) -> None:
    """Drop the triggers of a table, if it has them."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for kind in ("insert", "update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {SQLITE.format(table=table, kind=kind)}")
    else:
        name = POSTGRESQL.format(table=table)
        connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS {name} ON "{table}"')
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}")
