"""Every question of every user has its answer in a demonstration."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import schema
from fund_api.core import clock
from fund_api.core.database import Database
from fund_api.core.events import EVENT
from fund_api.demo.accounts import FICTIONAL
from fund_api.people.viewers import PERSON, viewer_of
from tests.asking import asking
from tests.demo.conftest import NOW
from tests.rows import fetch, table

OPERATIONS = Path(schema.__file__).parent / "operations"


def day(days: int) -> str:
    return str((NOW + timedelta(days=days)).date())


async def asked(demo: Database, who: str, path: str, **variables: Any) -> Any:
    """What one of the people is answered by a document of schema/operations. Any: JSON."""
    [(person,)] = await fetch(demo, sa.select(PERSON.c.id).where(PERSON.c.email == f"{who}@example.org"))
    async with demo.reading() as connection:
        viewer = await viewer_of(connection, person)
    async with asking(demo, viewer) as ask:
        ask.engine.services = {**ask.engine.services, "database": demo}
        with clock.at(NOW):
            return await ask((OPERATIONS / path).read_text(encoding="utf-8"), **variables)


async def test_question_1_what_helps_me_defend_council_manager(demo: Database) -> None:
    data = await asked(demo, "coordinator", "coordinator/DefendCouncilManager.graphql", state="ZZ")

    titles = [node["resource"]["title"] for node in data["recommendedResources"]["nodes"]]
    assert "Brochure: your town and its manager (fictional)" in titles
    assert any(not title.endswith(FICTIONAL) for title in titles)


async def test_question_2_has_a_town_our_size_won_an_adoption_lately(demo: Database) -> None:
    sizes = {"populationFrom": 10_000, "populationTo": 30_000, "since": day(-60)}
    data = await asked(demo, "coordinator", "coordinator/AdoptionsNearOurSize.graphql", **sizes)

    assert [(node["title"], node["measures"]["nodes"][0]["margin"]) for node in data["campaigns"]["nodes"]] == [
        ("Chapter Grove: adopt a village manager (fictional)", 224),
        ("Plot Prairie: a professional manager (fictional)", 6),
    ]


async def test_question_3_which_milestones_are_due_in_14_days_or_overdue(demo: Database) -> None:
    data = await asked(demo, "coordinator", "coordinator/DueMilestones.graphql", until=day(14))

    due = Counter(node["dueOn"] < day(0) for node in data["milestones"]["nodes"])
    assert due == {True: 2, False: 3}


async def test_question_4_where_is_our_application_and_what_do_you_need(demo: Database) -> None:
    data = await asked(demo, "coordinator", "coordinator/OurApplications.graphql")

    ours = {
        campaign["title"].partition(":")[0]: campaign["grants"]["nodes"] for campaign in data["viewer"]["campaigns"]
    }
    assert {name: sorted(grant["status"] for grant in grants) for name, grants in ours.items()} == {
        "Fable Creek": ["ACTIVE", "IN_DECISION"],
        "Paper Falls": ["DRAFT", "MORE_INFO_REQUESTED"],
        "Quill Harbor": ["AGREEMENT_SIGNED", "IN_DECISION", "SCREENING"],
    }
    [active] = [grant for grant in ours["Fable Creek"] if grant["status"] == "ACTIVE"]
    assert [report["dueOn"] for report in active["dueReports"]["nodes"]] == [day(10), day(100)]


async def test_question_5_can_we_get_200_brochures_in_time(demo: Database) -> None:
    about = {"title": "your town and its manager", "quantity": 200}
    data = await asked(demo, "coordinator", "coordinator/BrochuresInTime.graphql", **about)

    [item] = data["printItems"]["nodes"]
    assert (item["available"], item["canShipBy"]) == (110, day(10))
    assert await fetch(demo, sa.select(table("print_item").c.in_stock)) == [(150,)]


async def test_question_6_which_retentions_vote_soon_and_have_no_active_grant(demo: Database) -> None:
    days = {"from": day(0), "until": day(90)}
    data = await asked(demo, "grants-officer", "staff/RetentionsWithoutGrant.graphql", **days)

    assert [node["title"] for node in data["campaigns"]["nodes"]] == [
        "Margin Heights: keep the council-manager form (fictional)"
    ]


@pytest.mark.parametrize(
    ("who", "awaited"),
    [
        ("approver", {"APPROVE": 2, "DECLINE": 0}),
        ("second-approver", {"APPROVE": 2, "DECLINE": 0}),
        ("reviewer", {"SUBMIT_REVIEW": 1}),
    ],
)
async def test_question_7_what_awaits_my_decision(demo: Database, who: str, awaited: dict[str, int]) -> None:
    data = await asked(demo, who, "staff/MyQueue.graphql")

    found = Counter(item["action"] for item in data["myQueue"])
    assert {action: found[action] for action in awaited} == awaited


async def test_question_8_how_much_is_not_yet_promised(demo: Database) -> None:
    data = await asked(demo, "finance", "staff/MoneyNotYetPromised.graphql", year=2027)

    assert '"available": {"amount": "7500.00"' in str(data).replace("'", '"')


async def test_question_9_nobody_prepared_and_approved_the_same_grant(demo: Database) -> None:
    assert await asked(demo, "reporter", "reporting/DutyConflicts.graphql") == {"dutyConflicts": []}


async def test_question_10_win_rates_tell_of_what_is_real_unless_asked(demo: Database) -> None:
    real = await asked(demo, "reporter", "reporting/WinRates.graphql")
    made_up = await asked(demo, "reporter", "reporting/WinRates.graphql", provenances=["FICTIONAL"])

    assert real["dollars"]["groups"][0]["grants"] == 0
    assert real["contributions"]["groups"][0]["contributions"] == 7
    assert sum(group["decided"] for group in real["winRatesByKind"]["groups"]) == 52
    assert made_up["dollars"]["groups"][0]["grants"] == 17
    assert {group["key"]["kind"]: group["won"] for group in made_up["winRatesByKind"]["groups"]} == {
        "ADOPTION": 2,
        "CONSOLIDATION": 0,
        "RETENTION": 1,
    }


async def test_question_11_everything_that_changed_since_my_last_pull(demo: Database) -> None:
    real = await asked(demo, "reporter", "reporting/ChangedSince.graphql", number=0)
    pulled: list[Any] = []
    about: dict[str, Any] = {"number": 100, "provenances": ["FICTIONAL"], "after": None}
    while about["after"] or not pulled:
        page = (await asked(demo, "reporter", "reporting/ChangedSince.graphql", **about))["events"]
        pulled += page["nodes"]
        about["after"] = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None

    assert real["events"]["totalCount"] == 0
    # where fellows are proposed to be is not told to reporting clients
    placed = EVENT.c.action.startswith("fellow_placement.")
    told = await fetch(demo, sa.select(EVENT.c.number).where(EVENT.c.number > 100, ~placed).order_by(EVENT.c.number))
    assert [node["number"] for node in pulled] == [number for (number,) in told]
    assert page["totalCount"] == len(told)
    [gone] = [node for node in pulled if node["action"] == "campaign_member.removed"]
    assert {change["field"]: change["after"] for change in gone["changes"]["nodes"]} == {
        **{"campaign_id": None, "person_id": None, "provenance": None}
    }


async def test_question_12_the_closest_votes(demo: Database) -> None:
    data = await asked(demo, "member", "public/ClosestVotes.graphql", first=2)

    assert [(node["margin"], len(node["sources"]["nodes"])) for node in data["ballotMeasures"]["nodes"]] == [
        (6, 0),  # made up, as its question says: nobody reports it
        (10, 1),
    ]
    assert data["ballotMeasures"]["nodes"][0]["question"].endswith(FICTIONAL)


async def test_one_request_for_hiring_support_has_not_moved_for_14_days(demo: Database) -> None:
    before = (NOW - timedelta(days=14)).isoformat()
    data = await asked(demo, "hiring-officer", "staff/IdleHiringRequests.graphql", before=before)

    assert [node["stage"] for node in data["hiringRequests"]["nodes"]] == ["POSITION_CREATION"]
