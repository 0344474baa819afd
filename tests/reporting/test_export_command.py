"""`fund-api export` on the database itself."""

import errno
import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fund_api.core.database import Dialect
from fund_api.core.errors import Failure
from fund_api.graph import pulls
from fund_api.reporting.part_files import PartFile
from fund_api.reporting.taking import Taken
from tests.commands import Run
from tests.conftest import load_reference
from tests.databases import Databases

STATES = "query States($after: String) { states(first: 2, after: $after) { totalCount nodes { code name } } }"
POPULOUS = "{ communities(filter: {population: {gt: 500000}}) { nodes { name } } }"
OURS = ["--variables", '{"populationFrom": 1000, "populationTo": 90000, "since": "2014-01-01"}']


@pytest.fixture(scope="module")
async def reference(databases: Databases) -> AsyncIterator[str]:
    async with databases.copied(Dialect.SQLITE, "reference", load_reference) as database:
        yield database.url.render_as_string(hide_password=False)


@pytest.fixture
def export(run: Run, reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`fund-api export`, in an empty folder, on the packaged data."""
    monkeypatch.setenv("FUND_DATABASE_URL", reference)
    monkeypatch.delenv("FUND_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "States.graphql").write_text(STATES)
    return lambda *words: run("export", *words)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.suffix != ".graphql")


def test_every_row_is_written_under_the_operation_s_name(export: Run, tmp_path: Path) -> None:
    status, said, told = export("States.graphql")

    rows = [json.loads(line) for line in (tmp_path / "States.jsonl").read_bytes().splitlines()]
    assert (status, said) == (0, "")
    cursor = (tmp_path / "States.jsonl.cursor").read_text()
    size = (tmp_path / "States.jsonl").stat().st_size
    assert told == f"States: 52 rows, {size:,} bytes.\nNext time: --since {cursor}"
    assert re.fullmatch(r"[\w-]{80,}\n", cursor)
    assert len({row["code"] for row in rows}) == 52
    assert rows[0].keys() == {"code", "name", "provenance"}
    assert names(tmp_path) == ["States.jsonl", "States.jsonl.cursor"]


def test_all_forms_hold_the_same_and_the_ending_says_which(export: Run, tmp_path: Path) -> None:
    for file in ("s.jsonl", "s.csv", "s.parquet"):
        assert export("States.graphql", "--output", file)[0] == 0

    rows = [json.loads(line) for line in (tmp_path / "s.jsonl").read_bytes().splitlines()]
    header, *lines = (tmp_path / "s.csv").read_text().splitlines()
    assert header == "code,name,provenance"
    assert lines == [",".join(row.values()) for row in rows]
    assert pq.read_table(tmp_path / "s.parquet").to_pylist() == rows


def test_rows_go_to_a_pipe_and_words_do_not(export: Run, tmp_path: Path) -> None:
    export("States.graphql")
    status, said, told = export("States.graphql", "--output", "-")

    assert status == 0
    assert re.fullmatch(rf"States: 52 rows, {len(said):,} bytes\.\nNext time: --since [\w-]+\n", told)
    assert said.encode() == (tmp_path / "States.jsonl").read_bytes()
    assert export("States.graphql", "--output", "-", "--format", "csv")[1].startswith("code,name,provenance")


def test_an_operation_that_ships_is_named_by_its_name_or_its_identifier(export: Run, run: Run, tmp_path: Path) -> None:
    listed = run("operations", "list")[1]
    [identifier] = re.findall(r"AdoptionsNearOurSize\t(\S+)", listed)

    assert export("AdoptionsNearOurSize", *OURS, "--output", "a.jsonl")[0] == 0
    assert export(identifier, *OURS, "--output", "b.jsonl")[0] == 0

    [*rows] = [json.loads(line) for line in (tmp_path / "a.jsonl").read_bytes().splitlines()]
    assert len(rows) > 1
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "Say what is exported: a document, or --all with a folder, or --verify with one."),
        (("States.graphql", "--all", "x"), "Say what is exported: a document,"),
        (("Nothing",), "Nothing is no file, no documentId, and none of the operations that ship: Adoptions"),
        (("sha256:" + "0" * 64,), "There is no trusted document with this documentId."),
        (("Wrong.graphql",), "Cannot query field 'colour' on type 'State'."),
        (("Stats.graphql",), "A pull has one root field, which is a list: one of advisorActivities,"),
        (("States.graphql", "--variables", "["), "The variables are no JSON:"),
        (("States.graphql", "--variables", "[]"), "The variables are an object of JSON."),
        (("States.graphql", "--output", "no/such/folder"), "no/such/folder.part can't be written (No such file or"),
        (("States.graphql", "--server", "localhost"), "localhost is no address of a server: it begins with http://"),
        (("States.graphql", "--token-file", "States.graphql"), "This token is not valid: it is unknown, expired or"),
        (("States.graphql", "--token-file", "none"), "none can't be read:"),
        (("--verify", "."), "manifest.json can't be read (No such file or directory): an export of everything"),
    ],
)
def test_what_can_t_be_done_is_told_in_words_and_leaves_nothing(
    export: Run, tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    (tmp_path / "Wrong.graphql").write_text("{ states { nodes { colour } } }")
    (tmp_path / "Stats.graphql").write_text("{ __typename }")

    status, said, told = export(*words)

    assert (status, said) == (1, "")
    assert told.startswith(expected), told
    assert names(tmp_path) == []


class Stop:
    """Interrupts an export, as Ctrl-C does, when it has written so many parts of ten rows."""

    def __init__(self, parts: int, error: BaseException) -> None:
        self._parts = parts
        self._error = error
        self._put = PartFile.put

    def put(self, part: PartFile, taken: Taken, header: bytes | None) -> None:
        if self._parts == 0:
            raise self._error
        self._parts -= bool(taken.rows)
        self._put(part, taken, header)


def stopped(export: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, *words: str) -> tuple[int, str, str]:
    """An export that is stopped after 30 rows."""
    stop = Stop(3, error)
    with monkeypatch.context() as patched:
        patched.setattr(pulls, "CHUNK", 10)
        patched.setattr(PartFile, "put", lambda *given: stop.put(*given))  # noqa: PLW0108  # a function becomes a method
        return export(*words)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_was_stopped_goes_on_after_its_last_whole_row(
    export: Run, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, part = tmp_path / f"States.{form}", tmp_path / f"States.{form}.part"
    asked = ("States.graphql", "--format", form)
    export(*asked)
    wanted = whole.read_bytes()
    whole.unlink()
    beside = tmp_path / f"{whole.name}.cursor"
    beside.unlink()

    first = stopped(export, monkeypatch, KeyboardInterrupt(), *asked)
    there = names(tmp_path)
    with part.open("ab") as file:
        file.write(b'{"half a row')
    second = export(*asked)

    told = f"The export was stopped.\n{part.name} has 30 rows: the same command goes on from there.\n"
    assert first == (130, "", told)
    assert there == [part.name, f"{part.name}.json"]
    assert second[0] == 0
    assert second[2].startswith(f"Going on after 30 rows of {part.name}.\nRows come from 2 snapshots")
    assert whole.read_bytes() == wanted
    assert names(tmp_path) == [whole.name, beside.name]


def test_only_the_same_export_goes_on(export: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export("States.graphql", "--output", "whole")
    for other in (["--variables", '{"after": null}'], ["--format", "csv"], ["--anew"]):
        assert stopped(export, monkeypatch, KeyboardInterrupt(), "States.graphql", "--output", "s")[0] == 130
        status, _, told = export("States.graphql", "--output", "s", *other)
        assert (status, told.startswith("States: 52 rows")) == (0, True)
        assert names(tmp_path) == ["s", "s.cursor", "whole", "whole.cursor"]


def test_a_full_disk_is_told_and_what_was_written_goes_on(
    export: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export("States.graphql", "--output", "whole")
    old = (tmp_path / "s").write_text("what was there before")
    full = Failure("s.part can't be written (No space left on device).")

    status, _, told = stopped(export, monkeypatch, full, "States.graphql", "--output", "s")

    assert old
    assert (status, told) == (1, f"{full}\ns.part has 30 rows: the same command goes on from there.\n")
    assert (tmp_path / "s").read_text() == "what was there before"
    assert export("States.graphql", "--output", "s")[0] == 0
    assert (tmp_path / "s").read_bytes() == (tmp_path / "whole").read_bytes()


def test_two_exports_do_not_write_one_file(export: Run, tmp_path: Path) -> None:
    with PartFile(tmp_path / "s", "another"):
        status, _, told = export("States.graphql", "--output", "s")

    assert (status, told) == (1, "s.part is being written by another export.\n")


def test_a_disk_that_takes_no_more_keeps_whole_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []

    def write(file: int, data: memoryview) -> int:
        if written:
            raise OSError(errno.ENOSPC, "")
        written.append(bytes(data[:3]))
        return real(file, data[:3])

    target, real = PartFile(tmp_path / "s", "x"), os.write
    with pytest.raises(Failure, match=r"s\.part can't be written \(No space left on device\)\."), target:
        target.begin(1)
        target.put(Taken(b"1\n2\n", 2, "W2"), None)
        monkeypatch.setattr(os, "write", write)
        target.put(Taken(b"3\n4\n", 2, "W4"), None)
    monkeypatch.undo()

    assert written == [b"3\n4"]
    with PartFile(tmp_path / "s", "x") as again:
        assert (again.resumed, again.kept.rows, again.kept.cursor) == (True, 2, "W2")
        again.put(Taken(b"3\n", 1, "W3"), None)
        again.finish()
    assert (tmp_path / "s").read_bytes() == b"1\n2\n3\n"
    assert names(tmp_path) == ["s"]


@pytest.mark.parametrize("output", [".", "..", "/", "folder"])
def test_a_folder_is_no_output_and_nothing_is_read(export: Run, tmp_path: Path, output: str) -> None:
    (tmp_path / "folder").mkdir()
    status, said, told = export("States.graphql", "--output", output)

    assert (status, said, told) == (1, "", f"{output} is a folder: name a file in it.\n")
    assert names(tmp_path) == ["folder"]
