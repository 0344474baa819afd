"""Who asked for help with hiring can be erased: what is said of them goes, what is said of the position stays."""

import sqlalchemy as sa

from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.hiring import erasing, requests
from fund_api.hiring.tables import HiringStage
from fund_api.people import erasure
from tests.campaigns.acting import stored
from tests.hiring.bureau import NOW, make_bureau
from tests.rows import everything, fetch, table


async def test_a_request_by_the_address_of_somebody_who_had_not_signed_in_names_them_no_more(
    database: Database,
) -> None:
    bureau = await make_bureau(database)
    asked = {"contact_name": "Rita Requester", "contact_email": " Requester@Example.org", "salary_minimum": 9_000_000}
    request = (await bureau.request("nobody", **asked)).request_id
    await bureau.request(contact_email="another.requester@example.org")

    async with writing(database, SYSTEM, NOW) as tx:
        await erasing.erase_person(tx, bureau.people["requester"])

    columns = ("contact_name", "contact_email", "contact_phone", "message", "salary_minimum")
    gone = "Erased person"
    assert await stored(database, "hiring_request", request, *columns) == (gone, gone, gone, gone, 9_000_000)
    everywhere = str(await everything(database))
    assert "Rita" not in everywhere
    assert "Requester@Example.org" not in everywhere
    assert "another.requester@example.org" in everywhere


async def test_an_erased_person_leaves_a_request_that_names_nobody(database: Database) -> None:
    bureau = await make_bureau(database)
    pay = {"salary_minimum": 9_000_000, "salary_maximum": 12_000_000, "contact_phone": None}
    request = (await bureau.request("requester", **pay)).request_id
    other = (await bureau.request("member", **pay)).request_id
    async with bureau.acting() as tx:
        await requests.update_request(tx, request, {"salary_minimum": 9_500_000}, expected_version=1)

    async with writing(database, SYSTEM, NOW) as tx:
        await erasure.erase(tx, bureau.people["requester"])

    columns = ("contact_name", "contact_email", "contact_phone", "message", "salary_minimum", "salary_maximum", "stage")
    gone = "Erased person"
    assert await stored(database, "hiring_request", request, *columns) == (
        *(gone, gone, None, gone, 9_500_000, 12_000_000, "RECEIVED"),
    )
    assert (await stored(database, "hiring_request", other, *columns))[:3] == ("Cora Diaz", "Cora@example.org", None)
    event, change, private = table("event"), table("event_change"), table("private_change")
    kept = sa.select(event.c.entity_id, change.c.field).join(change, change.c.event_id == event.c.id)
    kept = kept.join(private, private.c.change_id == change.c.id).where(event.c.entity_id.in_([request, other]))
    assert {entity for entity, _ in await fetch(database, kept)} == {other}


async def test_what_an_erased_person_was_told_is_gone_and_stands_nowhere_in_the_log(database: Database) -> None:
    bureau = await make_bureau(database)
    request = await bureau.at(HiringStage.TRIAGED, "requester")
    await bureau.move(request, HiringStage.ON_HOLD, "The council is new.")
    texts = sa.select(table("notice").c.text).where(table("notice").c.person_id == bureau.people["requester"])
    assert len(await fetch(database, texts)) == 2

    async with writing(database, SYSTEM, NOW) as tx:
        await erasure.erase(tx, bureau.people["requester"])

    assert await fetch(database, texts) == [("Erased person",), ("Erased person",)]
    assert "for Piqua" not in str(await everything(database))
