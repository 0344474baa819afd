"""How the rows of a document are followed: what the feed of changes must be asked for, so that none is missed.

The feed tells of rows one by one. A row of an export also says something of other rows: of those that it refers to, of
its lists, and of those that the document's filter looks at. Whoever follows a document asks for all of these types.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputType,
    GraphQLObjectType,
    SelectionSetNode,
    get_named_type,
    is_input_object_type,
    is_object_type,
    is_required_argument,
)
from graphql.execution.values import get_argument_values

from fund_api.core.errors import Failure
from fund_api.graph import documents, tabular
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.collect import Selector, sub_selections
from fund_api.graph.declarations import Computed, ToMany, ToOne
from fund_api.graph.errors import RequestError, RequestErrors
from fund_api.graph.tabular import Pulled
from fund_api.graph.variables import coerced
from fund_api.reporting.questions import Question

DELETED = "deleted"
"""The mark of each row of an increment: whether it is no longer in the list."""
_PAGES = frozenset({"first", "after", "last", "before", "orderBy", "filter"})
_CHOOSING = ("filter", "after", "before")
_SAME_ROW = frozenset({"and", "or", "not"})
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """A document whose rows can be followed."""

    root: str
    """The list."""
    entity: str
    key: str
    """The response key of a row's id."""
    referred: Mapping[str, tuple[Path, ...]]
    """The types of what a row refers to, each with the fields that lead to it from the row."""
    others: frozenset[str]
    """Types of which a change may concern any row, or whether it is in the list at all."""
    always: bool
    """Whether something decides that the feed does not tell of, so that every row has to be looked at each time."""
    chooses: bool
    """Whether the document asks for some rows of the list only."""

    @property
    def types(self) -> frozenset[str]:
        """What the feed is asked for."""
        return frozenset({self.entity, *self.referred, *self.others})


def follow(catalogue: Catalogue, question: Question, told: frozenset[str]) -> Followed:
    """How a question's rows are followed, when the feed tells of the types `told`.

    Raises Failure for a document that can't be followed, with what it lacks.
    """
    pulled, walk = _read(catalogue, question)
    root = catalogue.query.fields[pulled.field]
    keys = [key for key, nodes in walk.selector.fields(pulled.entity.type, pulled.sets).items() if _is_id(nodes)]
    if not keys:
        raise Failure("The rows of this document can't be told apart: select their id, then export anew.")
    if any(column.path[0] == DELETED for column in pulled.columns):
        raise Failure(f"A row has {DELETED} twice: give the document's own an alias.")
    if any(map(is_required_argument, root.args.values())):
        raise Failure(f"What of {pulled.field} is gone can't be told, for it has no list of all: export anew.")
    walk.row(pulled.entity.type, pulled.sets, ())
    asked = walk.arguments(root, pulled.nodes[0])
    if "filter" in asked:
        walk.condition(root.args["filter"].type, asked["filter"], same=True)
    own = bool(asked.keys() - _PAGES)
    referred = {name: tuple(paths) for name, paths in walk.paths.items()}
    found = Followed(
        pulled.field,
        pulled.entity.name,
        keys[0],
        referred,
        frozenset(walk.others),
        walk.always or own,
        own or any(asked.get(name) for name in _CHOOSING),
    )
    if untold := sorted(found.types - told):
        raise Failure(
            f"The feed of changes does not tell of {', '.join(untold)}, which the document reads: export anew."
        )
    return found


def _is_id(nodes: list[FieldNode]) -> bool:
    return nodes[0].name.value == "id"


def _read(catalogue: Catalogue, question: Question) -> tuple[Pulled, "_Walk"]:
    """What a question pulls. Raises Failure."""
    if question.asked.text is None:
        raise Failure(
            "Only a document can be followed, or an operation that ships: a documentId does not say its rows."
        )
    if question.rewritten is None:
        raise Failure("A document is followed whose rows are selected in the list itself, by nodes or edges.")
    try:
        document = documents.read(catalogue.schema, question.asked.text, 0)
        [node] = document.operations.values()
        values = coerced(catalogue.schema, node, question.asked.variables)
        selector = Selector(catalogue.schema, document.fragments, values)
        pulled = tabular.read(catalogue, selector, selector.fields(catalogue.query, [node.selection_set]))
    except (RequestErrors, RequestError) as error:
        raise Failure(str(error)) from None
    return pulled, _Walk(catalogue, selector)


class _Walk:
    """Goes through what a document selects, and notes whose rows that are."""

    def __init__(self, catalogue: Catalogue, selector: Selector) -> None:
        self.selector = selector
        self.paths: dict[str, list[Path]] = {}
        self.others: set[str] = set()
        self.always = False
        self._catalogue = catalogue
        self._filters = {f"{name}Filter": name for name in catalogue.entities}

    def row(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode | None], path: Path | None) -> None:
        """What is selected of a row or of anything in it; `path` leads there, None when a list is on the way."""
        entity = self._catalogue.entities.get(kind.name)
        for nodes in self.selector.fields(kind, sets).values():
            field = kind.fields.get(nodes[0].name.value)
            named = get_named_type(field.type) if field else None
            declared = entity.fields.get(nodes[0].name.value) if entity else None
            self.always = self.always or (isinstance(declared, Computed) and declared.clocked)
            if field is None or not is_object_type(named):
                continue
            further: Path | None = None
            match declared:
                case ToOne() if not self._is_told(declared, named, nodes):
                    further = self._referred(self._catalogue.target(field), path, nodes[0].name.value)
                case ToMany():
                    self._list(field, declared, nodes[0])
            self.row(named, sub_selections(nodes), further)

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:  # Any: coerced values
        """The arguments that a field is given."""
        return get_argument_values(field, node, self.selector.variables)

    def condition(self, kind: GraphQLInputType, value: Any, *, same: bool) -> None:  # Any: a coerced value
        """Note whose rows a filter looks at; `same` while it looks at the row that it is to find."""
        named = get_named_type(kind)
        if isinstance(value, list):
            for each in value:
                self.condition(kind, each, same=same)
        elif isinstance(value, dict) and is_input_object_type(named):
            if named.name in self._filters and not same:
                self.others.add(self._filters[named.name])
            for name, each in value.items():
                self.condition(named.fields[name].type, each, same=same and name in _SAME_ROW)

    def _is_told(self, declared: ToOne, target: GraphQLObjectType, nodes: list[FieldNode]) -> bool:
        """Whether the feed tells with a row itself all that is asked of another one: that it is that one, and seen."""
        asked = self.selector.fields(target, sub_selections(nodes)).values()
        return declared.key == "id" and all(each[0].name.value in ("id", "__typename") for each in asked)

    def _referred(self, target: Entity, path: Path | None, name: str) -> Path | None:
        if path is None:
            self.others.add(target.name)
            return None
        self.paths.setdefault(target.name, []).append((*path, name))
        return (*path, name)

    def _list(self, field: GraphQLField, declared: ToMany, node: FieldNode) -> None:
        target = self._catalogue.target(field)
        self.others.add(target.name)
        self.always = self.always or declared.matching is not None
        asked = self.arguments(field, node)
        if "filter" in asked:
            self.condition(field.args["filter"].type, asked["filter"], same=False)
        if asked.get("orderBy"):
            orders = {name for name, each in target.fields.items() if isinstance(each, ToOne) and each.order}
            self.others |= {self._catalogue.target(target.type.fields[name]).name for name in orders}
