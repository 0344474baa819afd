"""The database of the settings as a source: the engine itself, without a server."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from typing import Any

import asyncpg
import orjson

import schema
from fund_api import migrations
from fund_api.app import services
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import Failure, TimedOut, Unauthorized
from fund_api.core.installation import installed
from fund_api.core.settings import Settings
from fund_api.edge.documents import KnownDocuments
from fund_api.edge.requests import Request
from fund_api.exporting.sources import Broken, Stream
from fund_api.graph.engine import Engine
from fund_api.graph.errors import RequestErrors
from fund_api.graph.operations import Operation
from fund_api.graph.pulls import Pull
from fund_api.graph.run import reader
from fund_api.people.signing_in import SigningIn
from fund_api.reporting import offered
from fund_api.reporting.cursors import cursor_at
from fund_api.reporting.forms import About, FormKind
from fund_api.reporting.questions import Asked

LONGEST = 86_400.0
"""Seconds that one pull may last: nobody else waits for its connection."""
READERS = 2


class Local:
    """Answers from the database."""

    name = "the database"

    def __init__(self, engine: Engine, documents: KnownDocuments, viewer: Viewer, settings: Settings) -> None:
        self._engine = engine
        self._documents = documents
        self._viewer = viewer
        self._formulas = settings.csv_formulas
        rights = ",".join(sorted(viewer.permissions))
        self.identity = f"{settings.database_url} {viewer.id} {rights} {settings.csv_formulas}"

    async def data(self, asked: Asked) -> Any:  # Any: what JSON holds
        """The data of an answer."""
        try:
            answer = await self._engine.answer(await self._operation(asked), self._viewer)
        except (RequestErrors, TimedOut) as error:
            raise Failure(str(error)) from None
        return orjson.loads(orjson.dumps(answer["data"], option=orjson.OPT_UTC_Z))

    @asynccontextmanager
    async def pulled(self, asked: Asked, kind: FormKind) -> AsyncIterator[Stream]:
        """Every row of a list. What goes wrong where they are written is none of the database's."""
        offered.check(kind)
        try:
            async with AsyncExitStack() as stack:
                with _broken():
                    operation = await self._operation(asked)
                    pull = await stack.enter_async_context(self._engine.pull(operation, self._viewer, seconds=LONGEST))
                async with aclosing(self._parts(pull, kind)) as parts:
                    yield Stream(pull.number, parts, cursor_at(pull.feed, pull.at))
        except RequestErrors as error:
            raise Failure(str(error)) from None
        except TimedOut as error:
            raise Broken(str(error)) from None

    async def _parts(self, pull: Pull, kind: FormKind) -> AsyncGenerator[bytes, None]:
        form = offered.form(kind, About(pull.columns, pull.name, pull.number, self._formulas))
        yield form.begin()
        with _broken():
            async with aclosing(pull.made(form.rows)) as parts:
                async for part in parts:
                    yield part
        yield form.end()

    async def _operation(self, asked: Asked) -> Operation:
        text = asked.text
        if text is None:
            text = await self._documents.text_of(Request("", None, {}, False, asked.document_id))
        return self._engine.prepare(text, None, asked.variables)


@contextmanager
def _broken() -> Iterator[None]:
    """Tell of a connection that is lost in the block as a source does. Raises Broken."""
    try:
        yield
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as error:
        raise Broken(str(error)) from None


@asynccontextmanager
async def opened(settings: Settings, token: str | None) -> AsyncIterator[Local]:
    """The migrated database of the settings, as who has this token; without one, as everybody. Raises Failure."""
    async with migrations.migrated(settings.database_url) as (database, _):
        offers = services(database, settings.fiscal_year_starts, await installed(database))
        reads = reader(database, READERS)
        catalogue = schema.make_catalogue(settings.fiscal_year_starts)
        engine = Engine(catalogue, reads, settings.plan_cache, settings.cost_limit, database, offers, settings.limits)
        try:
            viewer = await _viewer(database, token)
            yield Local(engine, KnownDocuments(database), viewer, settings)
        finally:
            await reads.close()


async def _viewer(database: Database, token: str | None) -> Viewer:
    """Whose token it is. A token of the provider's is nothing that commands take."""
    if token is None:
        return PUBLIC
    signing_in = SigningIn(database)
    try:
        return await signing_in.viewer(b"Bearer " + token.encode(), "")
    except Unauthorized as error:
        raise Failure(str(error)) from None
    finally:
        await signing_in.close()
