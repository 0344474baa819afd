"""What sums of money are divided by, as SQL: the communities behind the rows of a group, their residents, and votes.

A community, or what was voted on, counts once in a group, however many rows lead to it: at the one row whose mark is 1.
A rate takes in the rows of which its money and its divisor are known, so it has marks of its own, among these.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fund_api.graph.figures import Ballots, Figure, Grouping, Measure
from fund_api.graph.found import named
from fund_api.graph.parts import LIST
from fund_api.graph.sql import Sql

COMMUNITY = "community_key"
RESIDENTS = "community_residents"
VOTED = "voted_key"
VOTES = "voted_votes"
FIRST = "first_of_community"
_KEY = {"community": COMMUNITY, "resident": COMMUNITY, "vote": VOTED}
"""What counts once, for each of rates.UNITS."""
_UNITS = {"community": COMMUNITY, "resident": RESIDENTS, "vote": VOTES}
"""What is counted, or added up, of each that counts once; a row where it is null is left out."""

Columns = Any  # Any: the columns of a subquery


def divisors(sql: Sql, number: int, grouping: Grouping, places: Mapping[tuple[str, ...], Any]) -> list[sa.Label[Any]]:
    """The columns that rows need of what they are divided by. `places` holds the values of each joined row: Any."""
    found = []
    if grouping.across and grouping.counts_communities:
        community = places[grouping.across.path]
        found.append(community[grouping.across.key].label(COMMUNITY))
        found.append(community[grouping.across.residents].label(RESIDENTS))
    if grouping.ballots and grouping.counts_votes:
        voted = places[grouping.ballots.path][grouping.ballots.own]
        found += [voted.label(VOTED), _votes(sql, f"v{number}", grouping.ballots, voted).label(VOTES)]
    return found


def _votes(sql: Sql, name: str, ballots: Ballots, voted: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """The votes on all questions that the viewer sees of a row; null unless there are some and each total is known."""
    sql.parts.take(LIST)
    entity = sql.catalogue.entities[ballots.questions]
    seen = sql.seen(entity, named(entity.table, name))
    first, second = (seen[side] for side in ballots.sides)
    known = sa.func.count().filter(sa.and_(first.is_not(None), second.is_not(None)))
    total = sa.func.sum(first, type_=sa.BigInteger()) + sa.func.sum(second, type_=sa.BigInteger())
    votes = sa.select(sa.case((known == sa.func.count(), total))).select_from(seen.rows)
    return votes.where(seen.rows.c[ballots.key] == voted, seen.visible).correlate_except(seen.rows).scalar_subquery()


def marked(base: sa.Subquery, grouping: Grouping, keys: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any] | None:
    """The rows with their marks, if figures need any. `keys` are those of the groups."""
    marks: dict[str, list[sa.ColumnElement[Any]]] = {}
    for figure in grouping.figures:
        if figure.kind in ("communities", "counted", "residents"):
            marks[FIRST] = [base.c[COMMUNITY]]
        elif figure.kind == "units":
            unknown = base.c[grouping.measures[figure.of].column].is_(None)
            marks[_mark(figure)] = [base.c[_KEY[figure.per]], unknown]
    if not marks:
        return None
    numbers = [sa.func.row_number().over(partition_by=[*keys, *within]).label(name) for name, within in marks.items()]
    return sa.select(base, *numbers)


def _mark(figure: Figure) -> str:
    return f"first_{_KEY[figure.per]}_{figure.of}"


def taken_in(columns: Columns, measure: Measure, per: str) -> sa.ColumnElement[Any]:
    """The value of a measure in the rows that a rate takes in; without a rate, in all of them."""
    value: sa.ColumnElement[Any] = columns[measure.column]
    return sa.case((columns[_UNITS[per]].is_not(None), value)) if per else value


def units(columns: Columns, measure: Measure, figure: Figure) -> sa.ColumnElement[Any]:
    """What a rate divides by; null for no rows."""
    first = sa.and_(columns[_mark(figure)] == _ONE, columns[measure.column].is_not(None))
    counted = columns[_UNITS[figure.per]]
    if figure.per == "community":
        return sa.func.count(counted).filter(first)
    return sa.cast(sa.func.sum(counted).filter(first), sa.BigInteger)


def of_communities(columns: Columns, kind: str) -> sa.ColumnElement[Any]:
    """A figure about the communities behind all rows of a group."""
    first = columns[FIRST] == _ONE
    match kind:
        case "communities":
            return sa.func.count(columns[COMMUNITY]).filter(first)
        case "counted":
            return sa.func.count(columns[RESIDENTS]).filter(first)
    return sa.func.sum(columns[RESIDENTS], type_=sa.BigInteger()).filter(first)


_ONE: sa.ColumnElement[int] = sa.literal_column("1", sa.BigInteger())
