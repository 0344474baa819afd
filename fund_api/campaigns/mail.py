"""Notices by mail, where a mail server is set.

A notice is claimed before it is sent, in a transaction of its own: of two processes one sends it. When the server does
not take it, it is given back for the next time; one that a process claimed and died over is not sent again.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

import sqlalchemy as sa
import structlog

from fund_api.campaigns.work_tables import Notice
from fund_api.core.access import PUBLIC
from fund_api.core.columns import table_of
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.people.tables import Person

NOTICE, PERSON = table_of(Notice), table_of(Person)
BATCH = 100
"""Notices that are sent in one go."""
PATIENCE = 20
"""Seconds that a mail server may take for one step."""
_log = structlog.get_logger()


async def send_notices(database: Database, settings: Settings, now: datetime) -> int:
    """Mail the notices that were not mailed yet, the oldest first, and return how many were; none without a server."""
    if settings.smtp_url is None:
        return 0
    sent = 0
    for notice_id, address, text in await _unsent(database):
        if not await _mark(database, notice_id, now, mailed=True):
            continue
        try:
            message = _message(settings.mail_from, address, text)
            await asyncio.to_thread(_send, urlsplit(settings.smtp_url), message)
        except (OSError, smtplib.SMTPException) as error:
            await _mark(database, notice_id, now, mailed=False)
            _log.warning("notice not mailed", notice=notice_id, reason=type(error).__name__)
        else:
            sent += 1
    return sent


async def _unsent(database: Database) -> list[tuple[str, str, str]]:
    """Id, address and text of notices to people who have an address and may sign in."""
    query = (
        sa.select(NOTICE.c.id, PERSON.c.email, NOTICE.c.text)
        .join(PERSON, PERSON.c.id == NOTICE.c.person_id)
        .where(NOTICE.c.mailed_at.is_(None), PERSON.c.active, PERSON.c.email.is_not(None))
        .order_by(NOTICE.c.id)
        .limit(BATCH)
    )
    async with database.engine.connect() as connection:
        return [(row[0], row[1], row[2]) for row in await connection.execute(query)]


async def _mark(database: Database, notice_id: str, now: datetime, *, mailed: bool) -> bool:
    """Claim a notice, or give it back; whether it was as it should be before."""
    async with writing(database, PUBLIC, now) as tx:
        notice = await tx.row(Notice, notice_id)
        if (notice["mailed_at"] is None) is not mailed:
            return False
        action, moment = ("mailed", now) if mailed else ("mail_failed", None)
        await tx.change(Notice, action, notice_id, {"mailed_at": moment})
    return True


def _message(sender: str, address: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, address, " ".join(text.split())[:150]
    message.set_content(text)
    return message


def _send(server: SplitResult, message: EmailMessage) -> None:
    """Hand a message over; encrypted by smtps, and by smtp where the server offers it."""
    with _connected(server) as smtp:
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(message)


@contextmanager
def _connected(server: SplitResult) -> Iterator[smtplib.SMTP]:
    host, secure = server.hostname or "", ssl.create_default_context()
    if server.scheme == "smtps":
        with smtplib.SMTP_SSL(host, server.port or 465, timeout=PATIENCE, context=secure) as smtp:
            yield smtp
        return
    with smtplib.SMTP(host, server.port or 25, timeout=PATIENCE) as smtp:
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=secure)
        yield smtp
