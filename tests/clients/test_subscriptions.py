"""Clients that follow what happens, on a real server: over websockets and by server-sent events."""

import asyncio

import pytest
from gql import Client, gql
from gql.client import AsyncClientSession, ReconnectingAsyncClientSession
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from tests.clients.conftest import Place, node

pytestmark = pytest.mark.proof
LAST = gql("{ events(first: 1, orderBy: [{ field: NUMBER, direction: DESC }]) { nodes { number } } }")
MINE = gql("{ viewer { campaigns { id } } }")
ADD = "mutation ($input: AddMilestoneInput!) { addMilestone(input: $input) { errors { message } } }"
CHANGES = "subscription ($after: Int) { changes(after: $after) { number event { action } } }"
Session = AsyncClientSession | ReconnectingAsyncClientSession


@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse"])
async def test_a_client_of_npm_asks_writes_and_follows(place: Place, client: str) -> None:
    said = await node(f"{client}.mjs", place)

    assert said == [
        "ok a query",
        "ok a mutation",
        "ok what happens is told",
        "ok who comes back misses nothing",
        "ok an error",
        "ok a wrong token",
    ]


def transport(place: Place, token: str) -> WebsocketsTransport:
    return WebsocketsTransport(
        url=place.address.replace("http://", "ws://"),
        init_payload={"authorization": f"Bearer {token}"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )


async def add(session: Session, note: str) -> None:
    campaigns = (await session.execute(MINE))["viewer"]["campaigns"]
    mutation = gql(ADD)
    mutation.variable_values = {"input": {"campaign": campaigns[0]["id"], "kind": "EFFECTIVE", "note": note}}
    assert await session.execute(mutation) == {"addMilestone": {"errors": []}}


async def test_gql_asks_writes_and_follows_over_a_websocket(place: Place) -> None:
    async with asyncio.timeout(60), Client(transport=transport(place, place.token)) as session:
        [last] = (await session.execute(LAST))["events"]["nodes"]
        await add(session, "by gql, over a websocket")
        subscription = gql(CHANGES)
        subscription.variable_values = {"after": last["number"]}
        async for told in session.subscribe(subscription):
            assert told["changes"]["event"]["action"] == "milestone.added"
            assert told["changes"]["number"] > last["number"]
            break
        with pytest.raises(TransportQueryError, match="nothing"):
            await session.execute(gql("{ nothing }"))


async def test_gql_is_told_that_a_token_is_wrong(place: Place) -> None:
    with pytest.raises(TransportConnectionFailed) as refused:
        async with Client(transport=transport(place, "wrong")):
            pass

    assert str(refused.value.__cause__).startswith("received 4403 (private use) This token is not valid")
