"""Programs and grants; the table of grants, into which nothing could be written so far, is made anew."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    _refuse_rows()
    op.drop_table("grant")
    op.create_table(
        "funding_program",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("fiscal_year_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("appropriation", sa.BigInteger(), nullable=False),
        sa.Column("encumbered", sa.BigInteger(), nullable=False),
        sa.Column("expended", sa.BigInteger(), nullable=False),
        sa.Column(
            "available",
            sa.BigInteger(),
            sa.Computed("appropriation - encumbered - expended", persisted=True),
            nullable=True,
        ),
        sa.Column("grant_minimum", sa.BigInteger(), nullable=False),
        sa.Column("grant_maximum", sa.BigInteger(), nullable=False),
        sa.Column("approval_threshold", sa.BigInteger(), nullable=True),
        sa.Column("matching_policy", TEXT, nullable=False),
        sa.Column("match_hundredths", sa.Integer(), nullable=True),
        sa.Column("approves_after_election", sa.Boolean(), nullable=False),
        sa.Column("reviews_needed", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "(matching_policy = 'NONE') = (match_hundredths IS NULL)", name=op.f("ck_funding_program_match_share")
        ),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_funding_program_currency_known")),
        sa.CheckConstraint(
            "matching_policy IN ('NONE', 'PLEDGED', 'VERIFIED')", name=op.f("ck_funding_program_matching_policy_known")
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_funding_program_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 6) = 'fprog_' AND length(id) = 32", name=op.f("ck_funding_program_id_shape")),
        sa.CheckConstraint(
            "appropriation BETWEEN 0 AND 1000000000000000", name=op.f("ck_funding_program_appropriation_range")
        ),
        sa.CheckConstraint(
            "approval_threshold BETWEEN 0 AND 1000000000000000",
            name=op.f("ck_funding_program_approval_threshold_range"),
        ),
        sa.CheckConstraint(
            "encumbered + expended <= appropriation", name=op.f("ck_funding_program_within_appropriation")
        ),
        sa.CheckConstraint(
            "encumbered BETWEEN 0 AND 1000000000000000", name=op.f("ck_funding_program_encumbered_range")
        ),
        sa.CheckConstraint("expended BETWEEN 0 AND 1000000000000000", name=op.f("ck_funding_program_expended_range")),
        sa.CheckConstraint(
            "grant_maximum BETWEEN 1 AND 1000000000000000", name=op.f("ck_funding_program_grant_maximum_range")
        ),
        sa.CheckConstraint("grant_minimum <= grant_maximum", name=op.f("ck_funding_program_grant_bounds")),
        sa.CheckConstraint(
            "grant_minimum BETWEEN 1 AND 1000000000000000", name=op.f("ck_funding_program_grant_minimum_range")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_funding_program_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 400", name=op.f("ck_funding_program_name_folded_length")),
        sa.CheckConstraint(
            "match_hundredths BETWEEN 1 AND 100000", name=op.f("ck_funding_program_match_hundredths_range")
        ),
        sa.CheckConstraint("opens_on <= closes_on", name=op.f("ck_funding_program_open_order")),
        sa.CheckConstraint("reviews_needed BETWEEN 0 AND 20", name=op.f("ck_funding_program_reviews_needed_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_funding_program_version_range")),
        sa.ForeignKeyConstraint(["fiscal_year_id"], ["fiscal_year.id"], name=op.f("fk_funding_program_fiscal_year_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_program")),
        sa.UniqueConstraint(
            "fiscal_year_id", "name_folded", name=op.f("uq_funding_program_fiscal_year_id_name_folded")
        ),
    )
    with op.batch_alter_table("funding_program", schema=None) as batch_op:
        batch_op.create_index("ix_funding_program_closes_on", ["closes_on", "id"], unique=False)
        batch_op.create_index("ix_funding_program_name", ["name", "id"], unique=False)

    op.create_table(
        "grant",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("program_id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("status_since", TIME, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("payee", TEXT, nullable=True),
        sa.Column("payee_registration", TEXT, nullable=True),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("requested", sa.BigInteger(), nullable=False),
        sa.Column("awarded", sa.BigInteger(), nullable=True),
        sa.Column("scheduled", sa.BigInteger(), nullable=False),
        sa.Column("disbursed", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column(
            "encumbered",
            sa.BigInteger(),
            sa.Computed("coalesce(awarded, 0) - disbursed - returned - released", persisted=True),
            nullable=True,
        ),
        sa.Column("submitted_at", TIME, nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("agreement_on", sa.Date(), nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "(status IN ('APPROVED', 'AGREEMENT_SIGNED', 'ACTIVE', 'SUSPENDED', 'CLOSING', 'COMPLETED', 'CANCELLED')) = (awarded IS NOT NULL)",
            name=op.f("ck_grant_awarded_once_approved"),
        ),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_grant_currency_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_grant_provenance_known")
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SUBMITTED', 'SCREENING', 'MORE_INFO_REQUESTED', 'IN_REVIEW', 'IN_DECISION', 'APPROVED', 'DECLINED', 'AGREEMENT_SIGNED', 'ACTIVE', 'SUSPENDED', 'CLOSING', 'COMPLETED', 'WITHDRAWN', 'CANCELLED')",
            name=op.f("ck_grant_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('COMPLETED', 'CANCELLED') OR disbursed + returned + released = awarded",
            name=op.f("ck_grant_settled_at_the_end"),
        ),
        sa.CheckConstraint("substr(id, 1, 6) = 'grant_' AND length(id) = 32", name=op.f("ck_grant_id_shape")),
        sa.CheckConstraint("awarded <= requested", name=op.f("ck_grant_awarded_within_request")),
        sa.CheckConstraint("awarded BETWEEN 1 AND 1000000000000000", name=op.f("ck_grant_awarded_range")),
        sa.CheckConstraint(
            "disbursed + returned + released <= coalesce(awarded, 0)", name=op.f("ck_grant_settled_within_award")
        ),
        sa.CheckConstraint("disbursed + returned <= scheduled", name=op.f("ck_grant_paid_within_scheduled")),
        sa.CheckConstraint("disbursed BETWEEN 0 AND 1000000000000000", name=op.f("ck_grant_disbursed_range")),
        sa.CheckConstraint("length(payee) BETWEEN 1 AND 200", name=op.f("ck_grant_payee_length")),
        sa.CheckConstraint(
            "length(payee_registration) BETWEEN 1 AND 100", name=op.f("ck_grant_payee_registration_length")
        ),
        sa.CheckConstraint("length(purpose) BETWEEN 1 AND 5000", name=op.f("ck_grant_purpose_length")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 2000", name=op.f("ck_grant_reason_length")),
        sa.CheckConstraint("released BETWEEN 0 AND 1000000000000000", name=op.f("ck_grant_released_range")),
        sa.CheckConstraint("requested BETWEEN 1 AND 1000000000000000", name=op.f("ck_grant_requested_range")),
        sa.CheckConstraint("returned BETWEEN 0 AND 1000000000000000", name=op.f("ck_grant_returned_range")),
        sa.CheckConstraint("scheduled <= coalesce(awarded, 0)", name=op.f("ck_grant_scheduled_within_award")),
        sa.CheckConstraint("scheduled BETWEEN 0 AND 1000000000000000", name=op.f("ck_grant_scheduled_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_grant_version_range")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_grant_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_grant_community_id")),
        sa.ForeignKeyConstraint(["program_id"], ["funding_program.id"], name=op.f("fk_grant_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
    )
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.create_index("ix_grant_campaign", ["campaign_id", "id"], unique=False)
        batch_op.create_index("ix_grant_community", ["community_id", "id"], unique=False)
        batch_op.create_index("ix_grant_decided_at", ["decided_at", "id"], unique=False)
        batch_op.create_index("ix_grant_program", ["program_id", "id"], unique=False)
        batch_op.create_index("ix_grant_requested", ["requested", "id"], unique=False)
        batch_op.create_index("ix_grant_status", ["status", "status_since", "id"], unique=False)
        batch_op.create_index("ix_grant_status_since", ["status_since", "id"], unique=False)
        batch_op.create_index("ix_grant_submitted_at", ["submitted_at", "id"], unique=False)

    op.create_table(
        "budget_line",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_budget_line_currency_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_budget_line_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'line_' AND length(id) = 31", name=op.f("ck_budget_line_id_shape")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name=op.f("ck_budget_line_amount_range")),
        sa.CheckConstraint("length(description) BETWEEN 1 AND 500", name=op.f("ck_budget_line_description_length")),
        sa.CheckConstraint("place BETWEEN 1 AND 100", name=op.f("ck_budget_line_place_range")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_budget_line_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint("grant_id", "place", name=op.f("uq_budget_line_grant_id_place")),
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite reads one index for both placements of nulls
        for column in ("submitted_at", "decided_at"):
            op.create_index(f"ix_grant_{column}_nulls_first", "grant", [sa.text(f"{column} NULLS FIRST"), "id"])


def downgrade() -> None:
    _refuse_rows()
    op.drop_table("budget_line")
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.drop_index("ix_grant_submitted_at")
        batch_op.drop_index("ix_grant_status_since")
        batch_op.drop_index("ix_grant_status")
        batch_op.drop_index("ix_grant_requested")
        batch_op.drop_index("ix_grant_program")
        batch_op.drop_index("ix_grant_decided_at")
        batch_op.drop_index("ix_grant_community")
        batch_op.drop_index("ix_grant_campaign")

    op.drop_table("grant")
    with op.batch_alter_table("funding_program", schema=None) as batch_op:
        batch_op.drop_index("ix_funding_program_name")
        batch_op.drop_index("ix_funding_program_closes_on")

    op.drop_table("funding_program")
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
        for column in ("submitted_at", "decided_at"):
            op.create_index(f"ix_grant_{column}_nulls_first", "grant", [sa.text(f"{column} NULLS FIRST"), "id"])


def _refuse_rows() -> None:
    """Grants belong to a program on one side of this revision, and to none on the other."""
    if op.get_bind().execute(sa.text('SELECT count(*) FROM "grant"')).scalar():
        raise RuntimeError(
            "The table of grants has rows, which this revision would lose; it was never written to before."
        )
