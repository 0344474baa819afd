"""How the tests of grants decide."""

from typing import Any

from fund_api.grants import decisions, reviews
from tests.grants.acting import Office

LARGE: dict[str, Any] = {"requested": 1_500_000}
"""A request above the program's threshold of 10000.00."""


async def approve(office: Office, grant: str, amount: int, who: str = "approver", /, **more: Any) -> str:
    version = await office.version(grant)
    async with office.acting(who) as tx:
        return await decisions.approve(tx, grant, amount, expected_version=version, **more)


async def decline(office: Office, grant: str, reason: str = "No plan", who: str = "approver") -> None:
    version = await office.version(grant)
    async with office.acting(who) as tx:
        await decisions.decline(tx, grant, reason, expected_version=version)


async def recuse(office: Office, grant: str, who: str) -> None:
    async with office.acting(who) as tx:
        await reviews.declare_recusal(tx, grant, "My sister")


async def status(office: Office, grant: str) -> tuple[str, int | None]:
    row = await office.row("grant", grant)
    return row["status"], row["awarded"]
