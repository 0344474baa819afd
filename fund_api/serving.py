"""Serving: what happens between the command and the first answer."""

import asyncio
import gc
import json
import os
import socket
import time
from collections.abc import Callable

import typer
import uvicorn

from fund_api import loading, migrations, reports
from fund_api.app import create_app
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import Failure
from fund_api.core.installation import Installed, check_whole, installed
from fund_api.core.settings import Load, Settings
from fund_api.core.writing import writing
from fund_api.people import founding

COLLECTED = 20_000
"""New objects that may be in cycles before they are looked through. An answer of 50 campaigns with their grants holds
over 1,000, none in a cycle: at Python's 700, 3 % of its time in Python went into looking (by perf)."""

BY_HAND = """Nobody can sign in yet. Add an administrator, and make them a token:

  fund-api person add --name "Ada Lovelace" --email ada@example.org --role administrator
  fund-api token create --person ada@example.org
"""
EXAMPLE = "{ communities { totalCount } campaigns { totalCount } }"


def serve(settings: Settings, make: Callable[[], None] | None = None) -> None:
    """Prepare the database and serve until interrupted; when its address is taken, `make` makes what is served.

    Raises Failure when any of it can't be done.
    """
    with _listening(settings) as listener:
        if make is not None:
            make()
        here = asyncio.run(_prepare(settings))
        config = uvicorn.Config(
            create_app(settings, here),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nothing here reads them
            lifespan="on",
        )
        host, port = listener.getsockname()[:2]
        _Server(config, f"http://{_shown(host)}:{port}/graphql").run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says where it serves as soon as it does."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell. What exists by now stays: the collector of cycles need not look at it ever again."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(COLLECTED)
        body = json.dumps({"query": EXAMPLE})
        typer.echo(f"Serving on {self._address} until you press Ctrl-C. Try:\n")
        typer.echo(f"  curl -s {self._address} -H 'content-type: application/json' -d '{body}'\n")


def _listening(settings: Settings) -> socket.socket:
    """A socket on the address of the settings, taken before anything slow is done."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise Failure(
            f"{settings.host}:{settings.port} can't be listened on ({_reason(error)}): set FUND_HOST or FUND_PORT."
        ) from None


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)


def _shown(host: str) -> str:
    """A host as an address has it; one that means every interface is reached by localhost."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  # shown, not listened on
        return "localhost"
    return f"[{host}]" if ":" in host else host


async def _prepare(settings: Settings) -> Installed:
    """Bring the database to where it can be served, and say what it is for."""
    async with migrations.migrated(settings.database_url) as (database, changed):
        if changed:
            typer.echo("The database was brought to the newest revision.")
        here = await installed(database)
        check_whole(here)
        if settings.load is not Load.NONE and not await loading.is_reference_loaded(database):
            await _load(database)
        await _let_somebody_in(database, settings)
        return here


async def _load(database: Database) -> None:
    started = time.perf_counter()
    report = reports.report()
    with report.shown():
        loaded = await loading.load_reference(database, report, clock.now())
    typer.echo(reports.summary(loaded, time.perf_counter() - started, reports.peak_memory()))


async def _let_somebody_in(database: Database, settings: Settings) -> None:
    """Make the first administrator when nobody is there, and tell their token; where others can listen, say how."""
    async with database.reading() as connection:
        if not await founding.is_empty(connection):
            return
    if not settings.is_local:
        typer.echo(BY_HAND)
        return
    async with writing(database, SYSTEM, clock.now()) as tx:
        token = await founding.add_first_administrator(tx)
    if token:
        typer.echo(
            f"Nobody was there, so an administrator was added. Their token, which is shown only now:\n\n  {token}\n"
        )
