"""How the tests of grants draft, change, hand in and take back applications."""

from collections.abc import Sequence
from typing import Any

from fund_api.grants import applications, reviews
from fund_api.grants.applications import Line
from tests.grants.acting import ASKED, Office
from tests.rows import fetch, table

LINES = [("Printing", 300_000), ("Postage", 200_000)]


async def draft(office: Office, who: str = "coordinator", lines: Sequence[Line] = LINES, **asked: Any) -> str:
    async with office.acting(who) as tx:
        return await applications.draft(tx, office.campaign, office.program, ASKED | asked, lines)


async def update(
    office: Office, grant: str, lines: Sequence[Line] | None = None, /, who: str = "coordinator", **asked: Any
) -> None:
    version = await office.version(grant)
    async with office.acting(who) as tx:
        await applications.update(tx, grant, asked, lines, expected_version=version)


async def submit(office: Office, grant: str, who: str = "coordinator") -> None:
    version = await office.version(grant)
    async with office.acting(who) as tx:
        await applications.submit(tx, grant, expected_version=version)


async def withdraw(office: Office, grant: str, reason: str | None = "Too late", who: str = "coordinator") -> None:
    version = await office.version(grant)
    async with office.acting(who) as tx:
        await applications.withdraw(tx, grant, reason, expected_version=version)


async def asked_for_more(office: Office, grant: str) -> None:
    version = await office.version(grant)
    async with office.acting("officer") as tx:
        await reviews.screen(tx, grant, None, expected_version=version)
        await reviews.request_more_info(tx, grant, "Which printer?", expected_version=version + 1)


async def budget(office: Office, grant: str) -> list[tuple[Any, ...]]:
    line = table("budget_line")
    query = line.select().with_only_columns(line.c.place, line.c.description, line.c.amount)
    return await fetch(office.database, query.where(line.c.grant_id == grant).order_by(line.c.place))
