"""What a document and its variables may hold: each limit lets through what it allows and refuses one more."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLError, Lexer, Source, TokenKind, get_introspection_query
from hypothesis import given
from hypothesis import strategies as st

from fund_api.core.limits import STANDARD, Limits
from fund_api.core.settings import Settings
from fund_api.graph.documents import read
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.limits import MOST, check_text, check_values, name_of
from tests.asking import CATALOGUE
from tests.documents import queries
from tests.test_docs import PAGES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "limits.md"
OPERATIONS = sorted((ROOT / "schema" / "operations").rglob("*.graphql"))
THIRD = Limits(*(getattr(STANDARD, name) // 3 for name in STANDARD.__dataclass_fields__))


def refused(document: str, limits: Limits) -> tuple[str, dict[str, Any]]:
    """The message and the limit of the error that a document is refused with."""
    with pytest.raises(RequestErrors) as refusal:
        read(CATALOGUE.schema, document, 0, limits)
    return told(refusal.value)


def told(refusal: RequestErrors) -> tuple[str, dict[str, Any]]:
    [error] = refusal.formatted()
    assert (refusal.code, error["extensions"]["code"]) == (Code.LIMIT_EXCEEDED, "LIMIT_EXCEEDED")
    return error["message"], error["extensions"]["limit"]


NAMED = "{ states { nodes { name ...A ...A ... on State { name } } } } fragment A on State { name }"
CHAIN = "{ states { nodes { ...A } } } fragment A on State { communities { nodes { ...B } } } fragment B on Community { name }"


@pytest.mark.parametrize(
    ("name", "document", "found", "message"),
    [
        ("characters", "{ states { totalCount } }", 25, "The document has 25 characters; 24 are allowed."),
        ("tokens", '{ state(code: "O H") { name } } # a b', 11, "The document has 11 tokens; 10 are allowed."),
        ("nesting", "{ nodes(ids: [1]) { id } }", 3, "3 brackets are open inside each other; 2 are allowed."),
        ("directives", "{ __typename @skip(if: true) @include(if: true) }", 2, "The document has 2 directives; 1 are allowed."),
        ("aliases", "{ a: states { b: totalCount totalCount } }", 2, "The document has 2 aliases; 1 are allowed."),
        ("root_fields", "{ ...A } fragment A on Query { __typename a: __typename }", 2, "An operation has 2 root fields; 1 are allowed."),
        ("same_name", NAMED, 3, "3 fields are to be answered under one name; 2 are allowed."),
        ("depth", CHAIN, 5, "5 fields are inside each other; 4 are allowed."),
        ("fields", NAMED, 6, "The document has 6 fields, with its fragments filled in; 5 are allowed."),
        ("fragments", CHAIN, 2, "The document has 2 fragments; 1 are allowed."),
        ("variables", "query ($a: Int, $b: Int) { a: states(first: $a) { totalCount } states(first: $b) { totalCount } }", 2, "An operation declares 2 variables; 1 are allowed."),
        ("list_items", '{ nodes(ids: ["a", "b", "c"]) { id } }', 3, "A list has 3 items; 2 are allowed."),
    ],
)  # fmt: skip
def test_a_document_at_its_limit_is_read_and_one_beyond_is_refused(
    name: str, document: str, found: int, message: str
) -> None:
    limit = {"name": name_of(name), "found": found, "allowed": found - 1}

    read(CATALOGUE.schema, document, 0, replace(STANDARD, **{name: found}))
    assert refused(document, replace(STANDARD, **{name: found - 1})) == (message, limit)


@pytest.mark.parametrize(
    ("name", "variables", "found", "message"),
    [
        ("values", {"a": [1, {"b": None}], "c": "d"}, 25, "The variables hold 25 values; 24 are allowed."),
        ("nesting", {"a": [{"b": []}]}, 3, "3 brackets are open inside each other; 2 are allowed."),
        ("list_items", {"a": {"b": [1, 2, 3]}}, 3, "A list has 3 items; 2 are allowed."),
    ],
)
def test_variables_at_their_limit_are_taken_and_those_beyond_are_refused(
    name: str, variables: dict[str, Any], found: int, message: str
) -> None:
    check_values(variables, replace(STANDARD, **{name: found}))
    with pytest.raises(RequestErrors) as refusal:
        check_values(variables, replace(STANDARD, **{name: found - 1}))
    assert told(refusal.value)[0] == message


def test_values_are_not_counted_to_their_end_when_there_are_too_many() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(RequestErrors) as refusal:
        check_values({"a": deep}, STANDARD)
    assert told(refusal.value)[1] == {"name": "nesting", "found": 41, "allowed": 40}


def test_fragments_that_double_are_counted_without_being_filled_in() -> None:
    bomb = " ".join(f"fragment F{i} on State {{ ...F{i + 1} ...F{i + 1} }}" for i in range(40))
    document = f"{{ states {{ nodes {{ ...F0 }} }} }} {bomb} fragment F40 on State {{ name }}"

    assert refused(document, STANDARD)[1] == {"name": "fields", "found": MOST, "allowed": 1_000}


@pytest.mark.parametrize(
    "fragments",
    [
        "fragment A on State { ...A }",
        "fragment A on State { name ...B } fragment B on State { a: communities { nodes { state { ...A } } } }",
        "fragment A on State { name } fragment B on State { ...C } fragment C on State { ...B }",
        "fragment A on State { ...Nobody }",
    ],
)
def test_fragments_in_circles_are_left_to_validation(fragments: str) -> None:
    with pytest.raises(RequestErrors) as refusal:
        read(CATALOGUE.schema, f"{{ states {{ nodes {{ ...A }} }} }} {fragments}", 0)
    assert refusal.value.code is Code.VALIDATION_FAILED


def test_fragments_that_nothing_uses_count_too() -> None:
    document = "{ __typename } fragment A on State { ...B ...B } fragment B on State { name code }"

    assert refused(document, replace(STANDARD, fields=4))[1] == {"name": "fields", "found": 5, "allowed": 4}


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_the_operations_that_ship_need_a_third_at_most(path: Path) -> None:
    read(CATALOGUE.schema, path.read_text(encoding="utf-8"), 0, THIRD)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_need_a_third_at_most(page: Path) -> None:
    for query in queries(page):
        if "LIMIT_EXCEEDED" not in str(query.answer):
            check_text(query.document, THIRD)
            check_values(query.variables, THIRD)


def test_the_question_of_tools_about_the_schema_needs_a_third_at_most() -> None:
    whole = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    assert read(CATALOGUE.schema, whole, 0, THIRD).introspects


PIECES = ["{", "}", "[", "(", "@a", "...", "...B", "$v", "name", "12", "-1.5e+3", '"a # \\" {"', '""', '"""', '"', "\\", "\n", ",", "# no { \n", '"""b " \\""" {"""', "é", "\ufeff"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
def test_tokens_are_counted_as_the_parser_does(text: str) -> None:
    expected = []
    lexer = Lexer(Source(text))
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            if lexer.token.kind is not TokenKind.COMMENT:
                expected.append(lexer.token)
    except GraphQLError:
        return
    assert len(check_text(text, STANDARD)) == len(expected)


@pytest.mark.parametrize("piece", ['"', '"\\', '"a\\', '"""', '"""\\', '\\"""', "#", "..", "-", "-1.", "1e", "\\"])
def test_no_text_is_looked_at_again_and_again(piece: str) -> None:
    check_text(piece * (1_000_000 // len(piece)), replace(STANDARD, characters=10**6, tokens=10**6))


def table() -> str:
    """The page's table of limits, as the settings have it."""
    rows = ["| `extensions.limit.name` | Setting | Default | What is counted |", "| --- | --- | --- | --- |"]
    for name in STANDARD.__dataclass_fields__:
        setting = f"limit_{name}"
        meaning = Settings.model_fields[setting].description
        rows.append(f"| `{name_of(name)}` | `FUND_{setting.upper()}` | {getattr(STANDARD, name):,} | {meaning} |")
    return "\n".join(rows)


def test_the_page_has_every_limit_and_every_limit_its_setting() -> None:
    found = re.search(r"<!-- limits -->\n+(.*?)\n+<!-- /limits -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    said = found[1] if found else ""

    assert said == table(), f"{PAGE.name} should say, between <!-- limits --> and <!-- /limits -->:\n\n{table()}"
    assert Settings().limits == STANDARD
    assert Settings(limit_tokens=77, limit_root_fields=3).limits == replace(STANDARD, tokens=77, root_fields=3)
