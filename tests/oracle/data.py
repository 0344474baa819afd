"""Worlds: small sets of rows for every entity, with nulls, ties, odd texts and the ends of every range.

A world is made from a seed, table by table, so that it satisfies every CHECK; values are drawn from pools that are small
on purpose: rows tie, and what a document asks for is often there.
"""

import random
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fund_api.core import clock
from fund_api.core.columns import Text, UtcDateTime
from fund_api.core.database import Database
from tests.oracle.careers import seen_of_careers, seen_of_hiring
from tests.oracle.library import seen_of_library
from tests.oracle.repairs import Row, mend
from tests.structure import tables
from tests.test_tables import bounds, checks, closed_set

MOST_ROWS = 12
TEXTS = [
    *(
        "a",
        "A",
        "b",
        "Z",
        "z",
        "aa",
        "ab",
        "a b",
        " a  b ",
        "á",
        "a\u0301",
        "Á",
        "ß",
        "ss",
        "SS",
        "İ",
        "i",
        "ı",
        "ﬁ",
        "fi",
    ),
    *(
        "Ａ",
        "é",
        "ñ",
        "Ω",
        "日本",
        "שלום",
        "مرحبا",
        "😀",
        "\U0010ffff",
        "\ue000",
        "\uffff",
        "😀a",
        "%",
        "_",
        "\\",
        "'",
        '"',
    ),
    *(
        "--",
        "a\nb",
        "a\tb",
        "\x01",
        "null",
        "{}",
        "0",
        "1",
        "-1",
        "true",
        "K",
        "\u212a",
        "x\u200dy",
        "v[0]",
        "$1",
        ":p0",
    ),
]
DAYS = [date(1, 1, 1), date(999, 12, 31), date(1969, 12, 31), date(2020, 2, 29), date(2020, 3, 1), date(9999, 12, 31)]
MOMENTS = [
    datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),  # the driver of PostgreSQL takes the very ends for infinity
    datetime(987, 6, 5, 4, 3, 2, 100_000, tzinfo=UTC),
    datetime(2020, 2, 29, 12, tzinfo=UTC),
    datetime(2020, 2, 29, 12, 0, 0, 1, tzinfo=UTC),
    datetime(2020, 2, 29, 12, 0, 0, 120_000, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_998, tzinfo=UTC),
]


PARTS = ("ballot_measure", "milestone", "grant", "support_engagement", "contribution")
"""Tables whose rows are seen with their campaign."""
HIDDEN = (
    *("person", "role_assignment", "api_token", "campaign_member", "notice", "support_request", "private_change"),
    *("fiscal_year", "budget_line", "grant_duty", "review", "recusal", "approval", "grant_condition"),
    *("match_commitment", "disbursement", "grant_report", "ledger_entry"),
    *("attachment", "print_order", "print_order_line"),
    *("hiring_request", "assignment", "advisor_conflict", "advisor_activity", "follow_up"),
)
"""Tables of which the public sees nothing: they are of persons, or inside of grants and of requests."""
BLANK = {
    "fellow_placement": ("fellow_name", "fellow_email", "reason"),
    "funding_program": ("appropriation", "encumbered", "expended", "available", "approval_threshold"),
    "grant": (
        *("reason", "payee", "payee_registration", "agreement_on"),
        *("requested", "scheduled", "returned", "released", "encumbered"),
    ),
    "print_item": ("backordered", "in_stock", "reserved", "reorder_level"),
    "senior_advisor": ("capacity", "open_assignments", "available_from", "available_until"),
}
"""Columns of which the public sees nothing in rows that it sees."""


OWN = ("past", "feed_key")
"""Tables that only the database writes to."""


@dataclass
class World:
    """Rows by table name."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def values(self, kind: type) -> list[Any]:
        """Every distinct value of exactly this type that stands in a row, in the order of the rows."""
        found = (value for rows in self.rows.values() for row in rows for value in row.values())
        return list(dict.fromkeys(value for value in found if type(value) is kind))


def make_world(seed: str, metadata: sa.MetaData | None = None) -> World:
    """The world of a seed, in our tables or in those of other metadata."""
    maker = _Maker(random.Random(seed))
    for table in (metadata or tables()).sorted_tables:
        maker.fill(table)
    return maker.world


def seen(world: World) -> World:
    """What the public sees of a world: published campaigns, what belongs to those, and what was done with it since.

    Of grants it sees those that were awarded, of the fund's money the programs alone, of the library what is live,
    of programs those that are published.
    """
    since = {row["id"]: row["published_at"] for row in world.rows["campaign"] if row["published_at"] is not None}
    rows = dict(world.rows) | {name: [] for name in HIDDEN}
    for name, own in (("campaign", "id"), *((part, "campaign_id") for part in PARTS)):
        rows[name] = [row for row in world.rows[name] if row[own] in since]
    rows["grant"] = [row for row in rows["grant"] if row["awarded"] is not None]
    rows |= seen_of_library(world.rows, clock.now()) | seen_of_careers(world.rows) | seen_of_hiring(world.rows)
    for name, columns in BLANK.items():
        rows[name] = [row | dict.fromkeys(columns) for row in rows[name]]
    rows["event"] = [
        row
        for row in world.rows["event"]
        if row["campaign_id"] in since
        and since[row["campaign_id"]] <= row["at"]
        and row["action"].startswith(("campaign.", "ballot_measure.", "milestone.", "support_engagement."))
    ]
    events = {row["id"] for row in rows["event"]}
    rows["event_change"] = [row for row in world.rows["event_change"] if row["event_id"] in events]
    return World(rows)


async def load(world: World, database: Database) -> None:
    """Write a world into a migrated, empty database."""
    async with database.writing() as connection:
        for table in tables().sorted_tables:
            written = [column.name for column in table.columns if not column.computed]
            rows = [{name: row[name] for name in written} for row in world.rows[table.name]]
            if rows:
                await connection.execute(table.insert(), rows)


@dataclass
class _Maker:
    rng: random.Random
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.texts = self.rng.sample(TEXTS, 14)

    def fill(self, table: sa.Table) -> None:
        """As many rows as come out valid, at most MOST_ROWS; now and then none."""
        rows = self.world.rows[table.name] = []
        taken: set[_Mark] = set()
        for _ in range(0 if table.name in OWN or self.rng.random() < 0.05 else self.rng.randint(1, MOST_ROWS)):
            row = self._row(table)
            marks = {mark for mark in _marks(table, row) if None not in mark[1]} if row else set()
            if row and not marks & taken:
                taken |= marks
                rows.append(row)

    def _row(self, table: sa.Table) -> Row | None:
        row: Row = {}
        for column in table.columns:
            row[column.name] = self._value(column)
            if row[column.name] is None and not column.nullable:
                return None  # it points to a table without rows
        mend(table.name, row)
        return row

    def _value(self, column: sa.Column[Any]) -> Any:
        if column.nullable and self.rng.random() < 0.3:
            return None
        if column.foreign_keys:
            (key,) = column.foreign_keys
            rows = self.world.rows[key.column.table.name]
            return self.rng.choice(rows)[key.column.name] if rows else None
        if prefix := column.info.get("prefix"):
            return random_id(self.rng, prefix)
        if kind := closed_set(column):
            return self.rng.choice(list(kind)).value
        return self._plain(column)

    def _plain(self, column: sa.Column[Any]) -> Any:
        rng = self.rng
        match column.type:
            case Text():
                return self._text(column)
            case sa.Boolean():
                return rng.random() < 0.5
            case sa.Date():
                return rng.choice([*DAYS, date(2020, 1, 1) + timedelta(days=rng.randint(0, 3))])
            case UtcDateTime():
                return rng.choice(MOMENTS)
            case sa.Double():
                least, most = bounds(column)
                return rng.choice([float(least), float(most), 0.0, 12.5, rng.uniform(least, most)])
        if column.computed:
            return None
        least, most = bounds(column)
        return rng.choice([least, most, least + 1, min(most, least + 250), rng.randint(least, most)])

    def _text(self, column: sa.Column[Any]) -> str:
        longest = int(checks(column).get("length", "40").split()[-1])
        if column.unique:
            return "".join(self.rng.choices(string.ascii_letters + "éß😀", k=min(longest, 7)))
        text = self.rng.choice(self.texts)
        return (text if self.rng.random() < 0.8 else f"{text} {self.rng.choice(self.texts)}")[:longest]


_Mark = tuple[str, tuple[Any, ...]]
_ONLY_WHERE = re.compile(r"(\w+) = '(\w+)'")


def _marks(table: sa.Table, row: Row) -> Iterator[_Mark]:
    """What no other row of the table may have: values of each key, each by the name of what keeps it unique."""
    for part in table.constraints:
        if isinstance(part, sa.PrimaryKeyConstraint | sa.UniqueConstraint):
            yield str(part.name), tuple(row[column.name] for column in part.columns)
    for index in table.indexes:
        condition = _ONLY_WHERE.fullmatch(str(index.dialect_options["sqlite"]["where"]))
        if index.unique and condition and row[condition[1]] == condition[2]:
            yield str(index.name), tuple(row[column.name] for column in index.columns)


def random_id(rng: random.Random, prefix: str) -> str:
    """A well-formed id."""
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    return f"{prefix}_{rng.choice('01234567')}{''.join(rng.choices(letters, k=25))}"
