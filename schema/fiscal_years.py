"""What clients see of the fund's fiscal years: how much of its help may be lobbying."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.campaigns import fiscal_tables, visibility
from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.types import Connection, Money, Node

if TYPE_CHECKING:
    from schema.events import Event


@declare.entity(fiscal_tables.FiscalYear, order=("-year",), visible=visibility.fiscal_year)
class FiscalYear(Node):
    """A fiscal year of the fund, with the cap on what may count as lobbying in it. For staff with budgets."""

    year: int = declare.column("The calendar year in which it ends, which names it.", order=True)
    starts_on: datetime.date = declare.column("Its first day.")
    ends_on: datetime.date = declare.column("Its last day.")
    lobbying_cap: Money = declare.money("How much of what the fund gives in it, in kind too, may be lobbying.")
    lobbying: Money = declare.money("What counts against the cap so far.")
    lobbying_left: Money = declare.money("What is left under the cap.")
    version: int = declare.column("How often people wrote this; changes name the version that they read.")
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class FiscalYearQueries:
    """Root fields on fiscal years."""

    fiscal_year: FiscalYear | None = declare.lookup("One fiscal year; for staff.", "id", "year", by=True)
    fiscal_years: Connection[FiscalYear] = declare.listing("The fund's fiscal years, the latest first; for staff.")
