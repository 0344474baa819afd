"""Fiscal years of the fund, and the cap on what it may do in each that counts as lobbying."""

import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns.fiscal_tables import FIRST_YEAR, LAST_YEAR, FiscalYear
from fund_api.campaigns.members import demand
from fund_api.campaigns.work_tables import SupportEngagement
from fund_api.core.columns import table_of
from fund_api.core.errors import BudgetExceeded, InvalidValue
from fund_api.core.money import Currency, in_dollars
from fund_api.core.writing import Row, Transaction

YEAR, ENGAGEMENT = table_of(FiscalYear), table_of(SupportEngagement)
MANAGE = "fund:budget:manage"
_LOGGED = sa.func.coalesce(sa.func.sum(ENGAGEMENT.c.in_kind_value), 0)


def days_of(year: int, first_month: int) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a fiscal year that starts in a month: 2027 may run from October 2026."""
    starts_on = datetime.date(year if first_month == 1 else year - 1, first_month, 1)
    return starts_on, starts_on.replace(year=starts_on.year + 1) - datetime.timedelta(days=1)


async def open_fiscal_year(tx: Transaction, year: int, lobbying_cap: int, first_month: int) -> str:
    """Open a fiscal year that starts in a month, and return its id. The cap is in cents.

    Lobbying in kind that was logged for its days counts at once. Raises BudgetExceeded when that is more than the cap,
    InvalidValue for a year that is open or shares days with one that is.
    """
    demand(tx, MANAGE)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidValue(f"year lies between {FIRST_YEAR} and {LAST_YEAR}, not at {year}.", "year")
    starts_on, ends_on = days_of(year, first_month)
    await _hold_support(tx.connection)
    await _refuse_overlap(tx, starts_on, ends_on)
    logged = int(await tx.connection.scalar(sa.select(_LOGGED).where(_counts(starts_on, ends_on))) or 0)
    if logged > lobbying_cap:
        message = f"{in_dollars(logged)} of lobbying was logged for the fiscal year {year} already, which is over"
        raise BudgetExceeded(f"{message} the cap of {in_dollars(lobbying_cap)}.", lobbying_cap)
    days = {"starts_on": starts_on, "ends_on": ends_on}
    money = {"currency": Currency.USD, "lobbying_cap": lobbying_cap, "lobbying": logged}
    return await tx.add(FiscalYear, "opened", {"year": year} | days | money)


async def set_lobbying_cap(tx: Transaction, fiscal_year_id: str, cap: int, *, expected_version: int) -> None:
    """Set the cap of a fiscal year, in cents. Raises InvalidValue for one below what counts against it already."""
    demand(tx, MANAGE)
    counted = (await tx.row(FiscalYear, fiscal_year_id))["lobbying"]
    if cap < counted:
        raise InvalidValue(
            f"The cap can't be below what counts against it already, {in_dollars(counted)}.", "lobbying_cap"
        )
    await tx.change(FiscalYear, "cap_set", fiscal_year_id, {"lobbying_cap": cap}, expected_version=expected_version)


async def count_lobbying(tx: Transaction, on: datetime.date, amount: int) -> bool:
    """Count cents of lobbying against the cap of the fiscal year of a day; False when none is open for that day.

    Whoever calls it has asked for permission, and tells of it in an event. Raises BudgetExceeded with what is left.
    """
    year = await _year_of(tx, on)
    if year is None:
        return False
    if not await _move(tx, year, amount, YEAR.c.lobbying + amount <= YEAR.c.lobbying_cap):
        left = year["lobbying_left"]
        over = f"{in_dollars(amount)} of lobbying is over the lobbying cap of the fiscal year {year['year']}"
        raise BudgetExceeded(f"{over}: {in_dollars(left)} are left.", left)
    return True


async def uncount_lobbying(tx: Transaction, on: datetime.date, amount: int) -> bool:
    """Take back what `count_lobbying` counted for a day; False when no fiscal year is open for it.

    Raises ValueError, a fault of the caller's, for more than counts.
    """
    year = await _year_of(tx, on)
    if year is None:
        return False
    if not await _move(tx, year, -amount, YEAR.c.lobbying >= amount):
        raise ValueError(f"only {year['lobbying']} of lobbying count in {year['year']}, so not {amount} can be undone")
    return True


async def lobbying_logged(connection: AsyncConnection) -> dict[str, int]:
    """The cents of lobbying in kind that were logged for the days of each fiscal year, by its id.

    An audit adds what else counts, and compares with the column `lobbying`.
    """
    counted = YEAR.outerjoin(ENGAGEMENT, _counts(YEAR.c.starts_on, YEAR.c.ends_on))
    query = sa.select(YEAR.c.id, _LOGGED).select_from(counted).group_by(YEAR.c.id)
    return {year_id: int(logged) for year_id, logged in await connection.execute(query)}


def _counts(first: object, last: object) -> sa.ColumnElement[bool]:
    """Which engagements are lobbying of these days."""
    return sa.and_(ENGAGEMENT.c.lobbying, ENGAGEMENT.c.given_on.between(first, last))


async def _hold_support(connection: AsyncConnection) -> None:
    """Keep others from logging support, and from opening another year, until the transaction ends.

    Who logs support inserts it first and then looks for a year that it counts in. Without the lock, support that is not
    committed yet would be missing from the sum of a year that its writer does not see yet. The lock waits for them; who
    comes later waits for the year. It conflicts with itself, so that years opened at once see each other's days.
    SQLite has one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text("LOCK TABLE support_engagement IN SHARE ROW EXCLUSIVE MODE"))


async def _refuse_overlap(tx: Transaction, starts_on: datetime.date, ends_on: datetime.date) -> None:
    shared = sa.select(YEAR).where(YEAR.c.starts_on <= ends_on, YEAR.c.ends_on >= starts_on).order_by(YEAR.c.year)
    others = await tx.rows(shared)
    if others:
        known, days = others[0]["year"], f"from {others[0]['starts_on']} to {others[0]['ends_on']}"
        raise InvalidValue(f"The fiscal year {known} is open {days} already; fiscal years share no day.", "year")


async def _year_of(tx: Transaction, on: datetime.date) -> Row | None:
    """The fiscal year of a day, held against others until the transaction ends, so that what is left of it stays."""
    query = sa.select(YEAR).where(YEAR.c.starts_on <= on, YEAR.c.ends_on >= on)
    found = await tx.rows(query.with_for_update())
    return found[0] if found else None


async def _move(tx: Transaction, year: Row, amount: int, condition: sa.ColumnElement[bool]) -> bool:
    """Add to what counts if a condition holds. The version stays: it guards what people set."""
    moved = YEAR.update().where(YEAR.c.id == year["id"], condition)
    values = {"lobbying": YEAR.c.lobbying + amount, "updated_at": tx.now}
    return (await tx.connection.execute(moved.values(values))).rowcount == 1
