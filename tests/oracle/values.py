"""Random input values: for any input type a value that is valid, drawn from what a world holds."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
)

from fund_api.core.text import fold
from tests.oracle.data import TEXTS, World, random_id
from tests.oracle.pages import json_value

LOGIC = ("and", "or", "not")
ZONES = [timezone(timedelta(hours=hours)) for hours in (-11, -5, 0, 2, 14)]


class Enum(str):
    """The name of an enum's value, which a literal writes without quotes."""

    __slots__ = ()


@dataclass
class Values:
    """Makes values. JSON's own Python types, with `Enum` for enum values."""

    rng: random.Random
    world: World

    def __post_init__(self) -> None:
        known = [text for text in self.world.values(str) if not text.isupper() or len(text) < 3]
        self.ids = [row["id"] for rows in self.world.rows.values() for row in rows if "id" in row]
        self.texts = [text for text in known if text not in self.ids]
        self.codes = sorted({row["code"] for row in self.world.rows["state"]})

    def value(self, kind: GraphQLInputType, depth: int = 2) -> Any:
        """A value of an input type; `depth` bounds how far filters nest."""
        if isinstance(kind, GraphQLNonNull):
            return self._known(kind.of_type, depth)
        return None if self.rng.random() < 0.04 else self._known(kind, depth)

    def _known(self, kind: GraphQLInputType, depth: int) -> Any:
        if isinstance(kind, GraphQLList):
            if self.rng.random() < 0.1:
                return self._known(_inner(kind), depth)  # one value stands for a list of it
            return [self.value(kind.of_type, depth) for _ in range(self.rng.choice((0, 1, 1, 2, 2, 3)))]
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind, depth)
        if isinstance(kind, GraphQLEnumType):
            return Enum(self.rng.choice(list(kind.values)))
        return self._scalar(get_named_type(kind).name)

    def _object(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        if kind.is_one_of:
            name = self.rng.choice(list(kind.fields))
            return {name: self._known(kind.fields[name].type, depth)}
        names = [name for name, field in kind.fields.items() if depth > 0 or not _nests(name, field.type)]
        names = [name for name in names if name != "search"]  # it has a reference of its own, beside its tests
        required = [name for name in names if isinstance(kind.fields[name].type, GraphQLNonNull)]
        if "nulls" in kind.fields:  # an entry of an order
            chosen = ["field", *self.rng.sample(["direction", "nulls"], self.rng.randint(0, 2))]
        else:
            chosen = required or self.rng.sample(names, min(len(names), self.rng.choice((0, 1, 1, 1, 1, 2, 2, 3))))
        deeper = depth - any(_nests(name, kind.fields[name].type) for name in chosen)
        return {name: self.value(kind.fields[name].type, deeper) for name in chosen}

    def _scalar(self, name: str) -> Any:
        rng = self.rng
        match name:
            case "ID":
                return self.id()
            case "String":
                return self.text()
            case "Boolean":
                return rng.random() < 0.5
            case "Int":
                near = rng.choice([*self.world.values(int), 0]) + rng.choice((-1, 0, 0, 0, 1))
                return max(-(2**31), min(2**31 - 1, near))
            case "Float":
                return rng.choice([*self.world.values(float), 0.0, 1, 12.5, rng.uniform(-200, 200)])
            case "Date":
                return rng.choice([*self.world.values(date), date(2020, 1, 2)]).isoformat()
            case "DateTime":
                return self._moment()
        assert name == "Decimal", f"{name} is new: say here what its values are"
        return self._amount()

    def id(self) -> str:
        """An id: of a row, of nothing, or none at all."""
        if self.ids and self.rng.random() < 0.8:
            return str(self.rng.choice(self.ids))
        prefix = self.rng.choice(("camp", "comm", "grant", "state", "other"))
        return self.rng.choice((random_id(self.rng, prefix), f"{prefix}_", "", "nonsense", "1"))

    def text(self) -> str:
        """A text of the world, a part of one, the same in other letters, or another."""
        rng = self.rng
        text = str(rng.choice(self.texts or TEXTS))
        start = rng.randint(0, len(text))
        forms = [text, text, text, text, text.upper(), fold(text), text[start:], text[:start], "", rng.choice(TEXTS)]
        return str(rng.choice([*forms, *self.codes]))

    def _moment(self) -> str:
        known = self.rng.choice([*self.world.values(datetime), datetime(2020, 2, 29, 12, tzinfo=ZONES[2])])
        if self.rng.random() < 0.02:
            return str(known.replace(tzinfo=None).isoformat())  # nobody knows when that was
        if self.rng.random() < 0.5:
            return str(json_value(known))
        try:
            return str(known.astimezone(self.rng.choice(ZONES)).isoformat())
        except OverflowError:
            return str(known.replace(tzinfo=self.rng.choice(ZONES)).isoformat())

    def _amount(self) -> str:
        cents = [
            row[name] for row in self.world.rows["grant"] for name in ("requested", "awarded", "disbursed") if row[name]
        ]
        amount = self.rng.choice([*cents, 0, 100, 10**15])
        forms = [
            f"{amount // 100}.{amount % 100:02}",
            f"{amount // 100}.{amount % 100:02}00",
            f"{amount}e-2",
            f"-{amount}",
        ]
        return self.rng.choice([*forms[:1] * 12, *forms, "0.001" if self.rng.random() < 0.2 else "0.5"])


def parts_of(value: Any, kind: GraphQLInputType) -> Iterator[tuple[str, Any, GraphQLInputType]]:
    """The fields of an input object's value, each with its type."""
    named = get_named_type(kind)
    assert isinstance(named, GraphQLInputObjectType)
    for name, item in value.items():
        yield name, item, named.fields[name].type


def _inner(kind: GraphQLList[Any]) -> GraphQLInputType:
    item: GraphQLInputType = kind.of_type
    return item.of_type if isinstance(item, GraphQLNonNull) else item


def _nests(name: str, kind: GraphQLInputType) -> bool:
    """Whether a filter's field leads to further filters."""
    named = get_named_type(kind)
    if name in LOGIC or not isinstance(named, GraphQLInputObjectType):
        return name in LOGIC
    return any(isinstance(get_named_type(field.type), GraphQLInputObjectType) for field in named.fields.values())
