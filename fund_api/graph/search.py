"""The root field `search`: hits of several entities in one list, the best first, each with its highlights.

The list is a level whose rows are hits (`id` and `rank`), and each entity that is selected from is a level below it.
What is asked of a hit becomes a function that looks at the prefix of its id and shapes the row of that entity.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType, SelectionSetNode

from fund_api.core.columns import Text
from fund_api.graph.arguments import Scalar, Value
from fund_api.graph.catalogue import Catalogue, Entity, object_type
from fund_api.graph.choices import SearchKind
from fund_api.graph.collect import Selector, sub_selections
from fund_api.graph.declarations import Column, ToMany, ToOne
from fund_api.graph.levels import Joined, Level, Path
from fund_api.graph.lists import ROW

HITS = sa.Table(
    "search_hit",
    sa.MetaData(),
    sa.Column("id", Text, nullable=False),
    sa.Column("rank", sa.Double, nullable=False),
)
"""The rows of a search; no table of any database."""
NO_HITS = sa.select(*(sa.cast(sa.null(), column.type).label(column.name) for column in HITS.c)).where(sa.false())
OWN_ID = ToMany(key="id", own="id", via=None)
"""From a hit to the row that was found."""

Sets = Iterable[SelectionSetNode | None]


def hits(kind: GraphQLObjectType) -> Entity:
    """The hits as an entity, in the order of their rank; ties by id."""
    return Entity("SearchHit", kind, HITS, "", (("rank", True),), {}, visible=None, restrictions={})


def wanted(catalogue: Catalogue, types: Value) -> tuple[Entity, ...]:
    """The entities that are searched: those that the argument names, or all that can be."""
    searchable = [entity for entity in catalogue.entities.values() if entity.search]
    if not isinstance(types, list):
        return tuple(searchable)
    names = {kind.entity for kind in types if isinstance(kind, SearchKind)}
    return tuple(entity for entity in searchable if entity.name in names)


@dataclass(slots=True)
class Found:
    """The levels below a list of hits, one for each entity, and the functions over a hit."""

    catalogue: Catalogue
    level: Level
    below: dict[str, Level]
    """By the prefix of their ids."""
    shapes: list[dict[str, str]] = field(default_factory=list)
    """Of each function: the source over the entity's row, by prefix."""

    def each(self, make: Callable[[Level], str]) -> str:
        """The source, over a hit, of what `make` says of the row that was found."""
        self.shapes.append({prefix: make(level) for prefix, level in self.below.items()})
        return f"h{self.level.number}_{len(self.shapes) - 1}({ROW})"

    def finish(self) -> list[str]:
        """Hang the levels that are needed below the hits; the source of the functions."""
        needed = [prefix for prefix, level in self.below.items() if level.slots or level.children]
        self.level.children += [self.below[prefix] for prefix in needed]
        place = {prefix: -(at + 1) for at, prefix in enumerate(needed)}
        own_id = self.level.slot((), "id")
        sources = []
        for number, shapes in enumerate(self.shapes):
            lines = [f"def h{self.level.number}_{number}(r):", f"    kind = r[{own_id}].partition('_')[0]"]
            for prefix, source in shapes.items():
                lines.append(f"    if kind == {prefix!r}:")
                if prefix in place:
                    lines.append(f"        for {self.below[prefix].target} in r[{place[prefix]}]: return {source}")
                else:
                    lines.append(f"        return {source}")
            sources.append("\n".join(lines))
        return sources

    def fields(self, level: Level) -> str:
        """The source of the searched fields of a row, each with its name."""
        pairs = []
        for name in level.entity.search:
            path, column = self._reached(level, name)
            pairs.append(f"({name!r}, s{level.slot(path, column)})")
        return f"({', '.join(pairs)},)"

    def _reached(self, level: Level, name: str) -> tuple[Path, str]:
        """Where a searched field lies: a column of the row, or of a to-one row that is then joined."""
        path: Path = ()
        *relations, last = name.split(".")
        for relation in relations:
            entity = level.entity_at(path)
            declared = entity.fields[relation]
            if not isinstance(declared, ToOne):
                raise TypeError(f"{entity.name}.{relation} is no to-one")
            target = self.catalogue.target(entity.type.fields[relation])
            path = (*path, relation)
            level.joins.setdefault(path, Joined(target, declared, path[:-1]))
        column = level.entity_at(path).fields[last]
        if not isinstance(column, Column):
            raise TypeError(f"{level.entity_at(path).name}.{last} is no column")
        return path, str(column.column)


@dataclass(frozen=True, slots=True)
class Highlights:
    """The source of the highlights of a hit. `terms` is the source of the parsed query."""

    selector: Selector
    terms: str

    def source(self, kind: GraphQLObjectType, nodes: list[FieldNode], fields: str) -> str:
        """The list of highlights for a row's searched fields."""
        highlight = object_type(kind.fields[nodes[0].name.value])
        entries = []
        for key, group in self.selector.fields(highlight, sub_selections(nodes)).items():
            match group[0].name.value:
                case "field":
                    value = "f[0]"
                case "parts":
                    value = self._parts(object_type(highlight.fields["parts"]), group)
                case _:
                    value = repr(highlight.name)
            entries.append(f"{key!r}: {value}")
        return f"[{{{', '.join(entries)}}} for f in highlights({self.terms}, {fields})]"

    def _parts(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        entries = []
        for key, group in self.selector.fields(kind, sub_selections(nodes)).items():
            value = {"text": "p[0]", "matched": "p[1]"}.get(group[0].name.value, repr(kind.name))
            entries.append(f"{key!r}: {value}")
        return f"[{{{', '.join(entries)}}} for p in f[1]]"


def queried(arguments: dict[str, Value]) -> Scalar:
    """What is searched for."""
    query = arguments["query"]
    if not isinstance(query, Scalar):
        raise TypeError("a query is a text")
    return query
