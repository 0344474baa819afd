"""`fund-api export --server`, against servers that are processes of their own, and killed in the middle."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from fund_api.core.database import Dialect
from fund_api.exporting import patience
from fund_api.exporting.remote import Remote
from fund_api.reporting.questions import Asked
from tests.commands import Run
from tests.conftest import load_reference
from tests.databases import Databases
from tests.reporting.copies import Silent
from tests.test_serving import TOKEN, serving

COMMAND = [sys.executable, "-c", "from fund_api.cli import main; main()"]
TOWNS = """query Towns {
  communities { nodes { id name kind population populationYear latitude longitude website state { code name } } }
}"""
HIDDEN = "query Us { people { nodes { name } } }"
OURS = ["--variables", '{"populationFrom": 1000, "populationTo": 90000, "since": "2014-01-01"}']


@pytest.fixture(scope="module")
async def reference(databases: Databases) -> AsyncIterator[str]:
    async with databases.copied(Dialect.SQLITE, "reference", load_reference) as database:
        yield database.url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def server(reference: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where a server is, and an administrator's token."""
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, FUND_DATABASE_URL=reference, FUND_LOAD="none") as (_, printed):
        [token] = [found[1] for line in printed if (found := TOKEN.fullmatch(line))]
        yield re.findall(r"http://\S+", printed[-1])[0], token


@pytest.fixture
def folder(run: Run, tmp_path: Path, reference: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to export into, from the packaged data."""
    monkeypatch.setenv("FUND_DATABASE_URL", reference)
    monkeypatch.delenv("FUND_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Towns.graphql").write_text(TOWNS)
    (tmp_path / "Us.graphql").write_text(HIDDEN)
    return tmp_path


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def exporting(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The command as a process, when it has noted its first rows."""
    process = subprocess.Popen([*COMMAND, "export", *words], cwd=folder, stderr=subprocess.PIPE, text=True)
    note = folder / f"{words[words.index('--output') + 1]}.part.json"
    until(lambda: note.exists() or process.poll() is not None)
    return process


def test_a_server_and_the_database_give_the_same_bytes(run: Run, folder: Path, server: tuple[str, str]) -> None:
    address, token = server
    (folder / "token").write_text(token + "\n")
    for form in ("jsonl", "csv"):
        for name, at in (("here", []), ("there", ["--server", address.removesuffix("/graphql")])):
            output = f"{name}.{form}"
            assert run("export", "AdoptionsNearOurSize", *OURS, "--output", output, *at)[0] == 0
        assert (folder / f"here.{form}").read_bytes() == (folder / f"there.{form}").read_bytes() != b""

    public = run("export", "Us.graphql", "--server", address, "--output", "public")
    known = run("export", "Us.graphql", "--server", address, "--output", "known", "--token-file", "token")
    wrong = run("export", "Us.graphql", "--server", address, "--output", "wrong", "--token-file", "Us.graphql")

    assert (public[2].splitlines()[0], (folder / "public").read_bytes()) == ("Us: 0 rows, 0 bytes.", b"")
    assert known[2].startswith("Us: 1 row, ")
    assert b'"name":"Administrator"' in (folder / "known").read_bytes()
    assert wrong[:2] == (1, "")
    assert wrong[2].startswith("This token is not valid: it is unknown, expired or revoked.")
    assert not (folder / "wrong").exists()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_that_is_killed_leaves_no_file_and_goes_on(run: Run, folder: Path, form: str) -> None:
    asked = ("Towns.graphql", "--format", form, "--output")
    process = exporting(folder, *asked, "towns")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (folder / "towns").exists()

    resumed = run("export", *asked, "towns")
    whole = run("export", *asked, "whole")

    assert (resumed[0], whole[0]) == (0, 0)
    assert resumed[2].startswith("Going on after ")
    assert "Rows come from 2 snapshots" in resumed[2]
    assert (folder / "towns").read_bytes() == (folder / "whole").read_bytes()
    assert not [*folder.glob("*.part*")]


def test_ctrl_c_says_how_to_go_on(folder: Path) -> None:
    process = exporting(folder, "Towns.graphql", "--output", "towns")
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()

    assert process.returncode == 130
    assert re.fullmatch(
        r"The export was stopped\.\ntowns\.part has [0-9,]+ rows: the same command goes on from there\.\n", told
    )
    assert not (folder / "towns").exists()


def test_a_server_that_is_killed_and_comes_back_is_gone_on_with(run: Run, reference: str, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    there = {"FUND_DATABASE_URL": reference, "FUND_LOAD": "none", "FUND_PORT": port}
    with serving(folder, **there) as (first, printed):
        address = re.findall(r"http://\S+", printed[-1])[0]
        process = exporting(folder, "Towns.graphql", "--output", "towns", "--server", address)
        first.kill()
        first.wait()
        assert not (folder / "towns").exists()
    with serving(folder, **there):
        _, told = process.communicate(timeout=120)
        assert run("export", "Towns.graphql", "--output", "whole", "--server", address)[0] == 0

    assert process.returncode == 0, told
    assert "Trying again in 1 second." in told
    assert "Rows come from 2 snapshots" in told
    assert (folder / "towns").read_bytes() == (folder / "whole").read_bytes()


def test_a_server_that_trusts_documents_gets_identifiers(run: Run, reference: str, folder: Path) -> None:
    with serving(folder, FUND_DATABASE_URL=reference, FUND_LOAD="none", FUND_DOCUMENTS="trusted") as (_, printed):
        address = re.findall(r"http://\S+", printed[-1])[0]
        known = run("export", "AdoptionsNearOurSize", *OURS, "--output", "there", "--server", address)
        other = run("export", "Towns.graphql", "--output", "towns", "--server", address)
        since = run("export", "Towns.graphql", "--output", "towns", "--server", address, "--since", "abc")
    assert run("export", "AdoptionsNearOurSize", *OURS, "--output", "here")[0] == 0

    assert known[0] == 0
    assert known[2].startswith("The server answers trusted documents only, so this export can't be resumed.\n")
    assert (folder / "there").read_bytes() == (folder / "here").read_bytes()
    assert other == (1, "", "The server answers trusted documents only, and this is none of those that ship.\n")
    assert since == (1, "", "The server answers trusted documents only, which can't be narrowed: export anew.\n")
    assert not [*folder.glob("towns*")]


def test_a_server_that_is_not_there_is_told_in_words(run: Run, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    status, said, told = run("export", "Towns.graphql", "--server", address)

    assert (status, said) == (1, "")
    assert told.startswith(f"{address}/graphql can't be reached: ")
    assert {each.suffix for each in folder.iterdir()} == {".graphql"}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://[::1", "http://[::1 is no address of a server: Invalid IPv6 URL.\n"),
        (
            "http://127.0.0.1:99999",
            "http://127.0.0.1:99999 is no address of a server: Port out of range 0-65535.\n",
        ),
        ("ftp://example.org", "ftp://example.org is no address of a server: it begins with http:// or https://.\n"),
        ("http://", "http:// is no address of a server: it begins with http:// or https://.\n"),
    ],
)
def test_what_is_no_address_is_told_in_words(run: Run, folder: Path, address: str, told: str) -> None:
    assert run("export", "Towns.graphql", "--server", address) == (1, "", told)


class Page(BaseHTTPRequestHandler):
    """Answers anything with a page."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<!doctype html>")

    def log_message(self, *_: object) -> None:
        pass


def test_another_server_is_told_in_words_without_the_password_for_it(run: Run, folder: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), Page) as other:
        threading.Thread(target=other.serve_forever).start()
        port = other.server_port
        status, said, told = run("export", "Towns.graphql", "--server", f"http://ada:secret@127.0.0.1:{port}/")
        other.shutdown()

    name = f"http://127.0.0.1:{port}/graphql"
    assert (status, said) == (1, "")
    assert told == f"{name} answers otherwise than such a server: is it the right address?\n"


async def test_a_server_that_answered_once_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [httpx.Response(200, json={"data": {"list": {"totalCount": 7}}}), None, httpx.Response(502), None]
    waited: list[float] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        found = answers.pop(0) if len(answers) > 1 else httpx.Response(200, json={"data": {"list": {"totalCount": 8}}})
        if found is None:
            raise httpx.ConnectError("nobody there")
        return found

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        source = Remote(client, "http://x/graphql", "http://x/graphql", "")
        found = [await patience.patiently(source, Asked("{ x }", {}), Silent()) for _ in range(2)]

    assert found == [{"list": {"totalCount": 7}}, {"list": {"totalCount": 8}}]
    assert waited == [1.0, 2.0]
