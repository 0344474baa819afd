"""Student chapters: who keeps the list adds them, and says which are active. Others are not shown."""

from fund_api.careers.fellowship_tables import StudentChapter
from fund_api.careers.said import Values, at_version, said, unique
from fund_api.careers.visibility import MANAGE
from fund_api.communities.tables import Community
from fund_api.core.errors import InvalidValue
from fund_api.core.writing import Row, Transaction

SAID = ("name", "university", "state_code", "community_id", "url", "founded_on", "active")
_BLANK: Row = {"community_id": None, "url": None, "founded_on": None, "active": True}


async def add_chapter(tx: Transaction, values: Values) -> str:
    """Add a chapter and return its id; `values`: SAID, with name, university and state_code. It is active."""
    tx.viewer.need(MANAGE)
    row = _BLANK | await said(tx, StudentChapter, values, SAID)
    await _check(tx, row)
    async with unique(tx, _known(row), "name"):
        return await tx.add(StudentChapter, "added", row)


async def update_chapter(tx: Transaction, chapter_id: str, values: Values, *, expected_version: int) -> None:
    """Change what is said of a chapter; one that is not active any more is not shown."""
    tx.viewer.need(MANAGE)
    before = at_version(await tx.row(StudentChapter, chapter_id), expected_version)
    row = await said(tx, StudentChapter, values, SAID)
    after = before | row
    await _check(tx, after)
    async with unique(tx, _known(after), "name"):
        await tx.alter(StudentChapter, "updated", before, row)


async def _check(tx: Transaction, row: Row) -> None:
    """Raises InvalidValue for a community in another state, and for a day to come."""
    if row["founded_on"] is not None and row["founded_on"] > tx.now.date():
        raise InvalidValue(f"A chapter was founded today or before, not on {row['founded_on']}.", "founded_on")
    if row["community_id"] is None:
        return
    community = await tx.row(Community, row["community_id"], referable=True)
    if community["state_code"] != row["state_code"]:
        raise InvalidValue(f"{community['name']} lies in {community['state_code']}.", "community")


def _known(row: Row) -> str:
    return f"{row['university']} has a chapter {row['name']} already."
