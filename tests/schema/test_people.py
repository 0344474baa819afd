"""Administrators' work through the schema."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from fund_api.app import services
from fund_api.campaigns import members
from fund_api.core.access import SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.people import rules
from fund_api.people.roles import PERMISSIONS, Role
from tests.asking import CATALOGUE, Asker
from tests.granting import Fund
from tests.rows import fetch, table

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ADD = """
    mutation($key: String) {
      addPerson(input: { name: "Grace", email: "grace@example.org", idempotencyKey: $key }) {
        person { id name email } errors { message }
      }
    }
"""
ERASE = "mutation($id: ID!) { erasePerson(input: { id: $id }) { person { name email active } errors { message } } }"


@pytest.fixture
async def administrator(database: Database) -> AsyncIterator[Asker]:
    async with writing(database, SYSTEM, NOW) as tx:
        ada = await rules.add_person(tx, "Ada", "ada@example.org")
        await rules.grant_role(tx, ada, Role.ADMINISTRATOR)
    reads = reader(database, 2)
    engine = Engine(CATALOGUE, reads, 100, 100_000, database, services(database))
    yield Asker(engine, Viewer(ada, PERMISSIONS[Role.ADMINISTRATOR]))
    await reads.close()


async def test_an_erased_person_s_answers_are_forgotten_too(administrator: Asker, database: Database) -> None:
    added = (await administrator(ADD, key="k1"))["addPerson"]
    assert added["errors"] == []
    erased = await administrator(ERASE, id=added["person"]["id"])

    assert erased["erasePerson"] == {
        "person": {"name": "Erased person", "email": None, "active": False},
        "errors": [],
    }
    kept = table("idempotency_key")
    assert await fetch(database, sa.select(kept.c.answer)) == [(None,)]
    again = (await administrator(ADD, key="k1"))["addPerson"]
    assert again == {"person": {"id": added["person"]["id"], "name": "Erased person", "email": None}, "errors": []}


async def test_the_viewer_says_who_they_are_and_what_they_may_do(administrator: Asker) -> None:
    document = """{ viewer {
      person { name roles { nodes { role scope } } } permissions roles { role } campaigns { title }
    } }"""
    found = (await administrator(document))["viewer"]

    assert found["person"] == {"name": "Ada", "roles": {"nodes": [{"role": "ADMINISTRATOR", "scope": "fund"}]}}
    assert found["permissions"] == sorted(PERMISSIONS[Role.ADMINISTRATOR])
    assert (found["roles"], found["campaigns"]) == ([{"role": "ADMINISTRATOR"}], [])
    assert await Asker(administrator.engine)(document) == {
        "viewer": {"person": None, "permissions": [], "roles": [], "campaigns": []}
    }


async def test_a_coordinator_s_campaigns_are_theirs_to_see(administrator: Asker, database: Database) -> None:
    fund = Fund()
    campaigns = [fund.campaign(fund.community("Saratoga Springs"), published_at=None) for _ in range(2)]
    await fund.save(database)
    async with writing(database, SYSTEM, NOW) as tx:
        bea = await rules.add_person(tx, "Bea", "bea@example.org")
        await members.add_campaign_member(tx, campaigns[0], bea)

    document = "{ viewer { roles { role scope } campaigns { id } } }"
    for permissions, seen in ((PERMISSIONS[Role.COORDINATOR], [{"id": campaigns[0]}]), (frozenset[str](), [])):
        found = await Asker(administrator.engine, Viewer(bea, permissions))(document)
        assert found["viewer"] == {"roles": [{"role": "COORDINATOR", "scope": campaigns[0]}], "campaigns": seen}


async def test_the_last_administrator_stays(administrator: Asker) -> None:
    document = """
        mutation($id: ID!) {
          revokeRole(input: { person: $id, role: ADMINISTRATOR }) { errors { __typename message } }
        }
    """
    answer = await administrator(document, id=administrator.viewer.id)

    assert answer["revokeRole"]["errors"] == [
        {
            "__typename": "NotAllowed",
            "message": "The last administrator can't be removed: make somebody else an administrator first.",
        }
    ]
