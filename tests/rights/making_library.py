"""The library of the world: resources that are live or not, for everybody or for some, with all that belongs to them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from fund_api.core.columns import Table
from fund_api.library.publication_tables import (
    Author,
    Format,
    IssueResource,
    Periodical,
    PeriodicalIssue,
    ResourceAuthor,
    Series,
    SeriesPart,
)
from fund_api.library.tables import Access, Publisher, Resource, Revision
from fund_api.library.tag_tables import AudienceTag, PracticeArea, PracticeAreaTag, Responsibility
from fund_api.library.topic_tables import HubSection, SectionPin, SectionResource, Topic, TopicResource
from fund_api.printing.tables import PrintItem, PrintOrder, PrintOrderLine
from tests.rights.rows import Rows

AGES_AGO, LONG_AGO, FAR_AHEAD = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 2001, 2999))
BEGUN, ENDED, COMING = (LONG_AGO, None), (AGES_AGO, LONG_AGO), (FAR_AHEAD, None)
DRAFT = (None, None)
STORIES = {
    Access.PUBLIC: (ENDED, BEGUN, DRAFT),
    Access.MEMBER: (ENDED, (LONG_AGO, FAR_AHEAD), COMING),
    Access.STAFF: (BEGUN, DRAFT),
}
"""From when until when the revisions of resources are live, by who may read those; of each one is, and is no draft."""
HIDDEN_STORIES = ((DRAFT,), (COMING, DRAFT), (ENDED,))
"""The same of resources that readers do not see."""
TRANSLATIONS = (1, 2)
"""Which resources are translations of the first one."""
LIBRARY_LINKS = (Resource, ResourceAuthor, IssueResource, PracticeAreaTag, TopicResource, SectionResource)

Windows = tuple[tuple[datetime | None, datetime | None], ...]


@dataclass
class Shelf:
    """Makes resources, and what all of them hang on."""

    rows: Rows
    state_code: str
    resources: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        add = self.rows.add
        self.area = add(PracticeArea)
        add(Responsibility)
        wider = add(Topic, parent_id=None)
        self.topic = add(Topic, parent_id=wider)
        self.section = add(HubSection, topic_id=self.topic, rule="POPULAR")
        self.periodical = add(Periodical, publisher_id=add(Publisher))

    def resource(self, access: str, windows: Windows, **shared: str) -> None:
        """A resource with its revisions and all that belongs to it. Unless they are given, it has an author and a series
        of its own, and every revision has a publisher of its own.
        """
        original = self.resources[0] if len(self.resources) in TRANSLATIONS else None
        resource = self.rows.add(Resource, translation_of=original)
        self.resources.append(resource)
        for number, (since, until) in enumerate(windows, 1):
            shown = {"live_from": since, "live_until": until, "number": number, "access": access}
            publisher = shared.get("publisher") or self.rows.add(Publisher)
            self.rows.add(Revision, id=resource, publisher_id=publisher, saved_by=None, **shown)
        self._hang(resource, shared)

    def _hang(self, resource: str, shared: dict[str, str]) -> None:
        author = shared.get("author") or self.rows.add(Author)
        series = shared.get("series") or self.rows.add(Series)
        about = {"resource_id": resource}
        self.rows.add(PracticeAreaTag, practice_area_id=self.area, **about)
        self.rows.add(AudienceTag, state_code=self.state_code, form="COUNCIL_MANAGER", **about)
        self.rows.add(Format, **about)
        self.rows.add(SeriesPart, series_id=series, number=len(self.resources), **about)
        issue = self.rows.add(PeriodicalIssue, periodical_id=self.periodical, **about)
        links: tuple[tuple[type[Table], dict[str, str]], ...] = (
            (ResourceAuthor, {"author_id": author}),
            (IssueResource, {"issue_id": issue}),
            (TopicResource, {"topic_id": self.topic}),
            (SectionPin, {"section_id": self.section}),
            (SectionResource, {"section_id": self.section}),
        )
        for link, other in links:
            self.rows.add(link, **about, **other)
        self.items.append(self.rows.add(PrintItem, **about))


def add_library(rows: Rows, state_code: str) -> Shelf:
    """Live resources for everybody, for members and for staff, and others; two share their author, series and publisher."""
    shelf = Shelf(rows, state_code)
    shared = {"publisher": rows.add(Publisher), "author": rows.add(Author), "series": rows.add(Series)}
    shelf.resource(Access.PUBLIC, (BEGUN,), **shared)
    shelf.resource(Access.PUBLIC, (DRAFT,), **shared)
    for access, windows in STORIES.items():
        shelf.resource(access, windows)
    for windows in HIDDEN_STORIES:
        shelf.resource(Access.PUBLIC, windows)
    return shelf


def add_orders(rows: Rows, shelf: Shelf, persons: dict[str, str], campaigns: list[str]) -> None:
    """An order of everybody, of a stranger for every campaign; of what is seen, and of what is not."""
    placed: list[tuple[str, str | None]] = [(person, None) for person in persons.values()]
    placed += [(persons["stranger"], campaign) for campaign in campaigns]
    for person, campaign in placed:
        order = rows.add(PrintOrder, person_id=person, campaign_id=campaign, state="SHIPPED")
        item = shelf.items[-1 if campaign is None else 0]
        rows.add(PrintOrderLine, order_id=order, print_item_id=item, quantity=4)
