"""Rows of communities mean what SOURCES.md says; what a source does not say stays unknown."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from fund_api import loading
from fund_api.core.database import Database
from fund_api.core.importing import BATCH, Loaded, Silence
from fund_api.core.records import BadFile
from fund_api.core.upserts import Counts
from tests.rows import Cells, added, count, everything, fetch, packaged, table, write

EARLIER = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 2, 2, tzinfo=UTC)

COMMUNITY, FORM_PERIOD, SOURCE, STATE = table("community"), table("form_period"), table("source"), table("state")


def cells(**changes: str) -> Cells:
    """A row of a communities file: Amherst, but for the changes."""
    return {
        "source_id": "2501370",
        "name": "Amherst Town city",
        "short_name": "Amherst Town",
        "kind": "CITY",
        "state_code": "MA",
        "county_fips": "25015",
        "county_name": "Hampshire County",
        "population": "39263",
        "population_year": "2020",
        "latitude": "42.3755",
        "longitude": "-72.51957",
        "form_of_government": "COUNCIL_MANAGER",
        "form_source": "MAPC-MMA-2019-20",
        "form_confidence": "HIGH",
        "form_as_of": "2019-08",
        "form_detail": "Legislative body: Council",
        "chief_official_title": "Town Manager",
        "home_rule_charter_year": "2018",
        "website": "https://www.amherstma.gov/",
        "website_source": "UScityURL",
        "ocd_id": "ocd-division/country:us/state:ma/place:amherst_town",
    } | changes


FORMLESS = dict.fromkeys(("form_of_government", "form_source", "form_confidence", "form_as_of", "form_detail"), "")


async def load(database: Database, folder: Path, rows: list[Cells], now: datetime = EARLIER) -> Loaded:
    """Load these communities, after the packaged sources and states."""
    sources = write(folder / "sources.csv", packaged("sources.csv"))
    states = write(folder / "states.csv", packaged("states.csv.gz"))
    communities = write(folder / "communities.csv", rows)
    return (await loading.load_files(database, [communities, states, sources], Silence(), now))[-1]


async def keys(database: Database) -> dict[str, str]:
    return {row[0]: row[1] for row in await fetch(database, sa.select(SOURCE.c.id, SOURCE.c.key))}


async def test_every_column_reaches_its_place(database: Database, tmp_path: Path) -> None:
    loaded = await load(database, tmp_path, [cells()])

    assert loaded.tables == {"community": Counts(1, 0, 0), "form_period": Counts(1, 0, 0)}
    community = dict(zip(COMMUNITY.c.keys(), (await fetch(database, sa.select(COMMUNITY)))[0], strict=True))
    key = await keys(database)
    assert key[community.pop("population_source_id")] == "CENSUS2020"
    assert key[community.pop("website_source_id")] == "UScityURL"
    assert key[community.pop("form_source_id")] == "MAPC-MMA-2019-20"
    assert community == {
        "id": "comm_4wy76m0qqtgyatnn3mgw5221ns",
        "geoid": "2501370",
        "ocd_id": "ocd-division/country:us/state:ma/place:amherst_town",
        "name": "Amherst Town city",
        "name_folded": "amherst town city",
        "search_text": "amherst town citi zy hampshir counti zy massachusett zy ma zy "
        "zwcity zwhampshire zwcounty zwmassachusetts",
        "short_name": "Amherst Town",
        "kind": "CITY",
        "state_code": "MA",
        "county_geoid": "25015",
        "county_name": "Hampshire County",
        "population": 39263,
        "population_year": 2020,
        "latitude": 42.3755,
        "longitude": -72.51957,
        "website": "https://www.amherstma.gov/",
        "form_of_government": "COUNCIL_MANAGER",
        "form_as_of": date(2019, 8, 1),
        "form_as_of_precision": "MONTH",
        "form_confidence": "HIGH",
        "chief_official_title": "Town Manager",
        "home_rule_charter_year": 2018,
        "provenance": "REPORTED",
        "created_at": EARLIER,
        "updated_at": EARLIER,
    }


async def test_a_form_of_a_directory_is_a_period_without_effective_dates(database: Database, tmp_path: Path) -> None:
    await load(database, tmp_path, [cells()])

    period = dict(zip(FORM_PERIOD.c.keys(), (await fetch(database, sa.select(FORM_PERIOD)))[0], strict=True))
    assert (await keys(database))[period["source_id"]] == "MAPC-MMA-2019-20"
    assert {
        name: value for name, value in period.items() if value is not None and not name.endswith(("id", "_at"))
    } == {
        "form": "COUNCIL_MANAGER",
        "detail": "Legislative body: Council",
        "chief_official_title": "Town Manager",
        "basis": "DIRECTORY",
        "observed_on": date(2019, 8, 1),
        "observed_on_precision": "MONTH",
        "date_inferred": False,
        "confidence": "HIGH",
        "provenance": "REPORTED",
    }


async def test_a_form_that_follows_from_a_referendum_is_no_period_here(database: Database, tmp_path: Path) -> None:
    await load(database, tmp_path, [cells(form_source="REFERENDUM", form_confidence="MEDIUM")])

    assert await count(database, "community", COMMUNITY.c.form_of_government == "COUNCIL_MANAGER") == 1
    assert await count(database, "form_period") == 0


async def test_blank_is_unknown_and_zero_is_zero(database: Database, tmp_path: Path) -> None:
    known = {"source_id", "name", "short_name", "kind", "state_code"}
    bare = {name: cell if name in known else "" for name, cell in cells().items()}
    none = cells(source_id="2501371", ocd_id="", population="0", latitude="0", longitude="-0.0")
    await load(database, tmp_path, [bare, none])

    both = await fetch(database, sa.select(COMMUNITY).order_by(COMMUNITY.c.geoid))
    unknown = {name for name, value in zip(COMMUNITY.c.keys(), both[0], strict=True) if value is None}
    needed = {"id", "geoid", "name", "name_folded", "search_text", "short_name", "kind", "state_code", "provenance"}
    assert set(COMMUNITY.c.keys()) - unknown == needed | {"created_at", "updated_at"}
    zeros = sa.select(COMMUNITY.c.population, COMMUNITY.c.latitude, COMMUNITY.c.longitude)
    assert await fetch(database, zeros.where(COMMUNITY.c.geoid == "2501371")) == [(0, 0.0, 0.0)]


@pytest.mark.parametrize(
    ("geoid", "year", "expected"),
    [
        ("25015", "2021", "CO-EST2021"),
        ("2501370", "2021", "SUB-EST2021"),
        ("2501301370", "2021", "SUB-EST2021"),
        ("2501370", "2020", "CENSUS2020"),
        ("25015", "2020", "CENSUS2020"),
        ("25015", "2019", None),
    ],
)
async def test_the_source_of_a_population_follows_from_its_year(
    database: Database, tmp_path: Path, geoid: str, year: str, expected: str | None
) -> None:
    await load(database, tmp_path, [cells(source_id=geoid, population_year=year)])

    source = sa.select(SOURCE.c.key).select_from(
        COMMUNITY.outerjoin(SOURCE, COMMUNITY.c.population_source_id == SOURCE.c.id)
    )
    assert await fetch(database, source) == [(expected,)]


async def test_the_longest_and_the_largest_values_fit(database: Database, tmp_path: Path) -> None:
    largest = cells(
        name="ﬁ" * 200,
        short_name="é" * 200,
        county_name="c" * 200,
        population="1000000000",
        population_year="2200",
        latitude="-90.00000000000000001",
        longitude="180.0",
        form_as_of="2200-12-31",
        form_detail="d" * 500,
        chief_official_title="t" * 100,
        home_rule_charter_year="1600",
        website="https://example.org/" + "w" * 480,
        ocd_id="o" * 200,
    )
    assert (await load(database, tmp_path, [largest])).tables["community"] == Counts(1, 0, 0)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"source_id": "250137"}, 'column source_id: "250137" should be a Census GEOID of 5, 7 or 10 digits.'),
        ({"kind": "HAMLET"}, "column kind: \"HAMLET\" should be 'CITY', 'TOWN', 'VILLAGE'"),
        ({"state_code": "ZZ"}, 'column state_code: needs the state "ZZ", which is not loaded; load it first.'),
        ({"website_source": "Mine"}, 'column website_source: needs the source "Mine", which is not loaded'),
        ({"form_source": "Mine"}, 'column form_source: needs the source "Mine", which is not loaded'),
        ({"website_source": ""}, "column website_source: should be given, since of website, website_source all"),
        ({"latitude": ""}, "column latitude: should be given, since of latitude, longitude all are or none."),
        ({"latitude": "90.1"}, 'column latitude: "90.1" should be a decimal number from -90 to 90.'),
        ({"longitude": "nan"}, 'column longitude: "nan" should be a decimal number from -180 to 180.'),
        ({"longitude": "1e2"}, 'column longitude: "1e2" should be a decimal number from -180 to 180.'),
        ({"form_as_of": "08/2019"}, 'column form_as_of: "08/2019" should be a date as YYYY, YYYY-MM or YYYY-MM-DD'),
        ({"form_as_of": "2019-02-30"}, "from 1600 to 2200, and one of the calendar."),
        ({"form_of_government": ""}, "column form_of_government: should be given, since of form_of_government,"),
        (FORMLESS | {"form_detail": "Council"}, "column form_detail: should be blank where form_of_government is."),
        ({"name": "\u0301"}, "should have letters or digits, in their plain forms."),
        ({"name": "ﷺ" * 100}, "should have letters or digits, in their plain forms."),
        ({"website": "javascript:alert(1)"}, "should be a web address, as https://example.org."),
        ({"website": "https://a.org/" + "w" * 490}, "should have at most 500 characters."),
        ({"ocd_id": "o" * 201}, "column ocd_id"),
    ],
)
async def test_a_bad_cell_is_told_and_no_community_is_kept(
    database: Database, tmp_path: Path, changes: Cells, expected: str
) -> None:
    with pytest.raises(BadFile) as told:
        await load(database, tmp_path, [cells(source_id="2500001", ocd_id=""), cells(**changes)])

    assert "communities.csv, line 3" in str(told.value)
    assert expected in str(told.value)
    assert await count(database, "community") == await count(database, "form_period") == 0
    assert await count(database, "state") == 52


async def test_a_bad_row_behind_good_batches_keeps_them_out(database: Database, tmp_path: Path) -> None:
    good = [cells(source_id=f"{number:07}", ocd_id="") for number in range(BATCH + 100)]

    with pytest.raises(BadFile, match=r"line 1102, column state_code"):
        await load(database, tmp_path, [*good, cells(state_code="ZZ")])

    assert await count(database, "community") == await count(database, "form_period") == 0


async def test_a_changed_row_changes_exactly_that_row(database: Database, tmp_path: Path) -> None:
    rows = [cells(source_id=f"{number:07}", ocd_id="") for number in range(2 * BATCH)]
    await load(database, tmp_path, rows)
    before = await everything(database)
    rows[BATCH] |= {"chief_official_title": "Administrator", "website": "", "website_source": ""}

    loaded = await load(database, tmp_path, rows, LATER)

    assert loaded.tables == {"community": Counts(0, 1, 1_999), "form_period": Counts(0, 1, 1_999)}
    assert await added(database, before) == {"community": 1, "form_period": 1, "loaded_file": 1, "past": 2}
    columns = (COMMUNITY.c.geoid, COMMUNITY.c.chief_official_title, COMMUNITY.c.website, COMMUNITY.c.updated_at)
    updated = sa.select(*columns).where(COMMUNITY.c.updated_at > EARLIER)
    assert await fetch(database, updated) == [("0001000", "Administrator", None, LATER)]


async def test_a_source_tells_its_licence_and_when_it_was_read(database: Database, tmp_path: Path) -> None:
    await load(database, tmp_path, [cells()])

    columns = (SOURCE.c.title, SOURCE.c.publisher, SOURCE.c.licence, SOURCE.c.retrieved_on, SOURCE.c.provenance)
    assert await fetch(database, sa.select(*columns).where(SOURCE.c.key == "UScityURL")) == [
        (
            "UScityURL: web sites of United States municipalities, September 2022",
            "Cai, Huang and Decaminada",
            "CC BY 4.0",
            date(2026, 11, 22),
            "REPORTED",
        )
    ]


async def test_a_day_has_to_be_a_day(database: Database, tmp_path: Path) -> None:
    sources = write(tmp_path / "mine.csv", [packaged("sources.csv")[0] | {"retrieved_on": "2026-11"}])

    with pytest.raises(BadFile, match=r'column retrieved_on: "2026-11" should be a date with its day, as YYYY-MM-DD\.'):
        await loading.load_files(database, [sources], Silence(), EARLIER)
