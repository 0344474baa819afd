"""What every answer has, whichever route gives it, and whose word about addresses is taken."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from fund_api.core.database import Database
from fund_api.core.installation import Installed
from fund_api.core.tables import InstallationKind
from fund_api.edge.access_log import Noted
from tests.edge.bordering import APP, ASKED, MUTATION, PATHS, application, served


@pytest.fixture(scope="module")
async def client(loaded: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with served(loaded, cors_origins=(APP, "http://localhost:3000")) as client:
        yield client


async def test_every_answer_has_its_headers(loaded: Database) -> None:
    async with served(loaded) as client:
        for path in PATHS:
            answer = await client.get(path, headers={"x-request-id": "mine-1"})

            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["referrer-policy"] == "no-referrer", path
            assert answer.headers["x-request-id"] == "mine-1", path
            assert not {"server", "x-powered-by", "set-cookie", "strict-transport-security"} & answer.headers.keys()
            repeated = [name for name, _ in answer.headers.raw]
            assert len(repeated) == len(set(repeated)), path


async def test_what_is_private_or_an_error_is_not_stored(loaded: Database) -> None:
    signed = {"authorization": "Bearer wrong"}
    async with served(loaded) as client:
        private = [
            await client.post("/graphql", json={"query": MUTATION}),
            await client.get(ASKED, headers=signed),
            await client.get("/graphql?query={"),
            await client.get("/graphql?query={nothing}"),
            await client.get("/healthz", headers=signed),
            await client.get("/no"),
            await client.get("/r/nothing"),
            await client.get("/attachments/x"),
        ]
        public = [await client.get(path) for path in (ASKED, "/healthz", "/readyz", "/calendar/all.ics")]

    assert [answer.headers.get("cache-control") for answer in private] == ["no-store"] * len(private)
    stored = [answer.headers.get("cache-control") for answer in public]
    assert stored[:3] == ["public, max-age=60", None, None]
    assert [answer.status_code for answer in public[:3]] == [200] * 3


async def test_over_tls_browsers_are_told_to_stay_there(loaded: Database) -> None:
    async with served(loaded, base="https://fund.test") as client:
        for path in PATHS:
            answer = await client.get(path)
            assert answer.headers["strict-transport-security"] == "max-age=31536000", path


@pytest.mark.parametrize("given", ["", "a b", "a\x1b[31m", "x" * 101, "é", "a,b"])
async def test_an_odd_request_id_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    answers = [await client.get("/healthz", headers={b"x-request-id": given.encode()}) for _ in range(2)]

    ids = [answer.headers["x-request-id"] for answer in answers]
    assert all(re.fullmatch(r"[0-9a-f]{16}-\d+", each) for each in ids)
    assert ids[0] != ids[1]


async def test_a_demonstration_says_so_beside_the_rest(loaded: Database) -> None:
    app = application(loaded, Installed(InstallationKind.DEMO, "Nothing here is true."))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://fund.test") as client:
        answer = await client.get("/healthz")

    assert (answer.headers["fund-installation"], answer.headers["x-content-type-options"]) == ("DEMO", "nosniff")


@pytest.mark.parametrize(
    ("proxies", "headers", "address", "scheme"),
    [
        ((), {"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https"}, "127.0.0.1", "http"),
        (("10.0.0.0/8",), {"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https"}, "127.0.0.1", "http"),
        (("127.0.0.1",), {"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https"}, "192.0.2.1", "https"),
        (("127.0.0.0/8",), {"x-forwarded-for": "192.0.2.1"}, "192.0.2.1", "http"),
        (("127.0.0.1", "10.0.0.0/8"), {"x-forwarded-for": "6.6.6.6, 192.0.2.1, 10.1.2.3"}, "192.0.2.1", "http"),
        (("127.0.0.1",), {"x-forwarded-for": "6.6.6.6, 192.0.2.1, 10.1.2.3"}, "10.1.2.3", "http"),
        (("127.0.0.1",), {"x-forwarded-for": "[2001:db8::1]:4711"}, "2001:db8::1", "http"),
        (("127.0.0.1", "10.0.0.0/8"), {"x-forwarded-for": "10.0.0.2, 10.0.0.1"}, "10.0.0.2", "http"),
        (("127.0.0.1",), {"x-forwarded-proto": "gopher"}, "127.0.0.1", "http"),
        (("127.0.0.1",), {"x-forwarded-proto": "https, http"}, "127.0.0.1", "http"),
        (("127.0.0.1",), {"x-forwarded-for": ""}, "127.0.0.1", "http"),
    ],
)
async def test_proxies_are_believed_only_when_they_are_trusted(
    loaded: Database,
    monkeypatch: pytest.MonkeyPatch,
    proxies: tuple[str, ...],
    headers: dict[str, str],
    address: str,
    scheme: str,
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(Noted, "write", lambda noted: seen.append(noted.address))
    async with served(loaded, proxies=proxies, access_log=True) as client:
        answers = [await client.get(path, headers=headers) for path in ("/healthz", ASKED)]

    assert seen == [address] * 2
    assert {"strict-transport-security" in answer.headers for answer in answers} == {scheme == "https"}


async def test_wrong_tokens_are_counted_by_the_address_behind_a_trusted_proxy(loaded: Database) -> None:
    async def tries(client: httpx.AsyncClient, address: str) -> int:
        headers = {"authorization": "Bearer wrong", "x-forwarded-for": f"6.6.6.6, {address}"}
        return [(await client.get("/graphql", headers=headers)).status_code for _ in range(11)][-1]

    async with served(loaded, proxies=("127.0.0.1",)) as client:
        assert (await tries(client, "192.0.2.1"), await tries(client, "192.0.2.2")) == (429, 429)
        once = {"authorization": "Bearer wrong", "x-forwarded-for": "192.0.2.3"}
        assert (await client.get("/graphql", headers=once)).status_code == 401
    async with served(loaded) as client:
        assert await tries(client, "192.0.2.1") == 429
        assert (await client.get("/r/x", headers=once)).status_code == 429
