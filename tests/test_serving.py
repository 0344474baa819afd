"""`fund-api serve`, as a process of its own."""

import json
import os
import re
import resource
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.commands import Run
from tests.documents import commands

README = Path(__file__).parent.parent / "README.md"
FULL = '{"data":{"communities":{"totalCount":39234},"campaigns":{"totalCount":52}}}'


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A server on a free port, and what it printed until it served."""
    command = [sys.executable, "-c", "from fund_api.cli import main; main()", "serve"]
    settings = {"FUND_PORT": "0", **environment}
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    printed: list[str] = []
    try:
        for line in process.stdout:
            printed.append(line.rstrip("\n"))
            if line.lstrip().startswith("curl"):
                break
        yield process, printed
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stdout.close()


def told(command: str) -> str:
    """What a curl command prints; where the machine has no curl, the same request is sent without it."""
    if shutil.which("curl"):
        return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
    words = [os.path.expandvars(word) for word in shlex.split(command) if word.strip()]
    address, body = next(word for word in words if word.startswith("http")), words[words.index("-d") + 1]
    fields = [words[at + 1].partition(": ") for at, word in enumerate(words) if word == "-H"]
    return httpx.post(address, headers={name: value for name, _, value in fields}, content=body).text


def test_the_first_start_loads_the_data_the_second_is_quick_and_the_curl_works(tmp_path: Path) -> None:
    with serving(tmp_path) as (first, printed):
        answer = told(printed[-1])
        assert first.poll() is None
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with serving(tmp_path) as (_, again):
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert answer == FULL
    assert printed[0] == "The database was brought to the newest revision."
    assert any(line.startswith("communities.csv.gz: 39,234 rows") for line in printed)
    assert re.search(r"\d+\.\d seconds, \d+ MB of memory at the peak", "\n".join(printed))
    assert next(line for line in again if line).startswith("Serving on http://127.0.0.1:")
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert seconds < 10  # of the processor, whatever else it does: 2 seconds with fivefold slack
    assert first.returncode == 130  # interrupted, as shells write it


def test_the_readme_s_command_gives_what_it_says(tmp_path: Path) -> None:
    [example] = commands(README)
    with serving(tmp_path, FUND_LOAD="none") as (_, printed):
        assert printed[0] == "The database was brought to the newest revision."
        address = re.findall(r"http://\S+", printed[-1])[0]
        empty = told(example.command.replace("http://127.0.0.1:8000/graphql", address))

    assert "127.0.0.1:8000" in example.command
    assert empty == '{"data":{"communities":{"totalCount":0},"campaigns":{"totalCount":0}}}'
    assert example.output == [FULL]
    assert json.loads(empty).keys() == json.loads(FULL).keys()


def test_a_port_that_is_taken_is_told_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with serving(tmp_path, FUND_PORT=port) as (process, printed):
            assert process.wait(20) == 1

    assert printed == [f"127.0.0.1:{port} can't be listened on (Address already in use): set FUND_HOST or FUND_PORT."]
    assert list(tmp_path.iterdir()) == []


def test_a_started_server_answers_over_http(tmp_path: Path) -> None:
    with serving(tmp_path, FUND_LOAD="none") as (_, printed):
        address = re.findall(r"http://\S+", printed[-1])[0]
        with httpx.Client(base_url=address.removesuffix("/graphql")) as client:
            assert client.get("/readyz").json() == {"status": "ok"}
            assert client.get("/healthz").headers.get("server") is None
            assert client.post("/graphql", json={"query": "{ __typename }"}).json() == {"data": {"__typename": "Query"}}
            assert client.get("/nothing").status_code == 404


TOKEN = re.compile(r"  (fund_[0-9a-z]{26}_[0-9a-f]{64})")


def test_the_first_start_on_this_machine_tells_an_administrator_s_token_once(tmp_path: Path) -> None:
    with serving(tmp_path, FUND_LOAD="none") as (_, printed):
        [token] = [found[1] for line in printed if (found := TOKEN.fullmatch(line))]
        address = re.findall(r"http://\S+", printed[-1])[0]
        query = {"query": "{ __typename }"}
        known = httpx.post(address, json=query, headers={"authorization": f"Bearer {token}"})
        wrong = httpx.post(address, json=query, headers={"authorization": f"Bearer {token[:-1]}"})
    with serving(tmp_path, FUND_LOAD="none") as (_, again):
        assert "fund_" not in "\n".join(again[:-1])

    assert (known.status_code, wrong.status_code) == (200, 401)


def test_a_token_that_is_revoked_stops_working_with_the_next_request(tmp_path: Path, run: Run) -> None:
    with serving(tmp_path, FUND_LOAD="none") as (_, printed):
        [token] = [found[1] for line in printed if (found := TOKEN.fullmatch(line))]
        address = re.findall(r"http://\S+", printed[-1])[0]
        with httpx.Client(headers={"authorization": f"Bearer {token}"}) as client:  # one connection, kept open
            before = [client.post(address, json={"query": "{ __typename }"}).status_code for _ in range(3)]
            assert run("token", "revoke", f"token_{token[5:31]}")[0] == 0
            after = client.post(address, json={"query": "{ __typename }"})
        anybody = httpx.post(address, json={"query": "{ __typename }"})

    assert (before, after.status_code, anybody.status_code) == ([200, 200, 200], 401, 200)
    assert after.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_where_others_can_listen_no_token_is_made(tmp_path: Path) -> None:
    with serving(tmp_path, FUND_LOAD="none", FUND_HOST="0.0.0.0") as (_, printed):
        said = "\n".join(printed)

    assert TOKEN.search(said) is None
    assert "Nobody can sign in yet. Add an administrator, and make them a token:" in said
    with sqlite3.connect(tmp_path / "fund.db") as connection:
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (0,)
    connection.close()


def test_behind_a_trusted_proxy_the_server_logs_in_lines_of_json_and_answers_trusted_documents(tmp_path: Path) -> None:
    behind = {"FUND_TRUSTED_PROXIES": "127.0.0.1", "FUND_ACCESS_LOG": "yes", "FUND_DOCUMENTS": "trusted"}
    with serving(tmp_path, FUND_LOAD="none", **behind) as (process, printed):
        example = told(printed[-1])
        address = re.findall(r"http://\S+", printed[-1])[0]
        forwarded = {"x-forwarded-for": "6.6.6.6, 192.0.2.7", "x-forwarded-proto": "https", "x-request-id": "mine-1"}
        refused = httpx.post(address, json={"query": "{ __typename }"}, headers=forwarded)
        with socket.create_connection(("127.0.0.1", int(re.findall(r":(\d+)/", address)[0]))) as raw:
            raw.sendall(b"GET /\r\n\x1b[31mforged\r\n\r\n")
            assert raw.recv(100).startswith(b"HTTP/1.1 400 ")
        assert process.stdout is not None
        lines = [json.loads(line) for line in (process.stdout.readline() for _ in range(4)) if line.strip()]

    assert json.loads(example)["data"]["winRates"] == {"totalCount": 0, "groups": []}
    assert refused.json()["errors"][0]["extensions"]["code"] == "PERSISTED_DOCUMENT_REQUIRED"
    assert refused.headers["strict-transport-security"] == "max-age=31536000"
    first, second, third = lines
    assert (first["operation"], first["address"]) == ("WinRates", "127.0.0.1")
    assert (second["request_id"], second["address"], second["status"]) == ("mine-1", "192.0.2.7", 200)
    assert (third["logger"], third["event"]) == ("uvicorn.error", "Invalid HTTP request received.")
