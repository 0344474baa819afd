"""Notices of grants, and who has read how far in the log."""

import sqlalchemy as sa
from alembic import op

from fund_api.migrations.remaking import added, remake

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

KNOWN, LENGTH = "ck_notice_kind_known", "ck_notice_grant_id_length"
BEFORE = "kind IN ('SUPPORT_ACCEPTED', 'MORE_INFORMATION_ASKED', 'MILESTONE_DUE')"
AFTER = f"{BEFORE[:-1]}, 'GRANT_DECIDED', 'GRANT_CHANGED', 'PAYMENT_RECORDED', 'REPORT_DECIDED')"
SHORT = "length(grant_id) BETWEEN 1 AND 40"
PARTS = f"grant_id TEXT, CONSTRAINT {LENGTH} CHECK ({SHORT}), "
"""What SQLite's statement has before its first constraint from now on."""


def upgrade() -> None:
    op.create_table(
        "log_reader",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 40", name=op.f("ck_log_reader_name_length")),
        sa.CheckConstraint("number BETWEEN 0 AND 9007199254740992", name=op.f("ck_log_reader_number_range")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_log_reader")),
    )
    if op.get_bind().dialect.name == "sqlite":
        remake("notice", lambda sql: added(sql, PARTS).replace(BEFORE, AFTER))
        return
    op.drop_constraint(op.f(KNOWN), "notice")
    op.create_check_constraint(op.f(KNOWN), "notice", AFTER)
    op.add_column("notice", sa.Column("grant_id", TEXT))
    op.create_check_constraint(op.f(LENGTH), "notice", SHORT)


def downgrade() -> None:
    op.execute(f"DELETE FROM notice WHERE NOT {BEFORE}")  # noqa: S608  our own words
    if op.get_bind().dialect.name == "sqlite":
        remake("notice", lambda sql: sql.replace(PARTS, "").replace(AFTER, BEFORE))
    else:
        op.drop_column("notice", "grant_id")
        op.drop_constraint(op.f(KNOWN), "notice")
        op.create_check_constraint(op.f(KNOWN), "notice", BEFORE)
    op.drop_table("log_reader")
