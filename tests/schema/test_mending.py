"""What clients get wrong is told to them, each with its place, through the schema: none of it is a fault of ours."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.people.roles import PERMISSIONS, Role
from tests.asking import CATALOGUE, Asker
from tests.granting import Fund

FUND = Fund()
COMMUNITY = FUND.community("Saratoga Springs")
CAMPAIGN = FUND.campaign(COMMUNITY)
MEASURE = FUND.measure(CAMPAIGN)
PERSON = FUND.person("Ada")
CREATED = {"community": COMMUNITY, "title": "A", "kind": "ADOPTION"}
RESULT = {"id": MEASURE, "status": "REPORTED", "votesFor": 10, "votesAgainst": 5, "expectedVersion": 1}
TOKEN = {"person": PERSON, "name": "Dashboard"}


@pytest.fixture
async def staff(database: Database) -> AsyncIterator[Asker]:
    await FUND.save(database)
    reads = reader(database, 2)
    administrator = Viewer(PERSON, PERMISSIONS[Role.ADMINISTRATOR])
    yield Asker(Engine(CATALOGUE, reads, 100, 100_000, database), administrator)
    await reads.close()


@pytest.mark.parametrize(
    ("mutation", "given", "field", "message"),
    [
        ("createCampaign", CREATED | {"title": "a\0b"}, "title", "title: a text can't hold the character U+0000."),
        (
            "createCampaign",
            CREATED | {"summary": "a\0b"},
            "summary",
            "summary: a text can't hold the character U+0000.",
        ),
        (
            "addBallotMeasure",
            {"campaign": CAMPAIGN, "kind": "ADOPTION", "question": "a\0b"},
            "question",
            "question: a text can't hold the character U+0000.",
        ),
        (
            "recordResult",
            RESULT | {"percentFor": 120.5},
            "percentFor",
            "percent for lies between 0 and 100, not at 120.5.",
        ),
        (
            "createToken",
            TOKEN | {"expiresAt": "2099-01-01T00:00:00"},
            "expiresAt",
            "The time at which a token expires needs a zone: 2099-01-01T00:00:00Z, for example.",
        ),
        (
            "createToken",
            TOKEN | {"expiresAt": "9999-12-31T23:59:59-12:00"},
            "expiresAt",
            "A token expires before the year 10000.",
        ),
    ],
)
async def test_a_value_that_can_t_be_taken_is_named(
    staff: Asker, mutation: str, given: dict[str, Any], field: str, message: str
) -> None:
    kind = mutation[0].upper() + mutation[1:]
    document = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ errors {{ code message path }} }} }}"

    answer = await staff(document, input=given)

    assert answer[mutation]["errors"] == [{"code": "INVALID_VALUE", "message": message, "path": ["input", field]}]


async def test_nobody_counts_signatures_of_fewer_voters_than_none(loaded: Database) -> None:
    reads = reader(loaded, 2)
    public = Asker(Engine(CATALOGUE, reads, 100, 100_000))
    refused = await public.refusal("{ procedureRules { nodes { signaturesNeeded(registeredVoters: -1) } } }")
    await reads.close()

    assert refused == "registered voters are 0 or more, not -1."
