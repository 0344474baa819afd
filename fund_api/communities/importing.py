"""What the rows of the files of sources, states and communities mean; fund_api/data/SOURCES.md says it to a reader."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.communities.tables import (
    LARGEST_POPULATION,
    Community,
    CommunityKind,
    FormBasis,
    FormOfGovernment,
    FormPeriod,
    Source,
    State,
)
from fund_api.core.cells import Address, Day, Historic, decimal, searchable, shape, whole
from fund_api.core.columns import Table
from fund_api.core.facts import Confidence
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, Kind, Line, Row, Translate, ids_by
from fund_api.core.records import Problems
from fund_api.core.text import fold
from fund_api.core.words import search_text

REFERENDUM = "REFERENDUM"
"""Key of the source that stands for the referenda; each referendum also has a source of its own."""

Name = Annotated[str, searchable(200)]
Title = Annotated[str, Field(max_length=100)]
StateCode = Annotated[str, shape(r"[A-Z]{2}", "two capital letters")]
Geoid = Annotated[str, shape(r"\d{5}|\d{7}|\d{10}", "a Census GEOID of 5, 7 or 10 digits")]
Population = Annotated[int, whole(0, LARGEST_POPULATION)]
PopulationYear = Annotated[int, whole(1790, 2200)]
SourceKey = Annotated[str, Field(max_length=500)]

SOURCE, STATE, COMMUNITY, FORM_PERIOD = (
    Table.metadata.tables[str(table.__tablename__)] for table in (Source, State, Community, FormPeriod)
)


class SourceRow(Row):
    """A row of a sources file."""

    unique: ClassVar = (("key",),)

    key: SourceKey
    title: Annotated[str, searchable(300)]
    publisher: Annotated[str, Field(max_length=200)] | None
    url: Address | None
    licence: Annotated[str, Field(max_length=300)] | None
    attribution: Annotated[str, Field(max_length=500)] | None
    retrieved_on: Day | None


class StateRow(Row):
    """A row of a states file; its counts of communities can be had from the communities themselves."""

    passed_over: ClassVar = frozenset(
        {
            "communities",
            "counties",
            "municipalities",
            "referenda",
            "townships",
            "with_coordinates",
            "with_form_of_government",
            "with_population",
            "with_website",
        }
    )
    unique: ClassVar = (("code",), ("fips",))
    together: ClassVar = (("population", "population_year"),)

    code: StateCode
    name: Annotated[str, searchable(100)]
    fips: Annotated[str, shape(r"\d{2}", "two digits")]
    population: Population | None
    population_year: PopulationYear | None


class CommunityRow(Row):
    """A row of a communities file."""

    unique: ClassVar = (("source_id",), ("ocd_id",))
    together: ClassVar = (
        ("population", "population_year"),
        ("latitude", "longitude"),
        ("form_of_government", "form_source", "form_confidence", "form_as_of"),
        ("website", "website_source"),
    )

    source_id: Geoid
    name: Name
    short_name: Annotated[str, Field(max_length=200)]
    kind: CommunityKind
    state_code: StateCode
    county_fips: Annotated[str, shape(r"\d{5}", "five digits")] | None
    county_name: Annotated[str, Field(max_length=200)] | None
    population: Population | None
    population_year: PopulationYear | None
    latitude: Annotated[float, decimal(-90, 90)] | None
    longitude: Annotated[float, decimal(-180, 180)] | None
    form_of_government: FormOfGovernment | None
    form_source: SourceKey | None
    form_confidence: Confidence | None
    form_as_of: Historic | None
    form_detail: Annotated[str, Field(max_length=500)] | None
    chief_official_title: Title | None
    home_rule_charter_year: Annotated[int, whole(1600, 2200)] | None
    website: Address | None
    website_source: SourceKey | None
    ocd_id: Annotated[str, Field(max_length=200)] | None


def source_id(key: str) -> str:
    """The stable id of the source with this key."""
    return stable_id("source", key)


def community_id(geoid: str) -> str:
    """The stable id of the community with this Census GEOID."""
    return stable_id("comm", geoid)


def form_period_id(geoid: str, source: str, basis: FormBasis, observed: str) -> str:
    """The stable id of what one source says of one community at one time: at most one form for each basis."""
    return stable_id("form", geoid, source, basis, observed)


def population_source(year: int | None, *, subcounty: bool) -> str | None:
    """The key of the source of the populations of that year; other years than 2020 and 2021 have none here."""
    if year == 2021:
        return "SUB-EST2021" if subcounty else "CO-EST2021"
    return "CENSUS2020" if year == 2020 else None


@dataclass(frozen=True)
class References:
    """The ids of what rows may refer to (of states: their names), by key; an unknown key is a problem of its cell."""

    ids: Mapping[str, str]
    noun: str
    problems: Problems

    def find(self, key: str | None, line: int, column: str) -> str | None:
        """The id of the row with this key; null for a null key and, with a problem noted, for an unknown one."""
        if key is None:
            return None
        found = self.ids.get(key)
        if found is None:
            self.problems.add(line, column, f'needs the {self.noun} "{key}", which is not loaded; load it first.')
        return found


@dataclass(frozen=True)
class Places:
    """The communities that rows may refer to, by their columns community_source_id and state."""

    ids: Mapping[str, str]
    states: Mapping[str, str]
    problems: Problems

    def find(self, geoid: str, state: str, line: int) -> str | None:
        """The id of this community of this state; null, with a problem noted, when it is not loaded or elsewhere."""
        found = self.ids.get(geoid)
        if found is None:
            message = f'needs the community "{geoid}", which is not loaded; load it first.'
            self.problems.add(line, "community_source_id", message)
        elif self.states[geoid] != state:
            message = f'"{state}" is not the state of community {geoid}, {self.states[geoid]}.'
            self.problems.add(line, "state", message)
            return None
        return found


async def places(connection: AsyncConnection, problems: Problems) -> Places:
    """All communities that are loaded."""
    found = (await connection.execute(sa.select(COMMUNITY.c.geoid, COMMUNITY.c.id, COMMUNITY.c.state_code))).all()
    return Places({row[0]: row[1] for row in found}, {row[0]: row[2] for row in found}, problems)


async def _sources(_connection: AsyncConnection, _problems: Problems) -> Translate[SourceRow]:
    def translate(lines: Iterable[Line[SourceRow]]) -> Iterator[Entry]:
        for _, row in lines:
            words = {"title_folded": fold(row.title), "search_text": search_text(row.title)}
            values = row.model_dump() | {"id": source_id(row.key)} | words
            yield Entry(SOURCE, values)

    return translate


async def _states(connection: AsyncConnection, problems: Problems) -> Translate[StateRow]:
    sources = References(await ids_by(connection, SOURCE.c.key, SOURCE.c.id), "source", problems)

    def translate(lines: Iterable[Line[StateRow]]) -> Iterator[Entry]:
        for number, row in lines:
            key = population_source(row.population_year, subcounty=False)
            found = sources.find(key, number, "population_year")
            added = {"id": stable_id("state", row.code), "name_folded": fold(row.name), "population_source_id": found}
            yield Entry(STATE, row.model_dump() | added)

    return translate


async def _communities(connection: AsyncConnection, problems: Problems) -> Translate[CommunityRow]:
    sources = References(await ids_by(connection, SOURCE.c.key, SOURCE.c.id), "source", problems)
    states = References(await ids_by(connection, STATE.c.code, STATE.c.name), "state", problems)

    def translate(lines: Iterable[Line[CommunityRow]]) -> Iterator[Entry]:
        for line in lines:
            state = states.find(line.row.state_code, line.number, "state_code")
            yield _community(line, sources, state)
            period = _directory_period(line, sources)
            if period is not None:
                yield period

    return translate


def _community(line: Line[CommunityRow], sources: References, state: str | None) -> Entry:
    number, row = line
    population_key = population_source(row.population_year, subcounty=len(row.source_id) > 5)
    if row.form_detail is not None and row.form_of_government is None:
        sources.problems.add(number, "form_detail", "should be blank where form_of_government is.")
    values: dict[str, object] = {
        "id": community_id(row.source_id),
        "geoid": row.source_id,
        "ocd_id": row.ocd_id,
        "name": row.name,
        "name_folded": fold(row.name),
        "search_text": search_text(row.name, row.county_name, state, row.state_code),
        "short_name": row.short_name,
        "kind": row.kind,
        "state_code": row.state_code,
        "county_geoid": row.county_fips,
        "county_name": row.county_name,
        "population": row.population,
        "population_year": row.population_year,
        "population_source_id": sources.find(population_key, number, "population_year"),
        "latitude": row.latitude,
        "longitude": row.longitude,
        "website": row.website,
        "website_source_id": sources.find(row.website_source, number, "website_source"),
        "form_of_government": row.form_of_government,
        "form_as_of": row.form_as_of and row.form_as_of.first_day,
        "form_as_of_precision": row.form_as_of and row.form_as_of.precision,
        "form_confidence": row.form_confidence,
        "form_source_id": sources.find(row.form_source, number, "form_source"),
        "chief_official_title": row.chief_official_title,
        "home_rule_charter_year": row.home_rule_charter_year,
    }
    return Entry(COMMUNITY, values)


def _directory_period(line: Line[CommunityRow], sources: References) -> Entry | None:
    """The form as the directory observed it; forms that follow from a referendum come with the referendum."""
    row = line.row
    if row.form_source in (None, REFERENDUM) or row.form_as_of is None:
        return None
    values: dict[str, object] = {
        "id": form_period_id(row.source_id, row.form_source, FormBasis.DIRECTORY, str(row.form_as_of)),
        "community_id": community_id(row.source_id),
        "form": row.form_of_government,
        "detail": row.form_detail,
        "chief_official_title": row.chief_official_title,
        "basis": FormBasis.DIRECTORY,
        "observed_on": row.form_as_of.first_day,
        "observed_on_precision": row.form_as_of.precision,
        "date_inferred": False,
        "confidence": row.form_confidence,
        "source_id": sources.ids.get(row.form_source),
    }
    return Entry(FORM_PERIOD, values)


SOURCES = Kind("sources", SourceRow, (SOURCE,), _sources)
STATES = Kind("states", StateRow, (STATE,), _states)
COMMUNITIES = Kind("communities", CommunityRow, (COMMUNITY, FORM_PERIOD), _communities)
