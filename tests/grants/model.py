"""A small model of the fund's grants in plain Python: who may act, where a grant stands, and where the money is.

It knows the table of moves and the permissions of roles, and says the rest again in its own words.
"""

from dataclasses import dataclass, field

from fund_api.grants import lifecycle
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.lifecycle import PERMISSIONS, GrantAction
from fund_api.grants.tables import AWARDED, GrantStatus
from fund_api.people import roles
from fund_api.people.roles import Role
from fund_api.people.tables import FUND

LIVE = ("SCHEDULED", "APPROVED", "PAID", "RETURNED")


@dataclass
class Budget:
    """A program's money, in cents."""

    appropriation: int
    threshold: int | None
    match: int
    """What others give, in hundredths of a percent of an award; seen by the fund before it pays."""
    encumbered: int = 0
    expended: int = 0
    version: int = 1
    closed: bool = False

    @property
    def available(self) -> int:
        return self.appropriation - self.encumbered - self.expended


@dataclass
class Part:
    """Something that belongs to a grant: a tranche, a report, a condition or a match."""

    id: str
    kind: str
    state: str
    amount: int = 0
    returned: int = 0
    lobbying: bool = False
    version: int = 1

    def move(self, state: str) -> None:
        self.state, self.version = state, self.version + 1


@dataclass
class Case:
    """A grant."""

    id: str
    campaign: str
    program: str
    requested: int
    status: GrantStatus = GrantStatus.DRAFT
    version: int = 1
    awarded: int | None = None
    released: int = 0
    insiders: set[str] = field(default_factory=set)
    """Who belonged to its campaign at any time since it was drafted."""
    recused: set[str] = field(default_factory=set)
    duties: dict[str, Duty] = field(default_factory=dict)
    approvals: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)

    def of(self, kind: str, *states: str) -> list[Part]:
        """Its parts of a kind, in one of these states or in any."""
        return [one for one in self.parts.values() if one.kind == kind and (not states or one.state in states)]

    @property
    def scheduled(self) -> int:
        return sum(one.amount for one in self.of("disbursement", *LIVE))

    @property
    def paid(self) -> int:
        """What was paid at any time."""
        return sum(one.amount for one in self.of("disbursement", "PAID", "RETURNED"))

    @property
    def returned(self) -> int:
        return sum(one.returned for one in self.of("disbursement"))

    @property
    def encumbered(self) -> int:
        return (self.awarded or 0) - self.paid - self.released

    def counting(self) -> dict[str, int]:
        """The approvals that count: of who is not recused and was never of the campaign."""
        return {who: amount for who, amount in self.approvals.items() if who not in self.recused | self.insiders}


@dataclass
class Model:
    """Everything that decides on what may be done, and what is there."""

    budgets: dict[str, Budget]
    members: dict[str, set[str]]
    """Who belongs to each campaign."""
    roles: dict[str, set[tuple[Role, str]]]
    """The roles of each person, and where they hold: everywhere, or in a campaign or program."""
    lobbying_cap: int
    lobbying: int = 0
    cases: dict[str, Case] = field(default_factory=dict)

    def may(self, who: str, duty: Duty, case: Case) -> bool:
        """Whether a role gives somebody what a duty of the fund takes, for a grant."""
        scopes = (FUND, case.campaign, case.program)
        held = {role for role, scope in self.roles[who] if scope in scopes}
        return any(f"fund:{PERMISSIONS[duty]}" in roles.PERMISSIONS[role] for role in held)

    def duty(self, who: str, action: GrantAction, case: Case) -> Duty | None:
        """As what somebody may take an action on a grant; None when they may not."""
        possible, present = lifecycle.duties_of(action), case.duties.get(who)
        if Duty.APPLICANT in possible and who in self.members[case.campaign]:
            return Duty.APPLICANT if present in (None, Duty.APPLICANT) else None
        held = [duty for duty in possible if duty is not Duty.APPLICANT and self.may(who, duty, case)]
        if not held or who in case.recused:
            return None
        if action is GrantAction.DECLARE_RECUSAL:
            return held[0]
        if who in case.insiders or present not in (None, *held):
            return None
        return present or held[0]

    def somebody_for(self, action: GrantAction, case: Case, skip: int = 0) -> str | None:
        """One of the people who may take an action."""
        fit = [who for who in self.roles if self.duty(who, action, case) is not None]
        if action is GrantAction.APPROVE:
            fit = [who for who in fit if who not in case.approvals]
        if action is GrantAction.SUBMIT_REVIEW:
            fit = [who for who in fit if case.duties.get(who) is not Duty.REVIEWER]
        new = [who for who in fit if who not in case.duties]
        old = [who for who in fit if who in case.duties]  # who did it before, so that others are left for other duties
        chosen = old or new
        return chosen[skip % len(chosen)] if chosen else None

    def join(self, who: str, campaign: str) -> None:
        self.members[campaign].add(who)
        for case in self.cases.values():
            if case.campaign == campaign:
                case.insiders.add(who)

    def act(self, action: GrantAction, case: Case, who: str) -> None:
        """Take note that somebody took an action: of their duty, and where the grant stands."""
        duty = self.duty(who, action, case)
        assert duty is not None, f"{who} did {action} on {case.id}"
        if action is GrantAction.DECLARE_RECUSAL:
            case.recused.add(who)
        else:
            case.duties[who] = duty
        case.status = lifecycle.move(action, case.status).after
        case.version += 1

    def approve(self, case: Case, who: str, amount: int) -> None:
        """Somebody's approval, which may be enough."""
        counting = case.counting()
        assert set(counting.values()) <= {amount}
        self.act(GrantAction.APPROVE, case, who)
        case.approvals[who] = amount
        if len(counting) + 1 < self.approvals_needed(case, amount):
            case.status = GrantStatus.IN_DECISION
            return
        case.awarded = amount
        self.budgets[case.program].encumbered += amount

    def approvals_needed(self, case: Case, amount: int) -> int:
        threshold = self.budgets[case.program].threshold
        return 2 if threshold is not None and amount > threshold else 1

    def pay(self, case: Case, tranche: Part) -> None:
        tranche.move("PAID")
        budget = self.budgets[case.program]
        budget.encumbered -= tranche.amount
        budget.expended += tranche.amount
        self.lobbying += tranche.amount if tranche.lobbying else 0

    def take_back(self, case: Case, tranche: Part, amount: int) -> None:
        tranche.returned += amount
        tranche.move("RETURNED" if tranche.returned == tranche.amount else "PAID")
        self.budgets[case.program].expended -= amount
        self.lobbying -= amount if tranche.lobbying else 0

    def end(self, case: Case) -> None:
        """Complete or cancel: what is not paid is not promised any more."""
        for tranche in case.of("disbursement", "SCHEDULED"):
            tranche.move("FAILED")
        left = case.encumbered
        case.released += left
        self.budgets[case.program].encumbered -= left

    def rows(self) -> dict[str, tuple[object, ...]]:
        """What the columns of every row have to hold, by its id."""
        found: dict[str, tuple[object, ...]] = {
            key: (one.appropriation, one.encumbered, one.expended, one.available, one.version, one.closed)
            for key, one in self.budgets.items()
        }
        for key, case in self.cases.items():
            awarded = case.awarded if case.status in AWARDED else None
            assert awarded == case.awarded
            money = (case.scheduled, case.paid - case.returned, case.returned, case.released, case.encumbered)
            found[key] = (case.status, case.version, awarded, *money)
            found |= {key: (one.state, one.returned, one.version) for key, one in case.parts.items()}
        return found | {"lobbying": (self.lobbying,)}
