"""How the tests of grants take any step: a rule on a grant or a part of it, at the version that it has now."""

from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa

from fund_api.grants.paying_tables import ReportKind
from tests.grants.acting import Office
from tests.rows import fetch, table

TABLES = {
    "grant": "grant",
    "disb": "disbursement",
    "report": "grant_report",
    "cond": "grant_condition",
    "match": "match_commitment",
}
"""The table of a row, by the prefix of its id."""


async def act(office: Office, who: str, rule: Callable[..., Awaitable[Any]], row_id: str, *given: Any) -> Any:
    """Let somebody follow a rule; Any: what the rule takes and returns."""
    version = await office.version(row_id, TABLES[row_id.split("_", maxsplit=1)[0]])
    async with office.acting(who) as tx:
        return await rule(tx, row_id, *given, expected_version=version)


async def report_of(office: Office, grant: str, kind: ReportKind = ReportKind.FINAL) -> str:
    """The id of a grant's report; of several, the one that is due first."""
    columns = table("grant_report").c
    query = sa.select(columns.id).where(columns.grant_id == grant, columns.kind == kind)
    return str((await fetch(office.database, query.order_by(columns.due_on)))[0][0])
