"""What a file of referenda means: the campaigns and measures of the past, and the forms that they tell of."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns.referenda import ReferendumRow, VoteOutcome
from fund_api.campaigns.tables import (
    BallotMeasure,
    BallotMeasureSource,
    Campaign,
    CampaignKind,
    MeasureKind,
    Outcome,
    ResultStatus,
    Stage,
)
from fund_api.communities.importing import (
    COMMUNITY,
    FORM_PERIOD,
    REFERENDUM,
    SOURCE,
    form_period_id,
    source_id,
)
from fund_api.communities.tables import CommunityKind, FormBasis, FormOfGovernment
from fund_api.core.columns import Table
from fund_api.core.facts import Confidence
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


class Place(NamedTuple):
    """What a row may refer to: a community that is loaded."""

    id: str
    state_code: str


@dataclass
class Referenda:
    """The translation of one file. Its rows are kept until all are read, since those of a campaign may stand apart."""

    places: Mapping[str, Place]
    as_of: date | None
    problems: Problems
    names: dict[str, tuple[str, int]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def translate(self, lines: Iterable[Line[ReferendumRow]]) -> Iterator[Entry]:
        """The campaigns, each with its sources, measures and form periods."""
        votes: dict[tuple[str, str], list[Line[ReferendumRow]]] = {}
        for line in lines:
            if self._has_place(line) and self._has_one_name(line):
                votes.setdefault((line.row.community_source_id, str(line.row.date)), []).append(line)
        for vote in votes.values():
            kind = self._measure_kind(vote)
            if kind is not None:
                yield self._campaign(kind, [line.row for line in vote])
                yield from self._measures(vote)
                yield from self._periods(vote)

    def _has_place(self, line: Line[ReferendumRow]) -> bool:
        number, row = line
        place = self.places.get(row.community_source_id)
        if place is None:
            message = f'needs the community "{row.community_source_id}", which is not loaded; load it first.'
            self.problems.add(number, "community_source_id", message)
        elif place.state_code != row.state:
            message = f'"{row.state}" is not the state of community {row.community_source_id}, {place.state_code}.'
            self.problems.add(number, "state", message)
            return False
        return place is not None

    def _has_one_name(self, line: Line[ReferendumRow]) -> bool:
        """One address is one source."""
        number, row = line
        name, first = self.names.setdefault(row.source_url, (row.source, number))
        if name != row.source:
            message = f'"{row.source}" should be "{name}", as line {first} names this source_url.'
            self.problems.add(number, "source", message)
        return name == row.source

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
            "id": _campaign_id(first),
            "community_id": self.places[first.community_source_id].id,
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
            if row.source_url not in self.told:
                self.told.add(row.source_url)
                yield self._source(row)
            yield measure
            link: dict[str, object] = {
                "ballot_measure_id": measure.values["id"],
                "source_id": source_id(row.source_url),
            }
            yield Entry(BALLOT_MEASURE_SOURCE, link)

    def _source(self, row: ReferendumRow) -> Entry:
        values: dict[str, object] = {
            "id": source_id(row.source_url),
            "key": row.source_url,
            "title": row.source,
            "title_folded": fold(row.source),
            "search_text": search_text(row.source),
            "url": row.source_url,
            "retrieved_on": self.as_of,
        }
        return Entry(SOURCE, values)

    def _measure(self, row: ReferendumRow) -> Entry:
        values: dict[str, object] = {
            "id": stable_id("measure", row.community_source_id, str(row.date), row.question),
            "campaign_id": _campaign_id(row),
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
            "community_id": self.places[row.community_source_id].id,
            "form": form,
            "basis": basis,
            "observed_on": row.date.first_day,
            "observed_on_precision": row.date.precision,
            "date_inferred": row.inferred,
            "confidence": Confidence.MEDIUM,
            "source_id": source_id(row.source_url),
        }
        return Entry(FORM_PERIOD, values)


def _campaign_id(row: ReferendumRow) -> str:
    return stable_id("camp", row.community_source_id, str(row.date))


async def _referenda(connection: AsyncConnection, problems: Problems) -> Translate[ReferendumRow]:
    """The results are as of the day on which the source REFERENDUM was read; without that source, unknown."""
    found = await connection.execute(sa.select(COMMUNITY.c.geoid, COMMUNITY.c.id, COMMUNITY.c.state_code))
    places = {geoid: Place(row_id, state) for geoid, row_id, state in found}
    read_on = sa.select(SOURCE.c.retrieved_on).where(SOURCE.c.key == REFERENDUM)
    as_of = await connection.scalar(read_on)
    return Referenda(places, as_of, problems).translate


REFERENDA = Kind(
    "referenda",
    ReferendumRow,
    (SOURCE, CAMPAIGN, BALLOT_MEASURE, BALLOT_MEASURE_SOURCE, FORM_PERIOD),
    _referenda,
)
