"""The root fields of an operation: where the walk over its selection begins."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from graphql import FieldNode, GraphQLObjectType

from fund_api.core.ids import prefix_of
from fund_api.graph import lists, search
from fund_api.graph.arguments import Scalar, Value
from fund_api.graph.catalogue import Entity, object_type
from fund_api.graph.collect import sub_selections
from fund_api.graph.declarations import Column, Listing, Lookup, NodeLookup, Search, Stats, ToMany, Variant
from fund_api.graph.errors import RequestError
from fund_api.graph.grouping import Shaping, grouping_of, read_columns
from fund_api.graph.levels import Level, Sought
from fund_api.graph.paging import page_of
from fund_api.graph.selection import ALL, ENTITIES, Walk
from fund_api.graph.tabular import Pulled

ROWS = "$rows"
"""The variable with the number of rows that are shaped at a time; no document can name it."""


@dataclass(slots=True)
class Roots(Walk):
    """A walk that begins at root fields, or at entities by their ids."""

    def root(self, kind: GraphQLObjectType, groups: dict[str, list[FieldNode]]) -> tuple[str, str]:
        """The source that unpacks the row `r` of what all root levels bring, and that of the operation's data."""
        entries = [f"{key!r}: {self._root_field(kind, nodes)}" for key, nodes in groups.items()]
        names = [f"b{i}" for i in reversed(range(sum(level.width for level in self.roots)))]
        return (f"{', '.join(names)}, = r" if names else "pass"), "{" + ", ".join(entries) + "}"

    def entities(self, entity: Entity, nodes: list[FieldNode]) -> tuple[str, str]:
        """The same for what nodes select of entities, by their ids, which are the variable ENTITIES."""
        ids = Scalar(f"v[{ENTITIES!r}]", [])
        return "b0, = r", f"{{{ENTITIES!r}: {self._by_id(entity, nodes, ids, self._late(ids))}}}"

    def pulled(self, pulled: Pulled) -> tuple[str, str]:
        """The same for the rows of a pull; a page that has no end is read as many rows at a time as ROWS says."""
        kind, node = self.catalogue.query, pulled.nodes[0]
        arguments = self._arguments(kind, node)
        if arguments.get("last") is not None or arguments.get("before") is not None:
            raise RequestError(
                "A pull goes from the start to the end: last and before have no place in it.", nodes=node
            )
        page = page_of(self.catalogue, pulled.entity, arguments | {"first": None}, peek=False)
        level = self._level(pulled.entity, replace(page, size=None), filter=arguments.get("filter"))
        level.size = self._late(Scalar(f"v[{ROWS!r}]", 1))
        self.roots.append(level)
        self._ask(level, kind, node)
        item = self._object(level, (), pulled.sets)
        cursor = lists.Rows(level, lambda sets: self._object(level, (), sets)).own_cursor() if pulled.cursors else ""
        item = "{" + "".join(f"{key!r}: {cursor}, " for key in pulled.cursors) + item[1:]
        self.functions.append(f"def c{level.number}(rows):\n    return [{item} for {level.target} in rows]")
        return "b0, = r", self._call(self.roots, level)

    def _ask(self, level: Level, kind: GraphQLObjectType, node: FieldNode) -> None:
        """Let the rows of a list answer the arguments that it has of its own, where it has some."""
        declared = self.catalogue.roots[node.name.value]
        if isinstance(declared, Listing) and declared.answering is not None:
            given = {key: value for key, value in self._arguments(kind, node).items() if key in declared.arguments}
            scalars = {key: value for key, value in given.items() if isinstance(value, Scalar)}
            level.asked = (declared.answering, scalars)

    def _root_field(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        name = nodes[0].name.value
        if name == "__typename":
            return repr(kind.name)
        match self.catalogue.roots[name]:
            case Listing():
                source = self._connection(self.roots, kind, nodes, None)
                self._ask(self.roots[-1], kind, nodes[0])
                return source
            case Lookup(variants=variants):
                arguments = self._arguments(kind, nodes[0])
                chosen = [variant for own, variant in variants.items() if arguments.pop(own, False)]
                entity = self._seen_by(self.catalogue.target(kind.fields[name]), chosen)
                return self._lookup(entity, nodes, arguments)
            case Search():
                return self._search(kind, nodes)
            case NodeLookup(plural):
                arguments = self._arguments(kind, nodes[0])
                return self._nodes(nodes, arguments["ids" if plural else "id"], plural=plural)
            case Stats():
                return self._stats(kind, nodes)
        raise TypeError(f"{name} is no root field of the engine")

    def _search(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        """The source of a search: a connection over hits, with a level for each entity below them."""
        shape = lists.read(self.selector, kind.fields[nodes[0].name.value], nodes)
        edge = object_type(shape.kind.fields["edges"])
        arguments = self._arguments(kind, nodes[0])
        query, entities = search.queried(arguments), search.wanted(self.catalogue, arguments.get("types"))
        hits = search.hits(edge)
        page = page_of(self.catalogue, hits, arguments, peek=shape.peeks)
        level = self._level(hits, page, sought=Sought(query, entities))
        level.wants_rows, level.extras = shape.wants_rows, shape.extras(page)
        self.parts.foresee(None, level.width * len(entities))
        self.roots.append(level)
        level.size = self._size(page)
        terms = self._late(query.through("terms"))
        if not level.wants_rows:
            self._check_cursors(page)
        below = {one.prefix: self._level(one, ALL, parent=((), search.OWN_ID)) for one in entities}
        found = search.Found(self.catalogue, level, below)
        marks = search.Highlights(self.selector, terms)
        extras: dict[str, Callable[[list[FieldNode]], str]] = {
            "rank": lambda _: f"s{level.slot((), 'rank')}",
            "highlights": lambda group: found.each(lambda row: marks.source(edge, group, found.fields(row))),
        }
        rows = lists.Rows(level, lambda sets: found.each(lambda row: self._object(row, (), sets)), edge=extras)
        source, functions = shape.source(rows), found.finish()
        self.functions += [source.replace(lists.ROW, level.target), *functions]
        return self._call(self.roots, level)

    @staticmethod
    def _seen_by(entity: Entity, chosen: list[Variant]) -> Entity:
        """The entity as the chosen variant of a lookup sees it; lists that are seen with it are looked at again."""
        if not chosen:
            return entity
        if len(chosen) > 1:
            raise RequestError("A lookup shows one variant at a time; ask for one of them.")
        fields = {
            name: replace(own, sure=False) if isinstance(own, ToMany) else own for name, own in entity.fields.items()
        }
        return replace(entity, visible=chosen[0].visible, fields=fields)

    def _lookup(self, entity: Entity, nodes: list[FieldNode], arguments: dict[str, Value]) -> str:
        given = arguments.get("by", arguments)
        if not isinstance(given, dict) or [type(value) for value in given.values()] != [Scalar]:
            raise RequestError(f"{nodes[0].name.value} needs exactly one key with a value.", nodes=nodes[0])
        matches = tuple(
            (str(declared.column), value, False)
            for name, value in given.items()
            if isinstance(declared := entity.fields[name], Column) and isinstance(value, Scalar)
        )
        level = self._level(entity, ALL, matches=matches)
        self.roots.append(level)
        item = self._object(level, (), sub_selections(nodes))
        source = f"def c{level.number}(rows):\n    for {level.target} in rows:\n        return {item}\n    return None"
        self.functions.append(source)
        return self._call(self.roots, level)

    def _nodes(self, nodes: list[FieldNode], ids: Value, *, plural: bool) -> str:
        """`node` and `nodes`: one level for each entity whose prefix is among the ids."""
        if not isinstance(ids, Scalar):
            raise RequestError(f"{nodes[0].name.value} needs an id.", nodes=nodes[0])
        wanted = ids.value if plural else [ids.value]
        listed = ids.through("ids") if plural else Scalar(f"[{ids.expression}]", wanted)
        wanted_ids = self._late(listed)
        calls = []
        for prefix in sorted({prefix for one in wanted if (prefix := prefix_of(one))} & self.catalogue.prefixes.keys()):
            calls.append(f"**{self._by_id(self.catalogue.prefixes[prefix], nodes, listed, wanted_ids)}")
        found = "{" + ", ".join(calls) + "}"
        if not plural:
            return f"{found}.get({wanted_ids}[0])"
        return f"[found.get(i) for found in [{found}] for i in {wanted_ids}]"

    def _by_id(self, entity: Entity, nodes: list[FieldNode], ids: Scalar, wanted: str) -> str:
        """The source of the entities with these ids, by their id; `wanted` is the source of the ids in its code."""
        level = self._level(entity, ALL, matches=(("id", ids, True),))
        level.size = f"len({wanted})"
        self.roots.append(level)
        key = level.slot((), "id")
        item = self._object(level, (), sub_selections(nodes))
        self.functions.append(f"def c{level.number}(rows):\n    return {{s{key}: {item} for {level.target} in rows}}")
        return self._call(self.roots, level)

    def _stats(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        """Figures about groups of rows: a level whose rows are the groups."""
        arguments = self._arguments(kind, nodes[0])
        root = self.catalogue.stats[object_type(kind.fields[nodes[0].name.value]).name]
        grouping = grouping_of(root, arguments, self.reader)
        entity = self.catalogue.entities[root.entity.name]
        level = self._level(entity, ALL, filter=arguments.get("filter"), grouping=grouping)
        self.roots.append(level)
        self.functions.append(Shaping(self.selector, self.reader, root, level, grouping).source(nodes))
        read_columns(self.catalogue, level, grouping)
        return self._call(self.roots, level)
