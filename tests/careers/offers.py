"""Programs that a test makes up, with sessions, cohorts and scholarships."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from fund_api.core.database import Database
from fund_api.core.ids import stable_id
from tests.granting import STATES
from tests.rows import table

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
ORDER = ("state", "program", "program_session", "fellowship_cohort", "scholarship")
NAMED = STATES | {"NY": ("New York", "36"), "CO": ("Colorado", "08")}
Row = dict[str, Any]  # Any: a value of a column


@dataclass
class Offers:
    """Rows by table. What is made up here is ENTERED, published, stands, and costs nothing."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)

    def state(self, code: str) -> str:
        """A state, once; its code."""
        if all(row["code"] != code for row in self.rows.get("state", [])):
            name, fips = NAMED[code]
            self._add("state", "state", code=code, name=name, name_folded=name.lower(), fips=fips)
        return code

    def program(self, name: str = "Academy", state: str | None = None, **values: Any) -> str:
        """A workshop. Any: values of columns."""
        named = {"name": name, "name_folded": name.lower(), "slug": f"program-{next(self.numbers)}"}
        fixed = {"kind": "WORKSHOP", "kind_basis": "EDITORIAL", "published_at": BEGUN, "version": 1}
        return self._add("program", "program", state_code=state and self.state(state), **named, **fixed | values)

    def session(self, program: str, title: str = "A day", state: str | None = None, **values: Any) -> str:
        """A session of one whole day, online. Any: values of columns."""
        day = values.get("starts_on", date(2026, 5, 4))
        fixed = {"starts_on": day, "ends_on": day, "mode": "ONLINE", "currency": "USD", "registered": 0, "version": 1}
        about = {"program_id": program, "title": title, "state_code": state and self.state(state)}
        return self._add("program_session", "session", **about, **fixed | values)

    def hours(self, program: str, title: str, begins: datetime, ends: datetime, zone: str, **values: Any) -> str:
        """A session of some hours. Any: values of columns."""
        said: Row = {"starts_at": begins, "ends_at": ends, "time_zone": zone}
        days: Row = {"starts_on": begins.date(), "ends_on": ends.date()}
        return self.session(program, title, **said, **days, **values)

    def cohort(self, program: str, name: str, closes: date, **values: Any) -> str:
        """A cohort that takes applications. Any: values of columns."""
        days = {"applications_open_on": date(2026, 1, 1), "applications_close_on": closes}
        works = {"starts_on": date(2027, 7, 1), "ends_on": date(2028, 6, 30), "seats": 10, "taken": 0}
        fixed = {"stage": "OPEN", "stage_since": BEGUN, "version": 1}
        return self._add(
            "fellowship_cohort", "cohort", program_id=program, name=name, **days, **works, **fixed | values
        )

    def scholarship(self, program: str, name: str, deadline: date, state: str | None = None, **values: Any) -> str:
        """Money for studies. Any: values of columns."""
        about = {"program_id": program, "name": name, "state_code": state and self.state(state)}
        fixed = {"deadline_on": deadline, "currency": "USD", "version": 1}
        return self._add("scholarship", "scholar", **about, **fixed | values)

    async def save(self, database: Database) -> None:
        """Insert all rows; rows of one table may differ in the columns that they have."""
        async with database.writing() as connection:
            for name in ORDER:
                for row in self.rows.get(name, []):
                    await connection.execute(table(name).insert(), row)

    def _add(self, table_name: str, prefix: str, /, **values: Any) -> str:
        key = stable_id(prefix, str(next(self.numbers)))
        stamps = {"provenance": "ENTERED", "created_at": BEGUN, "updated_at": BEGUN}
        self.rows.setdefault(table_name, []).append({"id": key, **stamps, **values})
        return key
