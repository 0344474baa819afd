"""Triggers that keep what every row was before a write; see core/past.py.

Records are numbered in the order of commits. SQLite has one writer, so there every record counts up. On PostgreSQL the
number is 0 until the commit, when the transaction takes the next number for all that it wrote: from there on it holds
the row with the last one, so that whoever sees a number sees all that was written under the numbers up to it.
"""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import event

from fund_api.core.columns import Table

_MARK = "past"
HOLDS = {"info": {_MARK: True}}
"""Of the table that holds the past: the last of its table arguments."""
LEFT_OUT = ("search_text", "secret_hash")
"""Columns that the past does not hold: secrets, and words that other columns have, too."""
UNTRACED = frozenset(
    {
        *("past", "feed_key", "event", "event_change", "private_change", "event_head"),
        *("idempotency_key", "loaded_file", "log_reader", "installation"),
        *("api_token", "oidc_identity", "invitation", "trusted_document", "resource_view", "unlogged_write"),
    }
)
"""Tables whose rows nobody is told of in the feed, and which do not decide who sees which rows: the log's own, what the
server keeps for itself, ways to sign in, and counters of views.
"""
STAMPING = (
    """CREATE FUNCTION past_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE
    stamp bigint;
BEGIN
    IF (SELECT number FROM past WHERE seq = NEW.seq) = 0 THEN
        UPDATE feed_key SET number = number + 1 WHERE name = 'feed' RETURNING number INTO stamp;
        UPDATE past SET number = stamp WHERE number = 0;
    END IF;
    RETURN NULL;
END $$""",
    """CREATE CONSTRAINT TRIGGER past_stamp AFTER INSERT ON past DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION past_stamp()""",
)
"""What numbers the commits of PostgreSQL: the first of these that fires when a transaction commits does it for all. The
others look at their own row alone, by its key: looked for by its number, each would walk over all that was numbered.
"""
_SQLITE = (
    """CREATE TRIGGER {table}_past_insert AFTER INSERT ON "{table}" BEGIN
    INSERT INTO past (seq, number, at, table_name, row_id, before)
        SELECT n, n, {now}, '{table}', {new_key}, NULL FROM ({next});
END""",
    """CREATE TRIGGER {table}_past_update AFTER UPDATE ON "{table}" WHEN {differs} BEGIN
    INSERT INTO past (seq, number, at, table_name, row_id, before)
        SELECT n, n, {now}, '{table}', {old_key}, {before} FROM ({next});
END""",
    """CREATE TRIGGER {table}_past_delete AFTER DELETE ON "{table}" BEGIN
    INSERT INTO past (seq, number, at, table_name, row_id, before)
        SELECT n, n, {now}, '{table}', {old_key}, {before} FROM ({next});
END""",
)
_NOW = "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')"
_NEXT = "SELECT 1 + coalesce((SELECT max(seq) FROM past), (SELECT floor FROM feed_key WHERE name = 'feed'), 0) AS n"
_POSTGRESQL = (
    """CREATE FUNCTION {table}_past() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO past (number, at, table_name, row_id, before) VALUES (0, now(), '{table}', {new_key}, NULL);
    ELSIF TG_OP = 'DELETE' OR NEW IS DISTINCT FROM OLD THEN
        INSERT INTO past (number, at, table_name, row_id, before)
            VALUES (0, now(), '{table}', {old_key}, (to_jsonb(OLD) - '{{{left_out}}}'::text[])::text);
    END IF;
    RETURN NULL;
END $$""",
    """CREATE TRIGGER {table}_past AFTER INSERT OR UPDATE OR DELETE ON "{table}"
FOR EACH ROW EXECUTE FUNCTION {table}_past()""",
)
Known = Mapping[str, bool]
"""The columns of a table, and whether each is a double, which SQLite's JSON would round."""


def statements(dialect: str, table: str, known: Known, key: Sequence[str]) -> list[str]:
    """What keeps the past of a table in a database, given its columns and those of its primary key."""
    words = {"table": table, "new_key": row_id("new", key), "old_key": row_id("old", key)}
    if dialect == "postgresql":
        words["left_out"] = ",".join(LEFT_OUT)
        return [statement.format(**words) for statement in _POSTGRESQL]
    told = [name for name in sorted(known) if name not in LEFT_OUT]
    parts = [f"'{name}', {_exact(name) if known[name] else _old(name)}" for name in told]
    words |= {"now": _NOW, "next": _NEXT, "before": f"json_object({', '.join(parts)})"}
    words["differs"] = " OR ".join(f'old."{name}" IS NOT new."{name}"' for name in told)
    return [statement.format(**words) for statement in _SQLITE]


def row_id(row: str, key: Sequence[str]) -> str:
    """What tells a row apart in the past: the parts of its primary key, joined."""
    return " || '/' || ".join(f'{row}."{name}"' for name in key)


def _old(name: str) -> str:
    return f'old."{name}"'


def _exact(name: str) -> str:
    """A double as a text that reads as the same double."""
    return f"CASE WHEN {_old(name)} IS NOT NULL THEN quote({_old(name)}) END"


def known(table: sa.Table) -> Known:
    """The columns of a declared table."""
    return {column.name: isinstance(column.type, sa.Double) for column in table.c}


def traced(tables: Iterable[sa.Table]) -> list[sa.Table]:
    """Those of tables whose past is kept."""
    return [table for table in tables if table.name not in UNTRACED]


@event.listens_for(Table.metadata, "after_create")
def _create(_metadata: sa.MetaData, connection: sa.Connection, tables: Sequence[sa.Table], **_: object) -> None:
    """What the migrations do, for tables that are made from their declaration."""
    dialect = connection.dialect.name
    if not any(table.info.get(_MARK) for table in tables):
        return
    for table in traced(tables):
        key = [column.name for column in table.primary_key]
        for statement in statements(dialect, table.name, known(table), key):
            connection.exec_driver_sql(statement)
    if dialect == "postgresql":
        for statement in STAMPING:
            connection.exec_driver_sql(statement)
