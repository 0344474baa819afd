"""Attachments over HTTP: who and what is refused, in which words, and that nothing is kept of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Message

from fund_api import attachment_routes
from fund_api.app import Application
from fund_api.core.database import Database
from fund_api.core.errors import Failure
from tests.attaching import DIGEST, LIMIT, PDF, UNKNOWN, Applying, application, applying, asking, error, sent
from tests.campaigns.acting import NOW, all_of
from tests.real_files import docx, png
from tests.rows import count, everything, table

HTML = b"<!DOCTYPE html><script>alert(1)</script>"


@pytest.fixture
async def it(database: Database, tmp_path: Path) -> Applying:
    return await applying(database, tmp_path / "files")


@pytest.fixture
async def client(it: Applying) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(it) as client:
        yield client


async def refused(client: httpx.AsyncClient, it: Applying, content: Any, **options: Any) -> tuple[int, str, str]:
    """How a file is refused, which changes nothing and leaves nothing."""
    before, kept = await everything(it.database), it.kept()
    response = await client.post(
        options.get("address", it.address), content=content, headers=options.get("headers", it.ada)
    )
    assert it.kept() == kept
    after = await everything(it.database)
    assert {name for name in before if before[name] != after[name]} <= {"api_token"}  # of which the last use is noted
    return error(response)


async def test_who_has_not_signed_in_or_not_well_is_401(client: httpx.AsyncClient, it: Applying) -> None:
    status, code, message = await refused(client, it, PDF, headers={})
    assert (status, code) == (401, "UNAUTHENTICATED")
    assert message == "Only who has signed in attaches files and takes them away: send Authorization: Bearer TOKEN."

    wrong = {"authorization": it.ada["authorization"][:-1] + "!"}
    assert (await refused(client, it, PDF, headers=wrong))[:2] == (401, "UNAUTHENTICATED")
    response = await client.get(f"/attachments/attach_{UNKNOWN}", headers=wrong)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_who_guesses_tokens_is_429(client: httpx.AsyncClient, it: Applying) -> None:
    answers = [await client.post(it.address, content=PDF, headers={"authorization": "Bearer x"}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert error(answers[-1])[1] == "THROTTLED"
    assert 50 <= int(answers[-1].headers["retry-after"]) <= 60


async def test_who_sees_the_grant_and_may_not_attach_is_403(client: httpx.AsyncClient, it: Applying) -> None:
    assert (await refused(client, it, PDF, headers=it.reviewer))[:2] == (403, "NOT_ALLOWED")


async def test_a_grant_that_is_not_there_is_404(client: httpx.AsyncClient, it: Applying) -> None:
    strange = (f"camp_{UNKNOWN}", "grant", "grant_%00", "%F0%9F%98%80", "grant_" + "x" * 5_000)
    for grant in (f"grant_{UNKNOWN}", *strange):
        found = await refused(client, it, PDF, address=f"/grants/{grant}/attachments")
        assert found[:2] == (404, "NOT_FOUND")


async def test_a_grant_that_one_may_not_see_is_404(database: Database, tmp_path: Path) -> None:
    it = await applying(database, tmp_path / "files", published_at=None)
    async with asking(it) as client:
        found = await refused(client, it, PDF, headers=it.stranger)
    assert found == (404, "NOT_FOUND", f"There is no grant {it.grant}.")


async def test_a_grant_that_takes_no_files_any_more_is_409(client: httpx.AsyncClient, it: Applying) -> None:
    attachment = await sent(client, it)
    async with it.database.writing() as connection:
        await connection.execute(table("grant").update().values(status="IN_REVIEW"))

    assert (await refused(client, it, png()))[:2] == (409, "INVALID_TRANSITION")
    response = await client.delete(f"/attachments/{attachment}", headers=it.ada)
    assert error(response)[:2] == (409, "INVALID_TRANSITION")
    assert await count(it.database, "attachment") == 1


async def test_one_more_than_twenty_is_409_and_its_file_is_not_kept(client: httpx.AsyncClient, it: Applying) -> None:
    for number in range(20):
        await sent(client, it, b"text %d" % number)

    assert await refused(client, it, PDF) == (
        *(409, "TOO_MANY"),
        "A grant takes at most 20 attachments, and this one has them: take one away first.",
    )
    again = await client.post(it.address, content=b"text 0", headers=it.ada)
    assert again.status_code == 200


async def test_a_file_that_says_itself_that_it_is_too_large_is_413(client: httpx.AsyncClient, it: Applying) -> None:
    found = await refused(client, it, b"x" * (LIMIT + 1))

    assert found == (413, "TOO_LARGE", "The file is larger than 50,000 bytes, the most that is taken.")
    assert (await client.post(it.address, content=b"x" * LIMIT, headers=it.ada)).status_code == 201


async def test_a_file_that_becomes_too_large_is_413_at_once(client: httpx.AsyncClient, it: Applying) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield b"x" * 10_000

    assert (await refused(client, it, endless()))[:2] == (413, "TOO_LARGE")
    assert asked == 6


async def test_a_wrong_type_is_415_however_innocent_its_name(client: httpx.AsyncClient, it: Applying) -> None:
    program, office_97 = b"MZ\x90\x00\x03" + bytes(99), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    address, headers = f"{it.address}?name=budget.pdf", it.ada | {"content-type": "application/pdf"}
    for content in (HTML, program, office_97, b"GIF89a" + docx(), b"\n" + PDF):
        status, code, message = await refused(client, it, content, address=address, headers=headers)
        assert (status, code) == (415, "WRONG_TYPE")
        assert message.endswith("Taken are PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, CSV and plain text (UTF-8).")


async def test_an_empty_file_is_400(client: httpx.AsyncClient, it: Applying) -> None:
    assert await refused(client, it, b"") == (400, "BAD_USER_INPUT", "The file is empty.")


async def test_a_sender_who_falls_silent_is_408(
    client: httpx.AsyncClient, it: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment_routes, "PAUSE", 0.05)

    async def silent() -> AsyncIterator[bytes]:
        yield PDF[:100]
        await asyncio.Event().wait()

    status, code, _ = await refused(client, it, silent())
    assert (status, code) == (408, "TOO_SLOW")


async def test_a_sender_who_takes_too_long_in_all_is_408(
    client: httpx.AsyncClient, it: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment_routes, "LONGEST", 0.05)

    async def dripping() -> AsyncIterator[bytes]:
        while True:
            yield b""
            await asyncio.to_thread(int)

    assert (await refused(client, it, dripping()))[:2] == (408, "TOO_SLOW")


# What is read of a body, and when


async def answered(
    app: Application, it: Applying, headers: dict[str, str], messages: list[Message]
) -> tuple[int | None, int]:
    """The status that a request gets whose body comes in these messages, and how many of them were asked for."""
    asked, answers = iter(messages), []
    read = 0

    async def receive() -> Message:
        nonlocal read
        read += 1
        return next(asked)

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {
        **{"type": "http", "method": "POST", "path": it.address, "raw_path": it.address.encode(), "root_path": ""},
        **{"query_string": b"", "http_version": "1.1", "scheme": "http", "server": ("fund.test", 80)},
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 5),
    }
    await app(scope, receive, send)
    return (answers[0]["status"] if answers else None), read


async def test_nothing_is_read_of_a_body_before_its_sender_is_known_to_be_allowed(it: Applying) -> None:
    nobody: dict[str, str] = {}
    wrong = {"authorization": "Bearer x"}
    async with application(it) as app:
        for headers, status in ((nobody, 401), (wrong, 401), (it.reviewer, 403), (it.stranger, 404)):
            assert await answered(app, it, headers, []) == (status, 0)
        assert await answered(app, it, it.ada | {"content-length": str(LIMIT + 1)}, []) == (413, 0)
    assert not it.folder.exists()


async def test_a_sender_who_goes_away_leaves_nothing(it: Applying) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": PDF, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async with application(it) as app:
        assert (await answered(app, it, it.ada, messages))[1] == 2
    assert it.kept() == []
    assert await count(it.database, "attachment") == 0


async def test_who_may_not_any_more_when_the_file_is_here_is_refused_and_nothing_is_kept(
    client: httpx.AsyncClient, it: Applying
) -> None:
    async def last_seen() -> AsyncIterator[bytes]:
        yield PDF[:100]
        async with it.database.writing() as connection:
            await connection.execute(table("campaign_member").delete())
            await connection.execute(table("role_assignment").delete())
        yield PDF[100:]

    response = await client.post(it.address, content=last_seen(), headers=it.ada)

    assert error(response)[:2] == (404, "NOT_FOUND")  # of a campaign that they left they do not see the grant
    assert it.kept() == []
    assert await count(it.database, "attachment") == 0


async def test_a_token_that_is_revoked_while_the_file_comes_is_401(client: httpx.AsyncClient, it: Applying) -> None:
    async def last_seen() -> AsyncIterator[bytes]:
        yield PDF[:100]
        async with it.database.writing() as connection:
            await connection.execute(table("api_token").update().values(revoked_at=NOW))
        yield PDF[100:]

    response = await client.post(it.address, content=last_seen(), headers=it.ada)

    assert error(response)[:2] == (401, "UNAUTHENTICATED")
    assert it.kept() == []
    assert await count(it.database, "attachment") == 0


async def test_a_commit_that_fails_leaves_the_file_and_attaches_nothing(
    client: httpx.AsyncClient, it: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no(_connection: object, _origin: object, done: list[object]) -> None:
        if done:
            raise Failure("No.")

    monkeypatch.setattr("fund_api.core.writing.events.append", no)
    response = await client.post(it.address, content=PDF, headers=it.ada)

    assert error(response) == (400, "BAD_USER_INPUT", "No.")
    assert await all_of(it.database, "attachment", "id") == []
    assert it.kept() == [DIGEST]
    monkeypatch.undo()
    assert (await client.post(it.address, content=PDF, headers=it.ada)).status_code == 201
