"""What the log says of resources: one event for each act, under the resource's id.

Many may read the log who may not read drafts. So what a draft says stands there as private values, and in plain words
once readers read it. The text of a body is too long for the log and stands in no event, only its digest; addresses of
what is not for everybody stay private.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from fund_api.core.events import Change, Done
from fund_api.core.writing import Row, Transaction
from fund_api.library.tables import Access

CONTENT = (
    *("title", "summary", "body", "kind", "finer_kind", "publisher_id", "url", "link_kind", "language"),
    *("language_basis", "edition_label", "published_on", "published_on_precision", "access"),
)
"""What a revision says of its resource."""
RESTRICTED = frozenset({"body", "url"})
"""What of it only those read whom `access` names."""

Values = Mapping[str, Any]  # Any: a value of a column, by the column's name


def tell(tx: Transaction, action: str, entity_id: str, before: Values, after: Values, *, private: bool = False) -> None:
    """Tell of an act: the fields in `after`, with their values before."""
    changes = (Change(name, before.get(name), value, private) for name, value in after.items())
    tx.done.append(Done(action, entity_id, tuple(changes)))


def tell_content(tx: Transaction, action: str, before: Row, after: Row, extra: Row, *, private: bool) -> None:
    """Tell of an act by which a resource says something else: `extra` in plain words, then what differs."""
    changes = [Change(name, None, value) for name, value in extra.items()]
    for name in CONTENT:
        old, new = _told(name, before.get(name)), _told(name, after[name])
        if old != new:
            changes.append(Change(name, old, new, private or (name in RESTRICTED and not _open(before, after))))
    tx.done.append(Done(action, after["id"], tuple(changes)))


def _told(name: str, value: Any) -> Any:  # Any: a value of a column
    return f"sha256:{hashlib.sha256(value.encode()).hexdigest()}" if name == "body" and value is not None else value


def _open(*rows: Row) -> bool:
    """Whether everybody may read all of these revisions."""
    return all(row.get("access", Access.PUBLIC) == Access.PUBLIC for row in rows)
