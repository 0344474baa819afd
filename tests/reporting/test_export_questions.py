"""How the document of an export is rewritten, so that its rows say where to go on."""

import pytest

from fund_api.core.errors import Failure
from fund_api.reporting import questions

PLAIN = "query Won($passed: Boolean) { ballotMeasures(first: 5, filter: {passed: {eq: $passed}}) { totalCount nodes { id } } }"


def words(text: str | None) -> str:
    assert text is not None
    return " ".join(text.split())


def test_nodes_are_asked_for_as_edges_with_cursors() -> None:
    asked = questions.read(PLAIN, {"passed": True})

    assert asked.name == "Won"
    assert words(asked.rewritten) == (
        "query Won($passed: Boolean, $fundExportAfter: String) { ballotMeasures( first: 5 filter: { passed: { eq:"
        " $passed } } after: $fundExportAfter ) { edges { fundExportCursor: cursor node { id } } } }"
    )
    assert asked.going_on(None).variables == {"passed": True}
    assert asked.going_on("abc").variables == {"passed": True, "fundExportAfter": "abc"}


def test_the_document_s_own_variable_for_after_is_used() -> None:
    text = "query ($from: String, $size: Int) { states(first: $size, after: $from) { edges { cursor node { code } } } }"
    asked = questions.read(text, {"from": "abc", "size": 3})

    assert "{ fundExportCursor: cursor cursor node { code } }" in words(asked.rewritten)
    assert asked.going_on("def").variables == {"from": "def", "size": 3}
    assert asked.count is not None
    assert (words(asked.count.text), asked.count.variables) == ("{ list: states { totalCount } }", {})


def test_the_count_is_of_the_same_rows() -> None:
    asked = questions.read(PLAIN, {"passed": True})

    assert asked.count is not None
    assert words(asked.count.text) == (
        "query Won($passed: Boolean) { list: ballotMeasures(filter: { passed: { eq: $passed } }) { totalCount } }"
    )
    assert asked.count.variables == {"passed": True}


def test_where_a_document_begins_stays_when_it_says_so_itself() -> None:
    asked = questions.read('{ states(after: "abc") { nodes { code } } }', {})

    assert words(asked.rewritten).startswith(
        'query ($fundExportAfter: String = "abc") { states(after: $fundExportAfter)'
    )


@pytest.mark.parametrize(
    "text",
    [
        "{ states { nodes { code } } communities { nodes { id } } }",
        "{ ...All } fragment All on Query { states { nodes { code } } }",
        "{ states { ...Rows } } fragment Rows on StateConnection { nodes { code } }",
        "{ states { totalCount } }",
    ],
)
def test_what_can_t_be_rewritten_is_asked_as_it_is(text: str) -> None:
    asked = questions.read(text, {})

    assert (asked.rewritten, asked.count) == (None, None)
    assert asked.going_on(None).text == text


def test_a_document_that_can_t_be_read_is_told_in_words() -> None:
    with pytest.raises(Failure, match="The document can't be read: Syntax Error"):
        questions.read("{", {})
    with pytest.raises(Failure, match="A document is exported that has one operation; this one has 2"):
        questions.read("query A { states { nodes { code } } } query B { states { nodes { code } } }", {})
