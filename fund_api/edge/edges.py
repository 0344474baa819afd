"""The edge of an application, made from its settings: one service, and the ways in."""

import math
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import fund_api
import schema
from fund_api.core.commits import Commits
from fund_api.core.database import Database
from fund_api.core.heads import Heads
from fund_api.core.installation import Installed
from fund_api.core.settings import Settings
from fund_api.core.turning_points import TurningPoints
from fund_api.edge.borders import Border
from fund_api.edge.caching import Caching
from fund_api.edge.documents import KnownDocuments
from fund_api.edge.endpoint import GraphQLEndpoint
from fund_api.edge.event_streams import EventStreams
from fund_api.edge.gate import Gate
from fund_api.edge.live import STRANGERS, Held, Limits
from fund_api.edge.origins import Origins
from fund_api.edge.patience import Patience
from fund_api.edge.pulls import Pulls, Slots
from fund_api.edge.requests import SignIn
from fund_api.edge.service import Service
from fund_api.edge.tags import program_of
from fund_api.edge.throttling import Throttling
from fund_api.edge.websocket_endpoint import WebsocketEndpoint
from fund_api.graph.engine import Engine
from fund_api.library.visibility import BOUNDARIES

PACKAGES = (Path(fund_api.__file__).parent, Path(schema.__file__).parent)
"""Where the program is."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What requests meet: the border, and behind it /graphql over HTTP and over websockets."""

    service: Service
    border: Border
    graphql: GraphQLEndpoint
    websockets: WebsocketEndpoint

    async def leave(self) -> None:
        """End what would else go on for as long as clients listen: the server stops."""
        self.service.stop()
        self.graphql.pulls.stop()
        await self.websockets.close()

    async def close(self) -> None:
        """Wait for what was begun, and let go of what only the edge uses."""
        await self.service.close()
        await self.graphql.caching.close()


def edge_of(settings: Settings, engine: Engine, database: Database, sign_in: SignIn, here: Installed) -> Edge:
    """The edge that the settings describe. Every answer of a demonstration says in a header that it is one."""
    service = Service(
        engine,
        sign_in,
        KnownDocuments(database, settings.documents),
        Commits(database, max(1, settings.read_connections // 2)),
        Throttling(settings.caller_rows, settings.caller_rows_per_second),
        _gate(settings),
        Patience(settings.operation_timeout),
        tells_schema=settings.tells_schema,
    )
    limits = _live_limits(settings)
    own = ((b"fund-installation", here.kind.encode()),) if here.is_demo else ()
    bodies, streams = Patience(settings.body_timeout), EventStreams(service, limits)
    caching = _caching(settings, database, service)
    return Edge(
        service,
        Border(Origins.of(settings.cors_origins), own, settings.access_log),
        GraphQLEndpoint(service, settings.body_limit, bodies, streams, _pulls(settings, service), caching),
        WebsocketEndpoint(service, limits),
    )


def _caching(settings: Settings, database: Database, service: Service) -> Caching:
    """What keeps answers. Another program, or one that counts years otherwise, answers by other tags."""
    program = sha256(b"%d " % settings.fiscal_year_starts + program_of(PACKAGES))
    return Caching(
        Heads(database),
        TurningPoints(database, BOUNDARIES),
        service.charge,
        program=program.digest(),
        public_seconds=settings.public_seconds,
        room=settings.response_cache * 1_000_000,
    )


def _gate(settings: Settings) -> Gate:
    """What keeps one caller from taking every reader: a quarter of them is left to the others."""
    connections = settings.read_connections
    share = max(1, connections - math.ceil(connections / 4))
    if settings.caller_operations >= settings.operations:  # one caller may have everything
        share = settings.operations
    return Gate(share, settings.caller_operations, settings.operations)


def _pulls(settings: Settings, service: Service) -> Pulls:
    """What answers by all rows of a list."""
    slots = Slots(settings.pulls)
    return Pulls(service, slots, settings.pull_timeout, settings.live_patience, settings.csv_formulas)


def _live_limits(settings: Settings) -> Limits:
    """What websockets and event streams may take."""
    return Limits(
        held=Held(settings.live_connections),
        strangers=Held(STRANGERS),
        operations=settings.socket_operations,
        message=settings.body_limit,
        patience=settings.live_patience,
    )
