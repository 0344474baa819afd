"""Campaigns, ballot measures and milestones."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

NULLABLE_ORDERS = (
    ("campaign", "election_on"),
    ("ballot_measure", "election_on"),
    ("ballot_measure", "margin"),
    ("milestone", "due_on"),
)


def upgrade() -> None:
    op.create_table(
        "organization",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=True),
        sa.Column("website", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("length(search_text) BETWEEN 1 AND 20000", name=op.f("ck_organization_search_text_length")),
        sa.CheckConstraint(
            "kind IN ('RESIDENTS_GROUP', 'ASSOCIATION', 'LOCAL_GOVERNMENT', 'OTHER')",
            name=op.f("ck_organization_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_organization_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 4) = 'org_' AND length(id) = 30", name=op.f("ck_organization_id_shape")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_organization_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 400", name=op.f("ck_organization_name_folded_length")),
        sa.CheckConstraint("length(website) BETWEEN 1 AND 500", name=op.f("ck_organization_website_length")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_organization_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
    )
    op.create_index(op.f("ix_organization_community_id"), "organization", ["community_id"], unique=False)
    op.create_index("ix_organization_name", "organization", ["name", "id"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=False),
        sa.Column("organization_id", TEXT, nullable=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("title_folded", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("route", TEXT, nullable=True),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("election_on", sa.Date(), nullable=True),
        sa.Column("election_on_precision", TEXT, nullable=True),
        sa.Column("date_inferred", sa.Boolean(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("length(search_text) BETWEEN 1 AND 20000", name=op.f("ck_campaign_search_text_length")),
        sa.CheckConstraint(
            "election_on_precision IN ('DAY', 'MONTH', 'YEAR')", name=op.f("ck_campaign_election_on_precision_known")
        ),
        sa.CheckConstraint(
            "kind IN ('ADOPTION', 'RETENTION', 'CHARTER_CHANGE', 'POSITION_CREATION', 'CONSOLIDATION')",
            name=op.f("ck_campaign_kind_known"),
        ),
        sa.CheckConstraint(
            "outcome IN ('ADOPTED', 'REJECTED', 'RETAINED', 'ABANDONED', 'WITHDRAWN', 'DETERRED', 'DECLINED', 'CONTESTED')",
            name=op.f("ck_campaign_outcome_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_campaign_provenance_known")
        ),
        sa.CheckConstraint(
            "route IN ('CITIZEN_PETITION', 'COUNCIL_REFERRAL', 'CHARTER_COMMISSION', 'ORDINANCE', 'STATE_OPTIONAL_FORM', 'SPECIAL_ACT')",
            name=op.f("ck_campaign_route_known"),
        ),
        sa.CheckConstraint(
            "stage IN ('INQUIRY', 'EXPLORING', 'ORGANIZING', 'QUALIFYING', 'ON_BALLOT', 'DECIDED', 'TRANSITION', 'CLOSED')",
            name=op.f("ck_campaign_stage_known"),
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'camp_' AND length(id) = 31", name=op.f("ck_campaign_id_shape")),
        sa.CheckConstraint(
            "(election_on IS NULL) = (election_on_precision IS NULL)", name=op.f("ck_campaign_election_precision")
        ),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 5000", name=op.f("ck_campaign_summary_length")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 300", name=op.f("ck_campaign_title_length")),
        sa.CheckConstraint("length(title_folded) BETWEEN 1 AND 600", name=op.f("ck_campaign_title_folded_length")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_campaign_community_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_campaign_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(
        "ix_campaign_community_id_election_on", "campaign", ["community_id", "election_on", "id"], unique=False
    )
    op.create_index("ix_campaign_election_on", "campaign", ["election_on", "id"], unique=False)
    op.create_index("ix_campaign_kind_election_on", "campaign", ["kind", "election_on", "id"], unique=False)
    op.create_index(op.f("ix_campaign_organization_id"), "campaign", ["organization_id"], unique=False)
    op.create_index("ix_campaign_title", "campaign", ["title", "id"], unique=False)

    op.create_table(
        "ballot_measure",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("question", TEXT, nullable=False),
        sa.Column("question_folded", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("election_on", sa.Date(), nullable=True),
        sa.Column("election_on_precision", TEXT, nullable=True),
        sa.Column("date_inferred", sa.Boolean(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("margin", sa.Integer(), sa.Computed("abs(votes_for - votes_against)", persisted=True), nullable=True),
        sa.Column("percent_for", sa.Double(), nullable=True),
        sa.Column("percent_against", sa.Double(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("result_status", TEXT, nullable=False),
        sa.Column("yes_means", TEXT, nullable=True),
        sa.Column("fund_position", TEXT, nullable=True),
        sa.Column("form_before", TEXT, nullable=True),
        sa.Column("form_after", TEXT, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("confidence", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "length(search_text) BETWEEN 1 AND 20000", name=op.f("ck_ballot_measure_search_text_length")
        ),
        sa.CheckConstraint("confidence IN ('HIGH', 'MEDIUM', 'LOW')", name=op.f("ck_ballot_measure_confidence_known")),
        sa.CheckConstraint(
            "election_on_precision IN ('DAY', 'MONTH', 'YEAR')",
            name=op.f("ck_ballot_measure_election_on_precision_known"),
        ),
        sa.CheckConstraint(
            "form_after IN ('MAYOR_COUNCIL', 'COUNCIL_MANAGER', 'COUNCIL_ADMINISTRATOR', 'COMMISSION', 'TOWN_MEETING', 'REPRESENTATIVE_TOWN_MEETING', 'COUNTY_COMMISSION', 'COUNTY_ADMINISTRATOR', 'COUNTY_EXECUTIVE', 'OTHER')",
            name=op.f("ck_ballot_measure_form_after_known"),
        ),
        sa.CheckConstraint(
            "form_before IN ('MAYOR_COUNCIL', 'COUNCIL_MANAGER', 'COUNCIL_ADMINISTRATOR', 'COMMISSION', 'TOWN_MEETING', 'REPRESENTATIVE_TOWN_MEETING', 'COUNTY_COMMISSION', 'COUNTY_ADMINISTRATOR', 'COUNTY_EXECUTIVE', 'OTHER')",
            name=op.f("ck_ballot_measure_form_before_known"),
        ),
        sa.CheckConstraint(
            "fund_position IN ('FOR_CHANGE', 'AGAINST_CHANGE', 'NONE')",
            name=op.f("ck_ballot_measure_fund_position_known"),
        ),
        sa.CheckConstraint("kind IN ('ADOPTION', 'ABANDONMENT', 'OTHER')", name=op.f("ck_ballot_measure_kind_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_ballot_measure_provenance_known")
        ),
        sa.CheckConstraint(
            "result_status IN ('NONE', 'REPORTED', 'PROVISIONAL', 'CERTIFIED', 'CONTESTED')",
            name=op.f("ck_ballot_measure_result_status_known"),
        ),
        sa.CheckConstraint(
            "substr(id, 1, 8) = 'measure_' AND length(id) = 34", name=op.f("ck_ballot_measure_id_shape")
        ),
        sa.CheckConstraint(
            "yes_means IN ('FOR_CHANGE', 'AGAINST_CHANGE')", name=op.f("ck_ballot_measure_yes_means_known")
        ),
        sa.CheckConstraint(
            "(election_on IS NULL) = (election_on_precision IS NULL)", name=op.f("ck_ballot_measure_election_precision")
        ),
        sa.CheckConstraint("length(note) BETWEEN 1 AND 1000", name=op.f("ck_ballot_measure_note_length")),
        sa.CheckConstraint("length(question) BETWEEN 1 AND 1000", name=op.f("ck_ballot_measure_question_length")),
        sa.CheckConstraint(
            "length(question_folded) BETWEEN 1 AND 2000", name=op.f("ck_ballot_measure_question_folded_length")
        ),
        sa.CheckConstraint("percent_against BETWEEN 0 AND 100", name=op.f("ck_ballot_measure_percent_against_range")),
        sa.CheckConstraint("percent_for BETWEEN 0 AND 100", name=op.f("ck_ballot_measure_percent_for_range")),
        sa.CheckConstraint(
            "votes_against BETWEEN 0 AND 1000000000", name=op.f("ck_ballot_measure_votes_against_range")
        ),
        sa.CheckConstraint("votes_for BETWEEN 0 AND 1000000000", name=op.f("ck_ballot_measure_votes_for_range")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_ballot_measure_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_measure")),
    )
    op.create_index("ix_ballot_measure_campaign", "ballot_measure", ["campaign_id", "election_on", "id"], unique=False)
    op.create_index("ix_ballot_measure_election_on", "ballot_measure", ["election_on", "id"], unique=False)
    op.create_index("ix_ballot_measure_margin", "ballot_measure", ["margin", "id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "kind IN ('PETITION_FILED', 'SIGNATURES_VERIFIED', 'COMMISSION_ELECTED', 'REPORT_ISSUED', 'BALLOT_CERTIFIED', 'ELECTION_DAY', 'RESULT_CERTIFIED', 'EFFECTIVE', 'MANAGER_HIRED')",
            name=op.f("ck_milestone_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_milestone_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'mile_' AND length(id) = 31", name=op.f("ck_milestone_id_shape")),
        sa.CheckConstraint("length(note) BETWEEN 1 AND 1000", name=op.f("ck_milestone_note_length")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_milestone_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index("ix_milestone_campaign", "milestone", ["campaign_id", "due_on", "id"], unique=False)
    op.create_index("ix_milestone_due_on", "milestone", ["due_on", "id"], unique=False)

    op.create_table(
        "ballot_measure_source",
        sa.Column("ballot_measure_id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_measure_id"], ["ballot_measure.id"], name=op.f("fk_ballot_measure_source_ballot_measure_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_ballot_measure_source_source_id")),
        sa.PrimaryKeyConstraint("ballot_measure_id", "source_id", name=op.f("pk_ballot_measure_source")),
    )
    op.create_index(op.f("ix_ballot_measure_source_source_id"), "ballot_measure_source", ["source_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":  # SQLite reads one index for both placements of nulls
        for table, column in NULLABLE_ORDERS:
            nulls_first = sa.text(f"{column} NULLS FIRST")
            op.create_index(f"ix_{table}_{column}_nulls_first", table, [nulls_first, "id"])
        for leading in ("kind", "community_id"):
            name = f"ix_campaign_{leading}_election_on_nulls_first"
            op.create_index(name, "campaign", [leading, sa.text("election_on NULLS FIRST"), "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_ballot_measure_source_source_id"), "ballot_measure_source")

    op.drop_table("ballot_measure_source")
    op.drop_index("ix_milestone_due_on", "milestone")
    op.drop_index("ix_milestone_campaign", "milestone")

    op.drop_table("milestone")
    op.drop_index("ix_ballot_measure_margin", "ballot_measure")
    op.drop_index("ix_ballot_measure_election_on", "ballot_measure")
    op.drop_index("ix_ballot_measure_campaign", "ballot_measure")

    op.drop_table("ballot_measure")
    op.drop_index("ix_campaign_title", "campaign")
    op.drop_index(op.f("ix_campaign_organization_id"), "campaign")
    op.drop_index("ix_campaign_kind_election_on", "campaign")
    op.drop_index("ix_campaign_election_on", "campaign")
    op.drop_index("ix_campaign_community_id_election_on", "campaign")

    op.drop_table("campaign")
    op.drop_index("ix_organization_name", "organization")
    op.drop_index(op.f("ix_organization_community_id"), "organization")

    op.drop_table("organization")
