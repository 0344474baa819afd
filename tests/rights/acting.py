"""Every mutation, done by everybody, each on something of its own: what the table says is done, or refused how."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from graphql import get_named_type

from fund_api.app import services
from fund_api.campaigns.tables import BallotMeasure, Campaign, Milestone
from fund_api.campaigns.work_tables import CampaignMember, Notice, SupportRequest
from fund_api.core.columns import Table
from fund_api.people.roles import Role
from fund_api.people.tables import FUND, ApiToken, Invitation, Person, RoleAssignment
from fund_api.people.tokens import hashed, new_secret
from tests.asking import CATALOGUE
from tests.rights.matrix import MUTATION_LINES, PERMITLESS, ROW_LINES, THERE
from tests.rights.rows import NOW, Rows
from tests.rights.world import World
from tests.rows import fetch

DONE = "DONE"
AT_ONCE = 10
"""Mutations in one document."""


@dataclass
class Target:
    """Something to act on, made for one mutation of one viewer."""

    world: World
    rows: Rows
    viewer: str
    which: str
    theirs: bool

    @property
    def own_id(self) -> str | None:
        return self.world.viewers[self.viewer].id

    def person(self, **values: Any) -> str:
        return self.rows.add(Person, **{"active": True, "erased_at": None} | values)

    def subject(self) -> str:
        """The person whom the line speaks of."""
        return str(self.own_id) if self.which == "oneself" else self.person()

    def campaign(self, member: str | None = None) -> str:
        """A campaign; `theirs` it is by the viewer's role in it."""
        published = NOW if self.which == "published" else None
        about = {"community_id": self.world.community, "published_at": published}
        campaign = self.rows.add(Campaign, stage="INQUIRY", outcome=None, **about)
        role = Role(self.viewer.removesuffix(THERE)) if self.theirs else None
        if role:
            self.rows.add(RoleAssignment, person_id=self.own_id, role=role, scope=campaign)
        if role is Role.COORDINATOR:
            self.rows.add(CampaignMember, person_id=self.own_id, campaign_id=campaign)
        if member:
            self.rows.add(CampaignMember, person_id=member, campaign_id=campaign)
        return campaign


Input = dict[str, Any]  # Any: what JSON holds
Case = tuple[str, Input, str, str]
"""A mutation, its input, what the table says that it ends with, and on what it is done."""
VERSION = {"expectedVersion": 1}
MONEY = {"amount": "5.00"}


def _remove_member(target: Target) -> Input:
    person = target.person()
    return {"campaign": target.campaign(person), "person": person}


def _revoke_role(target: Target) -> Input:
    person = target.person()
    target.rows.add(RoleAssignment, person_id=person, role=Role.EDITOR, scope=FUND)
    return {"person": person, "role": "EDITOR"}


def _invitation(target: Target, secret: str) -> str:
    open_to = {"email": f"{secret[:20]}@example.org", "role": Role.EDITOR, "scope": FUND}
    unused = {"accepted_at": None, "person_id": None, "revoked_at": None}
    until = NOW.replace(year=2100)
    return target.rows.add(Invitation, secret_hash=hashed(secret), expires_at=until, **open_to, **unused)


def _accept(target: Target) -> Input:
    secret = new_secret()
    _invitation(target, secret)
    return {"secret": secret, "name": "Bea"}


def _token(target: Target) -> Input:
    owner = target.subject()
    return {"id": target.rows.add(ApiToken, person_id=owner, secret_hash="0" * 64, revoked_at=None)}


def _request(target: Target) -> str:
    """A request for support that nobody has decided."""
    undecided = {"state": "RECEIVED", "reason": None, "campaign_id": None, "decided_at": None, "decided_by": None}
    about = {"community_id": target.world.community, "secret_hash": new_secret(), "email": "bea@example.org"}
    return target.rows.add(SupportRequest, kind="RETENTION", **about, **undecided)


def _part(model: type[Table], **given: Any) -> Callable[[Target], Input]:
    return lambda target: {"id": target.rows.add(model, campaign_id=target.campaign(), **given)} | VERSION


INPUTS: dict[str, Callable[[Target], Input]] = {
    "createCampaign": lambda t: {"community": t.world.community, "title": "New", "kind": "ADOPTION"},
    "updateCampaign": lambda t: {"id": t.campaign(), "title": "Renamed"} | VERSION,
    "moveCampaign": lambda t: {"id": t.campaign(), "to": "EXPLORING"} | VERSION,
    "recordOutcome": lambda t: {"id": t.campaign(), "outcome": "WITHDRAWN"} | VERSION,
    "publishCampaign": lambda t: {"id": t.campaign()} | VERSION,
    "addMilestone": lambda t: {"campaign": t.campaign(), "kind": "EFFECTIVE"},
    "completeMilestone": lambda t: _part(Milestone, done_on=None)(t) | {"doneOn": "2026-01-01"},
    "addBallotMeasure": lambda t: {"campaign": t.campaign(), "question": "Shall we?", "kind": "ADOPTION"},
    "recordResult": lambda t: _part(BallotMeasure)(t) | {"status": "CERTIFIED", "votesFor": 7},
    "logSupport": lambda t: {
        **{"campaign": t.campaign(), "kind": "ADVICE", "givenOn": "2026-01-01"},
        **{"inKindValue": MONEY, "lobbying": False},
    },
    "addCampaignMember": lambda t: {"campaign": t.campaign(), "person": t.person()},
    "removeCampaignMember": _remove_member,
    "requestCampaignSupport": lambda t: {
        **{"name": "Bea", "email": "bea@example.org", "community": t.world.community},
        **{"kind": "RETENTION", "message": "Help us."},
    },
    "acceptSupportRequest": lambda t: {"id": _request(t), "title": "Accepted"} | VERSION,
    "declineSupportRequest": lambda t: {"id": _request(t), "reason": "No."} | VERSION,
    "markNoticeRead": lambda t: {"id": t.rows.add(Notice, person_id=t.subject(), read_at=None)},
    "addPerson": lambda t: {"name": "New", "email": f"{new_secret()[:20]}@example.org"},
    "updatePerson": lambda t: {"id": t.subject(), "name": "Renamed"} | VERSION,
    "deactivatePerson": lambda t: {"id": t.subject()},
    "reactivatePerson": lambda t: {"id": t.person(active=False)},
    "erasePerson": lambda t: {"id": t.subject()},
    "grantRole": lambda t: {"person": t.subject(), "role": "EDITOR"},
    "revokeRole": _revoke_role,
    "createToken": lambda t: {"person": t.subject(), "name": "New"},
    "revokeToken": _token,
    "invite": lambda t: {"email": f"{new_secret()[:20]}@example.org", "role": "EDITOR"},
    "revokeInvitation": lambda t: {"id": _invitation(t, new_secret())},
    "acceptInvitation": _accept,
}


def told(viewer: str, mutation: str, which: str, *, theirs: bool) -> str:
    """What the table says that a viewer gets."""
    line = MUTATION_LINES[mutation, which]
    if mutation == "createToken" and which == "oneself" and viewer in PERMITLESS:
        return "InvalidValue"
    if line.holds(viewer, theirs=theirs):
        return DONE
    if line.others == "NotAllowed if they see it":
        return "NotAllowed" if ROW_LINES["Campaign", which].holds(viewer, theirs=theirs) else "NotFound"
    return line.others


def cases(viewer: str) -> list[tuple[str, str, bool]]:
    """Every mutation, on what, and whether it belongs to a campaign of the viewer's."""
    found = []
    for mutation, which in MUTATION_LINES:
        if which == "oneself" and viewer == "PUBLIC":
            continue  # who has not signed in is nobody
        found.append((mutation, which, False))
        if viewer.endswith(THERE) and which in ("draft", "published"):
            found.append((mutation, which, True))
    return found


async def act(world: World, viewer: str) -> None:
    """Do all that is refused, which changes nothing, and then all that is not."""
    world.engine.services = services(world.database)  # nobody is slowed down for those before
    rows = Rows()
    refused: list[Case] = []
    done: list[Case] = []
    for mutation, which, theirs in cases(viewer):
        given = INPUTS[mutation](Target(world, rows, viewer, which, theirs))
        expected = told(viewer, mutation, which, theirs=theirs)
        (done if expected == DONE else refused).append((mutation, given, expected, f"{which}, theirs: {theirs}"))
    await rows.save(world.database)
    before = await _counts(world)
    await _run(world, viewer, refused)
    assert await _counts(world) == before, f"what {viewer} was refused has changed something"
    await _run(world, viewer, done)
    assert (await _counts(world))["event"] >= before["event"] + len(done), f"not all that {viewer} did is in the log"


async def _run(world: World, viewer: str, given: list[Case]) -> None:
    mutations = CATALOGUE.schema.mutation_type
    assert mutations is not None
    for start in range(0, len(given), AT_ONCE):
        page = given[start : start + AT_ONCE]
        kinds = [get_named_type(mutations.fields[name].args["input"].type).name for name, *_ in page]
        declared = ", ".join(f"$i{number}: {kind}!" for number, kind in enumerate(kinds))
        fields = [f"m{n}: {name}(input: $i{n}) {{ errors {{ __typename }} }}" for n, (name, *_) in enumerate(page)]
        inputs = {f"i{number}": values for number, (_, values, _, _) in enumerate(page)}
        answer = await world.asker(viewer)(f"mutation ({declared}) {{ {' '.join(fields)} }}", **inputs)
        for number, (name, _, expected, where) in enumerate(page):
            errors = [error["__typename"] for error in answer[f"m{number}"]["errors"]]
            assert (errors or [DONE]) == [expected], f"{viewer}: {name}, {where}"


async def _counts(world: World) -> dict[str, int]:
    """How many rows every table has."""
    tables = Table.metadata.sorted_tables
    counted = [sa.select(sa.func.count()).select_from(each).scalar_subquery() for each in tables]
    [numbers] = await fetch(world.database, sa.select(*counted))
    return {table.name: number for table, number in zip(tables, numbers, strict=True)}
