"""A count of the writes of which no event tells."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "unlogged_write",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 10", name=op.f("ck_unlogged_write_name_length")),
        sa.CheckConstraint("number BETWEEN 0 AND 9007199254740992", name=op.f("ck_unlogged_write_number_range")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_unlogged_write")),
    )


def downgrade() -> None:
    op.drop_table("unlogged_write")
