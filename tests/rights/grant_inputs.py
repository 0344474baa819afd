"""What every mutation of programs and grants is given."""

from collections.abc import Callable
from typing import Any

from fund_api.core.columns import Table
from fund_api.grants.paying_tables import Disbursement, GrantCondition, GrantReport, MatchCommitment
from tests.rights.rows import DAY, NOW
from tests.rights.targets import CENTS, MONEY, VERSION, Input, Target

REASON = {"reason": "So it is."}
TODAY = f"{NOW:%Y-%m-%d}"
_SCORES = {"need": 4, "feasibility": 3, "localSupport": 5, "budget": 4}
_NEW_PROGRAM = {
    **{"name": "New", "appropriation": MONEY, "grantMinimum": MONEY, "grantMaximum": MONEY},
    **{"opensOn": TODAY, "closesOn": f"{NOW + DAY:%Y-%m-%d}"},
}
Make = Callable[[Target], Input]


def _grant(**said: Any) -> Make:
    """The grant itself, as it was read."""
    return lambda target: {"id": target.grant()} | said | VERSION


def _part(model: type[Table], values: dict[str, Any], **said: Any) -> Make:
    """Something that belongs to a grant; Any: values of columns, and what JSON holds."""
    return lambda target: {"id": target.rows.add(model, grant_id=target.grant(), **values)} | said | VERSION


def _tranche(status: str, **said: Any) -> Make:
    unpaid = {"paid_on": None} if status != "PAID" else {}

    def make(target: Target) -> Input:
        person = target.person()
        by = {"approved_by": person, "paid_by": None if unpaid else person}
        values = {"status": status, "amount": CENTS, "returned": 0, "lobbying": False} | by | unpaid
        return _part(Disbursement, values, **said)(target)

    return make


def _report(status: str, **said: Any) -> Make:
    unwritten = {"text": None, "submitted_at": None} if status == "DUE" else {}
    return _part(GrantReport, {"status": status} | unwritten, **said)


GRANT_INPUTS: dict[str, Make] = {
    "openProgram": lambda t: {"fiscalYear": t.world.fiscal_year} | _NEW_PROGRAM,
    "adjustAppropriation": lambda t: {"id": t.program(), "appropriation": {"amount": "200.00"}} | VERSION,
    "closeProgram": lambda t: {"id": t.program()} | VERSION,
    "draftGrant": lambda t: {
        **{"campaign": t.campaign(), "program": t.program(), "purpose": "Mailings", "requested": MONEY},
        "budget": [{"description": "Postage", "amount": MONEY}],
    },
    "updateGrant": _grant(purpose="Posters"),
    "submitGrant": _grant(),
    "withdrawGrant": _grant(),
    "screenGrant": _grant(),
    "requestMoreInfo": _grant(**REASON),
    "startReview": _grant(),
    "submitReview": lambda t: {"grant": t.grant(), "recommendation": "APPROVE", "comment": "Good."} | _SCORES,
    "declareRecusal": lambda t: {"grant": t.grant()} | REASON,
    "sendToDecision": _grant(),
    "approveGrant": _grant(amount=MONEY),
    "declineGrant": _grant(**REASON),
    "signAgreement": _grant(signedOn=TODAY, reports=[{"kind": "FINAL", "dueOn": TODAY}]),
    "meetCondition": _part(GrantCondition, {"met_at": None, "met_by": None}),
    "pledgeMatch": lambda t: {"grant": t.grant(), "giver": "The Rotary Club", "amount": MONEY},
    "verifyMatch": _part(MatchCommitment, {"verified_at": None, "verified_by": None}),
    "scheduleDisbursement": lambda t: {"grant": t.grant(), "amount": MONEY, "lobbying": False} | VERSION,
    "approveDisbursement": _tranche("SCHEDULED"),
    "recordPayment": _tranche("APPROVED", paidOn=TODAY),
    "recordPaymentFailure": _tranche("APPROVED", **REASON),
    "recordReturn": _tranche("PAID", amount=MONEY, **REASON),
    "submitReport": _report("DUE", text="All went well.", spent=MONEY),
    "acceptReport": _report("SUBMITTED"),
    "requestReportChanges": _report("SUBMITTED", **REASON),
    "waiveReport": _report("DUE", **REASON),
    "suspendGrant": _grant(**REASON),
    "resumeGrant": _grant(),
    "closeGrant": _grant(),
    "cancelGrant": _grant(**REASON),
}
