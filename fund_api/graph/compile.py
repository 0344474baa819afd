"""Compiling: one operation and the shape of its variables become a plan that runs as often as it is asked for."""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
from graphql import FieldNode

from fund_api.core.database import Dialect
from fund_api.core.money import LARGEST, to_decimal
from fund_api.core.text import fold
from fund_api.graph import cost, rounding
from fund_api.graph.arguments import Reader
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.choices import PAGE_LIMIT
from fund_api.graph.collect import Selector
from fund_api.graph.cursors import decode, encode
from fund_api.graph.declarations import Viewing
from fund_api.graph.dependence import ANY_MOMENT, Dependence
from fund_api.graph.errors import RequestError
from fund_api.graph.levels import Level
from fund_api.graph.paging import checked_groups, checked_size
from fund_api.graph.parts import Parts
from fund_api.graph.postgres import Postgres, is_lone_list
from fund_api.graph.rights import viewing
from fund_api.graph.roots import ROWS, Roots
from fund_api.graph.sqlite import Sqlite, Step
from fund_api.graph.tabular import Pulled
from fund_api.graph.terms import fts5, highlights, parse, tsquery

LONGEST_LIST = 1_000
"""Values of one `in` or `notIn`."""
LONGEST_TEXT = 10_000
"""Characters of one text to compare with."""
_TO_THE_SECOND = len("2026-01-01 00:00:00+00")

Variables = Mapping[str, Any]  # Any: coerced values, as graphql-core gives them
Late = tuple[object, ...]
"""Values of a request that shape its answer and its cost: page sizes and ids."""
Bind = Callable[[Variables, str | None, str | None, datetime], tuple[object, ...]]
"""Parameters of the variables, the keys of the parents, the viewer's id and the time."""


@dataclass(frozen=True, slots=True)
class Query:
    """A statement that is ready to run: its text, and the function that makes its parameters."""

    text: str
    bind: Bind
    lone: bool = False
    """Whether its rows are those of the one root list, and not one row with what all root levels bring."""


@dataclass(frozen=True, slots=True)
class QueryStep:
    """A statement of SQLite, with the steps that hang on its rows; see `sqlite.Step`."""

    query: Query
    step: Step
    children: tuple["QueryStep", ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to answer one operation: queries that bring a row of slots, and the function that shapes it.

    PostgreSQL has one query and no steps, SQLite only steps. Without root rows to read, both are empty.
    """

    query: Query | None
    steps: tuple[QueryStep, ...]
    late: Callable[[Variables], Late]
    cost: Callable[[Late], int]
    shape: Callable[[object, Late], dict[str, Any]]
    dependence: Dependence
    """What its answers follow beside the rows."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles for one catalogue and one database."""

    catalogue: Catalogue
    dialect: Dialect
    parts: Parts
    """Those that the operation may need."""

    def plan(
        self,
        selector: Selector,
        groups: dict[str, list[FieldNode]],
        permissions: frozenset[str],
        most: int | None = None,
    ) -> Plan:
        """The plan for root fields, as viewers with these permissions see them.

        Raises RequestError for arguments that can't be answered, and for what touches more than `most` rows with the
        variables at hand: statements, which take most of the time, are not made for it.
        """
        walk = self._walk(selector, permissions)
        unpacked, answer = walk.root(self.catalogue.query, groups)
        if most is not None:
            late, rows = _sizes(walk)
            cost.check(rows(late(selector.variables.coerced)), most)
        return self._plan(walk, unpacked, answer)

    def entities_plan(
        self, selector: Selector, entity: Entity, nodes: list[FieldNode], permissions: frozenset[str]
    ) -> Plan:
        """The plan for what nodes select of entities: their ids come with the variables, under selection.ENTITIES."""
        walk = self._walk(selector, permissions)
        return self._plan(walk, *walk.entities(entity, nodes))

    def pull_plan(self, selector: Selector, pulled: Pulled, permissions: frozenset[str], most: int) -> Plan:
        """The plan for all rows of a list: its `shape` makes a list of rows of some of them.

        How many are shaped at a time comes with the variables, under roots.ROWS. Raises RequestError when one of them
        may touch more than `most` rows.
        """
        walk = self._walk(selector, permissions)
        walk.pulls = True
        unpacked, answer = walk.pulled(pulled)
        late, rows = _sizes(walk)
        cost.check(rows(late({**selector.variables.coerced, ROWS: 1})), most)
        return self._plan(walk, unpacked, answer)

    def level_query(self, level: Level, reader: Reader, permissions: frozenset[str]) -> tuple[Query, str]:
        """The statement of one root list, and the source of what makes its parameters."""
        make, looking = _Maker(reader.constants), viewing(permissions)
        if self.dialect is Dialect.POSTGRESQL:
            statement = Postgres(reader, self.catalogue, looking, self.parts).operation([level])
        else:
            statement = Sqlite(reader, self.catalogue, looking, self.parts).operation([level])[0].statement
        return Query(statement.text, make(statement.bind, "bind"), lone=True), statement.bind.partition("\n")[2]

    def _walk(self, selector: Selector, permissions: frozenset[str]) -> Roots:
        return Roots(
            self.catalogue, selector, Reader(selector.variables.coerced), self.dialect, permissions, self.parts
        )

    def _plan(self, walk: Roots, unpacked: str, answer: str) -> Plan:
        functions = textwrap.indent("\n".join(walk.functions), "    ")
        make = _Maker(walk.reader.constants)
        seen = viewing(walk.permissions)
        query, steps, dependence = self._statements(walk, make, seen)
        dependence.rights = walk.tells_rights or bool(seen.looked_at)
        dependence.moments |= {ANY_MOMENT} if walk.tells_time else frozenset()
        shape = make(f"def shape(r, n):\n{functions}\n    {unpacked}\n    return {answer}", "shape")
        return Plan(query, steps, *_sizes(walk), shape, dependence)

    def _statements(
        self, walk: Roots, make: "_Maker", viewing: Viewing
    ) -> tuple[Query | None, tuple[QueryStep, ...], Dependence]:
        if not walk.roots:
            return None, (), Dependence()
        if self.dialect is Dialect.POSTGRESQL:
            postgres = Postgres(walk.reader, self.catalogue, viewing, self.parts, walk.pulls)
            statement = postgres.operation(walk.roots)
            query = Query(statement.text, make(statement.bind, "bind"), is_lone_list(walk.roots))
            return query, (), postgres.dependence
        sqlite = Sqlite(walk.reader, self.catalogue, viewing, self.parts)
        steps = sqlite.operation(walk.roots)
        return None, tuple(_query_step(step, make) for step in steps), sqlite.dependence


def _sizes(walk: Roots) -> tuple[Callable[[Variables], Late], Callable[[Late], int]]:
    """The functions that find the values which come with a request, and what it costs by them."""
    make = _Maker(walk.reader.constants)
    late = make(f"def late(v):\n    return ({''.join(f'{value}, ' for value in walk.late)})", "late")
    return late, make(f"def rows(n):\n    return {cost.source(walk.roots)}", "rows")


def _query_step(step: Step, make: "_Maker") -> QueryStep:
    query = Query(step.statement.text, make(step.statement.bind, "bind"))
    return QueryStep(query, step, tuple(_query_step(child, make) for child in step.children))


@dataclass(frozen=True, slots=True)
class _Maker:
    """Turns generated source into functions, which see the plan's constants `k` and the functions below."""

    constants: list[object]

    def __call__(self, source: str, name: str) -> Any:  # Any: a function of whichever signature
        space: dict[str, Any] = {"k": self.constants, **_FUNCTIONS}
        exec(compile(source, f"<plan {name}>", "exec"), space)  # noqa: S102  # our own source; names enter by repr
        return space[name]


def _text(value: object) -> str:
    text = str(value)
    if "\x00" in text:
        raise RequestError("A text can't hold the character U+0000.")
    if len(text) > LONGEST_TEXT:
        raise RequestError(f"A text to compare with has at most {LONGEST_TEXT:,} characters, not {len(text):,}.")
    return text


def _listed(values: list[Any]) -> list[Any]:
    if len(values) > LONGEST_LIST:
        raise RequestError(f"in and notIn take at most {LONGEST_LIST:,} values, not {len(values):,}.")
    return [_text(value) if isinstance(value, str) else value for value in values]


def _ids(values: list[str]) -> list[str]:
    if len(values) > PAGE_LIMIT:
        raise RequestError(f"nodes takes at most {PAGE_LIMIT} ids, not {len(values)}.")
    return values


def _minor(amount: Decimal) -> int:
    """The cents of an amount to compare with; amounts that no column can hold are refused."""
    exact = amount.is_finite() and amount.adjusted() < len(str(LARGEST)) and amount == round(amount, 2)
    if not exact or abs(amount * 100) > LARGEST:
        most = f"{LARGEST // 100:,}"
        raise RequestError(f"{amount} is no amount of money: at most two decimals are allowed, up to {most}.")
    return int(amount * 100)


def _minors(amounts: list[Decimal]) -> list[int]:
    return [_minor(amount) for amount in _listed(amounts)]


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise RequestError(f"The time {value.isoformat()} needs a zone: {value.isoformat()}Z, for example.")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise RequestError(f"The time {value.isoformat()} lies outside of the years 1 to 9999 in UTC.") from None


def _moments(values: list[datetime]) -> list[datetime]:
    return [_moment(value) for value in _listed(values)]


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _stamp(value: datetime | str | None) -> str | None:
    """A time as cursors and SQLite hold it, which is how SQLite returns it, of a time or of PostgreSQL's text."""
    if not isinstance(value, datetime):
        return value if value is None or value[10] == "T" else f"{value[:10]}T{value[11:19]}.{value[20:-3]:0<6}Z"
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _moment_text(value: str | None) -> str | None:
    """A time as JSON has it, of PostgreSQL's text in UTC: 2026-01-01 00:00:00+00."""
    if value is None or len(value) > _TO_THE_SECOND:
        return _stamp(value)
    return f"{value[:10]}T{value[11:19]}Z"


def _stamps(values: list[datetime]) -> list[str | None]:
    return [_stamp(value) for value in values]


def _json_list(values: list[Any]) -> str:
    return orjson.dumps(values).decode()


_FUNCTIONS: dict[str, Callable[..., object]] = {
    "ago": _ago,
    "average": rounding.average,
    "currency": rounding.currency,
    "cursor": encode,
    "decode": decode,
    "fold": fold,
    "groups": checked_groups,
    "fts5": fts5,
    "highlights": highlights,
    "ids": _ids,
    "json_list": _json_list,
    "listed": _listed,
    "minor": _minor,
    "minors": _minors,
    "moment": _moment,
    "moment_text": _moment_text,
    "moments": _moments,
    "money": to_decimal,
    "month": rounding.month,
    "per_resident": rounding.per_resident,
    "rate": rounding.rate,
    "share_of": rounding.share_of,
    "size": checked_size,
    "stamp": _stamp,
    "stamps": _stamps,
    "terms": parse,
    "text": _text,
    "total": rounding.total,
    "whole": rounding.whole,
    "tsquery": tsquery,
}
