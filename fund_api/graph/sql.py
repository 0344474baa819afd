"""Levels as SQL: how the rows of a level are found, cut to their page and joined to their to-one rows.

A page is cut first and joined afterwards, so that a join never costs more than the page has rows. A page after a cursor
is the UNION ALL of index ranges, never an OR. What differs between the databases is in `postgres` and `sqlite`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import NamedFromClause

from fund_api.core.columns import Text
from fund_api.graph.arguments import Scalar
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.choices import PAGE_LIMIT
from fund_api.graph.cursors import beyond
from fund_api.graph.declarations import ToOne, Viewing
from fund_api.graph.filters import Filters, joined_rows
from fund_api.graph.found import Found, Values, named
from fund_api.graph.levels import Extra, Level, Path, Sought
from fund_api.graph.paging import forward
from fund_api.graph.parameters import Parameters
from fund_api.graph.parts import COLUMNS, JOINED, LIST, Parts
from fund_api.graph.rights import Seen

ParentKey = sa.ColumnElement[Any] | None
"""For a nested list, what its rows have in common with their parent."""


@dataclass(slots=True)
class Sql(Parameters):
    """Makes the parts of statements; a subclass for each database puts them together."""

    catalogue: Catalogue
    viewing: Viewing
    parts: Parts
    searches: dict[int, sa.CTE] = field(default_factory=dict, init=False)
    """The hits of each level that searches."""

    # What the databases do each in their own way

    def listed(self, column: sa.ColumnElement[Any], values: Scalar) -> sa.ColumnElement[bool]:
        """Whether a column's value is in a list, which is one parameter."""
        raise NotImplementedError

    def position(self, text: sa.ColumnElement[str], part: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
        """Where a text holds another, from 1, or 0."""
        raise NotImplementedError

    def holds(self, entity: Entity, columns: Any, query: Scalar) -> sa.ColumnElement[bool]:
        """Whether the words of an entity's row match a query. `columns` holds its values by name."""
        raise NotImplementedError

    def hits(self, level: Level, sought: Sought) -> sa.CTE:
        """The rows of a search: id and rank, the larger the better. Those of an entity come from `matching`."""
        raise NotImplementedError

    def calendar(self, moment: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
        """The year and the month, from 1, of a day, or of a time in UTC."""
        raise NotImplementedError

    def day_number(self, moment: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
        """The number of a day, or of the day in UTC on which a time lies: one more each day."""
        raise NotImplementedError

    def percentile(self, column: sa.ColumnElement[Any], percent: int) -> sa.ColumnElement[Any]:
        """Of a group: the smallest known value that at least so many of a hundred known ones do not exceed."""
        raise NotImplementedError

    @property
    def filters(self) -> Filters:
        """What makes conditions of filters."""
        return Filters(self.catalogue, self.viewing, self.bind, self.listed, self.position, self.holds, self.parts)

    # Rows

    def rows(self, level: Level, name: str) -> NamedFromClause[Any]:
        """What a level's rows are taken from, for one use in a statement."""
        if level.sought is None:
            return named(level.entity.table, name)
        if level.number not in self.searches:
            self.searches[level.number] = self.hits(level, level.sought)
        return self.searches[level.number].alias(name)

    def sought(self, level: Level, sought: Sought) -> list[tuple[Entity, NamedFromClause[Any], sa.Select[Any]]]:
        """Of each entity that is searched: an alias of its table, and all its rows that may be found."""
        found = []
        for i, entity in enumerate(sought.entities):
            rows = named(entity.table, f"s{level.number}_{i}")
            everything = self.found(Level(entity, level.number, level.page), rows, None, ordered=False)
            found.append((entity, rows, everything.select))
        return found

    def found(
        self,
        level: Level,
        rows: NamedFromClause[Any],
        parent_key: sa.ColumnElement[Any] | None,
        *,
        ordered: bool = True,
    ) -> Found:
        """All rows of a level that the viewer sees, before the page is cut; columns are to be added."""
        self.parts.take(LIST)
        link = self.link(level, rows) if ordered else None
        source, values = (
            self.ordering(level, rows, rows, link) if ordered else (rows, Values(self.seen(level.entity, rows), {}))
        )
        if level.parent is None or parent_key is None:
            select = sa.select().select_from(source)
        else:
            select = joined_rows(level.parent[1], source, rows, parent_key, self.viewing, link=link)
        for column, value, several in level.matches:
            kind = rows.c[column].type
            test = self.listed(values[column], value) if several else values[column] == self.bind(value, kind)
            select = select.where(test)
        if level.asked is not None:
            answering, given = level.asked
            bound = {name: self.bind(value, Text()) for name, value in given.items()}
            select = select.where(answering(rows.c, bound, self.viewing))
        condition = self.filters.condition(level.entity, values, level.filter)
        sure = level.parent is not None and level.parent[1].sure and parent_key is not None
        return Found(select.where(sa.true() if sure else values.seen.visible, condition), values)

    def seen(self, entity: Entity, rows: NamedFromClause[Any]) -> Seen:
        """Rows of an entity as the viewer sees them."""
        return entity.seen(rows, self.viewing)

    @staticmethod
    def link(level: Level, rows: NamedFromClause[Any]) -> sa.FromClause | None:
        """The rows that join a level's `rows` to their parents, when they hold the order."""
        links = [key.link for key in level.page.keys if key.link]
        return links[0].alias(f"{rows.name}_link") if links else None

    def ordering(
        self, level: Level, rows: NamedFromClause[Any], source: sa.FromClause, link: sa.FromClause | None
    ) -> tuple[sa.FromClause, Values]:
        """`source`, which holds `rows`, joined to the to-one rows that the order looks at; the values of both.

        The rows of `link` are joined by the caller.
        """
        through: dict[str, sa.ColumnElement[Any]] = {}
        for key in level.page.keys:
            if key.link is not None and link is not None:
                through[key.column] = link.c[str(key.link.order)].label(key.column)
            if key.through is not None:
                relation, target, column = key.through
                other = self.seen(target, named(target.table, f"{rows.name}_{key.column}"))
                same = other.rows.c[relation.key] == rows.c[relation.own]
                source = source.outerjoin(other.rows, sa.and_(same, other.visible))
                through[key.column] = other[column].label(key.column)
        return source, Values(self.seen(level.entity, rows), through)

    def cut(self, level: Level, found: Found, columns: list[str]) -> sa.Select[Any]:
        """The page of a level: at most its size of rows, in order, with these columns."""
        values = found.values
        ranges = self._ranges(level, values)
        wanted = [values[column] for column in dict.fromkeys([*columns, *(key.column for key in level.page.keys)])]
        rows = found.select.add_columns(*wanted)
        if level.page.size is None:  # all of them: who selects from them orders them
            if len(ranges) <= 1:
                return rows.where(*ranges)
            return sa.select(sa.union_all(*(rows.where(one) for one in ranges)).subquery())
        if len(ranges) <= 1:
            return self._limited(level, self.ordered(level, rows.where(*ranges), values))
        parts = [self._limited(level, self.ordered(level, rows.where(one), values)).subquery() for one in ranges]
        union = sa.union_all(*(sa.select(part) for part in parts)).subquery()
        return self._limited(level, self.ordered(level, sa.select(union), union.c))

    @staticmethod
    def is_plain(level: Level) -> bool:
        """Whether one SELECT without a subquery gives the level's page."""
        page = level.page
        return not (level.joins or level.children or page.after or page.before or isinstance(page.size, Scalar))

    @staticmethod
    def ordered(level: Level, select: sa.Select[Any], values: Any) -> sa.Select[Any]:
        """`select` in the order of the level's page; `values` holds the values of its keys by their names."""
        return select.order_by(*(key.clause(values) for key in level.page.keys))

    def _limited(self, level: Level, select: sa.Select[Any]) -> sa.Select[Any]:
        """At most the page's size. A size from the request stands behind a literal that the planner can read."""
        size = level.page.size
        if not isinstance(size, Scalar):
            return self.limited(level, select)
        capped = select.limit(sa.literal_column(str(PAGE_LIMIT + 1))).subquery()
        more = f"{size.expression} + 1" if level.page.peek else size.expression
        return self.ordered(level, sa.select(capped), capped.c).limit(self._parameter(more, sa.Integer()))

    @staticmethod
    def limited(level: Level, select: sa.Select[Any]) -> sa.Select[Any]:
        """At most the page's size, which the document says."""
        size = level.page.size
        return select.limit(sa.literal_column(str(size + level.page.peek))) if isinstance(size, int) else select

    def _ranges(self, level: Level, values: Values) -> list[sa.ColumnElement[bool]]:
        """The ranges that the page's cursors leave: several for the one it starts from, one condition for the other."""
        page = level.page
        start, end = (page.before, page.after) if page.backward else (page.after, page.before)
        keys = page.keys
        ranges = beyond(keys, values, self._places(start, forward(page))) if start else []
        if end is None:
            return ranges or ([sa.false()] if start else [])
        opposite = [key.reversed() for key in keys]
        within = sa.or_(sa.false(), *beyond(opposite, values, self._places(end, forward(page))))
        if start is None:
            return [within]
        return [sa.and_(one, within) for one in ranges] or [sa.false()]

    def figure(
        self, level: Level, extra: Extra, rows: NamedFromClause[Any], parent_key: ParentKey
    ) -> sa.ColumnElement[Any]:
        """A figure about a level's whole list, as a subquery."""
        if extra.kind == "total":
            everything = self.found(level, rows, parent_key, ordered=False).select
            return everything.add_columns(sa.func.count()).scalar_subquery()
        found = self.found(level, rows, parent_key)
        keys, cursor = forward(level.page), level.page.after if extra.kind == "until" else level.page.before
        if cursor is None:
            raise TypeError(f"{extra.kind} needs a cursor")
        away = [key.reversed() for key in keys] if extra.kind == "until" else keys
        places = self._places(cursor, keys)
        same = sa.and_(*(_equal(found.values[key.column], place) for key, place in zip(keys, places, strict=True)))
        ranges = [same, *beyond(away, found.values, places)]
        one = found.select.add_columns(sa.literal_column("1"))
        return sa.or_(*(one.where(stretch).exists() for stretch in ranges))

    def slots(self, level: Level, own: Any, joined: Mapping[Path, Seen]) -> list[sa.ColumnElement[Any]]:
        """The values that a level's rows consist of, in the order of their slots; `own` holds those of the own row."""
        if not level.slots:
            level.slot((), "id")
        self.parts.take(len(level.slots) // COLUMNS)
        return [joined[path][column] if path else own[column] for path, column in level.slots]

    def joined(
        self, level: Level, rows: sa.FromClause, source: sa.FromClause
    ) -> tuple[sa.FromClause, dict[Path, Seen]]:
        """`source` with the to-one rows of a level joined to `rows`, and linked ones, each as the viewer sees it."""
        self.parts.take(JOINED * len(level.joins))
        found: dict[Path, Seen] = {}
        for i, (path, join) in enumerate(level.joins.items()):
            seen = found[path] = self.seen(join.entity, named(join.entity.table, f"t{level.number}_{i}"))
            parent = found[join.parent].rows if join.parent else rows
            own, relation = parent.c[join.relation.own], join.relation
            if isinstance(relation, ToOne):
                source = source.outerjoin(seen.rows, sa.and_(seen.rows.c[relation.key] == own, seen.visible))
            elif relation.via is not None:
                link = relation.via.alias(f"{seen.name}_link")
                source = source.join(link, link.c[relation.via.parent] == own)
                source = source.join(seen.rows, sa.and_(seen.rows.c.id == link.c[relation.via.child], seen.visible))
        return source, found


def materialized(select: sa.Select[Any] | sa.CompoundSelect[Any], name: str) -> sa.CTE:
    """Rows that are found once, however often a statement speaks of them."""
    return select.cte(name).prefix_with("MATERIALIZED")


def _equal(column: Any, place: sa.ColumnElement[Any] | None) -> sa.ColumnElement[bool]:
    equal: sa.ColumnElement[bool] = column.is_(None) if place is None else column == place
    return equal
