"""Grants, and the library."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


NULLABLE_ORDERS = (
    ("resource", "published_on"),
    ("grant", "submitted_at"),
    ("grant", "decided_at"),
)


def upgrade() -> None:
    op.create_table(
        "resource",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("title_folded", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("publisher", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_on_precision", TEXT, nullable=True),
        sa.Column("access", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("length(search_text) BETWEEN 1 AND 20000", name=op.f("ck_resource_search_text_length")),
        sa.CheckConstraint("access IN ('PUBLIC', 'MEMBER', 'STAFF')", name=op.f("ck_resource_access_known")),
        sa.CheckConstraint(
            "kind IN ('ARTICLE', 'REPORT', 'BOOK', 'BROCHURE', 'VIDEO', 'TOOLKIT', 'CHECKLIST', 'COLUMN', 'MODEL_CHARTER', 'MAP', 'GUIDE', 'ASSESSMENT', 'PROGRAM', 'WORKSHOP', 'DATASET', 'WEB_PAGE')",
            name=op.f("ck_resource_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_resource_provenance_known")
        ),
        sa.CheckConstraint(
            "published_on_precision IN ('DAY', 'MONTH', 'YEAR')", name=op.f("ck_resource_published_on_precision_known")
        ),
        sa.CheckConstraint("substr(id, 1, 4) = 'res_' AND length(id) = 30", name=op.f("ck_resource_id_shape")),
        sa.CheckConstraint(
            "(published_on IS NULL) = (published_on_precision IS NULL)", name=op.f("ck_resource_published_precision")
        ),
        sa.CheckConstraint("length(publisher) BETWEEN 1 AND 200", name=op.f("ck_resource_publisher_length")),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 2000", name=op.f("ck_resource_summary_length")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 500", name=op.f("ck_resource_title_length")),
        sa.CheckConstraint("length(title_folded) BETWEEN 1 AND 1000", name=op.f("ck_resource_title_folded_length")),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_resource_url_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
    )
    op.create_index("ix_resource_published_on", "resource", ["published_on", "id"], unique=False)
    op.create_index("ix_resource_title", "resource", ["title", "id"], unique=False)

    op.create_table(
        "campaign_resource",
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_resource_campaign_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_campaign_resource_resource_id")),
        sa.PrimaryKeyConstraint("campaign_id", "resource_id", name=op.f("pk_campaign_resource")),
    )
    op.create_index(op.f("ix_campaign_resource_resource_id"), "campaign_resource", ["resource_id"], unique=False)

    op.create_table(
        "grant",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("requested", sa.BigInteger(), nullable=False),
        sa.Column("awarded", sa.BigInteger(), nullable=True),
        sa.Column("disbursed", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", TIME, nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_grant_currency_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_grant_provenance_known")
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SUBMITTED', 'SCREENING', 'MORE_INFO_REQUESTED', 'IN_REVIEW', 'IN_DECISION', 'APPROVED', 'DECLINED', 'AGREEMENT_SIGNED', 'ACTIVE', 'SUSPENDED', 'CLOSING', 'COMPLETED', 'WITHDRAWN', 'CANCELLED')",
            name=op.f("ck_grant_status_known"),
        ),
        sa.CheckConstraint("substr(id, 1, 6) = 'grant_' AND length(id) = 32", name=op.f("ck_grant_id_shape")),
        sa.CheckConstraint("awarded BETWEEN 1 AND 1000000000000000", name=op.f("ck_grant_awarded_range")),
        sa.CheckConstraint("disbursed <= coalesce(awarded, 0)", name=op.f("ck_grant_disbursed_within_award")),
        sa.CheckConstraint("disbursed BETWEEN 0 AND 1000000000000000", name=op.f("ck_grant_disbursed_range")),
        sa.CheckConstraint("length(purpose) BETWEEN 1 AND 5000", name=op.f("ck_grant_purpose_length")),
        sa.CheckConstraint("requested BETWEEN 1 AND 1000000000000000", name=op.f("ck_grant_requested_range")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_grant_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
    )
    op.create_index("ix_grant_campaign", "grant", ["campaign_id", "id"], unique=False)
    op.create_index("ix_grant_decided_at", "grant", ["decided_at", "id"], unique=False)
    op.create_index("ix_grant_requested", "grant", ["requested", "id"], unique=False)
    op.create_index("ix_grant_submitted_at", "grant", ["submitted_at", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":  # SQLite reads one index for both placements of nulls
        for table, column in NULLABLE_ORDERS:
            nulls_first = sa.text(f"{column} NULLS FIRST")
            op.create_index(f"ix_{table}_{column}_nulls_first", table, [nulls_first, "id"])


def downgrade() -> None:
    op.drop_index("ix_grant_submitted_at", "grant")
    op.drop_index("ix_grant_requested", "grant")
    op.drop_index("ix_grant_decided_at", "grant")
    op.drop_index("ix_grant_campaign", "grant")

    op.drop_table("grant")
    op.drop_index(op.f("ix_campaign_resource_resource_id"), "campaign_resource")

    op.drop_table("campaign_resource")
    op.drop_index("ix_resource_title", "resource")
    op.drop_index("ix_resource_published_on", "resource")

    op.drop_table("resource")
