"""What a file of resources means: publications, tools and pages of others, by title and address."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, ClassVar, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.cells import Historic, searchable, shape
from fund_api.core.columns import table_of
from fund_api.core.facts import DatePrecision
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, Kind, Line, Row, Translate
from fund_api.core.records import Problems
from fund_api.core.text import fold
from fund_api.library import catalogue, hubs
from fund_api.library.catalogue import FORMAT, RESOURCE, REVISION, Catalogue, Names, Said, known_kind, resource_id
from fund_api.library.publication_tables import (
    Author,
    FormatKind,
    IssueResource,
    Periodical,
    PeriodicalIssue,
    ResourceAuthor,
)
from fund_api.library.tables import LinkKind, Publisher

PUBLISHER, AUTHOR, PERIODICAL = (table_of(one) for one in (Publisher, Author, Periodical))
AUTHORED, ISSUE, CONTENTS = (table_of(one) for one in (ResourceAuthor, PeriodicalIssue, IssueResource))

_ISSUE_TITLE = re.compile(r"(?P<periodical>[^,:]+), (?P<label>[^:]{1,100})(: .+)?")
_ONE_FILE = re.compile(r".*/[^/?#]+\.(html?|pdf)", re.IGNORECASE)
_PAGE_COUNT = re.compile(r"\b\d+ pages\b")
_PAGES = frozenset({"ARTICLE", "WEB_PAGE", "TOPIC_PAGE", "BLOG_POST"})
"""Kinds of which an address of their own is a page to read."""


class TitleSource(StrEnum):
    """Where a title was read: on the page, in its address, on a list that names it, in the contents of an issue."""

    PAGE = "PAGE"
    URL_SLUG = "URL_SLUG"
    LIST_PAGE = "LIST_PAGE"
    ISSUE_CONTENTS = "ISSUE_CONTENTS"


def _authors(cell: object) -> tuple[str, ...]:
    """Names between semicolons, none twice."""
    found = tuple(part.strip() for part in str(cell).split(";")) if cell is not None else ()
    if len({fold(name) for name in found}) < len(found) or any(not 1 <= len(fold(name)) <= 200 for name in found):
        raise ValueError("should be names of at most 200 characters between semicolons, none twice")
    return found


class ResourceRow(Row):
    """A row of a file of resources."""

    unique: ClassVar = (("resource_id",),)
    together: ClassVar = (("date", "date_precision"),)

    resource_id: Annotated[str, shape(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}", "letters, digits and hyphens")]
    title: Annotated[str, searchable(500)]
    kind: Annotated[str, AfterValidator(known_kind)]
    date: Historic | None
    date_precision: DatePrecision | None
    publisher: Annotated[str, searchable(200)] | None
    authors: Annotated[tuple[str, ...], BeforeValidator(_authors)]
    url: (
        Annotated[
            str,
            Field(max_length=500),
            shape(r"https?://[^\s/]+\.\S+", "a web address with its scheme, as https://example.org"),
        ]
        | None
    )
    title_source: TitleSource
    note: Annotated[str, Field(max_length=1_000)] | None

    @field_validator("date_precision")
    @classmethod
    def _fits_date(cls, precision: DatePrecision | None, info: ValidationInfo) -> DatePrecision | None:
        written = info.data.get("date")
        if written is not None and precision is not None and written.precision is not precision:
            raise ValueError(f'does not fit the date "{written}", which is of precision {written.precision}')
        return precision

    @property
    def link_kind(self) -> LinkKind | None:
        """What the address leads to.

        A title that stands on a list came with the list's address, unless that is the address of one file. An issue
        holds what is in its contents. A work with numbered pages is not the page that tells of it.
        """
        if self.url is None:
            return None
        if self.title_source is TitleSource.LIST_PAGE and not _ONE_FILE.fullmatch(self.url):
            return LinkKind.LIST
        counted = self.note is not None and _PAGE_COUNT.search(self.note)
        return LinkKind.ABOUT if counted and self.format is not FormatKind.PDF else LinkKind.WORK

    @property
    def format(self) -> FormatKind | None:
        """The form in which the work is had at its address, where the address or the kind says so."""
        file = _ONE_FILE.fullmatch(self.url) if self.url is not None else None
        if file is not None and file[1].lower() == "pdf":
            return FormatKind.PDF
        own = self.url is not None and self.title_source in (TitleSource.PAGE, TitleSource.URL_SLUG)
        return FormatKind.WEB if own and self.kind in _PAGES else None


class _Issue(NamedTuple):
    issue_id: str
    contents: list[str]
    """The ids of what the file names of its contents, in the file's order."""


@dataclass
class Resources:
    """The translation of one file. Its rows are kept until all are read: contents may stand before their issue."""

    stored: Catalogue
    publishers: Names
    authors: Names
    periodicals: Names
    problems: Problems
    issues: dict[str, _Issue] = field(default_factory=dict)
    """By their addresses."""

    def translate(self, lines: Iterable[Line[ResourceRow]]) -> Iterator[Entry]:
        """The resources, each with who published and wrote it, then what appeared in which issue."""
        rows = list(lines)
        for _, row in rows:
            yield from self._resource(row)
        for line in rows:
            if line.row.kind == "MAGAZINE_ISSUE":
                yield from self._issue(line)
        for _, row in rows:
            yield from self._content(row)

    def _resource(self, row: ResourceRow) -> Iterator[Entry]:
        if self.stored.leaves(row.resource_id):
            return
        yield from self._publisher(row)
        values = {"publisher_id": self._publisher_id(row), "url": row.url, "link_kind": row.link_kind}
        yield from self.stored.entries(Said(row.resource_id, row.title, row.kind, row.date, values))
        yield from self._authors(row)
        if row.format is not None:
            yield catalogue.format_entry(row.resource_id, row.format)

    def _publisher(self, row: ResourceRow) -> Iterator[Entry]:
        if row.publisher is not None:
            yield from self.publishers.entries(row.publisher)

    def _publisher_id(self, row: ResourceRow) -> str | None:
        return self.publishers.id_of(row.publisher) if row.publisher is not None else None

    def _authors(self, row: ResourceRow) -> Iterator[Entry]:
        for position, name in enumerate(row.authors, 1):
            yield from self.authors.entries(name)
            link = {"resource_id": resource_id(row.resource_id), "author_id": self.authors.id_of(name)}
            yield Entry(AUTHORED, {**link, "position": position})

    def _issue(self, line: Line[ResourceRow]) -> Iterator[Entry]:
        number, row = line
        titled = _ISSUE_TITLE.fullmatch(row.title)
        if titled is None:
            message = f'"{row.title}" should name the periodical and the issue of it, as "PM Magazine, June 2025".'
            self.problems.add(number, "title", message)
        elif row.date is None:
            self.problems.add(number, "date", "should not be blank of an issue.")
        else:
            name, label = titled["periodical"], titled["label"]
            yield from self._publisher(row)
            yield from self.periodicals.entries(name, publisher_id=self._publisher_id(row))
            entry = issue_entry(self.periodicals.id_of(name), label, row.date)
            yield Entry(ISSUE, {**entry.values, "resource_id": resource_id(row.resource_id)})
            if row.url is not None:
                self.issues[row.url] = _Issue(str(entry.values["id"]), [])

    def _content(self, row: ResourceRow) -> Iterator[Entry]:
        issue = self.issues.get(row.url) if row.url is not None else None
        if issue is None or row.title_source is not TitleSource.ISSUE_CONTENTS or self.stored.leaves(row.resource_id):
            return
        content = resource_id(row.resource_id)
        issue.contents.append(content)
        yield Entry(CONTENTS, {"issue_id": issue.issue_id, "resource_id": content, "position": len(issue.contents)})


def issue_entry(periodical_id: str, label: str, appeared: Historic) -> Entry:
    """An issue of a periodical, by its label."""
    values: dict[str, object] = {
        "id": stable_id("issue", periodical_id, label),
        "periodical_id": periodical_id,
        "label": label,
        "published_on": appeared.first_day,
        "published_on_precision": appeared.precision,
    }
    return Entry(ISSUE, values)


async def _resources(connection: AsyncConnection, problems: Problems) -> Translate[ResourceRow]:
    stored = await catalogue.catalogue(connection)
    publishers, authors = await catalogue.names(connection, PUBLISHER), await catalogue.names(connection, AUTHOR)
    periodicals = await catalogue.names(connection, PERIODICAL)
    return Resources(stored, publishers, authors, periodicals, problems).translate


RESOURCES = Kind(
    "resources",
    ResourceRow,
    (PUBLISHER, AUTHOR, PERIODICAL, RESOURCE, REVISION, AUTHORED, FORMAT, ISSUE, CONTENTS),
    _resources,
    hubs.refresh_all,
)
