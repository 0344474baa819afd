"""Files of referenda, loaded after what they refer to."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from fund_api import loading
from fund_api.core.database import Database
from fund_api.core.importing import Loaded, Silence
from tests.rows import Cells, packaged, write

EARLIER = datetime(2026, 1, 1, tzinfo=UTC)


def cells(**changes: str) -> Cells:
    """A row of a referenda file: an adoption that failed in Saratoga Springs, but for the changes."""
    return {
        "place": "Saratoga Springs",
        "place_kind": "CITY",
        "state": "NY",
        "community_source_id": "3665255",
        "date": "2017-11-07",
        "date_precision": "DAY",
        "kind": "ADOPTION",
        "question": "Change from commission to council-manager",
        "outcome": "FAILED",
        "votes_for": "4448",
        "votes_against": "4458",
        "percent_for": "",
        "percent_against": "50.1",
        "form_before": "COMMISSION",
        "form_after": "COMMISSION",
        "source": "The Saratogian, 2017-11-15",
        "source_url": "https://example.org/2017",
        "note": "Unofficial count",
    } | changes


@cache
def _communities() -> list[Cells]:
    """Those that the packaged referenda name."""
    named = {row["community_source_id"] for row in packaged("referenda.csv.gz")}
    return [row for row in packaged("communities.csv.gz") if row["source_id"] in named]


async def load(database: Database, folder: Path, rows: list[Cells], now: datetime = EARLIER) -> Loaded:
    """Load these referenda, after the packaged sources and states and the communities that the packaged ones name."""
    given = {
        "referenda": rows,
        "communities": _communities(),
        "states": packaged("states.csv.gz"),
        "sources": packaged("sources.csv"),
    }
    paths = [write(folder / f"{name}.csv", content) for name, content in given.items()]
    return (await loading.load_files(database, paths, Silence(), now))[-1]
