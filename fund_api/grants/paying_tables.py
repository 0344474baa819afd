"""Tables of what follows an award: its conditions, the money of others, tranches, reports, and the ledger."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import append_only, columns
from fund_api.core.facts import Provenance
from fund_api.core.money import LARGEST, Currency


class ConditionKind(StrEnum):
    """By when a condition has to be met."""

    BEFORE_AGREEMENT = "BEFORE_AGREEMENT"
    BEFORE_PAYMENT = "BEFORE_PAYMENT"


class DisbursementStatus(StrEnum):
    """How far a tranche has come."""

    SCHEDULED = "SCHEDULED"
    APPROVED = "APPROVED"
    PAID = "PAID"
    FAILED = "FAILED"
    RETURNED = "RETURNED"


class ReportKind(StrEnum):
    """What a report tells."""

    INTERIM = "INTERIM"
    FINAL = "FINAL"


class ReportStatus(StrEnum):
    """How far a report has come."""

    DUE = "DUE"
    SUBMITTED = "SUBMITTED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    ACCEPTED = "ACCEPTED"
    WAIVED = "WAIVED"


class EntryKind(StrEnum):
    """How an entry of the ledger moves a program's money."""

    APPROPRIATION = "APPROPRIATION"
    ENCUMBRANCE = "ENCUMBRANCE"
    RELEASE = "RELEASE"
    EXPENDITURE = "EXPENDITURE"
    RETURN = "RETURN"


class GrantCondition(columns.Table, table=True):
    """What has to be so before the agreement or before a payment."""

    __tablename__ = "grant_condition"

    id: str = columns.identity("cond")
    grant_id: str = columns.reference("grant.id")
    kind: ConditionKind = columns.choice(ConditionKind)
    text: str = columns.text(1_000)
    met_at: datetime.datetime | None = columns.time(nullable=True)
    met_by: str | None = columns.reference("person.id", nullable=True, index=True)
    evidence: str | None = columns.text(1_000, nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("(met_at IS NULL) = (met_by IS NULL)", name="met"),
        sa.Index("ix_grant_condition_grant", "grant_id", "id"),
    )


class MatchCommitment(columns.Table, table=True):
    """Money that somebody else gives beside the grant: pledged, and verified once the fund has seen it."""

    __tablename__ = "match_commitment"

    id: str = columns.identity("match")
    grant_id: str = columns.reference("grant.id")
    giver: str = columns.text(200)
    amount: int = columns.integer(1, LARGEST)
    currency: Currency = columns.choice(Currency)
    verified_at: datetime.datetime | None = columns.time(nullable=True)
    verified_by: str | None = columns.reference("person.id", nullable=True, index=True)
    evidence: str | None = columns.text(1_000, nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("(verified_at IS NULL) = (verified_by IS NULL)", name="verified"),
        sa.Index("ix_match_commitment_grant", "grant_id", "id"),
    )


class Disbursement(columns.Table, table=True):
    """A tranche of a grant. `returned` is how much of it came back; all of it makes it RETURNED."""

    __tablename__ = "disbursement"

    id: str = columns.identity("disb")
    grant_id: str = columns.reference("grant.id")
    number: int = columns.integer(1, 1_000)
    amount: int = columns.integer(1, LARGEST)
    returned: int = columns.integer(0, LARGEST)
    currency: Currency = columns.choice(Currency)
    lobbying: bool = columns.flag()
    due_on: datetime.date | None = columns.date(nullable=True)
    status: DisbursementStatus = columns.choice(DisbursementStatus)
    status_since: datetime.datetime = columns.time()
    approved_by: str | None = columns.reference("person.id", nullable=True, index=True)
    paid_on: datetime.date | None = columns.date(nullable=True)
    paid_by: str | None = columns.reference("person.id", nullable=True, index=True)
    payment_reference: str | None = columns.text(100, nullable=True)
    reason: str | None = columns.text(2_000, nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("grant_id", "number"),
        sa.CheckConstraint("returned <= amount", name="returned_within_amount"),
        sa.CheckConstraint("(status = 'RETURNED') = (returned = amount)", name="returned_whole"),
        sa.CheckConstraint("(status IN ('PAID', 'RETURNED')) = (paid_on IS NOT NULL)", name="paid"),
        sa.CheckConstraint("(paid_on IS NULL) = (paid_by IS NULL)", name="paid_by_somebody"),
        sa.CheckConstraint("returned = 0 OR paid_on IS NOT NULL", name="returned_once_paid"),
        sa.CheckConstraint(
            "status NOT IN ('APPROVED', 'PAID', 'RETURNED') OR approved_by IS NOT NULL", name="approved_by_somebody"
        ),
        sa.CheckConstraint("status <> 'FAILED' OR reason IS NOT NULL", name="failed_because"),
        sa.Index("ix_disbursement_status", "status", "status_since", "id"),
        *columns.both_null_orders("disbursement", "due_on"),
    )


class GrantReport(columns.Table, table=True):
    """What the applicant tells the fund about the money; there is one final report."""

    __tablename__ = "grant_report"

    id: str = columns.identity("report")
    grant_id: str = columns.reference("grant.id")
    kind: ReportKind = columns.choice(ReportKind)
    due_on: datetime.date = columns.date()
    status: ReportStatus = columns.choice(ReportStatus)
    status_since: datetime.datetime = columns.time()
    text: str | None = columns.text(10_000, nullable=True)
    spent: int | None = columns.integer(0, LARGEST, nullable=True)
    currency: Currency = columns.choice(Currency)
    submitted_at: datetime.datetime | None = columns.time(nullable=True)
    reason: str | None = columns.text(2_000, nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("status IN ('DUE', 'WAIVED') OR text IS NOT NULL", name="submitted_with_text"),
        sa.CheckConstraint("(text IS NULL) = (submitted_at IS NULL)", name="submitted"),
        sa.Index("ix_grant_report_grant", "grant_id", "due_on", "id"),
        sa.Index("ix_grant_report_due_on", "due_on", "id"),
        sa.Index("ix_grant_report_status", "status", "status_since", "id"),
        sa.Index(
            "ix_grant_report_final",
            "grant_id",
            unique=True,
            sqlite_where=sa.text("kind = 'FINAL'"),
            postgresql_where=sa.text("kind = 'FINAL'"),
        ),
    )


def _only_once(kind: EntryKind, about: str) -> sa.Index:
    """At most one entry of a kind about each row."""
    only = sa.text(f"kind = '{kind}'")
    name = f"ix_ledger_entry_{kind.lower()}"
    return sa.Index(name, about, unique=True, sqlite_where=only, postgresql_where=only)


class LedgerEntry(columns.Table, table=True):
    """One movement of a program's money; entries are never changed, and every balance is the sum of its entries.

    An EXPENDITURE turns what was promised into what is paid; a RETURN makes what was paid available again. Only an
    APPROPRIATION may be below zero.
    """

    __tablename__ = "ledger_entry"

    id: str = columns.identity("entry")
    program_id: str = columns.reference("funding_program.id")
    grant_id: str | None = columns.reference("grant.id", nullable=True)
    disbursement_id: str | None = columns.reference("disbursement.id", nullable=True, index=True)
    kind: EntryKind = columns.choice(EntryKind)
    amount: int = columns.integer(-LARGEST, LARGEST)
    currency: Currency = columns.choice(Currency)
    recorded_by: str | None = columns.reference("person.id", nullable=True, index=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("amount > 0 OR (kind = 'APPROPRIATION' AND amount < 0)", name="sign"),
        sa.CheckConstraint("(kind = 'APPROPRIATION') = (grant_id IS NULL)", name="about_grant"),
        sa.CheckConstraint("(kind IN ('EXPENDITURE', 'RETURN')) = (disbursement_id IS NOT NULL)", name="about_tranche"),
        sa.Index("ix_ledger_entry_program", "program_id", "created_at", "id"),
        sa.Index("ix_ledger_entry_grant", "grant_id", "created_at", "id"),
        sa.Index("ix_ledger_entry_created_at", "created_at", "id"),
        _only_once(EntryKind.ENCUMBRANCE, "grant_id"),
        _only_once(EntryKind.EXPENDITURE, "disbursement_id"),
        append_only.MARKED,
    )
