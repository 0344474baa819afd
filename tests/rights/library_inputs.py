"""What mutations of the library are given: a resource or a topic of their own."""

from collections.abc import Callable
from typing import Any

from fund_api.library.tables import Resource, Revision
from fund_api.library.topic_tables import Topic
from tests.rights.rows import DAY, NOW
from tests.rights.targets import VERSION, Input, Target

Make = Callable[[Target], Input]
_LATER = NOW.replace(year=2100)


def _resource(target: Target, *, live: bool = False, revisions: int = 1) -> str:
    """A resource whose latest revision is live, or a draft."""
    resource = target.rows.add(Resource, translation_of=None)
    until = {"live_until": None, "expires_at": None, "saved_by": None}
    for number in range(1, revisions + 1):
        target.rows.add(Revision, id=resource, number=number, live_from=NOW - DAY if live else None, **until)
    return resource


def _of(*, live: bool = False, revisions: int = 1, **given: Any) -> Make:
    return lambda target: {
        "resource": _resource(target, live=live, revisions=revisions),
        "expectedRevision": revisions,
        **given,
    }


LIBRARY_INPUTS: dict[str, Make] = {
    "createResource": lambda _: {"title": "New", "kind": "GUIDE"},
    "saveDraft": _of(title="Renamed"),
    "publishResource": _of(),
    "schedulePublication": _of(at=_LATER.isoformat()),
    "unpublishResource": _of(live=True),
    "revertResource": _of(revisions=2, to=1),
    "setResourceTags": _of(authors=["Ada"]),
    "linkTranslation": lambda t: _of(original=_resource(t))(t),
    "createTopic": lambda t: {"name": "New", "slug": f"new-{t.rows.add(Topic, parent_id=None)[-20:]}"},
    "updateTopic": lambda t: {"id": t.rows.add(Topic, parent_id=None), "name": "Renamed"} | VERSION,
    "saveSection": lambda t: {
        **{"topic": t.rows.add(Topic, parent_id=None), "slug": "new", "title": "New", "rule": "CURATED"},
    },
}
