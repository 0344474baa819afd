"""Senior advisors: who makes somebody one, and what they may say of themselves."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import writing
from fund_api.hiring import advisors
from fund_api.people.roles import Role
from fund_api.people.viewers import viewer_of
from tests.advisors.office import NOW, SAID, Office, make_office, no_fault, viewer
from tests.campaigns.acting import stored
from tests.printing.shop import last_event
from tests.rows import everything, fetch, table

ADA = SAID | {"name": "Ada Park"}


@pytest.fixture
async def office(database: Database) -> Office:
    return await make_office(database)


async def test_an_officer_makes_a_person_an_advisor_who_may_advise_at_once(office: Office) -> None:
    ada = await office.person("Ada")

    async with office.acting() as tx:
        advisor = await advisors.add_advisor(tx, ada, ADA, ["OH", "CA", "OH"])

    assert await stored(office.database, "senior_advisor", advisor, "person_id", "capacity", "open_assignments") == (
        *(ada, 3),
        0,
    )
    assert sorted(await office.states(advisor)) == ["CA", "OH"]
    async with office.database.reading() as connection:
        assert (await viewer_of(connection, ada)).may("own:hiring:advise")
    action, changes = await last_event(office)
    assert (action, changes["states"], changes["name"]) == ("senior_advisor.added", ["CA", "OH"], None)


async def test_a_person_is_one_advisor_and_can_sign_in(office: Office) -> None:
    advisor = await office.advisor("Ada")
    gone = await office.person("Bea", active=False)
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match="This person is an advisor already"):
        async with office.acting() as tx:
            await advisors.add_advisor(tx, office.people[advisor], ADA, ["OH"])
    with pytest.raises(InvalidValue, match="Only a person who is active can be an advisor"):
        async with office.acting() as tx:
            await advisors.add_advisor(tx, gone, ADA, ["OH"])

    assert await everything(office.database) == before


@pytest.mark.parametrize(
    ("values", "states", "message", "path"),
    [
        ({"capacity": 51}, ["OH"], "capacity lies between 0 and 50, not at 51", ("capacity",)),
        ({"name": " "}, ["OH"], "name takes a text that is not empty", ("name",)),
        ({}, [], "An advisor covers 1 to 60 states, not 0", ("states",)),
        ({}, ["OH", "ZY"], "There is no state ZY", ("states", "1")),
        (
            {"available_from": date(2026, 12, 2), "available_until": date(2026, 12, 1)},
            ["OH"],
            "An advisor who is available from 2026-12-02 can't be so until 2026-12-01",
            ("available_until",),
        ),
    ],
)
async def test_what_can_not_be_said_of_an_advisor_is_refused(
    office: Office, values: dict[str, Any], states: list[str], message: str, path: tuple[str, ...]
) -> None:
    ada, other = await office.person("Ada"), await office.advisor("Bea")
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match=message) as refused:
        async with office.acting() as tx:
            await advisors.add_advisor(tx, ada, ADA | values, states)
    with pytest.raises(InvalidValue, match=message):
        await office.update(other, **values, states=states)

    assert refused.value.path == path
    assert await everything(office.database) == before


async def test_only_officers_add_advisors(office: Office) -> None:
    ada = await office.person("Ada")
    before = await everything(office.database)

    for who in (PUBLIC, viewer(ada), viewer(ada, Role.ADVISOR), viewer(None, Role.ADMINISTRATOR, Role.REPORTER)):
        with pytest.raises(NotAllowed, match="fund:hiring:manage"):
            async with office.acting(who) as tx:
                await advisors.add_advisor(tx, ada, ADA, ["OH"])

    assert await everything(office.database) == before


async def test_advisors_say_themselves_what_they_can_do_where_and_when(office: Office) -> None:
    advisor = await office.advisor("Ada")

    await office.update(
        advisor,
        office.as_advisor(advisor),
        biography="Retired.",
        capacity=1,
        available_until=date(2027, 1, 31),
        states=["CA"],
    )

    names = ("biography", "capacity", "available_until", "version")
    assert await stored(office.database, "senior_advisor", advisor, *names) == ("Retired.", 1, date(2027, 1, 31), 2)
    assert await office.states(advisor) == ["CA"]


async def test_a_change_of_the_states_alone_is_told_and_counts_as_a_change(office: Office) -> None:
    advisor = await office.advisor("Ada")

    await office.update(advisor, states=["CA", "OH"])
    await office.update(advisor, states=["OH", "CA"])

    assert await office.value("senior_advisor", advisor, "version") == 2
    assert await last_event(office) == ("senior_advisor.updated", {"states": ["CA", "OH"]})


async def test_name_and_rest_are_for_officers(office: Office) -> None:
    advisor = await office.advisor("Ada")
    before = await everything(office.database)

    for values in ({"name": "Dr. Ada"}, {"active": False}):
        with pytest.raises(NotAllowed, match="the rest needs fund:hiring:manage"):
            await office.update(advisor, office.as_advisor(advisor), **values)
    assert await everything(office.database) == before

    await office.update(advisor, name="Dr. Ada", active=False)
    assert await stored(office.database, "senior_advisor", advisor, "name", "active") == ("Dr. Ada", False)


async def test_nobody_else_changes_an_advisor_and_hidden_ones_are_not_there(office: Office) -> None:
    advisor, other, hidden = [await office.advisor(name) for name in ("Ada", "Bea", "Cora")]
    await office.update(hidden, active=False)
    before = await everything(office.database)
    reporter = viewer(None, Role.REPORTER)
    without_role = Viewer(office.people[advisor], frozenset())

    for who in (PUBLIC, office.as_advisor(other), reporter, without_role):
        with pytest.raises(NotAllowed, match="fund:hiring:manage, or own:hiring:advise and to be the advisor"):
            await office.update(advisor, who, capacity=1)
    for who, failure in ((PUBLIC, NotFound), (office.as_advisor(other), NotFound), (reporter, NotAllowed)):
        with pytest.raises(failure):
            await office.update(hidden, who, capacity=1)

    assert await everything(office.database) == before


async def test_an_update_names_the_version_that_was_read_which_a_match_leaves(office: Office) -> None:
    advisor = await office.advisor("Ada")
    await office.match(await office.request())
    await office.update(advisor, capacity=2)
    before = await everything(office.database)

    with pytest.raises(VersionConflict):
        async with office.acting() as tx:
            await advisors.update_advisor(tx, advisor, {"capacity": 5}, expected_version=1)

    assert await office.value("senior_advisor", advisor, "version") == 2
    assert await everything(office.database) == before


async def test_capacity_never_goes_below_what_is_open_nor_does_anybody_stop_meanwhile(office: Office) -> None:
    advisor = await office.advisor("Ada")
    made = [await office.match(await office.request(place)) for place in (office.dayton, office.akron)]
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match="capacity can't be 1 while assignments are open: 2") as refused:
        await office.update(advisor, office.as_advisor(advisor), capacity=1)
    assert refused.value.path == ("capacity",)
    with pytest.raises(InvalidValue, match="capacity lies between 0 and 50, not at -1"):
        await office.update(advisor, capacity=-1)
    with pytest.raises(InvalidValue, match="capacity is needed"):
        await office.update(advisor, capacity=None)
    with pytest.raises(InvalidValue, match="complete or withdraw them first, 2 in all"):
        await office.update(advisor, active=False)
    assert await everything(office.database) == before

    await office.update(advisor, capacity=2)
    for assignment in made:
        await office.complete(assignment)
    await office.update(advisor, capacity=0, active=False)
    assert await stored(office.database, "senior_advisor", advisor, "capacity", "active") == (0, False)
    await no_fault(office)


async def test_an_advisor_starts_again_only_while_they_can_sign_in(office: Office) -> None:
    advisor = await office.advisor("Ada")
    await office.update(advisor, active=False)
    async with office.database.writing() as connection:
        await connection.execute(table("person").update().values(active=False))
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match="Only an advisor whose person is active can be active"):
        await office.update(advisor, active=True)
    assert await everything(office.database) == before

    async with office.database.writing() as connection:
        await connection.execute(table("person").update().values(active=True))
    await office.update(advisor, active=True)
    assert await stored(office.database, "senior_advisor", advisor, "active") == (True,)


async def test_what_is_said_of_an_advisor_is_private_in_the_log(office: Office) -> None:
    await office.advisor("Ada")

    change, event = table("event_change").c, table("event").c
    query = sa.select(change.field).join(table("event"), event.id == change.event_id)
    told = await fetch(office.database, query.where(event.action == "senior_advisor.added", change.digest.is_not(None)))
    assert sorted(told) == [("biography",), ("name",)]


async def test_an_unknown_person_or_advisor_is_not_found(office: Office) -> None:
    before = await everything(office.database)

    with pytest.raises(NotFound, match="There is no person"):
        async with office.acting() as tx:
            await advisors.add_advisor(tx, f"person_{'0' * 26}", ADA, ["OH"])
    with pytest.raises(NotFound, match="There is no senior advisor"):
        async with writing(office.database, office.officer, NOW) as tx:
            await advisors.update_advisor(tx, f"advisor_{'0' * 26}", {}, expected_version=1)

    assert await everything(office.database) == before
