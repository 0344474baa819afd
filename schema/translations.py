"""What clients see of resources in other languages: the one that fits a reader best."""

from typing import Annotated

import strawberry

from fund_api.core.access import LookingAs
from fund_api.core.errors import InvalidValue
from fund_api.graph import declare
from fund_api.graph.reading import Asking
from fund_api.library import translations
from schema.library import Resource

Info = strawberry.Info[Asking, None]


@strawberry.input(description="What identifies a resource: exactly one of these.")
class ResourceName:
    """A key of a resource."""

    id: strawberry.ID | None = strawberry.field(description="Its id.", default=None)
    slug: str | None = strawberry.field(description="Its name in addresses.", default=None)


async def resolve(
    info: Info,
    of: Annotated[ResourceName, strawberry.argument(description="The resource, in any language.")],
    language: Annotated[
        list[str],
        strawberry.argument(
            description="The reader's languages by BCP 47, the best one first, such as es-MX and en. A language that"
            " the resource is not had in is looked for without its last parts: es."
        ),
    ],
) -> Resource | None:
    """A resource in the language that fits best."""
    given = {key: value for key, value in (("id", of.id), ("slug", of.slug)) if value is not None}
    if len(given) != 1:
        raise InvalidValue("of takes exactly one of id and slug.", "of")
    [(key, value)] = given.items()
    async with info.context.services["database"].reading() as connection:
        found = await translations.find(connection, LookingAs(info.context.viewer), key, value, language)
    return declare.entity_of(found)  # type: ignore[no-any-return]  # the engine reads the entity by its id


@strawberry.type
class TranslationQueries:
    """The root field on translations."""

    translation: Resource | None = strawberry.field(
        resolver=resolve,
        description="A resource in the first of the reader's languages that it is had in; else the original.",
    )
