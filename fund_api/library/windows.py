"""When each revision of a resource is what readers see.

A revision is live from the moment that was set for it until its own expiry or until the next one begins, whichever
comes first. So at no moment are two of a resource live, whatever is set.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class RevisionState(StrEnum):
    """Where a revision stands."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    LIVE = "LIVE"
    PAST = "PAST"


class Setting(NamedTuple):
    """What is set for a revision: when it goes live, none for a draft, and when it is to end by itself."""

    key: str
    live_from: datetime | None
    expires_at: datetime | None


def ends(settings: Iterable[Setting]) -> dict[str, datetime | None]:
    """Until when each revision of one resource is live, by its key; no two go live at one moment. Drafts are left out.

    None: without an end so far. A revision that would end before it begins is live for no time.
    """
    found: dict[str, datetime | None] = {}
    following: datetime | None = None
    begun = [(one.live_from, one) for one in settings if one.live_from is not None]
    for begins, one in sorted(begun, key=lambda pair: pair[0], reverse=True):
        known = [end for end in (one.expires_at, following) if end is not None]
        found[one.key] = max(begins, min(known)) if known else None
        following = begins
    return found


def state(live_from: datetime | None, live_until: datetime | None, now: datetime) -> RevisionState:
    """Where a revision stands at a moment. It is live at its beginning, and no longer at its end."""
    if live_from is None:
        return RevisionState.DRAFT
    if live_from > now:
        return RevisionState.SCHEDULED
    return RevisionState.LIVE if live_until is None or now < live_until else RevisionState.PAST
