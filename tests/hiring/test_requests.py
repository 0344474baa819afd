"""Requests for hiring support: made by anybody, and looked up by their secret."""

from typing import Any

import pytest
import sqlalchemy as sa

from fund_api.core.database import Database
from fund_api.core.errors import InvalidValue, NotAllowed, NotFound
from tests.campaigns.acting import all_of, stored
from tests.hiring.bureau import DAY, NOW, TODAY, Bureau, looked_up, make_bureau
from tests.rows import count, fetch, table


@pytest.fixture
async def bureau(database: Database) -> Bureau:
    return await make_bureau(database)


async def changes(bureau: Bureau, entity: str, private: bool) -> dict[str, object]:
    """What the log says of a thing, by field, the last one."""
    event, change = table("event"), table("event_change")
    query = sa.select(change.c.field, change.c.after).join(event, event.c.id == change.c.event_id)
    query = query.where(
        event.c.entity_id == entity, change.c.digest.is_not(None) if private else change.c.digest.is_(None)
    )
    return dict(await fetch(bureau.database, query.order_by(event.c.number)))


async def test_anybody_asks_and_looks_up_by_a_secret_that_is_not_stored(bureau: Bureau) -> None:
    made = await bureau.request()

    assert await looked_up(bureau, made.secret) == {
        "id": made.request_id,
        "stage": "RECEIVED",
        "stage_since": NOW,
        "reason": None,
        "created_at": NOW,
    }
    assert made.secret not in str(await fetch(bureau.database, sa.select(table("hiring_request"))))
    for secret in (made.secret[:-1], made.secret + "0", ""):
        with pytest.raises(NotFound, match="There is no request with this secret"):
            await looked_up(bureau, secret)
    columns = ("person_id", "campaign_id", "first_manager", "interim_needed", "currency", "provenance", "version")
    assert await stored(bureau.database, "hiring_request", made.request_id, *columns) == (
        *(None, None, True, False, "USD", "ENTERED", 1),
    )


async def test_who_has_signed_in_is_noted(bureau: Bureau) -> None:
    made = await bureau.request("requester")

    assert await stored(bureau.database, "hiring_request", made.request_id, "person_id") == (
        bureau.people["requester"],
    )


async def test_the_log_keeps_apart_how_to_reach_them_what_they_say_and_what_it_pays(bureau: Bureau) -> None:
    made = await bureau.request("nobody", "ethics", salary_minimum=9_000_000, salary_maximum=12_000_000, budget=500)

    private = await changes(bureau, made.request_id, private=True)
    assert private == dict.fromkeys(
        ("contact_name", "contact_email", "contact_phone", "message", "salary_minimum", "salary_maximum")
    )
    public = await changes(bureau, made.request_id, private=False)
    assert {"stage", "budget", "practice_areas", "first_manager"} <= public.keys()
    assert not {"secret_hash", *private} & public.keys()


async def test_practice_areas_are_named_by_slug_or_id_each_once(bureau: Bureau) -> None:
    [(ethics,)] = await fetch(
        bureau.database, sa.select(table("practice_area").c.id).where(table("practice_area").c.slug == "ethics")
    )

    made = await bureau.request("nobody", "ethics", ethics, "planning")

    assert sorted(await bureau.areas(made.request_id)) == ["ethics", "planning"]


@pytest.mark.parametrize(
    ("areas", "values", "message", "path"),
    [
        ((), {"contact_email": "cora"}, "contact email takes an address, as ada@example.org.", ("contact_email",)),
        (
            (),
            {"salary_minimum": 9_000_000, "salary_maximum": 8_000_000},
            "The least salary, 90,000.00 USD, is more than the highest, 80,000.00 USD.",
            ("salary_minimum",),
        ),
        (
            (),
            {"target_on": TODAY - 2 * DAY},  # a day before is today still, in the evening in America
            "The manager is to start today or later, not on 2026-11-20.",
            ("target_on",),
        ),
        (("ethics",) * 11, {}, "A request asks for at most 10 practice areas.", ("practice_areas",)),
        ((), {"message": " "}, "message takes a text that is not empty, not 0 characters.", ("message",)),
    ],
)
async def test_what_a_request_can_not_say(
    bureau: Bureau, areas: tuple[str, ...], values: dict[str, Any], message: str, path: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidValue) as refused:
        await bureau.request("nobody", *areas, **values)

    assert (str(refused.value), refused.value.path) == (message, path)
    assert await count(bureau.database, "hiring_request") == await count(bureau.database, "hiring_practice_area") == 0


async def test_what_is_named_exists(bureau: Bureau) -> None:
    with pytest.raises(NotFound, match="There is no practice area dancing"):
        await bureau.request("nobody", "ethics", "dancing")
    with pytest.raises(NotFound, match="There is no community comm_x"):
        await bureau.request(community_id="comm_x")

    assert await count(bureau.database, "hiring_request") == 0


async def test_a_campaign_is_named_by_its_own_people_for_its_own_community(bureau: Bureau) -> None:
    for who, failure, message in (
        ("nobody", NotFound, "There is no campaign"),
        ("requester", NotFound, "There is no campaign"),
        ("officer", NotAllowed, "Only the people of a campaign ask in its name"),
        ("approver", NotAllowed, "Only the people of a campaign ask in its name"),
    ):
        with pytest.raises(failure, match=message):
            await bureau.request(who, campaign_id=bureau.campaign)
    with pytest.raises(InvalidValue, match=r"The campaign is of another community\.") as refused:
        await bureau.request("member", campaign_id=bureau.campaign, community_id=bureau.elsewhere)
    assert refused.value.path == ("campaign",)
    assert await count(bureau.database, "hiring_request") == 0

    made = await bureau.request("member", campaign_id=bureau.campaign)

    assert await stored(bureau.database, "hiring_request", made.request_id, "campaign_id") == (bureau.campaign,)
    assert (made.request_id, bureau.campaign) in await all_of(bureau.database, "event", "entity_id", "campaign_id")
