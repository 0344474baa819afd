"""The forms: each holds what the pages of the same document hold, as its own readers read it."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fund_api.core.database import Database
from fund_api.graph.tabular import Column, Kind
from fund_api.reporting import offered, parquet
from fund_api.reporting.compression import chosen
from fund_api.reporting.forms import About, FormKind
from fund_api.reporting.offered import NotInstalled, form
from tests.asking import Asker, asking
from tests.pulls.pulling import CAMPAIGNS, NAMES
from tests.pulls.test_pulling import pulled

GRANTS = """query Grants {
  grants {
    nodes {
      id status money: awarded { amount currency } submittedAt agreementOn version encumbered { amount }
      program { matchPercent approvesAfterElection } campaign { community { latitude } } availableActions
    }
  }
}"""


async def written(ask: Asker, document: str, kind: FormKind, *, formulas: bool = False) -> bytes:
    async with ask.engine.pull(ask.engine.prepare(document, None, {}), ask.viewer) as pull:
        writer = form(kind, About(pull.columns, pull.name, pull.number, formulas))
        parts = [writer.begin()]
        parts += [part async for part in pull.made(writer.rows)]
        return b"".join([*parts, writer.end()])


def flat(row: Any, columns: list[str]) -> dict[str, Any]:
    """A row by dotted names, its lists as JSON."""
    found: dict[str, Any] = {}
    for name in columns:
        value = row
        for key in name.split("."):
            value = value[key] if value is not None else None
        found[name] = orjson.dumps(value).decode() if isinstance(value, list) else value
    return found


def cell(value: Any) -> str:
    """A value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in tuple("=+-@\t\r") else text


@pytest.mark.parametrize("document", [CAMPAIGNS, GRANTS], ids=["campaigns", "grants"])
async def test_every_form_holds_the_rows_of_the_pages(world: Database, document: str) -> None:
    async with asking(world) as ask:
        pull, rows = await pulled(ask, document)
        jsonl, text, file = [await written(ask, document, kind) for kind in FormKind]
    names = [column.name for column in pull.columns]
    table = pq.read_table(io.BytesIO(file))

    assert [orjson.loads(line) for line in jsonl.split(b"\n")[:-1]] == rows
    read = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    assert read == [{name: cell(value) for name, value in flat(row, names).items()} for row in rows]
    assert table.column_names == names
    assert [{name: _told(value) for name, value in row.items()} for row in table.to_pylist()] == [
        flat(row, names) for row in rows
    ]
    assert table.schema.metadata == {b"fund.document": pull.name.encode(), b"fund.event": b"0"}


def _told(value: Any) -> Any:
    """A value of a Parquet file as JSON has it."""
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | Decimal():
            return str(value)
    return value


async def test_columns_of_parquet_are_typed(world: Database) -> None:
    async with asking(world) as ask:
        schema = pq.read_schema(io.BytesIO(await written(ask, GRANTS, FormKind.PARQUET)))

    assert {field.name: field.type for field in schema} == {
        "id": pa.string(),
        "status": pa.string(),
        "money.amount": pa.decimal128(18, 2),
        "money.currency": pa.string(),
        "submittedAt": pa.timestamp("us", tz="UTC"),
        "agreementOn": pa.date32(),
        "version": pa.int64(),
        "encumbered.amount": pa.decimal128(18, 2),
        "program.matchPercent": pa.float64(),
        "program.approvesAfterElection": pa.bool_(),
        "campaign.community.latitude": pa.float64(),
        "availableActions": pa.string(),
        "provenance": pa.string(),
    }


async def test_row_groups_are_bounded(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 10)
    async with asking(world) as ask:
        file = pq.ParquetFile(io.BytesIO(await written(ask, CAMPAIGNS, FormKind.PARQUET)))

    sizes = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
    assert (sum(sizes), max(sizes)) == (40, 10)


async def test_a_form_without_rows_has_its_columns(world: Database) -> None:
    none = '{ states(filter: { code: { eq: "ZZ" } }) { nodes { code name } } }'
    async with asking(world) as ask:
        jsonl, text, file = [await written(ask, none, kind) for kind in FormKind]

    assert (jsonl, text) == (b"", b"code,name,provenance\r\n")
    assert pq.read_table(io.BytesIO(file)).column_names == ["code", "name", "provenance"]


async def test_texts_that_a_spreadsheet_would_run_are_guarded_unless_they_are_wanted(world: Database) -> None:
    document = "{ communities { nodes { name } } }"
    async with asking(world) as ask:
        guarded = (await written(ask, document, FormKind.CSV)).decode()
        plain = (await written(ask, document, FormKind.CSV, formulas=True)).decode()

    def names(text: str) -> set[str]:
        return {row[0] for row in csv.reader(io.StringIO(text, newline=""))}

    assert names(plain) >= set(NAMES)
    assert names(guarded) >= {f"'{name}" for name in NAMES[:6]} | set(NAMES[6:])
    assert "\n'=1+1," in guarded


def test_numbers_days_and_nulls_are_never_guarded() -> None:
    kinds = {"text": Kind.TEXT, "sum": Kind.DECIMAL, "number": Kind.NUMBER, "whole": Kind.INTEGER, "yes": Kind.BOOLEAN}
    columns = tuple(Column((name,), "T", kind) for name, kind in kinds.items())
    rows = [{"text": "-1", "sum": "-1.00", "number": -1.5, "whole": -1, "yes": False}, dict.fromkeys(kinds)]

    assert form(FormKind.CSV, About(columns, "", 0)).rows(rows) == b"'-1,-1.00,-1.5,-1,false\r\n,,,,\r\n"


def test_a_times_microseconds_and_zone_are_kept() -> None:
    columns = (Column(("at",), "DateTime", Kind.TIME), Column(("on",), "Date", Kind.DATE))
    times = ["2026-01-01T12:00:00Z", "2026-01-01T12:00:00.000010Z", None]
    writer = form(FormKind.PARQUET, About(columns, "", 0))
    file = writer.begin() + writer.rows([{"at": at, "on": at and at[:10]} for at in times]) + writer.end()

    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    told = pq.read_table(io.BytesIO(file)).to_pydict()
    assert told == {
        "at": [noon, noon.replace(microsecond=10), None],
        "on": [date(2026, 1, 1), date(2026, 1, 1), None],
    }


def test_without_pyarrow_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offered, "find_spec", lambda _name: None)

    with pytest.raises(NotInstalled, match=r"install fund-api\[parquet\]"):
        form(FormKind.PARQUET, About((), "", 0))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip", "gzip"),
        ("zstd;q=0, gzip;q=0", "identity"),
        ("*", "zstd"),
        ("*;q=0", "identity"),
        ("zstd;q=0, *", "gzip"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("GZIP ; Q=1", "gzip"),
        ("gzip;q=2", "identity"),
        ("gzip;q=x", "identity"),
        ("br", "identity"),
        (";;;,,,=q", "identity"),
        ("gzip," * 300, "identity"),
    ],
)
def test_the_encoding_is_the_one_that_is_liked_best(accepted: str, encoding: str) -> None:
    assert chosen(accepted) == encoding
