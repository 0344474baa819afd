"""Who reads of hiring support in the log, and what was said in talks and reports."""

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.hiring import activities, conflicts, placements
from fund_api.hiring.advisor_tables import ConflictKind
from fund_api.hiring.tables import HiringStage
from fund_api.people.roles import Role, permissions_of
from tests.asking import asking
from tests.hiring.bureau import TODAY, Bureau, make_bureau
from tests.rows import fetch, table

FOLLOW_UP = table("follow_up")
EVENTS = "{ events(first: 100) { totalCount nodes { action entityId changes { totalCount } } } }"
ABOUT = (
    *("hiring_request", "assignment", "manager_placement", "follow_up"),
    *("senior_advisor", "advisor_conflict", "advisor_activity"),
)


@pytest.fixture
async def bureau(database: Database) -> Bureau:
    """A bureau that was asked by a campaign, and whose advisor reported, applied elsewhere, and saw somebody hired."""
    bureau = await make_bureau(database)
    advisor = await bureau.add_advisor()
    request = (await bureau.request("member", campaign_id=bureau.campaign)).request_id
    await bureau.triage(request)
    assignment = await bureau.match(request)
    for stage in (HiringStage.PROFILE_DRAFTED, HiringStage.RECRUITING, HiringStage.FINALISTS, HiringStage.OFFER):
        await bureau.move(request, stage)
    await bureau.appoint(request)
    await bureau.move(request, HiringStage.FOLLOW_UP)
    [follow_up, *_] = await fetch(database, sa.select(FOLLOW_UP.c.id).order_by(FOLLOW_UP.c.months))
    async with bureau.acting() as tx:
        await placements.record_follow_up(tx, follow_up[0], TODAY, "They argue.", expected_version=1)
        said = {"kind": "CALL", "done_on": TODAY, "minutes": 30, "summary": "The mayor is ill."}
        await activities.log_activity(tx, assignment, said)
        await conflicts.declare_conflict(tx, advisor, ConflictKind.FAMILY, community_id=bureau.elsewhere)
    return bureau


def somebody(*roles: Role, person: str | None = None, here: tuple[Role, ...] = ()) -> Viewer:
    """Somebody with roles everywhere, and roles in some campaign."""
    return Viewer(person, permissions_of(set(roles), set(here)))


async def kinds(bureau: Bureau, who: Viewer) -> set[str]:
    """Of what somebody finds events, and that their number is told as it is."""
    async with asking(bureau.database, who) as ask:
        found = (await ask(EVENTS))["events"]
    assert found["totalCount"] == len(found["nodes"])
    return {one["action"].partition(".")[0] for one in found["nodes"]}


@pytest.mark.parametrize("role", [Role.HIRING_OFFICER, Role.REPORTER, Role.ADMINISTRATOR])
async def test_who_reads_of_hiring_finds_all_that_was_done(bureau: Bureau, role: Role) -> None:
    assert await kinds(bureau, somebody(role)) >= {*ABOUT, "person", "notice"}


@pytest.mark.parametrize("role", [Role.GRANTS_OFFICER, Role.APPROVER, Role.FINANCE])
async def test_other_staff_find_nothing_of_it_in_the_log(bureau: Bureau, role: Role) -> None:
    event, change = table("event"), table("event_change")
    query = sa.select(event.c.id, event.c.entity_id, change.c.id).join(change)
    hiring = await fetch(bureau.database, query.where(event.c.action.startswith("manager_placement.")))

    assert await kinds(bureau, somebody(role)) == {"person", "role_assignment", "notice"}
    async with asking(bureau.database, somebody(role)) as ask:
        ids = [hiring[0][0], hiring[0][2]]
        assert await ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids) == {"nodes": [None, None]}
        of_it = "query ($id: ID!) { events(filter: {entityId: {eq: $id}}) { totalCount } }"
        assert (await ask(of_it, id=hiring[0][1]))["events"] == {"totalCount": 0}


async def test_of_their_own_campaign_they_find_what_its_people_find(bureau: Bureau) -> None:
    here = bureau.people["member"]
    of_campaign = {"hiring_request", "assignment", "manager_placement", "follow_up"}

    found = await kinds(bureau, somebody(Role.APPROVER, person=here, here=(Role.COORDINATOR,)))
    assert found & set(ABOUT) >= of_campaign
    assert found & {"senior_advisor", "advisor_conflict"} == set()
    assert await kinds(bureau, somebody(person=here, here=(Role.COORDINATOR,))) & set(ABOUT) == found & set(ABOUT)
    assert await kinds(bureau, PUBLIC) == set()


async def test_what_was_said_is_for_hiring_officers_and_a_report_for_its_advisor_too(bureau: Bureau) -> None:
    document = "{ advisorActivities { nodes { minutes summary } } followUps { nodes { months note } } }"
    advisor = Viewer(bureau.people["advisor"], permissions_of({Role.ADVISOR}, set()))
    viewers: dict[str, Viewer] = {
        **{str(role): somebody(role) for role in (Role.HIRING_OFFICER, Role.REPORTER, Role.ADMINISTRATOR)},
        **{"advisor": advisor, "member": somebody(person=bureau.people["member"], here=(Role.COORDINATOR,))},
    }
    read = {}
    for name, who in viewers.items():
        async with asking(bureau.database, who) as ask:
            found = await ask(document)
        read[name] = [
            [one["summary"] for one in found["advisorActivities"]["nodes"]],
            [one["note"] for one in found["followUps"]["nodes"] if one["months"] == 3],
        ]

    assert read == {
        "HIRING_OFFICER": [["The mayor is ill."], ["They argue."]],
        **{"REPORTER": [[None], [None]], "ADMINISTRATOR": [[None], [None]]},
        **{"advisor": [["The mayor is ill."], [None]], "member": [[], [None]]},
    }


async def test_not_even_who_reads_private_values_finds_what_was_said(bureau: Bureau) -> None:
    private = "{ events(first: 100) { nodes { action changes { nodes { field privateValues { after } } } } } }"
    async with asking(bureau.database, somebody(Role.ADMINISTRATOR)) as ask:
        found = str(await ask(private))

    assert "advisor_activity.logged" in found
    assert "mayor" not in found
    assert "argue" not in found
