"""What applicants and the fund get wrong in what they send is told with its place."""

from collections.abc import AsyncIterator

import pytest

from fund_api.core.database import Database
from fund_api.grants import disbursements
from tests.grants.acting import ASKED, TODAY, make_office
from tests.grants.asking import Desk, desk

LINE = {"description": "Printing", "amount": {"amount": "5000.00"}}


@pytest.fixture
async def at(database: Database) -> AsyncIterator[Desk]:
    async with desk(await make_office(database)) as found:
        yield found


async def test_an_application_is_told_all_that_is_missing_at_once(at: Desk) -> None:
    grant = await at.office.drafted(payee=None, payee_registration=None)
    bare = {"id": grant, "budget": [{"description": "Printing", "amount": {"amount": "4000.00"}}], "expectedVersion": 1}
    assert await at.errors("coordinator", "updateGrant", bare) == []

    found = await at.errors("coordinator", "submitGrant", {"id": grant, "expectedVersion": 2})

    assert found == [
        (
            "Before the application is submitted, it needs: the payee; the registration of the payee's committee; "
            "a budget that adds up to the 5000.00 that are requested, not to 4000.00.",
            ["input", "payee"],
        )
    ]
    assert (await at.office.row("grant", grant))["status"] == "DRAFT"


async def test_an_application_with_a_budget_that_does_not_add_up_is_told_only_that(at: Desk) -> None:
    grant = await at.office.drafted()
    for given, total in (([], "0.00"), ([LINE, LINE], "10000.00")):
        version = await at.office.version(grant)
        change = {"id": grant, "budget": given, "expectedVersion": version}
        assert await at.errors("coordinator", "updateGrant", change) == []

        found = await at.errors("coordinator", "submitGrant", {"id": grant, "expectedVersion": version + 1})

        said = f"a budget that adds up to the 5000.00 that are requested, not to {total}."
        assert found == [(f"Before the application is submitted, it needs: {said}", ["input", "budget"])]


async def test_a_budget_is_left_alone_written_anew_or_taken_away(at: Desk) -> None:
    grant = await at.office.drafted()
    lines = "query($id: ID!) { grant(id: $id) { budget { nodes { description } } } }"
    told = []
    for change in ({}, {"budget": [LINE]}, {"budget": None}):
        version = await at.office.version(grant)
        assert await at.errors("coordinator", "updateGrant", {"id": grant, "expectedVersion": version} | change) == []
        found = await at.ask("coordinator", lines, id=grant)
        told.append([node["description"] for node in found["grant"]["budget"]["nodes"]])

    assert told == [["Printing and postage"], ["Printing"], []]


async def test_values_are_refused_with_their_place(at: Desk) -> None:
    grant = await at.office.drafted()
    change = {"id": grant, "expectedVersion": 1}
    empty = LINE | {"description": ""}
    free = LINE | {"amount": {"amount": "0"}}

    assert await at.errors("coordinator", "updateGrant", change | {"requested": None}) == [
        ("requested is needed.", ["input", "requested"])
    ]
    assert await at.errors("coordinator", "updateGrant", change | {"budget": [LINE, empty]}) == [
        (
            "description takes a text that is not empty, not 0 characters.",
            ["input", "budget", "1", "description"],
        )
    ]
    assert await at.errors("coordinator", "updateGrant", change | {"budget": [LINE, free]}) == [
        ("An amount is more than 0.00.", ["input", "budget", "1", "amount", "amount"])
    ]
    row = await at.office.row("grant", grant)
    assert (row["version"], row["requested"]) == (1, ASKED["requested"])


async def test_a_condition_without_words_is_refused_with_its_place(at: Desk) -> None:
    grant = await at.office.in_decision()
    version = await at.office.version(grant)
    conditions = [{"kind": "BEFORE_PAYMENT", "text": "A receipt."}, {"kind": "BEFORE_PAYMENT", "text": ""}]

    found = await at.errors(
        "approver",
        "approveGrant",
        {"id": grant, "amount": {"amount": "4000.00"}, "conditions": conditions, "expectedVersion": version},
    )

    assert found == [("text takes a text that is not empty, not 0 characters.", ["input", "conditions", "1", "text"])]
    assert await at.office.balances() == (2_000_000, 0, 0, 2_000_000)


@pytest.mark.parametrize("percent", [0, -5, 1000.01])
async def test_a_match_is_a_share_that_can_be_given(at: Desk, percent: float) -> None:
    given = {
        "fiscalYear": at.office.fiscal_year,
        "name": "Matched",
        "appropriation": {"amount": "1000.00"},
        "grantMinimum": {"amount": "1.00"},
        "grantMaximum": {"amount": "1000.00"},
        "matchingPolicy": "PLEDGED",
        "matchPercent": percent,
        "opensOn": "2026-10-01",
        "closesOn": "2027-09-30",
    }

    assert await at.errors("administrator", "openProgram", given) == [
        ("A match is more than 0 and at most 1000 percent.", ["input", "matchPercent"])
    ]


async def test_a_tranche_out_of_turn_is_told_in_which_state_it_could_go(at: Desk) -> None:
    office = at.office
    tranche = await office.scheduled(await office.signed(), 100_000)
    back = {"amount": {"amount": "10.00"}, "reason": "Not needed"}
    given = {"id": tranche, "expectedVersion": 1}

    for mutation, more, state, can in (
        ("recordPayment", {"paidOn": str(TODAY)}, "APPROVED", "be paid"),
        ("recordReturn", back, "PAID", "come back"),
    ):
        found = await at.errors("payer", mutation, given | more)
        assert found == [(f"Only a tranche in {state} can {can}; this one is in SCHEDULED.", None)]
    async with office.acting("approver") as tx:
        await disbursements.approve(tx, tranche, expected_version=1)
    assert await at.errors("approver", "approveDisbursement", {"id": tranche, "expectedVersion": 2}) == [
        ("Only a tranche in SCHEDULED can be approved; this one is in APPROVED.", None)
    ]
    assert (await office.row("disbursement", tranche))["version"] == 2
