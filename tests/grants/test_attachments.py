"""Attachments of grants: who adds and takes away, what is told of it, and what stays as it was."""

import asyncio
import hashlib
from dataclasses import replace

import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, NotAllowed, NotFound, TooMany
from fund_api.core.files import Kept
from fund_api.core.media_types import MediaType
from fund_api.core.writing import writing
from fund_api.grants import attachments
from fund_api.people.roles import Role, permissions_of
from tests.campaigns.acting import NOW, all_of, coordinator, whole
from tests.granting import Fund
from tests.people.somebody import audited
from tests.rows import count, everything, fetch, table

READER = frozenset({"fund:grant:read"})


def kept(content: str = "Budget") -> Kept:
    return Kept(hashlib.sha256(content.encode()).hexdigest(), len(content), MediaType.PDF)


class Applying:
    """A draft of a grant, its campaign, which is not published, and somebody of it."""

    def __init__(self) -> None:
        self.fund = Fund()
        community = self.fund.community("Saratoga Springs")
        self.campaign = self.fund.campaign(community, published_at=None)
        self.grant = self.fund.grant(self.campaign, 500_00)
        self.other = self.fund.grant(self.campaign, 700_00)
        ada, officer, stranger = (self.fund.person(name) for name in ("Ada", "Officer", "Stranger"))
        self.fund.member(self.campaign, ada)
        self.ada, self.stranger = coordinator(ada), coordinator(stranger)
        self.officer = Viewer(officer, permissions_of({Role.GRANTS_OFFICER}, set()))


@pytest.fixture
async def it(database: Database) -> Applying:
    it = Applying()
    await it.fund.save(database)
    return it


async def attached(
    database: Database, viewer: Viewer, grant: str, name: str = "budget.pdf", content: str = "Budget"
) -> str:
    async with writing(database, viewer, NOW) as tx:
        return await attachments.attach(tx, grant, name, kept(content))


async def set_status(database: Database, grant: str, status: str) -> None:
    rows = table("grant")
    async with database.writing() as connection:
        await connection.execute(rows.update().where(rows.c.id == grant).values(status=status))


async def test_the_applicant_attaches_a_file_under_a_name_that_can_be_shown(database: Database, it: Applying) -> None:
    attachment = await attached(database, it.ada, it.grant, "../../Budget\x00\u202e 2026.exe")

    row = await whole(database, "attachment", attachment)
    assert row == {
        "id": attachment,
        "grant_id": it.grant,
        "name": "Budget 2026.exe.pdf",
        "media_type": "application/pdf",
        "size": 6,
        "digest": kept().digest,
        "uploaded_by": it.ada.id,
        "provenance": "ENTERED",
        "created_at": NOW,
        "updated_at": NOW,
    }
    event = table("event")
    told = sa.select(event.c.action, event.c.entity_id, event.c.campaign_id, event.c.actor_id)
    assert await fetch(database, told.order_by(event.c.number)) == [
        ("attachment.added", attachment, it.campaign, it.ada.id),
        ("grant.file_attached", it.grant, it.campaign, it.ada.id),
    ]


async def test_the_log_keeps_the_name_apart_since_it_may_name_a_person(database: Database, it: Applying) -> None:
    await attached(database, it.ada, it.grant, "Ada Lovelace.pdf")

    change = table("event_change")
    told = await fetch(database, sa.select(change.c.field, change.c.after).where(change.c.digest.is_not(None)))
    assert told == [("name", None)]
    assert (await audited(database)).broken is None


async def test_staff_who_prepare_attach_too(database: Database, it: Applying) -> None:
    attachment = await attached(database, it.officer, it.grant)

    assert (await whole(database, "attachment", attachment))["uploaded_by"] == it.officer.id


async def test_the_same_file_again_is_the_attachment_that_is_there(database: Database, it: Applying) -> None:
    first = await attached(database, it.ada, it.grant, "budget.pdf")
    before = await everything(database)

    assert await attached(database, it.officer, it.grant, "renamed.pdf") == first
    assert await everything(database) == before


async def test_the_same_file_belongs_to_each_grant_by_itself(database: Database, it: Applying) -> None:
    first, second = await attached(database, it.ada, it.grant), await attached(database, it.ada, it.other)

    async with writing(database, it.ada, NOW) as tx:
        await attachments.detach(tx, first)

    assert await all_of(database, "attachment", "id", "grant_id", "digest") == [(second, it.other, kept().digest)]


async def test_many_who_attach_the_same_file_at_once_make_one_attachment(database: Database, it: Applying) -> None:
    made = await asyncio.gather(*(attached(database, it.ada, it.grant) for _ in range(8)))

    assert len(set(made)) == 1
    assert await count(database, "attachment") == 1
    assert await count(database, "event") == 2  # the attachment's and its grant's


async def test_a_grant_takes_twenty_files_and_no_more_even_at_once(database: Database, it: Applying) -> None:
    made = [await attached(database, it.ada, it.grant, content=str(number)) for number in range(18)]

    more = [attached(database, it.ada, it.grant, content=f"more {number}") for number in range(4)]
    ends = await asyncio.gather(*more, return_exceptions=True)

    refused = [end for end in ends if isinstance(end, BaseException)]
    assert [(type(end), str(end)) for end in refused] == [
        (TooMany, "A grant takes at most 20 attachments, and this one has them: take one away first.")
    ] * 2
    assert await count(database, "attachment") == 20
    assert await attached(database, it.ada, it.grant, content="0") == made[0]
    await attached(database, it.ada, it.other)


async def test_an_attachment_is_taken_away_and_the_log_tells_of_it(database: Database, it: Applying) -> None:
    attachment = await attached(database, it.ada, it.grant)

    async with writing(database, it.ada, NOW) as tx:
        before = await attachments.detach(tx, attachment)

    assert (before["id"], before["digest"]) == (attachment, kept().digest)
    assert await count(database, "attachment") == 0
    event, change = table("event"), table("event_change")
    gone = sa.select(event.c.campaign_id, change.c.before, change.c.after).join(change, change.c.event_id == event.c.id)
    gone = gone.where(event.c.action == "attachment.removed", change.c.field == "digest")
    assert await fetch(database, gone) == [(it.campaign, f'"{kept().digest}"', None)]
    with pytest.raises(NotFound, match=f"There is no attachment {attachment}"):
        async with writing(database, it.ada, NOW) as tx:
            await attachments.detach(tx, attachment)


async def test_who_may_not_attaches_nothing_and_takes_nothing_away(database: Database, it: Applying) -> None:
    attachment = await attached(database, it.ada, it.grant)
    before = await everything(database)
    reviewer = Viewer(it.officer.id, permissions_of({Role.REVIEWER}, set()))
    for viewer, failure in ((PUBLIC, NotFound), (it.stranger, NotFound), (reviewer, NotAllowed)):
        with pytest.raises(failure) as refused:
            await attached(database, viewer, it.grant, content="other")
        if failure is NotFound:
            assert str(refused.value) == f"There is no grant {it.grant}."
        with pytest.raises(failure) as refused:
            async with writing(database, viewer, NOW) as tx:
                await attachments.detach(tx, attachment)
        if failure is NotFound:
            assert str(refused.value) == f"There is no attachment {attachment}."

    assert await everything(database) == before


async def test_a_grant_that_is_handed_in_keeps_its_files(database: Database, it: Applying) -> None:
    attachment = await attached(database, it.ada, it.grant)
    await set_status(database, it.grant, "IN_REVIEW")
    before = await everything(database)

    for viewer in (it.ada, it.officer):
        with pytest.raises(InvalidTransition):
            await attached(database, viewer, it.grant, content="late")
        with pytest.raises(InvalidTransition):
            async with writing(database, viewer, NOW) as tx:
                await attachments.detach(tx, attachment)

    assert await everything(database) == before


async def test_who_is_inside_reads_an_attachment_and_nobody_else(database: Database, it: Applying) -> None:
    attachment = await attached(database, it.ada, it.grant)
    officer = replace(it.officer, permissions=it.officer.permissions | READER)
    anybody = Viewer(it.stranger.id, permissions_of({Role.MEMBER, Role.EDITOR}, set()))

    async with database.reading() as connection:
        for viewer in (it.ada, officer, Viewer(None, READER)):
            assert (await attachments.read(connection, viewer, attachment))["digest"] == kept().digest
        for viewer in (PUBLIC, it.stranger, anybody):
            with pytest.raises(NotFound, match=f"There is no attachment {attachment}"):
                await attachments.read(connection, viewer, attachment)
        with pytest.raises(NotFound):
            await attachments.read(connection, it.ada, "attach_01h455vb4pex5vsknk084sn02q")


async def test_the_public_reads_no_attachment_of_a_campaign_that_is_published(database: Database, it: Applying) -> None:
    attachment = await attached(database, it.ada, it.grant)
    campaign = table("campaign")
    async with database.writing() as connection:
        await connection.execute(campaign.update().values(published_at=NOW))

    async with database.reading() as connection:
        for viewer in (PUBLIC, it.stranger):
            with pytest.raises(NotFound):
                await attachments.read(connection, viewer, attachment)
