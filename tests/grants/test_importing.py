"""Rows of contributions become sums of campaigns, each with its source, and nothing that no source says."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from fund_api import loading
from fund_api.core.database import Database
from fund_api.core.importing import Loaded, Silence
from fund_api.core.money import LARGEST, to_decimal
from fund_api.core.records import BadFile
from fund_api.core.upserts import Counts
from tests.campaigns import votes
from tests.campaigns.votes import EARLIER
from tests.rows import Cells, count, everything, fetch, packaged, table, write

LATER = datetime(2026, 2, 2, tzinfo=UTC)
CAMPAIGN, COMMUNITY, SOURCE, GIVEN = table("campaign"), table("community"), table("source"), table("contribution")
PAPER, URL = "The Saratogian, 2017-11-15", "https://example.org/2017"


def cells(**changes: str) -> Cells:
    """A row of a file of contributions, to the adoption campaign of Saratoga Springs, but for the changes."""
    return {
        "community_source_id": "3665255",
        "community": "Saratoga Springs",
        "state": "NY",
        "campaign_kind": "ADOPTION",
        "vote_date": "2017-11-07",
        "awarded_usd": "1250.5",
        "source": PAPER,
        "source_url": URL,
        "note": "",
    } | changes


async def load(database: Database, folder: Path, *rows: Cells, now: datetime = EARLIER) -> Loaded:
    path = write(folder / "contributions.csv", list(rows))
    return (await loading.load_files(database, [path], Silence(), now))[0]


async def contributions(database: Database) -> list[tuple[object, ...]]:
    """Each with its community, campaign and source, the largest first."""
    columns = (COMMUNITY.c.geoid, CAMPAIGN.c.title, GIVEN.c.amount, GIVEN.c.currency, SOURCE.c.key, GIVEN.c.note)
    joined = GIVEN.join(CAMPAIGN, CAMPAIGN.c.id == GIVEN.c.campaign_id).join(SOURCE)
    joined = joined.join(COMMUNITY, COMMUNITY.c.id == GIVEN.c.community_id)
    return await fetch(database, sa.select(*columns).select_from(joined).order_by(-GIVEN.c.amount, COMMUNITY.c.geoid))


async def test_the_packaged_contributions_are_those_of_their_file(loaded: Database) -> None:
    page = "https://icma.org/community-support"
    old = "http://icma.org/en/icma/priorities/fund_for_professional_management/fund_dollars_at_work"

    assert await contributions(loaded) == [
        ("0664000", "Sacramento, CA: retention vote of 2014", 3_400_000, "USD", page, "Largest contribution found"),
        (
            *("41011", "Coos County, OR: adoption vote of 2012", 500_000, "USD", old),
            "Two competing measures on the same day",
        ),
        ("4516000", "Columbia, SC: retention vote of 2013", 500_000, "USD", old, None),
        ("5376405", "Washougal, WA: retention vote of 2013", 500_000, "USD", old, None),
        ("5365170", "Snohomish, WA: retention vote of 2016", 350_000, "USD", page, None),
        ("4575850", "West Columbia, SC: retention vote of 2014", 300_000, "USD", page, None),
        ("17111", "McHenry County, IL: retention vote of 2012", 284_500, "USD", old, None),
    ]
    assert await fetch(loaded, sa.select(GIVEN.c.provenance).distinct()) == [("REPORTED",)]


async def test_every_contribution_is_to_a_campaign_of_its_community(loaded: Database) -> None:
    joined = GIVEN.join(CAMPAIGN, CAMPAIGN.c.id == GIVEN.c.campaign_id)
    elsewhere = sa.select(GIVEN.c.id).select_from(joined).where(GIVEN.c.community_id != CAMPAIGN.c.community_id)

    assert await fetch(loaded, elsewhere) == []
    assert await count(loaded, "grant") == 0


async def test_a_row_is_a_sum_and_the_source_that_the_ballot_measure_names(database: Database, tmp_path: Path) -> None:
    await votes.load(database, tmp_path, [votes.cells()])
    before = await fetch(database, sa.select(SOURCE).where(SOURCE.c.key == URL))

    loaded = await load(database, tmp_path, cells(), now=LATER)

    assert loaded.tables == {"source": Counts(0, 0, 0), "contribution": Counts(1, 0, 0)}
    title = "Saratoga Springs, NY: adoption vote of 2017"
    assert await contributions(database) == [("3665255", title, 125_050, "USD", URL, None)]
    assert await fetch(database, sa.select(SOURCE).where(SOURCE.c.key == URL)) == before


async def test_loading_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    await votes.load(database, tmp_path, packaged("referenda.csv.gz"))
    rows = packaged("contributions.csv")
    rows[0] |= {"source": "The Bee", "source_url": "https://example.org/bee"}
    first = await load(database, tmp_path, *rows)
    before = await everything(database)

    again = await load(database, tmp_path, *rows, now=LATER)

    assert first.tables == {"source": Counts(1, 0, 0), "contribution": Counts(7, 0, 0)}
    assert again.tables == {"source": Counts(0, 0, 1), "contribution": Counts(0, 0, 7)}
    assert await everything(database) == before


async def test_referenda_and_contributions_do_not_overwrite_the_sources_of_each_other(
    database: Database, tmp_path: Path
) -> None:
    rows, given = packaged("referenda.csv.gz"), packaged("contributions.csv")
    await votes.load(database, tmp_path, rows)
    await load(database, tmp_path, *given)
    before = await everything(database)

    again = await votes.load(database, tmp_path, rows, LATER)
    await load(database, tmp_path, *given, now=LATER)

    assert again.tables["source"] == Counts(0, 0, 19)
    assert await everything(database) == before


async def test_a_corrected_sum_changes_exactly_its_contribution(database: Database, tmp_path: Path) -> None:
    await votes.load(database, tmp_path, packaged("referenda.csv.gz"))
    rows = packaged("contributions.csv")
    await load(database, tmp_path, *rows)
    rows[6]["awarded_usd"] = "2845.50"

    corrected = await load(database, tmp_path, *rows, now=LATER)

    assert corrected.tables["contribution"] == Counts(0, 1, 6)
    written = sa.select(GIVEN.c.amount, GIVEN.c.created_at, GIVEN.c.updated_at).where(GIVEN.c.updated_at > EARLIER)
    assert await fetch(database, written) == [(284_550, EARLIER, LATER)]


async def test_a_source_that_nothing_else_names_is_written_and_can_be_renamed(
    database: Database, tmp_path: Path
) -> None:
    await votes.load(database, tmp_path, [votes.cells()])
    other = "https://example.org/fund"
    await load(database, tmp_path, cells(source="The Fund", source_url=other))

    await load(database, tmp_path, cells(source="The Fund, a page", source_url=other), now=LATER)

    columns = (SOURCE.c.title, SOURCE.c.title_folded, SOURCE.c.url, SOURCE.c.retrieved_on, SOURCE.c.provenance)
    assert await fetch(database, sa.select(*columns).where(SOURCE.c.key == other)) == [
        ("The Fund, a page", "the fund, a page", other, None, "REPORTED")
    ]


async def test_what_is_known_of_a_source_stays(database: Database, tmp_path: Path) -> None:
    await votes.load(database, tmp_path, [votes.cells()])
    other = {"source": "The Fund", "source_url": "https://example.org/fund"}
    await load(database, tmp_path, cells(**other))
    async with database.writing() as connection:
        of_it = SOURCE.update().where(SOURCE.c.key == other["source_url"])
        await connection.execute(of_it.values(retrieved_on=date(2026, 1, 31), publisher="The Fund"))

    await load(database, tmp_path, cells(awarded_usd="2", **other), now=LATER)

    known = sa.select(SOURCE.c.retrieved_on, SOURCE.c.publisher).where(SOURCE.c.key == other["source_url"])
    assert await fetch(database, known) == [(date(2026, 1, 31), "The Fund")]


async def test_the_name_of_the_community_may_be_left_out(database: Database, tmp_path: Path) -> None:
    await votes.load(database, tmp_path, [votes.cells()])
    row = cells()
    del row["community"]

    loaded = await load(database, tmp_path, row)

    assert loaded.tables["contribution"] == Counts(1, 0, 0)


@pytest.mark.parametrize(("text", "amount"), [("0.01", 1), ("2845", 284_500), ("10000000000000.00", LARGEST)], ids=str)
async def test_an_amount_is_kept_to_the_cent(database: Database, tmp_path: Path, text: str, amount: int) -> None:
    await votes.load(database, tmp_path, [votes.cells()])

    await load(database, tmp_path, cells(awarded_usd=text))

    assert await fetch(database, sa.select(GIVEN.c.amount)) == [(amount,)]


NO_AMOUNT = f"should be dollars above 0, up to {to_decimal(LARGEST)}, in digits with at most two decimals."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "NJ"}, 'column state: "NJ" is not the state of community 3665255, NY.'),
        (
            {"community_source_id": "9999999"},
            'column community_source_id: needs the community "9999999", which is not loaded; load it first.',
        ),
        (
            {"vote_date": "2017-11"},
            'column vote_date: needs the vote of "2017-11" in community 3665255, which is not loaded; load it first.',
        ),
        (
            {"community_source_id": "0862000", "state": "CO"},
            'column vote_date: needs the vote of "2017-11-07" in community 0862000, which is not loaded;',
        ),
        (
            {"campaign_kind": "RETENTION"},
            'column campaign_kind: "RETENTION" is not the kind of the campaign of this vote, ADOPTION.',
        ),
        ({"campaign_kind": "RECALL"}, 'column campaign_kind: "RECALL" should be'),
        ({"awarded_usd": "much"}, f'column awarded_usd: "much" {NO_AMOUNT}'),
        ({"awarded_usd": "0.00"}, f'column awarded_usd: "0.00" {NO_AMOUNT}'),
        ({"awarded_usd": "-5"}, f'column awarded_usd: "-5" {NO_AMOUNT}'),
        ({"awarded_usd": "1.005"}, f'column awarded_usd: "1.005" {NO_AMOUNT}'),
        ({"awarded_usd": "3,500"}, f'column awarded_usd: "3,500" {NO_AMOUNT}'),
        ({"awarded_usd": "10000000000000.01"}, f'column awarded_usd: "10000000000000.01" {NO_AMOUNT}'),
        ({"awarded_usd": ""}, "column awarded_usd: should not be blank."),
        ({"source_url": ""}, "column source_url: should not be blank."),
        (
            {"source": "Somebody"},
            f'column source: "Somebody" should be "{PAPER}", as a ballot measure names this source_url.',
        ),
        (
            {"source": "Somebody", "source_url": "https://example.org/fund"},
            'column source: "Somebody" should be "The Fund", as line 2 names this source_url.',
        ),
        ({"note": "n" * 1_001}, "column note: "),
        (
            {"vote_date": "2016-11-08"},
            'column community_source_id: "3665255", "2016-11-08" is on line 2 already; it should be there once.',
        ),
    ],
)
async def test_a_bad_row_is_told_by_its_line_and_column_and_nothing_is_kept(
    database: Database, tmp_path: Path, changes: Cells, expected: str
) -> None:
    await votes.load(database, tmp_path, [votes.cells(), votes.cells(date="2016-11-08")])
    good = cells(vote_date="2016-11-08", source="The Fund", source_url="https://example.org/fund")
    before = await everything(database)

    with pytest.raises(BadFile) as told:
        await load(database, tmp_path, good, cells(**changes), now=LATER)

    assert f"contributions.csv, line 3, {expected}" in str(told.value)
    assert await everything(database) == before
