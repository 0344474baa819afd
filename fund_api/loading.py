"""Filling the database: the packaged reference data, or files of the same columns."""

from collections.abc import Iterable
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from fund_api.campaigns.importing import REFERENDA
from fund_api.campaigns.procedure_rules import PROCEDURE_RULES
from fund_api.careers.importing import PROGRAMS
from fund_api.communities.importing import COMMUNITIES, SOURCES, STATES
from fund_api.core import importing
from fund_api.core.database import Database
from fund_api.core.importing import Kind, Loaded, Report
from fund_api.core.records import File
from fund_api.grants.importing import CONTRIBUTIONS
from fund_api.library.editorial_importing import EDITORIAL
from fund_api.library.hub_importing import TOPIC_SECTIONS
from fund_api.library.importing import RESOURCES
from fund_api.library.taxonomy_importing import PRACTICE_AREAS, RESPONSIBILITIES

KINDS: tuple[Kind[Any], ...] = (
    *(SOURCES, STATES, COMMUNITIES, REFERENDA, CONTRIBUTIONS, PROCEDURE_RULES),
    *(PRACTICE_AREAS, RESPONSIBILITIES, RESOURCES, TOPIC_SECTIONS, EDITORIAL, PROGRAMS),
)
"""Every kind after those it refers to. Any: each has a row model of its own."""

REFERENCE = (
    *("sources.csv", "states.csv.gz", "communities.csv.gz", "referenda.csv.gz"),
    *("contributions.csv", "procedure_rules.csv"),
    *("practice_areas.csv", "responsibilities.csv", "resources.csv", "topic_sections.csv", "editorial.csv"),
    "programs.csv",
)
"""The files of fund_api/data."""


async def load_reference(database: Database, report: Report, now: datetime) -> list[Loaded]:
    """Load the packaged data. Files that were loaded before change nothing."""
    return await _load(database, _reference(), report, now)


async def is_reference_loaded(database: Database) -> bool:
    """Whether every packaged file was loaded, as it is packaged now."""
    async with database.engine.connect() as connection:
        return all([await importing.is_loaded(connection, file) for file in _reference()])


async def load_files(database: Database, paths: Iterable[Path], report: Report, now: datetime) -> list[Loaded]:
    """Load files known by their columns, each in its own transaction, those that others refer to first.

    Raises BadFile at the first bad one; the files before it stay loaded.
    """
    return await _load(database, [File(str(path), path) for path in paths], report, now)


def _reference() -> list[File]:
    folder = files("fund_api") / "data"
    return [File(name, folder / name) for name in REFERENCE]


async def _load(database: Database, given: list[File], report: Report, now: datetime) -> list[Loaded]:
    known = [(importing.kind_of(file, KINDS), file) for file in given]
    known.sort(key=lambda pair: KINDS.index(pair[0]))
    return [await importing.load(database, kind, file, report, now) for kind, file in known]
