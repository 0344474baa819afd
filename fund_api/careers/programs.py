"""Programs as editors announce them. What they say of a published one is public at once."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fund_api.careers.fellowship_tables import FellowshipCohort
from fund_api.careers.said import Values, at_version, said, unique
from fund_api.careers.tables import Program, ProgramKind, ProgramPracticeArea
from fund_api.careers.visibility import MANAGE
from fund_api.core.access import LookingAs
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidTransition, InvalidValue, NotFound
from fund_api.core.events import Change
from fund_api.core.ids import new_id
from fund_api.core.writing import Row, Transaction
from fund_api.library.content import slug as checked_slug
from fund_api.library.slugs import slug_of
from fund_api.library.tables import Resource, TagBasis
from fund_api.library.tag_tables import PracticeArea
from fund_api.library.visibility import EDIT, REVISION, live

PROGRAM, AREA, COHORT = table_of(Program), table_of(PracticeArea), table_of(FellowshipCohort)
TEACHES = table_of(ProgramPracticeArea)
SAID = ("name", "summary", "kind", "provider", "url", "resource_id", "state_code")
HOSTED = (ProgramKind.FELLOWSHIP, ProgramKind.INTERNSHIP)
"""Programs whose people work in a community, so that they have cohorts."""
MOST_AREAS = 100
"""Practice areas of a program."""


async def add_program(
    tx: Transaction, values: Values, *, practice_areas: Sequence[str] = (), slug: str | None = None
) -> str:
    """Begin a program, which nobody but its editors sees yet, and return its id; `values`: SAID, with name and kind.

    `practice_areas` are slugs. Without a slug it gets one that is made of its name. Raises InvalidValue, also for a
    slug that is taken; NotFound for a resource that the editor does not see.
    """
    tx.viewer.need(MANAGE)
    row = await _said(tx, values)
    areas = await _areas(tx, practice_areas)
    row |= {"id": new_id("program"), "kind_basis": TagBasis.EDITORIAL}
    if slug is None:
        await _add_under_any(tx, row)
    else:
        async with unique(tx, f"There is a program {slug} already.", "slug"):
            await tx.add(Program, "added", row | {"slug": checked_slug(slug)})
    if areas:
        await _teach(tx, row["id"], areas)
        _tell_areas(tx, None, sorted(areas))
    return str(row["id"])


async def update_program(
    tx: Transaction,
    program_id: str,
    values: Values,
    *,
    practice_areas: Sequence[str] | None = None,
    expected_version: int,
) -> None:
    """Change what is said of a program, and which practice areas it teaches, of which None leaves those it has.

    Another kind than the source's is the editors' word. Raises InvalidValue as `add_program` does, and for a kind
    without cohorts when there are some; VersionConflict, NotFound.
    """
    tx.viewer.need(MANAGE)
    before = at_version(await tx.row(Program, program_id), expected_version)
    row = await _said(tx, values)
    if row.get("kind", before["kind"]) != before["kind"]:
        await _check_kind(tx, before, row["kind"])
        row["kind_basis"] = TagBasis.EDITORIAL
    taught = sorted(await _taught(tx, program_id))
    wanted = await _areas(tx, taught if practice_areas is None else practice_areas)
    told = len(tx.done)
    await tx.alter(Program, "updated", before, row)
    if sorted(wanted) != taught:
        if len(tx.done) == told:
            await _touch(tx, before)
        await _teach(tx, program_id, wanted)
        _tell_areas(tx, taught, sorted(wanted))


async def publish_program(tx: Transaction, program_id: str, *, expected_version: int) -> None:
    """Let everybody see a program and what belongs to it, from now on."""
    tx.viewer.need(MANAGE)
    before = at_version(await tx.row(Program, program_id), expected_version)
    if before["published_at"] is not None:
        raise InvalidTransition("The program is published already.", "published", ())
    await tx.alter(Program, "published", before, {"published_at": tx.now})


async def withdraw_program(tx: Transaction, program_id: str, *, expected_version: int) -> None:
    """Let nobody but its editors see a program and what belongs to it any more; it can be published again."""
    tx.viewer.need(MANAGE)
    before = at_version(await tx.row(Program, program_id), expected_version)
    if before["published_at"] is None:
        raise InvalidTransition("The program is not published.", "draft", ())
    await tx.alter(Program, "withdrawn", before, {"published_at": None})


async def _said(tx: Transaction, values: Values) -> Row:
    row = await said(tx, Program, values, SAID)
    if row.get("resource_id") is not None:
        await _check_resource(tx, row["resource_id"])
    return row


async def _check_resource(tx: Transaction, resource_id: str) -> None:
    """Raises NotFound for a resource that is not there, or not live, which matters to who edits none."""
    await tx.row(Resource, resource_id, referable=True)
    if tx.viewer.may(EDIT):
        return
    seen = live(REVISION.c, LookingAs(tx.viewer, tx.now))
    if await tx.connection.scalar(sa.select(REVISION.c.id).where(REVISION.c.id == resource_id, seen)) is None:
        raise NotFound(f"There is no resource {resource_id}.")


async def _check_kind(tx: Transaction, before: Row, kind: ProgramKind) -> None:
    cohorts = sa.select(COHORT.c.id).where(COHORT.c.program_id == before["id"]).limit(1)
    if kind not in HOSTED and await tx.connection.scalar(cohorts) is not None:
        raise InvalidValue(f"A program that has cohorts is {' or '.join(HOSTED)}, not {kind}.", "kind")


async def _add_under_any(tx: Transaction, row: Row) -> None:
    """Add a program under a slug that is made of its name, with an end of its own where that is taken."""
    wanted = slug_of(row.get("name") or "") or "program"
    try:
        async with tx.connection.begin_nested():
            await tx.add(Program, "added", row | {"slug": wanted})
    except IntegrityError:
        await tx.add(Program, "added", row | {"slug": f"{wanted}-{row['id'][-8:]}"})


async def _areas(tx: Transaction, slugs: Sequence[str]) -> dict[str, str]:
    """The ids of practice areas by their slugs. Raises InvalidValue for too many, and for one that is not there."""
    wanted = list(dict.fromkeys(slugs))
    if len(wanted) > MOST_AREAS:
        raise InvalidValue(f"practice areas are at most {MOST_AREAS}, not {len(wanted):,}.", "practice_areas")
    known = sa.select(AREA.c.slug, AREA.c.id).where(AREA.c.slug.in_([one for one in wanted if "\x00" not in one]))
    found = {row["slug"]: row["id"] for row in await tx.rows(known)}
    for slug in wanted:
        if slug not in found:
            raise InvalidValue(f"There is no practice area {slug}.", "practice_areas")
    return found


async def _taught(tx: Transaction, program_id: str) -> list[str]:
    query = sa.select(AREA.c.slug).join(TEACHES, TEACHES.c.practice_area_id == AREA.c.id)
    return list((await tx.connection.scalars(query.where(TEACHES.c.program_id == program_id))).all())


async def _teach(tx: Transaction, program_id: str, areas: dict[str, str]) -> None:
    """Let a program that is held teach these practice areas, and no others."""
    await tx.connection.execute(TEACHES.delete().where(TEACHES.c.program_id == program_id))
    rows = [{"program_id": program_id, "practice_area_id": area_id} for area_id in areas.values()]
    if rows:
        await tx.connection.execute(TEACHES.insert(), rows)


async def _touch(tx: Transaction, before: Row) -> None:
    """Count a change of what stands beside the row of a program that is held."""
    this = PROGRAM.update().where(PROGRAM.c.id == before["id"])
    await tx.connection.execute(this.values(version=before["version"] + 1, updated_at=tx.now))
    tx.record(Program, "updated", before["id"], {}, {})


def _tell_areas(tx: Transaction, before: list[str] | None, after: list[str]) -> None:
    """Let the event that was recorded last tell the practice areas: an act is one event."""
    last = tx.done[-1]
    tx.done[-1] = replace(last, changes=(*last.changes, Change("practice_areas", before, after)))
