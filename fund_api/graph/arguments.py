"""Arguments as the compiler reads them: their structure now, their scalars as code that runs later.

A plan serves every request of the same shape, so a value that decides the shape (an input object's keys, null, a
boolean, an order) is read at once, and a scalar becomes the Python expression that fetches it from the variables `v` or
the plan's constants `k`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)
from graphql.utilities import coerce_input_literal

from fund_api.graph.choices import Direction, Nulls, OrderColumn, SearchKind
from fund_api.graph.errors import RequestError

STRUCTURAL = (bool, OrderColumn, Direction, Nulls, SearchKind)
"""Types whose values decide the shape of a plan."""

Structure = bool | OrderColumn | Direction | Nulls | SearchKind


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value that is known when a plan runs: the expression that reads it, and the value of this very request."""

    expression: str
    value: Any  # Any: a coerced scalar of any GraphQL type

    def through(self, function: str) -> "Scalar":
        """The same value passed through a function that the generated code knows."""
        return Scalar(f"{function}({self.expression})", self.value)


Value = Scalar | Structure | dict[str, "Value"] | list["Value"] | None
"""An argument: absent ones are left out of their dict."""


@dataclass(slots=True)
class Reader:
    """Reads arguments of one operation."""

    variables: Mapping[str, Any]  # Any: coerced values, as graphql-core gives them
    constants: list[object] = field(default_factory=list)

    def constant(self, value: object) -> str:
        """The expression of a value that is part of the plan."""
        self.constants.append(value)
        return f"k[{len(self.constants) - 1}]"

    def arguments(self, declared: Mapping[str, GraphQLArgument], given: Mapping[str, ValueNode]) -> dict[str, Value]:
        """The arguments that a field was given."""
        read = {name: self._literal(given[name], declared[name].type) for name in declared if name in given}
        return {name: value for name, value in read.items() if value is not Undefined}

    def _literal(self, node: ValueNode, kind: GraphQLInputType) -> Any:  # Any: Value or Undefined
        if is_non_null_type(kind):
            value = self._literal(node, kind.of_type)
            if value is None and isinstance(node, VariableNode):  # allowed by its default, which null replaced
                raise RequestError(f"The variable ${node.name.value} is null, where {kind} is needed.", nodes=node)
            return value
        match node:
            case VariableNode():
                name = node.name.value
                if name not in self.variables:
                    return Undefined
                return self._variable(self.variables[name], kind, f"v[{name!r}]")
            case NullValueNode():
                return None
        if is_list_type(kind):
            items = node.values if isinstance(node, ListValueNode) else (node,)
            return self._list([self._literal(item, kind.of_type) for item in items], kind)
        if is_input_object_type(kind) and isinstance(node, ObjectValueNode):
            return self._object(node, kind)
        return self._leaf(coerce_input_literal(node, kind))

    def _object(self, node: ObjectValueNode, kind: GraphQLInputObjectType) -> dict[str, Any]:
        given = {item.name.value: item.value for item in node.fields}
        read: dict[str, Any] = {}
        for name, declared in kind.fields.items():
            value = self._literal(given[name], declared.type) if name in given else Undefined
            if value is Undefined:
                value = declared.default_value
            if value is not Undefined:
                read[name] = value
        return read

    def _leaf(self, value: Any) -> Value:
        return value if isinstance(value, STRUCTURAL) else Scalar(self.constant(value), value)

    @staticmethod
    def _list(items: list[Any], kind: GraphQLList[Any]) -> Value:
        if _holds_structure(kind):
            return items
        known = [item if isinstance(item, Scalar) else Scalar(repr(item), item) for item in items]  # booleans, too
        return Scalar(f"[{', '.join(item.expression for item in known)}]", [item.value for item in known])

    def _variable(self, value: Any, kind: GraphQLInputType, expression: str) -> Value:
        if is_non_null_type(kind):
            kind = kind.of_type
        if value is None or isinstance(value, STRUCTURAL):
            return value
        if is_list_type(kind) and _holds_structure(kind):
            items = value if isinstance(value, list) else [value]
            return [self._variable(item, kind.of_type, f"{expression}[{i}]") for i, item in enumerate(items)]
        if is_input_object_type(kind):
            return {
                name: self._variable(value[name], declared.type, f"{expression}[{name!r}]")
                for name, declared in kind.fields.items()
                if name in value
            }
        return Scalar(expression, value)


def _holds_structure(kind: GraphQLList[Any]) -> bool:
    item = kind.of_type.of_type if isinstance(kind.of_type, GraphQLNonNull) else kind.of_type
    if is_enum_type(item):
        return any(isinstance(value.value, STRUCTURAL) for value in item.values.values())
    return is_input_object_type(item)


def shape(value: Any) -> Any:
    """What of a variable's value decides the plan, as a hashable key."""
    if value is None or isinstance(value, STRUCTURAL):
        return value
    if isinstance(value, dict):
        return tuple((name, shape(item)) for name, item in value.items())
    if isinstance(value, list) and value and isinstance(value[0], (dict, *STRUCTURAL)):
        return tuple(shape(item) for item in value)
    return "scalar"
