"""Sending bytes over a socket as they are, and watching a server meanwhile."""

import contextlib
import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 60.0
"""Seconds after which an answer does not come any more."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def codes(self) -> set[str]:
        """The codes of its errors."""
        return {error["extensions"]["code"] for error in self.json.get("errors", [])}


def send(port: int, parts: Iterable[bytes]) -> Answer:
    """Send the parts, one after the other, until they end or an answer is there, and read it."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        answered = threading.Event()

        def write() -> None:
            with contextlib.suppress(OSError):  # the server hangs up on what it does not want to read
                for part in parts:
                    if answered.is_set():
                        return
                    connection.sendall(part)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            response = http.client.HTTPResponse(connection)
            response.begin()
            body = response.read()
        finally:
            answered.set()
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            writer.join()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def cpu_seconds(pid: int) -> float:
    """Seconds of the processor that a process took so far, in all its threads."""
    nanoseconds = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended
            nanoseconds += int((task / "schedstat").read_text().split()[0])
    return nanoseconds / 1e9


def memory(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@dataclass
class Watcher:
    """A client that asks a small question all the time."""

    port: int
    document: str
    waits: list[float] = field(default_factory=list)
    wrong: list[bytes] = field(default_factory=list)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Ask until the block ends."""
        over = threading.Event()
        asking = threading.Thread(target=self._ask, args=(over,))
        asking.start()
        try:
            yield
        finally:
            over.set()
            asking.join()

    def _ask(self, over: threading.Event) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        body = json.dumps({"query": self.document})
        while not over.wait(0.01):
            start = time.perf_counter()
            connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
            answer = connection.getresponse().read()
            self.waits.append(time.perf_counter() - start)
            if b'"errors"' in answer:
                self.wrong.append(answer)
        connection.close()
