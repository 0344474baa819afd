"""Field collection: which fields a selection asks of one type.

Source: GraphQL specification, September 2025, sections 6.3.2 CollectFields and 6.4.4 (merging of selection sets).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    is_abstract_type,
)
from graphql.execution.values import VariableValues, get_directive_values
from graphql.type import GraphQLIncludeDirective, GraphQLObjectType, GraphQLSkipDirective


@dataclass(frozen=True, slots=True)
class Selector:
    """Collects fields of one operation, with its fragments and the values of its variables."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues

    def fields(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> dict[str, list[FieldNode]]:
        """The nodes to merge for each response key, in the order of their first appearance."""
        grouped: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for selection_set in sets:
            if selection_set is not None:
                for node in self._nodes(kind, selection_set, spread):
                    grouped.setdefault((node.alias or node.name).value, []).append(node)
        return grouped

    def _nodes(self, kind: GraphQLObjectType, selection_set: SelectionSetNode, spread: set[str]) -> Iterator[FieldNode]:
        for selection in selection_set.selections:
            if not self._included(selection):
                continue
            match selection:
                case FieldNode():
                    yield selection
                case InlineFragmentNode(type_condition=condition):
                    if condition is None or self._applies(condition.name.value, kind):
                        yield from self._nodes(kind, selection.selection_set, spread)
                case FragmentSpreadNode():
                    name = selection.name.value
                    if name in spread:
                        continue
                    spread.add(name)
                    fragment = self.fragments[name]
                    if self._applies(fragment.type_condition.name.value, kind):
                        yield from self._nodes(kind, fragment.selection_set, spread)

    def _applies(self, condition: str, kind: GraphQLObjectType) -> bool:
        named = self.schema.get_type(condition)
        return named is kind or (is_abstract_type(named) and self.schema.is_sub_type(named, kind))

    def _included(self, node: SelectionNode) -> bool:
        if not node.directives:
            return True
        skip: dict[str, Any] | None = get_directive_values(GraphQLSkipDirective, node, self.variables)
        if skip and skip["if"]:
            return False
        include: dict[str, Any] | None = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not include or bool(include["if"])


def sub_selections(nodes: Iterable[FieldNode]) -> list[SelectionSetNode | None]:
    """The selection sets of merged field nodes."""
    return [node.selection_set for node in nodes]
