"""The clients of npm that most applications have, on a real server: `make proofs` installs them."""

from pathlib import Path

import pytest

from schema.__main__ import SDL
from tests.clients.conftest import Place, node

pytestmark = pytest.mark.proof
SHOWN = ["ok a query", "ok variables", "ok an error", "ok a mutation", "ok two pages"]


async def test_every_must_and_should_of_graphql_over_http_is_kept(place: Place) -> None:
    said = await node("audit.mjs", place)

    assert said == ["61 of 61 audits are ok"]


@pytest.mark.parametrize("client", ["apollo", "urql"])
async def test_a_client_with_a_cache_reads_writes_and_joins_pages(place: Place, client: str) -> None:
    said = await node(f"{client}.mjs", place)

    assert set(SHOWN) <= set(said)


async def test_relay_compiles_pages_and_refetches(place: Place, tmp_path: Path) -> None:
    said = await node("relay.mjs", place, SDL, tmp_path)

    assert [line for line in said if line.startswith("ok")] == [
        "ok the compiler takes the SDL and the documents",
        "ok a query",
        "ok two pages of a fragment",
        "ok a fragment is fetched again",
        "ok a mutation",
    ]
