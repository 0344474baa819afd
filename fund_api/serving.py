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
from fund_api.app import Application, create_app
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import Failure
from fund_api.core.installation import Installed, check_whole, installed
from fund_api.core.settings import Documents, Load, Settings
from fund_api.core.writing import writing
from fund_api.edge import logs
from fund_api.edge.connections import KEPT_ALIVE, connection
from fund_api.edge.websocket_connections import WebsocketConnection
from fund_api.people import founding
from schema import manifest

COLLECTED = 20_000
"""New objects that may be in cycles before they are looked through. An answer of 50 campaigns with their grants holds
over 1,000, none in a cycle: at Python's 700, 3 % of its time in Python went into looking (by perf)."""

LEAVING = 10
"""Seconds that a stop waits for answers that are being made."""

BY_HAND = """Nobody can sign in yet. Add an administrator, and make them a token:

  fund-api person add --name "Ada Lovelace" --email ada@example.org --role administrator
  fund-api token create --person ada@example.org
"""
EXAMPLE = {"query": "{ communities { totalCount } campaigns { totalCount } }"}
TRUSTED = "WinRates"
"""What is an example where trusted documents alone are answered."""


def serve(settings: Settings, make: Callable[[], None] | None = None) -> None:
    """Prepare the database and serve until interrupted; when its address is taken, `make` makes what is served.

    Raises Failure when any of it can't be done.
    """
    logs.configure()
    with _listening(settings) as listener:
        if make is not None:
            make()
        here = asyncio.run(_prepare(settings))
        host, port = listener.getsockname()[:2]
        app = create_app(settings, here)
        _Server(_config(app, settings), app, f"http://{_shown(host)}:{port}/graphql", _example(settings)).run(
            sockets=[listener]
        )


def _config(app: Application, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,  # its lines come by the same way as ours
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),  # a middleware of uvicorn's: the last address it trusts not
        forwarded_allow_ips=list(settings.trusted_proxies),
        lifespan="on",
        http=connection(settings.body_timeout, settings.connections),
        timeout_keep_alive=KEPT_ALIVE,
        ws=WebsocketConnection,
        ws_max_size=2 * settings.body_limit,  # the application tells of what is over the limit itself
        ws_per_message_deflate=False,  # as bodies, messages are not compressed; an idle socket takes less memory so
        timeout_graceful_shutdown=LEAVING,
    )


def _example(settings: Settings) -> str:
    """The body of a request to try."""
    if settings.documents is Documents.TRUSTED:
        return json.dumps({"documentId": manifest.named()[TRUSTED]})
    return json.dumps(EXAMPLE)


class _Server(uvicorn.Server):
    """Says where it serves as soon as it does, and lets nobody wait for its end who listens for changes."""

    def __init__(self, config: uvicorn.Config, app: Application, address: str, example: str) -> None:
        super().__init__(config)
        self._app = app
        self._address = address
        self._example = example

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send away who would stay, then wait for the answers that are being made."""
        await self._app.edge.leave()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell. What exists by now stays: the collector of cycles need not look at it ever again."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(COLLECTED)
        typer.echo(f"Serving on {self._address} until you press Ctrl-C. Try:\n")
        typer.echo(f"  curl -s {self._address} -H 'content-type: application/json' -d '{self._example}'\n")


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
