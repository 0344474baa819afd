"""Documents are validated by the rules that may find something in them, and texts are coerced as by the reference."""

from typing import Any

import pytest
from graphql import GraphQLError, OperationDefinitionNode, parse, specified_rules, validate
from graphql.execution.values import get_variable_values
from hypothesis import given
from hypothesis import strategies as st

from fund_api.graph.documents import SPEAKS_OF, read, rules
from fund_api.graph.errors import RequestErrors
from fund_api.graph.variables import coerced
from tests.asking import CATALOGUE

DOCUMENTS = [
    "query Q ( $ id : ID ! , $ n : Int ) { campaign ( id : $ id ) { title grants ( first : $ n ) { totalCount } } }",
    "query Q ( $ b : Boolean ! ) { states @ skip ( if : $ b ) { totalCount } campaigns @ include ( if : true ) { __typename } }",
    "{ states { ... Page nodes { ... on State { name } } } } fragment Page on StateConnection { totalCount }",
    "fragment A on State { name ... B } fragment B on State { code ... A } { states { nodes { ... A } } }",
    "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    "subscription S { states { totalCount } } query Q { states ( first : 1 ) { totalCount } }",
]
TOKENS = sorted(
    {token for document in DOCUMENTS for token in document.split()} | {"@defer", "unknown", '"a"', "[", "]"}
)


def edit(document: str, edits: list[tuple[int, str | None]]) -> str:
    """The document with tokens replaced, or left out."""
    tokens: list[str | None] = list(document.split())
    for place, token in edits:
        tokens[place % len(tokens)] = token
    return " ".join(token for token in tokens if token is not None)


@given(
    st.sampled_from(DOCUMENTS),
    st.lists(st.tuples(st.integers(0, 200), st.none() | st.sampled_from(TOKENS)), max_size=4),
)
def test_a_rule_is_left_out_only_where_it_finds_nothing(document: str, edits: list[tuple[int, str | None]]) -> None:
    text = edit(document, edits)
    try:
        node = parse(text)
    except GraphQLError:
        return
    every = [error.formatted for error in validate(CATALOGUE.schema, node)]
    assert [error.formatted for error in validate(CATALOGUE.schema, node, rules(text))] == every


def test_a_plain_document_needs_fewer_rules_and_each_mark_brings_its_own_back() -> None:
    everything = " ".join(marks[0] for marks, _ in SPEAKS_OF)
    idle = {rule for _, ruled in SPEAKS_OF for rule in ruled}

    assert set(specified_rules) - set(rules("{ states { totalCount } }")) == idle
    assert rules(everything) == list(specified_rules)
    assert idle <= set(specified_rules)


@pytest.mark.parametrize(
    ("declared", "values"),
    [
        ("$a: ID!, $b: String", {"a": "one", "b": ""}),
        ("$a: ID", {"a": None}),
        ("$a: ID!", {"a": 7}),
        ("$a: String", {}),
        ('$a: String = "x"', {}),
        ('$a: String = "x"', {"a": "y", "other": "z"}),
        ("$a: [ID!]!", {"a": "one"}),
        ("$a: Int", {"a": 5}),
        ("$a: ID!, $b: Int = 3", {"a": "one"}),
    ],
)
def test_variables_are_coerced_as_the_reference_does(declared: str, values: dict[str, Any]) -> None:
    node = parse(f"query Q({declared}) {{ __typename }}").definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    reference = get_variable_values(CATALOGUE.schema, node.variable_definitions or (), values)
    assert not isinstance(reference, list)

    assert coerced(CATALOGUE.schema, node, values).coerced == reference.coerced


@pytest.mark.parametrize(("declared", "values"), [("$a: ID!", {}), ("$a: String", {"a": 7}), ("$a: ID!", {"a": None})])
def test_wrong_variables_are_refused_as_the_reference_does(declared: str, values: dict[str, Any]) -> None:
    node = parse(f"query Q({declared}) {{ __typename }}").definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    reference = get_variable_values(CATALOGUE.schema, node.variable_definitions or (), values)

    with pytest.raises(RequestErrors) as refused:
        coerced(CATALOGUE.schema, node, values)
    assert [error.message for error in refused.value.errors] == [error.message for error in reference]  # type: ignore[union-attr]


def test_the_variables_that_are_cursors_and_ids_are_found_in_fragments_and_lists() -> None:
    text = """
        query Q($after: String, $one: ID!, $all: [ID!]!, $text: String) {
          states(after: $after) { nodes { ...Places } }
          campaign(id: $one) { title }
          nodes(ids: [$one]) { id }
          more: nodes(ids: $all) { id }
          campaigns(filter: { title: { contains: $text } }) { totalCount }
        }
        fragment Places on State { communities(before: $after) { totalCount } }
    """
    document = read(CATALOGUE.schema, text, 0)

    assert (set(document.cursors), set(document.ids)) == ({"after"}, {"one", "all"})
