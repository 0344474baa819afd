"""Operations: the one that a request means, with the values of its variables."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType
from graphql.execution.values import VariableValues

from fund_api.core.ids import prefix_of
from fund_api.graph.arguments import shape
from fund_api.graph.collect import Selector
from fund_api.graph.cursors import nulls
from fund_api.graph.documents import Document
from fund_api.graph.errors import Code, RequestErrors


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document with the values of its variables."""

    schema: GraphQLSchema
    document: Document
    node: OperationDefinitionNode
    variables: VariableValues
    given: Mapping[str, Any]
    """The variables as the request holds them."""
    asks_cost: bool = False
    """Whether the response is to say what it cost."""

    @property
    def mutates(self) -> bool:
        """Whether it changes anything."""
        return self.node.operation is OperationType.MUTATION

    @property
    def subscribes(self) -> bool:
        """Whether it is answered again and again."""
        return self.node.operation is OperationType.SUBSCRIPTION

    @property
    def selector(self) -> Selector:
        """What collects its fields."""
        return Selector(self.schema, self.document.fragments, self.variables)

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


def chosen(document: Document, name: str | None) -> OperationDefinitionNode:
    """The operation of a document that a request means. Raises RequestErrors when it names none, or one of several."""
    if name is None and len(document.operations) == 1:
        node = next(iter(document.operations.values()))
    elif name in document.operations:
        node = document.operations[name]
    else:
        known = ", ".join(str(one) for one in document.operations if one)
        wanted = "operationName must say which operation to run" if name is None else f"There is no operation {name!r}"
        raise RequestErrors([GraphQLError(f"{wanted}: {known or 'it has no name'}.")], Code.BAD_REQUEST)
    return node
