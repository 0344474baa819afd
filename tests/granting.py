"""A database with communities, campaigns and grants that a test makes up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from fund_api.core.database import Database
from fund_api.core.ids import stable_id
from fund_api.core.money import LARGEST
from fund_api.core.words import search_text
from tests.rows import table

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STATES = {"CA": ("California", "06"), "OH": ("Ohio", "39")}

ORDER = (
    *(
        "source",
        "state",
        "community",
        "person",
        "organization",
        "campaign",
        "campaign_member",
        "ballot_measure",
        "milestone",
    ),
    *("fiscal_year", "funding_program", "grant", "contribution"),
)
EMPTIED = ("grant", "funding_program", "fiscal_year", "campaign", "community", "state")
Row = dict[str, Any]  # Any: a value of a column


@dataclass
class Fund:
    """Rows by table, in the order in which foreign keys want them."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)

    def community(self, name: str, state: str = "CA", population: int | None = None) -> str:
        """A city; the same name twice is two cities."""
        if all(row["code"] != state for row in self.rows.get("state", [])):
            full, fips = STATES[state]
            self._add("state", "state", code=state, name=full, name_folded=full.lower(), fips=fips)
        number = next(self.numbers)
        return self._add(
            "community",
            "comm",
            geoid=f"{number:07d}",
            name=name,
            name_folded=name.lower(),
            search_text=search_text(name, None, None, state),
            short_name=name,
            kind="CITY",
            state_code=state,
            population=population,
        )

    def campaign(self, community: str, kind: str = "ADOPTION", **values: Any) -> str:
        """A campaign of a community. Any: values of its columns."""
        dated = {"election_on_precision": "DAY"} if values.get("election_on") else {}
        fixed = {
            "title": "A drive",
            "title_folded": "a drive",
            "search_text": "drive zy",
            "stage": "INQUIRY",
            "date_inferred": False,
            "published_at": NOW,
            "version": 1,
        }
        return self._add("campaign", "camp", community_id=community, kind=kind, **fixed | dated | values)

    def organization(self, name: str) -> str:
        """A group of residents."""
        words = {"name": name, "name_folded": name.lower(), "search_text": search_text(name)}
        return self._add("organization", "org", kind="RESIDENTS_GROUP", **words)

    def grant(self, campaign: str, requested: int, awarded: int | None = None, **values: Any) -> str:
        """A grant of the fund's one program: a draft, or approved with an award; amounts are cents."""
        [community] = [row["community_id"] for row in self.rows["campaign"] if row["id"] == campaign]
        about = {"program_id": self.program(), "campaign_id": campaign, "community_id": community}
        status = values.pop("status", "DRAFT" if awarded is None else "APPROVED")
        paid = values.pop("disbursed", 0)
        settled = {"scheduled": paid, "disbursed": paid, "returned": 0}
        settled["released"] = (awarded or 0) - paid if status in ("COMPLETED", "CANCELLED") else 0
        fixed = {"status": status, "status_since": NOW, "purpose": "Mailings", "currency": "USD", "version": 1}
        return self._add("grant", "grant", requested=requested, awarded=awarded, **about, **fixed, **settled, **values)

    def program(self) -> str:
        """The fund's program of the fiscal year 2026, which promises and pays whatever its grants say."""
        if "funding_program" in self.rows:
            return str(self.rows["funding_program"][0]["id"])
        days = {"starts_on": date(2025, 10, 1), "ends_on": date(2026, 9, 30)}
        cap = {"currency": "USD", "lobbying_cap": 0, "lobbying": 0, "version": 1}
        year = self._add("fiscal_year", "year", year=2026, **days, **cap)
        money = {"currency": "USD", "appropriation": 0, "encumbered": 0, "expended": 0}
        bounds = {"grant_minimum": 1, "grant_maximum": LARGEST, "matching_policy": "NONE", "reviews_needed": 1}
        open_on = {"opens_on": days["starts_on"], "closes_on": days["ends_on"], "approves_after_election": False}
        named = {"name": "Grants", "name_folded": "grants", "version": 1}
        return self._add("funding_program", "fprog", fiscal_year_id=year, **money, **bounds, **open_on, **named)

    def contribution(self, campaign: str, amount: int) -> str:
        """A sum of cents that a source of its own reports the fund to have given to a campaign."""
        key = f"https://example.org/{next(self.numbers)}"
        words = {"title": "A report", "title_folded": "a report", "search_text": "report zy"}
        source = self._add("source", "source", key=key, url=key, **words)
        [community] = [row["community_id"] for row in self.rows["campaign"] if row["id"] == campaign]
        given = {"campaign_id": campaign, "community_id": community, "source_id": source}
        return self._add("contribution", "contrib", amount=amount, currency="USD", **given)

    def person(self, name: str, email: str | None = None, **values: Any) -> str:
        """Somebody who may sign in, by default without an address."""
        address = {"email": email, "email_folded": email and email.lower()}
        fixed = {"active": True, "version": 1}
        return self._add("person", "person", name=name, **fixed | address | values)

    def member(self, campaign: str, person: str) -> str:
        """Make somebody a member of a campaign, without any role."""
        return self._add("campaign_member", "member", campaign_id=campaign, person_id=person)

    def measure(self, campaign: str, **values: Any) -> str:
        """A question on a ballot, without a result."""
        words = {"question": "Shall there be a manager?", "question_folded": "shall there be a manager?"}
        fixed = {"search_text": "manag zy", "kind": "ADOPTION", "date_inferred": False, "result_status": "NONE"}
        return self._add("ballot_measure", "measure", campaign_id=campaign, version=1, **words | fixed | values)

    def milestone(self, campaign: str, kind: str = "ELECTION_DAY", **values: Any) -> str:
        """A dated step of a campaign."""
        return self._add("milestone", "mile", campaign_id=campaign, kind=kind, version=1, **values)

    def _add(self, table_name: str, prefix: str, /, **values: Any) -> str:
        key = stable_id(prefix, str(next(self.numbers)))
        stamps = {"provenance": "FICTIONAL", "created_at": NOW, "updated_at": NOW}
        self.rows.setdefault(table_name, []).append({"id": key, **stamps, **values})
        return key

    async def save(self, database: Database) -> None:
        """Insert all rows; rows of one table may differ in the columns that they have."""
        async with database.writing() as connection:
            for name in ORDER:
                given = self.rows.get(name, [])
                columns = {column: None for row in given for column in row}
                if given:
                    await connection.execute(table(name).insert(), [columns | row for row in given])


async def emptied(database: Database, names: Iterable[str] = EMPTIED) -> None:
    """Delete what a test made up before."""
    async with database.writing() as connection:
        for name in names:
            await connection.execute(table(name).delete())


def day(text: str) -> date:
    return date.fromisoformat(text)
