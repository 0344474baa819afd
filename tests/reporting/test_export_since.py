"""`fund-api export --since`: what is read for it, and what it says."""

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import Failure
from fund_api.exporting.feed import TOLD
from fund_api.graph import pulls
from fund_api.reporting import questions
from fund_api.reporting.following import Followed, follow
from fund_api.reporting.forms import FormKind
from tests.asking import CATALOGUE, REPORTER
from tests.granting import Fund
from tests.reporting.copies import Copy, Row, Timed, reading
from tests.rows import table


async def insert(database: Database, name: str, row: Row) -> None:
    async with database.writing() as connection:
        await connection.execute(table(name).insert().values(row))


async def delete(database: Database, name: str, one: str) -> None:
    async with database.writing() as connection:
        await connection.execute(table(name).delete().where(table(name).c.id == one))


async def test_what_came_while_an_export_was_resumed_and_went_again_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulls, "CHUNK", 1)
    fund = Fund()
    for name in ("Ash", "Birch", "Cedar"):
        fund.community(name)
    await fund.save(database)
    fund.community("Zelkova")
    late = fund.rows["community"][-1]
    copy = Copy(questions.read("{ communities(orderBy: [{field: NAME}]) { nodes { id name } } }", {}), FormKind.JSONL)
    async with reading(Timed, database, REPORTER) as source:
        source.breaks_first, source.then = True, lambda: insert(database, "community", late)
        await copy.begin(source)
        there = [row["name"] for row in copy.rows.values()]
        await delete(database, "community", late["id"])
        told = await copy.go_on(source)

    assert there == ["Ash", "Birch", "Cedar", "Zelkova"]
    assert [row["id"] for row in told] == [late["id"]]
    assert [row["name"] for row in copy.rows.values()] == ["Ash", "Birch", "Cedar"]


async def test_what_came_between_the_feed_and_the_rows_and_went_again_is_told(database: Database) -> None:
    fund = Fund()
    campaign = fund.campaign(fund.community("Ash"))
    other = fund.campaign(fund.community("Birch"))
    fund.grant(other, 100)
    await fund.save(database)
    fund.grant(campaign, 100)
    late = fund.rows["grant"][-1]
    copy = Copy(questions.read("{ campaigns { nodes { id title grants { totalCount } } } }", {}), FormKind.JSONL)
    async with reading(Timed, database, REPORTER) as source:
        await copy.begin(source)
        async with database.writing() as connection:
            own = table("campaign")
            await connection.execute(own.update().where(own.c.id == campaign).values(title="Renamed"))
        source.then = lambda: insert(database, "grant", late)
        first = await copy.go_on(source)
        await delete(database, "grant", late["id"])
        await copy.go_on(source)

    assert [(row["id"], row["title"], row["grants"]["totalCount"]) for row in first] == [(campaign, "Renamed", 1)]
    assert {key: row["grants"]["totalCount"] for key, row in copy.rows.items()} == {campaign: 0, other: 1}


async def test_only_what_changed_is_read(database: Database) -> None:
    fund = Fund()
    ash, birch = fund.community("Ash"), fund.community("Birch", "OH")
    fund.campaign(ash)
    moved = fund.campaign(birch)
    await fund.save(database)
    text = "{ campaigns { nodes { id community { name } } } }"
    copy = Copy(questions.read(text, {}), FormKind.CSV)
    async with reading(Timed, database, REPORTER) as source:
        await copy.begin(source)
        nothing = await copy.go_on(source)
        async with database.writing() as connection:
            own = table("community")
            await connection.execute(own.update().where(own.c.id == birch).values(name="Beech"))
        named = await copy.go_on(source)
        await delete(database, "campaign", moved)
        gone = await copy.go_on(source)

    assert nothing == []
    assert [(row["id"], row["community.name"]) for row in named] == [(moved, "Beech")]
    assert [(row["id"], row["community.name"]) for row in gone] == [(moved, "")]


def followed(text: str) -> Followed:
    return follow(CATALOGUE, questions.read(text, {}), TOLD)


def test_what_is_followed_is_all_that_rows_tell_of() -> None:
    plain = followed("{ grants { nodes { id campaign { id } community { name state { name } } } } }")
    lists = followed('{ campaigns { nodes { key: id grants(filter: {program: {name: {eq: "x"}}}) { totalCount } } } }')
    chosen = followed('{ grants(filter: {not: {campaign: {community: {name: {eq: "x"}}}}}) { nodes { id } } }')
    judged = followed('{ recommendedResources(state: "OH") { nodes { id } } }')
    clocked = followed("{ printItems { nodes { id canShipBy(quantity: 1) } } }")

    assert plain.referred == {"Community": (("community",),), "State": (("community", "state"),)}
    assert (plain.others, plain.always, plain.chooses) == (frozenset(), False, False)
    assert (lists.key, dict(lists.referred), set(lists.others)) == ("key", {}, {"Grant", "FundingProgram"})
    assert (set(chosen.others), chosen.always, chosen.chooses) == ({"Campaign", "Community"}, False, True)
    assert (judged.always, judged.chooses) == (True, True)
    assert (clocked.always, clocked.chooses) == (True, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{ states { nodes { name } } }",
            "The rows of this document can't be told apart: select their id, then export",
        ),
        ("{ states { nodes { id deleted: name } } }", "A row has deleted twice: give the document's own an alias."),
        ("{ states { ...S } } fragment S on StateConnection { nodes { id } }", "A document is followed whose rows are"),
        ("{ events { nodes { id } } }", "The feed of changes does not tell of Event, which the document reads: export"),
        ("{ states { nodes { id colour } } }", "Cannot query field 'colour' on type 'State'."),
        ("{ states { totalCount } }", "A document is followed whose rows are selected in the list itself,"),
    ],
)
def test_what_can_t_be_followed_is_told_before_anything_is_read(text: str, expected: str) -> None:
    with pytest.raises(Failure) as refused:
        followed(text)

    assert str(refused.value).startswith(expected)
