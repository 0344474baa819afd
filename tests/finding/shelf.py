"""A library that a test makes up: resources with what they are about, for whom, and where they stand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from fund_api.core.database import Database
from fund_api.core.ids import stable_id
from fund_api.core.words import search_text
from tests.granting import Fund
from tests.rows import table

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
ORDER = (
    *("resource", "revision", "topic", "topic_resource", "hub_section", "section_resource"),
    *("practice_area", "practice_area_tag", "audience_tag", "series", "series_part", "periodical", "form_period"),
)
Row = dict[str, Any]  # Any: a value of a column


@dataclass
class Shelf:
    """Rows by table, and the communities and campaigns beside them."""

    fund: Fund = field(default_factory=Fund)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)

    def resource(self, title: str, translation_of: str | None = None, **values: Any) -> str:
        """A resource with one revision, which is live; its slug is its title with hyphens. Any: values of columns."""
        slug = title.lower().replace(" ", "-")
        key = self._add("resource", "res", slug=slug, translation_of=translation_of)
        self.revision(key, title, **values)
        return key

    def revision(self, resource: str, title: str, number: int = 1, **values: Any) -> None:
        """One more revision of a resource."""
        [slug] = [row["slug"] for row in self.rows["resource"] if row["id"] == resource]
        words = {"title": title, "title_folded": title.lower(), "search_text": search_text(title, None)}
        said = {"kind": "ARTICLE", "access": "PUBLIC", "live_from": BEGUN} | values
        if said.get("language"):
            said["language_basis"] = "SOURCE"
        if said.get("published_on"):
            said["published_on_precision"] = "DAY"
        revision = stable_id("rev", resource, str(number))
        self._insert("revision", revision_id=revision, id=resource, slug=slug, number=number, **words, **said)

    def topic(self, name: str, *resources: str) -> str:
        """A topic and what belongs to it."""
        key = self._add("topic", "topic", slug=name.lower(), name=name, name_folded=name.lower(), version=1)
        for one in resources:
            self._link("topic_resource", topic_id=key, resource_id=one)
        return key

    def section(self, topic: str, title: str, *resources: str) -> str:
        """The next section of a topic's hub, with its resources in this order."""
        place = 1 + len(self.rows.get("hub_section", []))
        fixed = {"slug": title.lower().replace(" ", "-"), "title": title, "rule": "CURATED", "size": 12, "version": 1}
        key = self._add("hub_section", "section", topic_id=topic, position=place, **fixed)
        for position, one in enumerate(resources, 1):
            self._link("section_resource", section_id=key, resource_id=one, position=position)
        return key

    def practice_area(self, name: str, *resources: str) -> str:
        """A practice area and what is about it."""
        place = 1 + len(self.rows.get("practice_area", []))
        key = self._add("practice_area", "area", slug=name.lower(), name=name, summary=name, position=place)
        for one in resources:
            self._add("practice_area_tag", "areatag", resource_id=one, practice_area_id=key, basis="EDITORIAL")
        return key

    def tag(
        self, resource: str, kind: str | None = None, state: str | None = None, form: str | None = None, **values: Any
    ) -> str:
        """A word on for whom a resource is; states have to be there."""
        named = {"campaign_kind": kind, "state_code": state, "form": form}
        return self._add("audience_tag", "aud", resource_id=resource, **named, **{"basis": "EDITORIAL"} | values)

    def series(self, name: str, *numbered: tuple[str, int | None]) -> str:
        """A series and its parts."""
        key = self._add("series", "series", name=name, name_folded=name.lower())
        for one, number in numbered:
            self._add("series_part", "part", series_id=key, resource_id=one, number=number)
        return key

    def periodical(self, name: str) -> str:
        """What appears in issues."""
        return self._add("periodical", "periodical", name=name, name_folded=name.lower())

    async def save(self, database: Database) -> None:
        """Insert all rows; rows of one table may differ in the columns that they have."""
        await self.fund.save(database)
        async with database.writing() as connection:
            for name in ORDER:
                for row in self.rows.get(name, []):
                    await connection.execute(table(name).insert(), row)

    def _add(self, table_name: str, prefix: str, /, **values: Any) -> str:
        key = stable_id(prefix, str(next(self.numbers)))
        self._insert(table_name, id=key, **values)
        return key

    def _insert(self, table_name: str, /, **values: Any) -> None:
        self._link(table_name, provenance="FICTIONAL", created_at=BEGUN, updated_at=BEGUN, **values)

    def _link(self, table_name: str, /, **values: Any) -> None:
        self.rows.setdefault(table_name, []).append(values)
