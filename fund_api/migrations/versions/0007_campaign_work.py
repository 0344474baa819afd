"""Campaign work."""

from functools import partial

import sqlalchemy as sa
from alembic import op

from fund_api.migrations.remaking import added, remake

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

VERSION = "version BETWEEN 1 AND 1000000000"
ADDED = {
    table: f"{columns}, CONSTRAINT ck_{table}_version_range CHECK ({VERSION}), "
    for table, columns in {
        "campaign": "published_at TEXT, version INTEGER NOT NULL",
        "ballot_measure": "version INTEGER NOT NULL",
        "milestone": "version INTEGER NOT NULL",
    }.items()
}
"""What SQLite's statements have before their first constraint from now on."""


def _without(sql: str, parts: str) -> str:
    return sql.replace(parts, "")


def upgrade() -> None:
    op.create_table(
        "procedure_rule",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("state_code", TEXT, nullable=False),
        sa.Column("route", TEXT, nullable=False),
        sa.Column("applies_to", TEXT, nullable=True),
        sa.Column("threshold_hundredths", sa.Integer(), nullable=True),
        sa.Column("threshold_base", TEXT, nullable=True),
        sa.Column("days_before_election", sa.Integer(), nullable=True),
        sa.Column("approval_hundredths", sa.Integer(), nullable=True),
        sa.Column("citation", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "applies_to IN ('CITY', 'TOWN', 'VILLAGE', 'BOROUGH', 'TOWNSHIP', 'PLANTATION', 'MUNICIPALITY', 'MUNICIPIO', 'COUNTY', 'PARISH', 'CENSUS_AREA', 'CITY_AND_BOROUGH', 'CONSOLIDATED', 'CORPORATION')",
            name=op.f("ck_procedure_rule_applies_to_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_procedure_rule_provenance_known")
        ),
        sa.CheckConstraint(
            "route IN ('CITIZEN_PETITION', 'COUNCIL_REFERRAL', 'CHARTER_COMMISSION', 'ORDINANCE', 'STATE_OPTIONAL_FORM', 'SPECIAL_ACT')",
            name=op.f("ck_procedure_rule_route_known"),
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'rule_' AND length(id) = 31", name=op.f("ck_procedure_rule_id_shape")),
        sa.CheckConstraint(
            "(threshold_hundredths IS NULL) = (threshold_base IS NULL)", name=op.f("ck_procedure_rule_threshold_of")
        ),
        sa.CheckConstraint(
            "approval_hundredths BETWEEN 1 AND 10000", name=op.f("ck_procedure_rule_approval_hundredths_range")
        ),
        sa.CheckConstraint(
            "days_before_election BETWEEN 0 AND 3650", name=op.f("ck_procedure_rule_days_before_election_range")
        ),
        sa.CheckConstraint("length(citation) BETWEEN 1 AND 500", name=op.f("ck_procedure_rule_citation_length")),
        sa.CheckConstraint("length(note) BETWEEN 1 AND 1000", name=op.f("ck_procedure_rule_note_length")),
        sa.CheckConstraint(
            "length(threshold_base) BETWEEN 1 AND 200", name=op.f("ck_procedure_rule_threshold_base_length")
        ),
        sa.CheckConstraint(
            "threshold_hundredths BETWEEN 1 AND 10000", name=op.f("ck_procedure_rule_threshold_hundredths_range")
        ),
        sa.ForeignKeyConstraint(["state_code"], ["state.code"], name=op.f("fk_procedure_rule_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_rule")),
    )
    with op.batch_alter_table("procedure_rule", schema=None) as batch_op:
        batch_op.create_index("ix_procedure_rule_state", ["state_code", "route", "id"], unique=False)

    op.create_table(
        "organization_member",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("organization_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_organization_member_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 7) = 'orgmem_' AND length(id) = 33", name=op.f("ck_organization_member_id_shape")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_member_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_organization_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_member")),
        sa.UniqueConstraint(
            "organization_id", "person_id", name=op.f("uq_organization_member_organization_id_person_id")
        ),
    )
    with op.batch_alter_table("organization_member", schema=None) as batch_op:
        batch_op.create_index("ix_organization_member_person", ["person_id", "organization_id"], unique=False)

    op.create_table(
        "campaign_member",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_campaign_member_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 7) = 'member_' AND length(id) = 33", name=op.f("ck_campaign_member_id_shape")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_member_campaign_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_campaign_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_member")),
        sa.UniqueConstraint("campaign_id", "person_id", name=op.f("uq_campaign_member_campaign_id_person_id")),
    )
    with op.batch_alter_table("campaign_member", schema=None) as batch_op:
        batch_op.create_index("ix_campaign_member_person", ["person_id", "campaign_id"], unique=False)

    op.create_table(
        "support_engagement",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("in_kind_value", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("lobbying", sa.Boolean(), nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_support_engagement_currency_known")),
        sa.CheckConstraint(
            "kind IN ('ADVICE', 'TESTIMONY', 'SPEAKER', 'MATERIALS', 'ADVERTISING', 'TRAVEL')",
            name=op.f("ck_support_engagement_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_support_engagement_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 8) = 'support_' AND length(id) = 34", name=op.f("ck_support_engagement_id_shape")
        ),
        sa.CheckConstraint(
            "in_kind_value BETWEEN 0 AND 1000000000000000", name=op.f("ck_support_engagement_in_kind_value_range")
        ),
        sa.CheckConstraint(
            "length(description) BETWEEN 1 AND 2000", name=op.f("ck_support_engagement_description_length")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_support_engagement_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_engagement")),
    )
    with op.batch_alter_table("support_engagement", schema=None) as batch_op:
        batch_op.create_index("ix_support_engagement_campaign", ["campaign_id", "given_on", "id"], unique=False)
        batch_op.create_index("ix_support_engagement_given_on", ["given_on", "id"], unique=False)

    op.create_table(
        "support_request",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("secret_hash", TEXT, nullable=False),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("decided_by", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "(state = 'ACCEPTED') = (campaign_id IS NOT NULL)", name=op.f("ck_support_request_accepted_into")
        ),
        sa.CheckConstraint(
            "(state = 'DECLINED') = (reason IS NOT NULL)", name=op.f("ck_support_request_declined_because")
        ),
        sa.CheckConstraint("(state = 'RECEIVED') = (decided_at IS NULL)", name=op.f("ck_support_request_decided")),
        sa.CheckConstraint(
            "kind IN ('ADOPTION', 'RETENTION', 'CHARTER_CHANGE', 'POSITION_CREATION', 'CONSOLIDATION')",
            name=op.f("ck_support_request_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_support_request_provenance_known")
        ),
        sa.CheckConstraint(
            "state IN ('RECEIVED', 'ACCEPTED', 'DECLINED')", name=op.f("ck_support_request_state_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 8) = 'request_' AND length(id) = 34", name=op.f("ck_support_request_id_shape")
        ),
        sa.CheckConstraint("length(email) BETWEEN 1 AND 254", name=op.f("ck_support_request_email_length")),
        sa.CheckConstraint("length(message) BETWEEN 1 AND 5000", name=op.f("ck_support_request_message_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_support_request_name_length")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 1000", name=op.f("ck_support_request_reason_length")),
        sa.CheckConstraint("length(secret_hash) BETWEEN 1 AND 64", name=op.f("ck_support_request_secret_hash_length")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_support_request_version_range")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_support_request_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_support_request_community_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_support_request_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_request")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_support_request_secret_hash")),
    )
    with op.batch_alter_table("support_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_support_request_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_support_request_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_support_request_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index("ix_support_request_state", ["state", "created_at", "id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("milestone_id", TEXT, nullable=True),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("mailed_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "kind IN ('SUPPORT_ACCEPTED', 'MORE_INFORMATION_ASKED', 'MILESTONE_DUE')", name=op.f("ck_notice_kind_known")
        ),
        sa.CheckConstraint("substr(id, 1, 7) = 'notice_' AND length(id) = 33", name=op.f("ck_notice_id_shape")),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 2000", name=op.f("ck_notice_text_length")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_notice_campaign_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_notice_milestone_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "kind", "milestone_id", name=op.f("uq_notice_person_id_kind_milestone_id")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index("ix_notice_mailed_at", ["mailed_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_milestone_id"), ["milestone_id"], unique=False)
        batch_op.create_index("ix_notice_person", ["person_id", "created_at", "id"], unique=False)

    for table, parts in ADDED.items():
        if op.get_bind().dialect.name == "sqlite":
            remake(table, partial(added, parts=parts), ", version", ", 1")
        else:
            op.add_column(table, sa.Column("version", sa.Integer()))
            op.execute(sa.table(table, sa.column("version")).update().values(version=1))
            op.alter_column(table, "version", nullable=False)
            op.create_check_constraint(op.f(f"ck_{table}_version_range"), table, VERSION)
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("campaign", sa.Column("published_at", TIME))
    op.execute("UPDATE campaign SET published_at = created_at")


def downgrade() -> None:
    for table, parts in ADDED.items():
        if op.get_bind().dialect.name == "sqlite":
            remake(table, partial(_without, parts=parts))
        else:
            op.drop_column(table, "version")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("campaign", "published_at")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_person")
        batch_op.drop_index(batch_op.f("ix_notice_milestone_id"))
        batch_op.drop_index("ix_notice_mailed_at")
        batch_op.drop_index(batch_op.f("ix_notice_campaign_id"))

    op.drop_table("notice")
    with op.batch_alter_table("support_request", schema=None) as batch_op:
        batch_op.drop_index("ix_support_request_state")
        batch_op.drop_index(batch_op.f("ix_support_request_decided_by"))
        batch_op.drop_index(batch_op.f("ix_support_request_community_id"))
        batch_op.drop_index(batch_op.f("ix_support_request_campaign_id"))

    op.drop_table("support_request")
    with op.batch_alter_table("support_engagement", schema=None) as batch_op:
        batch_op.drop_index("ix_support_engagement_given_on")
        batch_op.drop_index("ix_support_engagement_campaign")

    op.drop_table("support_engagement")
    with op.batch_alter_table("campaign_member", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_member_person")

    op.drop_table("campaign_member")
    with op.batch_alter_table("organization_member", schema=None) as batch_op:
        batch_op.drop_index("ix_organization_member_person")

    op.drop_table("organization_member")
    with op.batch_alter_table("procedure_rule", schema=None) as batch_op:
        batch_op.drop_index("ix_procedure_rule_state")

    op.drop_table("procedure_rule")
