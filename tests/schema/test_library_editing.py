"""Editing through the schema: mutations, what editors read of it, HTML, and errors with their places."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from fund_api.core import clock
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.people.roles import PERMISSIONS, Role
from tests.asking import CATALOGUE, Asker
from tests.granting import Fund
from tests.library.editors import HOUR, NOW

FUND = Fund()
FUND.community("Dayton", "OH")
PERSON = FUND.person("Ada")
EDITOR = Viewer(PERSON, PERMISSIONS[Role.EDITOR])
OTHERS = {
    "public": PUBLIC,
    "member": Viewer(PERSON, PERMISSIONS[Role.MEMBER]),
    "coordinator": Viewer(PERSON, PERMISSIONS[Role.COORDINATOR]),
    "officer": Viewer(PERSON, PERMISSIONS[Role.GRANTS_OFFICER]),
}
ANSWER = "{ id revision resource { title revision } errors { __typename code message path } }"


class House:
    """An engine whose clock the test sets."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self.patch = engine, monkeypatch
        self.at(NOW)

    def at(self, now: datetime) -> None:
        self.patch.setattr(clock, "now", lambda: now)

    def ask(self, viewer: Viewer) -> Asker:
        return Asker(self.engine, viewer)

    async def do(self, mutation: str, answer: str = ANSWER, **given: Any) -> Any:
        """What a mutation answers. Any: JSON."""
        kind = mutation[0].upper() + mutation[1:] + "Input"
        document = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {answer} }}"
        return (await self.ask(EDITOR)(document, input=given))[mutation]


@pytest.fixture
async def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    await FUND.save(database)
    reads = reader(database, 2)
    engine = Engine(CATALOGUE, reads, 500, 100_000, database)
    engine.services = {"database": database}
    yield House(engine, monkeypatch)
    await reads.close()


async def begun(house: House, **given: Any) -> str:
    made = await house.do("createResource", title="A guide", kind="GUIDE", **given)
    assert made["errors"] == []
    return str(made["id"])


async def test_a_resource_is_written_published_changed_and_withdrawn(house: House) -> None:
    made = await house.do("createResource", title="A guide", kind="GUIDE", language="en", slug="guide")
    assert made == {"id": made["id"], "revision": 1, "resource": None, "errors": []}
    this = {"resource": made["id"]}

    published = await house.do("publishResource", **this, expectedRevision=1)
    saved = await house.do("saveDraft", **this, title="A handbook", expectedRevision=1)
    planned = await house.do(
        "schedulePublication", **this, at="2026-11-22T13:00:00Z", expiresAt="2026-11-23T00:00:00Z", expectedRevision=2
    )

    before = {"title": "A guide", "revision": 1}
    assert [published["resource"], saved["resource"], planned["resource"]] == [before] * 3
    assert (saved["revision"], planned["errors"]) == (2, [])
    document = '{ resource(by: {slug: "guide"}) { title liveFrom liveUntil } }'
    house.at(NOW + HOUR)
    assert (await house.ask(PUBLIC)(document))["resource"] == {
        "title": "A handbook",
        "liveFrom": "2026-11-22T13:00:00Z",
        "liveUntil": "2026-11-23T00:00:00Z",
    }
    reverted = await house.do("revertResource", **this, to=1, expectedRevision=2)
    assert (reverted["revision"], reverted["resource"]["title"]) == (3, "A handbook")
    gone = await house.do("unpublishResource", **this, expectedRevision=3)
    assert (gone["resource"], gone["errors"]) == (None, [])
    assert (await house.ask(PUBLIC)(document))["resource"] is None


async def test_editors_read_drafts_revisions_and_differences(house: House) -> None:
    resource = await begun(house)
    await house.do("publishResource", resource=resource, expectedRevision=1)
    await house.do("saveDraft", resource=resource, title="A handbook", publishedOn="2026-11-01", expectedRevision=1)
    other = await begun(house, slug="other")
    await house.do("schedulePublication", resource=other, at="2026-11-22T13:00:00Z", expectedRevision=1)
    document = """query ($id: ID!) {
      drafts { slug title revision state goesLiveAt savedBy { name } resource { title } }
      revisions(resource: $id, first: 5) { number title state liveFrom liveUntil savedBy { name } }
      compareRevisions(resource: $id, from: 1, to: 2) { field before after }
    }"""

    found = await house.ask(EDITOR)(document, id=resource)

    ada, now = {"name": "Ada"}, "2026-11-22T12:00:00Z"
    found["drafts"].sort(key=lambda one: one["slug"])
    assert found["drafts"] == [
        {"slug": "a-guide", "title": "A handbook", "revision": 2, "state": "DRAFT", "goesLiveAt": None}
        | {"savedBy": ada, "resource": {"title": "A guide"}},
        {"slug": "other", "title": "A guide", "revision": 1, "state": "SCHEDULED", "goesLiveAt": "2026-11-22T13:00:00Z"}
        | {"savedBy": ada, "resource": None},
    ]
    assert found["revisions"] == [
        {"number": 2, "title": "A handbook", "state": "DRAFT", "liveFrom": None, "liveUntil": None, "savedBy": ada},
        {"number": 1, "title": "A guide", "state": "LIVE", "liveFrom": now, "liveUntil": None, "savedBy": ada},
    ]
    assert found["compareRevisions"] == [
        {"field": "title", "before": "A guide", "after": "A handbook"},
        {"field": "published_on", "before": None, "after": "2026-11-01"},
        {"field": "published_on_precision", "before": None, "after": "DAY"},
    ]
    for viewer in OTHERS.values():
        assert await house.ask(viewer)(document, id=resource) == dict.fromkeys(found)
    missing = "query ($id: ID!) { compareRevisions(resource: $id, from: 1, to: 9) { field } }"
    assert await house.ask(EDITOR)(missing, id=resource) == {"compareRevisions": None}
    assert await house.ask(EDITOR).refusal("{ drafts(first: 0) { id } }") == "first lies between 1 and 100, not at 0."


async def test_editors_preview_the_latest_revision_and_others_what_is_live(house: House) -> None:
    resource = await begun(house, body="Old")
    document = "query ($id: ID!) { resource(by: {id: $id}, preview: true) { title html revision liveFrom } }"
    latest = {"title": "A guide", "html": "<p>Old</p>\n", "revision": 1, "liveFrom": None}
    assert await house.ask(EDITOR)(document, id=resource) == {"resource": latest}
    for viewer in OTHERS.values():
        assert await house.ask(viewer)(document, id=resource) == {"resource": None}

    await house.do("publishResource", resource=resource, expectedRevision=1)
    await house.do("saveDraft", resource=resource, title="A handbook", body="New", expectedRevision=1)

    live = latest | {"liveFrom": "2026-11-22T12:00:00Z"}
    for viewer in OTHERS.values():
        assert await house.ask(viewer)(document, id=resource) == {"resource": live}
    after = {"title": "A handbook", "html": "<p>New</p>\n", "revision": 2, "liveFrom": None}
    assert await house.ask(EDITOR)(document, id=resource) == {"resource": after}
    assert await house.ask(EDITOR)(document.replace("true", "false"), id=resource) == {"resource": live}


async def test_a_text_is_read_as_html_and_counted_by_those_who_may_read_it(house: House) -> None:
    resource = await begun(house, body="# Hello\n\n<script>alert(1)</script> *dear* readers", access="MEMBER")
    await house.do("publishResource", resource=resource, expectedRevision=1)
    document = "{ resources { nodes { title html short: excerpt(length: 9) excerpt wordCount readingMinutes } } }"

    found = {name: await house.ask(viewer)(document) for name, viewer in OTHERS.items()}

    [node] = found["member"]["resources"]["nodes"]
    assert node == {
        "title": "A guide",
        "html": "<h1>Hello</h1>\n<p>&lt;script&gt;alert(1)&lt;/script&gt; <em>dear</em> readers</p>\n",
        "short": "Hello…",
        "excerpt": "Hello <script>alert(1)</script> dear readers",
        "wordCount": 7,
        "readingMinutes": 1,
    }
    assert found["officer"] == found["member"]
    nothing = dict.fromkeys(node) | {"title": "A guide"}
    assert found["public"]["resources"]["nodes"] == found["coordinator"]["resources"]["nodes"] == [nothing]
    assert await house.ask(PUBLIC).refusal("{ resources { nodes { excerpt(length: 0) } } }") == (
        "length lies between 1 and 1,000, not at 0."
    )


async def test_tags_and_hubs_are_set_through_the_schema(house: House) -> None:
    resource = await begun(house)
    await house.do("publishResource", resource=resource, expectedRevision=1)
    answer = "{ topic { id slug version } errors { message } }"
    topic = (await house.do("createTopic", answer, name="Leadership"))["topic"]
    audience = {"campaignKind": "RETENTION", "state": "OH", "form": "COUNCIL_MANAGER"}
    tags: dict[str, Any] = {"topics": [topic["id"]], "authors": ["Zoe", "Ada"], "audiences": [audience]}
    tagged = await house.do("setResourceTags", resource=resource, **tags, expectedRevision=1)
    assert tagged["errors"] == []

    section = await house.do(
        "saveSection",
        "{ section { slug size position windowDays version resources { nodes { title } } } errors { message } }",
        **{"topic": topic["id"], "slug": "start", "title": "Start here", "rule": "CURATED", "pins": [resource]},
    )

    assert section["section"] == {
        **{"slug": "start", "size": 12, "position": 1, "windowDays": None, "version": 1},
        "resources": {"nodes": [{"title": "A guide"}]},
    }
    found = await house.ask(PUBLIC)(
        "{ resources { nodes { topics { nodes { slug } } authors { nodes { name } }"
        " audiences { nodes { campaignKind state { code } form basis } } } } }"
    )
    [node] = found["resources"]["nodes"]
    assert node["topics"]["nodes"] == [{"slug": "leadership"}]
    assert sorted(one["name"] for one in node["authors"]["nodes"]) == ["Ada", "Zoe"]
    assert node["audiences"]["nodes"] == [
        {"campaignKind": "RETENTION", "state": {"code": "OH"}, "form": "COUNCIL_MANAGER", "basis": "EDITORIAL"}
    ]


@pytest.mark.parametrize(
    ("mutation", "given", "path", "message"),
    [
        ("saveDraft", {"title": "a\0"}, ["title"], "title: a text can't hold the character U+0000."),
        ("saveDraft", {"url": "ftp://x"}, ["url"], "url takes a web address, as https://example.org."),
        ("saveDraft", {"publisherName": " "}, ["publisherName"], "name takes a text that is not empty"),
        ("saveDraft", {"language": "?"}, ["language"], "language takes a BCP 47 tag, as en or es-MX."),
        ("schedulePublication", {"at": "2026-11-22T12:00:00Z"}, ["at"], "at lies after 2026-11-22T12:00:00+00:00"),
        ("setResourceTags", {"audiences": [{"state": "XX"}]}, ["audiences", "0", "state"], "There is no state XX."),
        ("linkTranslation", {"original": "ITSELF"}, ["original"], "A resource is no translation of itself."),
    ],
)
async def test_what_editors_get_wrong_is_told_with_its_place(
    house: House, mutation: str, given: dict[str, Any], path: list[str], message: str
) -> None:
    resource = await begun(house)
    given = {name: resource if value == "ITSELF" else value for name, value in given.items()}

    [error] = (await house.do(mutation, resource=resource, expectedRevision=1, **given))["errors"]

    assert error["path"] == ["input", *path]
    assert error["message"].startswith(message)


async def test_conflicts_and_wrong_moves_say_what_is_so(house: House) -> None:
    resource = await begun(house)
    conflict = await house.do("saveDraft", resource=resource, title="Late", expectedRevision=2)
    moved = await house.do("unpublishResource", resource=resource, expectedRevision=1)
    missing = await house.do("publishResource", resource="res_x", expectedRevision=1)

    codes = [answer["errors"][0]["code"] for answer in (conflict, moved, missing)]
    assert codes == ["VERSION_CONFLICT", "INVALID_TRANSITION", "NOT_FOUND"]


async def test_a_retry_with_its_key_saves_once(house: House) -> None:
    resource = await begun(house)
    given: dict[str, Any] = {"resource": resource, "title": "Once", "expectedRevision": 1, "idempotencyKey": "k"}

    first, second = [await house.do("saveDraft", **given) for _ in range(2)]
    third = await house.do("saveDraft", "{ revision id }", **given)

    assert first == second
    assert third == {"revision": 2, "id": resource}


async def test_ids_that_no_database_takes_are_refused_like_unknown_ones(house: House) -> None:
    ask = house.ask(EDITOR)
    document = "mutation ($input: SetResourceTagsInput!) { setResourceTags(input: $input) { id } }"
    for given in ({"resource": "res_\x00"}, {"resource": "res_1", "topics": ["topic_\x00"]}):
        refusal = await ask.refusal(document, input=given | {"expectedRevision": 1})
        assert refusal == "A text can't hold the character U+0000."
    assert await ask.refusal('{ revisions(resource: "\\u0000") { title } }') == refusal
