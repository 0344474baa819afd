"""Who works in a demonstration: an account for each role at least, and further ones where two people have to decide."""

from dataclasses import dataclass

import sqlalchemy as sa

from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.text import fold
from fund_api.core.writing import writing
from fund_api.demo.story import Story
from fund_api.people import rules, tokens
from fund_api.people.roles import Role
from fund_api.people.viewers import PERSON

FICTIONAL = "(fictional)"
"""With which the name of everything ends that is made up."""
FIRST = "administrator"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody at example.org, called by what they do."""

    key: str
    role: Role

    @property
    def name(self) -> str:
        """What they are called: Second approver (fictional)."""
        return named(self.key.replace("_", " ").capitalize())

    @property
    def email(self) -> str:
        """Their address, which no mail reaches: it is of a domain for examples."""
        return f"{self.key.replace('_', '-')}@example.org"


ACCOUNTS = (
    Account(FIRST, Role.ADMINISTRATOR),
    Account("grants_officer", Role.GRANTS_OFFICER),
    Account("second_grants_officer", Role.GRANTS_OFFICER),
    Account("reviewer", Role.REVIEWER),
    Account("second_reviewer", Role.REVIEWER),
    Account("approver", Role.APPROVER),
    Account("second_approver", Role.APPROVER),
    Account("finance", Role.FINANCE),
    Account("hiring_officer", Role.HIRING_OFFICER),
    Account("advisor", Role.ADVISOR),
    Account("second_advisor", Role.ADVISOR),
    Account("third_advisor", Role.ADVISOR),
    Account("fourth_advisor", Role.ADVISOR),
    Account("editor", Role.EDITOR),
    Account("reporter", Role.REPORTER),
    Account("member", Role.MEMBER),
    Account("coordinator", Role.COORDINATOR),
    Account("second_coordinator", Role.COORDINATOR),
    Account("third_coordinator", Role.COORDINATOR),
)
"""Coordinators get their role with their campaigns, where it holds."""


def named(text: str) -> str:
    """A name or a title as it says that what it names is made up."""
    return f"{text} {FICTIONAL}"


async def add_accounts(story: Story) -> None:
    """Let everybody come in: the first administrator as from the command line, the others by them."""
    first, *others = ACCOUNTS
    async with writing(story.database, SYSTEM, story.moment) as tx:
        story.people[FIRST] = await rules.add_person(tx, first.name, first.email)
        await rules.grant_role(tx, story.people[FIRST], first.role)
    for one in others:
        person = await story.do(FIRST, "addPerson", name=one.name, email=one.email)
        story.people[one.key] = person
        if one.role is not Role.COORDINATOR:
            await story.do(FIRST, "grantRole", person=person, role=one.role)


async def tokens_of(database: Database) -> list[tuple[Account, str]]:
    """A token for each account, made by the command line's rule; the text of each is told this once.

    Somebody who was erased since, or can't sign in, has none.
    """
    made = []
    async with writing(database, SYSTEM, clock.now()) as tx:
        for one in ACCOUNTS:
            known = sa.select(PERSON.c.id).where(PERSON.c.email_folded == fold(one.email), PERSON.c.active)
            for person in await tx.rows(known):
                _, text = await tokens.create_token(tx, person["id"], named("Demonstration"))
                made.append((one, text))
    return made
