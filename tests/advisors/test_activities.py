"""What advisors report to have done; nothing anywhere judges candidates."""

import re
from datetime import date, timedelta

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, get_named_type

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from fund_api.people.roles import Role
from tests.advisors.office import NOW, Office, make_office, viewer
from tests.asking import CATALOGUE
from tests.campaigns.acting import stored
from tests.rows import everything

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
async def office(database: Database) -> Office:
    return await make_office(database)


async def test_the_assigned_advisor_reports_what_they_did(office: Office) -> None:
    ada = await office.advisor("Ada")
    assignment = await office.match(await office.request())

    activity = await office.log(assignment, office.as_advisor(ada), minutes=90)

    columns = ("assignment_id", "kind", "done_on", "minutes", "summary", "recorded_by")
    assert await stored(office.database, "advisor_activity", activity, *columns) == (
        *(assignment, "CALL", TODAY, 90, "Talked with the mayor."),
        office.people[ada],
    )


async def test_officers_report_also_what_was_done_before_it_ended(office: Office) -> None:
    await office.advisor("Ada")
    assignment = await office.match(await office.request())
    await office.complete(assignment)
    office.now += 3 * DAY

    await office.log(assignment, done_on=TODAY)
    before = await everything(office.database)
    with pytest.raises(InvalidValue, match="The assignment ended on 2026-11-22; nothing was done in it on 2026-11-23"):
        await office.log(assignment, done_on=TODAY + DAY)

    assert await everything(office.database) == before


@pytest.mark.parametrize(
    ("values", "message", "path"),
    [
        ({"done_on": date(2026, 11, 23)}, "is told of until today, 2026-11-22; nothing was done", ("done_on",)),
        ({"done_on": date(2026, 11, 20)}, "began on 2026-11-22; nothing was done in it on 2026-11-20", ("done_on",)),
        ({"minutes": 0}, "minutes lies between 1 and 1,440, not at 0", ("minutes",)),
        ({"minutes": 1_441}, "minutes lies between 1 and 1,440, not at 1,441", ("minutes",)),
        ({"summary": " "}, "summary takes a text that is not empty", ("summary",)),
    ],
)
async def test_a_report_is_of_a_day_of_the_assignment_and_of_one_day_at_most(
    office: Office, values: dict[str, object], message: str, path: tuple[str, ...]
) -> None:
    ada = await office.advisor("Ada")
    assignment = await office.match(await office.request())
    before = await everything(office.database)

    with pytest.raises(InvalidValue, match=message) as refused:
        await office.log(assignment, office.as_advisor(ada), **values)

    assert refused.value.path == path
    assert await everything(office.database) == before


async def test_in_america_it_may_be_the_day_before_still(office: Office) -> None:
    await office.advisor("Ada")
    assignment = await office.match(await office.request())

    activity = await office.log(assignment, done_on=TODAY - DAY)

    assert await stored(office.database, "advisor_activity", activity, "done_on") == (TODAY - DAY,)


async def test_nobody_else_reports_and_who_does_not_see_the_request_finds_nothing(office: Office) -> None:
    ada, bea = await office.advisor("Ada"), await office.advisor("Bea")
    asking = await office.person("Cora")
    assignment = await office.match(await office.request(person_id=asking), ada)
    before = await everything(office.database)
    without_role = Viewer(office.people[ada], frozenset())

    for who in (PUBLIC, office.as_advisor(bea), without_role, viewer(await office.person("Dora"))):
        before = await everything(office.database)
        with pytest.raises(NotFound, match="There is no assignment"):
            await office.log(assignment, who)
    for who in (viewer(asking), viewer(None, Role.REPORTER), viewer(None, Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed, match="to be the advisor of an open assignment"):
            await office.log(assignment, who)

    assert await everything(office.database) == before


async def test_an_advisor_who_is_done_reports_no_more(office: Office) -> None:
    ada = await office.advisor("Ada")
    assignment = await office.match(await office.request())
    await office.complete(assignment)
    before = await everything(office.database)

    with pytest.raises(NotFound, match="There is no assignment"):
        await office.log(assignment, office.as_advisor(ada))

    assert await everything(office.database) == before


def test_no_field_of_advisors_and_hiring_judges_candidates() -> None:
    types = CATALOGUE.schema.type_map.values()
    fielded = (GraphQLObjectType, GraphQLInputObjectType, GraphQLInterfaceType)
    ours = [
        one for one in types if isinstance(one, fielded) and re.search(r"Advis|Assignment|Hiring|Placement", one.name)
    ]
    names = {f"{one.name}.{name}" for one in ours for name in one.fields}
    for root in (CATALOGUE.schema.query_type, CATALOGUE.schema.mutation_type):
        assert root is not None
        for name, field in root.fields.items():
            if get_named_type(field.type) in ours:
                names |= {f"{root.name}.{name}", *(f"{root.name}.{name}.{argument}" for argument in field.args)}

    assert {"AdvisorActivity.summary", "Mutation.matchAdvisor.input", "MatchAdvisorInput.advisor"} <= names
    assert [name for name in sorted(names) if re.search(r"rank|scor|candidat|rating", name, re.IGNORECASE)] == []
