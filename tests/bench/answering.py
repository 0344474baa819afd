"""Answers that the client has already beside answers that are made: 304 and 200 to the same requests, on both databases.

A server in a process of its own, its cache of answers off, is asked by a few connections, each of which asks again as
soon as it is answered. The client only counts bytes: it takes a few microseconds of a request.
"""

import asyncio
import os
import select
import socket
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from fund_api.core.database import Database, Dialect
from tests.bench import sample
from tests.bench.counting import document, variables
from tests.bench.rows import load
from tests.bench.running import UNLIMITED
from tests.databases import Databases
from tests.postgres import Unavailable
from tests.test_serving import serving

OPERATIONS = ("Board", "Detail")
CONNECTIONS, ROUNDS, SECONDS = 8, 5, 2.0
WANTED = 5.0
"""Times the rate of the full answer."""
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Asked:
    """A request in bytes, and how many bytes answer it: all answers to it are of one length."""

    request: bytes
    length: int


@dataclass(frozen=True)
class Figures:
    """Of one round: answers a second, and microseconds of the processor that the server took for one."""

    rate: float
    cost: float


async def measure(rounds: int = ROUNDS, seconds: float = SECONDS) -> None:
    """Print the figures; PostgreSQL is left out, and said to be, where none can be started."""
    databases = Databases(Path(tempfile.mkdtemp(prefix="fund-bench-")))
    sys.stdout.write(
        f"answers a second over {CONNECTIONS} connections, medians of {rounds} rounds in turn (least to most), and"
        " microseconds of the server's processor\n"
    )
    try:
        for dialect in Dialect:
            async with databases.migrated(dialect) as database:
                await _fill(database)
                await asyncio.to_thread(_measure, database, rounds, seconds)
    except Unavailable as failure:
        sys.stdout.write(f"{failure}\n")
    await asyncio.to_thread(databases.remove)


async def _fill(database: Database) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sample.write(Path(folder))
        await load(database, Path(folder))


def _measure(database: Database, rounds: int, seconds: float) -> None:
    settings = dict(each.split("=") for each in UNLIMITED.split())
    address = database.url.render_as_string(hide_password=False)
    with tempfile.TemporaryDirectory() as folder:
        settings |= {"FUND_DATABASE_URL": address, "FUND_LOAD": "none"}
        with serving(Path(folder), **settings) as (process, printed):
            place = urlsplit(next(word for word in printed[-1].split() if word.startswith("http")))
            where = (str(place.hostname), int(place.port or 0))
            for name in OPERATIONS:
                kinds = _full(where, name), _unchanged(where, name)
                found: tuple[list[Figures], ...] = ([], [])
                for _ in range(rounds):
                    for asked, figures in zip(kinds, found, strict=True):
                        figures.append(_round(where, process.pid, asked, seconds))
                sys.stdout.write(f"{database.dialect:12}{name:8}{_told(*found)}\n")
                sys.stdout.flush()


def _told(full: list[Figures], unchanged: list[Figures]) -> str:
    cells = []
    for label, figures in (("200", full), ("304", unchanged)):
        rates, cost = [each.rate for each in figures], statistics.median(each.cost for each in figures)
        cells.append(f"{label} {statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f}) {cost:.0f} us")
    ratios = [two.rate / one.rate for one, two in zip(full, unchanged, strict=True)]
    spread = f"({min(ratios):.1f} to {max(ratios):.1f})"
    return "  ".join(cells) + f"  {statistics.median(ratios):.1f} times {spread}, {WANTED:.0f} wanted"


def _full(where: tuple[str, int], name: str, condition: str = "", status: bytes = b"200") -> Asked:
    """A request for an answer that is made: asked often enough that the server knows it."""
    body = orjson.dumps({"query": document(name), "operationName": name, "variables": variables(name)})
    head = f"POST /graphql HTTP/1.1\r\nhost: {where[0]}\r\ncontent-type: application/json\r\nx-request-id: bench\r\n"
    request = f"{head}{condition}content-length: {len(body)}\r\n\r\n".encode() + body
    for _ in range(20):
        answer = _once(where, request)
    if answer.split(b" ", 2)[1] != status:
        raise ValueError(f"{name} was answered by {answer[:500]!r}")
    return Asked(request, len(answer))


def _unchanged(where: tuple[str, int], name: str) -> Asked:
    """The same request of who has the answer."""
    head = _once(where, _full(where, name).request).partition(b"\r\n\r\n")[0].decode()
    tag = next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("etag"))
    return _full(where, name, f"if-none-match: {tag}\r\n", b"304")


def _once(where: tuple[str, int], request: bytes) -> bytes:
    with socket.create_connection(where, 10) as connection:
        connection.sendall(request.replace(b"\r\n", b"\r\nconnection: close\r\n", 1))
        answer = b""
        while part := connection.recv(1 << 20):
            answer += part
    return answer.replace(b"connection: close\r\n", b"")


def _round(where: tuple[str, int], process: int, asked: Asked, seconds: float) -> Figures:
    """Ask over all connections until the time is up."""
    connections = [socket.create_connection(where, 10) for _ in range(CONNECTIONS)]
    poll, by_number, left = select.epoll(), {each.fileno(): each for each in connections}, {}
    for number, each in by_number.items():
        poll.register(number, select.EPOLLIN)
        left[number] = asked.length
        each.sendall(asked.request)
    answers, before, began = 0, _processor(process), time.perf_counter()
    while (taken := time.perf_counter() - began) < seconds:
        for number, _ in poll.poll(1):
            left[number] -= len(by_number[number].recv(1 << 20))
            if left[number] == 0:
                answers += 1
                left[number] = asked.length
                by_number[number].sendall(asked.request)
            elif left[number] < 0:
                raise ValueError("an answer was longer than the one before")
    cost = (_processor(process) - before) * 1e6 / answers
    poll.close()
    for each in connections:
        each.close()
    return Figures(answers / taken, cost)


def _processor(process: int) -> float:
    """Seconds of the processor that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
