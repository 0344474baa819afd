"""Who sees what of the library: conditions on rows, of their columns and of who looks.

Everybody sees what is live; the address and the body of what is for members or for the fund's staff are for those
alone. What belongs to a resource is seen with it. Editors see all that is in the catalogue, and what is not live when
they ask for a preview.
"""

from typing import Any

import sqlalchemy as sa

from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.library.publication_tables import Periodical, ResourceAuthor, SeriesPart
from fund_api.library.tables import Access, Revision

REVISION, AUTHORED, PART = table_of(Revision), table_of(ResourceAuthor), table_of(SeriesPart)
PERIODICAL = table_of(Periodical)
BOUNDARIES = (REVISION.c.live_from, REVISION.c.live_until)
"""Columns with which the time is compared, and no others: from one of these moments to the next the same is live."""
Condition = sa.ColumnElement[bool]
READ, INTERNAL, EDIT = "fund:resource:read", "fund:resource:internal", "fund:resource:edit"
ONE: sa.ColumnElement[int] = sa.literal_column("1")


def live(columns: Any, looking: Looking) -> Condition:
    """Whether a revision is what readers see at this moment."""
    ended = sa.or_(columns.live_until.is_(None), columns.live_until > looking.now)
    return sa.and_(columns.live_from <= looking.now, ended)


def latest(columns: Any, looking: Looking) -> Condition:
    """Whether a revision is the last one saved, for editors; for everybody else whether it is live."""
    if not looking.may(EDIT):
        return live(columns, looking)
    later = REVISION.alias()
    found: sa.Select[Any] = sa.select(ONE).where(later.c.id == columns.id, later.c.number > columns.number)
    return ~found.exists()


def content(columns: Any, looking: Looking) -> Condition | None:
    """Whether who looks may have the resource itself, and not only its title."""
    readable = [str(Access.PUBLIC)]
    if looking.may(READ):
        readable.append(str(Access.MEMBER))
    if looking.may(INTERNAL):
        readable.append(str(Access.STAFF))
    if len(readable) == len(Access):
        return None
    return sa.or_(*(columns.access == one for one in readable))


def of_resource(columns: Any, looking: Looking) -> Condition:
    """What belongs to a resource by its column `resource_id` is seen with it."""
    return _live_of(columns.resource_id, looking)


def of_resource_content(columns: Any, looking: Looking) -> Condition | None:
    """The same for addresses: whether who looks may have the resource itself."""
    whole = REVISION.alias()
    readable = content(whole.c, looking)
    if readable is None:
        return None
    found: sa.Select[Any] = sa.select(ONE).where(whole.c.id == columns.resource_id, live(whole.c, looking), readable)
    return found.exists()


def author(columns: Any, looking: Looking) -> Condition | None:
    """Authors are seen with what they wrote, by editors always."""
    if looking.may(EDIT):
        return None
    own = AUTHORED.alias()
    return _through(own, own.c.author_id == columns.id, looking)


def series(columns: Any, looking: Looking) -> Condition | None:
    """Series are seen with their parts, by editors always."""
    if looking.may(EDIT):
        return None
    own = PART.alias()
    return _through(own, own.c.series_id == columns.id, looking)


def publisher(columns: Any, looking: Looking) -> Condition | None:
    """Publishers are seen with what they publish, by editors always."""
    if looking.may(EDIT):
        return None
    whole, regular = REVISION.alias(), PERIODICAL.alias()
    found: sa.Select[Any] = sa.select(ONE).where(whole.c.publisher_id == columns.id, live(whole.c, looking))
    appearing: sa.Select[Any] = sa.select(ONE).where(regular.c.publisher_id == columns.id)
    return sa.or_(found.exists(), appearing.exists())


def _through(link: Any, same: Condition, looking: Looking) -> Condition:
    """Any: an alias of a table that links to resources."""
    found: sa.Select[Any] = sa.select(ONE).where(same, _live_of(link.c.resource_id, looking))
    return found.exists()


def _live_of(resource_id: sa.ColumnElement[str], looking: Looking) -> Condition:
    whole = REVISION.alias()
    found: sa.Select[Any] = sa.select(ONE).where(whole.c.id == resource_id, live(whole.c, looking))
    return found.exists()
