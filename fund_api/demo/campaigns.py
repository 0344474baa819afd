"""The campaigns of a demonstration, one in every stage and more: each is a thread from its first day until now."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fund_api.demo.accounts import named
from fund_api.demo.story import Story, Thread, money

OFFICER = "grants_officer"


@dataclass(frozen=True, slots=True)
class Drive:
    """A campaign as it begins: what it is called, who leads it, and when. Days are counted from now."""

    place: str
    title: str
    kind: str
    coordinator: str
    begins: float
    route: str | None = None
    election: int | None = None
    summary: str = "Residents ask for a professionally managed government. All of it is made up."


async def begin(story: Story, drive: Drive) -> str:
    """Begin a campaign, bring its coordinator in, and publish it; its id."""
    said: dict[str, Any] = {"title": named(drive.title), "kind": drive.kind, "summary": drive.summary}
    if drive.route is not None:
        said["route"] = drive.route
    if drive.election is not None:
        said["electionOn"] = str(story.day(drive.election))
    begun = str(story.day(-int(drive.begins)))
    place = story.found[drive.place]
    campaign = await story.do(OFFICER, "createCampaign", community=place, openedOn=begun, **said)
    await welcome(story, drive.place, campaign, drive.coordinator)
    return campaign


async def welcome(story: Story, place: str, campaign: str, coordinator: str) -> None:
    """Bring a coordinator into a campaign, publish it, and let others know it by its place."""
    story.found[f"campaign in {place}"] = campaign
    await story.do(OFFICER, "addCampaignMember", campaign=campaign, person=story.people[coordinator])
    await story.do(OFFICER, "publishCampaign", id=campaign)


async def move(story: Story, campaign: str, who: str, *stages: str) -> None:
    """Take a campaign through these stages."""
    for stage in stages:
        await story.do(who, "moveCampaign", id=campaign, to=stage)


async def milestone(story: Story, campaign: str, who: str, kind: str, due: int, *, done: int | None = None) -> None:
    """Add a milestone, and say when it was done if it was."""
    about = {"campaign": campaign, "kind": kind, "dueOn": str(story.day(due))}
    added = await story.do(who, "addMilestone", **about)
    if done is not None:
        await story.do(who, "completeMilestone", id=added, doneOn=str(story.day(done)))


async def measure(story: Story, campaign: str, who: str, question: str, **said: Any) -> None:
    """Add a question on the ballot. Any: what JSON holds."""
    about = {"kind": "ADOPTION", "yesMeans": "FOR_CHANGE", "fundPosition": "FOR_CHANGE"} | said
    await story.do(who, "addBallotMeasure", campaign=campaign, question=named(question), **about)


async def decide(story: Story, campaign: str, who: str, outcome: str, votes: tuple[int, int]) -> None:
    """Record the certified result of the campaign's one measure, votes for the change first, and what became of it."""
    measured = await story.row("ballot_measure", campaign_id=campaign)
    counted = {"votesFor": votes[0], "votesAgainst": votes[1], "passed": votes[0] > votes[1]}
    as_of = str(story.moment.date())
    await story.do(who, "recordResult", id=measured, status="CERTIFIED", asOf=as_of, **counted)
    await story.do(who, "recordOutcome", id=campaign, outcome=outcome)


async def inkwell(story: Story) -> AsyncIterator[float]:
    """INQUIRY: a resident asks, and the fund takes it up."""
    yield 8
    about = {"community": story.found["inkwell"], "kind": "ADOPTION", "message": "Nobody runs our town. Can you help?"}
    asked = await story.told(
        None, "requestCampaignSupport", name=named("Resident"), email="resident@example.org", **about
    )
    yield 6
    title = named("Inkwell: a manager for the council")
    accepted = await story.told(OFFICER, "acceptSupportRequest", id=asked["request"], title=title)
    await welcome(story, "inkwell", accepted["campaign"]["id"], "third_coordinator")


async def asks(story: Story) -> AsyncIterator[float]:
    """Two more requests: one is declined, one waits."""
    yield 12
    about = {"email": "neighbour@example.org", "name": named("Neighbour"), "kind": "ADOPTION"}
    asked = await story.told(
        *(None, "requestCampaignSupport"), community=story.found["parable"], message="Please pay our lawyer.", **about
    )
    yield 9
    await story.do(OFFICER, "declineSupportRequest", id=asked["request"], reason="The fund pays for no lawsuits.")
    yield 1
    about |= {"community": story.found["preface"], "message": "We would like to try again, with a manager this time."}
    await story.told(None, "requestCampaignSupport", **about)


async def paper_falls(story: Story) -> AsyncIterator[float]:
    """EXPLORING, with a petition ahead."""
    yield 40
    drive = Drive("paper_falls", "Paper Falls: a council-manager charter", "ADOPTION", "coordinator", 40)
    campaign = await begin(story, drive)
    yield 30
    await move(story, campaign, "coordinator", "EXPLORING")
    await milestone(story, campaign, "coordinator", "PETITION_FILED", 60)
    yield 20
    await support(story, campaign, "ADVICE", -20, 350, description="A call on what a petition takes")


async def draftsbury(story: Story) -> AsyncIterator[float]:
    """ORGANIZING, before a charter commission, whose election is overdue."""
    yield 50
    title = "Draftsbury: a charter commission for a town manager"
    drive = Drive("draftsbury", title, "CHARTER_CHANGE", "second_coordinator", 50, "CHARTER_COMMISSION")
    campaign = await begin(story, drive)
    await move(story, campaign, "second_coordinator", "EXPLORING")
    yield 35
    await move(story, campaign, "second_coordinator", "ORGANIZING")
    await milestone(story, campaign, "second_coordinator", "COMMISSION_ELECTED", -4)
    await milestone(story, campaign, "second_coordinator", "REPORT_ISSUED", 40)


async def quill_harbor(story: Story) -> AsyncIterator[float]:
    """QUALIFYING: signatures are overdue at the clerk's, and the next step is due within two weeks."""
    yield 55
    title = "Quill Harbor: from commission to council-manager"
    drive = Drive("quill_harbor", title, "ADOPTION", "coordinator", 55, "CITIZEN_PETITION", 110)
    campaign = await begin(story, drive)
    await move(story, campaign, "coordinator", "EXPLORING", "ORGANIZING")
    yield 30
    await move(story, campaign, "coordinator", "QUALIFYING")
    await milestone(story, campaign, "coordinator", "PETITION_FILED", -3)
    await milestone(story, campaign, "coordinator", "SIGNATURES_VERIFIED", 9)
    await measure(story, campaign, "coordinator", "Shall Quill Harbor have a manager?", electionOn=str(story.day(110)))
    yield 25
    await support(story, campaign, "MATERIALS", -25, 900, description="Leaflets for the market", lobbying=True)


async def fable_creek(story: Story) -> AsyncIterator[float]:
    """ON_BALLOT: the manager is defended, with a grant."""
    yield 58
    title = "Fable Creek: keep the city manager"
    drive = Drive("fable_creek", title, "RETENTION", "coordinator", 58, "COUNCIL_REFERRAL", 45)
    campaign = await begin(story, drive)
    await move(story, campaign, "coordinator", "EXPLORING", "ORGANIZING", "QUALIFYING")
    await against(story, campaign, "coordinator", "Fable Creek", 45)
    yield 28
    await move(story, campaign, "coordinator", "ON_BALLOT")
    await milestone(story, campaign, "coordinator", "BALLOT_CERTIFIED", -10, done=-28)
    await milestone(story, campaign, "coordinator", "ELECTION_DAY", 45)
    yield 10
    await support(story, campaign, "SPEAKER", -10, 1_200, description="A former manager at the forum", lobbying=True)


async def margin_heights(story: Story) -> AsyncIterator[float]:
    """ON_BALLOT: the manager is defended without a grant."""
    yield 45
    title = "Margin Heights: keep the council-manager form"
    drive = Drive("margin_heights", title, "RETENTION", "second_coordinator", 45, "CITIZEN_PETITION", 75)
    campaign = await begin(story, drive)
    await move(story, campaign, "second_coordinator", "EXPLORING", "ORGANIZING", "QUALIFYING")
    await against(story, campaign, "second_coordinator", "Margin Heights", 75)
    yield 15
    await move(story, campaign, "second_coordinator", "ON_BALLOT")
    await milestone(story, campaign, "second_coordinator", "BALLOT_CERTIFIED", 5)
    await milestone(story, campaign, "second_coordinator", "ELECTION_DAY", 75)


async def chapter_grove(story: Story) -> AsyncIterator[float]:
    """DECIDED: adopted three weeks ago."""
    yield 59
    drive = Drive(
        *("chapter_grove", "Chapter Grove: adopt a village manager", "ADOPTION", "third_coordinator", 59),
        *("COUNCIL_REFERRAL", -20),
    )
    campaign = await begin(story, drive)
    question = "Shall Chapter Grove have a village manager?"
    await measure(story, campaign, "third_coordinator", question, electionOn=str(story.day(-20)))
    await move(story, campaign, "third_coordinator", "EXPLORING", "ORGANIZING", "QUALIFYING", "ON_BALLOT")
    yield 16
    await decide(story, campaign, "third_coordinator", "ADOPTED", (1_912, 1_688))
    await move(story, campaign, "third_coordinator", "DECIDED")


async def plot_prairie(story: Story) -> AsyncIterator[float]:
    """TRANSITION: adopted by a hair, and a manager is to be hired."""
    yield 59.5
    title = "Plot Prairie: a professional manager"
    drive = Drive("plot_prairie", title, "ADOPTION", "second_coordinator", 59, "CITIZEN_PETITION", -45)
    campaign = await begin(story, drive)
    question = "Shall Plot Prairie adopt the council-manager form?"
    await measure(story, campaign, "second_coordinator", question, electionOn=str(story.day(-45)))
    await move(story, campaign, "second_coordinator", "EXPLORING", "ORGANIZING", "QUALIFYING", "ON_BALLOT")
    yield 40
    await decide(story, campaign, "second_coordinator", "ADOPTED", (3_847, 3_841))
    await move(story, campaign, "second_coordinator", "DECIDED", "TRANSITION")
    await milestone(story, campaign, "second_coordinator", "RESULT_CERTIFIED", -41, done=-41)
    await milestone(story, campaign, "second_coordinator", "EFFECTIVE", 12)
    await milestone(story, campaign, "second_coordinator", "MANAGER_HIRED", 90)


async def footnote(story: Story) -> AsyncIterator[float]:
    """CLOSED: the form was kept."""
    yield 59.6
    drive = Drive(
        *("footnote", "Footnote: keep the borough manager", "RETENTION", "third_coordinator", 59),
        *("COUNCIL_REFERRAL", -50),
    )
    campaign = await begin(story, drive)
    await against(story, campaign, "third_coordinator", "Footnote", -50)
    await move(story, campaign, "third_coordinator", "EXPLORING", "ORGANIZING", "QUALIFYING", "ON_BALLOT")
    yield 46
    await decide(story, campaign, "third_coordinator", "RETAINED", (701, 1_244))
    await move(story, campaign, "third_coordinator", "DECIDED")
    yield 2
    await move(story, campaign, "third_coordinator", "CLOSED")


async def preface(story: Story) -> AsyncIterator[float]:
    """CLOSED: the voters did not want it."""
    yield 59.7
    title = "Preface: a town manager"
    drive = Drive("preface", title, "ADOPTION", "second_coordinator", 59, "ORDINANCE", -30)
    campaign = await begin(story, drive)
    question = "Shall Preface have a town manager?"
    await measure(story, campaign, "second_coordinator", question, electionOn=str(story.day(-30)))
    await move(story, campaign, "second_coordinator", "EXPLORING", "ORGANIZING", "QUALIFYING", "ON_BALLOT")
    yield 27
    await decide(story, campaign, "second_coordinator", "REJECTED", (1_502, 2_030))
    await move(story, campaign, "second_coordinator", "DECIDED", "CLOSED")


async def epilogue_springs(story: Story) -> AsyncIterator[float]:
    """EXPLORING: the council is to create the position itself."""
    yield 38
    title = "Epilogue Springs: create the office of administrator"
    drive = Drive("epilogue_springs", title, "POSITION_CREATION", "third_coordinator", 38, "ORDINANCE")
    campaign = await begin(story, drive)
    await move(story, campaign, "third_coordinator", "EXPLORING")


async def parable(story: Story) -> AsyncIterator[float]:
    """CLOSED before a vote: its people gave up."""
    yield 57
    title = "Parable County: one government for city and county"
    drive = Drive("parable", title, "CONSOLIDATION", "third_coordinator", 57)
    campaign = await begin(story, drive)
    yield 33
    await story.do("third_coordinator", "recordOutcome", id=campaign, outcome="WITHDRAWN")
    await move(story, campaign, "third_coordinator", "CLOSED")
    yield 32.5
    await story.do(OFFICER, "removeCampaignMember", campaign=campaign, person=story.people["third_coordinator"])


async def against(story: Story, campaign: str, who: str, place: str, election: int) -> None:
    """Add the question whether to give the manager up, which the fund opposes."""
    question = f"Shall {place} give up the council-manager form?"
    said = {"kind": "ABANDONMENT", "fundPosition": "AGAINST_CHANGE", "electionOn": str(story.day(election))}
    await measure(story, campaign, who, question, **said)


async def support(story: Story, campaign: str, kind: str, day: int, dollars: int, **said: Any) -> None:
    """Log help without money. Any: what JSON holds."""
    given = {"givenOn": str(story.day(day)), "inKindValue": money(dollars), "lobbying": False} | said
    await story.do(OFFICER, "logSupport", campaign=campaign, kind=kind, **given)


THREADS: tuple[Thread, ...] = (
    *(inkwell, asks, paper_falls, draftsbury, quill_harbor, fable_creek, margin_heights, chapter_grove),
    *(plot_prairie, footnote, preface, epilogue_springs, parable),
)
