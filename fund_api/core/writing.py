"""Writing: one transaction, in which rules change rows and of which every change becomes an event.

    async with writing(database, viewer, now) as tx:
        await rules.publish(tx, campaign_id)

The block commits at its end, with its events; raising rolls everything back. Rules never commit. In a demonstration
every row that it writes is fictional, and `honesty` watches over the real ones.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core import events, honesty
from fund_api.core.access import Viewer
from fund_api.core.columns import Table, table_of
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotFound, VersionConflict
from fund_api.core.events import Change, Done, Origin
from fund_api.core.facts import Provenance
from fund_api.core.ids import new_id
from fund_api.core.installation import installed
from fund_api.core.text import clean

SILENT = frozenset({"id", "version", "created_at", "updated_at", "search_text"})
"""Columns of which events do not speak: they follow from the rest."""

Row = dict[str, Any]  # Any: a value of a column


@dataclass(slots=True)
class Transaction:
    """A transaction that is open: who acts, when, and what was done so far."""

    connection: AsyncConnection
    viewer: Viewer
    now: datetime
    done: list[Done] = field(default_factory=list)
    provenance: Provenance = Provenance.ENTERED
    """How the rows come to be here that it writes."""

    async def row(self, model: type[Table], entity_id: str, *, referable: bool = False) -> Row:
        """A row, held against other writers until the transaction ends. Raises NotFound.

        Rows that refer to it wait for that, too, unless it stays `referable`.
        """
        table = table_of(model)
        held = sa.select(table).where(table.c.id == entity_id).with_for_update(key_share=referable)
        found = (await self.connection.execute(held)).first()
        if found is None:
            raise NotFound(f"There is no {words(model)} {entity_id}.")
        return dict(found._mapping)

    async def rows(self, query: sa.Select[*tuple[Any, ...]]) -> list[Row]:
        """All rows of a query, by the names of their columns."""
        return [dict(row) for row in (await self.connection.execute(query)).mappings()]

    async def add(self, model: type[Table], action: str, values: Row, *, campaign_id: str | None = None) -> str:
        """Insert a row and return its id. Raises InvalidValue for a value that its column can't take."""
        table = table_of(model)
        entity_id = values.get("id") or new_id(table.c.id.info["prefix"])
        row = checked(table, values) | {"id": entity_id} | self._stamps(table, created=True)
        await self.connection.execute(table.insert(), row)
        after = {name: value for name, value in row.items() if value is not None}
        self.record(model, action, entity_id, {}, after, campaign_id=campaign_id)
        return entity_id

    async def change(
        self,
        model: type[Table],
        action: str,
        entity_id: str,
        values: Row,
        *,
        expected_version: int | None = None,
        campaign_id: str | None = None,
    ) -> Row:
        """Change columns of a row and return it as it was. Nothing is written, nor told, when it held them already.

        Raises NotFound, InvalidValue, and VersionConflict when the row is not at `expected_version`.
        """
        before = await self.row(model, entity_id)
        if expected_version is not None and before["version"] != expected_version:
            raise VersionConflict(entity_id, expected_version, before["version"])
        await self.alter(model, action, before, values, campaign_id=campaign_id)
        return before

    async def alter(
        self,
        model: type[Table],
        action: str,
        before: Row,
        values: Row,
        *conditions: sa.ColumnElement[bool],
        campaign_id: str | None = None,
    ) -> None:
        """Change columns of a row that was read, unless somebody else did so since, or a condition does not hold.

        Raises InvalidValue, and VersionConflict when nothing was changed.
        """
        table = table_of(model)
        after = {name: value for name, value in checked(table, values).items() if before[name] != value}
        if not after:
            return
        statement = table.update().where(table.c.id == before["id"], *conditions).values(after | self._stamps(table))
        if "version" in table.c:
            statement = statement.where(table.c.version == before["version"]).values(version=before["version"] + 1)
        if (await self.connection.execute(statement)).rowcount != 1:
            version = before.get("version", 0)
            raise VersionConflict(before["id"], version, version + 1)
        self.record(model, action, before["id"], before, after, campaign_id=campaign_id)

    async def remove(self, model: type[Table], action: str, entity_id: str, *, campaign_id: str | None = None) -> Row:
        """Delete a row and return it as it was. Raises NotFound."""
        table = table_of(model)
        before = await self.row(model, entity_id)
        await self.connection.execute(table.delete().where(table.c.id == entity_id))
        gone = {name: None for name, value in before.items() if value is not None}
        self.record(model, action, entity_id, before, gone, campaign_id=campaign_id)
        return before

    def record(
        self,
        model: type[Table],
        action: str,
        entity_id: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        campaign_id: str | None = None,
    ) -> None:
        """Tell what was done: the fields in `after`, with their values before."""
        table = table_of(model)
        told = [name for name in after if name not in SILENT and not name.endswith("_folded")]
        told = [name for name in told if not table.c[name].info.get("secret")]
        changes = tuple(
            Change(name, before.get(name), after[name], bool(table.c[name].info.get("private"))) for name in told
        )
        person_id = entity_id if table.name == "person" else (after.get("person_id") or before.get("person_id"))
        self.done.append(Done(f"{table.name}.{action}", entity_id, changes, campaign_id, person_id))

    def _stamps(self, table: sa.Table, *, created: bool = False) -> Row:
        stamps: Row = {"updated_at": self.now}
        if created:
            stamps |= {"created_at": self.now, "version": 1, "provenance": self.provenance}
        return {name: value for name, value in stamps.items() if name in table.c}


@asynccontextmanager
async def writing(
    database: Database, viewer: Viewer, now: datetime, request_id: str | None = None
) -> AsyncIterator[Transaction]:
    """One transaction, committed with its events at the end of the block, rolled back when it raises."""
    here = await installed(database)
    async with database.writing() as connection:
        if here.is_demo:
            honesty.watch(connection)
        tx = Transaction(connection, viewer, now, provenance=here.provenance)
        yield tx
        await events.append(connection, Origin(viewer.id, now, request_id, here.provenance), tx.done)
    if tx.done:
        for told in tuple(database.listeners):
            told()


def checked(table: sa.Table, values: Row) -> Row:
    """The values as their columns take them: texts composed and within their length, numbers within their range.

    Raises InvalidValue that names the first that can't be taken.
    """
    return {name: _checked(table.c[name], value) for name, value in values.items()}


def _checked(column: sa.Column[Any], value: Any) -> Any:
    label, limits = column.name.replace("_", " "), column.info.get("limits")
    if value is None:
        if not column.nullable:
            raise InvalidValue(f"{label} is needed.", column.name)
        return None
    if isinstance(value, str):
        try:
            value = clean(value) if type(value) is str else value
        except ValueError as error:
            raise InvalidValue(f"{label}: {error}.", column.name) from None
        if limits and not limits[0] <= len(value) <= limits[1]:
            wanted = f"1 to {limits[1]:,} characters" if value else "a text that is not empty"
            raise InvalidValue(f"{label} takes {wanted}, not {len(value):,} characters.", column.name)
    elif (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and limits
        and not limits[0] <= value <= limits[1]
    ):
        raise InvalidValue(f"{label} lies between {limits[0]:,} and {limits[1]:,}, not at {value:,}.", column.name)
    return value


def words(model: type[Table]) -> str:
    """What a table's rows are called: ballot measure."""
    return table_of(model).name.replace("_", " ")
