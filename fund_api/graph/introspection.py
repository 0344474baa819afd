"""Answers about the schema itself, by graphql-core.

They are the same for everybody for as long as the process lives, and reading the whole schema takes a second: each is
made once, in a thread beside the event loop, one at a time, and kept as JSON.
"""

import asyncio
from collections.abc import Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute,
)

from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.kept import Kept
from fund_api.graph.operations import Operation

ROOM = 20_000_000
"""Bytes of all answers together; the whole schema takes one or two million."""
COSTS = {"__schema": 25_000, "__type": 1_000}
"""What the root fields cost, in rows."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was found: each value as JSON, which is put into the response as it is; and errors."""

    data: dict[str, Any]
    errors: list[GraphQLError]


NOTHING = Told({}, [])
"""The answer to no question."""


@dataclass(slots=True)
class Introspection:
    """Answers what operations ask about one schema."""

    schema: GraphQLSchema
    kept: Kept[Hashable, Told] = field(default_factory=lambda: Kept(100, ROOM))
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "introspection"))

    async def tell(self, operation: Operation, groups: dict[str, list[FieldNode]]) -> Told:
        """The answers to these root fields of an operation."""
        name = operation.node.name
        given = orjson.dumps(operation.variables.coerced, option=orjson.OPT_SORT_KEYS, default=str)
        key = (operation.document.number, name.value if name else None, tuple(groups), given)
        if found := self.kept.find(key):
            return found
        async with self._one:
            if found := self.kept.find(key):
                return found
            loop = asyncio.get_running_loop()
            told, size = await loop.run_in_executor(self._worker, self._execute, operation, groups)
            return self.kept.keep(key, told, size)

    def _execute(self, operation: Operation, groups: dict[str, list[FieldNode]]) -> tuple[Told, int]:
        """What graphql-core says to these fields, and how large it is."""
        selections = tuple(node for nodes in groups.values() for node in nodes)
        node = OperationDefinitionNode(
            operation=operation.node.operation,
            variable_definitions=operation.node.variable_definitions,
            selection_set=SelectionSetNode(selections=selections),
        )
        document = DocumentNode(definitions=(node, *operation.document.fragments.values()))
        result = execute(self.schema, document, variable_values=dict(operation.given))
        if not isinstance(result, ExecutionResult):
            raise TypeError("the schema is told of by fields that need no waiting")
        texts = {key: orjson.dumps(value) for key, value in (result.data or {}).items()}
        told = Told({key: orjson.Fragment(text) for key, text in texts.items()}, result.errors or [])
        return told, sum(map(len, texts.values()))


def cost_of(groups: Iterable[list[FieldNode]]) -> int:
    """What root fields about the schema cost."""
    return sum(COSTS.get(nodes[0].name.value, 0) for nodes in groups)


def refused() -> RequestErrors:
    """The error for who may not ask about the schema."""
    message = (
        "The schema is told of to administrators alone here: send the token of one."
        " FUND_INTROSPECTION=on opens it to everybody."
    )
    return RequestErrors([GraphQLError(message)], Code.INTROSPECTION_DISABLED)
