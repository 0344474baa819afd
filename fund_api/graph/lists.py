"""Connections: what a document asks of a list, and the source of the function that shapes the list's rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from graphql import FieldNode, GraphQLField, GraphQLObjectType, SelectionSetNode

from fund_api.core.columns import UtcDateTime
from fund_api.graph.catalogue import object_type
from fund_api.graph.collect import Selector, sub_selections
from fund_api.graph.cursors import signature
from fund_api.graph.levels import Extra, Level, Page
from fund_api.graph.paging import forward

ROW = "@row@"
"""Stands for the names of a row, which are known when all of its slots are."""
Groups = dict[str, list[FieldNode]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a list for the code that shapes them: a level, and how one becomes an object."""

    level: Level
    object: Callable[[Iterable[SelectionSetNode | None]], str]
    edge: Mapping[str, Callable[[list[FieldNode]], str]] = field(default_factory=dict)
    """What an edge has besides its cursor and node."""

    def own_cursor(self) -> str:
        """The source of the cursor of the row that is unpacked."""
        return self._cursor([f"s{slot}" for slot in self._slots()])

    def cursor_at(self, place: int) -> str:
        """The source of the cursor of the row at a place; null when there are no rows."""
        row = f"rows[{place}]"
        return f"({self._cursor([f'{row}[{slot}]' for slot in self._slots()])} if rows else None)"

    def _slots(self) -> list[int]:
        return [self.level.slot((), key.column) for key in forward(self.level.page)]

    def _cursor(self, values: list[str]) -> str:
        keys = forward(self.level.page)
        parts = [
            f"stamp({value})" if isinstance(key.kind, UtcDateTime) else value
            for key, value in zip(keys, values, strict=True)
        ]
        return f"cursor(({signature(keys)}, {', '.join(parts)}))"


@dataclass(frozen=True, slots=True)
class Connection:
    """The selections on one connection, collected."""

    selector: Selector
    kind: GraphQLObjectType
    groups: Groups
    page_info: frozenset[str]

    @property
    def names(self) -> set[str]:
        """The fields that are asked for."""
        return {nodes[0].name.value for nodes in self.groups.values()}

    @property
    def wants_rows(self) -> bool:
        """Whether any row has to be read; with nothing to count either, reading is what checks the arguments."""
        return bool(self.names & {"edges", "nodes", "pageInfo"}) or "totalCount" not in self.names

    @property
    def peeks(self) -> bool:
        """Whether somebody asks if the list goes on."""
        return not self.page_info.isdisjoint({"hasNextPage", "hasPreviousPage"})

    def extras(self, page: Page) -> list[Extra]:
        """The figures about the whole list that the selection needs."""
        extras = [Extra("total")] if "totalCount" in self.names else []
        if "hasPreviousPage" in self.page_info and page.after is not None and not page.backward:
            extras.append(Extra("until"))
        if "hasNextPage" in self.page_info and page.before is not None and page.backward:
            extras.append(Extra("since"))
        return extras

    def source(self, rows: Rows) -> str:
        """The source of the function that makes the connection of a level's rows and extras; ROW is still in it."""
        level = rows.level
        parameters = ["rows"] if level.wants_rows else []
        parameters += [extra.kind for extra in level.extras]
        body = []
        if level.wants_rows and level.page.peek:
            body += [f"    more = len(rows) > {level.size}", f"    if more: rows = rows[:{level.size}]"]
        if level.wants_rows and level.page.backward:
            body.append("    rows = rows[::-1]")
        entries = ", ".join(f"{key!r}: {self._entry(rows, nodes)}" for key, nodes in self.groups.items())
        return "\n".join([f"def c{level.number}({', '.join(parameters)}):", *body, f"    return {{{entries}}}"])

    def _entry(self, rows: Rows, nodes: list[FieldNode]) -> str:
        match nodes[0].name.value:
            case "edges":
                return f"[{self._edge(rows, nodes)} for {ROW} in rows]"
            case "nodes":
                return f"[{rows.object(sub_selections(nodes))} for {ROW} in rows]"
            case "pageInfo":
                return self._page_info(rows, nodes)
            case "totalCount":
                return "total"
        return repr(self.kind.name)

    def _edge(self, rows: Rows, nodes: list[FieldNode]) -> str:
        kind = object_type(self.kind.fields["edges"])
        entries = []
        for key, group in self.selector.fields(kind, sub_selections(nodes)).items():
            match group[0].name.value:
                case "cursor":
                    value = rows.own_cursor()
                case "node":
                    value = rows.object(sub_selections(group))
                case name if name in rows.edge:
                    value = rows.edge[name](group)
                case _:
                    value = repr(kind.name)
            entries.append(f"{key!r}: {value}")
        return "{" + ", ".join(entries) + "}"

    def _page_info(self, rows: Rows, nodes: list[FieldNode]) -> str:
        kind = object_type(self.kind.fields["pageInfo"])
        page, known = rows.level.page, {extra.kind for extra in rows.level.extras}
        entries = []
        for key, group in self.selector.fields(kind, sub_selections(nodes)).items():
            match group[0].name.value:
                case "hasNextPage":
                    value = ("bool(since)" if "since" in known else "False") if page.backward else "more"
                case "hasPreviousPage":
                    value = "more" if page.backward else ("bool(until)" if "until" in known else "False")
                case "startCursor":
                    value = rows.cursor_at(0)
                case "endCursor":
                    value = rows.cursor_at(-1)
                case _:
                    value = repr(kind.name)
            entries.append(f"{key!r}: {value}")
        return "{" + ", ".join(entries) + "}"


def read(selector: Selector, field: GraphQLField, nodes: list[FieldNode]) -> Connection:
    """What the merged nodes of a connection field ask of it."""
    kind = object_type(field)
    groups = selector.fields(kind, sub_selections(nodes))
    info = object_type(kind.fields["pageInfo"])
    asked = frozenset(
        inner[0].name.value
        for group in groups.values()
        if group[0].name.value == "pageInfo"
        for inner in selector.fields(info, sub_selections(group)).values()
    )
    return Connection(selector, kind, groups, asked)
