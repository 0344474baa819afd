"""Documents by their identifiers: those that ship, those of clients, and nothing else where only they are trusted."""

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from graphql import get_introspection_query

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from fund_api.core.settings import Documents
from fund_api.edge import document_rules, documents, service
from fund_api.edge.document_rules import DOCUMENT, MANAGE
from fund_api.edge.document_tables import LONGEST_DOCUMENT
from schema import manifest
from tests.edge.trusting import (
    ADMINISTRATOR,
    CHANGE,
    GRAPHQL,
    OWN,
    OWN_HASH,
    ROOT,
    WIN_RATES,
    add,
    listed,
    post,
    refused,
    served,
    statements,
    write,
)
from tests.rows import fetch, table


def test_the_manifest_is_written_anew_and_names_each_file_by_its_bytes() -> None:
    files = {path.stem: path.read_bytes() for path in Path(manifest.OPERATIONS).rglob("*.graphql")}

    assert manifest.FILE.read_text(encoding="utf-8") == manifest.written()
    assert manifest.packaged() == {
        f"sha256:{hashlib.sha256(content).hexdigest()}": content.decode() for content in files.values()
    }
    assert manifest.named() == {
        name: f"sha256:{hashlib.sha256(content).hexdigest()}" for name, content in files.items()
    }


def test_an_identifier_is_the_one_of_the_draft_s_example() -> None:
    text = "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}"
    assert manifest.identifier(text) == "sha256:7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e"


@pytest.mark.parametrize("mode", list(Documents))
async def test_a_document_that_ships_is_answered_by_its_identifier(database: Database, mode: Documents) -> None:
    async with served(database, mode) as client:
        whole = await post(client, documentId=WIN_RATES)
        bare = await post(client, documentId=WIN_RATES.removeprefix("sha256:"), operationName="WinRates")
        got = await client.get("/graphql", params={"documentId": WIN_RATES, "variables": "{}"})

    assert whole == bare == (got.status_code, got.json())
    assert (whole[0], whole[1].keys()) == (200, {"data"})


async def test_variables_and_the_operation_s_name_go_with_an_identifier(loaded: Database) -> None:
    async with served(loaded) as client:
        identifier = manifest.named()["ClosestVotes"]
        status, answer = await post(client, documentId=identifier, variables={"first": 1})
        other = await refused(client, documentId=identifier, operationName="Other")

    assert (status, len(answer["data"]["ballotMeasures"]["nodes"])) == (200, 1)
    assert other == (400, "BAD_REQUEST")


async def test_an_identifier_that_is_not_known_is_a_single_error(database: Database) -> None:
    unknown = "sha256:" + "0" * 64
    async with served(database) as client:
        exact = await refused(client, documentId=unknown)
        plain = await refused(client, "application/json", documentId=unknown)
        got = await client.get("/graphql", params={"documentId": unknown}, headers={"accept": GRAPHQL})

    assert exact == (400, "PERSISTED_DOCUMENT_NOT_FOUND")
    assert plain == (200, "PERSISTED_DOCUMENT_NOT_FOUND")
    assert (got.status_code, len(got.json()["errors"])) == (400, 1)


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": WIN_RATES, "query": "{ __typename }"},
        {"documentId": 1},
        {"documentId": [WIN_RATES]},
        {"documentId": ""},
        {"documentId": "WinRates"},
        {"documentId": WIN_RATES.upper()},
        {"documentId": WIN_RATES + "0"},
        {"documentId": "sha256:" + "x" * 64},
        {"documentId": "md5:" + "0" * 32},
        {"documentId": "\x00" * 64},
        {"documentId": "sha256:" * 10_000},
    ],
    ids=lambda body: repr(body["documentId"])[:40],
)
async def test_what_is_no_identifier_is_refused_without_a_statement(database: Database, body: dict[str, Any]) -> None:
    async with served(database) as client:
        with statements(database) as seen:
            assert await refused(client, "application/json", **body) == (400, "BAD_REQUEST")

    assert [one for one in seen if "trusted_document" in one] == []


async def test_an_empty_query_beside_an_identifier_is_none(database: Database) -> None:
    async with served(database) as client:
        assert await post(client, documentId=WIN_RATES, query="") == await post(client, documentId=WIN_RATES)


async def test_who_has_no_room_left_is_refused_without_a_statement(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "time", SimpleNamespace(monotonic=lambda: 1_000.0))
    bodies = [{"documentId": f"sha256:{number:064x}"} for number in range(11)]
    async with served(database, caller_rows=1_000, caller_rows_per_second=10) as client:
        codes = [await refused(client, "application/json", **body) for body in bodies[:10]]
        with statements(database) as seen:
            answer = await client.post("/graphql", json=bodies[10])

    assert codes == [(200, "PERSISTED_DOCUMENT_NOT_FOUND")] * 10  # each costs 100
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (429, "THROTTLED")
    assert [one for one in seen if "trusted_document" in one] == []


async def test_a_mutation_by_an_identifier_needs_post(database: Database) -> None:
    await add(database, "website", listed(CHANGE))
    async with served(database) as client:
        identifier = manifest.identifier(CHANGE)
        got = await client.get("/graphql", params={"documentId": identifier})
        posted = await post(client, documentId=identifier)

    assert (got.status_code, got.headers["allow"]) == (405, "POST")
    assert posted == (200, {"data": {"__typename": "Mutation"}})


@pytest.mark.parametrize(
    "query", [OWN, "{ __typename }", get_introspection_query(), manifest.packaged()[WIN_RATES], "{"]
)
async def test_where_only_trusted_documents_are_answered_a_query_is_refused(database: Database, query: str) -> None:
    await add(database, "website", listed(OWN))
    async with served(database, Documents.TRUSTED) as client:
        exact, plain = await refused(client, query=query), await refused(client, "application/json", query=query)
        got = await client.get("/graphql", params={"query": query}, headers={"accept": GRAPHQL})
        trusted = await post(client, documentId=manifest.identifier(OWN))

    assert exact == (400, "PERSISTED_DOCUMENT_REQUIRED")
    assert plain == (200, "PERSISTED_DOCUMENT_REQUIRED")
    assert got.json()["errors"][0]["message"] == documents.ONLY_TRUSTED
    assert trusted == (200, {"data": {"__typename": "Query"}})


async def test_a_document_that_is_added_is_answered_at_once_by_one_statement_and_then_by_none(
    database: Database,
) -> None:
    body = {"documentId": manifest.identifier(OWN)}
    async with served(database) as client, served(database) as other:
        before = await refused(client, **body)
        await add(database, "website", listed(OWN, "Kind"))
        with statements(database) as seen:
            first = await post(client, **body)
            reads = [one for one in seen if "trusted_document" in one]
            again = await post(client, **body)
        elsewhere = await post(other, **body)

    assert before == (400, "PERSISTED_DOCUMENT_NOT_FOUND")
    assert first == again == elsewhere == (200, {"data": {"__typename": "Query"}})
    assert len(reads) == len([one for one in seen if "trusted_document" in one]) == 1


async def test_a_document_that_is_removed_stops_within_a_minute(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(documents, "time", SimpleNamespace(monotonic=lambda: now))
    body = {"documentId": manifest.identifier(OWN)}
    await add(database, "website", listed(OWN))
    async with served(database) as client:
        assert (await post(client, **body))[0] == 200
        assert await write(database, lambda tx: document_rules.remove(tx, "website")) == 1
        now += documents.TRUSTED_FOR - 0.001
        still = await post(client, **body)
        now += 0.001
        gone = await refused(client, **body)

    assert documents.TRUSTED_FOR == 60
    assert (still[0], gone) == (200, (400, "PERSISTED_DOCUMENT_NOT_FOUND"))


async def test_a_document_of_two_clients_stays_until_both_let_go_of_it(database: Database) -> None:
    assert [await add(database, each, listed(OWN, "Kind"), listed(CHANGE)) for each in ("website", "mobile")] == [2, 2]
    assert await add(database, "website", listed(OWN), listed("{ __typename }"), listed("{ __typename }")) == 1

    assert await write(database, lambda tx: document_rules.remove(tx, "website", [OWN_HASH, OWN_HASH])) == 1
    held = await fetch(database, sa.select(DOCUMENT.c.client).where(DOCUMENT.c.hash == OWN_HASH))
    assert held == [("mobile",)]
    assert await write(database, lambda tx: document_rules.remove(tx, "mobile")) == 2
    async with served(database) as client:
        assert await refused(client, documentId=OWN_HASH) == (400, "PERSISTED_DOCUMENT_NOT_FOUND")


async def test_what_is_kept_is_the_text_that_was_hashed(database: Database) -> None:
    text = "  # Caf\u0065\u0301\r\n{ __typename }\n\n"
    await add(database, "website", listed(text))

    assert await fetch(database, sa.select(DOCUMENT.c.text)) == [(text,)]


async def test_events_tell_of_documents_by_their_hashes(database: Database) -> None:
    await add(database, "website", listed(OWN, "Kind"))
    await write(database, lambda tx: document_rules.remove(tx, "website"))

    events, change = table("event"), table("event_change")
    said = await fetch(
        database,
        sa.select(events.c.action, change.c.field, change.c.before, change.c.after)
        .join(change, change.c.event_id == events.c.id)
        .order_by(events.c.number, change.c.field),
    )
    website, own, kind = '"website"', f'"{OWN_HASH}"', '"Kind"'
    assert said == [
        ("trusted_document.added", "client", None, website),
        ("trusted_document.added", "hash", None, own),
        ("trusted_document.added", "name", None, kind),
        ("trusted_document.removed", "client", website, None),
        ("trusted_document.removed", "hash", own, None),
        ("trusted_document.removed", "name", kind, None),
    ]


@pytest.mark.parametrize("viewer", [PUBLIC, ADMINISTRATOR], ids=["public", "administrator"])
async def test_nobody_but_who_has_the_machine_says_what_is_trusted(database: Database, viewer: Viewer) -> None:
    await add(database, "website", listed(OWN))
    for rule in (
        lambda tx: document_rules.add(tx, "website", [listed(CHANGE)]),
        lambda tx: document_rules.remove(tx, "website"),
    ):
        with pytest.raises(NotAllowed, match=MANAGE):
            await write(database, rule, viewer)

    assert await fetch(database, sa.select(DOCUMENT.c.text)) == [(OWN,)]


@pytest.mark.parametrize("client", ["", " ", "fund-api", "a b", "-a", "a/b", "é", "x" * 101, "a\n"])
async def test_a_client_is_called_by_a_name(database: Database, client: str) -> None:
    with pytest.raises(InvalidValue, match="A client is called by a name of letters"):
        await add(database, client, listed(OWN))
    assert await fetch(database, sa.select(DOCUMENT.c.id)) == []


async def test_what_is_not_there_cannot_be_removed(database: Database) -> None:
    await add(database, "website", listed(OWN))
    with pytest.raises(NotFound, match="There are no documents of a client mobile"):
        await write(database, lambda tx: document_rules.remove(tx, "mobile"))
    with pytest.raises(NotFound, match=f"website has no document sha256:{'0' * 64}"):
        await write(database, lambda tx: document_rules.remove(tx, "website", [OWN_HASH, "0" * 64]))
    assert await fetch(database, sa.select(DOCUMENT.c.text)) == [(OWN,)]


def test_what_ships_is_far_from_the_longest_document() -> None:
    assert max(len(text) for text in manifest.packaged().values()) * 10 < LONGEST_DOCUMENT


def test_the_page_says_what_is_refused_and_how_long_a_removed_document_works() -> None:
    page = " ".join((ROOT / "docs" / "trusted-documents.md").read_text(encoding="utf-8").split())

    for said in (documents.ONLY_TRUSTED, "within 60 seconds", f"{LONGEST_DOCUMENT:,} characters"):
        assert said in page
