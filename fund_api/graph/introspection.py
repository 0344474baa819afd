"""Answers about the schema itself, by graphql-core.

They are the same for everybody for as long as the process lives, and reading the whole schema takes a second: each is
made once, in a thread beside the event loop, one at a time, and kept as JSON.
"""

import asyncio
from collections.abc import Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    execute,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
)

from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.kept import Kept
from fund_api.graph.operations import Operation

ROOM = 20_000_000
"""Bytes of all answers together; the whole schema takes one or two million."""
SMALLEST = 1_000
"""Rows that a question about the schema costs, at the least."""
FIELDS_A_ROW = 12
"""Fields that are told for the price of a row: reading the whole schema, which takes half a second, costs 38,000."""


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


def cost_of(operation: Operation, groups: Mapping[str, list[FieldNode]]) -> int:
    """What root fields about the schema cost, by how many fields will be told, lists at their average length."""
    asked = [nodes[0] for nodes in groups.values() if nodes[0].name.value.startswith("__")]
    if not asked:
        return 0
    counting = _Counting(operation.document.fragments, _lengths(operation.schema))
    told = sum(counting.told(node.selection_set) for node in asked)
    return max(SMALLEST * len(asked), told // FIELDS_A_ROW)


@dataclass(frozen=True, slots=True)
class _Counting:
    """Counts the fields that a question about the schema is answered with."""

    fragments: Mapping[str, FragmentDefinitionNode]
    lengths: Mapping[str, int]

    def told(self, selections: SelectionSetNode | None) -> int:
        """The fields of one object, with those below them."""
        number = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                number += self.lengths.get(node.name.value, 1) * (1 + self.told(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                number += self.told(self.fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                number += self.told(node.selection_set)
        return number


@lru_cache(maxsize=8)
def _lengths(schema: GraphQLSchema) -> dict[str, int]:
    """How long the lists are that tell of a schema, on average, rounded up.

    Fields are averaged over the types that have any: of these, questions inside questions are asked. The others are
    averaged over all types.
    """
    kinds = list(schema.type_map.values())
    composite = [kind for kind in kinds if is_object_type(kind) or is_interface_type(kind)]
    fields = [field for kind in composite for field in kind.fields.values()]
    several = {
        "inputFields": sum(len(kind.fields) for kind in kinds if is_input_object_type(kind)),
        "enumValues": sum(len(kind.values) for kind in kinds if is_enum_type(kind)),
        "interfaces": sum(len(kind.interfaces) for kind in composite),
        "possibleTypes": sum(len(schema.get_possible_types(kind)) for kind in kinds if is_abstract_type(kind)),
    }
    averages = {name: number // len(kinds) + 1 for name, number in several.items()}
    averages |= {
        "fields": len(fields) // len(composite) + 1,
        "args": sum(len(one.args) for one in fields) // len(fields) + 1,
    }
    return averages | {"types": len(kinds), "directives": len(schema.directives)}


def refused() -> RequestErrors:
    """The error for who may not ask about the schema."""
    message = (
        "The schema is told of to administrators alone here: send the token of one."
        " FUND_INTROSPECTION=on opens it to everybody."
    )
    return RequestErrors([GraphQLError(message)], Code.INTROSPECTION_DISABLED)
