"""What clients see of who wrote resources, where they appeared, and in which forms they are had."""

import datetime

import strawberry

from fund_api.core.facts import DatePrecision, Provenance
from fund_api.graph import declare
from fund_api.graph.declarations import Link
from fund_api.graph.types import Connection, Node
from fund_api.library import publication_tables as tables
from fund_api.library import visibility
from fund_api.library.publication_tables import FormatKind
from fund_api.library.tables import Publisher as PublisherTable
from schema.library import Resource

declare.enum(
    FormatKind,
    "In which form a resource is had.",
    WEB="A page to read in a browser.",
    PDF="A PDF file.",
    PRINT="On paper.",
)


@declare.entity(PublisherTable, order=("name",), visible=visibility.publisher)
class Publisher(Node):
    """Who publishes."""

    name: str = declare.column("Its name.", order=True, folded="name_folded")
    url: str | None = declare.column("Address of its site.")
    resources: Connection[Resource] = declare.to_many("What it publishes, the latest first.", key="publisher_id")
    periodicals: Connection["Periodical"] = declare.to_many("Its periodicals.", key="publisher_id")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Author, order=("name",), visible=visibility.author)
class Author(Node):
    """Who wrote resources."""

    name: str = declare.column("Their name.", order=True, folded="name_folded")
    resources: Connection[Resource] = declare.to_many(
        "What they wrote, the latest first.", via=Link(tables.ResourceAuthor, parent="author_id", child="resource_id")
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Series, order=("name",), visible=visibility.series)
class Series(Node):
    """Resources that appear under one name, one after the other."""

    name: str = declare.column("Its name.", order=True, folded="name_folded")
    summary: str | None = declare.column("What it is about, in our own words.")
    parts: Connection["SeriesPart"] = declare.to_many("Its parts by their numbers.", key="series_id")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.SeriesPart, order=("number",), visible=visibility.of_resource)
class SeriesPart(Node):
    """A resource as a part of a series."""

    number: int | None = declare.column("Its number; null where parts have none.", order=True)
    series: Series | None = declare.to_one("The series.", own="series_id")
    resource: Resource | None = declare.to_one("The part itself.", own="resource_id")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Periodical, order=("name",))
class Periodical(Node):
    """What appears in issues."""

    name: str = declare.column("Its name.", order=True, folded="name_folded")
    publisher: Publisher | None = declare.to_one("Who publishes it.", own="publisher_id")
    issues: Connection["PeriodicalIssue"] = declare.to_many("Its issues, the latest first.", key="periodical_id")
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.PeriodicalIssue, order=("-published_on",))
class PeriodicalIssue(Node):
    """One issue of a periodical."""

    label: str = declare.column("What it is called, as February 2020.")
    published_on: datetime.date = declare.column("When it appeared.", order=True)
    published_on_precision: DatePrecision = declare.column("How much of publishedOn is known.")
    periodical: Periodical = declare.to_one("What it is an issue of.", own="periodical_id")
    resource: Resource | None = declare.to_one("The whole issue, where the library has it.", own="resource_id")
    resources: Connection[Resource] = declare.to_many(
        "What of its contents the library has, in their order.",
        via=Link(tables.IssueResource, parent="issue_id", child="resource_id", order="position"),
    )
    provenance: Provenance = declare.column("How this row came to be here.")


@declare.entity(tables.Format, order=("kind",), visible=visibility.of_resource)
class Format(Node):
    """A form in which a resource is had."""

    kind: FormatKind = declare.column("The form.", order=True)
    url: str | None = declare.column(
        "Its own address, where it has one; null for who may not read the resource.",
        readable=visibility.of_resource_content,
    )
    media_type: str | None = declare.column("The media type of the file, as application/pdf.")
    size_bytes: int | None = declare.column("How large the file is, in bytes.")
    resource: Resource | None = declare.to_one("The resource.", own="resource_id")
    provenance: Provenance = declare.column("How this row came to be here.")


@strawberry.type
class PublicationQueries:
    """Root fields on publishers, authors, series and periodicals."""

    publishers: Connection[Publisher] = declare.listing("Everybody who publishes something here, by name.")
    authors: Connection[Author] = declare.listing("Everybody who wrote something here, by name.")
    series: Connection[Series] = declare.listing("All series, by name.")
    periodicals: Connection[Periodical] = declare.listing("All periodicals, by name.")
    periodical_issues: Connection[PeriodicalIssue] = declare.listing("The issues of all periodicals, the latest first.")
    series_parts: Connection[SeriesPart] = declare.listing("What belongs to series, by its number there.")
    formats: Connection[Format] = declare.listing("The forms in which resources are had.")
