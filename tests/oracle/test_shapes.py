"""Documents of every shape that the schema allows, by hypothesis-graphql: reference and both databases agree."""

from collections.abc import AsyncIterator

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, build_schema, print_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from fund_api.graph.declarations import Listing, Lookup, NodeLookup
from tests.asking import CATALOGUE
from tests.databases import Databases
from tests.oracle.data import DAYS, MOMENTS, make_world
from tests.oracle.documents import takes_arguments
from tests.oracle.test_oracle import DOCUMENTS, SEED, Oracle, oracle


def of_rows() -> str:
    """The SDL without search and stats, which have references of their own, beside their tests."""
    schema = build_schema(print_schema(CATALOGUE.schema))
    assert schema.query_type is not None
    for name, declared in CATALOGUE.roots.items():
        if not isinstance(declared, Listing | Lookup | NodeLookup):
            del schema.query_type.fields[name]
    for entity in CATALOGUE.entities.values():
        made = schema.type_map[entity.name]
        assert isinstance(made, GraphQLObjectType)
        for name in [name for name, declared in entity.fields.items() if takes_arguments(declared)]:
            del made.fields[name]
    for name in schema.query_type.fields.keys() - CATALOGUE.roots.keys():
        del schema.query_type.fields[name]
    schema.mutation_type = None
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            kind.fields.pop("search", None)
    return print_schema(schema)


DOCUMENT = queries(
    of_rows(),
    custom_scalars={
        "Date": st.sampled_from([nodes.String(day.isoformat()) for day in DAYS]),
        "DateTime": st.sampled_from([nodes.String(moment.isoformat()) for moment in MOMENTS]),
        "Decimal": st.sampled_from([nodes.String(amount) for amount in ("0", "1.00", "2.51", "1e3", "-1", "0.001")]),
    },
)


@pytest.fixture(scope="module")
async def asked(databases: Databases) -> AsyncIterator[Oracle]:
    """An oracle on a small world."""
    async with oracle(databases, make_world("shapes")) as made:
        yield made


@settings(
    max_examples=max(1, DOCUMENTS // 10),
    derandomize=SEED == "1",
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(document=DOCUMENT)
async def test_documents_of_any_shape_are_answered_like_the_reference(asked: Oracle, document: str) -> None:
    assert await asked.differences(document, {}) == {}
