"""Scholarships and student chapters, as those keep them who look after programs."""

import datetime

import strawberry

from fund_api.careers import chapters, scholarships
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from schema.fellowships import Scholarship, StudentChapter
from schema.inputs import MoneyInput, given, key, optional, positive, version

Info = strawberry.Info[Acting, None]


@strawberry.input(description="A scholarship to announce.")
class AddScholarshipInput:
    """A new scholarship."""

    program: strawberry.ID = strawberry.field(description="The id of the program that it belongs to.")
    name: str = strawberry.field(description="Its name.")
    eligibility: str | None = optional("Who can have it.")
    amount: MoneyInput | None = optional("How much it is; left out when it differs.")
    deadline_on: datetime.date = strawberry.field(description="The last day on which one can apply, today or later.")
    state_code: str | None = strawberry.field(
        name="state",
        description="The code of the state that it is for; for all when left out.",
        default=strawberry.UNSET,
    )
    url: str | None = optional("Where to apply, http or https.")
    idempotency_key: str | None = key()


@strawberry.input(description="What to change of a scholarship; what is left out stays, null takes a value away.")
class UpdateScholarshipInput:
    """Changes of a scholarship."""

    id: strawberry.ID = strawberry.field(description="The id of the scholarship.")
    name: str | None = optional("Its name; a scholarship always has one.")
    eligibility: str | None = optional("Who can have it.")
    amount: MoneyInput | None = optional("How much it is.")
    deadline_on: datetime.date | None = optional("The last day on which one can apply; another one is today or later.")
    state_code: str | None = strawberry.field(
        name="state", description="The code of the state that it is for; null for all.", default=strawberry.UNSET
    )
    url: str | None = optional("Where to apply, http or https.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A scholarship to take back.")
class CancelScholarshipInput:
    """A scholarship and its version."""

    id: strawberry.ID = strawberry.field(description="The id of the scholarship.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="A student chapter to list.")
class AddChapterInput:
    """A new chapter, which is active."""

    name: str = strawberry.field(description="Its name; a university has no two chapters of one name.")
    university: str = strawberry.field(description="The university.")
    state_code: str = strawberry.field(name="state", description="The code of the state.")
    community_id: strawberry.ID | None = strawberry.field(
        name="community", description="The id of the community it lies in.", default=strawberry.UNSET
    )
    url: str | None = optional("Its address, http or https.")
    founded_on: datetime.date | None = optional("When it was founded.")
    idempotency_key: str | None = key()


@strawberry.input(description="What to change of a chapter; what is left out stays, null takes a value away.")
class UpdateChapterInput:
    """Changes of a chapter."""

    id: strawberry.ID = strawberry.field(description="The id of the chapter.")
    name: str | None = optional("Its name.")
    university: str | None = optional("The university.")
    state_code: str | None = strawberry.field(
        name="state", description="The code of the state.", default=strawberry.UNSET
    )
    community_id: strawberry.ID | None = strawberry.field(
        name="community", description="The id of the community it lies in.", default=strawberry.UNSET
    )
    url: str | None = optional("Its address, http or https.")
    founded_on: datetime.date | None = optional("When it was founded.")
    active: bool | None = optional("Whether it is active; others than active ones are not shown.")
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of a scholarship answer.")
class ScholarshipPayload(Payload):
    """A scholarship, or why not."""

    scholarship: Scholarship | None = strawberry.field(description="The scholarship as it is now.", default=None)


@strawberry.type(description="What mutations of a student chapter answer.")
class ChapterPayload(Payload):
    """A chapter, or why not."""

    chapter: StudentChapter | None = strawberry.field(description="The chapter as it is now.", default=None)


@strawberry.type
class ScholarshipMutations:
    """Mutations of scholarships and chapters."""

    @declare.mutation("Announce a scholarship of a program. Needs fund:career:manage.")
    async def add_scholarship(self, info: Info, input: AddScholarshipInput) -> ScholarshipPayload | None:
        values = _of_scholarship(input)
        return _scholarship(await scholarships.add_scholarship(info.context.tx, input.program, values))

    @declare.mutation("Change what is said of a scholarship. Needs fund:career:manage.")
    async def update_scholarship(self, info: Info, input: UpdateScholarshipInput) -> ScholarshipPayload | None:
        values, expected = _of_scholarship(input), input.expected_version
        await scholarships.update_scholarship(info.context.tx, input.id, values, expected_version=expected)
        return _scholarship(input.id)

    @declare.mutation("Take a scholarship back. It stays to be seen. Needs fund:career:manage.")
    async def cancel_scholarship(self, info: Info, input: CancelScholarshipInput) -> ScholarshipPayload | None:
        expected = input.expected_version
        await scholarships.cancel_scholarship(info.context.tx, input.id, expected_version=expected)
        return _scholarship(input.id)

    @declare.mutation("List a student chapter. Needs fund:career:manage.")
    async def add_chapter(self, info: Info, input: AddChapterInput) -> ChapterPayload | None:
        names = (name for name in chapters.SAID if name != "active")
        return _chapter(await chapters.add_chapter(info.context.tx, given(input, *names)))

    @declare.mutation("Change what is said of a student chapter. Needs fund:career:manage.")
    async def update_chapter(self, info: Info, input: UpdateChapterInput) -> ChapterPayload | None:
        values, expected = given(input, *chapters.SAID), input.expected_version
        await chapters.update_chapter(info.context.tx, input.id, values, expected_version=expected)
        return _chapter(input.id)


def _of_scholarship(input: AddScholarshipInput | UpdateScholarshipInput) -> dict[str, object]:
    """What is said of a scholarship, its amount in cents."""
    values = given(input, *scholarships.SAID)
    amount = values.get("amount")
    return values if amount is None else values | {"amount": positive(amount, "amount")}


def _scholarship(scholarship_id: str) -> ScholarshipPayload:
    return ScholarshipPayload(scholarship=declare.entity_of(scholarship_id))


def _chapter(chapter_id: str) -> ChapterPayload:
    return ChapterPayload(chapter=declare.entity_of(chapter_id))
