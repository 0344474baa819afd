"""What administrators do with fiscal years."""

import strawberry

from fund_api.campaigns import fiscal_years
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from schema.fiscal_years import FiscalYear
from schema.inputs import MoneyInput, cents, key, version

Info = strawberry.Info[Acting, None]


@strawberry.input(description="A fiscal year to open.")
class OpenFiscalYearInput:
    """A year and its cap."""

    year: int = strawberry.field(
        description="The calendar year in which it ends. The setting FUND_FISCAL_YEAR_STARTS says when it begins."
    )
    lobbying_cap: MoneyInput = strawberry.field(description="How much may be lobbying.")
    idempotency_key: str | None = key()


@strawberry.input(description="Another cap on lobbying.")
class SetLobbyingCapInput:
    """A fiscal year and its cap."""

    id: strawberry.ID = strawberry.field(description="The id of the fiscal year.")
    lobbying_cap: MoneyInput = strawberry.field(description="How much may be lobbying; not less than counts already.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a fiscal year answer.")
class FiscalYearPayload(Payload):
    """A fiscal year, or why not."""

    fiscal_year: FiscalYear | None = strawberry.field(description="The fiscal year as it is now.", default=None)


@strawberry.type
class FiscalMutations:
    """Mutations of fiscal years."""

    @declare.mutation("Open a fiscal year; lobbying that was logged for it counts at once. Needs fund:budget:manage.")
    async def open_fiscal_year(self, info: Info, input: OpenFiscalYearInput) -> FiscalYearPayload | None:
        cap, starts = cents(input.lobbying_cap, "lobbying_cap"), info.context.services["fiscal_year_starts"]
        opened = await fiscal_years.open_fiscal_year(info.context.tx, input.year, cap, starts)
        return FiscalYearPayload(fiscal_year=declare.entity_of(opened))

    @declare.mutation("Set the cap on lobbying in a fiscal year. Needs fund:budget:manage.")
    async def set_lobbying_cap(self, info: Info, input: SetLobbyingCapInput) -> FiscalYearPayload | None:
        cap, expected = cents(input.lobbying_cap, "lobbying_cap"), input.expected_version
        await fiscal_years.set_lobbying_cap(info.context.tx, input.id, cap, expected_version=expected)
        return FiscalYearPayload(fiscal_year=declare.entity_of(input.id))
