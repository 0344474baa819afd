"""Notices: what people are told, and whether they read it."""

from datetime import date, timedelta

import sqlalchemy as sa

from fund_api.campaigns.tables import Campaign, Milestone, Stage
from fund_api.campaigns.work_tables import CampaignMember, Notice, NoticeKind
from fund_api.core.columns import table_of
from fund_api.core.errors import NotFound
from fund_api.core.writing import Row, Transaction
from fund_api.people.tables import Person

NOTICE, MILESTONE, CAMPAIGN = table_of(Notice), table_of(Milestone), table_of(Campaign)
MEMBER, PERSON = table_of(CampaignMember), table_of(Person)
LONGEST = NOTICE.c.text.info["limits"][1]
"""Characters of a notice."""
SOON = 14
"""Days before a milestone is due, when its people are told."""


async def tell(
    tx: Transaction,
    person_id: str,
    kind: NoticeKind,
    text: str,
    *,
    campaign_id: str | None = None,
    milestone_id: str | None = None,
    grant_id: str | None = None,
    hiring_request_id: str | None = None,
) -> str:
    """Write a notice to a person and return its id; other rules call this, so it asks for no permission.

    A text that is longer than a notice may be ends in an ellipsis: what it is about says the rest.
    """
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    values: Row = {"person_id": person_id, "kind": kind, "text": text, "hiring_request_id": hiring_request_id}
    values |= {"campaign_id": campaign_id, "milestone_id": milestone_id, "grant_id": grant_id}
    return await tx.add(Notice, "written", values)  # no event of the campaign: a notice is for whom it was written


async def mark_read(tx: Transaction, notice_id: str) -> None:
    """Mark one's own notice as read, the first time that it is. Raises NotFound for another's, as for none."""
    notice = await tx.row(Notice, notice_id)
    if tx.viewer.id is None or notice["person_id"] != tx.viewer.id:
        raise NotFound(f"There is no notice {notice_id}.")
    if notice["read_at"] is None:
        await tx.change(Notice, "read", notice_id, {"read_at": tx.now})


async def due_notices(tx: Transaction, today: date, within_days: int = SOON) -> list[str]:
    """Tell the members of campaigns of open milestones that are due within some days or overdue; the notices' ids.

    A person is told once of a milestone. The server does this by itself, so it asks for no permission.
    """
    told = []
    for row in await tx.rows(_due(today + timedelta(days=within_days))):
        text = f"{row['title']}: {row['kind']} {'was' if row['due_on'] < today else 'is'} due on {row['due_on']}"
        about = {"campaign_id": row["campaign_id"], "milestone_id": row["milestone_id"]}
        told.append(await tell(tx, row["person_id"], NoticeKind.MILESTONE_DUE, text, **about))
    return told


def _due(until: date) -> sa.Select[*tuple[Row, ...]]:
    """Each open milestone that is due by a day, with each member of its campaign who was not told of it yet."""
    told = sa.select(NOTICE.c.id).where(
        NOTICE.c.person_id == MEMBER.c.person_id,
        NOTICE.c.milestone_id == MILESTONE.c.id,
        NOTICE.c.kind == NoticeKind.MILESTONE_DUE,
    )
    columns = (MILESTONE.c.id.label("milestone_id"), MILESTONE.c.campaign_id, MILESTONE.c.kind, MILESTONE.c.due_on)
    return (
        sa.select(*columns, CAMPAIGN.c.title, MEMBER.c.person_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == MILESTONE.c.campaign_id)
        .join(MEMBER, MEMBER.c.campaign_id == CAMPAIGN.c.id)
        .join(PERSON, PERSON.c.id == MEMBER.c.person_id)
        .where(MILESTONE.c.done_on.is_(None), MILESTONE.c.due_on <= until, CAMPAIGN.c.stage != Stage.CLOSED)
        .where(PERSON.c.active, ~told.exists())
        .order_by(MILESTONE.c.due_on, MILESTONE.c.id, MEMBER.c.person_id)
    )
