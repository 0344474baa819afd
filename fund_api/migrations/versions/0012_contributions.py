"""Contributions."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "contribution",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_contribution_currency_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_contribution_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 8) = 'contrib_' AND length(id) = 34", name=op.f("ck_contribution_id_shape")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name=op.f("ck_contribution_amount_range")),
        sa.CheckConstraint("length(note) BETWEEN 1 AND 1000", name=op.f("ck_contribution_note_length")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_contribution_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_contribution_community_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_contribution_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index("ix_contribution_amount", ["amount", "id"], unique=False)
        batch_op.create_index("ix_contribution_campaign", ["campaign_id", "amount", "id"], unique=False)
        batch_op.create_index("ix_contribution_community", ["community_id", "amount", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index("ix_contribution_community")
        batch_op.drop_index("ix_contribution_campaign")
        batch_op.drop_index("ix_contribution_amount")

    op.drop_table("contribution")
