"""Worlds: small sets of rows for every entity, with nulls, ties, odd texts and the ends of every range.

A world is made from a seed, table by table, so that it satisfies every CHECK; values are drawn from pools that are small
on purpose: rows tie, and what a document asks for is often there.
"""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fund_api.core.columns import Text, UtcDateTime
from fund_api.core.database import Database
from fund_api.core.text import fold
from tests.structure import tables
from tests.test_tables import bounds, checks, closed_set

Row = dict[str, Any]  # Any: a column's value as Python has it; enums as their text

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


PARTS = ("ballot_measure", "milestone", "grant", "support_engagement")
"""Tables whose rows are seen with their campaign."""
OF_PERSONS = (
    *("person", "role_assignment", "api_token", "campaign_member", "notice", "support_request", "private_change"),
)
"""Tables of which the public sees nothing."""


@dataclass
class World:
    """Rows by table name."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def values(self, kind: type) -> list[Any]:
        """Every distinct value of exactly this type that stands in a row, in the order of the rows."""
        found = (value for rows in self.rows.values() for row in rows for value in row.values())
        return list(dict.fromkeys(value for value in found if type(value) is kind))


def make_world(seed: str) -> World:
    """The world of a seed."""
    maker = _Maker(random.Random(seed))
    for table in tables().sorted_tables:
        maker.fill(table)
    return maker.world


def seen(world: World) -> World:
    """What the public sees of a world: published campaigns, what belongs to those, and what was done with it since."""
    since = {row["id"]: row["published_at"] for row in world.rows["campaign"] if row["published_at"] is not None}
    rows = dict(world.rows) | {name: [] for name in OF_PERSONS}
    for name, own in (("campaign", "id"), *((part, "campaign_id") for part in PARTS)):
        rows[name] = [row for row in world.rows[name] if row[own] in since]
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
        together = [part for part in table.constraints if isinstance(part, sa.UniqueConstraint)]
        unique = [list(table.primary_key.columns), *(list(part.columns) for part in together)]
        taken: set[tuple[int, tuple[Any, ...]]] = set()
        for _ in range(0 if self.rng.random() < 0.05 else self.rng.randint(1, MOST_ROWS)):
            row = self._row(table)
            marks = {(i, tuple(row[c.name] for c in columns)) for i, columns in enumerate(unique)} if row else set()
            if row and not marks & taken:
                taken |= {mark for mark in marks if None not in mark[1]}
                rows.append(row)

    def _row(self, table: sa.Table) -> Row | None:
        row: Row = {}
        for column in table.columns:
            row[column.name] = self._value(column)
            if row[column.name] is None and not column.nullable:
                return None  # it points to a table without rows
        for repair in _REPAIRS:
            repair(row)
        return row

    def _value(self, column: sa.Column[Any]) -> Any:
        if column.nullable and self.rng.random() < 0.3:
            return None
        if prefix := column.info.get("prefix"):
            return random_id(self.rng, prefix)
        if column.foreign_keys:
            (key,) = column.foreign_keys
            rows = self.world.rows[key.column.table.name]
            return self.rng.choice(rows)[key.column.name] if rows else None
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


def random_id(rng: random.Random, prefix: str) -> str:
    """A well-formed id."""
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    return f"{prefix}_{rng.choice('01234567')}{''.join(rng.choices(letters, k=25))}"


# What holds between the columns of a row


def _fold(row: Row) -> None:
    for name in [name for name in row if name.endswith("_folded")]:
        own = name.removesuffix("_folded")
        if row[own] is not None and not fold(row[own]):
            row[own] = f"{row[own]}x"
        row[name] = None if row[own] is None else fold(row[own])


def _pair_precision(row: Row) -> None:
    for name in [name for name in row if name.endswith("_precision")]:
        if (row[name] is None) != (row[name.removesuffix("_precision")] is None):
            row[name] = row[name.removesuffix("_precision")] = None


def _order_days(row: Row) -> None:
    if row.get("effective_from") and row.get("effective_to"):
        row["effective_from"], row["effective_to"] = sorted((row["effective_from"], row["effective_to"]))


def _limit_payments(row: Row) -> None:
    if "disbursed" in row:
        row["disbursed"] = min(row["disbursed"], row["awarded"] or 0)


def _count_margin(row: Row) -> None:
    if "margin" in row and None not in (row["votes_for"], row["votes_against"]):
        row["margin"] = abs(row["votes_for"] - row["votes_against"])


def _decide(row: Row) -> None:
    """A request for support is open; a threshold says of what it is a share."""
    if "secret_hash" in row and "decided_at" in row:
        row |= {"state": "RECEIVED", "decided_at": None, "campaign_id": None, "reason": None}
    if row.get("threshold_hundredths") is None or row.get("threshold_base") is None:
        row.update({name: None for name in ("threshold_hundredths", "threshold_base") if name in row})


def _tell_once(row: Row) -> None:
    """An invitation is accepted by somebody; an event has the values of a field or their digest."""
    if row.get("accepted_at") is None or row.get("person_id") is None:
        row.update({name: None for name in ("accepted_at", "person_id") if "accepted_at" in row and name in row})
    if row.get("digest") is not None and "before" in row:
        row["digest"] = None


_REPAIRS: list[Callable[[Row], None]] = [
    *(_fold, _pair_precision, _order_days),
    *(_limit_payments, _count_margin, _decide, _tell_once),
]
