"""Grants of the world: rows with a value in every column, conflicts of interest, and grants that went their way."""

from dataclasses import dataclass
from typing import Any

from fund_api.campaigns import members
from fund_api.campaigns.work_tables import CampaignMember, OrganizationMember
from fund_api.core.access import SYSTEM
from fund_api.core.writing import Transaction, writing
from fund_api.grants import agreements, programs, reviews
from fund_api.grants.attachment_tables import Attachment
from fund_api.grants.deciding_tables import Approval, GrantDuty, Recusal, Review
from fund_api.grants.paying_tables import Disbursement, GrantCondition, GrantReport, LedgerEntry, MatchCommitment
from fund_api.grants.tables import BudgetLine, FundingProgram, Grant
from tests.grants.acting import NOW, PROGRAM, Office
from tests.rights.lines import IN_PROGRAM, THERE, who
from tests.rights.rows import Rows
from tests.rights.world import World

SUMS: dict[str, dict[str, Any]] = {  # Any: values of columns
    "SUBMITTED": {"awarded": None, "scheduled": 0, "disbursed": 0, "returned": 0, "released": 0},
    "ACTIVE": {"awarded": 200, "scheduled": 150, "disbursed": 100, "returned": 10, "released": 5},
}
"""What grants come to in the statuses in which everybody with a duty may do something."""


@dataclass(frozen=True)
class Place:
    """Where grants are: the campaigns and the programs, of which the first is of those with a role in it alone."""

    theirs: list[str]
    others: list[str]
    programs: list[str]


def program(rows: Rows, fiscal_year: str, **given: Any) -> str:  # Any: values of its columns
    """A program with more money than the tests spend."""
    money = {"appropriation": 10**9, "encumbered": 10**6, "expended": 10**6, "grant_maximum": 10**6}
    match = {"matching_policy": "PLEDGED", "match_hundredths": 5_000}
    return rows.add(FundingProgram, fiscal_year_id=fiscal_year, **money | match | given)


def add_grants(rows: Rows, persons: dict[str, str], place: Place, community: str) -> None:
    """A grant with all its parts for every campaign, program and status; and who has a conflict of interest on it."""
    for campaign in place.theirs + place.others:
        for program_id in place.programs:
            for status, sums in SUMS.items():
                about = {"campaign_id": campaign, "program_id": program_id, "community_id": community}
                grant = rows.add(Grant, status=status, requested=300, **about, **sums)
                _add_parts(rows, grant, program_id, persons["officer"])
                apart = program_id == place.programs[0] and campaign in (place.theirs[1], place.others[1])
                for name in _readers("", THERE, IN_PROGRAM) if status == "SUBMITTED" and apart else ():
                    rows.add(Recusal, grant_id=grant, person_id=persons[name])


def add_conflicts(rows: Rows, persons: dict[str, str], theirs: str, runs_other: str) -> None:
    """Who reads grants belongs to a campaign of theirs, or to the organization that runs another."""
    for name in _readers("", THERE):
        rows.add(CampaignMember, campaign_id=theirs, person_id=persons[name])
    for name in _readers(""):
        rows.add(OrganizationMember, organization_id=runs_other, person_id=persons[name])


async def come_and_go(tx: Transaction, persons: dict[str, str], campaign: str) -> None:
    """Who reads grants was of a campaign for a moment."""
    for name in _readers(""):
        await members.add_campaign_member(tx, campaign, persons[name])
        await members.remove_campaign_member(tx, campaign, persons[name])


def _readers(*places: str) -> list[str]:
    return [f"{role}{where}" for where in places for role in sorted(who("READERS"))]


def _add_parts(rows: Rows, grant: str, program_id: str, person: str) -> None:
    """One row of everything that belongs to a grant."""
    rows.add(BudgetLine, grant_id=grant)
    rows.add(Attachment, grant_id=grant, uploaded_by=person)
    rows.add(GrantReport, grant_id=grant, status="SUBMITTED")
    rows.add(GrantCondition, grant_id=grant, met_by=person)
    rows.add(MatchCommitment, grant_id=grant, verified_by=person)
    rows.add(GrantDuty, grant_id=grant, person_id=person)
    rows.add(Recusal, grant_id=grant, person_id=person)
    rows.add(Review, grant_id=grant, reviewer_id=person)
    rows.add(Approval, grant_id=grant, approver_id=person)
    paid = {"status": "PAID", "amount": 100, "returned": 10, "approved_by": person, "paid_by": person}
    tranche = rows.add(Disbursement, grant_id=grant, **paid)
    about = {"program_id": program_id, "grant_id": grant, "disbursement_id": tranche, "recorded_by": person}
    rows.add(LedgerEntry, kind="EXPENDITURE", amount=100, **about)


async def tell_story(world: World, people: dict[str, str], campaign: str) -> None:
    """A grant that goes by the rules from its draft to a payment, in a program of its own."""
    office = Office(world.database, people, campaign, world.fiscal_year)
    about = {"fiscal_year_id": world.fiscal_year, "name": f"Program for {campaign}", "approves_after_election": True}
    async with writing(world.database, SYSTEM, NOW) as tx:
        office.program = await programs.open_program(tx, PROGRAM | about)
    grant = await office.signed()
    rows = Rows()
    condition = rows.add(GrantCondition, grant_id=grant, met_at=None, met_by=None)
    await rows.save(world.database)
    async with office.acting("second_reviewer") as tx:
        await reviews.declare_recusal(tx, grant, "My sister lives there.")
    async with office.acting("coordinator") as tx:
        await agreements.pledge_match(tx, grant, "The Rotary Club", 5_000)
    async with office.acting("officer") as tx:
        await agreements.meet_condition(tx, condition, "A letter", expected_version=1)
    await office.paid(grant, 300_000)
