"""Which advisor helps with a request: who can, who can't and why, and the match itself.

Locks are taken as `assignments` says: the request, then all advisors who come into question, in the order of their ids.
Whoever declares a conflict holds the same advisor, so a match sees it, or the conflict ends the match.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns.visibility import belongs
from fund_api.communities.states import name_of
from fund_api.communities.tables import Community
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, InvalidValue, NotFound, VersionConflict
from fund_api.core.writing import Row, Transaction, words
from fund_api.hiring import assignments, lifecycle, notices
from fund_api.hiring.advisor_tables import AdvisorConflict, SeniorAdvisor
from fund_api.hiring.advisors import ADVISOR, COVERS, STATE
from fund_api.hiring.assignments import ASSIGNMENT, REQUEST
from fund_api.hiring.lifecycle import HiringAction
from fund_api.hiring.tables import HiringRequest, HiringStage
from fund_api.hiring.visibility import MANAGE, ONE
from fund_api.people.roles import Role
from fund_api.people.tables import FUND
from fund_api.people.viewers import PERSON, ROLES

CONFLICT, COMMUNITY = table_of(AdvisorConflict), table_of(Community)
MOST = 10
"""Proposals that are told; of the others only how many there are, for each is read by itself."""


class Obstacle(StrEnum):
    """Why an advisor can't help with a request; of several the first here."""

    INACTIVE = "INACTIVE"
    GONE = "GONE"
    REVOKED = "REVOKED"
    CONFLICT = "CONFLICT"
    ASKED = "ASKED"
    MEMBER = "MEMBER"
    ELSEWHERE = "ELSEWHERE"
    EARLY = "EARLY"
    LATE = "LATE"
    FULL = "FULL"


_IN_WORDS = {
    Obstacle.INACTIVE: "{name} does not advise any more.",
    Obstacle.GONE: "{name} can't sign in any more.",
    Obstacle.REVOKED: "{name} does not have the role ADVISOR any more.",
    Obstacle.CONFLICT: "{name} has a conflict of interest with {community}.",
    Obstacle.ASKED: "{name} asked for the help themselves.",
    Obstacle.MEMBER: "{name} belongs to the campaign that the request comes from.",
    Obstacle.ELSEWHERE: "{name} does not cover {state}.",
    Obstacle.EARLY: "{name} is not available before {available_from}.",
    Obstacle.LATE: "{name} was available until {available_until}.",
    Obstacle.FULL: "{name} has {open_assignments} of {capacity} assignments open.",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """An advisor who can help with a request, and why."""

    advisor_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """Who can help with a request, the best first, and how many who cover its state can't."""

    proposed: list[Proposal]
    """All of them; clients are told `first`."""
    covering: int
    """How many active advisors cover the state."""
    left_out: Mapping[Obstacle, int]

    @property
    def first(self) -> list[Proposal]:
        """The best, MOST at most."""
        return self.proposed[:MOST]

    @property
    def others(self) -> int:
        """How many more could help."""
        return len(self.proposed) - len(self.first)


async def proposals(connection: AsyncConnection, request_id: str, today: date) -> Proposals | None:
    """Who can help with a request today: fewest open assignments first, then who has waited longest for one.

    None for a request that is not there.
    """
    place = await _place(connection, request_id)
    if place is None:
        return None
    return _sorted_out(place, await _considered(connection, place, _covers(place)), today)


async def match_advisor(
    tx: Transaction, request_id: str, advisor_id: str | None = None, *, expected_version: int
) -> tuple[str, Proposals]:
    """Give a request an advisor: the one who is named, or the first proposal. The assignment's id, and the proposals.

    Raises InvalidValue, with why not, for an advisor who can't help, and when nobody can; InvalidTransition for a
    request that has an advisor, or stands where it needs none.
    """
    tx.viewer.need(MANAGE)
    request = await _matchable(tx, request_id, expected_version)
    place = await _place(tx.connection, request_id) or {}
    held = await _hold(tx, place, advisor_id)
    either = sa.or_(_covers(place), ADVISOR.c.id.in_(held))
    considered = {row["id"]: row for row in await _considered(tx.connection, place, either)}
    today = tx.now.date()
    found = _sorted_out(place, list(considered.values()), today)
    if advisor_id is None:  # who covers the state since a moment ago is not held, and waits for the next time
        advisor_id = next((one.advisor_id for one in found.proposed if one.advisor_id in held), None)
        if advisor_id is None:
            raise InvalidValue(_nobody(found, place), "hiring_request")
    chosen = considered[advisor_id]
    if obstacle := _obstacle(chosen, today):
        raise InvalidValue(_in_words(obstacle, chosen, place), "advisor")
    why = f"Covers {place['state_code']}; no conflict with {place['community']}."  # not their load, which is private
    assignment_id = await assignments.begin(tx, request, chosen, why)
    await notices.tell_matched(tx, request, chosen)
    return assignment_id, found


async def _matchable(tx: Transaction, request_id: str, expected_version: int) -> Row:
    """The request, held, when it can be given an advisor."""
    request = await tx.row(HiringRequest, request_id)
    if request["version"] != expected_version:
        raise VersionConflict(request_id, expected_version, request["version"])
    stage = HiringStage(request["stage"])
    lifecycle.need(HiringAction.MATCH_ADVISOR, stage)
    if await assignments.open_of(tx, request_id):
        rest = [one for one in lifecycle.allowed(stage) if one is not HiringAction.MATCH_ADVISOR]
        raise InvalidTransition("The request has an advisor: withdraw them before another one is matched.", stage, rest)
    return request


async def _place(connection: AsyncConnection, request_id: str) -> Row | None:
    """What of a request decides who can help, none of which ever changes."""
    query = (
        sa.select(
            *(REQUEST.c[name] for name in ("community_id", "campaign_id", "person_id")),
            COMMUNITY.c.name.label("community"),
            COMMUNITY.c.state_code,
            STATE.c.id.label("state_id"),
        )
        .join(COMMUNITY, COMMUNITY.c.id == REQUEST.c.community_id)
        .join(STATE, STATE.c.code == COMMUNITY.c.state_code)
        .where(REQUEST.c.id == request_id)
    )
    found = (await connection.execute(query)).mappings().first()
    return None if found is None else dict(found) | {"state": name_of(found["state_code"])}


async def _hold(tx: Transaction, place: Row, advisor_id: str | None) -> list[str]:
    """The ids of the advisors who come into question, held: the one who is named, or all who cover the state."""
    asked = _covers(place) if advisor_id is None else ADVISOR.c.id == advisor_id
    held = sa.select(ADVISOR.c.id).where(asked).order_by(ADVISOR.c.id).with_for_update()
    found = [str(row["id"]) for row in await tx.rows(held)]
    if advisor_id is not None and not found:
        raise NotFound(f"There is no {words(SeniorAdvisor)} {advisor_id}.")
    return found


async def _considered(connection: AsyncConnection, place: Row, *conditions: sa.ColumnElement[bool]) -> list[Row]:
    """Advisors with what decides on them, in the order in which they are proposed."""
    conflict: sa.Select[Any] = sa.select(ONE).where(
        CONFLICT.c.advisor_id == ADVISOR.c.id, CONFLICT.c.community_id == place["community_id"]
    )
    role: sa.Select[Any] = sa.select(ONE).where(
        ROLES.c.person_id == ADVISOR.c.person_id, ROLES.c.role == Role.ADVISOR, ROLES.c.scope == FUND
    )
    member = belongs(sa.literal(place["campaign_id"], sa.Text()), ADVISOR.c.person_id, "campaign:update")
    last = (
        sa.select(sa.func.max(sa.func.coalesce(ASSIGNMENT.c.ended_at, ASSIGNMENT.c.created_at)))
        .where(ASSIGNMENT.c.advisor_id == ADVISOR.c.id)
        .scalar_subquery()
    )
    query = (
        sa.select(
            ADVISOR,
            PERSON.c.active.label("signs_in"),
            role.exists().label("has_role"),
            _covers(place).label("covers"),
            conflict.exists().label("has_conflict"),
            (ADVISOR.c.person_id == place["person_id"]).label("asked"),
            member.label("belongs"),
        )
        .join(PERSON, PERSON.c.id == ADVISOR.c.person_id)
        .where(*conditions)
        .order_by(ADVISOR.c.open_assignments, last.asc().nulls_first(), ADVISOR.c.name, ADVISOR.c.id)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def _covers(place: Row) -> sa.ColumnElement[bool]:
    found: sa.Select[Any] = sa.select(ONE).where(
        COVERS.c.advisor_id == ADVISOR.c.id, COVERS.c.state_id == place["state_id"]
    )
    return found.exists()


def _obstacle(one: Row, today: date) -> Obstacle | None:
    """Why an advisor can't help; None for who can."""
    first, last = one["available_from"], one["available_until"]
    found = {
        Obstacle.INACTIVE: not one["active"],
        Obstacle.GONE: not one["signs_in"],
        Obstacle.REVOKED: not one["has_role"],
        Obstacle.CONFLICT: one["has_conflict"],
        Obstacle.ASKED: one["asked"],
        Obstacle.MEMBER: one["belongs"],
        Obstacle.ELSEWHERE: not one["covers"],
        Obstacle.EARLY: first is not None and today < first,
        Obstacle.LATE: last is not None and last < today,
        Obstacle.FULL: one["open_assignments"] >= one["capacity"],
    }
    return next((obstacle for obstacle, holds in found.items() if holds), None)


def _sorted_out(place: Row, considered: list[Row], today: date) -> Proposals:
    """Who of those who cover the state can help, and how many can't; who does not advise any more does not count."""
    found = [(one, _obstacle(one, today)) for one in considered if one["active"] and one["covers"]]
    able = [Proposal(one["id"], _why(one, place)) for one, obstacle in found if obstacle is None]
    left_out = Counter(obstacle for _, obstacle in found if obstacle is not None)
    return Proposals(able, len(found), left_out)


def _why(one: Row, place: Row) -> str:
    number = f"{one['open_assignments']} of {one['capacity']} assignments open"
    return f"Covers {place['state_code']}; {number}; no conflict with {place['community']}."


def _in_words(obstacle: Obstacle, one: Row, place: Row) -> str:
    told = {name: one[name] for name in ("name", "available_from", "available_until", "open_assignments", "capacity")}
    return _IN_WORDS[obstacle].format(**told, state=place["state"], community=place["community"])


def _nobody(found: Proposals, place: Row) -> str:
    """Why nobody is proposed."""
    if not found.covering:
        return f"Nobody can help: no advisor covers {place['state']}."
    ways = ", ".join(f"{obstacle} {number}" for obstacle, number in sorted(found.left_out.items()))
    return (
        f"Nobody can help: of the advisors who cover {place['state']}, {found.covering} in all, none is free ({ways})."
    )
