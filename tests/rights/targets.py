"""Things to act on, each made for one mutation of one viewer."""

from dataclasses import dataclass
from typing import Any

from fund_api.campaigns.tables import Campaign
from fund_api.campaigns.work_tables import CampaignMember
from fund_api.grants.tables import BudgetLine, FundingProgram, Grant
from fund_api.people.roles import Role
from fund_api.people.tables import Person, RoleAssignment
from tests.rights.lines import IN_PROGRAM, MUTATION_LINES, THERE, role_of
from tests.rights.rows import NOW, Rows
from tests.rights.world import World

Input = dict[str, Any]  # Any: what JSON holds
VERSION = {"expectedVersion": 1}
MONEY = {"amount": "5.00"}
CENTS = 500
_AWARDED: dict[str, int | None] = {"awarded": 4 * CENTS, "scheduled": 2 * CENTS, "disbursed": CENTS}
_NOTHING: dict[str, int | None] = {"awarded": None, "scheduled": 0, "disbursed": 0}
SUMS: dict[str, dict[str, int | None]] = {
    **dict.fromkeys(("DRAFT", "SUBMITTED", "SCREENING", "IN_REVIEW", "IN_DECISION"), _NOTHING),
    **dict.fromkeys(("APPROVED", "AGREEMENT_SIGNED", "ACTIVE", "SUSPENDED", "CLOSING"), _AWARDED),
}
"""What a grant comes to, by where it stands."""


@dataclass
class Target:
    """Makes rows for one mutation; `theirs`: in a campaign or program in which the viewer has their role."""

    world: World
    rows: Rows
    viewer: str
    mutation: str
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
        self._give_role(THERE, campaign)
        if self.theirs and self.viewer == f"{Role.COORDINATOR}{THERE}":
            self.rows.add(CampaignMember, person_id=self.own_id, campaign_id=campaign)
        if member:
            self.rows.add(CampaignMember, person_id=member, campaign_id=campaign)
        return campaign

    def program(self) -> str:
        """A program that is open and has money, of which some is promised and some is paid."""
        money = {"appropriation": 100 * CENTS, "encumbered": 10 * CENTS, "expended": 10 * CENTS}
        bounds = {"grant_minimum": 1, "grant_maximum": 100 * CENTS, "approval_threshold": None, "reviews_needed": 0}
        open_now = {"opens_on": NOW.date(), "closes_on": NOW.date().replace(year=2100), "closed_at": None}
        about = {"fiscal_year_id": self.world.fiscal_year, "matching_policy": "NONE", "match_hundredths": None}
        program = self.rows.add(FundingProgram, **money | bounds | open_now | about)
        self._give_role(IN_PROGRAM, program)
        return program

    def grant(self) -> str:
        """A grant that stands where the table says, with a budget that adds up."""
        status = MUTATION_LINES[self.mutation, self.which].status
        about = {"campaign_id": self.campaign(), "program_id": self.program(), "community_id": self.world.community}
        sums = SUMS[status] | {"requested": 4 * CENTS, "returned": 0, "released": 0}
        grant = self.rows.add(Grant, status=status, **about, **sums)
        self.rows.add(BudgetLine, grant_id=grant, amount=4 * CENTS)
        return grant

    def _give_role(self, place: str, scope: str) -> None:
        if self.theirs and self.viewer.endswith(place):
            self.rows.add(RoleAssignment, person_id=self.own_id, role=role_of(self.viewer), scope=scope)
