"""Careers in a demonstration: programs with sessions ahead, two cohorts of fellows, a scholarship, and a chapter."""

from collections.abc import AsyncIterator
from typing import Any

from fund_api.demo.accounts import named
from fund_api.demo.communities import STATE
from fund_api.demo.story import Story, Thread, money

EDITOR = "editor"


async def announce(story: Story, name: str, kind: str, summary: str, *areas: str) -> str:
    """Announce a program and publish it; its id."""
    about = {"kind": kind, "summary": summary, "provider": named("School of Nowhere"), "state": STATE}
    program = await story.do(EDITOR, "addProgram", name=named(name), practiceAreas=list(areas), **about)
    await story.do(EDITOR, "publishProgram", id=program)
    return program


async def session(story: Story, program: str, title: str, starts: int, dollars: int, **more: Any) -> str:
    """Add a session of a day; its id. Any: what JSON holds."""
    about = {"mode": "ONLINE", "price": money(dollars), "state": STATE} | more
    if "startsAt" not in about:
        about["startsOn"] = str(story.day(starts))
    return await story.do(EDITOR, "addSession", program=program, title=named(title), **about)


async def workshop(story: Story) -> AsyncIterator[float]:
    """A workshop with three sessions ahead, one of them full, and one that was cancelled."""
    yield 48
    name, summary = "Workshop: a council's first budget", "A day with the numbers of a town that does not exist."
    program = await announce(story, name, "WORKSHOP", summary, "finance-and-people")
    day = story.day(12)
    hours = {"startsAt": f"{day}T09:00", "endsAt": f"{day}T16:30", "timeZone": "America/Chicago"}
    closes = str(story.day(9))
    await session(story, program, "By video", 12, 60, **hours, capacity=40, registrationClosesOn=closes)
    place = {"mode": "IN_PERSON", "place": "1 Example Street, Nowhere"}
    full = await session(story, program, "In Nowhere", 26, 120, **place, capacity=12)
    await session(story, program, "In both", 75, 80, **(place | {"mode": "HYBRID"}), capacity=30)
    cancelled = await session(story, program, "Before breakfast", 20, 10)
    yield 12.5
    await story.do(EDITOR, "recordRegistrations", id=full, registered=12)
    await story.do(EDITOR, "cancelSession", id=cancelled, reason="Nobody came.")


async def course(story: Story) -> AsyncIterator[float]:
    """A course over three days, and a free assessment."""
    yield 37.5
    summary = "Three days on plans that outlive an election."
    program = await announce(story, "Course: planning ahead", "COURSE", summary, "strategic-planning")
    about = {"endsOn": str(story.day(43)), "capacity": 25, "registrationClosesOn": str(story.day(28))}
    await session(story, program, "Winter term", 41, 450, **about)
    summary = "Forty questions on what you can do already."
    assessed = await announce(
        story, "Assessment: ready to manage", "ASSESSMENT", summary, "performance-and-improvement"
    )
    await session(story, assessed, "Online, that day", 18, 0)


async def fellowship(story: Story) -> AsyncIterator[float]:
    """A cohort that works in communities of ZZ, and the next one, for which people can apply."""
    yield 115
    summary = "A year in the office of a manager who is made up."
    program = await announce(story, "Fellowship in management", "FELLOWSHIP", summary, "service-delivery")
    first = await cohort(story, program, "First cohort", (-114, -90, -55, 300))
    await story.do(EDITOR, "moveCohort", id=first, to="OPEN")
    yield 89
    await story.do(EDITOR, "moveCohort", id=first, to="SELECTING")
    placed = []
    for place, name in (("fable_creek", "Fellow"), ("margin_heights", "Second fellow"), ("footnote", "Third fellow")):
        host, person = story.found[place], {"fellowName": named(name), "fellowEmail": "fellow@example.org"}
        placed.append(await story.do(EDITOR, "proposeFellow", cohort=first, community=host, **person))
    yield 80.5
    for fellow in placed[:2]:
        await story.do(EDITOR, "moveFellow", id=fellow, to="CONFIRMED")
    await story.do(EDITOR, "moveFellow", id=placed[2], to="WITHDRAWN", reason="Took another position.")
    yield 54.5
    await story.do(EDITOR, "moveCohort", id=first, to="UNDERWAY")
    await story.do(EDITOR, "moveFellow", id=placed[0], to="UNDERWAY")
    yield 16
    following = await cohort(story, program, "Second cohort", (-15, 22, 120, 480))
    await story.do(EDITOR, "moveCohort", id=following, to="OPEN")


async def cohort(story: Story, program: str, name: str, days: tuple[int, int, int, int]) -> str:
    """Plan a cohort; its id. The days: applications open and close, it starts and ends."""
    names = ("applicationsOpenOn", "applicationsCloseOn", "startsOn", "endsOn")
    dates = {key: str(story.day(day)) for key, day in zip(names, days, strict=True)}
    return await story.do(EDITOR, "addCohort", program=program, name=named(name), seats=4, **dates)


async def scholarship(story: Story) -> AsyncIterator[float]:
    """A scholarship that people can apply for until next month, and a chapter of students."""
    yield 29.5
    summary = "Money for studies at a university that is made up."
    program = await announce(story, "Scholarship for future managers", "SCHOLARSHIP", summary)
    about = {"name": named("Spring term"), "eligibility": "Students in Nowhere.", "state": STATE}
    deadline = str(story.day(27))
    await story.do(EDITOR, "addScholarship", program=program, amount=money(2_500), deadlineOn=deadline, **about)
    place: dict[str, str] = {
        "state": STATE,
        "community": story.found["draftsbury"],
        "university": named("University of Nowhere"),
    }
    await story.do(EDITOR, "addChapter", name=named("Students of local government"), **place)


THREADS: tuple[Thread, ...] = (workshop, course, fellowship, scholarship)
