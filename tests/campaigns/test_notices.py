"""Notices: who is told of what, once; and what a mail server gets."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from fund_api.campaigns import notices
from fund_api.campaigns.mail import send_notices
from fund_api.campaigns.work_tables import NoticeKind
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import NotFound
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from tests.campaigns.acting import NOW, TODAY, all_of, stored
from tests.granting import Fund
from tests.rows import count


def ahead(days: int) -> Any:
    return TODAY + timedelta(days=days)


async def told(database: Database, **options: int) -> int:
    async with writing(database, PUBLIC, NOW) as tx:
        return len(await notices.due_notices(tx, TODAY, **options))


async def one(database: Database, email: str | None = "ada@example.org", text: str = "It is due: Café") -> str:
    """A notice to somebody with this address."""
    fund = Fund()
    person = fund.person("Ada", email)
    await fund.save(database)
    async with writing(database, PUBLIC, NOW) as tx:
        return await notices.tell(tx, person, NoticeKind.MORE_INFORMATION_ASKED, text)


async def test_members_are_told_once_of_what_is_due_within_14_days_or_overdue(database: Database) -> None:
    fund = Fund()
    community, ada, bob = fund.community("Saratoga Springs"), fund.person("Ada"), fund.person("Bob")
    ours = fund.campaign(community, title="Ours")
    closed = fund.campaign(community, stage="CLOSED")
    for campaign in (ours, closed):
        fund.member(campaign, ada)
        fund.milestone(campaign, due_on=ahead(1))
    fund.member(ours, bob)
    fund.milestone(ours, "PETITION_FILED", due_on=ahead(-1))
    fund.milestone(ours, "BALLOT_CERTIFIED", due_on=ahead(14))
    fund.milestone(ours, "EFFECTIVE", due_on=ahead(15))
    fund.milestone(ours, "REPORT_ISSUED", due_on=ahead(1), done_on=TODAY)
    fund.milestone(ours, "MANAGER_HIRED")
    await fund.save(database)

    assert (await told(database), await told(database), await told(database, within_days=15)) == (6, 0, 2)
    texts = [
        "Ours: BALLOT_CERTIFIED is due on 2026-12-06",
        "Ours: EFFECTIVE is due on 2026-12-07",
        "Ours: ELECTION_DAY is due on 2026-11-23",
        "Ours: PETITION_FILED was due on 2026-11-21",
    ]
    assert await all_of(database, "notice", "text", "person_id") == [
        (text, person) for text in texts for person in sorted((ada, bob))
    ]


async def test_who_can_t_sign_in_is_told_nothing(database: Database) -> None:
    fund = Fund()
    campaign, gone = fund.campaign(fund.community("Saratoga Springs")), fund.person("Gone", active=False)
    fund.member(campaign, gone)
    fund.milestone(campaign, due_on=TODAY)
    await fund.save(database)

    assert await told(database) == 0


async def test_one_marks_one_s_own_notice_as_read_and_no_other(database: Database) -> None:
    notice = await one(database)
    [(person,)] = await all_of(database, "notice", "person_id")

    for viewer in (PUBLIC, Viewer("person_x", frozenset({"fund:person:manage"}))):
        with pytest.raises(NotFound, match=f"There is no notice {notice}"):
            async with writing(database, viewer, NOW) as tx:
                await notices.mark_read(tx, notice)
    assert await stored(database, "notice", notice, "read_at") == (None,)

    for hours in (1, 2):
        async with writing(database, Viewer(str(person), frozenset()), NOW + timedelta(hours=hours)) as tx:
            await notices.mark_read(tx, notice)
    assert await stored(database, "notice", notice, "read_at") == (NOW + timedelta(hours=1),)


@dataclass
class Inbox:
    """What a mail server was handed; it may refuse."""

    refuses: bool = False
    received: list[tuple[str, list[str], str, str]] = field(default_factory=list)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  aiosmtpd's word
        """Take a message, or not."""
        if self.refuses:
            return "451 Try again later"
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_content().strip()
        self.received.append((envelope.mail_from, envelope.rcpt_tos, str(message["Subject"]), body))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, Settings]]:
    """A real mail server on this machine, and settings that name it."""
    found = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found, Settings(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="fund@example.org")
    controller.stop()


async def test_a_notice_is_mailed_once(database: Database, inbox: tuple[Inbox, Settings]) -> None:
    server, settings = inbox
    notice = await one(database)

    sent = [await send_notices(database, settings, NOW) for _ in range(2)]

    assert sent == [1, 0]
    text = "It is due: Café"
    assert server.received == [("fund@example.org", ["ada@example.org"], text, text)]
    assert await stored(database, "notice", notice, "mailed_at") == (NOW,)


async def test_processes_at_once_send_each_notice_once(database: Database, inbox: tuple[Inbox, Settings]) -> None:
    server, settings = inbox
    for number in range(5):
        fund = Fund(numbers=iter(range(100 * number, 100 * number + 100)))  # type: ignore[arg-type]  # counts as well
        person = fund.person("Ada", f"ada{number}@example.org")
        await fund.save(database)
        async with writing(database, PUBLIC, NOW) as tx:
            await notices.tell(tx, person, NoticeKind.MORE_INFORMATION_ASKED, f"Notice {number}")

    sent = await asyncio.gather(*(send_notices(database, settings, NOW) for _ in range(4)))

    assert sum(sent) == 5
    assert sorted(subject for _, _, subject, _ in server.received) == [f"Notice {number}" for number in range(5)]


async def test_what_the_server_refuses_is_sent_the_next_time(database: Database, inbox: tuple[Inbox, Settings]) -> None:
    server, settings = inbox
    server.refuses = True
    notice = await one(database)

    assert await send_notices(database, settings, NOW) == 0
    assert await stored(database, "notice", notice, "mailed_at") == (None,)
    server.refuses = False
    assert await send_notices(database, settings, NOW) == 1

    assert len(server.received) == 1


async def test_without_a_server_or_an_address_nothing_is_mailed(
    database: Database, inbox: tuple[Inbox, Settings]
) -> None:
    server, settings = inbox
    await one(database, email=None)

    assert await send_notices(database, settings, NOW) == 0
    assert await send_notices(database, Settings(), NOW) == 0
    assert server.received == []
    assert await count(database, "event") == 1


async def test_a_server_that_is_away_is_no_error(database: Database, inbox: tuple[Inbox, Settings]) -> None:
    notice = await one(database)
    away = Settings(smtp_url="smtp://127.0.0.1:1")

    assert await send_notices(database, away, NOW) == 0

    assert await stored(database, "notice", notice, "mailed_at") == (None,)
