"""The indexes behind full-text search: tsvector in GIN on PostgreSQL, one FTS5 table for all entities on SQLite.

SQLite's `search_index` keeps no text of its own, only tokens by number; `search_entry` says whose number it is, by the
primary key of the row, whichever its column. It is one table, so that ranks of different entities compare, and its
numbers are a primary key, as VACUUM may change rowids.
Triggers keep it in step with every table that has a column `search_text`.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import event

from fund_api.core.columns import Table

TABLES = (
    "CREATE TABLE search_entry (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE search_index USING fts5(search_text, content='', tokenize='ascii')",
)
_TRIGGERS = (
    """CREATE TRIGGER {table}_search_insert AFTER INSERT ON {table} BEGIN
    INSERT INTO search_entry (id) VALUES (new.{key});
    INSERT INTO search_index (rowid, search_text)
        SELECT number, new.search_text FROM search_entry WHERE id = new.{key};
END""",
    """CREATE TRIGGER {table}_search_update AFTER UPDATE OF search_text ON {table}
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO search_index (search_index, rowid, search_text)
        SELECT 'delete', number, old.search_text FROM search_entry WHERE id = old.{key};
    INSERT INTO search_index (rowid, search_text)
        SELECT number, new.search_text FROM search_entry WHERE id = new.{key};
END""",
    """CREATE TRIGGER {table}_search_delete AFTER DELETE ON {table} BEGIN
    INSERT INTO search_index (search_index, rowid, search_text)
        SELECT 'delete', number, old.search_text FROM search_entry WHERE id = old.{key};
    DELETE FROM search_entry WHERE id = old.{key};
END""",
)


def word_index(table: str) -> sa.Index:
    """The index over the words of a table's `search_text`; SQLite has its own, see above."""
    words = sa.text("to_tsvector('simple', search_text)")
    index = sa.Index(f"ix_{table}_search_text", words, postgresql_using="gin")
    return index.ddl_if(dialect="postgresql")


def triggers(table: sa.Table) -> list[str]:
    """What SQLite needs to find a table's rows by their words, beside TABLES. The table has one primary key column."""
    (key,) = table.primary_key.columns
    return [trigger.format(table=table.name, key=key.name) for trigger in _TRIGGERS]


@event.listens_for(Table.metadata, "after_create")
def _create(_metadata: sa.MetaData, connection: sa.Connection, tables: Sequence[sa.Table], **_: object) -> None:
    """What the migrations do, for tables that are made from their declaration."""
    searched = [table for table in tables if "search_text" in table.c]
    if connection.dialect.name == "sqlite" and searched:
        for statement in [*TABLES, *(trigger for table in searched for trigger in triggers(table))]:
            connection.exec_driver_sql(statement)
