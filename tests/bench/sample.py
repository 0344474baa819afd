"""A small world of made-up rows, in the files that the harness would write, for counting without the harness."""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

SIZES = {"state": 5, "community": 300, "campaign": 200, "grant": 600, "resource": 100}
_START = date(2015, 1, 1)


def _id(prefix: str, number: int) -> str:
    return f"{prefix}_{number:026d}"


def write(folder: Path) -> None:
    """Write the files; the same bytes every time."""
    chance = random.Random(7)  # made-up rows

    def day() -> str:
        return (_START + timedelta(days=chance.randrange(4_000))).isoformat()

    def moment() -> str:
        return (datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**8))).isoformat()

    def some(table: str, prefix: str) -> str:
        return _id(prefix, chance.randrange(SIZES[table]))

    rows: dict[str, list[dict[str, Any]]] = {
        "state": [{"code": f"A{n}", "name": f"State {n}"} for n in range(SIZES["state"])],
        "community": [
            {"id": _id("comm", n), "name": f"Community {n}", "state_code": f"A{n % 5}", "population": n * 100}
            | {"form_of_government": chance.choice(["CITY", "TOWN"])}
            for n in range(SIZES["community"])
        ],
        "campaign": [
            {"id": _id("camp", n), "community_id": some("community", "comm"), "title": f"Campaign {n}"}
            | {"kind": "ADOPTION" if n % 2 else "RETENTION", "stage": chance.choice(["IDEA", "BALLOT", "DECIDED"])}
            | {"opened_on": day(), "election_on": day() if n % 10 else "", "summary": f"About campaign {n}."}
            for n in range(SIZES["campaign"])
        ],
        "grant": [
            {"id": _id("grnt", n), "campaign_id": some("campaign", "camp"), "amount_cents": 10_000 + n * 7_919}
            | {"status": chance.choice(["DRAFT", "APPROVED", "PAID", "CLOSED"]), "purpose": f"Purpose {n}."}
            | {"submitted_at": moment(), "decided_at": moment() if n % 3 else ""}
            for n in range(SIZES["grant"])
        ],
        "resource": [
            {
                "id": _id("rsrc", n),
                "title": f"Resource {n}",
                "kind": "GUIDE",
                "published_on": day(),
                "summary": "Of use.",
            }
            for n in range(SIZES["resource"])
        ],
        "campaign_resource": [
            {"campaign_id": _id("camp", n // 4), "resource_id": _id("rsrc", (n * 13) % SIZES["resource"])}
            for n in range(4 * SIZES["campaign"])
        ],
    }
    for name, table in rows.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
