"""The packaged reference data, loaded whole: what is in it, to the row, and nothing that no source says."""

import gzip
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest
import sqlalchemy as sa

from fund_api import loading
from fund_api.core.database import Database
from fund_api.core.importing import Loaded, Silence
from fund_api.core.records import BadFile
from tests.rows import count, fetch, packaged, table, write

NOW = datetime(2026, 3, 3, tzinfo=UTC)

COMMUNITY, STATE, SOURCE = table("community"), table("state"), table("source")
CAMPAIGN, MEASURE, PERIOD = table("campaign"), table("ballot_measure"), table("form_period")

WHOLE = {
    "source": 11 + 19,
    "state": 52,
    "community": 39_234,
    "form_period": 351 + 82,
    "campaign": 52,
    "ballot_measure": 54,
    "ballot_measure_source": 54,
    "contribution": 7,
    "procedure_rule": 5,
    "program": 3,
}

LIBRARY = {
    "practice_areas": 5,
    "responsibilities": 5,
    "resources": 66,
    "topic_sections": 13,
    "editorial": 78,
    "programs": 3,
}
"""Rows of the files of the library and of programs; tests/library and tests/careers look at what they become."""


async def tally(database: Database, column: sa.Column[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in await fetch(database, sa.select(column, sa.func.count()).group_by(column))}


async def test_every_packaged_row_is_loaded(loaded: Database) -> None:
    assert {name: await count(loaded, name) for name in WHOLE} == WHOLE


async def test_loading_a_second_time_changes_nothing(loaded: Database) -> None:
    again = await loading.load_reference(loaded, Silence(), NOW)

    assert [(each.kind, each.rows) for each in again] == [
        ("sources", 11),
        ("states", 52),
        ("communities", 39_234),
        ("referenda", 54),
        ("contributions", 7),
        ("procedure_rules", 5),
        *LIBRARY.items(),
    ]
    counts = [(name, each) for file in again for name, each in file.tables.items()]
    assert sum(each.unchanged for name, each in counts if name in WHOLE) == sum(WHOLE.values())
    assert sum(each.inserted + each.changed for _, each in counts) == 0
    assert await count(loaded, "community", COMMUNITY.c.updated_at != COMMUNITY.c.created_at) == 0


async def test_campaigns_are_counted_by_kind_and_outcome(loaded: Database) -> None:
    assert await tally(loaded, CAMPAIGN.c.kind) == {"ADOPTION": 29, "RETENTION": 18, "CHARTER_CHANGE": 5}
    kinds = sa.select(CAMPAIGN.c.kind, CAMPAIGN.c.outcome, sa.func.count())
    grouped = kinds.group_by(CAMPAIGN.c.kind, CAMPAIGN.c.outcome).order_by(CAMPAIGN.c.kind, CAMPAIGN.c.outcome)
    assert await fetch(loaded, grouped) == [
        ("ADOPTION", "ADOPTED", 18),
        ("ADOPTION", "REJECTED", 11),
        ("CHARTER_CHANGE", "ADOPTED", 1),
        ("CHARTER_CHANGE", "REJECTED", 4),
        ("RETENTION", "ABANDONED", 6),
        ("RETENTION", "RETAINED", 12),
    ]
    assert await tally(loaded, MEASURE.c.kind) == {"ADOPTION": 30, "ABANDONMENT": 18, "OTHER": 6}


async def test_what_the_data_reports_is_published_when_it_is_loaded(loaded: Database) -> None:
    assert await fetch(loaded, sa.select(CAMPAIGN.c.version).distinct()) == [(1,)]
    assert await count(loaded, "campaign", CAMPAIGN.c.published_at == CAMPAIGN.c.created_at) == 52


async def test_sacramento_retained_its_form_twice(loaded: Database) -> None:
    columns = (CAMPAIGN.c.title, CAMPAIGN.c.kind, CAMPAIGN.c.outcome, CAMPAIGN.c.election_on)
    joined = sa.select(*columns).join(COMMUNITY, COMMUNITY.c.id == CAMPAIGN.c.community_id)
    assert await fetch(loaded, joined.where(COMMUNITY.c.geoid == "0664000").order_by(CAMPAIGN.c.election_on)) == [
        ("Sacramento, CA: retention vote of 2014", "RETENTION", "RETAINED", date(2014, 11, 4)),
        ("Sacramento, CA: retention vote of 2020", "RETENTION", "RETAINED", date(2020, 11, 3)),
    ]


async def test_saratoga_springs_was_ten_votes_short_in_2017(loaded: Database) -> None:
    columns = (CAMPAIGN.c.outcome, MEASURE.c.votes_for, MEASURE.c.votes_against, MEASURE.c.margin, MEASURE.c.as_of)
    joined = sa.select(*columns).join(CAMPAIGN, CAMPAIGN.c.id == MEASURE.c.campaign_id)
    assert await fetch(loaded, joined.where(CAMPAIGN.c.title == "Saratoga Springs, NY: adoption vote of 2017")) == [
        ("REJECTED", 4448, 4458, 10, date(2026, 11, 22))
    ]


async def test_competing_questions_are_measures_of_one_campaign(loaded: Database) -> None:
    several = sa.select(CAMPAIGN.c.title, CAMPAIGN.c.kind, CAMPAIGN.c.outcome, sa.func.count()).join(
        MEASURE, MEASURE.c.campaign_id == CAMPAIGN.c.id
    )
    grouped = several.group_by(CAMPAIGN.c.id).having(sa.func.count() > 1).order_by(CAMPAIGN.c.title)
    assert await fetch(loaded, grouped) == [
        ("Bridgewater, MA: adoption vote of 2010", "ADOPTION", "ADOPTED", 2),
        ("Coos County, OR: adoption vote of 2012", "ADOPTION", "REJECTED", 2),
    ]


async def test_names_repeat_and_only_the_geoid_tells_communities_apart(loaded: Database) -> None:
    of_indiana = (COMMUNITY.c.state_code == "IN", COMMUNITY.c.kind == "TOWNSHIP")
    assert await count(loaded, "community", COMMUNITY.c.name == "Jackson township", *of_indiana) == 47


async def test_accents_are_kept_and_folded(loaded: Database) -> None:
    found = sa.select(COMMUNITY.c.short_name).where(COMMUNITY.c.name_folded.startswith("la canada"))
    assert await fetch(loaded, found) == [("La Cañada Flintridge",)]


async def test_no_population_is_zero_only_where_the_census_counted_nobody(loaded: Database) -> None:
    assert await count(loaded, "community", COMMUNITY.c.population == 0) == 11
    assert await count(loaded, "community", COMMUNITY.c.population.is_(None)) == 10_800
    assert await count(loaded, "community", COMMUNITY.c.latitude.is_(None)) == 13_402
    assert await fetch(loaded, sa.select(STATE.c.code).where(STATE.c.population.is_(None))) == [("PR",)]


async def test_every_population_has_the_source_of_its_year(loaded: Database) -> None:
    joined = sa.select(SOURCE.c.key, sa.func.count()).join(COMMUNITY, COMMUNITY.c.population_source_id == SOURCE.c.id)
    found = await fetch(loaded, joined.group_by(SOURCE.c.key).order_by(SOURCE.c.key))
    assert found == [("CENSUS2020", 78), ("CO-EST2021", 3_101), ("SUB-EST2021", 25_255)]


async def test_forms_are_known_where_a_source_says_one(loaded: Database) -> None:
    assert await count(loaded, "community", COMMUNITY.c.form_of_government.is_not(None)) == 387
    confidence = (COMMUNITY.c.form_confidence == "HIGH", COMMUNITY.c.form_of_government.is_not(None))
    assert await count(loaded, "community", *confidence) == 351
    assert await tally(loaded, PERIOD.c.basis) == {"DIRECTORY": 351, "BEFORE_VOTE": 38, "AFTER_VOTE": 44}


async def test_no_effective_date_is_invented(loaded: Database) -> None:
    invented = sa.or_(
        PERIOD.c.effective_from.is_not(None), PERIOD.c.effective_to.is_not(None), PERIOD.c.locked_until.is_not(None)
    )
    assert await count(loaded, "form_period", invented) == 0


async def test_the_addresses_are_as_their_sources_write_them(loaded: Database) -> None:
    assert await count(loaded, "community", COMMUNITY.c.website.is_not(None)) == 17_522
    bare = sa.select(COMMUNITY.c.website).where(COMMUNITY.c.website.not_like("http%"))
    assert await fetch(loaded, bare) == [("www.milford-nj.us",)]


async def test_files_are_loaded_in_the_order_in_which_they_refer_to_each_other(
    database: Database, tmp_path: Path
) -> None:
    names = ("referenda.csv.gz", "communities.csv.gz", "states.csv.gz", "sources.csv")
    named = {row["community_source_id"] for row in packaged(names[0])}
    rows = {name: packaged(name) for name in names}
    rows[names[1]] = [row for row in rows[names[1]] if row["source_id"] in named]
    paths = [write(tmp_path / f"{number}.csv", rows[name]) for number, name in enumerate(names)]

    loaded = await loading.load_files(database, paths, Silence(), NOW)

    assert [each.kind for each in loaded] == ["sources", "states", "communities", "referenda"]
    assert await count(database, "campaign") == 52


async def test_the_files_before_a_bad_one_stay_loaded(database: Database, tmp_path: Path) -> None:
    sources = write(tmp_path / "sources.csv", packaged("sources.csv"))
    rows = packaged("states.csv.gz")
    rows[51] |= {"fips": "x"}
    states = write(tmp_path / "states.csv", rows)

    with pytest.raises(BadFile, match=r"states.csv, line 53, column fips"):
        await loading.load_files(database, [states, sources], Silence(), NOW)

    assert (await count(database, "source"), await count(database, "state")) == (11, 0)


async def test_nothing_is_loaded_when_one_file_is_of_no_known_kind(database: Database, tmp_path: Path) -> None:
    sources = write(tmp_path / "sources.csv", packaged("sources.csv"))
    other = write(tmp_path / "other.csv", [{"a": "1"}])

    with pytest.raises(BadFile, match=r"other.csv has columns of no known kind"):
        await loading.load_files(database, [sources, other], Silence(), NOW)

    assert await count(database, "source") == 0


async def test_the_report_follows_the_file_to_its_end(database: Database, tmp_path: Path) -> None:
    class Notes:
        def __init__(self) -> None:
            self.told: list[object] = []

        def begin(self, file: str, kind: str, size: int) -> None:
            self.told.append((kind, size))

        def advance(self, position: int) -> None:
            self.told.append(position)

        def end(self, loaded: Loaded) -> None:
            self.told.append(loaded.rows)

    notes, sources = Notes(), write(tmp_path / "sources.csv", packaged("sources.csv"))
    await loading.load_files(database, [sources], notes, NOW)

    size = sources.stat().st_size
    assert notes.told == [("sources", size), size, 11]


def test_the_packaged_files_are_small_and_compressed_alike_everywhere() -> None:
    folder = files("fund_api") / "data"
    stored = {name: (folder / name).read_bytes() for name in loading.REFERENCE}
    assert sum(map(len, stored.values())) < 2_000_000
    for name, content in stored.items():
        if name.endswith(".gz"):
            flags_and_time = content[3:8]
            assert flags_and_time == bytes(5), name
            assert gzip.decompress(content).endswith(b"\n")


def test_every_source_that_a_row_names_and_every_file_is_described() -> None:
    described = (files("fund_api") / "data" / "SOURCES.md").read_text(encoding="utf-8")
    for name in loading.REFERENCE:
        assert f"| {name} |" in described
    for row in packaged("sources.csv"):
        assert f"| {row['key']} |" in described
        assert row["licence"]
        assert row["attribution"]
        assert row["retrieved_on"] == "2026-11-22"


async def test_a_file_is_remembered_by_its_content_once(database: Database, tmp_path: Path) -> None:
    assert not await loading.is_reference_loaded(database)

    for hour in (1, 2):
        await loading.load_reference(database, Silence(), datetime(2026, 1, 1, hour, tzinfo=UTC))

    assert await loading.is_reference_loaded(database)
    remembered = table("loaded_file")
    rows = await fetch(
        database, sa.select(remembered.c.name, remembered.c.kind, remembered.c.rows).order_by(remembered.c.name)
    )
    assert rows == sorted(
        [
            ("communities.csv.gz", "communities", 39_234),
            ("contributions.csv", "contributions", 7),
            ("procedure_rules.csv", "procedure_rules", 5),
            ("referenda.csv.gz", "referenda", 54),
            ("sources.csv", "sources", 11),
            ("states.csv.gz", "states", 52),
            *((f"{kind}.csv", kind, number) for kind, number in LIBRARY.items()),
        ]
    )
