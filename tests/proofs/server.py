"""`fund-api` as processes of its own: the server, which is killed and started again, and commands."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable
from pathlib import Path

PATIENCE = 60.0
"""Seconds for anything that a machine under load has to do. Nothing is waited for longer; nothing waits so long."""
_PROGRAM = (sys.executable, "-c", "from fund_api.cli import main; main()")


class Program:
    """The commands of `fund-api` on one database."""

    def __init__(self, folder: Path, address: str, **settings: str) -> None:
        self._folder = folder
        self._environment = os.environ | {"FUND_DATABASE_URL": address, "FUND_LOAD": "none"} | settings

    async def run(self, *words: str) -> tuple[int, str]:
        """Run a command to its end: its exit status, and what it printed to standard output."""
        process = await self.start(*words)
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        return process.returncode or 0, said.decode().strip()

    async def start(self, *words: str, port: int = 0, errors: int | None = None) -> Process:
        """Start a command and leave it running."""
        environment = self._environment | {"FUND_PORT": str(port)}
        return await asyncio.create_subprocess_exec(
            *_PROGRAM, *words, cwd=self._folder, env=environment, stdout=PIPE, stderr=errors
        )


class Server:
    """`fund-api serve` on one port, however often it is killed."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._port = _free_port()
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self.printed: list[str] = []

    @property
    def address(self) -> str:
        """Where it answers GraphQL."""
        return f"http://127.0.0.1:{self._port}/graphql"

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it serves."""
        self._process = await self._program.start("serve", port=self._port, errors=STDOUT)
        self._reading = asyncio.create_task(self._read(self._process))
        await self.up()

    async def up(self) -> None:
        """Wait until it serves."""
        await asyncio.wait_for(self._up.wait(), PATIENCE)

    async def kill(self, moment: Callable[[], None]) -> None:
        """Wait for the moment, in a thread, kill it there and then, and wait until it is gone."""
        process = self._process
        assert process is not None and process.returncode is None, "\n".join(self.printed[-50:])

        def strike() -> None:
            moment()
            os.kill(process.pid, signal.SIGKILL)

        await asyncio.to_thread(strike)
        assert await self._gone() == -signal.SIGKILL

    async def restart(self) -> None:
        """Tell it to stop, wait until it has, and start it again."""
        assert self._process is not None
        self._process.terminate()
        await self._gone()
        await self.start()

    async def stop(self) -> None:
        """End it however it stands; nothing when it ended already."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._gone()

    async def _gone(self) -> int:
        assert self._process is not None and self._reading is not None
        status = await asyncio.wait_for(self._process.wait(), PATIENCE)
        await asyncio.wait_for(self._reading, PATIENCE)
        return status

    async def _read(self, process: Process) -> None:
        """Take up what it prints, to its end, so that it never waits for a reader."""
        assert process.stdout is not None
        async for line in process.stdout:
            self.printed.append(line.decode().rstrip("\n"))
            if line.lstrip().startswith(b"curl"):
                self._up.set()
        self._up.clear()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
