"""What tests of the statistics share: the rows that they pull, what they make of them, and how they ask."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import schema
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from schema.figures import POPULATION_BANDS
from tests.asking import REPORTER, Asker, asking
from tests.reporting.bulk import Row

OPERATIONS = Path(schema.__file__).parent / "operations/reporting"
ALL = ["REPORTED", "ENTERED", "FICTIONAL"]
WON = ("ADOPTED", "RETAINED")
CAMPAIGNS = """{ campaigns { nodes {
  id kind outcome openedOn electionOn electionOnPrecision community { population state { code } }
  grants(filter: { awarded: { gt: "0" } }) { totalCount } contributions { totalCount } supportEngagements { totalCount }
} } }"""
MEASURES = "{ ballotMeasures { nodes { kind passed votesFor votesAgainst margin campaign { id } } } }"
GRANTS = """{ grants { nodes {
  status submittedAt decidedAt awarded { amount } disbursed { amount } campaign { id }
} } }"""
CONTRIBUTIONS = "{ contributions { nodes { amount { amount } campaign { id } } } }"

Groups = dict[Any, list[Row]]
Answer = dict[str, Any]  # Any: JSON
VIEWERS = pytest.mark.parametrize("viewer", [PUBLIC, REPORTER], ids=["everybody", "reporter"])


@asynccontextmanager
async def answered(world: Database, viewer: Viewer, name: str) -> AsyncIterator[tuple[Asker, Answer]]:
    """A document's answer, and who asked."""
    async with asking(world, viewer) as ask:
        yield ask, await ask((OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8"), provenances=ALL)


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> Groups:
    found: Groups = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def told(groups: list[Answer], figure: str) -> dict[Any, Any]:
    """A figure of each group by the group's keys."""
    return {tuple(group["key"].values()): group[figure] for group in groups}


def rates(groups: Groups) -> list[Any]:
    """What win rates come to, by keys."""
    found = []
    for key, rows in groups.items():
        won = sum(row["outcome"] in WON for row in rows)
        found.append((key, len(rows), won, float(Decimal(won) / len(rows))))
    return sorted(found, key=str)


def answered_rates(groups: list[Answer]) -> list[Any]:
    told = [(*group["key"].values(), group["decided"], group["won"], group["winRate"]) for group in groups]
    return sorted(told, key=str)


def state(row: Row) -> str | None:
    return row["community.state.code"] or None


def band(row: Row) -> int | None:
    begins = (0, *POPULATION_BANDS)
    population = row["community.population"]
    return begins[bisect_right(begins, int(population)) - 1] if population else None


def campaign(row: Row) -> str | None:
    return row["campaign.id"] or None


def cast(row: Row) -> int | None:
    """The votes on a measure."""
    return int(row["votesFor"]) + int(row["votesAgainst"]) if row["votesFor"] and row["votesAgainst"] else None
