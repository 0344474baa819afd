"""Rows of the library's files, and loading them after what they refer to."""

from datetime import UTC, datetime
from pathlib import Path

from fund_api import loading
from fund_api.core.database import Database
from fund_api.core.importing import Loaded, Silence
from tests.rows import Cells, packaged, write

EARLIER, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)
LIBRARY = ("practice_areas.csv", "responsibilities.csv", "resources.csv", "topic_sections.csv", "editorial.csv")


def resource(**changes: str) -> Cells:
    """A brochure, but for the changes."""
    return {
        "resource_id": "B1",
        "title": "What a Manager Does",
        "kind": "BROCHURE",
        "date": "2017-12",
        "date_precision": "MONTH",
        "publisher": "ICMA",
        "authors": "",
        "url": "https://example.org/brochure",
        "title_source": "PAGE",
        "note": "",
    } | changes


def listed(**changes: str) -> Cells:
    """A report that the first section of a hub lists, but for the changes."""
    return {
        "topic": "Budgets",
        "topic_slug": "budgets",
        "section": "Read This",
        "section_slug": "read-this",
        "section_rule": "CURATED",
        "position": "1",
        "title": "Budgets in Plain Words",
        "kind": "REPORT",
        "series": "",
        "series_number": "",
        "periodical": "",
        "date": "",
        "edition": "",
        "format": "PDF",
    } | changes


def editorial(**changes: str) -> Cells:
    """What editors say of the brochure, but for the changes."""
    return {
        "resource_id": "B1",
        "summary": "A brochure on the work of a manager.",
        "language": "en",
        "practice_areas": "service-delivery",
        "audiences": "RETENTION COUNCIL_MANAGER; ADOPTION",
    } | changes


async def load(database: Database, folder: Path, name: str, *rows: Cells, now: datetime = EARLIER) -> Loaded:
    """Load one file of these rows."""
    return (await loading.load_files(database, [write(folder / name, rows)], Silence(), now))[0]


async def load_terms(database: Database, folder: Path) -> None:
    """Load what tags refer to: states and practice areas."""
    for name in ("sources.csv", "states.csv.gz", "practice_areas.csv"):
        await load(database, folder, name.removesuffix(".gz"), *packaged(name))


async def load_library(database: Database, folder: Path, now: datetime = EARLIER) -> list[Loaded]:
    """Load all packaged files of the library, and what they refer to."""
    await load_terms(database, folder)
    return [await load(database, folder, name, *packaged(name), now=now) for name in LIBRARY]
