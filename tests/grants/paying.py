"""How the tests of grants pay: tranches, reports, and the close-out."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from fund_api.grants import closing, decisions, disbursements, reports
from tests.grants.acting import TODAY, Office
from tests.rows import fetch, table


async def schedule(office: Office, grant: str, amount: int, who: str = "officer", *, lobbying: bool = False) -> str:
    version = await office.version(grant)
    async with office.acting(who) as tx:
        return await disbursements.schedule(
            tx, grant, amount, lobbying=lobbying, due_on=TODAY, expected_version=version
        )


async def allow(office: Office, tranche: str, who: str = "approver", version: int = 1) -> None:
    async with office.acting(who) as tx:
        await disbursements.approve(tx, tranche, expected_version=version)


async def pay(office: Office, tranche: str, on: date = TODAY, who: str = "payer", version: int = 2) -> None:
    async with office.acting(who) as tx:
        await disbursements.record_payment(tx, tranche, on, "EFT 1", expected_version=version)


async def fail(office: Office, tranche: str, reason: str = "Closed account", who: str = "payer") -> None:
    version = await office.version(tranche, "disbursement")
    async with office.acting(who) as tx:
        await disbursements.record_payment_failure(tx, tranche, reason, expected_version=version)


async def give_back(office: Office, tranche: str, amount: int, who: str = "payer") -> None:
    version = await office.version(tranche, "disbursement")
    async with office.acting(who) as tx:
        await disbursements.record_return(tx, tranche, amount, "Not needed", expected_version=version)


async def money(office: Office, grant: str) -> dict[str, Any]:  # Any: a status, and amounts in minor units
    """Where a grant stands, and its amounts that are not zero."""
    row = await office.row("grant", grant)
    names = ("scheduled", "disbursed", "returned", "released", "encumbered")
    return {"status": row["status"]} | {name: row[name] for name in names if row[name]}


async def report_of(office: Office, grant: str, kind: str = "FINAL") -> str:
    """The id of a grant's report; there is one of the kind."""
    report = table("grant_report").c
    [(found,)] = await fetch(office.database, sa.select(report.id).where(report.grant_id == grant, report.kind == kind))
    return str(found)


async def hand_in(office: Office, report: str, text: str = "All went well", spent: int = 0) -> None:
    version = await office.version(report, "grant_report")
    async with office.acting("coordinator") as tx:
        await reports.submit_report(tx, report, text, spent, expected_version=version)


async def judge(office: Office, rule: str, report: str, reason: str | None = None, who: str = "officer") -> None:
    """Accept a report, ask for another, or waive it."""
    version = await office.version(report, "grant_report")
    async with office.acting(who) as tx:
        await getattr(reports, rule)(tx, report, reason, expected_version=version)


async def end(office: Office, rule: str, grant: str, reason: str | None = "Enough", who: str = "officer") -> None:
    """Suspend, resume, close or cancel a grant."""
    version = await office.version(grant)
    async with office.acting(who) as tx:
        await getattr(decisions if rule == "cancel" else closing, rule)(tx, grant, reason, expected_version=version)


async def final_accepted(office: Office, grant: str) -> None:
    """The final report is handed in and accepted."""
    report = await report_of(office, grant)
    await hand_in(office, report)
    await judge(office, "accept_report", report)
