"""Subscriptions: each tells what a source finds whenever the log has grown, read by the engine as every answer is.

A source is asked with the rights that its viewer has at that moment, and answers with payloads in the order of the log.
Whoever follows holds nothing but the number of the last event that they were told of: it is a cursor, in any process.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    value_from_ast_untyped,
)
from graphql.execution.values import get_argument_values

from fund_api.core import clock
from fund_api.core.access import Viewer
from fund_api.core.commits import Commits, GoingAway
from fund_api.core.database import is_lost
from fund_api.core.errors import InvalidValue, TimedOut
from fund_api.graph.catalogue import STRAWBERRY, Catalogue, object_type
from fund_api.graph.declarations import KEY, Live
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.operations import Operation
from fund_api.graph.reading import Reading, check_texts
from fund_api.graph.steps import Asked

AT_ONCE = 100
"""Payloads that are read at once."""
CHECKED_EVERY = 30.0
"""Seconds after which rights are looked at again though no event touched them: tokens expire, providers forget."""
TRIES, AGAIN = 5, 1.0
"""How often a database that is late is asked for the same, and the seconds between."""

Json = Any
"""What JSON holds."""
Recheck = Callable[[], Awaitable[Viewer]]
"""Who asks, by what they may do now. Raises Unauthorized when they may not ask any more."""
Admit = Callable[[int], Awaitable[None]]
"""Waits until so many rows may be read for who asks. Raises GoingAway."""
Ask = Callable[[str, Mapping[str, Json]], Awaitable[dict[str, Json]]]
"""What the engine answers to a document and its variables."""


class Numbered(Protocol):
    """A payload: what was told up to an event."""

    number: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One response of a subscription, and the cursor that a client continues from."""

    response: dict[str, Json]
    cursor: str


@dataclass(slots=True)
class Follower:
    """Who follows, by what they may do as it was looked at last; how to look again, and what their reads wait for."""

    viewer: Viewer
    recheck: Recheck
    admit: Admit


@dataclass(slots=True)
class Following:
    """What a source may know: for whom it looks, after which event and up to which one, and for how many payloads."""

    viewer: Viewer
    services: Mapping[str, Any]
    ask: Ask
    after: int
    head: int
    room: int
    state: dict[str, Any] = field(default_factory=dict)
    """What a source keeps from one time to the next, as long as the subscription lasts."""


@dataclass(frozen=True, slots=True)
class Root:
    """The one root field of a subscription."""

    key: str
    field: GraphQLField
    nodes: list[FieldNode]

    @property
    def declared(self) -> Live:
        """What it declares."""
        declared: Live = self.field.extensions[STRAWBERRY].metadata[KEY]
        return declared


@dataclass(slots=True)
class Stream:
    """One subscription that is followed."""

    catalogue: Catalogue
    services: Mapping[str, Any]
    commits: Commits
    reading: Callable[[Operation, Asked], Reading]
    answer: Callable[[str, Mapping[str, Json], Viewer], Awaitable[dict[str, Json]]]
    operation: Operation
    who: Follower
    _checked: tuple[int, float] = (-1, 0.0)
    """The event that touched rights, and the moment, when they were last looked at."""

    async def deliveries(self, after: int | None) -> AsyncGenerator[Delivery, None]:
        """What is told, from after an event on or, without one, from now on.

        Raises RequestErrors for what can't be told, Unauthorized when the viewer may not ask any more, and GoingAway.
        """
        root = self._root()
        with _refused():
            arguments = self._arguments(root.field, root.nodes[0])
            price = await self._reading().price(object_type(root.field), root.nodes)
        given = arguments.pop("after", None) if after is None else after
        room = max(1, min(AT_ONCE, self._reading().cost_limit // max(price, 1)))
        async with self.commits.followed():
            following = self._following(given, room)
            while True:
                found, told = await self._patiently(root, arguments, following, price)
                for one, value in zip(found, told, strict=True):
                    if self._is_stale():  # rights come first; what was not told is looked for again
                        following.state.clear()
                        break
                    following.after = max(following.after, one.number)
                    yield Delivery({"data": {root.key: value}}, str(one.number))
                else:
                    if len(found) < room:
                        following.after = max(following.after, following.head)
                        await self.commits.beyond(following.after, CHECKED_EVERY)

    def _following(self, after: int | None, room: int) -> Following:
        """Where this one begins. Raises RequestErrors for an event that is not in the log."""

        async def ask(text: str, variables: Mapping[str, Json]) -> dict[str, Json]:
            return await self.answer(text, variables, self.who.viewer)

        head = self.commits.head
        if after is not None and not 0 <= after <= head:
            message = f"after lies between 0 and {head:,}, the last event, not at {after:,}."
            raise RequestErrors([GraphQLError(message)], Code.BAD_USER_INPUT)
        return Following(self.who.viewer, self.services, ask, head if after is None else after, head, room)

    async def _patiently(
        self, root: Root, arguments: Mapping[str, Json], following: Following, price: int
    ) -> tuple[list[Numbered], list[Json]]:
        """As `_look`. A database that is late or gone is asked again: who follows would only come back and ask that."""
        tries = 1
        while True:
            kept = dict(following.state)
            try:
                return await self._look(root, arguments, following, price)
            except Exception as error:
                late = isinstance(error, TimedOut)
                if not late and not is_lost(error):
                    raise
                if tries == TRIES:
                    ended = RequestErrors([GraphQLError(str(error))], Code.OPERATION_TIMEOUT) if late else GoingAway()
                    raise ended from error
            following.state = kept
            tries += 1
            await self.commits.pause(AGAIN)

    async def _look(
        self, root: Root, arguments: Mapping[str, Json], following: Following, price: int
    ) -> tuple[list[Numbered], list[Json]]:
        """What there is to tell now, and what is selected of it; few look at the same time."""
        await self.who.admit(0)
        following.head = self.commits.head  # the rights are known up to there, so nothing beyond it is told
        following.viewer = await self._now()
        async with self.commits.turns:
            with _refused():
                found = await root.declared.source(following, arguments)
        if not found:
            return [], []
        await self.who.admit(price * len(found))
        async with self.commits.turns:
            with _refused():
                several = GraphQLField(GraphQLList(root.field.type))
                return found, await self._reading().shaped(several, root.nodes, found, None)

    async def _now(self) -> Viewer:
        """The viewer with the rights that they have by now."""
        if self._is_stale():
            now = self.commits.rights, time.monotonic()
            self.who.viewer = await self.who.recheck()
            self._checked = now
        return self.who.viewer

    def _is_stale(self) -> bool:
        """Whether the viewer may have other rights than when these were last looked at."""
        rights, at = self._checked
        return self.commits.rights > rights or time.monotonic() - at > CHECKED_EVERY

    def _root(self) -> Root:
        """The root field: validation lets no subscription in that has another number of them."""
        kind = self.catalogue.schema.subscription_type
        if kind is None:
            raise TypeError("the schema has no subscriptions")
        groups = self.operation.selector.fields(kind, [self.operation.node.selection_set])
        [(key, nodes)] = groups.items()
        return Root(key, kind.fields[nodes[0].name.value], nodes)

    def _arguments(self, own: GraphQLField, node: FieldNode) -> dict[str, Json]:
        """The arguments as JSON, for a source asks the engine with them; graphql-core found them right."""
        coerced = get_argument_values(own, node, self.operation.variables)
        check_texts(coerced, node)
        given = dict(self.operation.given)
        for variable in self.operation.node.variable_definitions or ():
            if variable.default_value is not None:
                given.setdefault(variable.variable.name.value, value_from_ast_untyped(variable.default_value))
        written = {one.name.value: value_from_ast_untyped(one.value, given) for one in node.arguments or ()}
        return {name: written[name] for name, value in coerced.items() if value is not None}

    def _reading(self) -> Reading:
        return self.reading(self.operation, Asked(self.who.viewer, clock.now()))


class _refused:  # noqa: N801  # reads as a word of a `with`
    """Makes what a client has to mend into errors of the request."""

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, GraphQLError):
            raise RequestErrors([error], Code.BAD_USER_INPUT) from error
        if isinstance(error, InvalidValue):
            raise RequestErrors([GraphQLError(str(error))], Code.BAD_USER_INPUT) from error
