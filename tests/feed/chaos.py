"""Random writes to a random world, whatever the rules would say of them."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from fund_api.core import keeping
from fund_api.core.database import Database
from fund_api.core.ids import new_id
from fund_api.people.roles import Role
from fund_api.people.tables import FUND
from tests.oracle.data import World, _Maker, load
from tests.rows import fetch, table
from tests.structure import tables

START = datetime(2020, 2, 28, tzinfo=UTC)
NOON = datetime(2020, 2, 29, 12, tzinfo=UTC)
TIMES = [START, NOON, NOON + timedelta(microseconds=1), NOON + timedelta(seconds=1), datetime(2020, 3, 5, tzinfo=UTC)]
"""What the clock says, one after the other: among them those at which something of a world comes due."""
PEOPLE = {"cora": Role.COORDINATOR, "stan": Role.GRANTS_OFFICER, "rae": Role.REPORTER, "ada": Role.ADMINISTRATOR}
TRACED = [each for each in tables().sorted_tables if each.name not in keeping.UNTRACED]


class Chaos:
    """A world in a database, to which anything may happen."""

    def __init__(self, database: Database, seed: str) -> None:
        self.database = database
        self.rng = random.Random(seed)
        self.maker = _Maker(self.rng)
        self.people: dict[str, str] = {}

    async def begin(self) -> None:
        for each in tables().sorted_tables:
            self.maker.fill(each)
        await load(self.world, self.database)
        for name, role in PEOPLE.items():
            self.people[name] = new_id("person")
            await self.insert(
                "person", {"id": self.people[name], "name": name, "active": True, "provenance": "ENTERED"}
            )
            campaigns = self.world.rows["campaign"]
            scope = self.rng.choice(campaigns)["id"] if role is Role.COORDINATOR and campaigns else FUND
            await self.assign(name, role, scope)

    @property
    def world(self) -> World:
        return self.maker.world

    async def insert(self, name: str, values: dict[str, object]) -> None:
        own = table(name)
        stamps = {"created_at": NOON, "updated_at": NOON, "version": 1, "provenance": "ENTERED"}
        row = {key: value for key, value in stamps.items() if key in own.c} | values
        async with self.database.writing() as connection:
            await connection.execute(own.insert().values(row))

    async def assign(self, name: str, role: Role, scope: str) -> None:
        values: dict[str, object] = {"id": new_id("role"), "person_id": self.people[name], "role": role, "scope": scope}
        await self.insert("role_assignment", values)

    async def step(self) -> None:
        """One transaction of some writes; one that the database refuses did nothing."""
        try:
            async with self.database.writing() as connection:
                for _ in range(self.rng.choice((1, 1, 2, 4))):
                    await connection.execute(self._write())
        except DBAPIError:
            return

    async def mischief(self) -> None:
        """Something about who may do what."""
        name = self.rng.choice(sorted(self.people))
        held = await fetch(
            self.database, sa.select(table("role_assignment").c.id).filter_by(person_id=self.people[name])
        )
        if held and self.rng.random() < 0.6:
            async with self.database.writing() as connection:
                own = table("role_assignment")
                await connection.execute(own.delete().where(own.c.id == self.rng.choice(held)[0]))
            return
        scopes = [FUND, *(row["id"] for row in self.world.rows["campaign"])]
        try:
            await self.assign(name, self.rng.choice(list(Role)), self.rng.choice(scopes))
        except DBAPIError:
            return

    def _write(self) -> sa.Insert | sa.Update | sa.Delete:
        own = self.rng.choice(TRACED)
        rows = self.world.rows[own.name]
        new = self.maker._row(own)
        what = self.rng.random()
        if rows and what < 0.2:
            return own.delete().where(*self._same(own, self.rng.choice(rows)))
        written = [column.name for column in own.columns if not column.computed]
        if new is not None and (not rows or what < 0.5):
            rows.append(new)
            return own.insert().values({name: new[name] for name in written})
        if not rows:
            return own.delete().where(sa.false())
        row = self.rng.choice(rows)
        keys = {column.name for column in own.primary_key} | {"id"}
        values = {name: (new or row)[name] for name in written if name not in keys}
        return own.update().where(*self._same(own, row)).values(values)

    @staticmethod
    def _same(own: sa.Table, row: dict[str, object]) -> Iterator[sa.ColumnElement[bool]]:
        for column in own.primary_key:
            yield column == row.get(column.name)
