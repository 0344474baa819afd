"""Awarded grants in the 360Giving Data Standard 1.1: names, types and required fields are those of its JSON schema.

https://standard.threesixtygiving.org/en/latest/technical/reference/ is where they come from. What the standard requires
and nobody told is never made up: such a row is left out, and counted with the reason.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from fund_api.core.access import Viewer
from fund_api.core.settings import Settings
from fund_api.graph.engine import Engine
from fund_api.reporting.csv_form import FORMULAS, GUARD

GRANTS = """query Awarded($provenances: [Provenance!]!) {
  grants(filter: { awarded: { gt: "0" }, provenance: { in: $provenances } }) {
    nodes {
      id purpose decidedAt provenance payee
      awarded { amount currency } disbursed { amount }
      program { id name }
      community { name geoid }
      campaign { title organization { id name } }
    }
  }
}"""
CONTRIBUTIONS = """query Contributions($provenances: [Provenance!]!) {
  contributions(filter: { provenance: { in: $provenances } }) { nodes { id } }
}"""
SOURCES = "query Sources { sources { nodes { title attribution licence } } }"
REAL, FICTIONAL = ("REPORTED", "ENTERED"), "FICTIONAL"
VERSION = "1.1"
LONGEST_TITLE = 139
"""The standard wants less than 140 characters."""
TITLES = {
    "Identifier": ("id",),
    "Title": ("title",),
    "Description": ("description",),
    "Currency": ("currency",),
    "Amount Awarded": ("amountAwarded",),
    "Amount Disbursed": ("amountDisbursed",),
    "Award Date": ("awardDate",),
    "Recipient Org:Identifier": ("recipientOrganization", "id"),
    "Recipient Org:Name": ("recipientOrganization", "name"),
    "Funding Org:Identifier": ("fundingOrganization", "id"),
    "Funding Org:Name": ("fundingOrganization", "name"),
    "Grant Programme:Code": ("grantProgramme", "code"),
    "Grant Programme:Title": ("grantProgramme", "title"),
    "Beneficiary Location:Name": ("beneficiaryLocation", "name"),
    "Beneficiary Location:Country Code": ("beneficiaryLocation", "countryCode"),
    "Beneficiary Location:Geographic Code": ("beneficiaryLocation", "geoCode"),
}
"""The column titles of the spreadsheet form, and where the JSON form has the same."""

Json = dict[str, Any]  # Any: what JSON holds
UNDATED = "contributions whose day is not known"
UNDECIDED = "grants without the day of the award"
UNNAMED = "grants whose recipient you can't see or nobody named"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The grants that can be told in the standard, what is left out and why, and who is to be credited."""

    grants: list[Json]
    left_out: Counter[str]
    sources: list[Json]


async def gather(engine: Engine, viewer: Viewer, settings: Settings, *, fictional: bool = False) -> Gathered:
    """Every awarded grant that a viewer sees, as the engine tells it; what is made up only when asked for."""
    provenances = [*REAL, FICTIONAL] if fictional else list(REAL)
    left_out: Counter[str] = Counter()
    grants = []
    for row in await _rows(engine, viewer, GRANTS, provenances=provenances):
        recipient = _recipient(row, settings.giving_prefix)
        if row["decidedAt"] is None:
            left_out[UNDECIDED] += 1
        elif recipient is None:
            left_out[UNNAMED] += 1
        else:
            grants.append(_grant(row, recipient, settings))
    if given := len(await _rows(engine, viewer, CONTRIBUTIONS, provenances=provenances)):
        left_out[UNDATED] = given
    sources = await _rows(engine, viewer, SOURCES)
    return Gathered(grants, left_out, sources)


async def _rows(engine: Engine, viewer: Viewer, document: str, **variables: object) -> list[Json]:
    async with engine.pull(engine.prepare(document, None, variables), viewer) as pull:
        chunks = [orjson.loads(orjson.dumps(rows, option=orjson.OPT_UTC_Z)) async for rows in pull.chunks()]
    return [row for rows in chunks for row in rows]


def _recipient(row: Json, prefix: str) -> Json | None:
    """The group behind the campaign; else the payee, whom only insiders see, under the grant's own number."""
    organization = (row["campaign"] or {}).get("organization")
    if organization:
        return {"id": f"{prefix}-{organization['id']}", "name": organization["name"]}
    return {"id": f"{prefix}-payee-{row['id']}", "name": row["payee"]} if row["payee"] else None


def _grant(row: Json, recipient: Json, settings: Settings) -> Json:
    prefix = settings.giving_prefix
    ending = " (fictional)" if row["provenance"] == FICTIONAL else ""
    title = f"Grant to {recipient['name']}"
    funder = {"id": settings.giving_funder_id or f"{prefix}-fund", "name": settings.giving_funder}
    place = {"name": row["community"]["name"], "countryCode": "US", "geoCode": row["community"]["geoid"]}
    return {
        "id": f"{prefix}-{row['id']}",
        "title": title[: LONGEST_TITLE - len(ending)] + ending,
        "description": row["purpose"],
        "currency": row["awarded"]["currency"],
        "amountAwarded": _number(row["awarded"]["amount"]),
        "amountDisbursed": _number(row["disbursed"]["amount"]),
        "awardDate": row["decidedAt"][:10],
        "recipientOrganization": [recipient],
        "fundingOrganization": [funder],
        "grantProgramme": [{"code": row["program"]["id"], "title": row["program"]["name"]}],
        "beneficiaryLocation": [place],
    }


def _number(amount: str) -> int | float:
    """An amount as JSON's number, which the standard wants; cents survive in every amount below 10 trillion."""
    exact = Decimal(amount)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def package(gathered: Gathered, settings: Settings, issued: str) -> bytes:
    """The JSON form, with who publishes it, when, under which licence, and whose facts it holds."""
    told: Json = {
        "version": VERSION,
        "title": f"Grants of {settings.giving_funder}",
        "description": " ".join([_fiction(gathered.grants), *_omitted(gathered.left_out)]).strip(),
        "issued": issued,
        "publisher": {
            "identifier": settings.giving_funder_id or f"{settings.giving_prefix}-fund",
            "name": settings.giving_funder,
        },
        "attribution": gathered.sources,
        "grants": gathered.grants,
    }
    if settings.giving_licence:
        told["license"] = settings.giving_licence
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _fiction(grants: Iterable[Json]) -> str:
    made_up = any(grant["title"].endswith(" (fictional)") for grant in grants)
    return "Grants marked as fictional are made up for a demonstration." if made_up else ""


def _omitted(left_out: Counter[str]) -> Iterator[str]:
    for reason, count in sorted(left_out.items()):
        yield f"Left out: {count:,} {reason}."


def omitted(gathered: Gathered) -> list[str]:
    """What is left out, in sentences."""
    return list(_omitted(gathered.left_out))


def table(gathered: Gathered, settings: Settings) -> bytes:
    """The spreadsheet form, one grant a line, in UTF-8; texts are guarded as in every CSV of ours."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(TITLES)
    for grant in gathered.grants:
        writer.writerow([_cell(grant, path, formulas=settings.csv_formulas) for path in TITLES.values()])
    return text.getvalue().encode()


def _cell(grant: Json, path: tuple[str, ...], *, formulas: bool) -> str:
    value = grant[path[0]]
    cell = str(value[0][path[1]] if len(path) > 1 else value)
    return GUARD + cell if isinstance(value, str | list) and not formulas and cell.startswith(FORMULAS) else cell
