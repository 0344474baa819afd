"""What clients see: the GraphQL schema, joined from one module for each slice."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from fund_api.graph import declare, user_errors
from fund_api.graph.catalogue import Catalogue
from fund_api.graph.types import Node
from schema import facts as facts
from schema.advisor_mutations import AdvisorMutations
from schema.advisor_proposals import AdvisorProposalQueries
from schema.advisors import AdvisorQueries
from schema.application_mutations import ApplicationMutations
from schema.attachments import AttachmentQueries
from schema.audiences import AudienceQueries
from schema.campaign_mutations import CampaignMutations
from schema.campaign_work import CampaignWorkQueries
from schema.campaigns import CampaignQueries
from schema.career_mutations import CareerMutations
from schema.careers import CareerQueries
from schema.changes import ChangeQueries
from schema.communities import CommunityQueries
from schema.contributions import ContributionQueries
from schema.deadlines import DeadlineQueries
from schema.decision_mutations import DecisionMutations
from schema.drafts import DraftQueries
from schema.events import EventQueries
from schema.fellowship_mutations import FellowshipMutations
from schema.fellowships import FellowshipQueries
from schema.fiscal_mutations import FiscalMutations
from schema.fiscal_years import FiscalYearQueries
from schema.grant_decisions import GrantDecisionQueries
from schema.grant_parts import GrantPartQueries
from schema.grants import GrantQueries
from schema.hiring import HiringQueries
from schema.hiring_mutations import HiringMutations, HiringStateQueries
from schema.installation import InstallationQueries
from schema.library import LibraryQueries
from schema.library_mutations import LibraryMutations
from schema.live import Subscription
from schema.payment_mutations import PaymentMutations
from schema.people import PeopleQueries
from schema.people_mutations import PeopleMutations
from schema.placement_mutations import PlacementMutations
from schema.printing import PrintingQueries
from schema.printing_mutations import PrintingMutations
from schema.program_mutations import ProgramMutations
from schema.programs import ProgramQueries
from schema.publications import PublicationQueries
from schema.scholarship_mutations import ScholarshipMutations
from schema.search import SearchQueries
from schema.support_mutations import SupportMutations, SupportQueries
from schema.support_options import SupportOptionQueries
from schema.topic_mutations import TopicMutations
from schema.topics import TopicQueries
from schema.translations import TranslationQueries
from schema.views import ViewQueries
from schema.waiting import QueueQueries


@strawberry.type(description="Everything that can be read.")
class Query(
    CommunityQueries,
    CampaignQueries,
    CampaignWorkQueries,
    SupportQueries,
    SupportOptionQueries,
    FiscalYearQueries,
    ProgramQueries,
    GrantQueries,
    GrantPartQueries,
    GrantDecisionQueries,
    AttachmentQueries,
    QueueQueries,
    ContributionQueries,
    LibraryQueries,
    TranslationQueries,
    DraftQueries,
    TopicQueries,
    PublicationQueries,
    AudienceQueries,
    ViewQueries,
    PrintingQueries,
    HiringQueries,
    HiringStateQueries,
    AdvisorQueries,
    AdvisorProposalQueries,
    CareerQueries,
    FellowshipQueries,
    DeadlineQueries,
    SearchQueries,
    PeopleQueries,
    EventQueries,
    ChangeQueries,
    InstallationQueries,
):
    """The root of all queries."""

    node: Node | None = declare.node("Anything by its id; null when there is no such thing.")
    nodes: list[Node | None] = declare.nodes("Several things by their ids, in that order, null where there is none.")


@strawberry.type(description="Everything that can be done. What a user has to mend is in a payload's `errors`.")
class Mutation(
    CampaignMutations,
    SupportMutations,
    FiscalMutations,
    ProgramMutations,
    ApplicationMutations,
    DecisionMutations,
    PaymentMutations,
    PrintingMutations,
    HiringMutations,
    PlacementMutations,
    LibraryMutations,
    TopicMutations,
    CareerMutations,
    FellowshipMutations,
    ScholarshipMutations,
    AdvisorMutations,
    PeopleMutations,
):
    """The root of all mutations."""


def make_catalogue(fiscal_year_starts: int = 10) -> Catalogue:
    """The schema as the engine reads it, with every filter and order. The fiscal year starts in this month."""
    made = strawberry.Schema(
        Query, Mutation, Subscription, types=user_errors.TYPES, config=StrawberryConfig(auto_camel_case=True)
    )
    return Catalogue(made, fiscal_year_starts)
