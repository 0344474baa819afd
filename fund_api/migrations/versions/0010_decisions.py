"""Duties, reviews, recusals and approvals; events by what was done."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_index("ix_event_action", "event", ["action", "number"], unique=False)
    op.create_table(
        "grant_duty",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("duty", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint(
            "duty IN ('APPLICANT', 'PREPARER', 'REVIEWER', 'APPROVER', 'PAYER')", name=op.f("ck_grant_duty_duty_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'duty_' AND length(id) = 31", name=op.f("ck_grant_duty_id_shape")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_duty_grant_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_grant_duty_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_duty")),
        sa.UniqueConstraint("grant_id", "person_id", name=op.f("uq_grant_duty_grant_id_person_id")),
    )
    with op.batch_alter_table("grant_duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_duty_person_id"), ["person_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("reviewer_id", TEXT, nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("feasibility", sa.Integer(), nullable=False),
        sa.Column("local_support", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("recommendation", TEXT, nullable=False),
        sa.Column("comment", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_review_provenance_known")
        ),
        sa.CheckConstraint("recommendation IN ('APPROVE', 'DECLINE')", name=op.f("ck_review_recommendation_known")),
        sa.CheckConstraint("substr(id, 1, 7) = 'review_' AND length(id) = 33", name=op.f("ck_review_id_shape")),
        sa.CheckConstraint("budget BETWEEN 1 AND 5", name=op.f("ck_review_budget_range")),
        sa.CheckConstraint("feasibility BETWEEN 1 AND 5", name=op.f("ck_review_feasibility_range")),
        sa.CheckConstraint("length(comment) BETWEEN 1 AND 5000", name=op.f("ck_review_comment_length")),
        sa.CheckConstraint("local_support BETWEEN 1 AND 5", name=op.f("ck_review_local_support_range")),
        sa.CheckConstraint("need BETWEEN 1 AND 5", name=op.f("ck_review_need_range")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_review_grant_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_review_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("grant_id", "reviewer_id", name=op.f("uq_review_grant_id_reviewer_id")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_reviewer_id"), ["reviewer_id"], unique=False)

    op.create_table(
        "recusal",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_recusal_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 8) = 'recusal_' AND length(id) = 34", name=op.f("ck_recusal_id_shape")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 2000", name=op.f("ck_recusal_reason_length")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_recusal_grant_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recusal_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint("grant_id", "person_id", name=op.f("uq_recusal_grant_id_person_id")),
    )
    with op.batch_alter_table("recusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recusal_person_id"), ["person_id"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("approver_id", TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_approval_currency_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_approval_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 9) = 'approval_' AND length(id) = 35", name=op.f("ck_approval_id_shape")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name=op.f("ck_approval_amount_range")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 2000", name=op.f("ck_approval_reason_length")),
        sa.ForeignKeyConstraint(["approver_id"], ["person.id"], name=op.f("fk_approval_approver_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_approval_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("grant_id", "approver_id", name=op.f("uq_approval_grant_id_approver_id")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_approver_id"), ["approver_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approval_approver_id"))

    op.drop_table("approval")
    with op.batch_alter_table("recusal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recusal_person_id"))

    op.drop_table("recusal")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_reviewer_id"))

    op.drop_table("review")
    with op.batch_alter_table("grant_duty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_duty_person_id"))

    op.drop_table("grant_duty")
    op.drop_index("ix_event_action", "event")
