"""What kind of installation a database holds: a standard one, or a demonstration, in which everything new is fictional.

The kind is written before anything else and never changes, so that a process asks for it once.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.errors import Failure
from fund_api.core.facts import Provenance
from fund_api.core.tables import Installation, InstallationKind

INSTALLATION = table_of(Installation)
_NAME = "this"


@dataclass(frozen=True, slots=True)
class Installed:
    """What a database is for, and what is to be told of it."""

    kind: InstallationKind = InstallationKind.STANDARD
    notice: str | None = None
    ready_at: datetime | None = None

    @property
    def is_demo(self) -> bool:
        """Whether this is a demonstration."""
        return self.kind is InstallationKind.DEMO

    @property
    def provenance(self) -> Provenance:
        """How rows come to be here that somebody writes."""
        return Provenance.FICTIONAL if self.is_demo else Provenance.ENTERED


STANDARD = Installed()


async def installed(database: Database) -> Installed:
    """What a database is for; of the same object the database itself is asked once."""
    known = database.known.get(_NAME)
    if not isinstance(known, Installed):
        async with database.reading() as connection:
            known = database.known[_NAME] = await read(connection)
    return known


async def read(connection: AsyncConnection) -> Installed:
    """What the database of a connection is for, asked anew."""
    row = (await connection.execute(sa.select(INSTALLATION))).first()
    return STANDARD if row is None else Installed(InstallationKind(row.kind), row.notice, row.ready_at)


def check_whole(here: Installed) -> None:
    """Raise Failure for a demonstration that was begun and not finished: nobody could say what is missing in it."""
    if here.is_demo and here.ready_at is None:
        raise Failure(
            "The database holds a demonstration that was begun and never finished. Delete it with all its tables, and"
            " make the demonstration anew by `fund-api demo`."
        )


async def make_demo(database: Database, notice: str, now: datetime) -> None:
    """Say of a database with nothing in it that it is to be a demonstration."""
    row = {"name": _NAME, "kind": InstallationKind.DEMO, "notice": notice, "created_at": now}
    async with database.writing() as connection:
        await connection.execute(INSTALLATION.insert(), row)
    database.known.clear()


async def finish_demo(database: Database, now: datetime) -> None:
    """Say that the world of a demonstration is whole."""
    async with database.writing() as connection:
        await connection.execute(INSTALLATION.update().values(ready_at=now))
    database.known.clear()
