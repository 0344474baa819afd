"""Tables whose rows are only ever added: the database itself refuses to change or delete them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import event

from fund_api.core.columns import Table

REFUSAL = "{table} is append-only"
SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
)
POSTGRESQL = (
    """CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '{refusal}'; END $$""",
    """CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
)
_MARK = "append_only"
MARKED = {"info": {_MARK: True}}
"""Makes a table append-only: the last of its table arguments."""


def statements(dialect: str, table: str) -> list[str]:
    """What makes a table append-only in a database."""
    chosen = SQLITE if dialect == "sqlite" else POSTGRESQL
    return [statement.format(table=table, refusal=REFUSAL.format(table=table)) for statement in chosen]


@event.listens_for(Table.metadata, "after_create")
def _create(_metadata: sa.MetaData, connection: sa.Connection, tables: Sequence[sa.Table], **_: object) -> None:
    """What the migrations do, for tables that are made from their declaration."""
    for table in tables:
        if table.info.get(_MARK):
            for statement in statements(connection.dialect.name, table.name):
                connection.exec_driver_sql(statement)
