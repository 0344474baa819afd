"""What an editorial file means: what the editors of this library say of resources, and not their sources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, NamedTuple

from pydantic import BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.communities.importing import STATE, References
from fund_api.communities.tables import CampaignKind, FormOfGovernment
from fund_api.core.cells import shape
from fund_api.core.columns import table_of
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, Kind, Line, Row, Translate, ids_by
from fund_api.core.records import Problems
from fund_api.core.words import search_text
from fund_api.library import catalogue
from fund_api.library.catalogue import RESOURCE, REVISION, resource_id, revision_id
from fund_api.library.tables import TagBasis
from fund_api.library.tag_tables import AudienceTag, PracticeAreaTag
from fund_api.library.taxonomy_importing import AREA

ABOUT, AUDIENCE = table_of(PracticeAreaTag), table_of(AudienceTag)


class Audience(NamedTuple):
    """Whom a resource is for; what is null fits all."""

    campaign_kind: CampaignKind | None
    state: str | None
    form: FormOfGovernment | None


def _parts(cell: object) -> list[str]:
    """What stands between semicolons; none twice."""
    parts = [" ".join(part.split()) for part in str(cell).split(";")] if cell is not None else []
    if "" in parts or len(set(parts)) < len(parts):
        raise ValueError("should have something between its semicolons, and nothing twice")
    return parts


def _areas(cell: object) -> tuple[str, ...]:
    return tuple(_parts(cell))


def _audiences(cell: object) -> tuple[Audience, ...]:
    """Each of a campaign kind, the two letters of a state and a form, or of some of them, with spaces between."""
    found = tuple(_audience(part) for part in _parts(cell))
    if len(set(found)) < len(found):
        raise ValueError("should name no audience twice")
    return found


def _audience(part: str) -> Audience:
    words = part.split()
    kinds = [word for word in words if word in set(CampaignKind)]
    forms = [word for word in words if word in set(FormOfGovernment)]
    states = [word for word in words if len(word) == 2 and word.isascii() and word.isupper()]
    if max(len(kinds), len(forms), len(states)) > 1 or len(kinds) + len(forms) + len(states) < len(words):
        raise ValueError(
            "should name audiences between semicolons, each by at most one campaign kind, one state of two capital"
            ' letters and one form of government, as "RETENTION OH COUNCIL_MANAGER; ADOPTION"'
        )
    return Audience(
        CampaignKind(kinds[0]) if kinds else None,
        states[0] if states else None,
        FormOfGovernment(forms[0]) if forms else None,
    )


class EditorialRow(Row):
    """A row of an editorial file.

    `resource_id` is that of a file of resources; of what a topic lists, the words of its title.
    """

    unique: ClassVar = (("resource_id",),)

    resource_id: Annotated[str, Field(max_length=100)]
    summary: Annotated[str, Field(max_length=2_000)] | None
    language: Annotated[str, shape(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", "a BCP 47 tag, as en or es-MX")] | None
    practice_areas: Annotated[tuple[str, ...], BeforeValidator(_areas)]
    audiences: Annotated[tuple[Audience, ...], BeforeValidator(_audiences)]


@dataclass(frozen=True)
class Editorials:
    """The translation of one file."""

    titles: Mapping[str, str]
    """Of the revisions that files brought, by their ids."""
    edited: frozenset[str]
    areas: References
    states: References
    problems: Problems

    def translate(self, lines: Iterable[Line[EditorialRow]]) -> Iterator[Entry]:
        """What is said in words, then the tags."""
        for line in lines:
            number, row = line
            title = self.titles.get(revision_id(row.resource_id))
            if title is None:
                message = f'needs the resource "{row.resource_id}", which is not loaded; load it first.'
                self.problems.add(number, "resource_id", message)
            elif resource_id(row.resource_id) not in self.edited:
                yield _words(row, title)
                yield from self._areas(line)
                yield from self._audiences(line)

    def _areas(self, line: Line[EditorialRow]) -> Iterator[Entry]:
        number, row = line
        for slug in row.practice_areas:
            area = self.areas.find(slug, number, "practice_areas")
            values: dict[str, object] = {
                "id": stable_id("areatag", row.resource_id, slug),
                "resource_id": resource_id(row.resource_id),
                "practice_area_id": area,
                "basis": TagBasis.EDITORIAL,
            }
            yield Entry(ABOUT, values)

    def _audiences(self, line: Line[EditorialRow]) -> Iterator[Entry]:
        number, row = line
        for whom in row.audiences:
            self.states.find(whom.state, number, "audiences")
            values: dict[str, object] = {
                "id": stable_id("aud", row.resource_id, *(part or "" for part in whom)),
                "resource_id": resource_id(row.resource_id),
                "campaign_kind": whom.campaign_kind,
                "state_code": whom.state,
                "form": whom.form,
                "basis": TagBasis.EDITORIAL,
            }
            yield Entry(AUDIENCE, values)


def _words(row: EditorialRow, title: str) -> Entry:
    values: dict[str, object] = {
        "revision_id": revision_id(row.resource_id),
        "summary": row.summary,
        "search_text": search_text(title, row.summary),
        "language": row.language,
        "language_basis": TagBasis.EDITORIAL if row.language is not None else None,
    }
    return Entry(REVISION, values)


async def _editorials(connection: AsyncConnection, problems: Problems) -> Translate[EditorialRow]:
    titles = await ids_by(connection, REVISION.c.revision_id, REVISION.c.title)
    areas = References(await ids_by(connection, AREA.c.slug, AREA.c.id), "practice area", problems)
    states = References(await ids_by(connection, STATE.c.code, STATE.c.name), "state", problems)
    return Editorials(titles, await catalogue.edited(connection, RESOURCE), areas, states, problems).translate


EDITORIAL = Kind("editorial", EditorialRow, (REVISION, ABOUT, AUDIENCE), _editorials)
