"""The grants of a demonstration, one in every status, out of one program of this fiscal year.

What is available in the end is 7,500 dollars of 50,000. An award over 6,000 takes two approvers: one waits for the
first of them, one for the second, and one that both could approve asks for more than is there.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from fund_api.campaigns.fiscal_years import days_of
from fund_api.demo.accounts import FIRST, named
from fund_api.demo.story import Story, Thread, money

OFFICER, FINANCE = "grants_officer", "finance"
BOTH = ("approver", "second_approver")
SCORES = {"need": 4, "feasibility": 4, "localSupport": 3, "budget": 5, "recommendation": "APPROVE"}
THRESHOLD = 6_000
"""Dollars over which an award takes two approvers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An application: of which campaign, by whom, for what and how many dollars."""

    place: str
    who: str
    purpose: str
    dollars: int


async def program(story: Story) -> AsyncIterator[float]:
    """The fiscal years of these days, each with its cap on lobbying, and the budget of the one that is now."""
    yield 60
    starts, opened = story.engine.catalogue.fiscal_year_starts, ""
    year, now = (_fiscal_year(day, starts) for day in (story.day(-60), story.day(0)))
    for each in range(year, now + 1):
        opened = await story.do(FIRST, "openFiscalYear", year=each, lobbyingCap=money(30_000))
    story.found["program"] = await story.do(
        *(FIRST, "openProgram"),
        fiscalYear=opened,
        name=named("Campaign grants"),
        appropriation=money(50_000),
        grantMinimum=money(500),
        grantMaximum=money(25_000),
        approvalThreshold=money(THRESHOLD),
        reviewsNeeded=1,
        opensOn=str(story.day(-60)),
        closesOn=str(days_of(now, starts)[1]),
    )


def _fiscal_year(day: date, starts: int) -> int:
    return day.year + (days_of(day.year, starts)[1] < day)


async def drafted(story: Story, asked: Asked) -> str:
    """Begin an application; the grant's id."""
    about = {"campaign": story.found[f"campaign in {asked.place}"], "program": story.found["program"]}
    payee = {"payee": named("Citizens for a Manager"), "payeeRegistration": "ZZ 0000000"}
    lines = [
        {"description": "Printing", "amount": money(asked.dollars // 2)},
        {"description": "Postage", "amount": money(asked.dollars - asked.dollars // 2)},
    ]
    said = {"purpose": asked.purpose, "requested": money(asked.dollars), "budget": lines}
    return await story.do(asked.who, "draftGrant", **about, **payee, **said)


async def submitted(story: Story, asked: Asked) -> str:
    """Begin an application and hand it in; the grant's id."""
    grant = await drafted(story, asked)
    await story.do(asked.who, "submitGrant", id=grant)
    return grant


async def in_review(story: Story, asked: Asked) -> str:
    """An application that the reviewers have; the grant's id."""
    grant = await submitted(story, asked)
    await story.do(OFFICER, "screenGrant", id=grant)
    await story.do(OFFICER, "startReview", id=grant)
    return grant


async def in_decision(story: Story, asked: Asked) -> str:
    """An application that was reviewed and awaits a decision; the grant's id."""
    grant = await in_review(story, asked)
    await story.told("reviewer", "submitReview", grant=grant, comment="A sound plan. Made up.", **SCORES)
    await story.do(OFFICER, "sendToDecision", id=grant)
    return grant


async def approve(story: Story, grant: str, dollars: int, **more: Any) -> None:
    """Approve so much, by as many people as that takes; `more` is said by the first. Any: what JSON holds."""
    for who in BOTH if dollars > THRESHOLD else BOTH[:1]:
        await story.do(who, "approveGrant", id=grant, amount=money(dollars), **more)
        more = {}


async def sign(story: Story, grant: str, **reports: int) -> None:
    """Sign an agreement that asks for these reports, by the days from now on which they are due."""
    due = [{"kind": kind.upper(), "dueOn": str(story.day(day))} for kind, day in reports.items()]
    await story.do(OFFICER, "signAgreement", id=grant, signedOn=str(today(story)), reports=due)


async def schedule(story: Story, grant: str, dollars: int, due: int, *, lobbying: bool = False) -> str:
    """Plan a tranche; its id."""
    about = {"amount": money(dollars), "lobbying": lobbying, "dueOn": str(story.day(due))}
    return await story.do(OFFICER, "scheduleDisbursement", grant=grant, **about)


async def pay(story: Story, tranche: str, reference: str) -> None:
    """Give leave to pay a tranche, and pay it."""
    await story.do("approver", "approveDisbursement", id=tranche)
    await story.do(FINANCE, "recordPayment", id=tranche, paidOn=str(today(story)), reference=reference)


async def report(story: Story, grant: str, who: str, kind: str, spent: int) -> str:
    """Hand a grant's report of a kind in; its id."""
    found = await story.row("grant_report", grant_id=grant, kind=kind)
    said = {"text": "What was planned is done. Made up.", "spent": money(spent)}
    return await story.do(who, "submitReport", id=found, **said)


def today(story: Story) -> date:
    """The day on which the story is."""
    return story.moment.date()


async def draft(story: Story) -> AsyncIterator[float]:
    """DRAFT."""
    yield 5
    await drafted(story, Asked("paper_falls", "coordinator", "Petition forms and training", 4_000))


async def submission(story: Story) -> AsyncIterator[float]:
    """SUBMITTED."""
    yield 4
    await submitted(story, Asked("draftsbury", "second_coordinator", "Public hearings", 5_000))


async def screening(story: Story) -> AsyncIterator[float]:
    """SCREENING."""
    yield 7
    grant = await submitted(story, Asked("quill_harbor", "coordinator", "A mailing to every voter", 6_000))
    yield 6.5
    await story.do(OFFICER, "screenGrant", id=grant)


async def more_information(story: Story) -> AsyncIterator[float]:
    """MORE_INFO_REQUESTED: the applicant has to say more."""
    yield 15
    grant = await submitted(story, Asked("paper_falls", "coordinator", "A town hall meeting", 3_000))
    yield 11
    await story.do(OFFICER, "screenGrant", id=grant)
    await story.do(OFFICER, "requestMoreInfo", id=grant, reason="Which hall, and what does it cost to rent?")


async def review(story: Story) -> AsyncIterator[float]:
    """IN_REVIEW: one of the reviewers has a conflict of interest, the other has yet to score it."""
    yield 12
    grant = await in_review(story, Asked("epilogue_springs", "third_coordinator", "A study of the office", 4_500))
    yield 10
    await story.told("second_reviewer", "declareRecusal", grant=grant, reason="A cousin sits on the council.")


async def first_decision(story: Story) -> AsyncIterator[float]:
    """IN_DECISION: it awaits any approver."""
    yield 13
    await in_decision(story, Asked("quill_harbor", "coordinator", "Advertisements on local radio", 4_000))


async def second_decision(story: Story) -> AsyncIterator[float]:
    """IN_DECISION: it awaits the first approver, as the second one has approved it."""
    yield 18
    grant = await in_decision(
        story, Asked("draftsbury", "second_coordinator", "A charter commission's campaign", 7_000)
    )
    yield 14
    await story.do("second_approver", "approveGrant", id=grant, amount=money(7_000))


async def too_large(story: Story) -> AsyncIterator[float]:
    """IN_DECISION: it awaits the second approver, whose approval fails, as it asks for more than is available."""
    yield 17
    grant = await in_decision(story, Asked("fable_creek", "coordinator", "Canvassers for the last weeks", 12_000))
    yield 9
    await story.do("approver", "approveGrant", id=grant, amount=money(12_000))


async def approval(story: Story) -> AsyncIterator[float]:
    """APPROVED, on a condition that is not met."""
    yield 24
    grant = await in_decision(story, Asked("epilogue_springs", "third_coordinator", "A speaker's tour", 3_500))
    yield 19
    conditions = [{"kind": "BEFORE_AGREEMENT", "text": "Open a bank account of the committee's own"}]
    await approve(story, grant, 3_000, conditions=conditions, reason="Without the second evening.")


async def refusal(story: Story) -> AsyncIterator[float]:
    """DECLINED."""
    yield 48
    grant = await in_decision(story, Asked("preface", "second_coordinator", "Flags and buttons", 2_500))
    yield 42
    await story.do("second_approver", "declineGrant", id=grant, reason="Buttons convince nobody.")


async def agreement(story: Story) -> AsyncIterator[float]:
    """AGREEMENT_SIGNED."""
    yield 26
    grant = await in_decision(story, Asked("quill_harbor", "coordinator", "A voters' guide", 5_000))
    yield 21
    await approve(story, grant, 5_000)
    yield 8
    await sign(story, grant, final=120)


async def active(story: Story) -> AsyncIterator[float]:
    """ACTIVE: a tranche is paid, another may be approved, and a report is due."""
    yield 51
    grant = await in_decision(story, Asked("fable_creek", "coordinator", "Mailings to every household", 10_000))
    yield 47
    await approve(story, grant, 10_000)
    yield 43
    await sign(story, grant, interim=10, final=100)
    tranche = await schedule(story, grant, 6_000, -35, lobbying=True)
    yield 36
    await pay(story, tranche, "EFT 0001")
    yield 5.5
    await schedule(story, grant, 3_000, 7, lobbying=True)


async def suspension(story: Story) -> AsyncIterator[float]:
    """SUSPENDED."""
    yield 49
    grant = await in_decision(story, Asked("chapter_grove", "third_coordinator", "A forum on the charter", 4_000))
    yield 41
    await approve(story, grant, 4_000)
    yield 37
    await sign(story, grant, final=60)
    await schedule(story, grant, 2_000, -25)
    yield 23
    await story.do(OFFICER, "suspendGrant", id=grant, reason="The committee is without a treasurer.")


async def closing(story: Story) -> AsyncIterator[float]:
    """CLOSING: the final report waits for the officer."""
    yield 56
    grant = await in_decision(story, Asked("chapter_grove", "third_coordinator", "Mailings and posters", 12_000))
    yield 52.5
    await approve(story, grant, 12_000)
    yield 50.5
    await sign(story, grant, final=-5)
    tranche = await schedule(story, grant, 10_000, -45)
    yield 45.5
    await pay(story, tranche, "EFT 0002")
    yield 6
    await report(story, grant, "third_coordinator", "FINAL", 9_800)


async def completion(story: Story) -> AsyncIterator[float]:
    """COMPLETED: 8,500 of 9,000 dollars were paid, and the rest is available again."""
    yield 58.5
    grant = await in_decision(story, Asked("footnote", "third_coordinator", "Letters to every household", 9_000))
    yield 57.5
    await approve(story, grant, 9_000)
    await sign(story, grant, final=-20)
    tranche = await schedule(story, grant, 8_500, -55)
    yield 56.5
    await pay(story, tranche, "EFT 0003")
    yield 30
    filed = await report(story, grant, "third_coordinator", "FINAL", 8_500)
    yield 29
    await story.do(OFFICER, "acceptReport", id=filed)
    await story.do(OFFICER, "closeGrant", id=grant)


async def withdrawal(story: Story) -> AsyncIterator[float]:
    """WITHDRAWN."""
    yield 50
    grant = await submitted(story, Asked("parable", "third_coordinator", "A study of both budgets", 2_000))
    yield 34
    await story.do("third_coordinator", "withdrawGrant", id=grant, reason="The county will not take part.")


async def cancellation(story: Story) -> AsyncIterator[float]:
    """CANCELLED."""
    yield 58
    grant = await in_decision(story, Asked("plot_prairie", "second_coordinator", "A bus with loudspeakers", 5_500))
    yield 54
    await approve(story, grant, 5_500)
    yield 39
    await story.do("second_approver", "cancelGrant", id=grant, reason="The vote was won without the bus.")


THREADS: tuple[Thread, ...] = (
    *(program, draft, submission, screening, more_information, review, first_decision, second_decision, too_large),
    *(approval, refusal, agreement, active, suspension, closing, completion, withdrawal, cancellation),
)
