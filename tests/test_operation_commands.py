"""The commands about trusted documents."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from fund_api.edge.document_tables import LONGEST_DOCUMENT
from schema import manifest
from tests.commands import Run

STATES = "query States {\n  states { totalCount }\n}\n"
TWO = "query One { __typename }\nquery Two { __typename }"


def identifier(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def lines(run: Run, *words: str) -> list[str]:
    status, said, complained = run("operations", "list", *words)
    assert (status, complained) == (0, "")
    return said.splitlines()


@pytest.mark.parametrize(
    "content",
    [
        {identifier(STATES): STATES, identifier(TWO): TWO},
        {identifier(STATES).removeprefix("sha256:"): STATES, identifier(TWO).removeprefix("sha256:"): TWO},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [
                {"id": identifier(text).removeprefix("sha256:"), "name": name, "type": "query", "body": text}
                for name, text in (("States", STATES), ("One", TWO))
            ],
        },
    ],
    ids=["prefixed", "bare", "apollo"],
)
def test_a_manifest_is_added_and_listed(run: Run, tmp_path: Path, content: dict[str, Any]) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(content))

    assert run("operations", "add", "website", str(path)) == (0, "website: 2 added, 0 were there.\n", "")
    assert run("operations", "add", "website", str(path)) == (0, "website: 0 added, 2 were there.\n", "")
    header, *rows = lines(run, "website")
    assert header == "client\tname\tdocument id\tadded"
    assert [re.sub(r"\d", "0", row.rpartition("\t")[2]) for row in rows] == ["0000-00-00 00:00 UTC"] * 2
    assert [row.rpartition("\t")[0] for row in rows] == [
        f"website\tOne, Two\t{identifier(TWO)}",
        f"website\tStates\t{identifier(STATES)}",
    ]


def test_documents_are_added_as_they_are_one_a_file(run: Run, tmp_path: Path) -> None:
    for name, text in (("States", STATES), ("Nameless", "{ __typename }\r\n")):
        (tmp_path / f"{name}.graphql").write_bytes(text.encode())

    paths = [str(tmp_path / f"{name}.graphql") for name in ("States", "Nameless", "States")]
    assert run("operations", "add", "website", *paths) == (0, "website: 2 added, 0 were there.\n", "")
    assert [row.split("\t")[1:3] for row in lines(run, "website")[1:]] in (
        [["", identifier("{ __typename }\r\n")], ["States", identifier(STATES)]],
        [["States", identifier(STATES)], ["", identifier("{ __typename }\r\n")]],
    )


def test_what_ships_is_listed_first(run: Run) -> None:
    shipped = [f"fund-api\t{name}\t{each}\t" for name, each in manifest.named().items()]

    assert lines(run)[1:] == lines(run, "fund-api")[1:] == shipped
    assert len(shipped) == len(manifest.packaged()) > 10
    assert lines(run, "website")[1:] == []


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.graphql", "{", "Syntax Error: Expected Name, found <EOF>. (line 1, column 2)"),
        ("a.graphql", "{\n  nothing }", "Cannot query field 'nothing' on type 'Query'. (line 2, column 3)"),
        ("a.graphql", "", "Syntax Error: Unexpected <EOF>. (line 1, column 1)"),
        ("a.graphql", "fragment A on State { code }", "Fragment 'A' is never used. (line 1, column 1)"),
        ("a.graphql", b"{ __typename }\xff", "'utf-8' codec can't decode byte 0xff in position 14: invalid start byte."),
        ("a.graphql", "{ __typename } #\0", "a document has at most 100,000 characters, and none is U+0000."),
        ("a.graphql", "#" * (LONGEST_DOCUMENT + 1), "a document has at most 100,000 characters, and none is U+0000."),
        ("a.json", "[]", "a manifest is a JSON object of identifiers and texts."),
        ("a.json", "{", "unexpected end of data: line 1 column 2 (char 1)."),
        ("a.json", '{"x": 1}', "x: a text is needed."),
        ("a.json", '{"operations": [{"id": "x"}]}', "x: a text is needed."),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_told_in_words_and_nothing_is_added(
    run: Run, tmp_path: Path, name: str, content: str | bytes, expected: str
) -> None:
    good, bad = tmp_path / "good.graphql", tmp_path / name
    good.write_text(STATES)
    bad.write_bytes(content if isinstance(content, bytes) else content.encode())

    status, said, complained = run("operations", "add", "website", str(good), str(bad))

    assert (status, said) == (1, "")
    assert complained == f"{bad}: {expected}\nNothing was added.\n"
    assert lines(run, "website")[1:] == []


def test_every_error_is_told_with_its_file(run: Run, tmp_path: Path) -> None:
    wrong, manifest_path, gone = tmp_path / "a.graphql", tmp_path / "b.json", tmp_path / "gone.json"
    wrong.write_text("{ first second }")
    manifest_path.write_text(json.dumps({identifier(TWO): STATES, "0" * 32: STATES}))

    assert run("operations", "add", "website", str(wrong), str(manifest_path), str(gone)) == (
        1,
        "",
        f"{wrong}: Cannot query field 'first' on type 'Query'. (line 1, column 3)\n"
        f"{wrong}: Cannot query field 'second' on type 'Query'. (line 1, column 9)\n"
        f"{manifest_path}: {identifier(TWO)}: this is not the SHA-256 of its text, which is {identifier(STATES)}.\n"
        f"{manifest_path}: {'0' * 32}: this is not the SHA-256 of its text, which is {identifier(STATES)}.\n"
        f"{gone}: No such file or directory.\n"
        "Nothing was added.\n",
    )


def test_documents_are_removed_by_identifier_or_all_of_a_client(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({identifier(text): text for text in (STATES, TWO, "{ __typename }")}))
    for client in ("website", "mobile"):
        run("operations", "add", client, str(path))

    assert run("operations", "remove", "website", identifier(STATES)) == (0, "website: 1 removed.\n", "")
    assert [row.split("\t")[2] for row in lines(run, "website")[1:]] == [identifier("{ __typename }"), identifier(TWO)]
    assert run("operations", "remove", "website", "--all") == (0, "website: 2 removed.\n", "")
    assert len(lines(run, "mobile")[1:]) == 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("add", "fund-api", "FILE"), "A client is called by a name of letters, digits,"),
        (("remove", "website"), "Name the documents that are to be removed, or say --all."),
        (("remove", "website", "--all", "x"), "Name the documents that are to be removed, or say --all."),
        (("remove", "website", "x"), "x is no identifier of a document: sha256: and 64 lower-case hexadecimal digits."),
        (("remove", "website", "0" * 64), f"website has no document sha256:{'0' * 64}."),
        (("remove", "mobile", "--all"), "There are no documents of a client mobile."),
        (("remove", "fund-api", "--all"), "There are no documents of a client fund-api."),
    ],
)
def test_what_can_t_be_done_is_told_in_words_and_changes_nothing(
    run: Run, tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    path = tmp_path / "States.graphql"
    path.write_text(STATES)
    run("operations", "add", "website", str(path))
    before = lines(run)

    status, said, complained = run("operations", *(str(path) if word == "FILE" else word for word in words))

    assert (status, said) == (1, "")
    assert complained.startswith(expected)
    assert lines(run) == before
