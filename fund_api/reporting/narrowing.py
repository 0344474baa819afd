"""Asking for some rows of a document's list only: its own filter holds, and another one besides."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    NameNode,
    NullValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    parse,
    parse_type,
    parse_value,
    print_ast,
    value_from_ast_untyped,
)

from fund_api.core.errors import Failure
from fund_api.reporting import questions
from fund_api.reporting.questions import Question, Values

ONLY = "fundExportOnly"
"""The variable that holds the other filter."""
Condition = Mapping[str, Any]
"""Any: what JSON holds."""


def narrowed(question: Question, entity: str, only: Condition) -> Question:
    """The same question of those rows for which a filter of the entity holds, too.

    Raises Failure for a question whose text is not known.
    """
    if question.asked.text is None:
        raise Failure("A document whose text is not known can't be narrowed.")
    document = parse(question.asked.text)
    [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    [root] = [each for each in operation.selection_set.selections if isinstance(each, FieldNode)]
    given = next((each.value for each in root.arguments or () if each.name.value == "filter"), None)
    values = question.asked.variables
    field = replace(root, arguments=(*_others(root), _filter(given)))
    rest = [each for each in document.definitions if each is not operation]
    used = questions.used(field, *rest)
    asked = replace(
        operation,
        variable_definitions=(
            *(each for each in operation.variable_definitions or () if each.variable.name.value in used),
            VariableDefinitionNode(variable=_variable(), type=parse_type(f"{entity}Filter!"), directives=()),
        ),
        selection_set=replace(operation.selection_set, selections=(field,)),
    )
    kept = {name: value for name, value in values.items() if name in used}
    both = {ONLY: _both(operation, given, values, only)}
    return questions.read(print_ast(DocumentNode(definitions=(asked, *rest))), {**kept, **both})


def _others(root: FieldNode) -> tuple[ArgumentNode, ...]:
    return tuple(each for each in root.arguments or () if each.name.value != "filter")


def _filter(given: ValueNode | None) -> ArgumentNode:
    """The filter of the document, where it is written there, beside the other one."""
    own: ValueNode = _variable()
    if given is not None and not isinstance(given, VariableNode | NullValueNode):
        own = parse_value(f"{{and: [{print_ast(given)}, ${ONLY}]}}")
    return ArgumentNode(name=NameNode(value="filter"), value=own)


def _both(operation: OperationDefinitionNode, given: ValueNode | None, values: Values, only: Condition) -> Condition:
    """The filter that a variable holds, beside the other one."""
    if not isinstance(given, VariableNode):
        return only
    name = given.name.value
    defaults = (each.default_value for each in operation.variable_definitions or () if each.variable.name.value == name)
    default = next((value_from_ast_untyped(each) for each in defaults if each is not None), None)
    known = values.get(name, default)
    return only if known is None else {"and": [known, only]}


def _variable() -> VariableNode:
    return VariableNode(name=NameNode(value=ONLY))
