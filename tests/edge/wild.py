"""Wild requests for every root field: its arguments come as variables, valid, or not at all."""

import random
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

TEXTS = [
    "",
    "Ohio",
    "OH",
    "0664000",
    "' OR 1=1; --",
    '" * NEAR ( ^ : AND',
    "%_\\",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e\u200b\ufeff",
    "é" * 300,
    "a" * 20_000,
    "(a+)+$" * 50,
    "{{7*7}}${7*7}<script>",
    "../../etc/passwd",
    "\r\nSet-Cookie: a=b",
    "\x1b[31m",
    "https://example.org/",
    "ada@example.org",
    "# A\n\n[b](javascript:alert(1))",
]
NUMBERS = [
    0,
    1,
    -1,
    2,
    50,
    100,
    101,
    2**31 - 1,
    -(2**31),
    2**31,
    2**53,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    1.5,
    -0.0,
    1e300,
]
DAYS = [
    "2026-11-22",
    "2020-02-29",
    "2020-02-30",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "-1",
    "2026-11-22T00:00:00Z",
]
MOMENTS = [
    "2026-11-22T12:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-22T12:00:00",
    "24:00",
]
AMOUNTS = [
    "0",
    "1.00",
    "-1",
    "0.001",
    "1e400",
    "NaN",
    "Infinity",
    "92233720368547758.07",
    "92233720368547758.08",
    "9" * 400,
]
JUNK: list[Any] = [None, True, [], {}, [[[]]], {"a": {"b": 1}}, [None], *TEXTS, *NUMBERS]
SCALARS: dict[str, list[Any]] = {
    "String": TEXTS,
    "Int": NUMBERS,
    "BigInt": [*NUMBERS, *map(str, NUMBERS)],
    "Float": NUMBERS,
    "Boolean": [True, False],
    "Date": DAYS,
    "DateTime": MOMENTS,
    "Decimal": AMOUNTS,
}
DEEPEST = 4


@dataclass(frozen=True)
class Wild:
    """A request."""

    document: str
    variables: dict[str, Any]


@dataclass(frozen=True)
class Wilderness:
    """Makes wild requests for one schema; `ids` are those of things that there are."""

    schema: GraphQLSchema
    ids: list[str]
    rng: random.Random

    def roots(self) -> list[tuple[str, str]]:
        """Every root field, with the kind of its operation."""
        kinds = {"query": self.schema.query_type, "mutation": self.schema.mutation_type}
        return [(kind, name) for kind, made in kinds.items() if made for name in made.fields]

    def request(self, kind: str, name: str) -> Wild:
        """A request for a root field."""
        root = self.schema.query_type if kind == "query" else self.schema.mutation_type
        assert root is not None
        field = root.fields[name]
        declared = ", ".join(f"${one}: {argument.type}" for one, argument in field.args.items())
        passed = ", ".join(f"{one}: ${one}" for one in field.args)
        given = {one: self.value(argument.type) for one, argument in field.args.items() if self.keeps(argument.type)}
        head = f"{kind} ({declared}) {{ {name}({passed})" if declared else f"{kind} {{ {name}"
        return Wild(f"{head} {self.selection(field)} }}", given)

    def keeps(self, kind: GraphQLInputType) -> bool:
        """Whether a value is given at all."""
        return self.rng.random() < (0.97 if isinstance(kind, GraphQLNonNull) else 0.5)

    def value(self, kind: GraphQLInputType, depth: int = 0, nulls: float = 0.04) -> Any:
        """A value for a type, more often than not a valid one."""
        if self.rng.random() < 0.01:
            return self.rng.choice(JUNK)
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type, depth, nulls=0.005)
        if self.rng.random() < nulls:
            return None
        if isinstance(kind, GraphQLList):
            return [self.value(kind.of_type, depth + 1) for _ in range(self.rng.choice((0, 1, 1, 2, 3, 60)))]
        if isinstance(kind, GraphQLEnumType):
            return self.rng.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind, depth)
        if get_named_type(kind).name == "ID":
            return self.rng.choice([*self.rng.sample(self.ids, 9), self.rng.choice(TEXTS)])
        values = SCALARS[get_named_type(kind).name]
        return self.rng.choice(values[: len(values) // 2] if self.rng.random() < 0.7 else values)

    def _object(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        names = list(kind.fields)
        needed = [name for name in names if isinstance(kind.fields[name].type, GraphQLNonNull)]
        most = 1 if kind.is_one_of else self.rng.choice((0, 1, 2, 4, 9))
        chosen = {*needed, *self.rng.sample(names, min(most, len(names)))} if depth < DEEPEST else needed
        return {name: self.value(kind.fields[name].type, depth + 1) for name in names if name in chosen}

    def selection(self, field: GraphQLField, depth: int = 0) -> str:
        """What is selected of a field: some of what it has, lists as they come."""
        kind = get_named_type(field.type)
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            return "" if not getattr(kind, "types", None) else "{ __typename }"
        easy = [name for name, one in kind.fields.items() if not _is_needed(one)]
        leaves = [name for name in easy if not hasattr(get_named_type(kind.fields[name].type), "fields")]
        names = {"__typename", *self.rng.sample(leaves if depth > 2 else easy, min(3, len(leaves)))}
        parts = [f"{name} {self._below(kind, name, depth)}" for name in sorted(names)]
        return f"{{ {' '.join(parts)} }}"

    def _below(self, kind: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        return "" if name == "__typename" else self.selection(kind.fields[name], depth + 1)


def _is_needed(field: GraphQLField) -> bool:
    """Whether a field can't be asked for without an argument."""
    return any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values())
