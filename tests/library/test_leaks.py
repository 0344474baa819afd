"""Nothing of what is not live comes out anywhere: not a word of it, not its place in a list, not a count.

One resource lives through drafts, a scheduled replacement and an expiry, beside a control that is always live. Its
secret words stand in every field of the drafts. Everybody but editors walks through all that can be read of the library
one microsecond before each boundary, at it, and after it.
"""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core import clock
from fund_api.core.access import PUBLIC, SYSTEM, Viewer
from fund_api.core.database import Database
from fund_api.core.limits import Limits
from fund_api.core.writing import writing
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.library import boundaries, tagging, topics
from fund_api.library.tagging import Tags
from fund_api.people.roles import PERMISSIONS, Role
from tests.asking import CATALOGUE, Asker
from tests.granting import Fund
from tests.library.editors import HOUR, MOMENT, NOW, Desk
from tests.rows import fetch, table

FUND = Fund()
CAMPAIGN = FUND.campaign(FUND.community("Dayton", "OH"))
PERSON = FUND.person("Ada")
MEMBERSHIP = FUND.member(CAMPAIGN, PERSON)
VIEWERS = {
    "public": PUBLIC,
    "member": Viewer(PERSON, PERMISSIONS[Role.MEMBER]),
    "coordinator": Viewer(PERSON, PERMISSIONS[Role.COORDINATOR]),
    "staff": Viewer(PERSON, PERMISSIONS[Role.GRANTS_OFFICER]),
    "reporter": Viewer(PERSON, PERMISSIONS[Role.REPORTER]),
}
RESOURCE = """{
  id slug title summary kind finerKind publisher { name } body html excerpt wordCount url language editionLabel
  publishedOn access popularity revision liveFrom liveUntil
  authors { nodes { name } } topics { nodes { slug } } practiceAreas { totalCount } practiceAreaTags { totalCount }
  audiences { nodes { campaignKind } } formats { totalCount } series { totalCount } issues { totalCount }
  printItems { totalCount } campaigns { totalCount }
  activity { totalCount nodes { action changes { nodes { field before after privateValues { before after } } } } }
}"""
DOCUMENT = f"""query ($id: ID!, $ids: [ID!]!, $campaign: ID!, $word: String!) {{
  one: resource(by: {{id: $id}}) {RESOURCE}
  bySlug: resource(by: {{slug: "a-secret-plan"}}) {{ id title }}
  preview: resource(by: {{id: $id}}, preview: true) {{ id title summary }}
  node(id: $id) {{ id ... on Resource {{ title summary }} }}
  nodes(ids: $ids) {{ id ... on Resource {{ title }} }}
  resources(orderBy: [{{field: LIVE_FROM}}]) {{ totalCount edges {{ cursor }} nodes {RESOURCE} }}
  byTitle: resources(filter: {{title: {{contains: $word}}}}) {{ totalCount nodes {{ id }} }}
  byDate: resources(filter: {{publishedOn: {{isNull: false}}}}) {{ totalCount }}
  byText: resources(filter: {{search: $word}}) {{ totalCount nodes {{ id }} }}
  byPublisher: resources(filter: {{publisher: {{name: {{startsWith: "Press"}}}}}}) {{ totalCount }}
  byAuthor: resources(filter: {{authors: {{some: {{name: {{startsWith: "Writer"}}}}}}}}) {{ totalCount }}
  byTopic: topics(filter: {{resources: {{some: {{title: {{contains: $word}}}}}}}}) {{ totalCount }}
  none: topics(filter: {{resources: {{none: {{title: {{contains: $word}}}}}}}}) {{ totalCount }}
  search(query: $word) {{ totalCount edges {{ cursor node {{ __typename ... on Resource {{ title }} }} highlights {{ parts {{ text }} }} }} }}
  publishers {{ totalCount nodes {{ name resources {{ totalCount }} }} }}
  authors {{ totalCount nodes {{ name resources {{ totalCount nodes {{ title }} }} }} }}
  series {{ totalCount }}
  topics {{ nodes {{
    resources {{ totalCount nodes {{ title }} }} activity {{ nodes {{ changes {{ nodes {{ before after }} }} }} }}
    sections {{ nodes {{ resources {{ totalCount edges {{ cursor node {{ title summary }} }} }} }} }}
  }} }}
  campaign(id: $campaign) {{ resources {{ totalCount nodes {{ title }} }} }}
  campaigns(filter: {{resources: {{some: {{title: {{contains: $word}}}}}}}}) {{ totalCount }}
  events(first: 100) {{ nodes {{ action changes {{ nodes {{ field before after privateValues {{ before after }} }} }} }} }}
  stats: resourceStats(filter: {{title: {{contains: $word}}}}) {{ groups {{ count }} }}
  byPlace: resourceStats(groupBy: [KIND, TOPICS_SLUG, PUBLISHER_NAME]) {{ groups {{ key {{ publisherName }} count }} }}
  recommendedResources {{ totalCount nodes {{ resource {{ title }} }} }}
  translation(of: {{id: $id}}, language: ["en"]) {{ title }}
  popular {{ resource {{ title }} }}
  supportOptions {{ why }}
  drafts {{ title }}
  revisions(resource: $id) {{ title }}
  compareRevisions(resource: $id, from: 1, to: 2) {{ before after }}
}}"""


class Library:
    """A resource with its boundaries, and who looks at it when."""

    def __init__(self, database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database, self.engine, self.patch = database, engine, monkeypatch
        self.desk, self.control = Desk(database), Desk(database)

    async def ask(self, viewer: Viewer, word: str, now: datetime) -> Any:
        """All that a viewer reads at a time. Any: JSON."""
        self.patch.setattr(clock, "now", lambda: now)
        ids = [self.desk.resource, self.control.resource]
        given = {"id": self.desk.resource, "ids": ids, "campaign": CAMPAIGN, "word": word}
        return await Asker(self.engine, viewer)(DOCUMENT, **given)

    async def tell(self, now: datetime) -> None:
        async with writing(self.database, SYSTEM, now) as tx:
            await boundaries.tell_what_came_due(tx)


@pytest.fixture
async def library(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Library]:
    await FUND.save(database)
    reads = reader(database, 2)
    engine = Engine(CATALOGUE, reads, 500, 10**9, database)
    engine.services = {"database": database}
    engine.limits = Limits(root_fields=100, parts=1_000)  # its document asks through every root at once
    made = Library(database, engine, monkeypatch)
    await made.control.create(title="Control", slug="control")
    await made.control.publish()
    await made.desk.create(**saying("early"), slug="a-secret-plan")
    await hang(made)
    yield made
    await reads.close()


def saying(word: str) -> dict[str, Any]:
    """Content that has a word in each of its texts."""
    texts = {name: f"{word} {name}" for name in ("title", "summary", "body", "finer_kind", "edition_label")}
    address = {"url": f"https://example.org/{word}", "link_kind": "WORK", "publisher_name": f"Press {word}"}
    return texts | address | {"published_on": NOW.date(), "language": "en"}


async def hang(library: Library) -> None:
    """Both resources belong to a topic, its hub and a campaign; the secret one has an author, too."""
    async with writing(library.database, library.desk.editor, NOW) as tx:
        topic = await topics.create_topic(tx, {"name": "Leadership"})
        pins = [library.desk.resource, library.control.resource]
        await topics.save_section(tx, topic, "start", {"title": "Start", "rule": "CURATED"}, pins=pins)
        await topics.save_section(tx, topic, "latest", {"title": "Latest", "rule": "LATEST"}, pins=pins)
        for desk, authors in ((library.desk, ["Writer of early"]), (library.control, [])):
            tags = Tags(topics=[topic], authors=authors, audiences=[{"campaign_kind": "RETENTION"}])
            await tagging.set_resource_tags(tx, desk.resource, tags, expected_revision=1)
        for one in pins:
            link = {"campaign_id": CAMPAIGN, "resource_id": one}
            await tx.connection.execute(table("campaign_resource").insert(), link)


def assert_nothing_of(word: str, found: Any) -> None:
    """A word stands nowhere, and nothing counts what has it."""
    assert word not in json.dumps(found).lower()
    for name in ("byTitle", "byText", "search", "byTopic", "campaigns"):
        assert found[name]["totalCount"] == 0, name
    assert found["none"]["totalCount"] == 1
    assert found["stats"]["groups"] in ([], [{"count": 0}])


def assert_all_of(word: str, found: Any) -> None:
    """What is live is found everywhere."""
    assert found["one"]["title"] == f"{word} title"
    assert found["preview"]["summary"] == f"{word} summary"
    assert found["bySlug"] == {"id": found["one"]["id"], "title": f"{word} title"}
    for name in ("byTitle", "byText", "search", "byTopic", "campaigns"):
        assert found[name]["totalCount"] == 1, name
    for name in ("byPublisher", "byDate", "byAuthor"):
        assert found[name]["totalCount"] == 1, name
    assert found["none"]["totalCount"] == 0
    assert found["stats"]["groups"] == [{"count": 1}]
    assert found["recommendedResources"]["totalCount"] == 2
    assert found["translation"] == {"title": f"{word} title"}
    [hub] = found["topics"]["nodes"]
    assert [one["resources"]["totalCount"] for one in hub["sections"]["nodes"]] == [2, 2]


async def test_a_draft_is_read_by_nobody_and_counts_nowhere(library: Library) -> None:
    for viewer in VIEWERS.values():
        found = await library.ask(viewer, "early", NOW + HOUR)

        assert_nothing_of("early", found)
        assert [found[name] for name in ("one", "bySlug", "preview", "node")] == 4 * [None]
        assert found["nodes"][0] is None
        assert found["resources"]["totalCount"] == 1
        for name in ("publishers", "authors", "byDate", "byPublisher", "byAuthor"):
            assert found[name]["totalCount"] == 0, name
        assert found["recommendedResources"]["totalCount"] == 1
        assert found["translation"] is None
        assert [group["count"] for group in found["byPlace"]["groups"]] == [1]
        [hub] = found["topics"]["nodes"]
        assert hub["resources"]["totalCount"] == 1
        assert [one["resources"]["totalCount"] for one in hub["sections"]["nodes"]] == [1, 1]
        assert found["campaign"]["resources"]["totalCount"] == 1
        assert (found["drafts"], found["revisions"], found["compareRevisions"]) == (None, None, None)


async def test_a_replacement_is_read_from_its_moment_on_and_not_before(library: Library) -> None:
    await library.desk.publish()
    await library.desk.save(**saying("secret"))
    await library.desk.schedule(NOW + HOUR, NOW + 2 * HOUR)

    for viewer in VIEWERS.values():
        for now in (NOW, NOW + HOUR - MOMENT):
            found = await library.ask(viewer, "secret", now)
            assert_nothing_of("secret", replace_slug(found))
            assert_all_of("early", await library.ask(viewer, "early", now))
        for now in (NOW + HOUR, NOW + 2 * HOUR - MOMENT):
            assert_all_of("secret", await library.ask(viewer, "secret", now))
            old = await library.ask(viewer, "early", now)
            assert old["byText"]["totalCount"] == old["search"]["totalCount"] == old["byTitle"]["totalCount"] == 0
        ended = await library.ask(viewer, "secret", NOW + 2 * HOUR)
        assert ended["one"] is None
        assert_nothing_of("secret", ended)


async def test_what_the_log_tells_of_a_beginning_is_what_is_read(library: Library) -> None:
    await library.desk.save(**saying("secret"))
    await library.desk.schedule(NOW + HOUR)
    await library.tell(NOW + HOUR - MOMENT)
    assert "secret" not in json.dumps(replace_slug(await library.ask(VIEWERS["staff"], "secret", NOW + HOUR - MOMENT)))

    await library.tell(NOW + HOUR)

    found = await library.ask(VIEWERS["staff"], "secret", NOW + HOUR)
    [began] = [one for one in found["events"]["nodes"] if one["action"] == "resource.went_live"]
    assert {"field": "title", "before": None, "after": '"secret title"', "privateValues": None} in began["changes"][
        "nodes"
    ]


async def test_what_is_withdrawn_is_gone_at_once(library: Library) -> None:
    await library.desk.publish()
    for viewer in VIEWERS.values():
        assert_all_of("early", await library.ask(viewer, "early", NOW + HOUR - MOMENT))

    library.desk.now = NOW + HOUR
    await library.desk.unpublish()

    for viewer in VIEWERS.values():
        found = await library.ask(viewer, "early", NOW + HOUR)
        events = found.pop("events")
        assert_nothing_of("early", found)
        assert found["one"] is None
        assert viewer.may("fund:event:read") or events["nodes"] == []


async def test_a_draft_after_what_is_live_changes_nothing_that_is_read(library: Library) -> None:
    await library.desk.publish()
    before = {name: await library.ask(viewer, "early", NOW + HOUR) for name, viewer in VIEWERS.items()}

    await library.desk.save(**saying("secret"))
    await library.desk.revert(1)

    for name, viewer in VIEWERS.items():
        found = await library.ask(viewer, "early", NOW + HOUR)
        assert "secret" not in json.dumps(replace_slug(found))
        for one in ("one", "resources", "topics", "search", "publishers", "authors", "campaign"):
            assert without_activity(found[one]) == without_activity(before[name][one]), one


async def test_an_address_for_members_is_theirs_in_the_log_and_elsewhere(library: Library) -> None:
    await library.desk.save(**saying("secret"), access="STAFF")
    await library.desk.publish()

    found = await library.ask(VIEWERS["reporter"], "secret", NOW)

    assert found["one"]["title"] == "secret title"
    assert (found["one"]["url"], found["one"]["body"], found["one"]["html"], found["one"]["excerpt"]) == (None,) * 4
    assert "https://example.org/secret" not in json.dumps(found)
    assert "secret body" not in json.dumps(found)
    rows = table("event_change").c
    plain = await fetch(library.database, sa.select(rows.before, rows.after).where(rows.field.in_(("url", "body"))))
    assert set(plain) == {(None, None)}


def replace_slug(found: Any) -> Any:
    """The answer without the slug of the resource, which is public while an older revision is live."""
    return json.loads(json.dumps(found).replace("a-secret-plan", "a-plan"))


def without_activity(found: Any) -> Any:
    """The answer without what was done, which may grow for those who read the log."""
    if isinstance(found, dict):
        return {name: without_activity(value) for name, value in found.items() if name not in ("activity", "cursor")}
    return [without_activity(one) for one in found] if isinstance(found, list) else found
