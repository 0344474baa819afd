"""What a file of topic sections means: hubs, section by section, and what a source lists in each.

What is listed has a title and no address. It is one resource however often it is listed.
"""

from calendar import month_name
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.cells import Historic, searchable, whole
from fund_api.core.columns import table_of
from fund_api.core.facts import DatePrecision, HistoricDate
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, Kind, Line, Row, Translate
from fund_api.core.records import Problems
from fund_api.core.text import fold
from fund_api.library import catalogue, hubs
from fund_api.library.catalogue import FORMAT, RESOURCE, REVISION, Catalogue, Names, Said, known_kind, resource_id
from fund_api.library.hubs import BELONGS, PIN, SECTION, TOPIC
from fund_api.library.importing import CONTENTS, ISSUE, PERIODICAL, issue_entry
from fund_api.library.publication_tables import FormatKind, Series, SeriesPart
from fund_api.library.slugs import slug_of
from fund_api.library.taxonomy_importing import Place, Slug
from fund_api.library.topic_tables import SectionRule

SERIES, PART = table_of(Series), table_of(SeriesPart)

SIZE = 12
"""Resources of a section; its source does not say how many it shows."""
WINDOW_DAYS = 365
"""Days of which a popular section counts the views; its source does not say."""


class ListedFormat(StrEnum):
    """How something listed is had; courses are online or in person."""

    WEB = "WEB"
    PDF = "PDF"
    PRINT = "PRINT"
    ONLINE = "ONLINE"
    IN_PERSON = "IN_PERSON"


FORMATS = {
    ListedFormat.WEB: FormatKind.WEB,
    ListedFormat.PDF: FormatKind.PDF,
    ListedFormat.PRINT: FormatKind.PRINT,
}
"""Those that are forms of a resource."""


class SectionRow(Row):
    """A row of a file of topic sections: something that a section lists, or a section that lists nothing."""

    unique: ClassVar = (
        ("topic_slug", "section_slug", "position"),
        ("topic_slug", "section_slug", "title"),
    )
    together: ClassVar = (("position", "title", "kind"),)

    topic: Annotated[str, searchable(100)]
    topic_slug: Slug
    section: Annotated[str, Field(max_length=200)]
    section_slug: Slug
    section_rule: SectionRule
    position: Place | None
    title: Annotated[str, searchable(500)] | None
    kind: Annotated[str, AfterValidator(known_kind)] | None
    date: Historic | None
    series: Annotated[str, searchable(200)] | None
    series_number: Annotated[int, whole(1, 100_000)] | None
    periodical: Annotated[str, searchable(200)] | None
    edition: Annotated[str, Field(max_length=100)] | None
    format: ListedFormat | None

    @field_validator("date", "series", "edition", "format")
    @classmethod
    def _of_something(cls, said: object, info: ValidationInfo) -> object:
        if said is not None and info.data.get("title", "") is None:
            raise ValueError("should be blank where no title is")
        return said

    @field_validator("series_number")
    @classmethod
    def _of_series(cls, number: int | None, info: ValidationInfo) -> int | None:
        if number is not None and info.data.get("series", "") is None:
            raise ValueError("should be blank where no series is")
        return number

    @field_validator("periodical")
    @classmethod
    def _dated(cls, periodical: str | None, info: ValidationInfo) -> str | None:
        if periodical is not None and info.data.get("date", "") is None:
            raise ValueError("should have the date of its issue beside it")
        return periodical

    @property
    def key(self) -> str:
        """What the thing listed is known by in files: the words of its title."""
        return slug_of(self.title or "") or fold(self.title or "")

    @property
    def said(self) -> tuple[object, ...]:
        """What the row says of the thing listed, wherever it is listed."""
        about = (self.title, self.kind, self.date, self.edition, self.format)
        return (*about, self.series, self.series_number, self.periodical)


@dataclass
class Hubs:
    """The translation of one file."""

    stored: Catalogue
    edited: frozenset[str]
    """Topics and sections that are the editors' by now."""
    series: Names
    periodicals: Names
    problems: Problems
    titles: dict[tuple[str, ...], tuple[object, int]] = field(default_factory=dict)
    """What was said first of each topic, section, thing and part, and on which line."""
    counts: Counter[str] = field(default_factory=Counter)
    """How many sections each topic has so far, and how many things each issue."""
    belonging: set[tuple[str, str]] = field(default_factory=set)

    def translate(self, lines: Iterable[Line[SectionRow]]) -> Iterator[Entry]:
        """Topics and sections, then what they list, each once."""
        for line in lines:
            row = line.row
            yield from self._topic(line)
            yield from self._section(line)
            if row.title is not None:
                yield from self._listed(line)
                yield from self._places(row)

    def _first(self, line: Line[SectionRow], column: str, said: object, *name: str) -> bool:
        """Whether `name` comes for the first time; a problem when something else was said of it before."""
        before, first = self.titles.setdefault((column, *name), (said, line.number))
        if before != said:
            self.problems.add(line.number, column, f"should say of {name[-1]} what line {first} says.")
        return first == line.number

    def _topic(self, line: Line[SectionRow]) -> Iterator[Entry]:
        row = line.row
        topic = topic_id(row.topic_slug)
        if self._first(line, "topic", row.topic, row.topic_slug) and topic not in self.edited:
            named: dict[str, object] = {"name": row.topic, "name_folded": fold(row.topic)}
            yield Entry(TOPIC, {"id": topic, "slug": row.topic_slug, **named})

    def _section(self, line: Line[SectionRow]) -> Iterator[Entry]:
        row = line.row
        said = (row.section, row.section_rule)
        if not self._first(line, "section", said, row.topic_slug, row.section_slug):
            return
        topic, section = topic_id(row.topic_slug), section_id(row.topic_slug, row.section_slug)
        self.counts[topic] += 1
        if section in self.edited:
            return
        values: dict[str, object] = {
            "id": section,
            "topic_id": topic,
            "slug": row.section_slug,
            "title": row.section,
            "rule": row.section_rule,
            "position": self.counts[topic],
            "size": SIZE,
            "window_days": WINDOW_DAYS if row.section_rule is SectionRule.POPULAR else None,
        }
        yield Entry(SECTION, values)

    def _listed(self, line: Line[SectionRow]) -> Iterator[Entry]:
        """The thing itself, with the series and the issue that it is in."""
        row = line.row
        if not self._first(line, "title", row.said, row.key) or self.stored.leaves(row.key):
            return
        values = {"edition_label": row.edition}
        yield from self.stored.entries(Said(row.key, str(row.title), str(row.kind), row.date, values))
        if row.format in FORMATS:
            yield catalogue.format_entry(row.key, FORMATS[row.format])
        yield from self._part(line)
        yield from self._issue(row)

    def _part(self, line: Line[SectionRow]) -> Iterator[Entry]:
        row = line.row
        if row.series is None:
            return
        if row.series_number is not None:
            self._first(line, "series_number", row.key, row.series, str(row.series_number))
        yield from self.series.entries(row.series)
        series = self.series.id_of(row.series)
        about = {"series_id": series, "resource_id": resource_id(row.key), "number": row.series_number}
        yield Entry(PART, {"id": stable_id("part", series, row.key), **about})

    def _issue(self, row: SectionRow) -> Iterator[Entry]:
        if row.periodical is None or row.date is None:
            return
        yield from self.periodicals.entries(row.periodical)
        entry = issue_entry(self.periodicals.id_of(row.periodical), _label(row.date), row.date)
        issue = str(entry.values["id"])
        if issue not in self.counts:
            yield entry
        self.counts[issue] += 1
        content = {"issue_id": issue, "resource_id": resource_id(row.key), "position": self.counts[issue]}
        yield Entry(CONTENTS, content)

    def _places(self, row: SectionRow) -> Iterator[Entry]:
        """That the thing belongs to the topic and is pinned in the section."""
        resource, section = resource_id(row.key), section_id(row.topic_slug, row.section_slug)
        belongs = (topic_id(row.topic_slug), resource)
        if belongs not in self.belonging and not self.stored.leaves(row.key):
            self.belonging.add(belongs)
            yield Entry(BELONGS, {"topic_id": belongs[0], "resource_id": resource})
        if section not in self.edited:
            yield Entry(PIN, {"section_id": section, "resource_id": resource, "position": row.position})


def topic_id(slug: str) -> str:
    """The stable id of the topic with this slug."""
    return stable_id("topic", slug)


def section_id(topic: str, slug: str) -> str:
    """The stable id of a section of a topic, by their slugs."""
    return stable_id("section", topic, slug)


def _label(appeared: HistoricDate) -> str:
    """How an issue is called by its date: February 2020."""
    year, month = str(appeared.first_day.year), month_name[appeared.first_day.month]
    if appeared.precision is DatePrecision.YEAR:
        return year
    return (
        f"{month} {year}" if appeared.precision is DatePrecision.MONTH else f"{month} {appeared.first_day.day}, {year}"
    )


async def _hubs(connection: AsyncConnection, problems: Problems) -> Translate[SectionRow]:
    stored = await catalogue.catalogue(connection)
    edited = await catalogue.edited(connection, TOPIC) | await catalogue.edited(connection, SECTION)
    series, periodicals = await catalogue.names(connection, SERIES), await catalogue.names(connection, PERIODICAL)
    return Hubs(stored, edited, series, periodicals, problems).translate


TOPIC_SECTIONS = Kind(
    "topic_sections",
    SectionRow,
    (TOPIC, SECTION, SERIES, PERIODICAL, RESOURCE, REVISION, FORMAT, PART, ISSUE, CONTENTS, BELONGS, PIN),
    _hubs,
    hubs.refresh_all,
)
