"""PyPI's gql on a real server: what Python programs ask by."""

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport

from tests.clients.conftest import Place

pytestmark = pytest.mark.proof
ADD = """
mutation Add($input: AddMilestoneInput!) {
  addMilestone(input: $input) { milestone { note } errors { __typename message } }
}
"""


def client(place: Place) -> Client:
    transport = HTTPXAsyncTransport(url=place.address, headers={"authorization": f"Bearer {place.token}"})
    return Client(transport=transport, fetch_schema_from_transport=True)


async def test_gql_checks_a_question_against_the_schema_and_asks_it(place: Place) -> None:
    query = gql("query ($code: String!) { state(code: $code) { name } }")
    query.variable_values = {"code": "OH"}

    async with client(place) as session:
        answer = await session.execute(query)

    assert answer == {"state": {"name": "Ohio"}}


async def test_gql_tells_what_is_wrong_in_the_server_s_words(place: Place) -> None:
    transport = HTTPXAsyncTransport(url=place.address)

    async with Client(transport=transport) as session:
        with pytest.raises(TransportQueryError) as refusal:
            await session.execute(gql("{ nothing }"))

    assert refusal.value.errors and "nothing" in refusal.value.errors[0]["message"]


async def test_gql_writes(place: Place) -> None:
    async with client(place) as session:
        campaigns = (await session.execute(gql("{ viewer { campaigns { id } } }")))["viewer"]["campaigns"]
        mutation = gql(ADD)
        mutation.variable_values = {"input": {"campaign": campaigns[0]["id"], "kind": "EFFECTIVE", "note": "by gql"}}
        answer = await session.execute(mutation)

    assert answer["addMilestone"] == {"milestone": {"note": "by gql"}, "errors": []}
