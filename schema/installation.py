"""What clients see of the installation that they ask: whether it is a demonstration."""

import strawberry

from fund_api.core.installation import STANDARD
from fund_api.core.tables import InstallationKind
from fund_api.graph import declare
from fund_api.graph.reading import Asking

declare.enum(
    InstallationKind,
    "What an installation is for.",
    STANDARD="The work itself: what people write here is entered, and nothing is made up.",
    DEMO="A demonstration: beside the real reference data everything is fictional, and nothing is done by it.",
)


@strawberry.type(description="The installation that answers you.")
class Installation:
    """What it is for."""

    kind: InstallationKind = strawberry.field(description="What it is for.")
    notice: str | None = strawberry.field(description="What whoever uses it has to know; null when there is nothing.")


async def installation(info: strawberry.Info[Asking, None]) -> Installation:
    """What the server read when it started."""
    here = info.context.services.get("installation", STANDARD)
    return Installation(kind=here.kind, notice=here.notice)


@strawberry.type
class InstallationQueries:
    """Root fields on the installation."""

    installation: Installation = strawberry.field(
        resolver=installation, description="Whether this is a demonstration, and what you have to know of it."
    )
