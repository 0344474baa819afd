"""The documents of schema/operations as examples: what each is for, and what it is first asked with."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from schema import manifest

GROUPS = {
    "public": "For everybody",
    "coordinator": "For coordinators",
    "staff": "For the fund's staff",
    "reporting": "For reports",
}
"""The folders of schema/operations, and what they are called here."""
_COMMENT = re.compile(r"(?:#.*\n)+")


@dataclass(frozen=True, slots=True)
class Example:
    """A document to begin with, and its identifier, for servers that answer no other. Any: its variables, JSON."""

    name: str
    group: str
    meaning: str
    document: str
    identifier: str
    variables: dict[str, Any]


def examples(now: datetime) -> list[dict[str, Any]]:
    """Every document, by group and name, with variables that fit the day. Any: JSON."""
    given = variables(now)
    return [asdict(_example(group, name, text, given)) for group in GROUPS for name, text in _documents(group)]


def variables(now: datetime) -> dict[str, dict[str, Any]]:
    """What documents are first asked with, by their names; the others need nothing. Any: JSON."""
    today = now.date()
    return {
        "AdoptionsNearOurSize": {"populationFrom": 10_000, "populationTo": 30_000, "since": f"{today.year - 12}-01-01"},
        "BrochuresInTime": {"title": "manager", "quantity": 200},
        "ChangedSince": {"number": 0},
        "ClosestVotes": {"first": 10},
        "DefendCouncilManager": {"state": "OH"},
        "DueMilestones": {"until": str(today + timedelta(days=14))},
        "FindResources": {"filter": {"search": "charter"}},
        "FirstManager": {"geoid": "3962848"},
        "FollowOurCampaign": {"campaign": "the id of a campaign"},
        "IdleHiringRequests": {"before": (now - timedelta(days=14)).isoformat()},
        "MoneyNotYetPromised": {"year": today.year},
        "RetentionsWithoutGrant": {"from": str(today), "until": str(today + timedelta(days=90))},
        "TopicHub": {"slug": "leadership"},
    }


def _documents(group: str) -> Iterator[tuple[str, str]]:
    for path in sorted((manifest.OPERATIONS / group).glob("*.graphql")):
        yield path.stem, path.read_bytes().decode()


def _example(group: str, name: str, text: str, given: dict[str, dict[str, Any]]) -> Example:
    comment = _COMMENT.match(text)
    lines = [line.removeprefix("#").strip() for line in comment[0].splitlines()] if comment else []
    return Example(name, GROUPS[group], " ".join(lines), text, manifest.identifier(text), given.get(name, {}))
