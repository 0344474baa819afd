"""The engine's front: documents are parsed and validated once, plans compiled once for each shape, answers read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from graphql import FieldNode, GraphQLError

from fund_api.core import clock
from fund_api.core.access import Sender, Viewer
from fund_api.core.commits import Commits
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue
from fund_api.core.limits import STANDARD, Limits
from fund_api.graph import cost, documents, introspection, tabular
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.compile import Compiler, Plan
from fund_api.graph.cost import Admit
from fund_api.graph.documents import Document
from fund_api.graph.errors import Code, RequestError, RequestErrors
from fund_api.graph.introspection import NOTHING, Introspection
from fund_api.graph.kept import Kept
from fund_api.graph.limits import check_values, hold
from fund_api.graph.live import Follower, Stream
from fund_api.graph.mutations import Mutations
from fund_api.graph.operations import Operation, chosen
from fund_api.graph.parts import Parts
from fund_api.graph.pulls import SECONDS, Pull, PullPlan, pulling, size_of
from fund_api.graph.reading import Reading
from fund_api.graph.roots import ROWS
from fund_api.graph.run import Reads
from fund_api.graph.steps import Asked
from fund_api.graph.variables import coerced

UNKNOWN = Sender()
Data = dict[str, Any]  # Any: what JSON holds
PART = 20
"""Rows that each part of a statement costs whoever needs one that is not kept yet."""
ROOM = 100
"""Tokens that one of the documents kept may have, on average, and parts that a plan may have. A token takes some 400
bytes as a tree."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an operation of one shape is answered: the plan of the engine's root fields, and the other root fields."""

    plan: Plan
    keys: tuple[str, ...]
    others: dict[str, list[FieldNode]]
    resolved: tuple[str, ...]
    """The keys of the root fields that have resolvers."""
    cost: int
    """What the other root fields cost, in rows."""


Planned = Callable[[Answer, int], Awaitable[None]]
"""Is told how a query is to be answered, and the rows that it may touch, before any of it runs; it may raise."""


@dataclass(slots=True)
class Engine:
    """Answers operations on a catalogue from one database."""

    catalogue: Catalogue
    reads: Reads
    kept: int
    cost_limit: int
    database: Database | None = None
    """Where mutations write."""
    services: Mapping[str, Any] = field(default_factory=dict)
    """What the application offers to resolvers, by name."""
    limits: Limits = STANDARD
    documents: Kept[bytes, Document] = field(init=False)
    plans: Kept[Hashable, Answer] = field(init=False)
    entity_plans: Kept[Hashable, Plan] = field(init=False)
    pull_plans: Kept[Hashable, PullPlan] = field(init=False)
    views: Kept[Hashable, Any] = field(init=False)
    """How types are compared for the feed of changes. Any: differences.View."""
    introspection: Introspection = field(init=False)
    _compiler: ThreadPoolExecutor = field(init=False)
    _numbers: Iterator[int] = field(default_factory=count, init=False)

    def __post_init__(self) -> None:
        self.documents = Kept(self.kept, self.kept * ROOM)
        self.plans = Kept(self.kept, self.kept * ROOM)
        self.entity_plans = Kept(self.kept, self.kept * ROOM)
        self.pull_plans = Kept(self.kept, self.kept * ROOM)
        self.views = Kept(self.kept)
        self._compiler = ThreadPoolExecutor(1, "compile")
        self.introspection = Introspection(self.catalogue.schema)
        self.services = {"database": self.database, **self.services}

    def prepare(
        self,
        text: str,
        name: str | None,
        variables: Mapping[str, Any],
        *,
        asks_cost: bool = False,
        introspects: bool = True,
        unknown: Callable[[], None] | None = None,
    ) -> Operation:
        """The operation of a document that a request means; `introspects` is whether it may ask about the schema.

        `unknown` is called before a document is read that is not kept.

        Raises RequestErrors, for what is beyond the limits, too.
        """
        if len(text) > self.limits.characters:
            hold(self.limits, "characters", len(text))
        key = documents.key(text)
        document = self.documents.find(key)
        if document is None:
            if unknown is not None:
                unknown()
            document = self._read(key, text, introspects)
        if document.introspects and not introspects:
            raise introspection.refused()
        node = chosen(document, name)
        if variables:
            check_values(variables, self.limits)
        schema = self.catalogue.schema
        values = coerced(schema, node, variables, suggests=introspects)
        return Operation(schema, document, node, values, variables, asks_cost)

    async def answer(
        self,
        operation: Operation,
        viewer: Viewer,
        sender: Sender = UNKNOWN,
        admit: Admit | None = None,
        planned: Planned | None = None,
    ) -> dict[str, Any]:
        """The response to an operation as the viewer sees it: its data, and errors of graphql-core's own fields.

        `admit` is told what it costs before any of it runs. Raises RequestErrors, and TimedOut.
        """
        asked = Asked(viewer, clock.now())
        if operation.mutates:
            return await self._mutated(operation, asked, sender, admit)
        try:
            answer = await self._answer(operation, viewer, admit)
            variables = operation.variables.coerced
            late = answer.plan.late(variables)
            rows = answer.plan.cost(late) + answer.cost
            cost.check(rows, self.cost_limit)
            if planned is not None:
                await planned(answer, rows)
            if admit is not None:
                admit(rows)
            data = await self.reads.read(answer.plan, variables, late, asked)
            response = {"data": data}
            if answer.others:
                response = await self._merged(operation, answer, data, asked, rows, admit=admit)
        except GraphQLError as error:
            raise RequestErrors([error], Code.BAD_USER_INPUT) from error
        except InvalidValue as failure:  # an argument of a computed field
            raise RequestErrors([GraphQLError(str(failure))], Code.BAD_USER_INPUT) from failure
        if operation.asks_cost:
            response["extensions"] = {"cost": {"rows": rows, "limit": self.cost_limit}}
        return response

    @asynccontextmanager
    async def pull(
        self, operation: Operation, viewer: Viewer, admit: Admit | None = None, seconds: float = SECONDS
    ) -> AsyncIterator[Pull]:
        """Every row of the one list that an operation selects, from one snapshot, for as long as the block lasts.

        `admit` is told what its first rows cost before any of it runs. Raises RequestErrors, and TimedOut after so
        many seconds, whatever the block does.
        """
        asked = Asked(viewer, clock.now())
        try:
            found = await self._pull_plan(operation, viewer, admit)
            variables = {**operation.variables.coerced, ROWS: 1}
            around, one = (found.plan.cost(found.plan.late({**variables, ROWS: rows})) for rows in (0, 1))
            cost.check(one, self.cost_limit)
            size = size_of(one - around, self.cost_limit)
            late = found.plan.late({**variables, ROWS: size})
            if admit is not None:
                admit(found.plan.cost(late))
        except GraphQLError as error:
            raise RequestErrors([error], Code.BAD_USER_INPUT) from error
        async with pulling(self.reads, found, size, (variables, asked), late, seconds=seconds) as pull:
            yield pull

    def stream(self, operation: Operation, who: Follower, commits: Commits) -> Stream:
        """A subscription as it is followed."""

        async def answer(text: str, variables: Mapping[str, Any], viewer: Viewer) -> Data:
            return await self.answer(self.prepare(text, None, variables), viewer)

        return Stream(self.catalogue, self.services, commits, self._reading, answer, operation, who)

    async def _merged(
        self, operation: Operation, answer: Answer, data: Data, asked: Asked, rows: int, *, admit: Admit | None
    ) -> Data:
        """The data of the engine's root fields with that of the others, in the order that was asked for."""
        about = {key: nodes for key, nodes in answer.others.items() if key not in answer.resolved}
        found = await self.introspection.tell(operation, about) if about else NOTHING
        told = {key: data[key] if key in data else found.data.get(key) for key in answer.keys}
        reading = replace(self._reading(operation, asked), admit=admit)
        reading.spent.append(rows)
        for key in answer.resolved:
            told[key] = await reading.resolved(self.catalogue.query, answer.others[key], self.services)
        return {"data": told, "errors": [e.formatted for e in found.errors]} if found.errors else {"data": told}

    async def _mutated(self, operation: Operation, asked: Asked, sender: Sender, admit: Admit | None) -> Data:
        """The response to a mutation."""
        kind = self.catalogue.schema.mutation_type
        if kind is None or self.database is None:
            raise TypeError("mutations need a schema that has them, and a database")
        groups = operation.selector.fields(kind, [operation.node.selection_set])
        mutations = Mutations(self.database, self.services, self._reading(operation, asked), sender)
        try:
            return await mutations.run(kind, groups, admit)
        except GraphQLError as error:
            raise RequestErrors([error], Code.BAD_USER_INPUT) from error

    def _reading(self, operation: Operation, asked: Asked) -> Reading:
        parts = Parts(self.limits.parts)
        plans, limit = self.entity_plans, self.cost_limit
        return Reading(self.catalogue, self.reads, plans, limit, operation, asked, parts, self._compiler, self.views)

    def _read(self, key: bytes, text: str, introspects: bool) -> Document:
        number = next(self._numbers)
        document = documents.read(self.catalogue.schema, text, number, self.limits, suggests=introspects)
        return self.documents.keep(key, document, document.weight)

    async def _answer(self, operation: Operation, viewer: Viewer, admit: Admit | None = None) -> Answer:
        """The plan that is kept, or a new one, which a thread makes while others are answered."""
        name = operation.node.name
        key = (operation.document.number, name.value if name else None, operation.shape, viewer.permissions)
        found = self.plans.find(key)
        if found is None:
            parts = Parts(self.limits.parts)
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._compiler, self._compiled, operation, viewer, parts)
            self.plans.keep(key, found, parts.number)
            if admit is not None:
                admit(PART * parts.number)
        return found

    async def _pull_plan(self, operation: Operation, viewer: Viewer, admit: Admit | None) -> PullPlan:
        """The plan of a pull that is kept, or a new one."""
        name = operation.node.name
        key = (operation.document.number, name.value if name else None, operation.shape, viewer.permissions)
        found = self.pull_plans.find(key)
        if found is None:
            parts = Parts(self.limits.parts)
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._compiler, self._pull_compiled, operation, viewer, parts)
            self.pull_plans.keep(key, found, parts.number)
            if admit is not None:
                admit(PART * parts.number)
        return found

    def _pull_compiled(self, operation: Operation, viewer: Viewer, parts: Parts) -> PullPlan:
        if operation.mutates or operation.subscribes:
            raise RequestError("A pull is a query.", nodes=operation.node)
        selector = operation.selector
        groups = selector.fields(self.catalogue.query, [operation.node.selection_set])
        pulled = tabular.read(self.catalogue, selector, groups)
        compiler = Compiler(self.catalogue, self.reads.dialect, parts)
        plan = compiler.pull_plan(selector, pulled, viewer.permissions, self.cost_limit)
        name = operation.node.name
        return PullPlan(plan, pulled.columns, name.value if name else pulled.field)

    def _compiled(self, operation: Operation, viewer: Viewer, parts: Parts) -> Answer:
        selector = operation.selector
        groups = selector.fields(self.catalogue.query, [operation.node.selection_set])
        known = self.catalogue.roots.keys() | {"__typename"}
        own = {key: nodes for key, nodes in groups.items() if nodes[0].name.value in known}
        others = {key: nodes for key, nodes in groups.items() if key not in own}
        plan = Compiler(self.catalogue, self.reads.dialect, parts).plan(
            selector, own, viewer.permissions, self.cost_limit
        )
        resolved = tuple(key for key, nodes in others.items() if not nodes[0].name.value.startswith("__"))
        rows = cost.SCAN * len(resolved) + introspection.cost_of(operation, others)
        return Answer(plan, tuple(groups), others, resolved, rows)
