"""The state ZZ, which is nowhere, and its twelve communities. No mutation makes those, so their rows are written."""

from dataclasses import dataclass
from datetime import date

from fund_api.communities.tables import (
    Community,
    CommunityKind,
    FormBasis,
    FormOfGovernment,
    FormPeriod,
    Source,
    State,
)
from fund_api.core.access import SYSTEM
from fund_api.core.facts import Confidence, DatePrecision
from fund_api.core.text import fold
from fund_api.core.words import search_text
from fund_api.core.writing import Transaction, writing
from fund_api.demo.accounts import named
from fund_api.demo.story import Story

STATE = "ZZ"
_FIPS, _FIRST = "99", 9_900_001
_YEAR = 2024
_SINCE = date(2020, 1, 1)
SOURCE = "DEMONSTRATION"


@dataclass(frozen=True, slots=True)
class Place:
    """A community of ZZ."""

    key: str
    short: str
    kind: CommunityKind
    population: int
    form: FormOfGovernment


Kind, Form = CommunityKind, FormOfGovernment
PLACES = (
    Place("fable_creek", "Fable Creek", Kind.CITY, 21_600, Form.COUNCIL_MANAGER),
    Place("inkwell", "Inkwell", Kind.CITY, 8_450, Form.MAYOR_COUNCIL),
    Place("paper_falls", "Paper Falls", Kind.CITY, 14_200, Form.MAYOR_COUNCIL),
    Place("draftsbury", "Draftsbury", Kind.TOWN, 30_100, Form.TOWN_MEETING),
    Place("quill_harbor", "Quill Harbor", Kind.CITY, 46_700, Form.COMMISSION),
    Place("margin_heights", "Margin Heights", Kind.CITY, 17_900, Form.COUNCIL_MANAGER),
    Place("chapter_grove", "Chapter Grove", Kind.VILLAGE, 11_300, Form.MAYOR_COUNCIL),
    Place("plot_prairie", "Plot Prairie", Kind.CITY, 24_800, Form.MAYOR_COUNCIL),
    Place("footnote", "Footnote", Kind.BOROUGH, 6_120, Form.COUNCIL_MANAGER),
    Place("preface", "Preface", Kind.TOWN, 12_750, Form.MAYOR_COUNCIL),
    Place("epilogue_springs", "Epilogue Springs", Kind.CITY, 9_980, Form.MAYOR_COUNCIL),
    Place("parable", "Parable", Kind.COUNTY, 88_400, Form.COUNTY_COMMISSION),
)


async def add_communities(story: Story) -> None:
    """Write the state, a source that says that all of it is made up, and the communities, each with its form."""
    async with writing(story.database, SYSTEM, story.moment) as tx:
        source = await _add_source(tx)
        name = named("Nowhere")
        state = {"code": STATE, "name": name, "name_folded": fold(name), "fips": _FIPS}
        population = sum(place.population for place in PLACES)
        known = {"population": population, "population_year": _YEAR, "population_source_id": source}
        story.found["state"] = await tx.add(State, "added", state | known)
        for number, place in enumerate(PLACES):
            story.found[place.key] = await _add_place(tx, place, str(_FIRST + number), source)


async def _add_source(tx: Transaction) -> str:
    title = named("What was made up for this demonstration")
    words = {"title": title, "title_folded": fold(title), "search_text": search_text(title)}
    return await tx.add(Source, "added", {"key": SOURCE, **words})


async def _add_place(tx: Transaction, place: Place, geoid: str, source: str) -> str:
    name, short = named(f"{place.short} {place.kind.lower()}"), named(place.short)
    row = {
        "geoid": geoid,
        "name": name,
        "name_folded": fold(name),
        "search_text": search_text(name, None, named("Nowhere"), STATE),
        "short_name": short,
        "kind": place.kind,
        "state_code": STATE,
        "population": place.population,
        "population_year": _YEAR,
        "population_source_id": source,
        "form_of_government": place.form,
        "form_as_of": _SINCE,
        "form_as_of_precision": DatePrecision.YEAR,
        "form_confidence": Confidence.LOW,
        "form_source_id": source,
    }
    community = await tx.add(Community, "added", row)
    period = {
        "community_id": community,
        "form": place.form,
        "basis": FormBasis.DIRECTORY,
        "observed_on": _SINCE,
        "observed_on_precision": DatePrecision.YEAR,
        "date_inferred": False,
        "confidence": Confidence.LOW,
        "source_id": source,
    }
    await tx.add(FormPeriod, "added", period)
    return community
