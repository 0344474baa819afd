"""Hiring in a demonstration: advisors, and a request in every stage, one of which nobody has moved lately."""

from collections.abc import AsyncIterator
from typing import Any

from fund_api.demo.accounts import named
from fund_api.demo.communities import STATE
from fund_api.demo.story import Story, Thread, money

OFFICER = "hiring_officer"
TO_OFFER = ("POSITION_CREATION", "PROFILE_DRAFTED", "RECRUITING", "FINALISTS", "OFFER")
"""The stages of a search, in their order."""


async def advisors(story: Story) -> AsyncIterator[float]:
    """Four who cover ZZ: one is not available before next month, and one has a conflict of interest."""
    yield 118
    for key, capacity, more in (
        ("advisor", 3, {}),
        ("second_advisor", 3, {}),
        ("third_advisor", 2, {}),
        ("fourth_advisor", 1, {"availableFrom": str(story.day(30))}),
    ):
        name = named(key.replace("_", " ").capitalize())
        about = {"name": name, "states": [STATE], "capacity": capacity, "biography": "Managed towns that never were."}
        person = story.people[key]
        story.found[key] = await story.do(OFFICER, "addAdvisor", person=person, **about, **more)
    reason, place = "Was the manager of this city for ten years.", story.found["margin_heights"]
    about = {"kind": "EMPLOYMENT", "community": place, "reason": reason}
    await story.do("second_advisor", "declareConflict", advisor=story.found["second_advisor"], **about)


async def ask(story: Story, place: str, who: str | None = None, **more: Any) -> str:
    """Ask for help with hiring, with a campaign or without; the request's id. Any: what JSON holds."""
    about = {"contactName": named("Clerk"), "contactEmail": "clerk@example.org", "contactPhone": "555-0100"}
    said = {"message": "We look for somebody to run our government.", "firstManager": True} | more
    asked = await story.told(who, "requestHiringSupport", community=story.found[place], **about, **said)
    return str(asked["request"])


async def triage(story: Story, request: str, target: int = 120) -> None:
    """Take a request up, with what is known of it by then."""
    salary = {"salaryMinimum": money(110_000), "salaryMaximum": money(135_000)}
    known = {"searchMode": "ADVISOR", "budget": money(20_000), "targetOn": str(story.day(target))}
    areas = ["finance-and-people", "strategic-planning"]
    await story.do(OFFICER, "triageRequest", id=request, practiceAreas=areas, **salary, **known)


async def matched(story: Story, request: str, advisor: str | None = None) -> str:
    """Give a request an advisor, the one who is named or the first who is proposed; the assignment's id."""
    who = {} if advisor is None else {"advisor": story.found[advisor]}
    payload = await story.told(OFFICER, "matchAdvisor", hiringRequest=request, **who)
    return str(payload["assignment"]["id"])


async def search(story: Story, request: str, until: str) -> None:
    """Take a request that has an advisor through the stages of a search, until one of them."""
    for stage in TO_OFFER[: TO_OFFER.index(until) + 1]:
        await story.do(OFFICER, "moveRequest", id=request, to=stage)


async def activity(story: Story, assignment: str, who: str, kind: str, summary: str) -> None:
    """Let an advisor report what they did that day."""
    done = str(story.moment.date())
    await story.do(who, "logActivity", assignment=assignment, kind=kind, doneOn=done, minutes=90, summary=summary)


async def received(story: Story) -> AsyncIterator[float]:
    """RECEIVED."""
    yield 2
    await ask(story, "preface", interimNeeded=True)


async def triaged(story: Story) -> AsyncIterator[float]:
    """TRIAGED."""
    yield 9
    request = await ask(story, "inkwell", creationRoute="ORDINANCE")
    yield 7
    await triage(story, request)


async def advised(story: Story) -> AsyncIterator[float]:
    """ADVISOR_MATCHED: by whoever is proposed first."""
    yield 13
    request = await ask(story, "epilogue_springs", creationRoute="ORDINANCE")
    yield 11
    await triage(story, request)
    yield 7.5
    await matched(story, request)


async def idle(story: Story) -> AsyncIterator[float]:
    """POSITION_CREATION, where nothing has happened for three weeks."""
    yield 36
    request = await ask(story, "parable", creationRoute="STATE_OPTIONAL_FORM")
    yield 32
    await triage(story, request)
    assignment = await matched(story, request, "second_advisor")
    yield 21
    await search(story, request, "POSITION_CREATION")
    await activity(story, assignment, "second_advisor", "CALL", "What an ordinance has to say of the office.")


async def drafted(story: Story) -> AsyncIterator[float]:
    """PROFILE_DRAFTED."""
    yield 24
    request = await ask(story, "quill_harbor", creationRoute="CHARTER")
    yield 20
    await triage(story, request)
    await matched(story, request, "third_advisor")
    yield 10
    await search(story, request, "PROFILE_DRAFTED")


async def recruiting(story: Story) -> AsyncIterator[float]:
    """RECRUITING, asked for by the coordinator of a campaign that was won."""
    yield 39
    about = {"campaign": story.found["campaign in plot_prairie"], "creationRoute": "CHARTER"}
    request = await ask(story, "plot_prairie", "second_coordinator", **about)
    yield 35
    await triage(story, request)
    assignment = await matched(story, request, "advisor")
    yield 8.5
    await search(story, request, "RECRUITING")
    await activity(story, assignment, "advisor", "MEETING", "The council read the profile.")


async def finalists(story: Story) -> AsyncIterator[float]:
    """FINALISTS: the first advisor applied for the position, was withdrawn at once, and another one helps."""
    yield 44
    request = await ask(story, "margin_heights", firstManager=False)
    yield 40
    await triage(story, request)
    await matched(story, request, "third_advisor")
    yield 25
    await search(story, request, "PROFILE_DRAFTED")
    applied = {"advisor": story.found["third_advisor"], "hiringRequest": request, "kind": "APPLICANT"}
    await story.do("third_advisor", "declareConflict", **applied)
    await matched(story, request, "advisor")
    yield 6
    for stage in ("RECRUITING", "FINALISTS"):
        await story.do(OFFICER, "moveRequest", id=request, to=stage)


async def offer(story: Story) -> AsyncIterator[float]:
    """OFFER."""
    yield 60
    request = await ask(story, "draftsbury", creationRoute="SPECIAL_ACT")
    yield 55
    await triage(story, request, 30)
    yield 4
    await search(story, request, "OFFER")


async def hire(story: Story, request: str, title: str) -> str:
    """Record who was hired as of that day; the placement's id."""
    day = str(story.moment.date())
    about = {"title": named(title), "managerName": named("Manager"), "appointedOn": day, "startsOn": day}
    return await story.do(OFFICER, "recordAppointment", hiringRequest=request, **about)


async def appointed(story: Story) -> AsyncIterator[float]:
    """APPOINTED, and nobody is told the name yet."""
    yield 58
    request = await ask(story, "footnote", firstManager=False)
    yield 53
    await triage(story, request, 20)
    yield 12
    await search(story, request, "OFFER")
    yield 3
    await hire(story, request, "Borough manager")


async def followed(story: Story) -> AsyncIterator[float]:
    """FOLLOW_UP: the next talk with the first manager is due within a month."""
    yield 117
    request = await ask(story, "chapter_grove", creationRoute="ORDINANCE")
    yield 116
    await triage(story, request, -80)
    assignment = await matched(story, request, "advisor")
    await activity(story, assignment, "advisor", "VISIT", "Walked through the village with the council.")
    yield 95
    await search(story, request, "OFFER")
    yield 80
    placement = await hire(story, request, "Village manager")
    await story.do(OFFICER, "publishPlacement", id=placement)
    await story.do(OFFICER, "completeAssignment", assignment=assignment)
    yield 11.5
    await story.do(OFFICER, "moveRequest", id=request, to="FOLLOW_UP")


async def held(story: Story) -> AsyncIterator[float]:
    """ON_HOLD, until the budget is passed."""
    yield 30
    request = await ask(story, "paper_falls")
    yield 26
    await triage(story, request, 200)
    yield 5
    reason = "The council wants to pass its budget first."
    await story.do(OFFICER, "moveRequest", id=request, to="ON_HOLD", reason=reason)


async def closed(story: Story) -> AsyncIterator[float]:
    """CLOSED: the community found somebody without the fund."""
    yield 43
    request = await ask(story, "fable_creek", firstManager=False)
    yield 31
    await story.do(OFFICER, "closeRequest", id=request, reason="The deputy manager moved up.")


async def declined(story: Story) -> AsyncIterator[float]:
    """DECLINED."""
    yield 27
    request = await ask(story, "parable", firstManager=False)
    yield 23.5
    reason = "The fund already helps the county with this position."
    await story.do(OFFICER, "moveRequest", id=request, to="DECLINED", reason=reason)


THREADS: tuple[Thread, ...] = (
    *(advisors, received, triaged, advised, idle, drafted, recruiting, finalists, offer, appointed, followed),
    *(held, closed, declined),
)
