"""The table of the fund's fiscal years: what of each may be lobbying, and how much of that is used."""

import datetime

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.core.money import LARGEST, Currency

FIRST_YEAR, LAST_YEAR = 1900, 2200


class FiscalYear(columns.Table, table=True):
    """A fiscal year, named by the calendar year in which it ends. Amounts are minor units of its currency."""

    __tablename__ = "fiscal_year"

    id: str = columns.identity("year")
    year: int = columns.integer(FIRST_YEAR, LAST_YEAR)
    starts_on: datetime.date = columns.date()
    ends_on: datetime.date = columns.date()
    currency: Currency = columns.choice(Currency)
    lobbying_cap: int = columns.integer(0, LARGEST)
    lobbying: int = columns.integer(0, LARGEST)
    lobbying_left: int = columns.derived(sa.BigInteger, "lobbying_cap - lobbying")
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("starts_on < ends_on", name="days_order"),
        sa.CheckConstraint("lobbying <= lobbying_cap", name="lobbying_within_cap"),
        sa.UniqueConstraint("year"),
        sa.Index("ix_fiscal_year_days", "starts_on", "ends_on"),
    )
