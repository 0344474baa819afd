"""Documents: each is parsed and validated once, and kept with what its requests need of it."""

import hashlib
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
    TypeInfo,
    ValidationContext,
    VariableNode,
    parse,
    specified_rules,
    validate,
)

from fund_api.core.limits import STANDARD, Limits
from fund_api.graph import extents
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.limits import check_text

_INTROSPECTION = frozenset({"__schema", "__type"})
"""Root fields that tell about the schema."""
MOST_ERRORS, MOST_SUGGESTING = 10, 5
"""Errors of one document that are told, and where each may say what was meant, which takes a millisecond or more."""

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
    introspects: bool
    """Whether it asks about the schema."""
    weight: int
    """Its tokens: what it takes of memory, and what its plans do, grows with them."""


def key(text: str) -> bytes:
    """What a document is kept by."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def read(
    schema: GraphQLSchema, text: str, number: int, limits: Limits = STANDARD, *, suggests: bool = True
) -> Document:
    """The document of a text. Errors of one that is not valid may suggest what was meant.

    Raises RequestErrors when it is beyond the limits, can't be parsed or is not valid.
    """
    tokens = check_text(text, limits)
    node = _parsed(text)
    extents.check(node, limits)
    errors = _errors(schema, text, node, suggests)
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
    introspects = not _INTROSPECTION.isdisjoint(tokens)
    return Document(number, node, operations, fragments, cursors, ids, introspects, len(tokens))


def _parsed(text: str) -> DocumentNode:
    try:
        return parse(text)
    except GraphQLError as error:
        raise RequestErrors([error], Code.PARSE_FAILED) from error
    except RecursionError:
        raise RequestErrors([GraphQLError("This document is nested too deeply.")], Code.PARSE_FAILED) from None


def _errors(schema: GraphQLSchema, text: str, node: DocumentNode, suggests: bool) -> list[GraphQLError]:
    """What is wrong with a document, up to some errors."""
    ruled = [_INSTEAD.get(rule, rule) for rule in rules(text)]
    most = MOST_SUGGESTING if suggests else MOST_ERRORS
    try:
        return validate(schema, node, ruled, most, hide_suggestions=not suggests)
    except RecursionError:
        return [GraphQLError("This document is nested too deeply.")]


def rules(text: str) -> list[type[ASTValidationRule]]:
    """The rules of the specification that may find something in a document: the others took two thirds of the time."""
    idle = {rule for marks, ruled in SPEAKS_OF if not any(mark in text for mark in marks) for rule in ruled}
    return [rule for rule in specified_rules if rule not in idle]


class KnownTypeNames(graphql.KnownTypeNamesRule):
    """Names of types are known. It never suggests one: to compare a name with those of all types takes 0.1 seconds."""

    def __init__(self, context: ValidationContext) -> None:
        types, tell = TypeInfo(context.schema), context.report_error
        super().__init__(ValidationContext(context.schema, context.document, types, tell, hide_suggestions=True))


_INSTEAD: dict[type[ASTValidationRule], type[ASTValidationRule]] = {graphql.KnownTypeNamesRule: KnownTypeNames}


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
