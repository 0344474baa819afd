"""The command line: `fund-api`. What a user has to mend is told in words, with exit status 1."""

import asyncio
import sys
import time
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from fund_api import (
    export_commands,
    giving_commands,
    loading,
    migrations,
    operation_commands,
    people_commands,
    reports,
    serving,
)
from fund_api.core import clock, events, settings
from fund_api.core.errors import Failure
from fund_api.core.importing import Loaded, Report
from fund_api.demo import making, places
from fund_api.grants import audit as money
from fund_api.hiring import audit as advising
from fund_api.printing import audit as stock

app = typer.Typer(
    help="The content API of a fund for professionally managed local government.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(people_commands.person, name="person")
app.add_typer(people_commands.role, name="role")
app.add_typer(people_commands.token, name="token")
app.add_typer(operation_commands.operations, name="operations")
app.command("export")(export_commands.export_document)
app.command("giving")(giving_commands.write_giving)


@app.callback()
def describe() -> None:
    """The content API of a fund for professionally managed local government."""


@app.command()
def serve() -> None:
    """Migrate the database, load the packaged data when it is new, and serve; FUND_HOST and FUND_PORT say where."""
    serving.serve(settings.given())


@app.command()
def demo(
    database: Annotated[
        str,
        typer.Option(help="Where it is: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, never the default."),
    ] = places.ADDRESS,
) -> None:
    """Serve a second database, in which everything but the reference data is made up; it is made the first time.

    FUND_PORT says where. The tokens of its people are in a file beside it.
    """
    place = places.place(settings.given(), database)
    serving.serve(place.settings, partial(making.make, place))


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
            help="CSV files (.csv or .csv.gz) of sources, states, communities, referenda, contributions, procedure"
            " rules, practice areas, responsibilities, resources, topic sections, editorial words or programs, known by"
            " their columns; without any, the packaged reference data.",
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
    """Recompute the hashes of the event log, all money, the printed stock and what advisors have open, and look who did
    what on each grant.

    Exit status 1 says what is wrong.
    """
    log, examined, shelved, advised, wrong = asyncio.run(_audit())
    if log.broken:
        wrong = [f"{log.broken} Events verified before it: {log.events:,}.", *wrong]
    if wrong:
        raise Failure("\n".join(wrong))
    typer.echo(f"{log.events:,} events verified; {log.erased:,} private values were erased since.")
    typer.echo(
        f"Every balance agrees with the ledger (programs: {examined.programs:,}, grants: {examined.grants:,}, entries:"
        f" {examined.entries:,}); nobody had two duties on a grant (decisions: {examined.decisions:,})."
    )
    typer.echo(f"The printed stock agrees with its orders (items: {shelved.items:,}, lines: {shelved.lines:,}).")
    typer.echo(
        f"No advisor has more than they take (advisors: {advised.advisors:,}, assignments: {advised.assignments:,})."
    )


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


async def _audit() -> tuple[events.Audit, money.Examined, stock.Examined, advising.Examined, list[str]]:
    async with migrations.migrated(settings.given().database_url) as (database, _), database.snapshot() as connection:
        wrong = [one for each in (money, stock, advising) for one in await each.audit(connection)]
        return (
            await events.audit(connection),
            await money.examined(connection),
            await stock.examined(connection),
            await advising.examined(connection),
            wrong,
        )


async def _load(paths: list[Path], report: Report) -> list[Loaded]:
    async with migrations.migrated(settings.given().database_url) as (database, _):
        if paths:
            return await loading.load_files(database, paths, report, clock.now())
        return await loading.load_reference(database, report, clock.now())
