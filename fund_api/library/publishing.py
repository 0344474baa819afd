"""When what a resource says is read: published now, scheduled for later, taken back, reverted.

A resource has at most one revision that is scheduled. Publishing or scheduling another takes that back to a draft: what
an editor says last holds. A revision that was live keeps its time for ever; to say the same again, revert to it.
"""

from datetime import UTC, datetime
from typing import Any

from fund_api.core.errors import InvalidTransition, InvalidValue, NotFound
from fund_api.core.writing import Row, Transaction
from fund_api.library.drafts import add_revision, said_by
from fund_api.library.editing import REVISION, Held, arrange, highest_views, holding, read
from fund_api.library.telling import tell, tell_content
from fund_api.library.windows import RevisionState

UNSET: Row = {"live_from": None, "expires_at": None, "begin_told": False, "end_told": False}
"""What is set for a draft."""


async def publish(
    tx: Transaction, resource_id: str, *, expires_at: datetime | None = None, expected_revision: int
) -> None:
    """Let readers read the latest revision from now on, until it expires, if it does.

    Raises InvalidTransition for one that is live or was, InvalidValue for an expiry that is not to come.
    """
    async with holding(tx, resource_id, expected_revision) as held:
        _check_unread(held)
        expires_at = expires_at and _after(expires_at, held.now, "expires_at")
        live = held.in_state(RevisionState.LIVE)
        before = await read(tx, live[0]["revision_id"]) if live else {}
        extra = await _set(tx, held, held.now, expires_at, begin_told=True)
        after = await read(tx, held.latest["revision_id"])
        tell_content(tx, "resource.published", before, after, extra, private=False)


async def schedule(
    tx: Transaction, resource_id: str, at: datetime, *, expires_at: datetime | None = None, expected_revision: int
) -> None:
    """Let readers read the latest revision from a moment to come, until it expires, if it does.

    Nothing has to be done then. Raises as `publish` does, and InvalidValue for a moment that is not to come.
    """
    async with holding(tx, resource_id, expected_revision) as held:
        _check_unread(held)
        at = _after(at, held.now, "at")
        expires_at = expires_at and _after(expires_at, at, "expires_at")
        before = {name: held.latest[name] for name in ("live_from", "expires_at")}
        extra = await _set(tx, held, at, expires_at, begin_told=False)
        tell(tx, "resource.scheduled", resource_id, before, extra)


async def unpublish(tx: Transaction, resource_id: str, *, expected_revision: int) -> None:
    """Let nobody read a resource from now on; what was scheduled is a draft again.

    Raises InvalidTransition when nothing is live and nothing scheduled.
    """
    async with holding(tx, resource_id, expected_revision) as held:
        live, coming = held.in_state(RevisionState.LIVE), held.in_state(RevisionState.SCHEDULED)
        if not live and not coming:
            now = held.state(held.latest)
            raise InvalidTransition("This resource is neither published nor scheduled.", now, ())
        ended = [one | {"expires_at": held.now, "end_told": True} for one in live]
        await arrange(tx, held, [*(one | UNSET for one in coming), *ended])
        after = {"number": live[0]["number"], "live_until": held.now} if live else {}
        tell(tx, "resource.unpublished", resource_id, live[0] if live else {}, after | _again(coming))


async def revert(tx: Transaction, resource_id: str, to: int, *, expected_revision: int) -> int:
    """Save a draft that says what an older revision says, and return its number. Raises NotFound."""
    async with holding(tx, resource_id, expected_revision) as held:
        numbered = {one["number"]: one for one in held.revisions}
        if to not in numbered:
            raise NotFound(f"This resource has no revision {to}, only 1 to {held.latest['number']}.")
        if to == held.latest["number"] and held.state(held.latest) is not RevisionState.PAST:
            raise InvalidValue(f"Revision {to} is the latest already.", "to")
        latest, old = await read(tx, held.latest["revision_id"]), await read(tx, numbered[to]["revision_id"])
        row = await add_revision(tx, latest, said_by(old))
        extra = {"number": row["number"], "reverted_to": to}
        tell_content(tx, "resource.reverted", latest, row, extra, private=True)
        return int(row["number"])


async def _set(
    tx: Transaction, held: Held, live_from: datetime, expires_at: datetime | None, *, begin_told: bool
) -> Row:
    """Set when the latest revision is live, and say what was set. It goes on counting what readers opened."""
    given = {"live_from": live_from, "expires_at": expires_at, "begin_told": begin_told, "end_told": False}
    back = _taken_back(held, live_from)
    await arrange(tx, held, [*(one | UNSET for one in back), held.latest | given])
    counting = REVISION.update().where(REVISION.c.revision_id == held.latest["revision_id"])
    await tx.connection.execute(counting.values(views=highest_views(held.resource["id"])))
    return {name: held.latest[name] for name in ("number", "live_from", "expires_at")} | _again(back)


def _taken_back(held: Held, live_from: datetime) -> list[Row]:
    """The other revisions that are drafts from now on: what was scheduled, and what would be live for no time at all.

    The latter began at the same moment as its successor, so that nobody has read it.
    """
    begun = [one for one in held.revisions[:-1] if one["live_from"] is not None]
    return [one for one in begun if one["live_from"] > held.now or one["live_from"] == live_from]


def _again(back: list[Row]) -> dict[str, Any]:  # Any: numbers, as the log has them
    return {"drafts_again": [one["number"] for one in back]} if back else {}


def _check_unread(held: Held) -> None:
    """Raises InvalidTransition when the latest revision is, or was, what readers read."""
    number, now = held.latest["number"], held.state(held.latest)
    allowed = (RevisionState.DRAFT, RevisionState.SCHEDULED)
    if now is RevisionState.LIVE:
        raise InvalidTransition(f"Revision {number} is published already: save a draft first.", now, allowed)
    if now is RevisionState.PAST:
        raise InvalidTransition(f"Revision {number} was published before: revert to it, then publish.", now, allowed)


def _after(given: datetime, moment: datetime, name: str) -> datetime:
    """A time after another one, in UTC. Raises InvalidValue for any other, and for one without a zone."""
    label = name.replace("_", " ")
    if given.tzinfo is None:
        raise InvalidValue(f"{label} needs a zone: {given.isoformat()}Z, for example.", name)
    try:
        found = given.astimezone(UTC)
    except OverflowError:
        raise InvalidValue(f"{label} lies in the years 1 to 9999 of UTC.", name) from None
    if found <= moment:
        raise InvalidValue(f"{label} lies after {moment.isoformat()}, not at {found.isoformat()}.", name)
    return found
