"""The documents of schema/operations that follow something, each followed by those who ask it."""

from pathlib import Path
from typing import Any

import pytest

import schema
from fund_api.core.database import Database
from fund_api.people.viewers import viewer_of
from tests.grants.acting import make_office
from tests.live.following import serving
from tests.schema.test_contract import DOCUMENTS, OPERATIONS

FOLLOWED: dict[str, tuple[str, dict[str, Any], str]] = {
    "FollowChanges": ("payer", {"provenances": ["ENTERED"]}, "changes"),
    "FollowMyQueue": ("officer", {}, "queueChanged"),
    "FollowOurCampaign": ("coordinator", {"campaign": None}, "campaignChanged"),
}


def test_every_document_is_asked_or_followed() -> None:
    assert {path.stem for path in DOCUMENTS} - {path.stem for path in OPERATIONS} == FOLLOWED.keys()


@pytest.mark.parametrize("name", FOLLOWED)
async def test_every_document_is_named_as_its_file_and_tells(database: Database, name: str) -> None:
    who, given, field = FOLLOWED[name]
    office = await make_office(database)
    grant = await office.submitted()
    [path] = (Path(schema.__file__).parent / "operations").glob(f"*/{name}.graphql")
    text = path.read_text(encoding="utf-8")
    async with database.reading() as connection:
        viewer = await viewer_of(connection, office.people[who])

    variables = given | ({"campaign": office.campaign} if "campaign" in given else {})
    async with serving(database) as desk:
        follower = desk.follow(text, viewer, after=0, **variables)
        [first] = await follower.next()

    assert f"subscription {name}" in text
    told = first[field]
    if name == "FollowMyQueue":
        assert [(item["action"], item["grant"]["id"]) for item in told["items"]] == [("SCREEN", grant)]
    else:
        assert told["event"]["action"]
        assert told["number"] >= 1
