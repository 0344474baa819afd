"""The engine's front: documents are parsed and validated once, plans compiled once for each shape, answers read."""

from collections import OrderedDict
from collections.abc import Awaitable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute,
)
from graphql.execution.values import VariableValues

from fund_api.core.access import Viewer
from fund_api.core.ids import prefix_of
from fund_api.graph import cost, documents
from fund_api.graph.arguments import shape
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.collect import Selector
from fund_api.graph.compile import Compiler, Plan
from fund_api.graph.cursors import nulls
from fund_api.graph.documents import Document
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.run import Reads
from fund_api.graph.variables import coerced

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(OrderedDict[K, V]):
    """A cache of the `size` entries that were used last."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def find(self, key: K) -> V | None:
        """The entry, which then counts as used."""
        value = self.get(key)
        if value is not None:
            self.move_to_end(key)
        return value

    def keep(self, key: K, value: V) -> V:
        """Add an entry, dropping the one that was unused for longest."""
        self[key] = value
        if len(self) > self.size:
            self.popitem(last=False)
        return value


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document with the values of its variables."""

    document: Document
    node: OperationDefinitionNode
    variables: VariableValues
    given: Mapping[str, Any]
    """The variables as the request holds them."""
    asks_cost: bool = False
    """Whether the response is to say what it cost."""

    @property
    def shape(self) -> Hashable:
        """What of the variables decides the plan."""
        document = self.document
        parts: list[Hashable] = []
        for name, value in self.variables.coerced.items():
            if name in document.cursors:
                parts.append((name, value is None, nulls(value)))
            elif name in document.ids:
                ids = value if isinstance(value, list) else [value]
                parts.append((name, value is None, frozenset(prefix_of(one) for one in ids if one is not None)))
            else:
                parts.append((name, shape(value)))
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Answer:
    """How an operation of one shape is answered: the plan of the engine's root fields, and the other root fields."""

    plan: Plan
    keys: tuple[str, ...]
    others: dict[str, list[FieldNode]]


@dataclass(slots=True)
class Engine:
    """Answers operations on a catalogue from one database."""

    catalogue: Catalogue
    reads: Reads
    kept: int
    cost_limit: int
    documents: Kept[str, Document] = field(init=False)
    plans: Kept[Hashable, Answer] = field(init=False)
    _numbers: Iterator[int] = field(default_factory=count, init=False)

    def __post_init__(self) -> None:
        self.documents = Kept(self.kept)
        self.plans = Kept(self.kept)

    def prepare(
        self, text: str, name: str | None, variables: Mapping[str, Any], *, asks_cost: bool = False
    ) -> Operation:
        """The operation of a document that a request means. Raises RequestErrors."""
        document = self.documents.find(text) or self.documents.keep(text, self._read(text))
        node = _operation(document, name)
        return Operation(document, node, coerced(self.catalogue.schema, node, variables), variables, asks_cost)

    async def answer(self, operation: Operation, viewer: Viewer) -> dict[str, Any]:
        """The response to a query as the viewer sees it: its data, and errors of fields that are not the engine's."""
        try:
            answer = self._answer(operation, viewer)
            variables = operation.variables.coerced
            late = answer.plan.late(variables)
            rows = answer.plan.cost(late)
            cost.check(rows, self.cost_limit)
            data = await self.reads.read(answer.plan, variables, late, viewer)
        except GraphQLError as error:
            raise RequestErrors([error], Code.BAD_USER_INPUT) from error
        response = {"data": data} if not answer.others else await self._merged(operation, answer, data)
        if operation.asks_cost:
            response["extensions"] = {"cost": {"rows": rows, "limit": self.cost_limit}}
        return response

    async def _merged(self, operation: Operation, answer: Answer, data: dict[str, Any]) -> dict[str, Any]:
        """The data of the engine's root fields with that of the others, in the order that was asked for."""
        found = await self._execute(operation, answer.others)
        merged = {key: data[key] if key in data else (found.data or {}).get(key) for key in answer.keys}
        return {"data": merged, "errors": [e.formatted for e in found.errors]} if found.errors else {"data": merged}

    def _read(self, text: str) -> Document:
        return documents.read(self.catalogue.schema, text, next(self._numbers))

    def _answer(self, operation: Operation, viewer: Viewer) -> Answer:
        name = operation.node.name
        key = (operation.document.number, name.value if name else None, operation.shape, viewer.permissions)
        return self.plans.find(key) or self.plans.keep(key, self._compiled(operation, viewer))

    def _compiled(self, operation: Operation, viewer: Viewer) -> Answer:
        selector = Selector(self.catalogue.schema, operation.document.fragments, operation.variables)
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


def _operation(document: Document, name: str | None) -> OperationDefinitionNode:
    if name is None and len(document.operations) == 1:
        node = next(iter(document.operations.values()))
    elif name in document.operations:
        node = document.operations[name]
    else:
        known = ", ".join(str(one) for one in document.operations if one)
        wanted = "operationName must say which operation to run" if name is None else f"There is no operation {name!r}"
        raise RequestErrors([GraphQLError(f"{wanted}: {known or 'it has no name'}.")], Code.BAD_REQUEST)
    if node.operation is not OperationType.QUERY:
        raise RequestErrors([GraphQLError("Only queries can be answered here.")], Code.BAD_REQUEST)
    return node
