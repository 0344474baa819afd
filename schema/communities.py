"""What clients see of communities, their states, their forms of government and the sources."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.communities import tables
from fund_api.communities.tables import CampaignKind, CommunityKind, FormBasis, FormOfGovernment, MayorStrength
from fund_api.core.facts import Confidence, DatePrecision, Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link
from fund_api.graph.types import Connection, Node, Stats
from fund_api.hiring.advisor_tables import AdvisorState

if TYPE_CHECKING:
    from schema.advisors import SeniorAdvisor
    from schema.campaigns import Campaign
    from schema.contributions import Contribution
    from schema.grants import Grant
    from schema.hiring import HiringRequest, ManagerPlacement

declare.enum(
    CampaignKind,
    "What a campaign wants for the form of government.",
    ADOPTION="To adopt a professionally managed form.",
    RETENTION="To keep a professionally managed form that others want to leave.",
    CHARTER_CHANGE="To change the charter in another way.",
    POSITION_CREATION="To create the position of a manager or administrator.",
    CONSOLIDATION="To bring governments together under one.",
)
declare.enum(
    CommunityKind,
    "The kind of a local government, as the Census names it.",
    CITY="A city.",
    TOWN="A town; in New England, New York and Wisconsin a division of a county that governs itself.",
    VILLAGE="A village.",
    BOROUGH="A borough; in Alaska what other states call a county.",
    TOWNSHIP="A township, a division of a county.",
    PLANTATION="A plantation of Maine.",
    MUNICIPALITY="A municipality whose legal name has no word for its kind.",
    MUNICIPIO="A municipio of Puerto Rico.",
    COUNTY="A county.",
    PARISH="A parish of Louisiana, what other states call a county.",
    CENSUS_AREA="A part of Alaska that has no borough; it has no government of its own.",
    CITY_AND_BOROUGH="A city and a borough of Alaska under one government.",
    CONSOLIDATED="A city and a county under one government.",
    CORPORATION="A corporation.",
)
declare.enum(
    FormOfGovernment,
    "How a community is governed.",
    MAYOR_COUNCIL="An elected mayor heads the administration beside an elected council.",
    COUNCIL_MANAGER="An elected council makes policy and appoints a professional manager, who runs the administration.",
    COUNCIL_ADMINISTRATOR="An elected council keeps the lead and appoints an administrator with fewer powers.",
    COMMISSION="Elected commissioners each head a department.",
    TOWN_MEETING="All voters meet to decide; an elected board carries out.",
    REPRESENTATIVE_TOWN_MEETING="Elected members of a town meeting decide; an elected board carries out.",
    COUNTY_COMMISSION="An elected board governs the county and its departments.",
    COUNTY_ADMINISTRATOR="An elected board appoints a professional administrator of the county.",
    COUNTY_EXECUTIVE="An elected executive heads the administration of the county.",
    OTHER="Another form.",
)
declare.enum(
    MayorStrength,
    "What the mayor may do in a mayor-council form.",
    STRONG="The mayor appoints, dismisses, vetoes and draws up the budget.",
    WEAK="The council keeps most of these powers.",
    UNKNOWN="A mayor-council form whose powers were not stated.",
)
declare.enum(
    FormBasis,
    "How a form of government was observed.",
    DIRECTORY="A directory lists it.",
    BEFORE_VOTE="A vote on the form started from it.",
    AFTER_VOTE="The outcome of a vote on the form implies it.",
)


@declare.entity(tables.Source, order=("title",), search=("title",))
class Source(Node):
    """Where facts came from, with its licence and how to credit it."""

    title: str = declare.column("Name of the source.", order=True, folded="title_folded")
    publisher: str | None = declare.column("Who publishes it.")
    url: str | None = declare.column("Its address; it may have moved since.")
    licence: str | None = declare.column("The terms of use, as far as they are known.")
    attribution: str | None = declare.column("How its authors ask to be credited.")
    retrieved_on: datetime.date | None = declare.column("The day on which it was read.")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.State, order=("name",))
class State(Node):
    """A state of the United States, the District of Columbia or Puerto Rico."""

    code: str = declare.column("Its two letters in postal addresses, such as OH.", order=True)
    name: str = declare.column("Its name.", order=True, folded="name_folded")
    fips: str = declare.column("Its number at the Census, two digits.")
    population: int | None = declare.column("Residents, as estimated for populationYear.")
    population_year: int | None = declare.column("The year that population speaks of.")
    population_source: Source | None = declare.to_one("Where population came from.", own="population_source_id")
    communities: Connection["Community"] = declare.to_many(
        "Its local governments, counties included.", key="state_code", own="code"
    )
    advisors: Connection[Annotated["SeniorAdvisor", strawberry.lazy("schema.advisors")]] = declare.to_many(
        "The senior advisors who cover it, by name.", via=Link(AdvisorState, parent="state_id", child="advisor_id")
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Community, order=("name",), search=("name", "countyName", "state.name", "state.code"))
class Community(Node):
    """A general-purpose local government. Names repeat inside a state: only geoid, ocdId and id identify it."""

    geoid: str = declare.column(
        "Its number at the Census: 5 digits for a county, 7 for a place, 10 for a township. A text: zeros lead.",
        order=True,
    )
    ocd_id: str | None = declare.column("Its Open Civic Data division id; unknown for a few.")
    name: str = declare.column("Its legal name with the word for its kind.", order=True, folded="name_folded")
    short_name: str = declare.column("Its name without the word for its kind.")
    kind: CommunityKind = declare.column("Its kind, as the Census names it.")
    state: State = declare.to_one("The state it lies in.", own="state_code", key="code")
    county_geoid: str | None = declare.column("Census number of the county it lies in, or of itself when it is one.")
    county_name: str | None = declare.column("The county it lies in; that of its point when it lies in several.")
    population: int | None = declare.column(
        "Residents in populationYear; null when unknown, which 0 is not.", order=True
    )
    population_year: int | None = declare.column("The year that population speaks of.")
    population_source: Source | None = declare.to_one("Where population came from.", own="population_source_id")
    latitude: float | None = declare.column("Degrees north of its point.")
    longitude: float | None = declare.column("Degrees east of its point; negative, as America lies west.")
    website: str | None = declare.column("Address of its site; it was not called, and may be dead.")
    website_source: Source | None = declare.to_one("Where website came from.", own="website_source_id")
    form_of_government: FormOfGovernment | None = declare.column("The form last observed; null where none is known.")
    form_as_of: datetime.date | None = declare.column("When formOfGovernment was observed; later changes are unknown.")
    form_as_of_precision: DatePrecision | None = declare.column("How much of formAsOf is known.")
    form_confidence: Confidence | None = declare.column("How far formOfGovernment can be relied on.")
    form_source: Source | None = declare.to_one("Where formOfGovernment came from.", own="form_source_id")
    forms: Connection["FormPeriod"] = declare.to_many(
        "Every observation of its form of government.", key="community_id"
    )
    chief_official_title: str | None = declare.column("What its chief official is called.")
    home_rule_charter_year: int | None = declare.column("The year of its home rule charter.")
    campaigns: Connection[Annotated["Campaign", strawberry.lazy("schema.campaigns")]] = declare.to_many(
        "Campaigns to change or defend its form of government.", key="community_id"
    )
    grants: Connection[Annotated["Grant", strawberry.lazy("schema.grants")]] = declare.to_many(
        "The grants for its campaigns that you may see, the oldest first.", key="community_id"
    )
    contributions: Connection[Annotated["Contribution", strawberry.lazy("schema.contributions")]] = declare.to_many(
        "Sums that sources report the fund to have given to its campaigns, apart from grants.", key="community_id"
    )
    hiring_requests: Connection[Annotated["HiringRequest", strawberry.lazy("schema.hiring")]] = declare.to_many(
        "Its requests for help with hiring that you may see, the latest first.", key="community_id"
    )
    manager_placements: Connection[Annotated["ManagerPlacement", strawberry.lazy("schema.hiring")]] = declare.to_many(
        "Managers whom it hired with the fund's help, the latest first.", key="community_id"
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.FormPeriod, order=("-observed_on",))
class FormPeriod(Node):
    """A form of government of a community: as observed once, or in force between two days where they are known."""

    community: Community = declare.to_one("The community that had it.", own="community_id")
    form: FormOfGovernment = declare.column("The form.")
    mayor_strength: MayorStrength | None = declare.column("For a mayor-council form: what the mayor may do.")
    local_name: str | None = declare.column("What the form is called there.")
    detail: str | None = declare.column("What the source says of it.")
    chief_official_title: str | None = declare.column("What the chief official was called.")
    has_chief_administrative_officer: bool | None = declare.column(
        "Whether an appointed officer led the administration."
    )
    legal_basis: str | None = declare.column("The charter, statute or ordinance behind it.")
    effective_from: datetime.date | None = declare.column("First day in force, where it is known.")
    effective_to: datetime.date | None = declare.column("Last day in force, where it is known.")
    locked_until: datetime.date | None = declare.column("The day before which the law forbids another change.")
    basis: FormBasis = declare.column("How it was observed.")
    observed_on: datetime.date | None = declare.column("When it was observed.", order=True)
    observed_on_precision: DatePrecision | None = declare.column("How much of observedOn is known.")
    date_inferred: bool = declare.column("Whether observedOn was concluded from the election that the source names.")
    confidence: Confidence = declare.column("How far it can be relied on.")
    source: Source = declare.to_one("Who says so.", own="source_id")
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class CommunityQueries:
    """Root fields on communities."""

    community: Community | None = declare.lookup("One community.", "id", "geoid", "ocd_id", by=True)
    communities: Connection[Community] = declare.listing("All communities, by name unless another order is asked for.")
    state: State | None = declare.lookup("One state by its two letters.", "code")
    form_periods: Connection[FormPeriod] = declare.listing(
        "The forms of government of all communities, the latest observed first."
    )
    states: Connection[State] = declare.listing("All states, the District of Columbia and Puerto Rico, by name.")
    sources: Connection[Source] = declare.listing("All sources that facts came from, by title.")
    community_stats: Stats = declare.stats(
        "Figures about communities in groups: counts and population.",
        Community,
        keys=(
            *("kind", "form_of_government", "form_as_of", "form_confidence", "population_year", "provenance"),
            *("home_rule_charter_year", "state.code", "state.name"),
        ),
        measures=("population",),
    )
