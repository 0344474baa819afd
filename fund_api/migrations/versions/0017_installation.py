"""What kind of installation a database holds; and every entity says how it came to be here."""

from functools import partial

import sqlalchemy as sa
from alembic import op

from fund_api.migrations.remaking import added, remake

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

TABLES = ("role_assignment", "api_token", "event", "notice", "grant_duty")
"""What says its provenance from now on; what is there was entered."""
KNOWN = "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')"
PARTS = f"provenance TEXT DEFAULT 'ENTERED' NOT NULL, CONSTRAINT ck_{{table}}_provenance_known CHECK ({KNOWN}), "
"""What SQLite's statement has before its first constraint from now on."""


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("notice", TEXT, nullable=True),
        sa.Column("ready_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("kind IN ('STANDARD', 'DEMO')", name=op.f("ck_installation_kind_known")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 10", name=op.f("ck_installation_name_length")),
        sa.CheckConstraint("length(notice) BETWEEN 1 AND 500", name=op.f("ck_installation_notice_length")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )
    for table in TABLES:
        column = sa.Column("provenance", TEXT, nullable=False, server_default="ENTERED")
        if op.get_bind().dialect.name == "sqlite":
            remake(table, partial(added, parts=PARTS.format(table=table)))
        else:
            op.add_column(table, column)
            op.create_check_constraint(op.f(f"ck_{table}_provenance_known"), table, KNOWN)


def downgrade() -> None:
    for table in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            remake(table, partial(_without, parts=PARTS.format(table=table)))
        else:
            op.drop_column(table, "provenance")
    op.drop_table("installation")


def _without(sql: str, parts: str) -> str:
    return sql.replace(parts, "")
