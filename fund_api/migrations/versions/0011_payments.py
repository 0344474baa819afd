"""Conditions, matches, tranches, reports, and the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

SQLITE = (
    "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry"
    " BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END",
    "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry"
    " BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END",
)
POSTGRESQL = (
    """CREATE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'ledger_entry is append-only'; END $$""",
    """CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse()""",
)


def upgrade() -> None:
    op.create_table(
        "grant_condition",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("met_at", TIME, nullable=True),
        sa.Column("met_by", TEXT, nullable=True),
        sa.Column("evidence", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "kind IN ('BEFORE_AGREEMENT', 'BEFORE_PAYMENT')", name=op.f("ck_grant_condition_kind_known")
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_grant_condition_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'cond_' AND length(id) = 31", name=op.f("ck_grant_condition_id_shape")),
        sa.CheckConstraint("(met_at IS NULL) = (met_by IS NULL)", name=op.f("ck_grant_condition_met")),
        sa.CheckConstraint("length(evidence) BETWEEN 1 AND 1000", name=op.f("ck_grant_condition_evidence_length")),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 1000", name=op.f("ck_grant_condition_text_length")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_grant_condition_version_range")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_condition_grant_id")),
        sa.ForeignKeyConstraint(["met_by"], ["person.id"], name=op.f("fk_grant_condition_met_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_condition")),
    )
    with op.batch_alter_table("grant_condition", schema=None) as batch_op:
        batch_op.create_index("ix_grant_condition_grant", ["grant_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_condition_met_by"), ["met_by"], unique=False)

    op.create_table(
        "match_commitment",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("giver", TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("verified_at", TIME, nullable=True),
        sa.Column("verified_by", TEXT, nullable=True),
        sa.Column("evidence", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_match_commitment_currency_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_match_commitment_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 6) = 'match_' AND length(id) = 32", name=op.f("ck_match_commitment_id_shape")
        ),
        sa.CheckConstraint("(verified_at IS NULL) = (verified_by IS NULL)", name=op.f("ck_match_commitment_verified")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name=op.f("ck_match_commitment_amount_range")),
        sa.CheckConstraint("length(evidence) BETWEEN 1 AND 1000", name=op.f("ck_match_commitment_evidence_length")),
        sa.CheckConstraint("length(giver) BETWEEN 1 AND 200", name=op.f("ck_match_commitment_giver_length")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_match_commitment_version_range")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_match_commitment_grant_id")),
        sa.ForeignKeyConstraint(["verified_by"], ["person.id"], name=op.f("fk_match_commitment_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_commitment")),
    )
    with op.batch_alter_table("match_commitment", schema=None) as batch_op:
        batch_op.create_index("ix_match_commitment_grant", ["grant_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_match_commitment_verified_by"), ["verified_by"], unique=False)

    op.create_table(
        "disbursement",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("lobbying", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("status_since", TIME, nullable=False),
        sa.Column("approved_by", TEXT, nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_by", TEXT, nullable=True),
        sa.Column("payment_reference", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("(status = 'RETURNED') = (returned = amount)", name=op.f("ck_disbursement_returned_whole")),
        sa.CheckConstraint(
            "(status IN ('PAID', 'RETURNED')) = (paid_on IS NOT NULL)", name=op.f("ck_disbursement_paid")
        ),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_disbursement_currency_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_disbursement_provenance_known")
        ),
        sa.CheckConstraint("status <> 'FAILED' OR reason IS NOT NULL", name=op.f("ck_disbursement_failed_because")),
        sa.CheckConstraint(
            "status IN ('SCHEDULED', 'APPROVED', 'PAID', 'FAILED', 'RETURNED')",
            name=op.f("ck_disbursement_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('APPROVED', 'PAID', 'RETURNED') OR approved_by IS NOT NULL",
            name=op.f("ck_disbursement_approved_by_somebody"),
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'disb_' AND length(id) = 31", name=op.f("ck_disbursement_id_shape")),
        sa.CheckConstraint("(paid_on IS NULL) = (paid_by IS NULL)", name=op.f("ck_disbursement_paid_by_somebody")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name=op.f("ck_disbursement_amount_range")),
        sa.CheckConstraint(
            "length(payment_reference) BETWEEN 1 AND 100", name=op.f("ck_disbursement_payment_reference_length")
        ),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 2000", name=op.f("ck_disbursement_reason_length")),
        sa.CheckConstraint("number BETWEEN 1 AND 1000", name=op.f("ck_disbursement_number_range")),
        sa.CheckConstraint("returned <= amount", name=op.f("ck_disbursement_returned_within_amount")),
        sa.CheckConstraint("returned = 0 OR paid_on IS NOT NULL", name=op.f("ck_disbursement_returned_once_paid")),
        sa.CheckConstraint("returned BETWEEN 0 AND 1000000000000000", name=op.f("ck_disbursement_returned_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_disbursement_version_range")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_disbursement_approved_by")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_disbursement_grant_id")),
        sa.ForeignKeyConstraint(["paid_by"], ["person.id"], name=op.f("fk_disbursement_paid_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement")),
        sa.UniqueConstraint("grant_id", "number", name=op.f("uq_disbursement_grant_id_number")),
    )
    with op.batch_alter_table("disbursement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disbursement_approved_by"), ["approved_by"], unique=False)
        batch_op.create_index("ix_disbursement_due_on", ["due_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disbursement_paid_by"), ["paid_by"], unique=False)
        batch_op.create_index("ix_disbursement_status", ["status", "status_since", "id"], unique=False)

    op.create_table(
        "grant_report",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("status_since", TIME, nullable=False),
        sa.Column("text", TEXT, nullable=True),
        sa.Column("spent", sa.BigInteger(), nullable=True),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("submitted_at", TIME, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_grant_report_currency_known")),
        sa.CheckConstraint("kind IN ('INTERIM', 'FINAL')", name=op.f("ck_grant_report_kind_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_grant_report_provenance_known")
        ),
        sa.CheckConstraint(
            "status IN ('DUE', 'SUBMITTED', 'CHANGES_REQUESTED', 'ACCEPTED', 'WAIVED')",
            name=op.f("ck_grant_report_status_known"),
        ),
        sa.CheckConstraint(
            "status IN ('DUE', 'WAIVED') OR text IS NOT NULL", name=op.f("ck_grant_report_submitted_with_text")
        ),
        sa.CheckConstraint("substr(id, 1, 7) = 'report_' AND length(id) = 33", name=op.f("ck_grant_report_id_shape")),
        sa.CheckConstraint("(text IS NULL) = (submitted_at IS NULL)", name=op.f("ck_grant_report_submitted")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 2000", name=op.f("ck_grant_report_reason_length")),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 10000", name=op.f("ck_grant_report_text_length")),
        sa.CheckConstraint("spent BETWEEN 0 AND 1000000000000000", name=op.f("ck_grant_report_spent_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_grant_report_version_range")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_report_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_report")),
    )
    with op.batch_alter_table("grant_report", schema=None) as batch_op:
        batch_op.create_index("ix_grant_report_due_on", ["due_on", "id"], unique=False)
        batch_op.create_index(
            "ix_grant_report_final",
            ["grant_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'FINAL'"),
            postgresql_where=sa.text("kind = 'FINAL'"),
        )
        batch_op.create_index("ix_grant_report_grant", ["grant_id", "due_on", "id"], unique=False)
        batch_op.create_index("ix_grant_report_status", ["status", "status_since", "id"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("program_id", TEXT, nullable=False),
        sa.Column("grant_id", TEXT, nullable=True),
        sa.Column("disbursement_id", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("(kind = 'APPROPRIATION') = (grant_id IS NULL)", name=op.f("ck_ledger_entry_about_grant")),
        sa.CheckConstraint(
            "(kind IN ('EXPENDITURE', 'RETURN')) = (disbursement_id IS NOT NULL)",
            name=op.f("ck_ledger_entry_about_tranche"),
        ),
        sa.CheckConstraint("amount > 0 OR (kind = 'APPROPRIATION' AND amount < 0)", name=op.f("ck_ledger_entry_sign")),
        sa.CheckConstraint("currency IN ('USD')", name=op.f("ck_ledger_entry_currency_known")),
        sa.CheckConstraint(
            "kind IN ('APPROPRIATION', 'ENCUMBRANCE', 'RELEASE', 'EXPENDITURE', 'RETURN')",
            name=op.f("ck_ledger_entry_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_ledger_entry_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 6) = 'entry_' AND length(id) = 32", name=op.f("ck_ledger_entry_id_shape")),
        sa.CheckConstraint(
            "amount BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_ledger_entry_amount_range")
        ),
        sa.ForeignKeyConstraint(["disbursement_id"], ["disbursement.id"], name=op.f("fk_ledger_entry_disbursement_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_ledger_entry_grant_id")),
        sa.ForeignKeyConstraint(["program_id"], ["funding_program.id"], name=op.f("fk_ledger_entry_program_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_ledger_entry_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        info={"append_only": True},
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entry_created_at", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_disbursement_id"), ["disbursement_id"], unique=False)
        batch_op.create_index(
            "ix_ledger_entry_encumbrance",
            ["grant_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'ENCUMBRANCE'"),
            postgresql_where=sa.text("kind = 'ENCUMBRANCE'"),
        )
        batch_op.create_index(
            "ix_ledger_entry_expenditure",
            ["disbursement_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'EXPENDITURE'"),
            postgresql_where=sa.text("kind = 'EXPENDITURE'"),
        )
        batch_op.create_index("ix_ledger_entry_grant", ["grant_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_ledger_entry_program", ["program_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_recorded_by"), ["recorded_by"], unique=False)
    if op.get_bind().dialect.name == "postgresql":  # SQLite reads one index for both placements of nulls
        for column in ("due_on",):
            op.create_index(
                f"ix_disbursement_{column}_nulls_first", "disbursement", [sa.text(f"{column} NULLS FIRST"), "id"]
            )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entry_recorded_by"))
        batch_op.drop_index("ix_ledger_entry_program")
        batch_op.drop_index("ix_ledger_entry_grant")
        batch_op.drop_index(
            "ix_ledger_entry_expenditure",
            sqlite_where=sa.text("kind = 'EXPENDITURE'"),
            postgresql_where=sa.text("kind = 'EXPENDITURE'"),
        )
        batch_op.drop_index(
            "ix_ledger_entry_encumbrance",
            sqlite_where=sa.text("kind = 'ENCUMBRANCE'"),
            postgresql_where=sa.text("kind = 'ENCUMBRANCE'"),
        )
        batch_op.drop_index(batch_op.f("ix_ledger_entry_disbursement_id"))
        batch_op.drop_index("ix_ledger_entry_created_at")

    op.drop_table("ledger_entry")
    with op.batch_alter_table("grant_report", schema=None) as batch_op:
        batch_op.drop_index("ix_grant_report_status")
        batch_op.drop_index("ix_grant_report_grant")
        batch_op.drop_index(
            "ix_grant_report_final", sqlite_where=sa.text("kind = 'FINAL'"), postgresql_where=sa.text("kind = 'FINAL'")
        )
        batch_op.drop_index("ix_grant_report_due_on")

    op.drop_table("grant_report")
    with op.batch_alter_table("disbursement", schema=None) as batch_op:
        batch_op.drop_index("ix_disbursement_status")
        batch_op.drop_index(batch_op.f("ix_disbursement_paid_by"))
        batch_op.drop_index("ix_disbursement_due_on")
        batch_op.drop_index(batch_op.f("ix_disbursement_approved_by"))

    op.drop_table("disbursement")
    with op.batch_alter_table("match_commitment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_commitment_verified_by"))
        batch_op.drop_index("ix_match_commitment_grant")

    op.drop_table("match_commitment")
    with op.batch_alter_table("grant_condition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_condition_met_by"))
        batch_op.drop_index("ix_grant_condition_grant")

    op.drop_table("grant_condition")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_entry_refuse")
