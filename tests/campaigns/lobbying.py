"""How tests open fiscal years, and log what counts in them."""

from datetime import date

from fund_api.campaigns import fiscal_years, rules
from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.people.roles import Role, permissions_of
from tests.campaigns.acting import NOW, STAFF, TODAY
from tests.granting import Fund

MANAGER = Viewer(None, permissions_of({Role.ADMINISTRATOR}, set()))


async def begun(database: Database) -> str:
    """A campaign."""
    [found] = await several(database, 1)
    return found


async def several(database: Database, number: int) -> list[str]:
    """Campaigns: who writes to one of them holds it, so that only others are written to at once."""
    fund = Fund()
    community = fund.community("Saratoga Springs")
    found = [fund.campaign(community) for _ in range(number)]
    await fund.save(database)
    return found


async def opened(database: Database, cap: int, *, year: int = 2027, first_month: int = 10) -> str:
    """A fiscal year; unless it is said otherwise the one of TODAY."""
    async with writing(database, MANAGER, NOW) as tx:
        return await fiscal_years.open_fiscal_year(tx, year, cap, first_month)


async def log(database: Database, campaign: str, value: int, *, on: date = TODAY, lobbying: bool = True) -> str:
    """Help of this value."""
    values = {"kind": "ADVERTISING", "given_on": on, "in_kind_value": value, "lobbying": lobbying}
    async with writing(database, STAFF, NOW) as tx:
        return await rules.log_support(tx, campaign, values)


async def logged(database: Database) -> dict[str, int]:
    """What an audit reads."""
    async with database.reading() as connection:
        return await fiscal_years.lobbying_logged(connection)
