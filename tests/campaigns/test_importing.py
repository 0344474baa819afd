"""Rows of referenda become campaigns, measures, sources and form periods, and nothing that a source does not say."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from fund_api.core.database import Database
from fund_api.core.records import BadFile
from fund_api.core.upserts import Counts
from tests.campaigns.votes import EARLIER, cells, load
from tests.rows import Cells, added, count, everything, fetch, packaged, table

LATER = datetime(2026, 2, 2, tzinfo=UTC)
READ_ON = date(2026, 11, 22)

CAMPAIGN, MEASURE, PERIOD = table("campaign"), table("ballot_measure"), table("form_period")
COMMUNITY, SOURCE, LINK = table("community"), table("source"), table("ballot_measure_source")


async def campaigns(database: Database) -> list[tuple[object, ...]]:
    columns = (CAMPAIGN.c.title, CAMPAIGN.c.kind, CAMPAIGN.c.stage, CAMPAIGN.c.outcome)
    return await fetch(database, sa.select(*columns).order_by(CAMPAIGN.c.title))


async def test_a_row_is_a_campaign_a_measure_its_source_and_two_observed_forms(
    database: Database, tmp_path: Path
) -> None:
    loaded = await load(database, tmp_path, [cells()])

    new = {"source": 1, "campaign": 1, "ballot_measure": 1, "ballot_measure_source": 1, "form_period": 2}
    assert loaded.tables == {name: Counts(inserted, 0, 0) for name, inserted in new.items()}
    title = "Saratoga Springs, NY: adoption vote of 2017"
    assert await campaigns(database) == [(title, "ADOPTION", "DECIDED", "REJECTED")]
    measure = dict(zip(MEASURE.c.keys(), (await fetch(database, sa.select(MEASURE)))[0], strict=True))
    assert {name: value for name, value in measure.items() if not name.endswith(("id", "_at"))} == {
        "question": "Change from commission to council-manager",
        "question_folded": "change from commission to council-manager",
        "search_text": "chang from commiss to council manag zy unoffici count zy "
        "zwchange zwcommission zwmanager zwunofficial",
        "kind": "ADOPTION",
        "election_on": date(2017, 11, 7),
        "election_on_precision": "DAY",
        "date_inferred": False,
        "votes_for": 4448,
        "votes_against": 4458,
        "margin": 10,
        "percent_for": None,
        "percent_against": 50.1,
        "passed": False,
        "result_status": "REPORTED",
        "yes_means": None,
        "fund_position": None,
        "form_before": "COMMISSION",
        "form_after": "COMMISSION",
        "note": "Unofficial count",
        "as_of": READ_ON,
        "confidence": "MEDIUM",
        "version": 1,
        "provenance": "REPORTED",
    }


async def test_a_measure_names_the_source_that_reports_it(database: Database, tmp_path: Path) -> None:
    await load(database, tmp_path, [cells()])

    columns = (SOURCE.c.key, SOURCE.c.title, SOURCE.c.url, SOURCE.c.publisher, SOURCE.c.retrieved_on)
    url = "https://example.org/2017"
    assert await fetch(database, sa.select(*columns).join(LINK, LINK.c.source_id == SOURCE.c.id)) == [
        (url, "The Saratogian, 2017-11-15", url, None, READ_ON)
    ]


@pytest.mark.parametrize(
    ("kind", "outcome", "expected"),
    [
        ("ADOPTION", "PASSED", ("Saratoga Springs, NY: adoption vote of 2017", "ADOPTION", "DECIDED", "ADOPTED")),
        ("ADOPTION", "FAILED", ("Saratoga Springs, NY: adoption vote of 2017", "ADOPTION", "DECIDED", "REJECTED")),
        (
            "ABANDONMENT",
            "PASSED",
            ("Saratoga Springs, NY: retention vote of 2017", "RETENTION", "DECIDED", "ABANDONED"),
        ),
        ("ABANDONMENT", "FAILED", ("Saratoga Springs, NY: retention vote of 2017", "RETENTION", "DECIDED", "RETAINED")),
        (
            "OTHER",
            "PASSED",
            ("Saratoga Springs, NY: charter change vote of 2017", "CHARTER_CHANGE", "DECIDED", "ADOPTED"),
        ),
        (
            "OTHER",
            "FAILED",
            ("Saratoga Springs, NY: charter change vote of 2017", "CHARTER_CHANGE", "DECIDED", "REJECTED"),
        ),
    ],
)
async def test_kind_and_outcome_of_a_campaign_follow_from_the_change_and_its_result(
    database: Database, tmp_path: Path, kind: str, outcome: str, expected: tuple[str, ...]
) -> None:
    await load(database, tmp_path, [cells(kind=kind, outcome=outcome)])

    assert await campaigns(database) == [expected]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([("ADOPTION", "FAILED"), ("ADOPTION", "PASSED")], ("ADOPTION", "ADOPTED")),
        ([("OTHER", "PASSED"), ("ADOPTION", "FAILED")], ("ADOPTION", "REJECTED")),
        ([("ABANDONMENT", "FAILED"), ("OTHER", "PASSED")], ("RETENTION", "RETAINED")),
        ([("OTHER", "FAILED"), ("OTHER", "FAILED")], ("CHARTER_CHANGE", "REJECTED")),
    ],
)
async def test_competing_questions_of_a_day_are_one_campaign(
    database: Database, tmp_path: Path, results: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    rows = [
        cells(question=f"Question {number}", kind=kind, outcome=outcome)
        for number, (kind, outcome) in enumerate(results)
    ]
    elsewhere = cells(place="Pueblo", state="CO", community_source_id="0862000")
    loaded = await load(database, tmp_path, [rows[0], elsewhere, *rows[1:]])

    assert loaded.tables["campaign"] == Counts(2, 0, 0)
    assert loaded.tables["ballot_measure"] == Counts(len(rows) + 1, 0, 0)
    assert loaded.tables["form_period"] == Counts(4, 0, 0)
    ours = sa.select(CAMPAIGN.c.kind, CAMPAIGN.c.outcome).where(CAMPAIGN.c.title.startswith("Saratoga"))
    assert await fetch(database, ours) == [expected]


@pytest.mark.parametrize(
    ("text", "precision", "expected"),
    [
        ("2017-11-07", "DAY", (date(2017, 11, 7), "DAY", False)),
        ("2017-11-07", "DAY_INFERRED", (date(2017, 11, 7), "DAY", True)),
        ("2017-11", "MONTH", (date(2017, 11, 1), "MONTH", False)),
        ("2017", "YEAR", (date(2017, 1, 1), "YEAR", False)),
    ],
)
async def test_a_date_says_how_much_of_it_is_known(
    database: Database, tmp_path: Path, text: str, precision: str, expected: tuple[object, ...]
) -> None:
    await load(database, tmp_path, [cells(date=text, date_precision=precision, form_after="")])

    for each in (CAMPAIGN, MEASURE):
        known = sa.select(each.c.election_on, each.c.election_on_precision, each.c.date_inferred)
        assert await fetch(database, known) == [expected]
    period = sa.select(PERIOD.c.observed_on, PERIOD.c.observed_on_precision, PERIOD.c.date_inferred)
    assert await fetch(database, period.where(PERIOD.c.basis == "BEFORE_VOTE")) == [expected]
    assert await count(database, "form_period", PERIOD.c.basis == "AFTER_VOTE") == 0


async def test_a_county_is_called_a_county_in_its_title(database: Database, tmp_path: Path) -> None:
    await load(
        database, tmp_path, [cells(place="Luzerne", place_kind="COUNTY", state="PA", community_source_id="42079")]
    )

    assert (await campaigns(database))[0][0] == "Luzerne County, PA: adoption vote of 2017"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"community_source_id": "9999999"},
            'column community_source_id: needs the community "9999999", which is not loaded; load it first.',
        ),
        ({"question": "Another", "state": "NJ"}, 'column state: "NJ" is not the state of community 3665255, NY.'),
        ({"date_precision": "MONTH"}, 'column date_precision: "MONTH" does not fit the date "2017-11-07", which is of'),
        ({"date": "2017"}, 'column date_precision: "DAY" does not fit the date "2017", which is of precision YEAR.'),
        ({"outcome": ""}, "column outcome: should not be blank."),
        ({"outcome": "TIED"}, "column outcome: \"TIED\" should be 'PASSED' or 'FAILED'."),
        ({"votes_for": "1000000001"}, "column votes_for"),
        ({"percent_for": "100.1"}, 'column percent_for: "100.1" should be a decimal number from 0 to 100.'),
        ({"source_url": ""}, "column source_url: should not be blank."),
        ({"question": "q" * 1_001}, "should have at most 1000 characters."),
        ({"note": "n" * 1_001}, "should have at most 1000 characters."),
        ({}, 'column community_source_id: "3665255", "2017-11-07", "Change from commission to council-manager" is on'),
        ({"question": "Another", "kind": "ABANDONMENT"}, "column kind: should not be both ADOPTION and ABANDONMENT in"),
        (
            {"question": "Another", "form_after": "COUNCIL_MANAGER"},
            'column form_after: "COUNCIL_MANAGER" contradicts COMMISSION on line 2, of the same source and vote.',
        ),
        (
            {"question": "Another", "source": "Somebody"},
            'column source: "Somebody" should be "The Saratogian, 2017-11-15", as line 2 names this source_url.',
        ),
    ],
)
async def test_a_bad_row_is_told_and_no_campaign_is_kept(
    database: Database, tmp_path: Path, changes: Cells, expected: str
) -> None:
    with pytest.raises(BadFile) as told:
        await load(database, tmp_path, [cells(), cells(**changes)])

    assert "referenda.csv, line 3" in str(told.value)
    assert expected in str(told.value)
    tables = ("campaign", "ballot_measure", "ballot_measure_source")
    assert [await count(database, name) for name in tables] == [0, 0, 0]
    assert await count(database, "form_period", PERIOD.c.basis != "DIRECTORY") == 0
    assert await count(database, "source") == 11


async def test_a_corrected_count_changes_exactly_its_measure(database: Database, tmp_path: Path) -> None:
    rows = packaged("referenda.csv.gz")
    await load(database, tmp_path, rows)
    before = await everything(database)
    corrected = next(row for row in rows if row["votes_for"] == "4448")
    corrected["votes_for"] = "4449"

    loaded = await load(database, tmp_path, rows, LATER)

    assert loaded.tables["ballot_measure"] == Counts(0, 1, 53)
    assert await added(database, before) == {"ballot_measure": 1, "loaded_file": 1, "past": 1}
    updated = sa.select(MEASURE.c.votes_for, MEASURE.c.margin, MEASURE.c.created_at, MEASURE.c.updated_at)
    assert await fetch(database, updated.where(MEASURE.c.updated_at > EARLIER)) == [(4449, 9, EARLIER, LATER)]


async def test_what_a_file_does_not_speak_of_stays(database: Database, tmp_path: Path) -> None:
    await load(database, tmp_path, [cells()])
    async with database.writing() as connection:
        await connection.execute(sa.update(CAMPAIGN).values(summary="Written here"))

    await load(database, tmp_path, [cells(outcome="PASSED", form_after="COUNCIL_MANAGER")], LATER)

    assert await fetch(database, sa.select(CAMPAIGN.c.summary, CAMPAIGN.c.outcome)) == [("Written here", "ADOPTED")]


async def test_loading_again_raises_the_version_of_what_differs_and_publishes_nothing_anew(
    database: Database, tmp_path: Path
) -> None:
    await load(database, tmp_path, [cells()])
    async with database.writing() as connection:
        await connection.execute(CAMPAIGN.update().values(published_at=None, version=4))

    await load(database, tmp_path, [cells(votes_for="4449")], LATER)

    assert await fetch(database, sa.select(CAMPAIGN.c.version, CAMPAIGN.c.published_at)) == [(4, None)]
    assert await fetch(database, sa.select(MEASURE.c.version, MEASURE.c.votes_for)) == [(2, 4_449)]
