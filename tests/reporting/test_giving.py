"""Grants in the 360Giving Data Standard, against what the standard states: names, types, required fields, patterns.

The field's own checker is lib360dataquality, which is not released to the Python Package Index. What it is built on is
(flattentool, libcove), but it reads any standard by its JSON schema and holds none. So the facts of the schema of 360Giving
(https://github.com/ThreeSixtyGiving/standard, MIT, by ThreeSixtyGiving) are written down here, in our words.
"""

import csv
import io
import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.reporting import giving
from tests.asking import REPORTER, asking
from tests.commands import Run
from tests.granting import Fund
from tests.reporting.asked import GRANTS
from tests.reporting.bulk import pulled

SETTINGS = Settings(giving_prefix="360G-testfund", giving_funder="A fund", giving_funder_id="US-EIN-123456789")
DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])")
REQUIRED: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("id", "title", "description", "currency", "awardDate"), str),
    "amountAwarded": (int, float),
    **dict.fromkeys(("recipientOrganization", "fundingOrganization"), list),
}
REQUIRED_TITLES = {
    *("Identifier", "Title", "Description", "Currency", "Amount Awarded", "Award Date"),
    *("Recipient Org:Identifier", "Recipient Org:Name", "Funding Org:Identifier", "Funding Org:Name"),
}
KNOWN: dict[str, dict[str, type]] = {
    "recipientOrganization": {"id": str, "name": str},
    "fundingOrganization": {"id": str, "name": str},
    "grantProgramme": {"code": str, "title": str},
    "beneficiaryLocation": {"name": str, "countryCode": str, "geoCode": str},
}
"""What of the standard's lists of a grant is told, each field a text."""
KNOWN_OF_PACKAGE = {"version", "title", "description", "issued", "publisher", "license", "grants"}
"""Fields of a package that the standard knows and that are told; `attribution` is ours, for those whose facts these are."""
Json = dict[str, Any]  # Any: JSON


def check_grant(grant: Json) -> None:
    """What the standard wants of a grant."""
    for name, kind in REQUIRED.items():
        assert isinstance(grant[name], kind)
        assert grant[name] or name == "amountAwarded"
    assert grant["id"].startswith("360G-testfund-")
    assert len(grant["title"]) < 140
    assert grant["currency"] == "USD"
    assert DAY.fullmatch(grant["awardDate"])
    assert str(date.fromisoformat(grant["awardDate"])) == grant["awardDate"]
    assert isinstance(grant["amountDisbursed"], int | float)
    assert grant.keys() == REQUIRED.keys() | KNOWN.keys() | {"amountDisbursed"}
    for name, fields in KNOWN.items():
        assert grant[name]
        for each in grant[name]:
            assert {key: type(value) for key, value in each.items()} == fields
    for organization in grant["recipientOrganization"] + grant["fundingOrganization"]:
        assert re.fullmatch(r"(360G|US-EIN)-[\w-]+", organization["id"])
        assert organization["name"]


def check_package(package: Json) -> None:
    """What the standard wants of a package."""
    assert re.fullmatch(r"\d+\.\d+", package["version"])
    assert package.keys() <= KNOWN_OF_PACKAGE | {"attribution"}
    assert package["publisher"]["name"] == "A fund"
    assert DAY.fullmatch(package["issued"])
    assert package["grants"]
    assert len({grant["id"] for grant in package["grants"]}) == len(package["grants"])
    for grant in package["grants"]:
        check_grant(grant)


async def told(database: Database, viewer: Viewer, *, fictional: bool = True) -> giving.Gathered:
    async with asking(database, viewer) as ask:
        return await giving.gather(ask.engine, viewer, SETTINGS, fictional=fictional)


@pytest.mark.parametrize("viewer", [PUBLIC, REPORTER], ids=["everybody", "reporter"])
async def test_every_award_is_told_or_left_out_with_its_reason(world: Database, viewer: Viewer) -> None:
    gathered = await told(world, viewer)

    async with asking(world, viewer) as ask:
        awards = [row for row in await pulled(ask, GRANTS) if row["awarded.amount"]]
    left_out = gathered.left_out[giving.UNDECIDED] + gathered.left_out[giving.UNNAMED]
    assert len(gathered.grants) + left_out == len(awards)
    assert gathered.left_out[giving.UNDATED] >= 7
    assert all(source["title"] for source in gathered.sources)
    if not left_out:
        exact = sum(Decimal(str(grant["amountAwarded"])) for grant in gathered.grants)
        assert exact == sum(Decimal(row["awarded.amount"]) for row in awards)


async def test_what_is_made_up_is_told_only_when_asked_for_and_named(world: Database) -> None:
    asked, unasked = await told(world, REPORTER), await told(world, REPORTER, fictional=False)

    assert unasked.grants == []
    assert all(grant["title"].endswith(" (fictional)") for grant in asked.grants)


async def test_both_forms_hold_what_the_standard_wants(database: Database) -> None:
    fund = Fund()
    campaign = fund.campaign(fund.community("Ashland", "OH", 20_225))
    decided = datetime(2026, 3, 4, 23, tzinfo=UTC)
    one = fund.grant(campaign, 30_000, awarded=12_345, disbursed=10_000, payee="=Ashland Forward", decided_at=decided)
    fund.grant(campaign, 30_000, awarded=20_000, payee="No day")
    fund.grant(campaign, 30_000, awarded=20_000, decided_at=decided)
    fund.grant(campaign, 30_000)
    fund.contribution(campaign, 5_000)
    await fund.save(database)

    gathered, public = await told(database, REPORTER), await told(database, PUBLIC)

    package = json.loads(giving.package(gathered, SETTINGS, "2026-11-22"))
    check_package(package)
    [grant] = package["grants"]
    assert (grant["id"], grant["amountAwarded"], grant["amountDisbursed"]) == (f"360G-testfund-{one}", 123.45, 100)
    assert (grant["awardDate"], grant["title"]) == ("2026-03-04", "Grant to =Ashland Forward (fictional)")
    assert gathered.left_out == Counter({giving.UNDECIDED: 1, giving.UNNAMED: 1, giving.UNDATED: 1})
    assert public.grants == []
    assert public.left_out == Counter({giving.UNDECIDED: 1, giving.UNNAMED: 2, giving.UNDATED: 1})
    [row] = csv.DictReader(io.StringIO(giving.table(gathered, SETTINGS).decode(), newline=""))
    assert row.keys() >= REQUIRED_TITLES
    assert (row["Amount Awarded"], row["Recipient Org:Name"]) == ("123.45", "'=Ashland Forward")
    assert row["Funding Org:Identifier"] == "US-EIN-123456789"


def test_the_command_writes_no_file_without_grants(run: Run, tmp_path: Path) -> None:
    run("load")
    target = tmp_path / "grants.json"

    status, _, complaint = run("giving", str(target))

    assert status == 1
    assert complaint == (
        "Left out: 7 contributions whose day is not known.\n"
        f"There is no grant that the standard can tell, so {target} is not written.\n"
    )
    assert [each.name for each in tmp_path.glob("grants*")] == []
