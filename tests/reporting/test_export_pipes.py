"""Standard output as the target of an export: what it does not take is told, and never written twice."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fund_api.core.database import Database
from fund_api.core.errors import Failure
from fund_api.exporting.pipes import NoReader, Pipe
from fund_api.reporting import questions
from fund_api.reporting.forms import FormKind
from fund_api.reporting.taking import Taken
from tests.asking import REPORTER
from tests.granting import Fund
from tests.reporting.copies import Restless, reading

COMMAND = [sys.executable, "-c", "from fund_api.cli import main; main()"]
ROWS = Taken(b'{"name":"Ames"}\n{"name":"Oslo"}\n', 2, "cursor")
SAYS = "Standard output can't be written (No space left on device): what it has is not whole.\n"


class Raw(io.RawIOBase):
    """A stream without a buffer, which takes so many bytes at a time, or none, or raises."""

    def __init__(self, takes: int | OSError | None) -> None:
        super().__init__()
        self.found = b""
        self._takes = takes

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int | None:
        if isinstance(self._takes, OSError):
            raise self._takes
        if self._takes is None:
            return None
        part = bytes(data)[: self._takes]  # type: ignore[call-overload]  # whatever has a buffer
        self.found += part
        return len(part)


def test_a_stream_that_takes_parts_gets_all() -> None:
    stream = Raw(3)
    pipe = Pipe(stream)  # type: ignore[arg-type]  # a raw stream, as an unbuffered interpreter has
    pipe.put(ROWS, None)
    assert stream.found == ROWS.data
    assert (pipe.kept.rows, pipe.kept.size, pipe.kept.cursor) == (2, len(ROWS.data), "cursor")


@pytest.mark.parametrize(
    ("takes", "reason"),
    [(None, "Resource temporarily unavailable"), (OSError(27, "whatever"), "File too large")],
    ids=["would wait", "full"],
)
def test_a_stream_that_takes_no_more_ends_the_export(takes: OSError | None, reason: str) -> None:
    pipe = Pipe(Raw(takes))  # type: ignore[arg-type]  # as above
    with pytest.raises(Failure) as told:
        pipe.put(ROWS, None)
    assert str(told.value) == f"Standard output can't be written ({reason}): what it has is not whole."
    assert (pipe.kept.rows, pipe.is_resumable) == (0, False)


def test_a_reader_that_left_is_no_failure() -> None:
    with pytest.raises(NoReader):
        Pipe(Raw(BrokenPipeError())).put(ROWS, None)  # type: ignore[arg-type]  # as above


async def test_what_goes_wrong_where_rows_are_written_is_none_of_the_database_s(database: Database) -> None:
    fund = Fund()
    fund.community("Ames")
    await fund.save(database)
    asked = questions.read("{ communities { nodes { name } } }", {}).going_on(None)
    async with reading(Restless, database, REPORTER) as source:
        with pytest.raises(TimeoutError, match="a pen ran dry"):
            async with source.pulled(asked, FormKind.JSONL):
                raise TimeoutError("a pen ran dry")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_device_and_a_reader_that_left_are_told_at_once(tmp_path: Path, unbuffered: str) -> None:
    (tmp_path / "Sources.graphql").write_text("{ sources { nodes { title } } }")
    environment = os.environ | {"FUND_DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "PYTHONUNBUFFERED": unbuffered}
    subprocess.run([*COMMAND, "load"], cwd=tmp_path, env=environment, check=True, stdout=subprocess.DEVNULL)
    words = [*COMMAND, "export", "Sources.graphql", "--output", "-"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            words, cwd=tmp_path, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    read, write = os.pipe()
    os.close(read)
    left = subprocess.run(
        words, cwd=tmp_path, env=environment, stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)

    assert (done.returncode, done.stderr) == (1, SAYS)
    assert (left.returncode, left.stderr) == (1, "")
