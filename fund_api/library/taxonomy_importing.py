"""What files of practice areas and of responsibilities mean: the words by which the library is sorted."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Annotated, ClassVar, TypeVar

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.cells import searchable, shape, whole
from fund_api.core.columns import table_of
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, Kind, Line, Row, Translate
from fund_api.core.records import Problems
from fund_api.library.tag_tables import PracticeArea, Responsibility

AREA, RESPONSIBILITY = table_of(PracticeArea), table_of(Responsibility)

Slug = Annotated[
    str, Field(max_length=60), shape(r"[a-z0-9]+(-[a-z0-9]+)*", "words in small letters and digits, joined by hyphens")
]
Place = Annotated[int, whole(1, 1_000)]


class TermRow(Row):
    """What practice areas and responsibilities have in common: a place among the others, a name, a summary."""

    position: Place
    name: Annotated[str, searchable(100)]
    summary: Annotated[str, Field(max_length=500)]


class PracticeAreaRow(TermRow):
    """A row of a file of practice areas."""

    unique: ClassVar = (("practice_area",), ("position",))

    practice_area: Slug


class ResponsibilityRow(TermRow):
    """A row of a file of responsibilities."""

    unique: ClassVar = (("responsibility",), ("position",))

    responsibility: Slug


R = TypeVar("R", bound=TermRow)


def _terms(table: sa.Table, column: str) -> Callable[[AsyncConnection, Problems], Awaitable[Translate[R]]]:
    """The translator of rows that `column` names."""

    async def translator(_connection: AsyncConnection, _problems: Problems) -> Translate[R]:
        def translate(lines: Iterable[Line[R]]) -> Iterator[Entry]:
            for _, row in lines:
                slug = getattr(row, column)
                values = row.model_dump(include={"position", "name", "summary"})
                yield Entry(table, {"id": stable_id(table.c.id.info["prefix"], slug), "slug": slug, **values})

        return translate

    return translator


PRACTICE_AREAS: Kind[PracticeAreaRow] = Kind("practice_areas", PracticeAreaRow, (AREA,), _terms(AREA, "practice_area"))
RESPONSIBILITIES: Kind[ResponsibilityRow] = Kind(
    "responsibilities", ResponsibilityRow, (RESPONSIBILITY,), _terms(RESPONSIBILITY, "responsibility")
)
