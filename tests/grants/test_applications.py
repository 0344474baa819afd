"""Applications: what may be drafted and changed."""

from typing import Any

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.money import LARGEST
from fund_api.grants import applications
from tests.grants.acting import ASKED, NOW, make_office
from tests.grants.applying import LINES, budget, draft, update
from tests.grants.joining import system
from tests.grants.watching import refused, telling
from tests.rows import count, fetch, table


async def test_a_draft_is_the_applicants_and_tells_what_it_says(database: Database) -> None:
    office = await make_office(database)

    async with telling(office) as told:
        grant = await draft(office)

    row = await office.row("grant", grant)
    assert (row["status"], row["status_since"], row["requested"], row["currency"]) == ("DRAFT", NOW, 500_000, "USD")
    assert (row["awarded"], row["scheduled"], row["disbursed"], row["encumbered"], row["version"]) == (None, 0, 0, 0, 1)
    assert await budget(office, grant) == [(1, "Printing", 300_000), (2, "Postage", 200_000)]
    assert [one[:3] for one in told] == [
        ("grant.drafted", "coordinator", office.campaign),
        ("budget_line.added", "coordinator", office.campaign),
        ("budget_line.added", "coordinator", office.campaign),
    ]
    changes = told[0][3]
    assert changes["requested"] == (None, 500_000)
    assert changes["status"] == (None, "DRAFT")
    assert changes["payee_registration"] == (None, "FPPC 1234567")
    duty = table("grant_duty").c
    found = await fetch(database, table("grant_duty").select().with_only_columns(duty.person_id, duty.duty))
    assert found == [(office.people["coordinator"], "APPLICANT")]


async def test_an_officer_drafts_for_a_campaign_and_is_its_preparer(database: Database) -> None:
    office = await make_office(database)

    await draft(office, "officer")

    duty = table("grant_duty").c
    found = await fetch(database, table("grant_duty").select().with_only_columns(duty.person_id, duty.duty))
    assert found == [(office.people["officer"], "PREPARER")]


async def test_only_the_campaigns_people_and_officers_draft(database: Database) -> None:
    office = await make_office(database)
    message = "This needs the permission fund:grant:prepare, or own:grant:apply and to belong to the campaign."

    for name in ("reviewer", "approver", "payer", "administrator", "reporter", "nobody"):
        async with refused(office, NotAllowed, message):
            await draft(office, name)
    message = "Sign in first: what is done on a grant is done by a person."
    async with refused(office, NotAllowed, message), system(office) as tx:
        await applications.draft(tx, office.campaign, office.program, ASKED, LINES)


async def test_a_draft_is_for_a_campaign_and_a_program_that_are_there(database: Database) -> None:
    office = await make_office(database)

    async with refused(office, NotFound, "There is no campaign camp_x."), office.acting("officer") as tx:
        await applications.draft(tx, "camp_x", office.program, ASKED, LINES)
    async with refused(office, NotFound, "There is no funding program fprog_x."), office.acting("officer") as tx:
        await applications.draft(tx, office.campaign, "fprog_x", ASKED, LINES)
    async with system(office) as tx:
        campaign = table("campaign")
        await tx.connection.execute(campaign.update().values(published_at=None))
    async with refused(office, NotFound, f"There is no campaign {office.campaign}."):
        await draft(office, "nobody")


async def test_a_request_lies_within_the_programs_bounds(database: Database) -> None:
    office = await make_office(database)

    for amount, said in ((0, "0.00"), (-100, "-1.00"), (49_999, "499.99"), (1_500_001, "15000.01")):
        message = f"The program grants 500.00 to 15000.00 USD, not {said}."
        async with refused(office, InvalidValue, message) as why:
            await draft(office, requested=amount)
        assert why.value.path == ("requested",)
    grant = await draft(office, requested=50_000)
    async with refused(office, InvalidValue, "The program grants 500.00 to 15000.00 USD, not 15000.01."):
        await update(office, grant, requested=1_500_001)
    async with refused(office, InvalidValue, "requested is needed."):
        await update(office, grant, requested=None)
    await update(office, grant, requested=1_500_000)
    assert (await office.row("grant", grant))["requested"] == 1_500_000


async def test_lines_of_a_budget_are_amounts_with_words(database: Database) -> None:
    office = await make_office(database)

    for lines, message in (
        ([("Postage", 0)], "amount lies between 1 and 1,000,000,000,000,000, not at 0."),
        ([("Postage", -1)], "amount lies between 1 and 1,000,000,000,000,000, not at -1."),
        ([("Postage", LARGEST + 1)], "amount lies between 1 and 1,000,000,000,000,000, not at 1,000,000,000,000,001."),
        ([(" ", 100)], "description takes a text that is not empty, not 0 characters."),
        ([("Line", 1)] * 101, "A budget has at most 100 lines, not 101."),
    ):
        async with refused(office, InvalidValue, message):
            await draft(office, lines=lines)


async def test_an_update_tells_what_it_changed_and_writes_the_whole_budget_anew(database: Database) -> None:
    office = await make_office(database)
    grant = await draft(office)

    async with telling(office) as told:
        await update(office, grant, [("Letters", 450_000)], purpose="Letters", requested=450_000)

    assert told[0] == (
        "grant.updated",
        "coordinator",
        office.campaign,
        {"purpose": ("Mailings to every household", "Letters"), "requested": (500_000, 450_000)},
    )
    assert [one[:3] for one in told[1:]] == [
        ("budget_line.removed", "coordinator", office.campaign),
        ("budget_line.removed", "coordinator", office.campaign),
        ("budget_line.added", "coordinator", office.campaign),
    ]
    assert await budget(office, grant) == [(1, "Letters", 450_000)]
    assert await office.version(grant) == 2
    await update(office, grant, payee=None)
    assert await budget(office, grant) == [(1, "Letters", 450_000)]
    await update(office, grant, [])
    assert await budget(office, grant) == []


async def test_an_update_takes_the_version_that_was_read(database: Database) -> None:
    office = await make_office(database)
    grant = await draft(office)
    await update(office, grant, purpose="Letters")

    message = "This was changed by somebody else: it is at version 2, not 1. Read it again."
    async with refused(office, VersionConflict, message), office.acting("coordinator") as tx:
        await applications.update(tx, grant, {"purpose": "Posters"}, [], expected_version=1)


async def test_what_rules_write_is_not_said_in_an_application(database: Database) -> None:
    office = await make_office(database)
    grant = await draft(office)

    for name in ("awarded", "status", "program_id", "campaign_id", "currency"):
        said: dict[str, Any] = {name: "1"}
        with pytest.raises(ValueError, match=name):
            await update(office, grant, **said)
        with pytest.raises(ValueError, match=name):
            await draft(office, **said)


async def test_after_it_is_handed_in_nobody_changes_what_it_asks(database: Database) -> None:
    office = await make_office(database)
    grants = [await office.submitted(), await office.in_decision(), await office.approved(), await office.signed()]

    for grant in grants:
        for name in ("coordinator", "officer"):
            async with refused(office, InvalidTransition):
                await update(office, grant, [("Everything", 500_000)], who=name)
    assert await count(database, "budget_line") == 4
