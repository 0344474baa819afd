"""The engine's front: documents are parsed and validated once, plans compiled once for each shape, answers read."""

from collections.abc import Awaitable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    execute,
)

from fund_api.core import clock
from fund_api.core.access import Sender, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue
from fund_api.graph import cost, documents
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.compile import Compiler, Plan
from fund_api.graph.documents import Document
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.kept import Kept
from fund_api.graph.mutations import Mutations
from fund_api.graph.operations import Operation, chosen
from fund_api.graph.reading import Reading
from fund_api.graph.run import Asked, Reads
from fund_api.graph.variables import coerced

UNKNOWN = Sender()
Data = dict[str, Any]  # Any: what JSON holds


@dataclass(frozen=True, slots=True)
class Answer:
    """How an operation of one shape is answered: the plan of the engine's root fields, and the other root fields."""

    plan: Plan
    keys: tuple[str, ...]
    others: dict[str, list[FieldNode]]

    @property
    def resolved(self) -> list[str]:
        """The keys of the root fields that have resolvers."""
        return [key for key, nodes in self.others.items() if not nodes[0].name.value.startswith("__")]


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
    documents: Kept[str, Document] = field(init=False)
    plans: Kept[Hashable, Answer] = field(init=False)
    entity_plans: Kept[Hashable, Plan] = field(init=False)
    _numbers: Iterator[int] = field(default_factory=count, init=False)

    def __post_init__(self) -> None:
        self.documents = Kept(self.kept)
        self.plans = Kept(self.kept)
        self.entity_plans = Kept(self.kept)
        self.services = {"database": self.database, **self.services}

    def prepare(
        self, text: str, name: str | None, variables: Mapping[str, Any], *, asks_cost: bool = False
    ) -> Operation:
        """The operation of a document that a request means. Raises RequestErrors."""
        document = self.documents.find(text) or self.documents.keep(text, self._read(text))
        node = chosen(document, name)
        schema = self.catalogue.schema
        return Operation(schema, document, node, coerced(schema, node, variables), variables, asks_cost)

    async def answer(self, operation: Operation, viewer: Viewer, sender: Sender = UNKNOWN) -> dict[str, Any]:
        """The response to an operation as the viewer sees it: its data, and errors of graphql-core's own fields."""
        asked = Asked(viewer, clock.now())
        if operation.mutates:
            return await self._mutated(operation, asked, sender)
        try:
            answer = self._answer(operation, viewer)
            variables = operation.variables.coerced
            late = answer.plan.late(variables)
            rows = answer.plan.cost(late) + cost.SCAN * len(answer.resolved)
            cost.check(rows, self.cost_limit)
            data = await self.reads.read(answer.plan, variables, late, asked)
            response = {"data": data} if not answer.others else await self._merged(operation, answer, data, asked, rows)
        except GraphQLError as error:
            raise RequestErrors([error], Code.BAD_USER_INPUT) from error
        except InvalidValue as failure:  # an argument of a computed field
            raise RequestErrors([GraphQLError(str(failure))], Code.BAD_USER_INPUT) from failure
        if operation.asks_cost:
            response["extensions"] = {"cost": {"rows": rows, "limit": self.cost_limit}}
        return response

    async def _merged(self, operation: Operation, answer: Answer, data: Data, asked: Asked, rows: int) -> Data:
        """The data of the engine's root fields with that of the others, in the order that was asked for."""
        about = {key: nodes for key, nodes in answer.others.items() if key not in answer.resolved}
        found = await self._execute(operation, about) if about else ExecutionResult({}, None)
        told = {key: data[key] if key in data else (found.data or {}).get(key) for key in answer.keys}
        reading = self._reading(operation, asked)
        reading.spent.append(rows)
        for key in answer.resolved:
            told[key] = await reading.resolved(self.catalogue.query, answer.others[key], self.services)
        return {"data": told, "errors": [e.formatted for e in found.errors]} if found.errors else {"data": told}

    async def _mutated(self, operation: Operation, asked: Asked, sender: Sender) -> Data:
        """The response to a mutation."""
        kind = self.catalogue.schema.mutation_type
        if kind is None or self.database is None:
            raise TypeError("mutations need a schema that has them, and a database")
        groups = operation.selector.fields(kind, [operation.node.selection_set])
        mutations = Mutations(self.database, self.services, self._reading(operation, asked), sender)
        try:
            return {"data": await mutations.run(kind, groups)}
        except GraphQLError as error:
            raise RequestErrors([error], Code.BAD_USER_INPUT) from error

    def _reading(self, operation: Operation, asked: Asked) -> Reading:
        return Reading(self.catalogue, self.reads, self.entity_plans, self.cost_limit, operation, asked)

    def _read(self, text: str) -> Document:
        return documents.read(self.catalogue.schema, text, next(self._numbers))

    def _answer(self, operation: Operation, viewer: Viewer) -> Answer:
        name = operation.node.name
        key = (operation.document.number, name.value if name else None, operation.shape, viewer.permissions)
        return self.plans.find(key) or self.plans.keep(key, self._compiled(operation, viewer))

    def _compiled(self, operation: Operation, viewer: Viewer) -> Answer:
        selector = operation.selector
        groups = selector.fields(self.catalogue.query, [operation.node.selection_set])
        known = self.catalogue.roots.keys() | {"__typename"}
        own = {key: nodes for key, nodes in groups.items() if nodes[0].name.value in known}
        others = {key: nodes for key, nodes in groups.items() if key not in own}
        plan = Compiler(self.catalogue, self.reads.dialect).plan(selector, own, viewer.permissions)
        return Answer(plan, tuple(groups), others)

    async def _execute(self, operation: Operation, groups: dict[str, list[FieldNode]]) -> ExecutionResult:
        """Let graphql-core run these root fields of an operation."""
        selections = tuple(node for nodes in groups.values() for node in nodes)
        node = OperationDefinitionNode(
            operation=operation.node.operation,
            variable_definitions=operation.node.variable_definitions,
            selection_set=SelectionSetNode(selections=selections),
        )
        document = DocumentNode(definitions=(node, *operation.document.fragments.values()))
        result = execute(self.catalogue.schema, document, variable_values=dict(operation.given))
        return await result if isinstance(result, Awaitable) else result
