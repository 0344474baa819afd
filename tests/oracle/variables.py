"""Writing arguments: each value as a literal, or, anywhere inside it, as a variable in one of its allowed forms."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLInputType, GraphQLList, GraphQLNonNull, get_named_type

from tests.oracle.values import Enum, parts_of

Again = Callable[[], Any]
"""Makes another value for the same place."""


@dataclass(frozen=True)
class Variable:
    """A variable: how it is declared, and values that requests give it (ABSENT: none)."""

    name: str
    declaration: str
    kind: str
    value: Any
    again: Again


class Absent:
    """A variable that a request leaves out."""


ABSENT = Absent()


@dataclass
class Variables:
    """The variables of one document."""

    rng: random.Random
    make: Callable[[GraphQLInputType], Any]
    """Makes a value of a type."""
    share: float
    """How often a value becomes a variable."""
    made: list[Variable] = field(default_factory=list)

    def written(self, value: Any, kind: GraphQLInputType, again: Again | None = None) -> str:
        """A value of an argument as a document writes it; `again` makes other values for the same place."""
        if self.rng.random() < self.share:
            return self._variable(value, kind, again or (lambda: self.make(kind)))
        return self._literal(value, kind)

    def _variable(self, value: Any, kind: GraphQLInputType, again: Again) -> str:
        """A variable for this place: an older one of the same type, or a new one."""
        older = [one for one in self.made if one.kind == str(kind)]
        if older and self.rng.random() < 0.2:
            return f"${self.rng.choice(older).name}"
        name = f"v{len(self.made)}"
        declared, given = self._form(value, kind)
        self.made.append(Variable(name, f"${name}: {declared}", str(kind), given, again))
        return f"${name}"

    def runs(self, number: int) -> list[dict[str, Any]]:
        """Values for so many requests: the first as made, the others with some of them made again."""
        first = {one.name: one.value for one in self.made}
        found = [first]
        for _ in range(number - 1):
            changed = dict(found[-1])
            for one in self.made:
                if self.rng.random() < 0.5:
                    changed[one.name] = self._another(one)
            found.append(changed)
        return [{name: value for name, value in run.items() if value is not ABSENT} for run in found]

    def _another(self, one: Variable) -> Any:
        if "!" in one.declaration[-1:]:
            return one.again()
        turn = self.rng.random()
        return one.again() if turn < 0.6 else None if turn < 0.8 else ABSENT

    def _form(self, value: Any, kind: GraphQLInputType) -> tuple[str, Any]:
        """How a variable of this place is declared, and its value."""
        rng = self.rng
        if value is None:
            return rng.choice([(f"{kind}", None), (f"{kind}", ABSENT), (f"{kind} = null", ABSENT)])
        default = literal(value)
        bare = str(kind).removesuffix("!")
        if isinstance(kind, GraphQLNonNull):
            return rng.choice(
                [(f"{bare}!", value)] * 5 + [(f"{bare} = {default}", value), (f"{bare} = {default}", ABSENT)]
            )
        forms = [(bare, value), (bare, value), (f"{bare}!", value), (f"{bare} = {default}", ABSENT)]
        return rng.choice([*forms, (f"{bare} = {default}", value), (f"{bare} = {default}", None), (bare, ABSENT)])

    def _literal(self, value: Any, kind: GraphQLInputType) -> str:
        """The literal of a value, with variables inside it."""
        if isinstance(kind, GraphQLNonNull):
            return self._literal(value, kind.of_type)
        if isinstance(value, list) and isinstance(kind, GraphQLList):
            return f"[{', '.join(self._inside(item, kind.of_type) for item in value)}]"
        if isinstance(value, dict):
            one_of = getattr(get_named_type(kind), "is_one_of", False)  # a variable in such a field must not be null
            parts = [
                f"{name}: {self._inside(item, _required(own) if one_of else own)}"
                for name, item, own in parts_of(value, kind)
            ]
            return f"{{{', '.join(parts)}}}"
        return literal(value, plain=self.rng.random() < 0.5)

    def _inside(self, item: Any, kind: GraphQLInputType) -> str:
        if self.rng.random() < self.share / 2:
            return self._variable(item, kind, lambda: self.make(kind))
        return self._literal(item, kind)


def _required(kind: GraphQLInputType) -> GraphQLInputType:
    return kind if isinstance(kind, GraphQLNonNull) else GraphQLNonNull(kind)


def literal(value: Any, *, plain: bool = True) -> str:
    """A value without variables as a document writes it; `plain` leaves characters beyond ASCII as they are."""
    match value:
        case None:
            return "null"
        case Enum():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{name}: {literal(item, plain=plain)}" for name, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(literal(item, plain=plain) for item in value) + "]"
    return json.dumps(value, ensure_ascii=not plain)
