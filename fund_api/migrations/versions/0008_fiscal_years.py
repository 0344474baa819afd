"""Fiscal years."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fiscal_year",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("lobbying_cap", sa.BigInteger(), nullable=False),
        sa.Column("lobbying", sa.BigInteger(), nullable=False),
        sa.Column(
            "lobbying_left", sa.BigInteger(), sa.Computed("lobbying_cap - lobbying", persisted=True), nullable=True
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_fiscal_year_currency_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_fiscal_year_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'year_' AND length(id) = 31", name=op.f("ck_fiscal_year_id_shape")),
        sa.CheckConstraint("lobbying <= lobbying_cap", name=op.f("ck_fiscal_year_lobbying_within_cap")),
        sa.CheckConstraint("lobbying BETWEEN 0 AND 1000000000000000", name=op.f("ck_fiscal_year_lobbying_range")),
        sa.CheckConstraint(
            "lobbying_cap BETWEEN 0 AND 1000000000000000", name=op.f("ck_fiscal_year_lobbying_cap_range")
        ),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_fiscal_year_days_order")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_fiscal_year_version_range")),
        sa.CheckConstraint("year BETWEEN 1900 AND 2200", name=op.f("ck_fiscal_year_year_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_year")),
        sa.UniqueConstraint("year", name=op.f("uq_fiscal_year_year")),
    )
    with op.batch_alter_table("fiscal_year", schema=None) as batch_op:
        batch_op.create_index("ix_fiscal_year_days", ["starts_on", "ends_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("fiscal_year", schema=None) as batch_op:
        batch_op.drop_index("ix_fiscal_year_days")

    op.drop_table("fiscal_year")
