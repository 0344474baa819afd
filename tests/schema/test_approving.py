"""Approving a grant over GraphQL: one transaction and at most ten statements, its event and its payload included."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import pytest

from fund_api.core.database import Database, Dialect
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from fund_api.people.viewers import viewer_of
from tests.asking import CATALOGUE, Asker
from tests.grants.acting import Office, make_office
from tests.statements import listening

APPROVE = """mutation ($input: ApproveGrantInput!) {
  approveGrant(input: $input) { grant { id status awarded { amount } } errors { message } } }"""


@contextmanager
def noted(database: Database) -> Iterator[list[str]]:
    """The statements that reach the driver, in their order."""
    statements: list[str] = []

    def begin(connection: Any, *_: object) -> None:  # Any: SQLAlchemy's face of a driver's connection
        driver = connection.driver_connection
        if database.dialect is Dialect.POSTGRESQL:
            driver.add_query_logger(lambda record: statements.append(record.query))
        else:
            driver._conn.set_trace_callback(statements.append)

    def prepared(*given: Any) -> None:  # Any: connection, cursor, statement, parameters, context, whether many
        assert not isinstance(given[3], list), f"one statement for each row: {given[2]}"
        statements.append(given[2])

    listeners: dict[str, Callable[..., None]] = {"checkout": begin}
    if database.dialect is Dialect.POSTGRESQL:  # the driver tells of statements that are not prepared alone
        listeners["before_cursor_execute"] = prepared
    with listening(database, **listeners):
        yield statements


async def approving(office: Office, asked: dict[str, object]) -> tuple[Any, list[str]]:
    """What approving answers, and its statements between BEGIN and COMMIT."""
    database = office.database
    async with database.reading() as connection:
        viewer = await viewer_of(connection, office.people["approver"])
    reads = reader(database, 1)
    try:
        with noted(database) as statements:
            answer = await Asker(Engine(CATALOGUE, reads, 10, 10**6, database), viewer)(APPROVE, input=asked)
    finally:
        await reads.close()
    said = [text for text, _ in groupby(statements)]  # SQLite tells of a statement again for each of its triggers
    inside = [text for text in said if not text.startswith(("BEGIN", "COMMIT"))]
    assert len(said) - len(inside) == 2  # of one transaction
    return answer["approveGrant"], inside


@pytest.mark.parametrize(("key", "most"), [({}, 10), ({"idempotencyKey": "once"}, 12)], ids=["plain", "with a key"])
async def test_approving_takes_one_transaction_and_ten_statements(
    database: Database, key: dict[str, object], most: int
) -> None:
    office = await make_office(database)
    grant = await office.in_decision()
    asked = {"id": grant, "amount": {"amount": "4000.00"}, "expectedVersion": await office.version(grant)}

    answer, statements = await approving(office, asked | key)

    assert answer == {"grant": {"id": grant, "status": "APPROVED", "awarded": {"amount": "4000.00"}}, "errors": []}
    assert len(statements) == most, "\n".join(statements)
