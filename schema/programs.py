"""What clients see of funding programs: budgets, and the ledger of their money."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from fund_api.campaigns.procedure import percent_of
from fund_api.core.facts import Provenance
from fund_api.grants import paying_tables, tables, visibility
from fund_api.grants.paying_tables import EntryKind
from fund_api.grants.tables import MatchingPolicy
from fund_api.graph import declare
from fund_api.graph.types import Connection, Money, Node, Stats
from schema.fiscal_years import FiscalYear
from schema.people import Person

if TYPE_CHECKING:
    from schema.events import Event
    from schema.grant_parts import Disbursement
    from schema.grants import Grant

declare.enum(
    MatchingPolicy,
    "Whether a program asks for money of others beside its own.",
    NONE="It does not.",
    PLEDGED="A share of the award has to be pledged before the agreement is signed.",
    VERIFIED="It has to be pledged before the agreement, and the fund has to have seen it before a payment.",
)
declare.enum(
    EntryKind,
    "How an entry of the ledger moves a program's money.",
    APPROPRIATION="The program was given money or, below zero, some was taken away.",
    ENCUMBRANCE="Money was promised to a grant.",
    RELEASE="A promise was taken back: the grant will not be paid this.",
    EXPENDITURE="What was promised was paid.",
    RETURN="What was paid came back and is available again.",
)


@declare.entity(tables.FundingProgram, order=("closes_on",))
class FundingProgram(Node):
    """One budget of the fund in one fiscal year. Its sums are for staff with budgets."""

    name: str = declare.column("Its name.", order=True, folded="name_folded")
    fiscal_year: FiscalYear | None = declare.to_one(
        "The fiscal year of its money; for staff with budgets.", own="fiscal_year_id"
    )
    appropriated: Money | None = declare.money(
        "What it may spend in all.", column="appropriation", readable=visibility.budget
    )
    encumbered: Money | None = declare.money("What is promised and not paid yet.", readable=visibility.budget)
    expended: Money | None = declare.money("What is paid and did not come back.", readable=visibility.budget)
    available: Money | None = declare.money("What is neither promised nor paid.", readable=visibility.budget)
    grant_minimum: Money = declare.money("The smallest grant.")
    grant_maximum: Money = declare.money("The largest grant.")
    approval_threshold: Money | None = declare.money(
        "Above this a grant takes two approvers; null when one always suffices.", readable=visibility.budget
    )
    matching_policy: MatchingPolicy = declare.column("Whether it asks for money of others.")
    match_percent: float | None = declare.computed(
        "How much, in percent of the award; null when it asks for none.", percent_of, "match_hundredths"
    )
    approves_after_election: bool = declare.column("Whether it approves grants after election day.")
    reviews_needed: int = declare.column("How many reviews a grant needs before it is decided.")
    opens_on: datetime.date = declare.column("The first day on which it takes applications.")
    closes_on: datetime.date = declare.column("The last day on which it takes applications.", order=True)
    closed_at: datetime.datetime | None = declare.column("Since when it takes and approves nothing any more.")
    grants: Connection[Annotated["Grant", strawberry.lazy("schema.grants")]] = declare.to_many(
        "The grants from it that you may see, the oldest first.", key="program_id"
    )
    entries: Connection["LedgerEntry"] = declare.to_many("The ledger of its money, the latest first.", key="program_id")
    activity: Connection[Annotated["Event", strawberry.lazy("schema.events")]] = declare.to_many(
        "What was done with it, the latest first.", key="entity_id"
    )
    version: int = declare.column("How often people wrote it; changes name the version that they read.", filters=False)
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(paying_tables.LedgerEntry, order=("-created_at",), visible=visibility.entry)
class LedgerEntry(Node):
    """One movement of a program's money. Entries never change; every balance is the sum of its entries."""

    program: FundingProgram = declare.to_one("The program whose money moved.", own="program_id")
    grant: Annotated["Grant", strawberry.lazy("schema.grants")] | None = declare.to_one(
        "The grant that it is about; null for an appropriation.", own="grant_id"
    )
    disbursement: Annotated["Disbursement", strawberry.lazy("schema.grant_parts")] | None = declare.to_one(
        "The tranche that it is about.", own="disbursement_id"
    )
    kind: EntryKind = declare.column("How the money moved.")
    amount: Money = declare.money("How much; below zero only when an appropriation was cut.")
    recorded_by: Person | None = declare.to_one("Who did it.", own="recorded_by")
    created_at: datetime.datetime = declare.column("When it was entered.", order=True)
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class ProgramQueries:
    """Root fields on funding programs and the ledger."""

    funding_program: FundingProgram | None = declare.lookup("One funding program by its id.", "id")
    funding_programs: Connection[FundingProgram] = declare.listing("All funding programs, the first closing one first.")
    funding_program_stats: Stats = declare.stats(
        "What programs were given, promised, paid and have left, in groups; for staff with budgets.",
        FundingProgram,
        keys=("name", "matching_policy", "fiscal_year.year", "opens_on", "closes_on", "provenance"),
        measures=("appropriated", "encumbered", "expended", "available"),
    )
    ledger_entries: Connection[LedgerEntry] = declare.listing(
        "The ledger, the latest entry first; for staff with budgets."
    )
