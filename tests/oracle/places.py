"""Random places in lists: page sizes, orders, and cursors of rows in these orders, with the few that must be refused."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLField

from fund_api.graph.catalogue import Entity
from fund_api.graph.declarations import Link
from tests.oracle.conditions import Relations, place_in
from tests.oracle.pages import Pages, Place, cursor
from tests.oracle.repairs import Row
from tests.oracle.values import Values

Makers = dict[str, Callable[[], Any]]

DEFAULTS = {"direction": "ASC", "nulls": "LAST"}


@dataclass(frozen=True)
class Places:
    """Makes the arguments of lists."""

    values: Values
    relations: Relations

    def arguments(self, found: GraphQLField, entity: Entity, via: Link | None = None) -> tuple[dict[str, Any], Makers]:
        """Arguments of a list by name, and what makes others for the same place."""
        rng = self.values.rng
        given: dict[str, Any] = {}
        if rng.random() < 0.45:
            given["filter"] = self.values.value(found.args["filter"].type)
        if "orderBy" in found.args and rng.random() < 0.45:
            given["orderBy"] = self._order(found)
        order = _entries(given.get("orderBy"))
        again: Makers = {
            "first": self._size,
            "last": self._size,
            "after": lambda: self._cursor(entity, order, via),
            "before": lambda: self._cursor(entity, order, via),
        }
        chances = {"first": 0.45, "last": 0.25, "after": 0.25, "before": 0.15}
        for name, chance in chances.items():
            if rng.random() < chance and not (name == "last" and given.get("first") and rng.random() < 0.95):
                given[name] = again[name]()
        return given, again

    def key(self, name: str) -> Any:
        """What a lookup's argument finds; None for arguments that are not known here."""
        values = self.values
        match name:
            case "id":
                return values.id()
            case "ids":
                return [values.id() for _ in range(values.rng.choice((0, 1, 2, 3, 5)))]
            case "code":
                return values.rng.choice([*values.codes, "", "XX"])
        return None

    def _order(self, found: GraphQLField) -> Any:
        order = self.values.value(found.args["orderBy"].type)
        if self.values.rng.random() < 0.01:
            return [self.values.value(found.args["orderBy"].type.of_type)] * 6  # type: ignore[union-attr]  # a list
        return order

    def _size(self) -> int | None:
        return self.values.rng.choice((*(1, 2, 3) * 8, *(4, 20, 100) * 2, *(0, -1, 101), None))

    def _cursor(self, entity: Entity, order: list[dict[str, str]], via: Link | None) -> str | None:
        """The cursor of a row of the world; at times of a place between rows, of another order, or no cursor."""
        rng = self.values.rng
        rows = [row | self._place_in(via) for row in self.values.world.rows[entity.table.name]]
        turn = rng.random()
        if not rows:
            return None
        if turn < 0.03:
            return rng.choice((None, "", "x", "!", "W10=", "bnVsbA==", "WzEsMl0=", "e30=", self.values.text()))
        if turn < 0.05:
            order = [{"field": next(iter(order), {"field": ""})["field"], "direction": "DESC", "nulls": "FIRST"}][
                : len(order)
            ]
        pages = Pages.of(self.relations, entity, {"orderBy": order[:5]}, via)
        row = rng.choice(rows)
        place: Place = [pages.value(row if turn < 0.85 else rng.choice(rows), key) for key in pages.keys]
        written = cursor(pages.keys, place)
        return self._tampered(written) if turn > 0.98 else written

    def _place_in(self, via: Link | None) -> Row:
        """A place that a link gives a row, of some parent's."""
        if via is None or via.order is None:
            return {}
        links = self.values.world.rows[str(via.table.__tablename__)]
        return place_in(via, self.values.rng.choice(links) if links else {via.order: 0})

    def _tampered(self, written: str) -> str:
        """The same cursor with a value that was never in it."""
        parts = orjson.loads(base64.b64decode(written))
        values: list[Any] = [
            None,
            1,
            2**31,
            -(2**40),
            2**63,
            1.5,
            True,
            "",
            "x",
            "2020-13-01",
            "2020-01-01T00:00:00",
            [],
            {},
            "\x00",
        ]
        parts[self.values.rng.randint(1, len(parts) - 1)] = self.values.rng.choice(values)
        return base64.b64encode(orjson.dumps(parts)).decode()


def _entries(order: Any) -> list[dict[str, str]]:
    """An `orderBy` as a list of whole entries."""
    entries = order if isinstance(order, list) else [order] if order else []
    return [DEFAULTS | entry for entry in entries]
