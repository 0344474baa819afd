"""A grant from its draft to its close-out, by the rules."""

import sqlalchemy as sa

from fund_api.core.database import Database
from fund_api.grants import closing, disbursements, reports
from tests.grants.acting import SOON, TODAY, make_office
from tests.rows import fetch, table


async def test_a_grant_goes_from_draft_to_completed(database: Database) -> None:
    office = await make_office(database)
    grant = await office.signed(400_000)
    first = await office.paid(grant, 300_000, lobbying=True)
    [(report, version)] = await fetch(database, sa.select(table("grant_report").c.id, table("grant_report").c.version))
    async with office.acting("coordinator") as tx:
        await reports.submit_report(tx, report, "Every household got a letter.", 250_000, expected_version=version)
    async with office.acting("officer") as tx:
        await reports.accept_report(tx, report, None, expected_version=2)
    last = await office.paid(grant, 100_000)
    async with office.acting("payer") as tx:
        await disbursements.record_return(tx, first, 50_000, "Not needed", expected_version=3)
        await disbursements.record_return(tx, last, 100_000, "Not needed", expected_version=3)
    async with office.acting("officer") as tx:
        await closing.close(tx, grant, None, expected_version=await office._v(tx, grant))

    row = await office.row("grant", grant)
    assert (row["status"], row["awarded"], row["disbursed"], row["returned"], row["released"]) == (
        "COMPLETED",
        400_000,
        250_000,
        150_000,
        0,
    )
    assert await office.balances() == (2_000_000, 0, 250_000, 1_750_000)
    assert (await office.row("fiscal_year", office.fiscal_year))["lobbying"] == 250_000
    assert SOON > TODAY
