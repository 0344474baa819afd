"""Where a demonstration is: its database, its files and the file with its tokens, none of which is anybody else's."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.database import Database, Dialect, reached
from fund_api.core.errors import Failure
from fund_api.core.installation import INSTALLATION, check_whole, read
from fund_api.core.settings import Settings

ADDRESS = "sqlite:///demo.db"
"""Where a demonstration is unless somebody says otherwise."""
PERSON = "person"
OTHERS = ("smtp_url", "oidc_issuer", "oidc_audience")
"""Settings by which a server reaches others, which one of a demonstration never does: nobody real is told of it."""
_PORT = 5432
_HERE = frozenset({None, "localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a demonstration is."""

    database: Database
    settings: Settings
    """Those to serve it by."""
    tokens: Path

    @property
    def name(self) -> str:
        """Its database, as people are told of it: without a password."""
        return self.database.url.render_as_string()


def place(settings: Settings, address: str) -> Place:
    """Where a demonstration at this address is. Raises Failure when it would be the default database, or elsewhere
    than on this machine: whoever can reach it finds the tokens there.
    """
    if not settings.is_local:
        raise Failure(
            "A demonstration is served to this machine alone, where its tokens lie in a file: leave FUND_HOST out."
        )
    database, other = Database.at(address), Database.at(settings.database_url)
    if _is_same(database, other):
        raise Failure(
            f"{database.url.render_as_string()} is the database of FUND_DATABASE_URL: a demonstration has its own."
            " Name another with --database."
        )
    is_file = database.dialect is Dialect.SQLITE
    base = database.file.with_suffix("") if is_file else Path(f"demo-{database.url.database}")
    files = base.with_name(f"{base.name}-files")
    if files.resolve() == Path(settings.files).resolve():
        raise Failure(f"{files} is the folder of FUND_FILES: a demonstration has its own.")
    own: dict[str, str | None] = {"database_url": address, "files": str(files)}
    own |= dict.fromkeys(OTHERS)
    return Place(database, settings.model_copy(update=own), base.with_name(f"{base.name}-tokens.txt"))


async def is_made(place: Place) -> bool:
    """Whether the demonstration is there, whole; False where there is nothing at all. Raises Failure for all else."""
    if place.database.dialect is Dialect.SQLITE and not _has_content(place.database.file):
        return False
    async with reached(place.settings.database_url) as database, database.reading() as connection:
        tables = set(await connection.run_sync(lambda own: sa.inspect(own).get_table_names()))
        if not tables:
            return False
        if INSTALLATION.name in tables and (here := await read(connection)).is_demo:
            check_whole(here)
            return True
        inside = "people in it" if PERSON in tables and await _has_people(connection) else "something in it already"
        raise Failure(
            f"{place.name} has {inside} and is no demonstration, which takes a database of its own: name one"
            " that is empty, or that is not there yet, with --database."
        )


def _has_content(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


async def _has_people(connection: AsyncConnection) -> bool:
    rows = sa.table(PERSON, sa.column("id"))
    return (await connection.execute(sa.select(rows.c.id).limit(1))).first() is not None


def _is_same(one: Database, other: Database) -> bool:
    """Whether two addresses are of one database."""
    if one.dialect is not other.dialect:
        return False
    if one.dialect is Dialect.SQLITE:
        both = one.file, other.file
        return both[0].resolve() == both[1].resolve() or (all(map(Path.exists, both)) and both[0].samefile(both[1]))
    return _server(one.url) == _server(other.url)


def _server(url: URL) -> tuple[object, ...]:
    """What tells a database of PostgreSQL from others; of this machine any name."""
    host = url.host or url.query.get("host")
    return "here" if host in _HERE else host, url.port or _PORT, url.database or url.username
