"""Figures: what a field of stats asks of groups of rows, apart from types, SQL and documents."""

from dataclasses import dataclass, field
from enum import Enum

from fund_api.graph.arguments import Scalar, Value
from fund_api.graph.declarations import Work

PERCENTILES = {"median": 50, "p90": 90}
"""Figures that are the value at a rank: how many of a hundred values do not exceed it."""

FIGURES = {"count": "known", "sum": "sum", "avg": "avg", "min": "least", "max": "most"} | {
    name: name for name in PERCENTILES
}
"""The fields of a measure that clients see, and the kind of figure behind each."""

HALF = 32
"""Bits of the lower part of a large sum: parts are added apart, so that no sum leaves the database's 64 bits."""


class Bucket(Enum):
    """What of a column's value makes the key of a group."""

    VALUE = "Value"
    YEAR = "Year"
    MONTH = "Month"
    FISCAL_YEAR = "FiscalYear"
    AGE = "Age"
    BAND = "Band"


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A key of groups: a column of the entity or of a to-one row, whole or in buckets of time."""

    name: str
    path: tuple[str, ...]
    column: str
    bucket: Bucket
    precision: str | None
    """The column that tells how much of a date is known, where there is one."""
    nullable: bool
    bands: tuple[int, ...] = ()
    """Where each band begins, of an age in days or of a number, smallest first; before the first of them it is 0."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column whose values are added up. `currency` is the column beside an amount of money."""

    name: str
    column: str
    currency: str | None
    large: bool
    """Whether sums of it may leave 64 bits."""
    description: str
    work: Work | None = None
    pair: tuple[str, str] = ("", "")
    """The two columns that it is worked out of; `column` is then a name of our own."""
    precisions: tuple[str, ...] = ()
    """Columns that tell how much of a date is known: days are counted where all of it is."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the entity that it takes."""
        own = (*self.pair, *self.precisions) if self.work else (self.column,)
        return (*own, self.currency) if self.currency else own


@dataclass(frozen=True, slots=True)
class Across:
    """The communities behind the rows: the to-one fields that lead there, their key and their residents."""

    path: tuple[str, ...]
    key: str
    residents: str


@dataclass(frozen=True, slots=True)
class Ballots:
    """The votes behind the rows: the to-one fields that lead to what was voted on, and where its votes are."""

    path: tuple[str, ...]
    own: str
    questions: str
    """The entity of its questions, by name."""
    key: str
    """The column by which they belong to it."""
    sides: tuple[str, str]
    """The columns of the votes of both sides."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of a group: its kind, and the name of what it is about."""

    kind: str
    """key, count, known, sum, high, low, least, most, avg, median, p90, currency, currencies, where,
    communities, counted, residents, units or total."""
    of: str = ""
    per: str = ""
    """Of a rate: what it divides by, one of rates.UNITS. Then only rows count that the rate takes in."""


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order of groups."""

    figure: Figure
    descending: bool
    nulls_last: bool


@dataclass(slots=True)
class Grouping:
    """How the rows of a level are grouped, and which figures of each group are wanted."""

    keys: tuple[GroupKey, ...]
    measures: dict[str, Measure]
    across: Across | None
    ballots: Ballots | None
    order: tuple[Order, ...]
    having: dict[str, Value]
    size: Scalar
    wheres: list[Value] = field(default_factory=list)
    """Filters whose matching rows are counted; a figure names its place."""
    figures: dict[Figure, int] = field(default_factory=dict)

    def slot(self, kind: str, of: str = "", per: str = "") -> int:
        """The place of a figure in a group's row."""
        return self.figures.setdefault(Figure(kind, of, per), len(self.figures))

    def used(self) -> list[Measure]:
        """The measures that a figure, the order or a condition reads."""
        read = {
            figure.of for figure in (*self.figures, *(order.figure for order in self.order)) if figure.kind != "key"
        }
        return [measure for name, measure in self.measures.items() if name in read or name in self.having]

    @property
    def counts_communities(self) -> bool:
        """Whether each community has to be told apart."""
        kinds = ("communities", "counted", "residents")
        return any(figure.kind in kinds or figure.per in ("community", "resident") for figure in self.figures)

    @property
    def counts_votes(self) -> bool:
        """Whether the votes behind the rows are needed."""
        return any(figure.per == "vote" for figure in self.figures)
