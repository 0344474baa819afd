"""Standard documents: for each entity that has a list, one that selects all of a row but its lists.

Those are every scalar field that needs no arguments, amounts, and the id of each thing that it refers to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    is_required_argument,
)
from graphql.type import get_nullable_type

from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.declarations import Amount, Listing, ToMany

_WHOLE = frozenset({"Int", "BigInt"})
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """The document of one entity, by the list that it is read from."""

    entity: str
    root: str
    text: str
    money: tuple[Path, ...]
    """Where in a row its amounts are."""
    numbers: tuple[Path, ...]
    """Where its whole numbers are."""


def documents(catalogue: Catalogue) -> list[Standard]:
    """The documents, by the names of their lists. Of an entity with several lists the one without arguments counts."""
    found: dict[str, Standard] = {}
    lists = {name: len(own.arguments) for name, own in catalogue.roots.items() if isinstance(own, Listing)}
    for name in sorted(lists, key=lambda name: (lists[name], name)):
        field = catalogue.query.fields[name]
        entity = catalogue.target(field)
        if entity.name not in found and not any(map(is_required_argument, field.args.values())):
            found[entity.name] = _document(catalogue, entity, name)
    return sorted(found.values(), key=lambda each: each.root)


def _document(catalogue: Catalogue, entity: Entity, root: str) -> Standard:
    money: list[Path] = []
    numbers: list[Path] = []
    selected = []
    for name, field in entity.type.fields.items():
        if isinstance(entity.fields.get(name), ToMany) or not _is_free(field):
            continue
        kind = get_named_type(field.type)
        if is_leaf_type(kind):
            selected.append(name)
            if kind.name in _WHOLE and not is_list_type(get_nullable_type(field.type)):
                numbers.append((name,))
        elif inside := " ".join(_inside(catalogue, kind)):
            selected.append(f"{name} {{ {inside} }}")
            if isinstance(entity.fields.get(name), Amount):
                money.append((name, "amount"))
    operation = f"Every{root[0].upper()}{root[1:]}"
    lines = "\n".join(f"      {each}" for each in selected)
    text = f"query {operation} {{\n  {root} {{\n    nodes {{\n{lines}\n    }}\n  }}\n}}\n"
    return Standard(entity.name, root, text, tuple(money), tuple(numbers))


def _inside(catalogue: Catalogue, kind: object) -> Iterator[str]:
    """What is selected of something that a row holds or refers to."""
    if is_interface_type(kind):
        yield from ("id" for name in kind.fields if name == "id")
    elif is_object_type(kind) and kind.name in catalogue.entities:
        yield "id"
    elif is_object_type(kind):
        yield from _leaves(kind)


def _leaves(kind: GraphQLObjectType) -> Iterator[str]:
    for name, field in kind.fields.items():
        if is_leaf_type(get_named_type(field.type)) and _is_free(field):
            yield name


def _is_free(field: GraphQLField) -> bool:
    """Whether a field can be asked for as it is, and will be."""
    return field.deprecation_reason is None and not any(map(is_required_argument, field.args.values()))
