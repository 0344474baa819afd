"""`fund-api export --since` as a command: on the database itself and on a server, with right and wrong cursors."""

import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from fund_api.core.database import Database, Dialect
from tests.commands import Run
from tests.conftest import load_reference
from tests.databases import Databases
from tests.test_serving import serving

STATES = "query States { states(orderBy: [{field: CODE}]) { nodes { id code name } } }"
NEW = "What changed can't be told from there: export anew, without --since.\n"


@pytest.fixture
async def database(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """The packaged data, to write to."""
    async with databases.copied(Dialect.SQLITE, "reference", load_reference) as copied:
        monkeypatch.setenv("FUND_DATABASE_URL", copied.url.render_as_string(hide_password=False))
        yield copied


@pytest.fixture
def export(run: Run, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`fund-api export`, in a folder with a document."""
    monkeypatch.delenv("FUND_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "States.graphql").write_text(STATES)
    return lambda *words: run("export", *words)


def write(database: Database, statement: str) -> None:
    """Write as another process does, for commands have a loop of their own."""
    with closing(sqlite3.connect(str(database.url.database))) as connection, connection:
        connection.execute(statement)


def test_changes_go_into_a_file_of_their_own_from_here_and_from_a_server(
    export: Run, database: Database, tmp_path: Path
) -> None:
    export("States.graphql")
    old = (tmp_path / "States.jsonl").read_bytes()
    cursor = (tmp_path / "States.jsonl.cursor").read_text().strip()
    write(database, "UPDATE state SET name = 'Renamed' WHERE code = 'OH'")

    status, said, told = export("States.graphql", "--since", cursor)
    with serving(tmp_path, FUND_LOAD="none") as (_, printed):
        address = re.findall(r"http://\S+", printed[-1])[0]
        there = export("States.graphql", "--since", cursor, "--server", address, "--output", "there")
        forged = export("States.graphql", "--since", f"x{cursor[1:]}", "--server", address, "--output", "forged")
    piped = export("States.graphql", "--since", cursor, "--output", "-")

    changes = (tmp_path / "States.changes.jsonl").read_bytes()
    [row] = [json.loads(line) for line in changes.splitlines()]
    assert (status, said) == (0, "")
    assert re.fullmatch(
        rf"States: 1 row, {len(changes)} bytes\.\n1 to add or to replace, 0 deleted\.\nNext time: --since [\w-]+\n",
        told,
    )
    assert (row["code"], row["name"], row["deleted"]) == ("OH", "Renamed", False)
    assert (tmp_path / "States.changes.jsonl.cursor").read_text() == f"{told.split()[-1]}\n"
    assert (tmp_path / "States.jsonl").read_bytes() == old
    assert (there[0], (tmp_path / "there").read_bytes()) == (0, changes)
    assert (piped[0], piped[1].encode()) == (0, changes)
    assert (forged[0], forged[2].endswith(NEW)) == (1, True)
    assert not (tmp_path / "forged").exists()


def test_a_wrong_cursor_is_refused_and_says_to_export_anew(export: Run, database: Database, tmp_path: Path) -> None:
    export("States.graphql")
    cursor = (tmp_path / "States.jsonl.cursor").read_text().strip()
    before = sorted(each.name for each in tmp_path.iterdir())
    write(database, "UPDATE feed_key SET floor = floor + 1000000")

    forged = export("States.graphql", "--since", "abc")
    expired = export("States.graphql", "--since", cursor)

    assert forged[:2] == expired[:2] == (1, "")
    assert forged[2].startswith("This cursor is malformed;")
    assert expired[2].startswith("This cursor is too old: what changed is known for 90 days.")
    assert forged[2].endswith(NEW)
    assert expired[2].endswith(NEW)
    assert sorted(each.name for each in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("--all", "x", "--since", "abc"),
            "--since goes with a document: a folder with everything is exported anew.\n",
        ),
        (("States.graphql", "--format", "parquet", "--since", "abc"), "What changed is written as JSON Lines or CSV: "),
        (("sha256:" + "0" * 64, "--since", "abc"), "Only a document can be followed, or an operation that ships: "),
        (("Names.graphql", "--since", "abc"), "The rows of this document can't be told apart: select their id, "),
    ],
)
def test_what_can_t_be_followed_is_told_in_words_and_leaves_nothing(
    export: Run, tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    (tmp_path / "Names.graphql").write_text("{ states { nodes { name } } }")

    status, said, told = export(*words)

    assert (status, said) == (1, "")
    assert told.startswith(expected), told
    assert {each.suffix for each in tmp_path.iterdir()} == {".graphql"}


def test_a_new_export_takes_the_place_of_the_cursor_too(export: Run, database: Database, tmp_path: Path) -> None:
    export("States.graphql")
    first = (tmp_path / "States.jsonl.cursor").read_text()
    write(database, "UPDATE state SET name = 'Renamed' WHERE code = 'OH'")
    export("States.graphql")

    second = (tmp_path / "States.jsonl.cursor").read_text()
    told = export("States.graphql", "--since", second.strip())[2]
    assert first != second
    assert "0 to add or to replace, 0 deleted." in told
