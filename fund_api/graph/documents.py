"""Documents: each is parsed and validated once, and kept with what its requests need of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import graphql
from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
    specified_rules,
    validate,
)

from fund_api.graph.errors import Code, RequestErrors

MOST_TOKENS = 10_000
"""Tokens of one document."""

SPEAKS_OF: tuple[tuple[tuple[str, ...], tuple[type[ASTValidationRule], ...]], ...] = (
    (
        ("$",),
        (
            graphql.NoUndefinedVariablesRule,
            graphql.NoUnusedVariablesRule,
            graphql.UniqueVariableNamesRule,
            graphql.VariablesAreInputTypesRule,
            graphql.VariablesInAllowedPositionRule,
        ),
    ),
    (
        ("@",),
        (
            graphql.DeferStreamDirectiveLabel,
            graphql.DeferStreamDirectiveOnRootField,
            graphql.DeferStreamDirectiveOnValidOperationsRule,
            graphql.KnownDirectivesRule,
            graphql.StreamDirectiveOnListField,
            graphql.UniqueDirectivesPerLocationRule,
        ),
    ),
    (
        ("...", "fragment"),
        (
            graphql.FragmentsOnCompositeTypesRule,
            graphql.KnownFragmentNamesRule,
            graphql.NoFragmentCyclesRule,
            graphql.NoUnusedFragmentsRule,
            graphql.PossibleFragmentSpreadsRule,
            graphql.UniqueFragmentNamesRule,
        ),
    ),
    (("__",), (graphql.MaxIntrospectionDepthRule,)),
)
"""What must stand in a document for these rules to find anything in it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document, with a number of its own."""

    number: int
    node: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    cursors: frozenset[str]
    """The variables that are cursors: whether their values hold nulls decides the plan, too."""
    ids: frozenset[str]
    """The variables that are ids: their prefixes decide the plan, too."""


def read(schema: GraphQLSchema, text: str, number: int) -> Document:
    """The document of a text. Raises RequestErrors when it can't be parsed or is not valid."""
    try:
        node = parse(text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        raise RequestErrors([error], Code.PARSE_FAILED) from error
    except RecursionError:
        raise RequestErrors([GraphQLError("This document is nested too deeply.")], Code.PARSE_FAILED) from None
    try:
        errors = validate(schema, node, rules(text))
    except RecursionError:
        errors = [GraphQLError("This document is nested too deeply.")]
    if errors:
        raise RequestErrors(errors, Code.VALIDATION_FAILED)
    operations: dict[str | None, OperationDefinitionNode] = {}
    fragments = {}
    for definition in node.definitions:
        if isinstance(definition, OperationDefinitionNode):
            operations[definition.name.value if definition.name else None] = definition
        elif isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = definition
    variables = list(_variables(node)) if "$" in text else []
    cursors = frozenset(name for argument, name in variables if argument in ("after", "before"))
    ids = frozenset(name for argument, name in variables if argument in ("id", "ids"))
    return Document(number, node, operations, fragments, cursors, ids)


def rules(text: str) -> list[type[ASTValidationRule]]:
    """The rules of the specification that may find something in a document: the others took two thirds of the time."""
    idle = {rule for marks, ruled in SPEAKS_OF if not any(mark in text for mark in marks) for rule in ruled}
    return [rule for rule in specified_rules if rule not in idle]


def _variables(document: DocumentNode) -> Iterator[tuple[str, str]]:
    """The arguments of fields that are variables, or lists with variables: the argument's name and the variable's."""
    sets: list[SelectionSetNode | None] = [getattr(one, "selection_set", None) for one in document.definitions]
    while sets:
        selection_set = sets.pop()
        for selection in selection_set.selections if selection_set else ():
            for argument in getattr(selection, "arguments", None) or ():
                values = argument.value.values if isinstance(argument.value, ListValueNode) else (argument.value,)
                yield from ((argument.name.value, one.name.value) for one in values if isinstance(one, VariableNode))
            sets.append(getattr(selection, "selection_set", None))
