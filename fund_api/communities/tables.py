"""Tables of communities. The words are those of the field; `schema/communities.py` says what they mean to a reader."""

import datetime
from enum import StrEnum

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Confidence, DatePrecision, Provenance
from fund_api.core.search_index import word_index

LARGEST_POPULATION = 1_000_000_000


class CommunityKind(StrEnum):
    """The kind of a local government, as the Census names it."""

    CITY = "CITY"
    TOWN = "TOWN"
    VILLAGE = "VILLAGE"
    BOROUGH = "BOROUGH"
    TOWNSHIP = "TOWNSHIP"
    PLANTATION = "PLANTATION"
    MUNICIPALITY = "MUNICIPALITY"
    MUNICIPIO = "MUNICIPIO"
    COUNTY = "COUNTY"
    PARISH = "PARISH"
    CENSUS_AREA = "CENSUS_AREA"
    CITY_AND_BOROUGH = "CITY_AND_BOROUGH"
    CONSOLIDATED = "CONSOLIDATED"
    CORPORATION = "CORPORATION"


class FormOfGovernment(StrEnum):
    """How a community is governed."""

    MAYOR_COUNCIL = "MAYOR_COUNCIL"
    COUNCIL_MANAGER = "COUNCIL_MANAGER"
    COUNCIL_ADMINISTRATOR = "COUNCIL_ADMINISTRATOR"
    COMMISSION = "COMMISSION"
    TOWN_MEETING = "TOWN_MEETING"
    REPRESENTATIVE_TOWN_MEETING = "REPRESENTATIVE_TOWN_MEETING"
    COUNTY_COMMISSION = "COUNTY_COMMISSION"
    COUNTY_ADMINISTRATOR = "COUNTY_ADMINISTRATOR"
    COUNTY_EXECUTIVE = "COUNTY_EXECUTIVE"
    OTHER = "OTHER"


class CampaignKind(StrEnum):
    """What a campaign wants for the form of government."""

    ADOPTION = "ADOPTION"
    RETENTION = "RETENTION"
    CHARTER_CHANGE = "CHARTER_CHANGE"
    POSITION_CREATION = "POSITION_CREATION"
    CONSOLIDATION = "CONSOLIDATION"


class MayorStrength(StrEnum):
    """What a mayor may do in a mayor-council form."""

    STRONG = "STRONG"
    WEAK = "WEAK"
    UNKNOWN = "UNKNOWN"


class FormBasis(StrEnum):
    """How a form was observed."""

    DIRECTORY = "DIRECTORY"
    BEFORE_VOTE = "BEFORE_VOTE"
    AFTER_VOTE = "AFTER_VOTE"


class Source(columns.Table, table=True):
    """Where facts came from, with its licence and how to credit it."""

    __tablename__ = "source"

    id: str = columns.identity("source")
    key: str = columns.text(500, unique=True)
    title: str = columns.text(300)
    title_folded: str = columns.text(600)
    search_text: str = columns.search_text()
    publisher: str | None = columns.text(200, nullable=True)
    url: str | None = columns.text(500, nullable=True)
    licence: str | None = columns.text(300, nullable=True)
    attribution: str | None = columns.text(500, nullable=True)
    retrieved_on: datetime.date | None = columns.date(nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_source_title", "title", "id"), word_index("source"))


class State(columns.Table, table=True):
    """A state, the District of Columbia or Puerto Rico."""

    __tablename__ = "state"

    id: str = columns.identity("state")
    code: str = columns.text(2, unique=True)
    name: str = columns.text(100)
    name_folded: str = columns.text(200)
    fips: str = columns.text(2, unique=True)
    population: int | None = columns.integer(0, LARGEST_POPULATION, nullable=True)
    population_year: int | None = columns.integer(1790, 2200, nullable=True)
    population_source_id: str | None = columns.reference("source.id", nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_state_name", "name", "id"), sa.Index("ix_state_code", "code", "id"), columns.SHARED)


class Community(columns.Table, table=True):
    """A general-purpose local government, with the form of government that was last observed."""

    __tablename__ = "community"

    id: str = columns.identity("comm")
    geoid: str = columns.text(10, unique=True)
    ocd_id: str | None = columns.text(200, nullable=True, unique=True)
    name: str = columns.text(200)
    name_folded: str = columns.text(400)
    search_text: str = columns.search_text()
    short_name: str = columns.text(200)
    kind: CommunityKind = columns.choice(CommunityKind)
    state_code: str = columns.reference("state.code", part=True)
    county_geoid: str | None = columns.text(5, nullable=True)
    county_name: str | None = columns.text(200, nullable=True)
    population: int | None = columns.integer(0, LARGEST_POPULATION, nullable=True)
    population_year: int | None = columns.integer(1790, 2200, nullable=True)
    population_source_id: str | None = columns.reference("source.id", nullable=True)
    latitude: float | None = columns.number(-90, 90, nullable=True)
    longitude: float | None = columns.number(-180, 180, nullable=True)
    website: str | None = columns.text(500, nullable=True)
    website_source_id: str | None = columns.reference("source.id", nullable=True)
    form_of_government: FormOfGovernment | None = columns.choice(FormOfGovernment, nullable=True)
    form_as_of: datetime.date | None = columns.date(nullable=True)
    form_as_of_precision: DatePrecision | None = columns.choice(DatePrecision, nullable=True)
    form_confidence: Confidence | None = columns.choice(Confidence, nullable=True)
    form_source_id: str | None = columns.reference("source.id", nullable=True)
    chief_official_title: str | None = columns.text(100, nullable=True)
    home_rule_charter_year: int | None = columns.integer(1600, 2200, nullable=True)
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.Index("ix_community_name", "name", "id"),
        sa.Index("ix_community_geoid", "geoid", "id"),
        *columns.both_null_orders("community", "population"),
        sa.Index("ix_community_state_name", "state_code", "name", "id"),
        sa.Index("ix_community_form", "form_of_government", "id"),
        word_index("community"),
    )


class FormPeriod(columns.Table, table=True):
    """A form of government as observed at one time, or in force from one day to another where that is known."""

    __tablename__ = "form_period"

    id: str = columns.identity("form")
    community_id: str = columns.reference("community.id")
    form: FormOfGovernment = columns.choice(FormOfGovernment)
    mayor_strength: MayorStrength | None = columns.choice(MayorStrength, nullable=True)
    local_name: str | None = columns.text(200, nullable=True)
    detail: str | None = columns.text(500, nullable=True)
    chief_official_title: str | None = columns.text(100, nullable=True)
    has_chief_administrative_officer: bool | None = columns.flag(nullable=True)
    legal_basis: str | None = columns.text(200, nullable=True)
    effective_from: datetime.date | None = columns.date(nullable=True)
    effective_to: datetime.date | None = columns.date(nullable=True)
    locked_until: datetime.date | None = columns.date(nullable=True)
    basis: FormBasis = columns.choice(FormBasis)
    observed_on: datetime.date | None = columns.date(nullable=True)
    observed_on_precision: DatePrecision | None = columns.choice(DatePrecision, nullable=True)
    date_inferred: bool = columns.flag()
    confidence: Confidence = columns.choice(Confidence)
    source_id: str = columns.reference("source.id")
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.CheckConstraint("effective_to >= effective_from", name="effective_order"),
        sa.CheckConstraint("(observed_on IS NULL) = (observed_on_precision IS NULL)", name="observed_precision"),
        sa.Index("ix_form_period_community", "community_id", "observed_on", "id"),
        *columns.both_null_orders("form_period", "observed_on"),
    )
