"""The rows of the side-by-side harness, in the project's own tables.

The harness writes CSV files of made-up rows; their words for kinds and stages are mapped to ours one to one, so that
every row of a table keeps its size and every filter its share of the rows.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fund_api.campaigns.fiscal_tables import FiscalYear
from fund_api.campaigns.tables import Campaign, CampaignResource
from fund_api.communities.tables import Community, State
from fund_api.core.columns import Table, table_of
from fund_api.core.database import Database, Dialect
from fund_api.core.money import LARGEST
from fund_api.core.text import fold
from fund_api.core.words import search_text
from fund_api.grants.tables import FundingProgram, Grant
from fund_api.library.tables import Resource, Revision

BATCH = 5_000
STAMPS = {"created_at": datetime(2026, 1, 1, tzinfo=UTC), "updated_at": datetime(2026, 1, 1, tzinfo=UTC)}
ORIGIN = {"provenance": "FICTIONAL"} | STAMPS

FORMS = {
    "CITY": "COUNCIL_MANAGER",
    "TOWN": "TOWN_MEETING",
    "COUNTY": "COUNTY_EXECUTIVE",
    "VILLAGE": "MAYOR_COUNCIL",
    "SPECIAL_DISTRICT": "OTHER",
}
STAGES = {
    "IDEA": "INQUIRY",
    "PETITION": "QUALIFYING",
    "QUALIFIED": "ORGANIZING",
    "BALLOT": "ON_BALLOT",
    "DECIDED": "DECIDED",
    "ARCHIVED": "CLOSED",
}
STATUSES = {
    "DRAFT": "APPROVED",
    "SUBMITTED": "AGREEMENT_SIGNED",
    "REVIEW": "SUSPENDED",
    "APPROVED": "CLOSING",
    "PAID": "ACTIVE",
    "REJECTED": "CANCELLED",
    "CLOSED": "COMPLETED",
}
"""Every grant of the harness is one that the public sees: the peers show everything to everybody."""
YEAR = {"id": f"year_{0:026d}", "year": 2026, "starts_on": date(2025, 10, 1), "ends_on": date(2026, 9, 30)}
YEAR |= {"currency": "USD", "lobbying_cap": 0, "lobbying": 0, "version": 1} | ORIGIN
PROGRAM = {"id": f"fprog_{0:026d}", "fiscal_year_id": YEAR["id"], "name": "Grants", "name_folded": "grants"}
PROGRAM |= {"currency": "USD", "appropriation": 0, "encumbered": 0, "expended": 0, "version": 1} | ORIGIN
PROGRAM |= {"grant_minimum": 1, "grant_maximum": LARGEST, "matching_policy": "NONE", "reviews_needed": 0}
PROGRAM |= {"approves_after_election": False, "opens_on": YEAR["starts_on"], "closes_on": YEAR["ends_on"]}
"""All grants are of one program. It promises nothing: what is timed is reading."""
RESOURCE_KINDS = {"GUIDE": "GUIDE", "VIDEO": "VIDEO", "FORM": "CHECKLIST", "REPORT": "REPORT"}

Row = dict[str, Any]  # Any: a value of any column


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _id(text: str, prefix: str) -> str:
    return f"{prefix}_{text.rpartition('_')[2]}"


def _state(number: int, row: Row) -> Row:
    name = row["name"]
    return {"id": f"state_{number:026d}", **row, "name_folded": fold(name), "fips": f"{number:02d}"} | ORIGIN


def _community(number: int, row: Row) -> Row:
    name = row["name"]
    names = {"name": name, "name_folded": fold(name), "short_name": name}
    names["search_text"] = search_text(name, None, None, row["state_code"])
    form = FORMS[row["form_of_government"]]
    figures = {"population": int(row["population"]), "population_year": 2021, "form_of_government": form}
    place = {"id": row["id"], "geoid": f"{number:07d}", "kind": "CITY", "state_code": row["state_code"]}
    return place | names | figures | ORIGIN


def _campaign(_: int, row: Row) -> Row:
    election = _day(row["election_on"])
    dates = {"opened_on": _day(row["opened_on"]), "election_on": election, "date_inferred": False}
    words = {"title": row["title"], "title_folded": fold(row["title"]), "summary": row["summary"]}
    words["search_text"] = search_text(row["title"], row["summary"])
    kind = {"kind": row["kind"], "stage": STAGES[row["stage"]], "election_on_precision": "DAY" if election else None}
    state = {"published_at": STAMPS["created_at"], "version": 1}
    return {"id": row["id"], "community_id": row["community_id"]} | words | kind | dates | state | ORIGIN


def _grant(communities: dict[str, str], _: int, row: Row) -> Row:
    status, asked = STATUSES[row["status"]], int(row["amount_cents"])
    paid, released = (asked if status == end else 0 for end in ("COMPLETED", "CANCELLED"))
    amounts = {"currency": "USD", "requested": asked, "awarded": asked, "scheduled": paid, "disbursed": paid}
    amounts |= {"returned": 0, "released": released}
    times = {"submitted_at": _time(row["submitted_at"]), "decided_at": _time(row["decided_at"])}
    since = times["decided_at"] or times["submitted_at"] or STAMPS["created_at"]
    state = {"status": status, "status_since": since, "purpose": row["purpose"], "version": 1}
    about = {"program_id": PROGRAM["id"], "campaign_id": row["campaign_id"]}
    about["community_id"] = communities[row["campaign_id"]]
    return {"id": _id(row["id"], "grant")} | about | amounts | times | state | ORIGIN


def _resource(_: int, row: Row) -> Row:
    return {"id": _id(row["id"], "res"), "slug": row["id"]} | ORIGIN


def _revision(_: int, row: Row) -> Row:
    """What a resource says since long ago: every resource of the harness is one that everybody reads."""
    published = {"published_on": _day(row["published_on"]), "published_on_precision": "DAY"}
    words = {"title": row["title"], "title_folded": fold(row["title"]), "summary": row["summary"]}
    words["search_text"] = search_text(row["title"], row["summary"])
    kind = {"kind": RESOURCE_KINDS[row["kind"]], "access": "PUBLIC"}
    own = {"revision_id": _id(row["id"], "rev"), "id": _id(row["id"], "res"), "slug": row["id"], "number": 1}
    return own | words | kind | published | {"live_from": STAMPS["created_at"]} | ORIGIN


def _use(_: int, row: Row) -> Row:
    return {"campaign_id": row["campaign_id"], "resource_id": _id(row["resource_id"], "res")}


TABLES: dict[str, tuple[type[Table], Any]] = {  # Any: a function of (number, row); grants also know their communities
    "state": (State, _state),
    "community": (Community, _community),
    "campaign": (Campaign, _campaign),
    "grant": (Grant, _grant),
    "resource": (Resource, _resource),
    "revision": (Revision, _revision),
    "campaign_resource": (CampaignResource, _use),
}

FILES = {"revision": "resource"}
"""Tables whose rows stand in the file of another: the harness knows no revisions."""


def read(folder: Path, name: str) -> Iterator[Row]:
    """The rows of one file, as our table has them."""
    translate = TABLES[name][1]
    if name == "grant":
        translate = partial(translate, {row["id"]: row["community_id"] for row in _cells(folder, "campaign")})
    for number, row in enumerate(_cells(folder, FILES.get(name, name))):
        yield translate(number, row)


def _cells(folder: Path, name: str) -> Iterator[Row]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


async def load(database: Database, folder: Path) -> None:
    """Fill a migrated, empty database with every row of the harness."""
    for name, (model, _) in TABLES.items():
        rows = read(folder, name)
        async with database.writing() as connection:
            if name == "grant":
                await connection.execute(sa.insert(table_of(FiscalYear)), YEAR)
                await connection.execute(sa.insert(table_of(FundingProgram)), PROGRAM)
            while batch := list(islice(rows, BATCH)):
                await connection.execute(sa.insert(table_of(model)), batch)
    if database.dialect is Dialect.POSTGRESQL:
        async with database.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(sa.text("VACUUM ANALYZE"))
    else:
        async with database.writing() as connection:
            await connection.execute(sa.text("ANALYZE"))
