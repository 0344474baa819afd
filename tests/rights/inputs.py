"""What every mutation is given: something of its own to act on."""

from collections.abc import Callable
from itertools import count
from typing import Any

from fund_api.campaigns.fiscal_tables import FiscalYear
from fund_api.campaigns.tables import BallotMeasure, Milestone
from fund_api.campaigns.work_tables import Notice, SupportRequest
from fund_api.core.columns import Table
from fund_api.people.roles import Role
from fund_api.people.tables import FUND, ApiToken, Invitation, RoleAssignment
from fund_api.people.tokens import hashed, new_secret
from tests.rights.career_inputs import CAREER_INPUTS
from tests.rights.grant_inputs import GRANT_INPUTS
from tests.rights.hiring_inputs import HIRING_INPUTS
from tests.rights.library_inputs import LIBRARY_INPUTS
from tests.rights.printing_inputs import PRINTING_INPUTS
from tests.rights.rows import DAY, NOW
from tests.rights.targets import MONEY, VERSION, Input, Target

_YEARS = count(2030)


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


def _fiscal_year(target: Target) -> str:
    """A fiscal year, in which little counts."""
    return target.rows.add(FiscalYear, year=next(_YEARS), ends_on=(NOW + DAY).date())


def _part(model: type[Table], **given: Any) -> Callable[[Target], Input]:
    return lambda target: {"id": target.rows.add(model, campaign_id=target.campaign(), **given)} | VERSION


INPUTS: dict[str, Callable[[Target], Input]] = (
    GRANT_INPUTS
    | PRINTING_INPUTS
    | LIBRARY_INPUTS
    | HIRING_INPUTS
    | CAREER_INPUTS
    | {
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
        "openFiscalYear": lambda t: {"year": 2028, "lobbyingCap": MONEY},
        "setLobbyingCap": lambda t: {"id": _fiscal_year(t), "lobbyingCap": MONEY} | VERSION,
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
)
