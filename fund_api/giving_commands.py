"""The command that writes grants in the 360Giving Data Standard: fund-api giving."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import schema
from fund_api import migrations
from fund_api.core import clock, settings
from fund_api.core.access import PUBLIC
from fund_api.core.errors import Failure
from fund_api.core.settings import Settings
from fund_api.core.text import several
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.reporting import giving
from fund_api.reporting.part_files import write_whole


class GivingForm(StrEnum):
    """The two forms of the standard."""

    CSV = "csv"
    JSON = "json"


def write_giving(
    output: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.", show_default=False)],
    form: Annotated[GivingForm, typer.Option("--format", help="The standard's spreadsheet or its package.")] = (
        GivingForm.JSON
    ),
    fictional: Annotated[
        bool, typer.Option("--fictional", help="What is made up for a demonstration too, marked as such.")
    ] = False,
) -> None:
    """Write the awarded grants that everybody may see in the 360Giving Data Standard 1.1.

    What lacks something that the standard requires is left out; how much, and why, is told on standard error.
    """
    given = settings.given()
    gathered = asyncio.run(_gathered(given, fictional=fictional))
    for sentence in giving.omitted(gathered):
        typer.echo(sentence, err=True)
    if not gathered.grants:
        raise Failure(f"There is no grant that the standard can tell, so {output} is not written.")
    issued = str(clock.now().date())
    content = giving.table(gathered, given) if form is GivingForm.CSV else giving.package(gathered, given, issued)
    write_whole(output, content)
    typer.echo(f"{output} has {several(len(gathered.grants), 'grant')}.", err=True)


async def _gathered(given: Settings, *, fictional: bool) -> giving.Gathered:
    async with migrations.migrated(given.database_url) as (database, _):
        reads = reader(database, 1)
        try:
            engine = Engine(schema.make_catalogue(given.fiscal_year_starts), reads, given.plan_cache, given.cost_limit)
            return await giving.gather(engine, PUBLIC, given, fictional=fictional)
        finally:
            await reads.close()
