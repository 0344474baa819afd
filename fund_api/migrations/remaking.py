"""Tables of SQLite made anew, for what it can't do to a table that is there, such as columns that are not null."""

from collections.abc import Callable

from alembic import op


def remake(table: str, change: Callable[[str], str], names: str = "", values: str = "") -> None:
    """Make a table anew, by its own statement changed, with its rows, indexes and triggers.

    `names` are columns that the table gets, and `values` what its rows hold in them. Foreign keys are off meanwhile.
    """
    connection = op.get_bind()
    found = connection.exec_driver_sql("SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql <> ''", (table,))
    statements = found.all()
    (made,) = (sql for kind, sql in statements if kind == "table")
    connection.exec_driver_sql(change(made).replace(table, f"{table}_made", 1))
    new = {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_xinfo({table}_made)")}
    rows = connection.exec_driver_sql(f"PRAGMA table_xinfo({table})").all()
    kept = ", ".join(row[1] for row in rows if row[1] in new and not row[6])  # the last: whether it is generated
    connection.exec_driver_sql(f"INSERT INTO {table}_made ({kept}{names}) SELECT {kept}{values} FROM {table}")  # noqa: S608  our own names
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {table}_made RENAME TO {table}")
    for kind, sql in statements:
        if kind != "table":
            connection.exec_driver_sql(sql)


def added(sql: str, parts: str) -> str:
    """A table's statement with further parts, which end in a comma, before its first constraint."""
    at = sql.index("CONSTRAINT ")
    return sql[:at] + parts + sql[at:]
