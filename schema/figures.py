"""What stats work out of columns, and the bands of population that they group communities by."""

from collections.abc import Mapping

from fund_api.graph.declarations import Votes, Work, Worked

POPULATION_BANDS = (2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000)
"""Residents at which each band begins."""

VOTES = Votes("campaign", "measures", ("votes_for", "votes_against"))
"""The votes on the campaign that money went to."""

OF_CAMPAIGNS: Mapping[str, Worked] = {
    "days_to_election": Worked(
        Work.DAYS,
        "opened_on",
        "election_on",
        "Days from the inquiry that opened it to election day; unknown unless both days are known.",
    )
}
OF_MEASURES: Mapping[str, Worked] = {
    "votes_cast": Worked(
        Work.TOTAL, "votes_for", "votes_against", "Votes of both sides; unknown unless both totals are known."
    ),
    "margin_ten_thousandths": Worked(
        Work.LEAD,
        "votes_for",
        "votes_against",
        "The margin in ten-thousandths of the votes of both sides, halves up: 1250 is 12.50 percent. Unknown unless "
        "both totals are known and somebody voted.",
    ),
}
OF_GRANTS: Mapping[str, Worked] = {
    "days_to_decision": Worked(
        Work.DAYS,
        "submitted_at",
        "decided_at",
        "Days from when it was handed in last to the decision; unknown unless both times are known.",
    )
}
