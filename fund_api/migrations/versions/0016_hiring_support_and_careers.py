"""Hiring support and careers, and notices of hiring."""

import sqlalchemy as sa
from alembic import op

from fund_api.migrations.remaking import added, remake

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

NEW = (
    "senior_advisor",
    "advisor_state",
    "hiring_request",
    "advisor_conflict",
    "assignment",
    "hiring_practice_area",
    "manager_placement",
    "advisor_activity",
    "follow_up",
    "program",
    "fellowship_cohort",
    "program_practice_area",
    "program_session",
    "scholarship",
    "student_chapter",
    "fellow_placement",
)
"""Tables in the order in which they are made."""
NULLS_FIRST = (("hiring_request", "target_on"), ("program_session", "price"))
KNOWN, LENGTH = "ck_notice_kind_known", "ck_notice_hiring_request_id_length"
BEFORE = (
    "kind IN ('SUPPORT_ACCEPTED', 'MORE_INFORMATION_ASKED', 'MILESTONE_DUE', 'GRANT_DECIDED', 'GRANT_CHANGED', "
    "'PAYMENT_RECORDED', 'REPORT_DECIDED')"
)
AFTER = f"{BEFORE[:-1]}, 'HIRING_CHANGED', 'FOLLOW_UP_DUE')"
SHORT = "length(hiring_request_id) BETWEEN 1 AND 40"
PARTS = f"hiring_request_id TEXT, CONSTRAINT {LENGTH} CHECK ({SHORT}), "
"""What SQLite's statement has before its first constraint from now on."""


def upgrade() -> None:
    _make_hiring()
    _make_careers()
    if op.get_bind().dialect.name == "sqlite":
        remake("notice", lambda sql: added(sql, PARTS).replace(BEFORE, AFTER))
        return
    for table, column in NULLS_FIRST:  # SQLite reads one index for both placements of nulls
        op.create_index(f"ix_{table}_{column}_nulls_first", table, [sa.text(f"{column} NULLS FIRST"), "id"])
    op.drop_constraint(op.f(KNOWN), "notice")
    op.create_check_constraint(op.f(KNOWN), "notice", AFTER)
    op.add_column("notice", sa.Column("hiring_request_id", TEXT))
    op.create_check_constraint(op.f(LENGTH), "notice", SHORT)


def downgrade() -> None:
    op.execute(f"DELETE FROM notice WHERE NOT {BEFORE}")  # noqa: S608  our own words
    if op.get_bind().dialect.name == "sqlite":
        remake("notice", lambda sql: sql.replace(PARTS, "").replace(AFTER, BEFORE))
    else:
        op.drop_column("notice", "hiring_request_id")
        op.drop_constraint(op.f(KNOWN), "notice")
        op.create_check_constraint(op.f(KNOWN), "notice", BEFORE)
    for table in reversed(NEW):
        op.drop_table(table)


def _make_hiring() -> None:
    op.create_table(
        "senior_advisor",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("biography", TEXT, nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("open_assignments", sa.Integer(), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("available_until", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_senior_advisor_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 8) = 'advisor_' AND length(id) = 34", name=op.f("ck_senior_advisor_id_shape")
        ),
        sa.CheckConstraint("available_from <= available_until", name=op.f("ck_senior_advisor_available_order")),
        sa.CheckConstraint("capacity BETWEEN 0 AND 50", name=op.f("ck_senior_advisor_capacity_range")),
        sa.CheckConstraint("length(biography) BETWEEN 1 AND 2000", name=op.f("ck_senior_advisor_biography_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_senior_advisor_name_length")),
        sa.CheckConstraint("open_assignments <= capacity", name=op.f("ck_senior_advisor_within_capacity")),
        sa.CheckConstraint("open_assignments BETWEEN 0 AND 50", name=op.f("ck_senior_advisor_open_assignments_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_senior_advisor_version_range")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_senior_advisor_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_senior_advisor")),
        sa.UniqueConstraint("person_id", name=op.f("uq_senior_advisor_person_id")),
    )
    op.create_index("ix_senior_advisor_name", "senior_advisor", ["name", "id"], unique=False)

    op.create_table(
        "advisor_state",
        sa.Column("advisor_id", TEXT, nullable=False),
        sa.Column("state_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["advisor_id"], ["senior_advisor.id"], name=op.f("fk_advisor_state_advisor_id")),
        sa.ForeignKeyConstraint(["state_id"], ["state.id"], name=op.f("fk_advisor_state_state_id")),
        sa.PrimaryKeyConstraint("advisor_id", "state_id", name=op.f("pk_advisor_state")),
    )
    op.create_index(op.f("ix_advisor_state_state_id"), "advisor_state", ["state_id"], unique=False)

    op.create_table(
        "hiring_request",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("person_id", TEXT, nullable=True),
        sa.Column("contact_name", TEXT, nullable=False),
        sa.Column("contact_email", TEXT, nullable=False),
        sa.Column("contact_phone", TEXT, nullable=True),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("first_manager", sa.Boolean(), nullable=False),
        sa.Column("creation_route", TEXT, nullable=True),
        sa.Column("interim_needed", sa.Boolean(), nullable=False),
        sa.Column("search_mode", TEXT, nullable=True),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("salary_minimum", sa.BigInteger(), nullable=True),
        sa.Column("salary_maximum", sa.BigInteger(), nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("stage_since", TIME, nullable=False),
        sa.Column("held_stage", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("secret_hash", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("(stage = 'ON_HOLD') = (held_stage IS NOT NULL)", name=op.f("ck_hiring_request_held_where")),
        sa.CheckConstraint(
            "creation_route IN ('ORDINANCE', 'CHARTER', 'STATE_OPTIONAL_FORM', 'SPECIAL_ACT')",
            name=op.f("ck_hiring_request_creation_route_known"),
        ),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_hiring_request_currency_known")),
        sa.CheckConstraint(
            "held_stage IN ('RECEIVED', 'TRIAGED', 'ADVISOR_MATCHED', 'POSITION_CREATION', 'PROFILE_DRAFTED', 'RECRUITING', 'FINALISTS', 'OFFER', 'APPOINTED', 'FOLLOW_UP', 'ON_HOLD', 'CLOSED', 'DECLINED')",
            name=op.f("ck_hiring_request_held_stage_known"),
        ),
        sa.CheckConstraint(
            "held_stage NOT IN ('ON_HOLD', 'CLOSED', 'DECLINED')", name=op.f("ck_hiring_request_held_in_work")
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_hiring_request_provenance_known")
        ),
        sa.CheckConstraint(
            "search_mode IN ('SELF', 'FIRM', 'ADVISOR')", name=op.f("ck_hiring_request_search_mode_known")
        ),
        sa.CheckConstraint(
            "stage IN ('RECEIVED', 'TRIAGED', 'ADVISOR_MATCHED', 'POSITION_CREATION', 'PROFILE_DRAFTED', 'RECRUITING', 'FINALISTS', 'OFFER', 'APPOINTED', 'FOLLOW_UP', 'ON_HOLD', 'CLOSED', 'DECLINED')",
            name=op.f("ck_hiring_request_stage_known"),
        ),
        sa.CheckConstraint(
            "stage NOT IN ('DECLINED', 'ON_HOLD', 'CLOSED') OR reason IS NOT NULL",
            name=op.f("ck_hiring_request_told_why"),
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'hire_' AND length(id) = 31", name=op.f("ck_hiring_request_id_shape")),
        sa.CheckConstraint("budget BETWEEN 0 AND 1000000000000000", name=op.f("ck_hiring_request_budget_range")),
        sa.CheckConstraint(
            "length(contact_email) BETWEEN 1 AND 254", name=op.f("ck_hiring_request_contact_email_length")
        ),
        sa.CheckConstraint(
            "length(contact_name) BETWEEN 1 AND 200", name=op.f("ck_hiring_request_contact_name_length")
        ),
        sa.CheckConstraint(
            "length(contact_phone) BETWEEN 1 AND 50", name=op.f("ck_hiring_request_contact_phone_length")
        ),
        sa.CheckConstraint("length(message) BETWEEN 1 AND 5000", name=op.f("ck_hiring_request_message_length")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 2000", name=op.f("ck_hiring_request_reason_length")),
        sa.CheckConstraint("length(secret_hash) BETWEEN 1 AND 64", name=op.f("ck_hiring_request_secret_hash_length")),
        sa.CheckConstraint(
            "salary_maximum BETWEEN 1 AND 1000000000000000", name=op.f("ck_hiring_request_salary_maximum_range")
        ),
        sa.CheckConstraint("salary_minimum <= salary_maximum", name=op.f("ck_hiring_request_salary_order")),
        sa.CheckConstraint(
            "salary_minimum BETWEEN 1 AND 1000000000000000", name=op.f("ck_hiring_request_salary_minimum_range")
        ),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_hiring_request_version_range")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_hiring_request_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_hiring_request_community_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hiring_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hiring_request")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_hiring_request_secret_hash")),
    )
    op.create_index(op.f("ix_hiring_request_campaign_id"), "hiring_request", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_hiring_request_community_id"), "hiring_request", ["community_id"], unique=False)
    op.create_index("ix_hiring_request_created", "hiring_request", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_hiring_request_person_id"), "hiring_request", ["person_id"], unique=False)
    op.create_index("ix_hiring_request_stage", "hiring_request", ["stage", "stage_since", "id"], unique=False)
    op.create_index("ix_hiring_request_stage_since", "hiring_request", ["stage_since", "id"], unique=False)
    op.create_index("ix_hiring_request_target_on", "hiring_request", ["target_on", "id"], unique=False)

    op.create_table(
        "advisor_conflict",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("advisor_id", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=False),
        sa.Column("hiring_request_id", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("declared_by", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "kind <> 'APPLICANT' OR hiring_request_id IS NOT NULL", name=op.f("ck_advisor_conflict_applies_where")
        ),
        sa.CheckConstraint(
            "kind IN ('APPLICANT', 'EMPLOYMENT', 'FAMILY', 'FINANCIAL', 'OTHER')",
            name=op.f("ck_advisor_conflict_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_advisor_conflict_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 9) = 'conflict_' AND length(id) = 35", name=op.f("ck_advisor_conflict_id_shape")
        ),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 1000", name=op.f("ck_advisor_conflict_reason_length")),
        sa.ForeignKeyConstraint(["advisor_id"], ["senior_advisor.id"], name=op.f("fk_advisor_conflict_advisor_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_advisor_conflict_community_id")),
        sa.ForeignKeyConstraint(["declared_by"], ["person.id"], name=op.f("fk_advisor_conflict_declared_by")),
        sa.ForeignKeyConstraint(
            ["hiring_request_id"], ["hiring_request.id"], name=op.f("fk_advisor_conflict_hiring_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advisor_conflict")),
        sa.UniqueConstraint("advisor_id", "community_id", name=op.f("uq_advisor_conflict_advisor_id_community_id")),
    )
    op.create_index(op.f("ix_advisor_conflict_community_id"), "advisor_conflict", ["community_id"], unique=False)
    op.create_index("ix_advisor_conflict_created", "advisor_conflict", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_advisor_conflict_declared_by"), "advisor_conflict", ["declared_by"], unique=False)
    op.create_index(
        op.f("ix_advisor_conflict_hiring_request_id"), "advisor_conflict", ["hiring_request_id"], unique=False
    )

    op.create_table(
        "assignment",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("hiring_request_id", TEXT, nullable=False),
        sa.Column("advisor_id", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("(state = 'OPEN') = (ended_at IS NULL)", name=op.f("ck_assignment_ended_when")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_assignment_provenance_known")
        ),
        sa.CheckConstraint("state <> 'WITHDRAWN' OR reason IS NOT NULL", name=op.f("ck_assignment_withdrawn_because")),
        sa.CheckConstraint("state IN ('OPEN', 'COMPLETED', 'WITHDRAWN')", name=op.f("ck_assignment_state_known")),
        sa.CheckConstraint("substr(id, 1, 7) = 'assign_' AND length(id) = 33", name=op.f("ck_assignment_id_shape")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 1000", name=op.f("ck_assignment_reason_length")),
        sa.CheckConstraint("length(why) BETWEEN 1 AND 1000", name=op.f("ck_assignment_why_length")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_assignment_version_range")),
        sa.ForeignKeyConstraint(["advisor_id"], ["senior_advisor.id"], name=op.f("fk_assignment_advisor_id")),
        sa.ForeignKeyConstraint(
            ["hiring_request_id"], ["hiring_request.id"], name=op.f("fk_assignment_hiring_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_advisor_id"), "assignment", ["advisor_id"], unique=False)
    op.create_index("ix_assignment_created", "assignment", ["created_at", "id"], unique=False)
    op.create_index("ix_assignment_request", "assignment", ["hiring_request_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_assignment_open",
        "assignment",
        ["hiring_request_id"],
        unique=True,
        sqlite_where=sa.text("state = 'OPEN'"),
        postgresql_where=sa.text("state = 'OPEN'"),
    )

    op.create_table(
        "hiring_practice_area",
        sa.Column("hiring_request_id", TEXT, nullable=False),
        sa.Column("practice_area_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["hiring_request_id"], ["hiring_request.id"], name=op.f("fk_hiring_practice_area_hiring_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["practice_area_id"], ["practice_area.id"], name=op.f("fk_hiring_practice_area_practice_area_id")
        ),
        sa.PrimaryKeyConstraint("hiring_request_id", "practice_area_id", name=op.f("pk_hiring_practice_area")),
    )
    op.create_index(
        op.f("ix_hiring_practice_area_practice_area_id"), "hiring_practice_area", ["practice_area_id"], unique=False
    )

    op.create_table(
        "manager_placement",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("hiring_request_id", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("manager_name", TEXT, nullable=False),
        sa.Column("first_manager", sa.Boolean(), nullable=False),
        sa.Column("appointed_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("days_to_appointment", sa.Integer(), nullable=False),
        sa.Column("published_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_manager_placement_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 7) = 'placed_' AND length(id) = 33", name=op.f("ck_manager_placement_id_shape")
        ),
        sa.CheckConstraint(
            "days_to_appointment BETWEEN 0 AND 36600", name=op.f("ck_manager_placement_days_to_appointment_range")
        ),
        sa.CheckConstraint(
            "length(manager_name) BETWEEN 1 AND 200", name=op.f("ck_manager_placement_manager_name_length")
        ),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name=op.f("ck_manager_placement_title_length")),
        sa.CheckConstraint("starts_on >= appointed_on", name=op.f("ck_manager_placement_starts_after")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_manager_placement_version_range")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_manager_placement_community_id")),
        sa.ForeignKeyConstraint(
            ["hiring_request_id"], ["hiring_request.id"], name=op.f("fk_manager_placement_hiring_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_placement")),
        sa.UniqueConstraint("hiring_request_id", name=op.f("uq_manager_placement_hiring_request_id")),
    )
    op.create_index("ix_manager_placement_appointed", "manager_placement", ["appointed_on", "id"], unique=False)
    op.create_index(op.f("ix_manager_placement_community_id"), "manager_placement", ["community_id"], unique=False)
    op.create_index(
        op.f("ix_manager_placement_hiring_request_id"), "manager_placement", ["hiring_request_id"], unique=False
    )

    op.create_table(
        "advisor_activity",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("assignment_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "kind IN ('CALL', 'MEETING', 'VISIT', 'DRAFTING', 'TRAINING', 'OTHER')",
            name=op.f("ck_advisor_activity_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_advisor_activity_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 8) = 'advised_' AND length(id) = 34", name=op.f("ck_advisor_activity_id_shape")
        ),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 2000", name=op.f("ck_advisor_activity_summary_length")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_advisor_activity_minutes_range")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_advisor_activity_assignment_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_advisor_activity_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advisor_activity")),
    )
    op.create_index(
        "ix_advisor_activity_assignment", "advisor_activity", ["assignment_id", "done_on", "id"], unique=False
    )
    op.create_index("ix_advisor_activity_done_on", "advisor_activity", ["done_on", "id"], unique=False)
    op.create_index(op.f("ix_advisor_activity_recorded_by"), "advisor_activity", ["recorded_by"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("placement_id", TEXT, nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_follow_up_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 7) = 'follow_' AND length(id) = 33", name=op.f("ck_follow_up_id_shape")),
        sa.CheckConstraint("done_on IS NOT NULL OR note IS NULL", name=op.f("ck_follow_up_note_when_done")),
        sa.CheckConstraint("length(note) BETWEEN 1 AND 2000", name=op.f("ck_follow_up_note_length")),
        sa.CheckConstraint("months BETWEEN 1 AND 60", name=op.f("ck_follow_up_months_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_follow_up_version_range")),
        sa.ForeignKeyConstraint(["placement_id"], ["manager_placement.id"], name=op.f("fk_follow_up_placement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("placement_id", "months", name=op.f("uq_follow_up_placement_id_months")),
    )
    op.create_index("ix_follow_up_due_on", "follow_up", ["due_on", "id"], unique=False)


def _make_careers() -> None:
    op.create_table(
        "program",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("kind_basis", TEXT, nullable=False),
        sa.Column("provider", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("resource_id", TEXT, nullable=True),
        sa.Column("state_code", TEXT, nullable=True),
        sa.Column("published_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "kind IN ('FELLOWSHIP', 'WORKSHOP', 'COURSE', 'COACHING', 'SCHOLARSHIP', 'INTERNSHIP', 'ASSESSMENT')",
            name=op.f("ck_program_kind_known"),
        ),
        sa.CheckConstraint("kind_basis IN ('SOURCE', 'EDITORIAL')", name=op.f("ck_program_kind_basis_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_program_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 8) = 'program_' AND length(id) = 34", name=op.f("ck_program_id_shape")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_program_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 400", name=op.f("ck_program_name_folded_length")),
        sa.CheckConstraint("length(provider) BETWEEN 1 AND 200", name=op.f("ck_program_provider_length")),
        sa.CheckConstraint("length(slug) BETWEEN 1 AND 120", name=op.f("ck_program_slug_length")),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 2000", name=op.f("ck_program_summary_length")),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_program_url_length")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_program_version_range")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_program_resource_id")),
        sa.ForeignKeyConstraint(["state_code"], ["state.code"], name=op.f("fk_program_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
        sa.UniqueConstraint("slug", name=op.f("uq_program_slug")),
    )
    op.create_index("ix_program_kind", "program", ["kind", "id"], unique=False)
    op.create_index("ix_program_name", "program", ["name", "id"], unique=False)
    op.create_index(op.f("ix_program_resource_id"), "program", ["resource_id"], unique=False)
    op.create_index(op.f("ix_program_state_code"), "program", ["state_code"], unique=False)

    op.create_table(
        "fellowship_cohort",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("program_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("stage_since", TIME, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("applications_open_on", sa.Date(), nullable=False),
        sa.Column("applications_close_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_fellowship_cohort_provenance_known")
        ),
        sa.CheckConstraint(
            "stage <> 'CANCELLED' OR reason IS NOT NULL", name=op.f("ck_fellowship_cohort_cancelled_because")
        ),
        sa.CheckConstraint(
            "stage IN ('PLANNED', 'OPEN', 'SELECTING', 'UNDERWAY', 'COMPLETED', 'CANCELLED')",
            name=op.f("ck_fellowship_cohort_stage_known"),
        ),
        sa.CheckConstraint(
            "substr(id, 1, 7) = 'cohort_' AND length(id) = 33", name=op.f("ck_fellowship_cohort_id_shape")
        ),
        sa.CheckConstraint("applications_close_on <= starts_on", name=op.f("ck_fellowship_cohort_applies_before")),
        sa.CheckConstraint(
            "applications_open_on <= applications_close_on", name=op.f("ck_fellowship_cohort_application_order")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_fellowship_cohort_name_length")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 1000", name=op.f("ck_fellowship_cohort_reason_length")),
        sa.CheckConstraint("seats BETWEEN 1 AND 100000", name=op.f("ck_fellowship_cohort_seats_range")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_fellowship_cohort_day_order")),
        sa.CheckConstraint("taken <= seats", name=op.f("ck_fellowship_cohort_within_seats")),
        sa.CheckConstraint("taken BETWEEN 0 AND 100000", name=op.f("ck_fellowship_cohort_taken_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_fellowship_cohort_version_range")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_fellowship_cohort_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fellowship_cohort")),
        sa.UniqueConstraint("program_id", "name", name=op.f("uq_fellowship_cohort_program_id_name")),
    )
    op.create_index("ix_fellowship_cohort_close", "fellowship_cohort", ["applications_close_on", "id"], unique=False)
    op.create_index(op.f("ix_fellowship_cohort_program_id"), "fellowship_cohort", ["program_id"], unique=False)

    op.create_table(
        "program_practice_area",
        sa.Column("program_id", TEXT, nullable=False),
        sa.Column("practice_area_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_area_id"], ["practice_area.id"], name=op.f("fk_program_practice_area_practice_area_id")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_program_practice_area_program_id")),
        sa.PrimaryKeyConstraint("program_id", "practice_area_id", name=op.f("pk_program_practice_area")),
    )
    op.create_index(
        op.f("ix_program_practice_area_practice_area_id"), "program_practice_area", ["practice_area_id"], unique=False
    )

    op.create_table(
        "program_session",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("program_id", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("starts_at", TIME, nullable=True),
        sa.Column("ends_at", TIME, nullable=True),
        sa.Column("time_zone", TEXT, nullable=True),
        sa.Column("mode", TEXT, nullable=False),
        sa.Column("place", TEXT, nullable=True),
        sa.Column("state_code", TEXT, nullable=True),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("seats_left", sa.Integer(), sa.Computed("capacity - registered", persisted=True), nullable=True),
        sa.Column(
            "has_seats",
            sa.Boolean(),
            sa.Computed("capacity IS NULL OR capacity > registered", persisted=True),
            nullable=True,
        ),
        sa.Column("registration_url", TEXT, nullable=True),
        sa.Column("registration_closes_on", sa.Date(), nullable=True),
        sa.Column("cancelled_at", TIME, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_program_session_currency_known")),
        sa.CheckConstraint("mode = 'ONLINE' OR place IS NOT NULL", name=op.f("ck_program_session_takes_place")),
        sa.CheckConstraint("mode IN ('IN_PERSON', 'ONLINE', 'HYBRID')", name=op.f("ck_program_session_mode_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_program_session_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 8) = 'session_' AND length(id) = 34", name=op.f("ck_program_session_id_shape")
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (reason IS NULL)", name=op.f("ck_program_session_cancelled_because")
        ),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_program_session_begins_and_ends")),
        sa.CheckConstraint("(starts_at IS NULL) = (time_zone IS NULL)", name=op.f("ck_program_session_zone_of_hours")),
        sa.CheckConstraint("capacity BETWEEN 1 AND 100000", name=op.f("ck_program_session_capacity_range")),
        sa.CheckConstraint("length(place) BETWEEN 1 AND 300", name=op.f("ck_program_session_place_length")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 1000", name=op.f("ck_program_session_reason_length")),
        sa.CheckConstraint(
            "length(registration_url) BETWEEN 1 AND 500", name=op.f("ck_program_session_registration_url_length")
        ),
        sa.CheckConstraint("length(time_zone) BETWEEN 1 AND 64", name=op.f("ck_program_session_time_zone_length")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name=op.f("ck_program_session_title_length")),
        sa.CheckConstraint("price BETWEEN 0 AND 1000000000000000", name=op.f("ck_program_session_price_range")),
        sa.CheckConstraint("registered <= capacity", name=op.f("ck_program_session_within_capacity")),
        sa.CheckConstraint("registered BETWEEN 0 AND 100000", name=op.f("ck_program_session_registered_range")),
        sa.CheckConstraint("registration_closes_on <= ends_on", name=op.f("ck_program_session_registration_order")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_program_session_hour_order")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_program_session_day_order")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_program_session_version_range")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_program_session_program_id")),
        sa.ForeignKeyConstraint(["state_code"], ["state.code"], name=op.f("fk_program_session_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_session")),
    )
    op.create_index("ix_program_session_price", "program_session", ["price", "id"], unique=False)
    op.create_index(op.f("ix_program_session_program_id"), "program_session", ["program_id"], unique=False)
    op.create_index("ix_program_session_starts_on", "program_session", ["starts_on", "id"], unique=False)
    op.create_index(op.f("ix_program_session_state_code"), "program_session", ["state_code"], unique=False)

    op.create_table(
        "scholarship",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("program_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("eligibility", TEXT, nullable=True),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("state_code", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("cancelled_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_scholarship_currency_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_scholarship_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 8) = 'scholar_' AND length(id) = 34", name=op.f("ck_scholarship_id_shape")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name=op.f("ck_scholarship_amount_range")),
        sa.CheckConstraint("length(eligibility) BETWEEN 1 AND 2000", name=op.f("ck_scholarship_eligibility_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_scholarship_name_length")),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_scholarship_url_length")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_scholarship_version_range")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_scholarship_program_id")),
        sa.ForeignKeyConstraint(["state_code"], ["state.code"], name=op.f("fk_scholarship_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scholarship")),
        sa.UniqueConstraint(
            "program_id", "name", "deadline_on", name=op.f("uq_scholarship_program_id_name_deadline_on")
        ),
    )
    op.create_index("ix_scholarship_deadline_on", "scholarship", ["deadline_on", "id"], unique=False)
    op.create_index(op.f("ix_scholarship_program_id"), "scholarship", ["program_id"], unique=False)
    op.create_index(op.f("ix_scholarship_state_code"), "scholarship", ["state_code"], unique=False)

    op.create_table(
        "student_chapter",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("university", TEXT, nullable=False),
        sa.Column("state_code", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_student_chapter_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 8) = 'chapter_' AND length(id) = 34", name=op.f("ck_student_chapter_id_shape")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_student_chapter_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 400", name=op.f("ck_student_chapter_name_folded_length")),
        sa.CheckConstraint("length(university) BETWEEN 1 AND 200", name=op.f("ck_student_chapter_university_length")),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_student_chapter_url_length")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_student_chapter_version_range")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_student_chapter_community_id")),
        sa.ForeignKeyConstraint(["state_code"], ["state.code"], name=op.f("fk_student_chapter_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_chapter")),
        sa.UniqueConstraint("university", "name", name=op.f("uq_student_chapter_university_name")),
    )
    op.create_index(op.f("ix_student_chapter_community_id"), "student_chapter", ["community_id"], unique=False)
    op.create_index("ix_student_chapter_name", "student_chapter", ["name", "id"], unique=False)
    op.create_index(op.f("ix_student_chapter_state_code"), "student_chapter", ["state_code"], unique=False)

    op.create_table(
        "fellow_placement",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("cohort_id", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("fellow_name", TEXT, nullable=False),
        sa.Column("fellow_email", TEXT, nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_fellow_placement_provenance_known")
        ),
        sa.CheckConstraint(
            "state IN ('PROPOSED', 'CONFIRMED', 'UNDERWAY', 'COMPLETED', 'ENDED_EARLY', 'WITHDRAWN')",
            name=op.f("ck_fellow_placement_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('ENDED_EARLY', 'WITHDRAWN') OR reason IS NOT NULL",
            name=op.f("ck_fellow_placement_ended_because"),
        ),
        sa.CheckConstraint(
            "substr(id, 1, 7) = 'fellow_' AND length(id) = 33", name=op.f("ck_fellow_placement_id_shape")
        ),
        sa.CheckConstraint(
            "length(fellow_email) BETWEEN 1 AND 254", name=op.f("ck_fellow_placement_fellow_email_length")
        ),
        sa.CheckConstraint(
            "length(fellow_name) BETWEEN 1 AND 200", name=op.f("ck_fellow_placement_fellow_name_length")
        ),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 1000", name=op.f("ck_fellow_placement_reason_length")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_fellow_placement_day_order")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_fellow_placement_version_range")),
        sa.ForeignKeyConstraint(["cohort_id"], ["fellowship_cohort.id"], name=op.f("fk_fellow_placement_cohort_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_fellow_placement_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fellow_placement")),
    )
    op.create_index("ix_fellow_placement_cohort", "fellow_placement", ["cohort_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_fellow_placement_community_id"), "fellow_placement", ["community_id"], unique=False)
    op.create_index("ix_fellow_placement_created", "fellow_placement", ["created_at", "id"], unique=False)
