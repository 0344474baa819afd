"""The values of an operation's variables, coerced to their types.

Source: GraphQL specification, September 2025, section 6.1.2 CoerceVariableValues.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLSchema, NamedTypeNode, NonNullTypeNode, OperationDefinitionNode, VariableDefinitionNode
from graphql.execution.values import VariableValues, get_variable_values

from fund_api.graph.errors import Code, RequestErrors

_TEXTS = ("ID", "String")


MOST_ERRORS = 10
"""Wrong values of one request that are told."""


def coerced(
    schema: GraphQLSchema, node: OperationDefinitionNode, given: Mapping[str, Any], *, suggests: bool = True
) -> VariableValues:
    """The values that a request gives the variables of an operation. Raises RequestErrors for wrong ones."""
    definitions = node.variable_definitions or ()
    texts = _texts(definitions, given)
    if texts is not None:
        return VariableValues({}, texts)
    values = get_variable_values(schema, definitions, dict(given), MOST_ERRORS, not suggests)
    if isinstance(values, list):
        raise RequestErrors(values, Code.BAD_USER_INPUT)
    return values


def _texts(definitions: Iterable[VariableDefinitionNode], given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values when every variable is an id or a text and was given as one, so that there is nothing to coerce.

    Most requests are such, and coercing by graphql-core took a tenth of their time in Python.
    """
    found = {}
    for definition in definitions:
        kind = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
        name = definition.variable.name.value
        value = given.get(name)
        if not (isinstance(value, str) and isinstance(kind, NamedTypeNode) and kind.name.value in _TEXTS):
            return None
        found[name] = value
    return found
