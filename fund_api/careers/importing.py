"""What a file of programs means: what others offer to those who learn the profession, with its page here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.careers.programs import COHORT, HOSTED, PROGRAM
from fund_api.careers.tables import ProgramKind
from fund_api.communities.importing import STATE, References
from fund_api.core.cells import searchable, shape
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, Kind, Line, Row, Translate, ids_by
from fund_api.core.records import Problems
from fund_api.core.text import fold
from fund_api.library import catalogue
from fund_api.library.catalogue import RESOURCE, resource_id
from fund_api.library.tables import TagBasis
from fund_api.library.taxonomy_importing import Slug


class ProgramRow(Row):
    """A row of a file of programs.

    `resource_id` is that of a file of resources; of what a topic lists, the words of its title.
    """

    unique: ClassVar = (("program",),)

    program: Slug
    name: Annotated[str, searchable(200)]
    kind: ProgramKind
    kind_basis: TagBasis
    provider: Annotated[str, Field(max_length=200)] | None
    url: (
        Annotated[
            str,
            Field(max_length=500),
            shape(r"https?://[^\s/]+\.\S+", "a web address with its scheme, as https://example.org"),
        ]
        | None
    )
    resource_id: Annotated[str, Field(max_length=100)] | None
    state: str | None


@dataclass(frozen=True)
class Programs:
    """The translation of one file."""

    edited: frozenset[str]
    """Programs that people here have written to."""
    slugs: Mapping[str, str]
    """The ids of the programs that are stored, by their slugs."""
    with_cohorts: frozenset[str]
    resources: frozenset[str]
    states: References
    problems: Problems

    def translate(self, lines: Iterable[Line[ProgramRow]]) -> Iterator[Entry]:
        """A program for each row, but for those that are the editors' by now."""
        for line in lines:
            number, row = line
            values: dict[str, object] = {
                "id": stable_id("program", row.program),
                "slug": row.program,
                "name": row.name,
                "name_folded": fold(row.name),
                "kind": row.kind,
                "kind_basis": row.kind_basis,
                "provider": row.provider,
                "url": row.url,
                "resource_id": self._page(line),
                "state_code": row.state if self.states.find(row.state, number, "state") else None,
            }
            if values["id"] not in self.edited:
                self._check(line, str(values["id"]))
                yield Entry(PROGRAM, values)

    def _check(self, line: Line[ProgramRow], program_id: str) -> None:
        """Problems of cells that contradict what editors wrote: another program's slug, and a kind without cohorts."""
        number, row = line
        if self.slugs.get(row.program, program_id) != program_id:
            self.problems.add(number, "program", f'"{row.program}" is the name of a program of an editor\'s.')
        if program_id in self.with_cohorts and row.kind not in HOSTED:
            message = f"is {' or '.join(HOSTED)}, since the program has cohorts, not {row.kind}."
            self.problems.add(number, "kind", message)

    def _page(self, line: Line[ProgramRow]) -> str | None:
        """The id of its page in the library; a problem of its cell when there is none."""
        number, row = line
        if row.resource_id is None:
            return None
        found = resource_id(row.resource_id)
        if found not in self.resources:
            message = f'needs the resource "{row.resource_id}", which is not loaded; load it first.'
            self.problems.add(number, "resource_id", message)
        return found


async def _programs(connection: AsyncConnection, problems: Problems) -> Translate[ProgramRow]:
    edited = await catalogue.edited(connection, PROGRAM)
    resources = frozenset(await ids_by(connection, RESOURCE.c.id, RESOURCE.c.id))
    states = References(await ids_by(connection, STATE.c.code, STATE.c.name), "state", problems)
    slugs = await ids_by(connection, PROGRAM.c.slug, PROGRAM.c.id)
    with_cohorts = frozenset(await ids_by(connection, COHORT.c.program_id, COHORT.c.program_id))
    return Programs(edited, slugs, with_cohorts, resources, states, problems).translate


PROGRAMS = Kind("programs", ProgramRow, (PROGRAM,), _programs)
