"""The audit of the money: that every balance is the sum of its entries, and that nobody had two duties on a grant.

The database adds up; what comes back is what is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns import fiscal_years
from fund_api.campaigns.fiscal_years import YEAR
from fund_api.core.money import to_decimal
from fund_api.grants import separation
from fund_api.grants.paying_tables import DisbursementStatus, EntryKind
from fund_api.grants.separation import APPROVAL, DISBURSEMENT, ENTRY, GRANT, MOST, PROGRAM
from fund_api.grants.tables import GrantStatus


@dataclass(frozen=True, slots=True)
class Examined:
    """How much an audit looks at."""

    programs: int
    grants: int
    entries: int
    decisions: int


async def examined(connection: AsyncConnection) -> Examined:
    """How many programs, grants, entries of the ledger and decisions there are: approvals and declined grants."""

    async def count(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
        return int(await connection.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0)

    declined = await count(GRANT, GRANT.c.status == GrantStatus.DECLINED)
    approvals = await count(APPROVAL)
    return Examined(await count(PROGRAM), await count(GRANT), await count(ENTRY), approvals + declined)


async def audit(connection: AsyncConnection) -> list[str]:
    """What is wrong with the money and with who moved it, a sentence each; nothing when all is right, at most MOST."""
    checks = (_programs, _grants, _strays, _tranches, _years, separation.audit)
    return [sentence for check in checks for sentence in await check(connection)][:MOST]


async def _programs(connection: AsyncConnection) -> list[str]:
    """Programs whose balances are not the sums of their entries, or that promise more than they have."""
    promised = _sum(EntryKind.ENCUMBRANCE) - _sum(EntryKind.RELEASE) - _sum(EntryKind.EXPENDITURE)
    balances = {
        "appropriation": _sum(EntryKind.APPROPRIATION),
        "encumbered": promised,
        "expended": _sum(EntryKind.EXPENDITURE) - _sum(EntryKind.RETURN),
    }
    found = await _differing(connection, PROGRAM, ENTRY.c.program_id, balances)
    overspent = sa.select(PROGRAM.c.id, PROGRAM.c.available).where(PROGRAM.c.available < 0)
    return found + [
        f"Funding program {row.id}: {to_decimal(row.available)} is available, which is below zero."
        for row in await connection.execute(overspent.order_by(PROGRAM.c.id).limit(MOST))
    ]


async def _grants(connection: AsyncConnection) -> list[str]:
    """Grants whose amounts are not the sums of their entries or tranches, or that were paid beyond their award."""
    paid, came_back = _sum(EntryKind.EXPENDITURE), _sum(EntryKind.RETURN)
    promised, released = _sum(EntryKind.ENCUMBRANCE), _sum(EntryKind.RELEASE)
    amounts = {
        "awarded": promised,
        "disbursed": paid - came_back,
        "returned": came_back,
        "released": released,
        "encumbered": promised - released - paid,
    }
    live = sa.func.sum(sa.case((DISBURSEMENT.c.status != DisbursementStatus.FAILED, DISBURSEMENT.c.amount), else_=0))
    found = await _differing(connection, GRANT, ENTRY.c.grant_id, amounts)
    found += await _differing(connection, GRANT, DISBURSEMENT.c.grant_id, {"scheduled": live})
    total, award = GRANT.c.disbursed + GRANT.c.returned, sa.func.coalesce(GRANT.c.awarded, 0)
    beyond = sa.select(GRANT.c.id, total.label("paid"), award.label("award")).where(total > award)
    return found + [
        f"Grant {row.id}: {to_decimal(row.paid)} was paid, beyond its award of {to_decimal(row.award)}."
        for row in await connection.execute(beyond.order_by(GRANT.c.id).limit(MOST))
    ]


async def _strays(connection: AsyncConnection) -> list[str]:
    """Entries that are of another program than their grant, or about another grant's tranche."""
    elsewhere = sa.or_(ENTRY.c.program_id != GRANT.c.program_id, ENTRY.c.grant_id != DISBURSEMENT.c.grant_id)
    joined = ENTRY.join(GRANT, ENTRY.c.grant_id == GRANT.c.id)
    joined = joined.outerjoin(DISBURSEMENT, ENTRY.c.disbursement_id == DISBURSEMENT.c.id)
    query = sa.select(ENTRY.c.id, ENTRY.c.grant_id).select_from(joined).where(elsewhere)
    return [
        f"Entry {row.id} of grant {row.grant_id} is in another program, or about a tranche of another grant."
        for row in await connection.execute(query.order_by(ENTRY.c.id).limit(MOST))
    ]


async def _tranches(connection: AsyncConnection) -> list[str]:
    """Tranches that are paid without exactly one entry of their amount, or have entries of what did not come back."""
    was_paid = sa.or_(
        DISBURSEMENT.c.status == DisbursementStatus.PAID, DISBURSEMENT.c.status == DisbursementStatus.RETURNED
    )
    due = sa.case((was_paid, DISBURSEMENT.c.amount), else_=0)
    payments = sa.func.count(sa.case((ENTRY.c.kind == EntryKind.EXPENDITURE, 1)))
    paid, came_back = _sum(EntryKind.EXPENDITURE), _sum(EntryKind.RETURN)
    wrong = sa.or_(payments != sa.case((was_paid, 1), else_=0), paid != due, came_back != DISBURSEMENT.c.returned)
    query = (
        sa.select(
            *(DISBURSEMENT.c[name] for name in ("id", "grant_id", "status", "amount", "returned")),
            *(payments.label("payments"), paid.label("paid"), came_back.label("came_back")),
        )
        .select_from(DISBURSEMENT.outerjoin(ENTRY, ENTRY.c.disbursement_id == DISBURSEMENT.c.id))
        .group_by(DISBURSEMENT.c.id)
        .having(wrong)
    )
    return [
        f"Tranche {row.id} of grant {row.grant_id} is {row.status}, {to_decimal(row.amount)} with"
        f" {to_decimal(row.returned)} back; its entries are {row.payments} of payments, {to_decimal(int(row.paid))} in"
        f" all, and {to_decimal(int(row.came_back))} back."
        for row in await connection.execute(query.order_by(DISBURSEMENT.c.id).limit(MOST))
    ]


async def _years(connection: AsyncConnection) -> list[str]:
    """Fiscal years in which something else counts as lobbying than what was logged and paid."""
    logged = await fiscal_years.lobbying_logged(connection)
    of_year = sa.and_(DISBURSEMENT.c.lobbying, DISBURSEMENT.c.paid_on.between(YEAR.c.starts_on, YEAR.c.ends_on))
    paid = sa.func.coalesce(sa.func.sum(DISBURSEMENT.c.amount - DISBURSEMENT.c.returned), 0)
    query = (
        sa.select(YEAR.c.id, YEAR.c.year, YEAR.c.lobbying, paid.label("paid"))
        .select_from(YEAR.outerjoin(DISBURSEMENT, of_year))
        .group_by(YEAR.c.id)
        .order_by(YEAR.c.id)
    )
    return [
        f"Fiscal year {row.year}: {to_decimal(row.lobbying)} counts as lobbying, where {to_decimal(logged[row.id])} was"
        f" logged and {to_decimal(int(row.paid))} paid."
        for row in await connection.execute(query)
        if row.lobbying != logged[row.id] + row.paid
    ]


def _sum(kind: EntryKind) -> sa.ColumnElement[int]:
    """What the entries of a kind come to."""
    return sa.func.coalesce(sa.func.sum(sa.case((ENTRY.c.kind == kind, ENTRY.c.amount), else_=0)), 0)


async def _differing(
    connection: AsyncConnection, table: sa.Table, whole: sa.Column[str], sums: Mapping[str, sa.ColumnElement[int]]
) -> list[str]:
    """Where columns of a table are not the sums of what belongs to each of its rows by the column `whole`."""
    added = sa.select(whole.label("id"), *(one.label(name) for name, one in sums.items())).group_by(whole).subquery()
    pairs = {name: (sa.func.coalesce(table.c[name], 0), sa.func.coalesce(added.c[name], 0)) for name in sums}
    query = (
        sa.select(table.c.id, *(one.label(f"{name}_{i}") for name, pair in pairs.items() for i, one in enumerate(pair)))
        .select_from(table.outerjoin(added, added.c.id == table.c.id))
        .where(sa.or_(*(kept != found for kept, found in pairs.values())))
    )
    rows = (await connection.execute(query.order_by(table.c.id).limit(MOST))).mappings()
    return [
        f"{_called(table)} {row['id']}: {name} is {to_decimal(row[f'{name}_0'])}, where it should be"
        f" {to_decimal(int(row[f'{name}_1']))} by each {_called(whole.table).lower()} of it."
        for row in rows
        for name in sums
        if row[f"{name}_0"] != row[f"{name}_1"]
    ]


def _called(table: sa.FromClause) -> str:
    return str(table.description).replace("_", " ").capitalize()
