"""Attachments over HTTP: sent, read and taken away as they were, by who may."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from fund_api.core import clock
from fund_api.core.database import Database, Dialect
from fund_api.core.events import EVENT
from tests.attaching import DIGEST, PDF, UNKNOWN, Applying, application, applying, asking, error, sent
from tests.databases import Databases
from tests.proofs.server import Program, Server
from tests.real_files import FILES, pdf
from tests.rows import count, fetch


@pytest.fixture
async def it(database: Database, tmp_path: Path) -> Applying:
    return await applying(database, tmp_path / "files")


@pytest.fixture
async def client(it: Applying) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(it) as client:
        yield client


# Sending


async def test_a_file_is_sent_and_read_as_it_was(client: httpx.AsyncClient, it: Applying) -> None:
    made = await client.post(it.address, params={"name": "Cañada “budget”.pdf"}, content=PDF, headers=it.ada)

    attachment = made.json()["id"]
    assert made.status_code == 201
    assert made.headers["location"] == f"/attachments/{attachment}"
    assert made.json() == {
        "id": attachment,
        "name": "Cañada “budget”.pdf",
        "mediaType": "application/pdf",
        "size": len(PDF),
        "digest": DIGEST,
    }
    read = await client.get(made.headers["location"], headers=it.ada)
    assert (read.status_code, read.content) == (200, PDF)
    headers = dict(read.headers)
    assert headers.pop("x-request-id")
    assert headers == {
        "content-type": "application/pdf",
        "content-length": str(len(PDF)),
        "content-disposition": "attachment; filename*=UTF-8''Ca%C3%B1ada%20%E2%80%9Cbudget%E2%80%9D.pdf",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "private, no-store",
    }
    assert it.kept() == [DIGEST]


async def test_every_type_is_told_by_what_the_file_holds_whatever_the_client_says(
    client: httpx.AsyncClient, it: Applying
) -> None:
    for kind, content in FILES.items():
        headers = it.ada | {"content-type": "text/html"}
        made = await client.post(it.address, params={"name": "page.html"}, content=content, headers=headers)
        assert (made.status_code, made.json()["mediaType"], made.json()["size"]) == (201, kind, len(content))

        read = await client.get(made.headers["location"], headers=it.ada)
        assert (read.headers["content-type"], read.content) == (kind, content)


NAMES = {
    "": "file.pdf",
    "../../etc/passwd": "passwd.pdf",
    "/": "file.pdf",
    "budget\x00.pdf": "budget.pdf",
    "invoice\u202efdp.exe": "invoicefdp.exe.pdf",
    'x"; filename="evil.html': 'x"; filename="evil.html.pdf',
    "a\r\nSet-Cookie: x=1": "a Set-Cookie: x=1.pdf",
    "x" * 5_000: "x" * 196 + ".pdf",
}


async def test_no_name_is_trusted(client: httpx.AsyncClient, it: Applying) -> None:
    for name, shown in NAMES.items():
        content = pdf(f"of {len(name)} characters")
        made = await client.post(it.address, params={"name": name}, content=content, headers=it.ada)
        assert (made.status_code, made.json()["name"]) == (201, shown)

        told = (await client.get(made.headers["location"], headers=it.ada)).headers["content-disposition"]
        assert re.fullmatch(r"attachment; filename\*=UTF-8''[\w.~%-]+", told, re.ASCII)
    nameless = await client.post(it.address, content=PDF, headers=it.ada)
    assert nameless.json()["name"] == "file.pdf"
    assert {len(name) for name in it.kept()} == {64}


async def test_the_same_file_again_is_answered_with_the_attachment_that_is_there(
    client: httpx.AsyncClient, it: Applying
) -> None:
    first = await client.post(it.address, params={"name": "budget.pdf"}, content=PDF, headers=it.ada)
    again = await client.post(it.address, params={"name": "other.pdf"}, content=PDF, headers=it.ada)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert await count(it.database, "event", EVENT.c.action == "attachment.added") == 1


async def test_many_who_send_the_same_file_at_once_make_one_attachment(client: httpx.AsyncClient, it: Applying) -> None:
    sends = [client.post(it.address, content=PDF, headers=it.ada) for _ in range(8)]
    answers = await asyncio.gather(*sends)

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert it.kept() == [DIGEST]


async def test_staff_who_prepare_the_grant_send_files_too(client: httpx.AsyncClient, it: Applying) -> None:
    made = await client.post(it.address, params={"name": "checked.pdf"}, content=PDF, headers=it.officer)

    assert (made.status_code, made.json()["name"]) == (201, "checked.pdf")


async def test_the_request_is_named_in_the_log(client: httpx.AsyncClient, it: Applying) -> None:
    await client.post(it.address, content=PDF, headers=it.ada | {"x-request-id": "mine-1"})

    told = sa.select(EVENT.c.request_id, EVENT.c.campaign_id).where(EVENT.c.action == "attachment.added")
    assert await fetch(it.database, told) == [("mine-1", it.campaign)]


async def test_graphql_tells_who_is_inside_where_the_file_is_read(client: httpx.AsyncClient, it: Applying) -> None:
    attachment = await sent(client, it)
    fields = "name mediaType size digest url grant { id } provenance"
    query = {"query": f'{{ node(id: "{attachment}") {{ ... on Attachment {{ {fields} }} }} }}'}

    found = [await client.post("/graphql", json=query, headers=headers) for headers in (it.ada, it.stranger, {})]

    assert [answer.json()["data"]["node"] for answer in found] == [
        {
            "name": "budget.pdf",
            "mediaType": "application/pdf",
            "size": len(PDF),
            "digest": DIGEST,
            "url": f"/attachments/{attachment}",
            "grant": {"id": it.grant},
            "provenance": "ENTERED",
        },
        None,
        None,
    ]


# Reading and taking away


async def test_who_is_not_inside_finds_nothing(client: httpx.AsyncClient, it: Applying) -> None:
    attachment = await sent(client, it)

    answers = [
        await client.get(f"/attachments/{found}", headers=headers)
        for headers in ({}, it.stranger)
        for found in (attachment, f"attach_{UNKNOWN}", "attach_%00", it.grant, "..%2Fx")
    ]
    assert [answer.status_code for answer in answers] == [404] * 10
    assert error(answers[0]) == (404, "NOT_FOUND", f"There is no attachment {attachment}.")
    assert PDF not in [answer.content for answer in answers]


async def test_an_attachment_is_taken_away_and_its_file_stays_for_the_log(
    client: httpx.AsyncClient, it: Applying
) -> None:
    attachment = await sent(client, it)
    address = f"/attachments/{attachment}"

    for headers, status in (({}, 401), (it.reviewer, 403), (it.stranger, 404)):
        assert (await client.delete(address, headers=headers)).status_code == status
    assert await count(it.database, "attachment") == 1
    gone = await client.delete(address, headers=it.ada)

    assert (gone.status_code, gone.content) == (204, b"")
    assert error(await client.get(address, headers=it.ada))[0] == 404
    assert error(await client.delete(address, headers=it.ada))[0] == 404
    assert it.kept() == [DIGEST]
    assert await sent(client, it) != attachment


async def test_a_fault_of_ours_is_logged_and_masked(client: httpx.AsyncClient, it: Applying) -> None:
    attachment = await sent(client, it)
    (it.folder / DIGEST[:2] / DIGEST).unlink()

    response = await client.get(f"/attachments/{attachment}", headers=it.ada)

    assert error(response) == (500, "INTERNAL_SERVER_ERROR", "Something went wrong here; it was logged.")
    assert response.json()["errors"][0]["extensions"]["requestId"]
    assert DIGEST not in response.text


async def test_what_a_killed_process_left_is_swept_when_the_next_starts(
    it: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    it.folder.mkdir()
    (it.folder / "arriving-abc").write_bytes(PDF)
    long_after = clock.now().replace(year=2100)
    monkeypatch.setattr(clock, "now", lambda: long_after)

    async with application(it):
        assert it.kept() == []


# A server of its own


@pytest.fixture
async def server(databases: Databases, tmp_path: Path) -> AsyncIterator[tuple[Server, Applying]]:
    """`fund-api serve` with its own settings, in a folder of its own."""
    async with databases.migrated(Dialect.SQLITE) as database:
        it = await applying(database, tmp_path / "fund-files")
        server = Server(Program(tmp_path, database.url.render_as_string(hide_password=False)))
        await server.start()
        yield server, it
        await server.stop()


async def test_a_real_server_keeps_files_as_they_come_and_refuses_while_they_come(
    server: tuple[Server, Applying],
) -> None:
    running, it = server
    text = b"".join(b"%d\n" % number for number in range(1_000_000))

    async def chunks(most: int) -> AsyncIterator[bytes]:
        for at in range(0, most, 100_000):
            yield text[at % len(text) :][:100_000]

    async with httpx.AsyncClient(base_url=running.address.removesuffix("/graphql"), timeout=60) as client:
        made = await client.post(it.address, content=chunks(len(text)), headers=it.ada)
        read = await client.get(made.headers["location"], headers=it.ada)
        large = await client.post(it.address, content=chunks(20_000_000), headers=it.ada)
        not_allowed = await client.post(it.address, content=chunks(5_000_000), headers=it.reviewer)
        after = await client.get("/healthz")

    assert (made.status_code, made.json()["size"], made.json()["mediaType"]) == (201, len(text), "text/plain")
    assert (read.headers["content-length"], read.content == text) == (str(len(text)), True)
    assert (error(large)[:2], error(not_allowed)[:2]) == ((413, "TOO_LARGE"), (403, "NOT_ALLOWED"))
    assert after.status_code == 200
    assert it.kept() == [hashlib.sha256(text).hexdigest()]
