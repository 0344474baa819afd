"""What clients see of how often readers open resources."""

from datetime import timedelta
from typing import Annotated

import strawberry

from fund_api.core import clock
from fund_api.core.access import LookingAs
from fund_api.core.errors import InvalidValue
from fund_api.graph import declare
from fund_api.graph.reading import Asking
from fund_api.library import views
from schema.library import Resource

Info = strawberry.Info[Asking, None]
MOST = 100
"""Resources that are told at once."""


@strawberry.type(description="A resource that readers opened, and how often.")
class PopularResource:
    """A resource and its views in a window of days."""

    resource: Resource | None = strawberry.field(description="The resource.")
    views: int = strawberry.field(description="How often readers opened it in these days.")


async def popular(
    info: Info,
    first: Annotated[int, strawberry.argument(description=f"How many at most, from 1 to {MOST}.")] = 20,
    days: Annotated[
        int,
        strawberry.argument(description=f"In how many days, from 1 to {views.LONGEST_WINDOW}; today is one of them."),
    ] = 30,
) -> list[PopularResource]:
    """What readers opened most."""
    for name, value, most in (("first", first, MOST), ("days", days, views.LONGEST_WINDOW)):
        if not 1 <= value <= most:
            raise InvalidValue(f"{name} lies between 1 and {most}, not at {value}.", name)
    now = clock.now()
    async with info.context.services["database"].reading() as connection:
        looking = LookingAs(info.context.viewer, now)
        found = await views.popular(connection, looking, now.date() - timedelta(days=days - 1), first)
    return [PopularResource(resource=declare.entity_of(one), views=number) for one, number in found]


@strawberry.type
class ViewQueries:
    """Root fields on views."""

    popular: list[PopularResource] = strawberry.field(
        resolver=popular, description="The resources that readers opened most in the last days, the most opened first."
    )
