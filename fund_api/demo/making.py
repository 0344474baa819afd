"""Making a demonstration: the reference data, then the people and communities of ZZ, then what they did until now."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

import schema
from fund_api import loading, migrations, reports
from fund_api.app import services
from fund_api.core import clock
from fund_api.core.database import Database, Dialect
from fund_api.core.installation import finish_demo, installed, make_demo
from fund_api.core.settings import Settings
from fund_api.demo import campaigns, careers, grants, hiring, library, places, token_file
from fund_api.demo.accounts import Account, add_accounts, tokens_of
from fund_api.demo.communities import add_communities
from fund_api.demo.places import Place
from fund_api.demo.story import Story
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader

NOTICE = (
    "This is a demonstration. The reference data is real; the state ZZ, its communities and people, and everything"
    ' that is done here are made up, and say so: their provenance is FICTIONAL, their names end in "(fictional)".'
)
THREADS = (*library.THREADS, *campaigns.THREADS, *grants.THREADS, *hiring.THREADS, *careers.THREADS)


def make(place: Place) -> None:
    """Make a demonstration unless it is there, and say where its tokens are. Raises Failure for any other database."""
    if not asyncio.run(places.is_made(place)):
        typer.echo(f"Making a demonstration in {place.name}, which takes a minute.")
        if place.database.dialect is Dialect.SQLITE:
            _make_file(place)
        else:
            token_file.write(place.tokens, asyncio.run(_filled(place.settings)))
    elif not place.tokens.exists():
        token_file.write(place.tokens, asyncio.run(_renewed(place.settings)))
    typer.echo(f"The tokens of its people, one for each role, are in {place.tokens}.")


def _make_file(place: Place) -> None:
    """Make an SQLite database beside where it is to be, so that it is there whole or not at all."""
    file = place.database.file
    with TemporaryDirectory(prefix=f".{file.stem}-", dir=file.parent) as folder:
        fresh = Path(folder) / file.name
        told = asyncio.run(_filled(place.settings.model_copy(update={"database_url": f"sqlite:///{fresh}"})))
        with closing(sqlite3.connect(fresh)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        token_file.write(place.tokens, told)
        for left in ("-wal", "-shm"):  # of a demonstration that was deleted: SQLite would write it over this one
            file.with_name(f"{file.name}{left}").unlink(missing_ok=True)
        fresh.replace(file)


async def _filled(settings: Settings) -> list[str]:
    """Make a demonstration in an empty database; the lines of the file with its tokens."""
    async with migrations.migrated(settings.database_url) as (database, _):
        return _lines(await fill(database, settings))


async def _renewed(settings: Settings) -> list[str]:
    """The lines of the file anew, with other tokens: nobody can read those again that were in it."""
    async with migrations.migrated(settings.database_url) as (database, _):
        return _lines(await tokens_of(database))


def _lines(made: list[tuple[Account, str]]) -> list[str]:
    return [f"{one.role}\t{one.email}\t{token}" for one, token in made]


async def fill(database: Database, settings: Settings) -> list[tuple[Account, str]]:
    """Make a demonstration in a database that is migrated and empty; its accounts, each with a token."""
    await make_demo(database, NOTICE, clock.now())
    report = reports.report()
    with report.shown():
        await loading.load_reference(database, report, clock.now())
    made = await tell(database, settings)
    await finish_demo(database, clock.now())
    return made


async def tell(database: Database, settings: Settings) -> list[tuple[Account, str]]:
    """Tell the story of ZZ into a demonstration that has the reference data; its accounts, each with a token."""
    catalogue, reads = schema.make_catalogue(settings.fiscal_year_starts), reader(database, 1)
    offered = services(database, settings.fiscal_year_starts, await installed(database))
    engine = Engine(catalogue, reads, settings.plan_cache, settings.cost_limit, database, offered)
    try:
        story = Story(database, engine, clock.now())
        await add_accounts(story)
        await add_communities(story)
        typer.echo("Telling what the people of ZZ did until now.")
        await story.tell(*THREADS)
        return await tokens_of(database)
    finally:
        await reads.close()
