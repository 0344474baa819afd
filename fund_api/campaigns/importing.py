"""What a file of referenda means: the campaigns and measures of the past, and the forms that they tell of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns.referenda import ReferendumRow, VoteOutcome
from fund_api.campaigns.tables import (
    BallotMeasure,
    BallotMeasureSource,
    Campaign,
    MeasureKind,
    Outcome,
    ResultStatus,
    Stage,
)
from fund_api.communities.citations import Citations
from fund_api.communities.importing import (
    FORM_PERIOD,
    REFERENDUM,
    SOURCE,
    Places,
    form_period_id,
    places,
    source_id,
)
from fund_api.communities.tables import CampaignKind, CommunityKind, FormBasis, FormOfGovernment
from fund_api.core.columns import Table
from fund_api.core.facts import Confidence, HistoricDate
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, Kind, Line, Translate
from fund_api.core.records import Problems
from fund_api.core.text import fold
from fund_api.core.words import search_text

CAMPAIGN, BALLOT_MEASURE, BALLOT_MEASURE_SOURCE = (
    Table.metadata.tables[str(table.__tablename__)] for table in (Campaign, BallotMeasure, BallotMeasureSource)
)


class Words(NamedTuple):
    """What a campaign is called, and what became of the form when the change passed and when it failed."""

    title: str
    passed: Outcome
    failed: Outcome


KINDS = {
    MeasureKind.ADOPTION: CampaignKind.ADOPTION,
    MeasureKind.ABANDONMENT: CampaignKind.RETENTION,
    MeasureKind.OTHER: CampaignKind.CHARTER_CHANGE,
}
"""The kind of a campaign by the change that its measures propose: who is to give up a manager wants retention."""

WORDS = {
    MeasureKind.ADOPTION: Words("adoption vote", Outcome.ADOPTED, Outcome.REJECTED),
    MeasureKind.ABANDONMENT: Words("retention vote", Outcome.ABANDONED, Outcome.RETAINED),
    MeasureKind.OTHER: Words("charter change vote", Outcome.ADOPTED, Outcome.REJECTED),
}


@dataclass
class Referenda:
    """The translation of one file. Its rows are kept until all are read, since those of a campaign may stand apart."""

    places: Places
    citations: Citations
    as_of: date | None
    problems: Problems

    def translate(self, lines: Iterable[Line[ReferendumRow]]) -> Iterator[Entry]:
        """The campaigns, each with its sources, measures and form periods."""
        votes: dict[tuple[str, str], list[Line[ReferendumRow]]] = {}
        for line in lines:
            number, row = line
            place = self.places.find(row.community_source_id, row.state, number)
            if place is not None and self.citations.fits(number, row.source, row.source_url):
                votes.setdefault((row.community_source_id, str(row.date)), []).append(line)
        for vote in votes.values():
            kind = self._measure_kind(vote)
            if kind is not None:
                yield self._campaign(kind, [line.row for line in vote])
                yield from self._measures(vote)
                yield from self._periods(vote)

    def _measure_kind(self, vote: list[Line[ReferendumRow]]) -> MeasureKind | None:
        """A vote towards or away from a manager prevails over other questions of its date; both at once are refused."""
        kinds = {line.row.kind for line in vote}
        if kinds == {MeasureKind.OTHER}:
            return MeasureKind.OTHER
        kinds.discard(MeasureKind.OTHER)
        if len(kinds) == 1:
            return kinds.pop()
        last = max(line.number for line in vote)
        message = "should not be both ADOPTION and ABANDONMENT in one community on one date."
        self.problems.add(last, "kind", message)
        return None

    def _campaign(self, kind: MeasureKind, rows: list[ReferendumRow]) -> Entry:
        first, words = rows[0], WORDS[kind]
        place = f"{first.place} County" if first.place_kind is CommunityKind.COUNTY else first.place
        title = f"{place}, {first.state}: {words.title} of {first.date.first_day.year}"
        passed = any(row.kind is kind and row.outcome is VoteOutcome.PASSED for row in rows)
        values: dict[str, object] = {
            "id": campaign_id(first.community_source_id, first.date),
            "community_id": self.places.ids[first.community_source_id],
            "title": title,
            "title_folded": fold(title),
            "search_text": search_text(title),
            "kind": KINDS[kind],
            "stage": Stage.DECIDED,
            "outcome": words.passed if passed else words.failed,
            **first.election,
            "date_inferred": all(row.inferred for row in rows),
        }
        return Entry(CAMPAIGN, values)

    def _measures(self, vote: list[Line[ReferendumRow]]) -> Iterator[Entry]:
        for _, row in vote:
            measure = self._measure(row)
            yield from self.citations.entries(row.source, row.source_url)
            yield measure
            link: dict[str, object] = {
                "ballot_measure_id": measure.values["id"],
                "source_id": source_id(row.source_url),
            }
            yield Entry(BALLOT_MEASURE_SOURCE, link)

    def _measure(self, row: ReferendumRow) -> Entry:
        values: dict[str, object] = {
            "id": stable_id("measure", row.community_source_id, str(row.date), row.question),
            "campaign_id": campaign_id(row.community_source_id, row.date),
            "question": row.question,
            "question_folded": fold(row.question),
            "search_text": search_text(row.question, row.note),
            "kind": row.kind,
            **row.election,
            "votes_for": row.votes_for,
            "votes_against": row.votes_against,
            "percent_for": row.percent_for,
            "percent_against": row.percent_against,
            "passed": row.outcome is VoteOutcome.PASSED,
            "result_status": ResultStatus.REPORTED,
            "form_before": row.form_before,
            "form_after": row.form_after,
            "note": row.note,
            "as_of": self.as_of,
            "confidence": Confidence.MEDIUM,
        }
        return Entry(BALLOT_MEASURE, values)

    def _periods(self, vote: list[Line[ReferendumRow]]) -> Iterator[Entry]:
        """One period for each source and basis of a vote; a source that says two forms is refused."""
        found: dict[str, tuple[FormOfGovernment, int]] = {}
        for number, row in vote:
            for basis, column in ((FormBasis.BEFORE_VOTE, "form_before"), (FormBasis.AFTER_VOTE, "form_after")):
                form = row.form_before if basis is FormBasis.BEFORE_VOTE else row.form_after
                if form is None:
                    continue
                period = form_period_id(row.community_source_id, row.source_url, basis, str(row.date))
                said, first = found.setdefault(period, (form, number))
                if said is not form:
                    message = f'"{form}" contradicts {said} on line {first}, of the same source and vote.'
                    self.problems.add(number, column, message)
                elif first == number:
                    yield self._period(period, row, basis, form)

    def _period(self, period: str, row: ReferendumRow, basis: FormBasis, form: FormOfGovernment) -> Entry:
        values: dict[str, object] = {
            "id": period,
            "community_id": self.places.ids[row.community_source_id],
            "form": form,
            "basis": basis,
            "observed_on": row.date.first_day,
            "observed_on_precision": row.date.precision,
            "date_inferred": row.inferred,
            "confidence": Confidence.MEDIUM,
            "source_id": source_id(row.source_url),
        }
        return Entry(FORM_PERIOD, values)


def campaign_id(geoid: str, voted_on: HistoricDate) -> str:
    """The stable id of the campaign of the vote that a community had on a date, as exactly as its source gives it."""
    return stable_id("camp", geoid, str(voted_on))


async def _referenda(connection: AsyncConnection, problems: Problems) -> Translate[ReferendumRow]:
    """The results are as of the day on which the source REFERENDUM was read; without that source, unknown."""
    known = await places(connection, problems)
    read_on = sa.select(SOURCE.c.retrieved_on).where(SOURCE.c.key == REFERENDUM)
    as_of = await connection.scalar(read_on)
    return Referenda(known, Citations(problems, {"retrieved_on": as_of}), as_of, problems).translate


REFERENDA = Kind(
    "referenda",
    ReferendumRow,
    (SOURCE, CAMPAIGN, BALLOT_MEASURE, BALLOT_MEASURE_SOURCE, FORM_PERIOD),
    _referenda,
)
