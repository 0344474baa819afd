"""Working in a demonstration: what is made up goes on like the real thing, and what is real stays out of reach."""

from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from fund_api.app import services
from fund_api.core import clock
from fund_api.core.database import Database
from fund_api.core.installation import installed
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.people.viewers import PERSON, viewer_of
from tests.asking import CATALOGUE
from tests.demo.conftest import NOW
from tests.rows import contents, count, fetch, table

ERRORS = "errors { __typename message ... on BudgetExceeded { available { amount } } }"
WRITTEN = ("grant", "campaign", "milestone", "event", "approval", "support_request")


async def answered(demo: Database, who: str, document: str, **variables: Any) -> Any:
    """What somebody is answered. Any: JSON."""
    [(person,)] = await fetch(demo, sa.select(PERSON.c.id).where(PERSON.c.email == f"{who}@example.org"))
    async with demo.reading() as connection:
        viewer = await viewer_of(connection, person)
    reads = reader(demo, 1)
    try:
        engine = Engine(CATALOGUE, reads, 100, 100_000, demo, services(demo, 10, await installed(demo)))
        with clock.at(NOW):
            answer = await engine.answer(engine.prepare(document, None, variables), viewer)
    finally:
        await reads.close()
    return orjson.loads(orjson.dumps(answer, option=orjson.OPT_UTC_Z))["data"]


async def grant(demo: Database, purpose: str) -> dict[str, Any]:
    """A grant by its purpose: its id and version."""
    rows = table("grant").c
    [(found, version)] = await fetch(demo, sa.select(rows.id, rows.version).where(rows.purpose == purpose))
    return {"id": found, "expectedVersion": version}


async def approve(demo: Database, who: str, purpose: str, dollars: int) -> Any:
    given = await grant(demo, purpose) | {"amount": {"amount": f"{dollars}.00"}}
    document = f"mutation ($input: ApproveGrantInput!) {{ approveGrant(input: $input) {{ grant {{ status provenance }} {ERRORS} }} }}"
    return (await answered(demo, who, document, input=given))["approveGrant"]


async def test_one_grant_asks_for_more_than_there_is(own_demo: Database) -> None:
    before = await contents(own_demo, WRITTEN)

    answer = await approve(own_demo, "second-approver", "Canvassers for the last weeks", 12_000)

    assert answer["grant"] is None
    [error] = answer["errors"]
    assert (error["__typename"], error["available"]) == ("BudgetExceeded", {"amount": "7500.00"})
    assert await contents(own_demo, WRITTEN) == before


@pytest.mark.parametrize(
    ("who", "purpose", "dollars"),
    [
        ("second-approver", "Advertisements on local radio", 4_000),
        ("approver", "A charter commission's campaign", 7_000),
    ],
)
async def test_the_others_can_be_approved(own_demo: Database, who: str, purpose: str, dollars: int) -> None:
    answer = await approve(own_demo, who, purpose, dollars)

    assert answer == {"grant": {"status": "APPROVED", "provenance": "FICTIONAL"}, "errors": []}


async def test_a_real_campaign_stays_as_it_was_loaded(own_demo: Database) -> None:
    rows = table("campaign").c
    [(real, version)] = await fetch(
        own_demo, sa.select(rows.id, rows.version).where(rows.provenance == "REPORTED").limit(1)
    )
    before = await contents(own_demo, WRITTEN)

    for mutation, given in (
        ("updateCampaign", {"id": real, "title": "Another name", "expectedVersion": version}),
        ("addMilestone", {"campaign": real, "kind": "EFFECTIVE"}),
    ):
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {ERRORS} }} }}"
        [error] = (await answered(own_demo, "grants-officer", document, input=given))[mutation]["errors"]
        assert error["__typename"] == "NotAllowed"
        assert error["message"].startswith("This is a demonstration: ")

    assert await contents(own_demo, WRITTEN) == before


async def test_nobody_asks_for_help_with_a_real_community(own_demo: Database) -> None:
    rows = table("community").c
    [(real,)] = await fetch(own_demo, sa.select(rows.id).where(rows.geoid == "0664000"))
    given = {"name": "Ada", "email": "ada@example.org", "community": real, "kind": "ADOPTION", "message": "Help"}
    before = await count(own_demo, "support_request")

    document = (
        f"mutation ($input: RequestCampaignSupportInput!) {{ requestCampaignSupport(input: $input) {{ {ERRORS} }} }}"
    )
    [error] = (await answered(own_demo, "member", document, input=given))["requestCampaignSupport"]["errors"]

    assert error["message"] == (
        "This is a demonstration: nothing that is made up in it, as this support request, becomes a part of something"
        " real, as that community is. Choose one of the fictional communities of the state ZZ: its name ends in"
        ' "(fictional)".'
    )
    assert await count(own_demo, "support_request") == before


async def test_the_installation_says_what_it_is(own_demo: Database) -> None:
    data = await answered(own_demo, "member", "{ installation { kind notice } }")

    assert data["installation"]["kind"] == "DEMO"
    assert data["installation"]["notice"].startswith("This is a demonstration. The reference data is real;")
