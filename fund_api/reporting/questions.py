"""What an export asks: a document, and where it can be rewritten, one whose rows say where to go on.

A list is asked for as edges with their cursors, under a name of ours that is taken out of every row again (see
taking.py); `after` is then the cursor of the last row that was kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    NamedTypeNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from fund_api.core.errors import Failure

CURSOR = "fundExportCursor"
"""The response key of a row's cursor, which no file has."""
AFTER = "fundExportAfter"
"""The variable that goes on, where the document has none of its own."""
_PAGES = frozenset({"first", "after", "last", "before", "orderBy"})
"""Arguments that say nothing about how many rows there are."""
_IGNORED = frozenset({"totalCount", "pageInfo"})
Values = Mapping[str, Any]  # Any: what JSON holds


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: a document, or the identifier of one."""

    text: str | None
    variables: Values = field(default_factory=dict)
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is exported."""

    asked: Asked
    """As it was given."""
    name: str
    """The operation's, or that of its root field; files are called by it."""
    rewritten: str | None = None
    """The document whose rows have cursors; None when it can't be rewritten, so that nothing can be resumed."""
    after: str = AFTER
    """The variable that holds the cursor."""
    count: Asked | None = None
    """What tells how many rows there are, under the key "list"."""

    def plain(self) -> "Question":
        """The same, as it was given: by its identifier where it has one, for servers that answer no other documents."""
        known = self.asked.document_id
        asked = self.asked if known is None else Asked(None, self.asked.variables, known)
        return replace(self, asked=asked, rewritten=None, count=None)

    def going_on(self, cursor: str | None) -> Asked:
        """What asks for the rows after a cursor, or for all."""
        if self.rewritten is None:
            return self.asked
        variables = {**self.asked.variables} if cursor is None else {**self.asked.variables, self.after: cursor}
        return Asked(self.rewritten, variables)


def read(text: str, variables: Values, document_id: str | None = None) -> Question:
    """The question of a document. Raises Failure for one that can't be read, or that has more than one operation."""
    try:
        document = parse(text)
    except GraphQLError as error:
        raise Failure(f"The document can't be read: {error.message}") from None
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1:
        raise Failure(f"A document is exported that has one operation; this one has {len(operations)}.")
    [operation] = operations
    root = _root(operation)
    name = operation.name.value if operation.name else root.name.value if root else "export"
    plain = Question(Asked(text, variables, document_id), name)
    if root is None or (rows := _rows(root)) is None:
        return plain
    rewritten, after = _rewritten(document, operation, root, rows)
    return replace(plain, rewritten=rewritten, after=after, count=_count(operation, root, variables))


def _root(operation: OperationDefinitionNode) -> FieldNode | None:
    """The one root field, where it is written in the operation itself."""
    selections = operation.selection_set.selections
    return selections[0] if len(selections) == 1 and isinstance(selections[0], FieldNode) else None


def _rows(root: FieldNode) -> FieldNode | None:
    """What selects the rows, where it is written in the root field itself."""
    selections = root.selection_set.selections if root.selection_set else ()
    fields = [each for each in selections if isinstance(each, FieldNode) and each.name.value not in _IGNORED]
    others = [each for each in selections if not isinstance(each, FieldNode)]
    if others or len(fields) != 1 or fields[0].name.value not in ("nodes", "edges"):
        return None
    return fields[0]


def _rewritten(
    document: DocumentNode, operation: OperationDefinitionNode, root: FieldNode, rows: FieldNode
) -> tuple[str, str]:
    """The document with cursors, and the variable that goes on."""
    cursor = FieldNode(alias=_name(CURSOR), name=_name("cursor"), arguments=(), directives=())
    if rows.name.value == "nodes":
        node = FieldNode(name=_name("node"), arguments=(), directives=(), selection_set=rows.selection_set)
        inside: tuple[Any, ...] = (cursor, node)  # Any: the kinds of selections
    else:
        inside = (cursor, *(rows.selection_set.selections if rows.selection_set else ()))
    edges = FieldNode(
        name=_name("edges"),
        arguments=(),
        directives=rows.directives,
        selection_set=SelectionSetNode(selections=inside),
    )
    given = next((each.value for each in root.arguments or () if each.name.value == "after"), None)
    after = given.name.value if isinstance(given, VariableNode) else AFTER
    arguments = [each for each in root.arguments or () if each.name.value != "after"]
    arguments.append(ArgumentNode(name=_name("after"), value=VariableNode(name=_name(after))))
    variables = list(operation.variable_definitions or ())
    if after == AFTER:
        kind = NamedTypeNode(name=_name("String"))
        default = given if isinstance(given, StringValueNode) else None
        variables.append(
            VariableDefinitionNode(
                variable=VariableNode(name=_name(AFTER)), type=kind, default_value=default, directives=()
            )
        )
    field = _field(root, arguments, SelectionSetNode(selections=(edges,)))
    rest = [each for each in document.definitions if each is not operation]
    made = [_operation(operation, variables, field), *rest]
    return print_ast(DocumentNode(definitions=tuple(made))), after


def _count(operation: OperationDefinitionNode, root: FieldNode, variables: Values) -> Asked:
    """How many rows a list has, by the same filter."""
    arguments = [each for each in root.arguments or () if each.name.value not in _PAGES]
    total = FieldNode(name=_name("totalCount"), arguments=(), directives=())
    field = _field(root, arguments, SelectionSetNode(selections=(total,)), alias="list")
    names = used(field)
    kept = [each for each in operation.variable_definitions or () if each.variable.name.value in names]
    text = print_ast(_operation(operation, kept, field))
    return Asked(text, {name: value for name, value in variables.items() if name in names})


def used(*nodes: Node) -> set[str]:
    """The names of the variables that parts of a document use."""
    found = _Variables()
    for node in nodes:
        visit(node, found)
    return found.names


class _Variables(Visitor):
    """Notes the names of variables."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        """Note one."""
        self.names.add(node.name.value)


def _operation(
    given: OperationDefinitionNode, variables: list[VariableDefinitionNode], root: FieldNode
) -> OperationDefinitionNode:
    return OperationDefinitionNode(
        operation=given.operation,
        name=given.name,
        variable_definitions=tuple(variables),
        directives=given.directives,
        selection_set=SelectionSetNode(selections=(root,)),
    )


def _field(
    given: FieldNode, arguments: list[ArgumentNode], selections: SelectionSetNode, *, alias: str | None = None
) -> FieldNode:
    return FieldNode(
        alias=_name(alias) if alias else given.alias,
        name=given.name,
        arguments=tuple(arguments),
        directives=given.directives,
        selection_set=selections,
    )


def _name(value: str) -> NameNode:
    return NameNode(value=value)
