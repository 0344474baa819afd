"""The command line: `fund-api`. What a user has to mend is told in words, with exit status 1."""

import asyncio
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from fund_api import loading, migrations, reports, serving
from fund_api.core import clock
from fund_api.core.database import reached
from fund_api.core.errors import Failure
from fund_api.core.importing import Loaded, Report
from fund_api.core.settings import Settings

app = typer.Typer(
    help="The content API of a fund for professionally managed local government.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def describe() -> None:
    """The content API of a fund for professionally managed local government."""


@app.command()
def serve() -> None:
    """Migrate the database, load the packaged data when it is new, and serve; FUND_HOST and FUND_PORT say where."""
    serving.serve(settings())


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


def main() -> None:
    """The entry point."""
    try:
        app()
    except Failure as failure:
        typer.echo(str(failure), err=True)
        sys.exit(1)


def settings() -> Settings:
    """The settings of the environment. Raises Failure that names every wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"FUND_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}." for each in error.errors()]
        raise Failure("\n".join(wrong)) from None


async def _migrate() -> bool:
    async with reached(settings().database_url) as database:
        return await migrations.upgrade(database)


async def _load(paths: list[Path], report: Report) -> list[Loaded]:
    async with reached(settings().database_url) as database:
        await migrations.upgrade(database)
        if paths:
            return await loading.load_files(database, paths, report, clock.now())
        return await loading.load_reference(database, report, clock.now())
