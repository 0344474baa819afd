"""Full-text search."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEARCHED = ("source", "community", "organization", "campaign", "ballot_measure", "resource")

TABLES = (
    "CREATE TABLE search_entry (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE search_index USING fts5(search_text, content='', tokenize='ascii')",
)
TRIGGERS = {
    "insert": """AFTER INSERT ON {table} BEGIN
    INSERT INTO search_entry (id) VALUES (new.id);
    INSERT INTO search_index (rowid, search_text)
        SELECT number, new.search_text FROM search_entry WHERE id = new.id;
END""",
    "update": """AFTER UPDATE OF search_text ON {table}
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO search_index (search_index, rowid, search_text)
        SELECT 'delete', number, old.search_text FROM search_entry WHERE id = old.id;
    INSERT INTO search_index (rowid, search_text)
        SELECT number, new.search_text FROM search_entry WHERE id = new.id;
END""",
    "delete": """AFTER DELETE ON {table} BEGIN
    INSERT INTO search_index (search_index, rowid, search_text)
        SELECT 'delete', number, old.search_text FROM search_entry WHERE id = old.id;
    DELETE FROM search_entry WHERE id = old.id;
END""",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        words = sa.text("to_tsvector('simple', search_text)")
        for table in SEARCHED:
            op.create_index(f"ix_{table}_search_text", table, [words], postgresql_using="gin")
        return
    for statement in TABLES:
        op.execute(statement)
    for table in SEARCHED:
        for name, body in TRIGGERS.items():
            op.get_bind().exec_driver_sql(f"CREATE TRIGGER {table}_search_{name} {body.format(table=table)}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in SEARCHED:
            op.drop_index(f"ix_{table}_search_text", table)
        return
    for table in SEARCHED:
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {table}_search_{name}")
    op.execute("DROP TABLE search_index")
    op.execute("DROP TABLE search_entry")
