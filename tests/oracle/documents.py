"""Random documents: nested lists with every kind of argument, aliases, fragments, directives, merging and variables."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLBoolean, GraphQLField, GraphQLNonNull, GraphQLObjectType

from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.declarations import Amount, Computed, Link, Listing, Lookup, NodeLookup, ToMany, ToOne
from tests.oracle.conditions import Relations
from tests.oracle.data import World
from tests.oracle.places import Places
from tests.oracle.values import Values
from tests.oracle.variables import Variables

DEEPEST = 3
"""Lists and relations inside each other."""
MOST_FIELDS = 40


@dataclass(frozen=True)
class Document:
    """A document and the variables of each request with it."""

    text: str
    runs: list[dict[str, Any]]


def takes_arguments(declared: object) -> bool:
    """Whether a field of a row needs arguments: those have tests of their own."""
    return isinstance(declared, Computed) and bool(declared.arguments)


def make_document(catalogue: Catalogue, world: World, seed: str) -> Document:
    """The document of a seed."""
    rng = random.Random(seed)
    return Writer(catalogue, Values(rng, world), rng).document()


@dataclass
class Writer:
    """Writes one document."""

    catalogue: Catalogue
    values: Values
    rng: random.Random
    fragments: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, type and text of each fragment."""
    aliases: int = 0
    left: int = MOST_FIELDS

    def __post_init__(self) -> None:
        share = self.rng.choice((0, 0.15, 0.4, 0.8))
        self.variables = Variables(self.rng, self.values.value, share)
        self.places = Places(self.values, Relations(self.catalogue, self.values.world))

    def document(self) -> Document:
        """The document, with one to three requests."""
        kind = self.catalogue.schema.query_type
        assert kind is not None
        roots = [self._decorated("Query", self._root(kind)) for _ in range(self.rng.choice((1, 1, 2, 3)))]
        declared = ", ".join(one.declaration for one in self.variables.made)
        head = f"query Q({declared})" if declared else self.rng.choice(("query Q", "query", ""))
        body = "\n".join(f"fragment {name} on {on} {{ {text} }}" for name, on, text in self.fragments)
        runs = self.variables.runs(self.rng.choice((1, 2, 4)) if declared else 1)
        return Document(f"{head} {{ {' '.join(roots)} }}\n{body}", runs)

    # Fields

    def _roots(self) -> list[str]:
        """The root fields of rows. Search and stats have references of their own, beside their tests."""
        return [name for name, one in self.catalogue.roots.items() if isinstance(one, Listing | Lookup | NodeLookup)]

    def _root(self, kind: GraphQLObjectType) -> str:
        name = self.rng.choice([*self._roots(), "__typename"])
        if name == "__typename":
            return self._named(name)
        found, declared = kind.fields[name], self.catalogue.roots[name]
        match declared:
            case Listing():
                return self._connection(name, found, DEEPEST)
            case NodeLookup():
                return f"{self._alias()}{name}({self._arguments(found)}) {{ {self._node()} }}"
        body = self._object(self.catalogue.target(found), DEEPEST)
        return f"{self._alias()}{name}({self._arguments(found)}) {{ {body} }}"

    def _object(self, entity: Entity, depth: int) -> str:
        """What is asked of a row."""
        items = [self._field(entity, depth) for _ in range(self.rng.choice((1, 2, 3, 4, 6)))]
        return " ".join(self._decorated(entity.name, item) for item in items)

    def _field(self, entity: Entity, depth: int) -> str:
        self.left -= 1
        names = [*(name for name, declared in entity.fields.items() if not takes_arguments(declared)), "__typename"]
        leaves = [name for name in names if not isinstance(entity.fields.get(name), ToOne | ToMany)]
        name = self.rng.choice(names if depth > 0 and self.left > 0 else leaves)
        match entity.fields.get(name):
            case ToOne():
                target = self.catalogue.target(entity.type.fields[name])
                return f"{self._named(name)} {{ {self._object(target, depth - 1)} }}"
            case ToMany(via=via):
                return self._connection(name, entity.type.fields[name], depth, via)
            case Amount():
                return f"{self._named(name)} {{ {self._some('amount', 'currency', '__typename')} }}"
        return self._named(name)

    def _node(self) -> str:
        """What is asked of something with an id; each type's fields have names of their own, so that none conflict."""
        parts = ["id"] if self.rng.random() < 0.5 else ["__typename", "... on Node { id }"]
        for entity in self.rng.sample(list(self.catalogue.entities.values()), self.rng.randint(0, 4)):
            inner = " ".join(self._apart(entity) for _ in range(self.rng.randint(1, 3)))
            parts.append(f"... on {entity.name} {{ {inner} }}")
        self.rng.shuffle(parts)
        return " ".join(parts)

    def _apart(self, entity: Entity) -> str:
        written = self._field(entity, 1)
        named = written.split("(")[0].split("{")[0]
        return written if ":" in named else f"{self._alias()}{written}"

    # Lists

    def _connection(self, name: str, found: GraphQLField, depth: int, via: Link | None = None) -> str:
        """A list, now and then twice under one name with different selections."""
        entity = self.catalogue.target(found)
        head = f"{self._alias()}{name}"
        if written := self._page(found, entity, via):
            head = f"{head}({written})"
        bodies = [self._page_of(entity, depth) for _ in range(2 if self.rng.random() < 0.15 else 1)]
        return " ".join(f"{head} {{ {body} }}" for body in bodies)

    def _page_of(self, entity: Entity, depth: int) -> str:
        kinds: list[tuple[float, Callable[[], str]]] = [
            (0.6, lambda: f"{self._named('nodes')} {{ {self._object(entity, depth - 1)} }}"),
            (0.4, lambda: f"{self._named('edges')} {{ {self._edge(entity, depth)} }}"),
            (0.4, lambda: f"{self._named('pageInfo')} {{ {self._some(*_PAGE_INFO)} }}"),
            (0.4, lambda: self._named("totalCount")),
            (0.1, lambda: self._named("__typename")),
        ]
        parts = [make() for chance, make in kinds if self.rng.random() < chance] or ["totalCount"]
        self.rng.shuffle(parts)
        return " ".join(self._decorated(f"{entity.name}Connection", part) for part in parts)

    def _edge(self, entity: Entity, depth: int) -> str:
        names = self.rng.sample(["cursor", "node", "node", "__typename"], self.rng.randint(1, 4))
        return " ".join(f"node {{ {self._object(entity, depth - 1)} }}" if name == "node" else name for name in names)

    def _page(self, found: GraphQLField, entity: Entity, via: Link | None) -> str:
        """The arguments of a list."""
        given, again = self.places.arguments(found, entity, via)
        names = self.rng.sample(list(given), len(given))
        written = [
            f"{name}: {self.variables.written(given[name], found.args[name].type, again.get(name))}" for name in names
        ]
        return ", ".join(written)

    def _arguments(self, found: GraphQLField) -> str:
        """The arguments of a lookup."""
        parts = []
        for name, argument in found.args.items():
            value = self.places.key(name) or self.values.value(argument.type)
            parts.append(f"{name}: {self.variables.written(value, argument.type)}")
        return ", ".join(parts)

    # Names, directives, fragments

    def _alias(self) -> str:
        """A response key that nothing else has."""
        self.aliases += 1
        return f"{self.rng.choice('abc')}{self.aliases}: "

    def _named(self, name: str) -> str:
        return f"{self._alias()}{name}" if self.rng.random() < 0.2 else name

    def _some(self, *names: str) -> str:
        chosen = self.rng.choices(names, k=self.rng.randint(1, 4))
        return " ".join(self._named(name) for name in chosen)

    def _decorated(self, on: str, item: str) -> str:
        """A selection as it is, under a directive, or inside of a fragment on the type."""
        turn = self.rng.random()
        if turn < 0.06:
            return f"... {self._directive()} {{ {item} }}"
        if turn < 0.12:
            return f"... on {on} {self._directive() if turn < 0.08 else ''} {{ {item} }}"
        if turn < 0.18:
            self.fragments.append((f"F{len(self.fragments)}", on, item))
        known = [name for name, kind, _ in self.fragments if kind == on]
        if turn < 0.18:
            return f"...{known[-1]} {self._directive() if turn < 0.14 else ''}"
        if turn < 0.2 and known and on != "Query":
            return f"{item} ...{self.rng.choice(known)}"
        return item

    def _directive(self) -> str:
        made = [f"@{name}(if: {self._condition()})" for name in ("skip", "include") if self.rng.random() < 0.5]
        return " ".join(self.rng.sample(made, len(made)))

    def _condition(self) -> str:
        return self.variables.written(self.rng.random() < 0.5, GraphQLNonNull(GraphQLBoolean))


_PAGE_INFO = ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor", "__typename")
