"""The contract: every element described, the SDL up to date, the operations valid and answered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLString,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    print_schema,
)

import schema
from schema.__main__ import SDL
from tests.asking import CATALOGUE, Asker

DOCUMENTS = sorted((Path(schema.__file__).parent / "operations").glob("*/*.graphql"))
OPERATIONS = [path for path in DOCUMENTS if "\nsubscription " not in path.read_text(encoding="utf-8")]
"""What is answered once; tests/live/test_operations.py follows the others."""
VARIABLES: dict[str, dict[str, Any]] = {
    "AdoptionsNearOurSize": {"populationFrom": 10_000, "populationTo": 30_000, "since": "2015-01-01"},
    "BrochuresInTime": {"title": "Council-Manager Form of Government: What", "quantity": 200},
    "ChangedSince": {"number": 0},
    "ChangesSinceMyPull": {},
    "ClosestVotes": {"first": 2},
    "DefendCouncilManager": {},
    "DueMilestones": {"until": "2026-03-16"},
    "DutyConflicts": {},
    "FindPrograms": {"sessions": {"hasSeats": {"eq": True}}},
    "FindResources": {"filter": {"search": "charter"}},
    "FirstManager": {"geoid": "3962848"},
    "IdleHiringRequests": {"before": "2026-02-16T00:00:00Z"},
    "MoneyNotYetPromised": {"year": 2027},
    "MyQueue": {},
    "OurApplications": {},
    "RetentionsWithoutGrant": {"from": "2026-03-02", "until": "2026-05-31"},
    "TopicHub": {},
    "Margins": {},
    "MoneyByStatus": {},
    "DollarsPerResident": {},
    "DollarsPerVote": {},
    "TimeToDecision": {},
    "WinRates": {},
    "WinRatesByHelp": {},
    "WinRatesByPopulation": {},
    "WinRatesByState": {},
    "WinRatesByYear": {},
}
EMPTY = {"DutyConflicts", "MyQueue"}
"""What has nothing for the public: tests/schema/test_waiting.py."""


def undescribed() -> Iterator[str]:
    for name, kind in CATALOGUE.schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            yield name
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{name}.{value}" for value, declared in kind.values.items() if not declared.description)
        elif isinstance(kind, GraphQLInputObjectType):
            yield from (f"{name}.{field}" for field, declared in kind.fields.items() if not declared.description)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field, output in kind.fields.items():
                if not output.description:
                    yield f"{name}.{field}"
                yield from (f"{name}.{field}({a}:)" for a, given in output.args.items() if not given.description)


def test_every_element_is_described() -> None:
    assert list(undescribed()) == []


def test_the_written_sdl_is_the_schema() -> None:
    assert SDL.read_text(encoding="utf-8") == print_schema(CATALOGUE.schema) + "\n"


PARTS = {"EventChange", "PrivateChange"}
"""Entities that are parts of an event, which says how they came to be here."""


def test_every_entity_has_an_id_a_provenance_and_a_prefix_of_its_own() -> None:
    entities = CATALOGUE.entities.values()

    assert len({entity.prefix for entity in entities}) == len(entities) == 64
    for entity in entities:
        assert "id" in entity.type.fields
        assert ("provenance" in entity.type.fields) is (entity.name not in PARTS)
        assert [interface.name for interface in entity.type.interfaces] == ["Node"]


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
async def test_every_operation_is_named_as_its_file_and_answers(ask: Asker, path: Path) -> None:
    response = await ask.respond(path.read_text(encoding="utf-8"), VARIABLES[path.stem], path.stem)

    assert "errors" not in response
    assert all(response["data"].values()) or path.stem in EMPTY


async def test_question_2_has_a_town_our_size_adopted_lately_and_by_how_much(ask: Asker) -> None:
    text = next(path for path in OPERATIONS if path.stem == "AdoptionsNearOurSize").read_text(encoding="utf-8")

    data = await ask(text, populationFrom=10_000, populationTo=30_000, since="2015-01-01")

    assert [
        (node["title"], node["community"]["population"], node["measures"]["nodes"][0]["percentFor"])
        for node in data["campaigns"]["nodes"]
    ] == [
        ("Ashland, OR: adoption vote of 2020", 21_607, None),
        ("Fair Oaks Ranch, TX: adoption vote of 2017", 10_505, None),
        ("Freeport, IL: adoption vote of 2016", 23_650, 53.0),
    ]


async def test_question_12_the_closest_votes_with_their_sources(ask: Asker) -> None:
    text = next(path for path in OPERATIONS if path.stem == "ClosestVotes").read_text(encoding="utf-8")

    data = await ask(text, first=3)

    assert data["ballotMeasures"]["totalCount"] == 23
    assert [
        (node["margin"], node["campaign"]["community"]["name"], node["sources"]["nodes"][0]["title"])
        for node in data["ballotMeasures"]["nodes"]
    ] == [
        (10, "Saratoga Springs city", "The Saratogian, 2017-11-15"),
        (63, "Granite Falls city", "ICMA, From the Ballot Box"),
        (89, "Van Alstyne city", "ICMA, From the Ballot Box"),
    ]


SET_BY_RULES = {
    *("provenance", "createdAt", "updatedAt", "version", "stage", "publishedAt", "decidedAt", "decidedBy", "state"),
    *("margin", "dateInferred", "electionOnPrecision", "active", "erasedAt", "lastUsedAt", "revokedAt", "acceptedAt"),
    *("hash", "secretHash", "number", "actor", "mailedAt", "readAt", "searchText"),
}
"""What rules write and no client may."""
SAID_HERE = {("UpdateAdvisorInput", "active"), ("UpdateChapterInput", "active")}
"""What people say of advisors and chapters, though rules alone write it of persons."""


def _said(kind: GraphQLInputObjectType) -> Iterator[str]:
    """What an input takes, but SAID_HERE and the code of a state, which is a place and nothing that rows go through."""
    for name, field in kind.fields.items():
        is_place = (name, get_named_type(field.type)) == ("state", GraphQLString)
        if not is_place and (kind.name, name) not in SAID_HERE:
            yield name


def test_no_input_of_a_mutation_takes_what_only_rules_write() -> None:
    mutation = CATALOGUE.schema.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        assert list(field.args) == ["input"], name
        kind = get_named_type(field.args["input"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        assert not set(_said(kind)) & SET_BY_RULES, name
        assert "idempotencyKey" in kind.fields, name


def test_every_mutation_may_be_null_and_answers_with_errors() -> None:
    mutation = CATALOGUE.schema.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        assert isinstance(field.type, GraphQLObjectType), f"{name} must be nullable: a fault in it leaves the others"
        assert str(field.type.fields["errors"].type) == "[UserError!]!"
