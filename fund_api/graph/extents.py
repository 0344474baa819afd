"""The extent of a parsed document: what can't be counted before it is parsed, looked at before it is validated.

Validation compares fields of one name with each other, and follows fragments wherever they are used; what it is spared
here would take it seconds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
)

from fund_api.core.limits import Limits
from fund_api.graph.limits import hold

Definition = OperationDefinitionNode | FragmentDefinitionNode


@dataclass(slots=True)
class Extent:
    """How much one definition holds by itself, and which fragments it uses how deep."""

    fields: int = 0
    depth: int = 0
    aliases: int = 0
    list_items: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Extents:
    """How much a document holds, with its fragments filled in."""

    fragments: dict[str, FragmentDefinitionNode]
    own: dict[str, Extent]
    whole: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of each fragment that was followed: its fields and their depth, with those of the fragments that it uses."""
    open: set[str] = field(default_factory=set)
    is_cyclic: bool = False

    def filled(self, extent: Extent) -> tuple[int, int]:
        """Fields and depth of a definition. A fragment that uses itself is followed once; validation refuses it."""
        fields, depth = extent.fields, extent.depth
        for name, at in extent.spreads:
            if name in self.open:
                self.is_cyclic = True
            elif name in self.own:
                self.follow(name)
                below, deeper = self.whole[name]
                fields, depth = fields + below, max(depth, at + deeper)
        return fields, depth

    def follow(self, name: str) -> bool:
        """Fill in a fragment; whether nothing that was looked at before uses it."""
        if name in self.whole:
            return False
        self.open.add(name)
        self.whole[name] = self.filled(self.own[name])
        self.open.remove(name)
        return True

    def named(self, sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The fields that are answered in one place, by their name there; each fragment is looked at once."""
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        waiting = list(sets)
        while waiting:
            for selection in waiting.pop().selections:
                if isinstance(selection, FieldNode):
                    found.setdefault((selection.alias or selection.name).value, []).append(selection)
                elif not isinstance(selection, FragmentSpreadNode):
                    waiting.append(selection.selection_set)  # type: ignore[attr-defined]  # an inline fragment
                elif selection.name.value in self.fragments and selection.name.value not in spread:
                    spread.add(selection.name.value)
                    waiting.append(self.fragments[selection.name.value].selection_set)
        return found


def check(document: DocumentNode, limits: Limits) -> None:
    """Look at a document before it is validated. Raises RequestErrors when it holds more than is allowed."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    fragments = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
    hold(limits, "fragments", len(fragments))
    hold(limits, "variables", max((len(one.variable_definitions or ()) for one in operations), default=0))
    by_name = {one.name.value: one for one in fragments}
    extents = [_extent(one) for one in operations]
    own = {name: _extent(one) for name, one in by_name.items()}
    every = [*extents, *own.values()]
    hold(limits, "aliases", sum(one.aliases for one in every))
    hold(limits, "list_items", max((one.list_items for one in every), default=0))
    whole = Extents(by_name, own)
    filled = [whole.filled(one) for one in extents]
    unused = [name for name in own if whole.follow(name)]
    filled += [whole.whole[name] for name in unused]
    hold(limits, "depth", max((depth for _, depth in filled), default=0))
    hold(limits, "fields", sum(fields for fields, _ in filled))
    if not whole.is_cyclic:
        for operation in operations:
            hold(limits, "root_fields", len(whole.named([operation.selection_set])))
        _check_names(whole, [one.selection_set for one in (*operations, *map(by_name.__getitem__, unused))], limits)


def _check_names(whole: Extents, roots: list[SelectionSetNode], limits: Limits) -> None:
    """Look at how many fields are answered under one name in one place."""
    places = [[root] for root in roots]
    while places:
        for nodes in whole.named(places.pop()).values():
            hold(limits, "same_name", len(nodes))
            below = [node.selection_set for node in nodes if node.selection_set]
            if below:
                places.append(below)


def _extent(definition: Definition) -> Extent:
    """How much a definition holds by itself."""
    extent = Extent()
    values: list[ValueNode] = []
    if isinstance(definition, OperationDefinitionNode):
        values += [one.default_value for one in definition.variable_definitions or () if one.default_value]
    waiting = [(definition.selection_set, 0)]
    while waiting:
        selection_set, depth = waiting.pop()
        for selection in selection_set.selections:
            inside = depth
            if isinstance(selection, FieldNode):
                inside = depth + 1
                extent.fields += 1
                extent.aliases += selection.alias is not None
                extent.depth = max(extent.depth, inside)
                values += [argument.value for argument in selection.arguments or ()]
            elif isinstance(selection, FragmentSpreadNode):
                extent.spreads.append((selection.name.value, depth))
            below = getattr(selection, "selection_set", None)
            if below is not None:
                waiting.append((below, inside))
    extent.list_items = max(_lengths(values), default=0)
    return extent


def _lengths(values: list[ValueNode]) -> Iterator[int]:
    """The lengths of the lists in values."""
    while values:
        value = values.pop()
        if isinstance(value, ListValueNode):
            yield len(value.values)
            values += value.values
        elif isinstance(value, ObjectValueNode):
            values += [one.value for one in value.fields]
