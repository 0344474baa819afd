"""The command line: `fund-api`. What a user has to mend is told in words, with exit status 1."""

import asyncio
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from fund_api import loading, migrations, people_commands, reports, serving
from fund_api.core import clock, events, settings
from fund_api.core.errors import Failure
from fund_api.core.importing import Loaded, Report

app = typer.Typer(
    help="The content API of a fund for professionally managed local government.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(people_commands.person, name="person")
app.add_typer(people_commands.role, name="role")
app.add_typer(people_commands.token, name="token")


@app.callback()
def describe() -> None:
    """The content API of a fund for professionally managed local government."""


@app.command()
def serve() -> None:
    """Migrate the database, load the packaged data when it is new, and serve; FUND_HOST and FUND_PORT say where."""
    serving.serve(settings.given())


@app.command()
def migrate() -> None:
    """Bring the database of FUND_DATABASE_URL to the newest revision."""
    changed = asyncio.run(_migrate())
    typer.echo("The database was brought to the newest revision." if changed else "The database is up to date.")


@app.command()
def load(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="CSV files (.csv or .csv.gz) of sources, states, communities, referenda or procedure rules,"
            " known by their columns; without any, the packaged reference data.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Migrate the database, then load data: new rows are added, rows that differ updated, none deleted."""
    started = time.perf_counter()
    report = reports.report()
    with report.shown():
        loaded = asyncio.run(_load(files or [], report))
    typer.echo(reports.summary(loaded, time.perf_counter() - started, reports.peak_memory()))


@app.command()
def audit() -> None:
    """Follow the event log from its start and recompute every hash; exit status 1 names the first broken link."""
    found = asyncio.run(_audit())
    if found.broken:
        raise Failure(f"{found.broken} Events verified before it: {found.events:,}.")
    typer.echo(f"{found.events:,} events verified; {found.erased:,} private values were erased since.")


def main() -> None:
    """The entry point."""
    try:
        app()
    except Failure as failure:
        typer.echo(str(failure), err=True)
        sys.exit(1)


async def _migrate() -> bool:
    async with migrations.migrated(settings.given().database_url) as (_, changed):
        return changed


async def _audit() -> events.Audit:
    async with migrations.migrated(settings.given().database_url) as (database, _), database.snapshot() as connection:
        return await events.audit(connection)


async def _load(paths: list[Path], report: Report) -> list[Loaded]:
    async with migrations.migrated(settings.given().database_url) as (database, _):
        if paths:
            return await loading.load_files(database, paths, report, clock.now())
        return await loading.load_reference(database, report, clock.now())
