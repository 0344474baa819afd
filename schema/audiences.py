"""What clients see of what resources are about, and for whom."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.careers.tables import ProgramPracticeArea
from fund_api.communities.tables import CampaignKind, FormOfGovernment
from fund_api.core.facts import Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link, OwnArgument
from fund_api.graph.types import Connection, Node
from fund_api.library import recommending, visibility
from fund_api.library import tag_tables as tables
from fund_api.library.tables import TagBasis
from schema.communities import State
from schema.library import Resource

if TYPE_CHECKING:
    from schema.careers import Program


@declare.entity(tables.PracticeArea, order=("position",))
class PracticeArea(Node):
    """A part of what a professional manager brings."""

    slug: str = declare.column("Its name in addresses and filters.")
    name: str = declare.column("Its name.")
    summary: str = declare.column("What belongs to it.")
    position: int = declare.column("Its place among the practice areas, from 1.", order=True)
    resources: Connection[Resource] = declare.to_many(
        "The resources about it, the latest first.",
        via=Link(tables.PracticeAreaTag, parent="practice_area_id", child="resource_id"),
    )
    programs: Connection[Annotated["Program", strawberry.lazy("schema.careers")]] = declare.to_many(
        "The programs that teach it, by name.",
        via=Link(ProgramPracticeArea, parent="practice_area_id", child="program_id"),
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Responsibility, order=("position",))
class Responsibility(Node):
    """Something that a manager does for a community; which of them varies from place to place."""

    slug: str = declare.column("Its name in addresses and filters.")
    name: str = declare.column("Its name.")
    summary: str = declare.column("What it means.")
    position: int = declare.column("Its place among the responsibilities, from 1.", order=True)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.PracticeAreaTag, visible=visibility.of_resource)
class PracticeAreaTag(Node):
    """That a resource is about a practice area, and who says so."""

    resource: Resource | None = declare.to_one("The resource.", own="resource_id")
    practice_area: PracticeArea = declare.to_one("The practice area.", own="practice_area_id")
    basis: TagBasis = declare.column("Who says so.")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.AudienceTag, order=("-specificity", "-views"), visible=visibility.of_resource)
class AudienceTag(Node):
    """For whom a resource is. What is null fits all."""

    resource: Resource | None = declare.to_one("The resource.", own="resource_id")
    campaign_kind: CampaignKind | None = declare.column("The kind of campaign that it helps.")
    state: State | None = declare.to_one("The state that it is about.", own="state_code", key="code")
    form: FormOfGovernment | None = declare.column("The form of government that it is about.")
    specificity: int | None = declare.column("How many of kind, state and form it names.", order=True)
    popularity: int = declare.column("How often readers opened the resource.", column="views")
    reason: str = declare.computed(
        "Why the resource is recommended, and who says so, in words.",
        recommending.reason,
        *("campaign_kind", "state_code", "form", "basis"),
    )
    basis: TagBasis = declare.column("Who says so.")
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class AudienceQueries:
    """Root fields on the taxonomy."""

    practice_area_tags: Connection[PracticeAreaTag] = declare.listing("Which resources are about which practice areas.")
    practice_areas: Connection[PracticeArea] = declare.listing("What a professional manager brings.")
    recommended_resources: Connection[AudienceTag] = declare.listing(
        "What helps a campaign, each resource with why: first what is tagged most exactly, then what readers opened"
        " most. What you leave out does not matter. Campaign.recommendedResources answers for a campaign that is here.",
        answering=recommending.answering,
        arguments={
            "campaignKind": OwnArgument("campaignKind", "What the campaign wants for the form of government."),
            "state": OwnArgument("state.code", "The two letters of its state, such as OH."),
            "form": OwnArgument("form", "The form of government that it is about."),
        },
    )
    responsibilities: Connection[Responsibility] = declare.listing("What a manager does for a community.")
