"""Approving takes one transaction and few statements, its events included.

Over HTTP one more reads the payload, and an idempotency key takes its own.
"""

from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.grants import decisions
from fund_api.people.viewers import viewer_of
from tests.grants.acting import NOW, Office, make_office
from tests.statements import heard

MOST = 10
EVENTS = ("INSERT event_head", "INSERT event", "INSERT event_change", "UPDATE event_head")
APPROVING = [
    "SELECT grant",
    "INSERT approval",
    "UPDATE grant",
    "UPDATE funding_program",
    "INSERT ledger_entry",
    *EVENTS,
]


async def said_of_approving(office: Office, grant: str, amount: int) -> list[str]:
    """Every statement between the first and the last word of the transaction in which somebody approves."""
    version = await office.version(grant)
    async with office.database.reading() as connection:
        approver = await viewer_of(connection, office.people["approver"])
    with heard(office.database) as said:
        async with writing(office.database, approver, NOW) as tx:
            await decisions.approve(tx, grant, amount, expected_version=version)
    assert (said[0], said[-1]) == ("BEGIN", "COMMIT")
    assert said.count("BEGIN") == said.count("COMMIT") == 1
    return said[1:-1]


async def test_approving_takes_one_transaction_and_at_most_ten_statements(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision()

    said = await said_of_approving(office, grant, 500_000)

    assert said == APPROVING
    assert len(said) < MOST  # one is left for the payload
    assert (await office.row("grant", grant))["status"] == "APPROVED"


async def test_the_first_of_two_approvals_moves_no_money(database: Database) -> None:
    office = await make_office(database)
    grant = await office.in_decision(requested=1_200_000)

    said = await said_of_approving(office, grant, 1_200_000)

    assert said == ["SELECT grant", "INSERT approval", "UPDATE grant", *EVENTS]
