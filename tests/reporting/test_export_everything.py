"""`fund-api export --all`: a file for each entity, and a manifest that holds what they hold."""

import asyncio
import csv
import hashlib
import json
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from fund_api.core.access import PUBLIC
from fund_api.core.database import Database, Dialect
from fund_api.core.errors import Failure
from fund_api.core.ids import stable_id
from fund_api.exporting import everything
from fund_api.exporting.running import Order
from fund_api.graph.declarations import Listing
from fund_api.reporting import questions, standard_documents
from fund_api.reporting.forms import FormKind
from fund_api.reporting.part_files import Kept
from tests.asking import CATALOGUE
from tests.commands import Run
from tests.conftest import load_reference
from tests.databases import Databases
from tests.reporting.copies import Restless, Silent, reading
from tests.reporting.test_export_command import stopped
from tests.rows import table

DOCUMENTS = standard_documents.documents(CATALOGUE)


@pytest.fixture(scope="module")
async def reference(databases: Databases) -> AsyncIterator[str]:
    async with databases.copied(Dialect.SQLITE, "reference", load_reference) as database:
        yield database.url.render_as_string(hide_password=False)


def read(path: Path) -> list[dict[str, Any]]:
    """Rows by the names of their columns. Any: what the form holds."""
    match path.suffix:
        case ".jsonl":
            return [json.loads(line) for line in path.read_bytes().splitlines()]
        case ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
    return pq.read_table(path).to_pylist()


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_everything_is_written_and_agrees_with_its_manifest(
    run: Run, reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("FUND_DATABASE_URL", reference)
    monkeypatch.delenv("FUND_TOKEN", raising=False)
    folder = tmp_path / "all"

    status, said, told = run("export", "--all", str(folder), "--format", form)

    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    files = {each["file"]: each for each in manifest["files"]}
    rows = {name: read(folder / name) for name in files}
    total = sum(map(len, rows.values()))
    assert (status, said) == (0, "")
    assert told.endswith(f"{len(files)} files with {total:,} rows are in {folder}, and agree with manifest.json.\n")
    assert sorted(files) == sorted(f"{each.root}.{form}" for each in DOCUMENTS)
    assert {each.name for each in folder.iterdir()} == {*files, "manifest.json"}
    assert (manifest["format"], manifest["server"], manifest["events"]) == (form, "the database", [0])
    assert re.fullmatch(r"[\w-]{80,}", manifest["cursor"])
    for name, each in files.items():
        data = (folder / name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (each["bytes"], each["sha256"])
        assert len(rows[name]) == each["rows"] == each["totalCount"], name
    assert len(rows[f"communities.{form}"]) == 39_234
    assert len(rows[f"campaigns.{form}"]) == 52
    _check_contributions(files[f"contributions.{form}"], rows[f"contributions.{form}"], form)
    assert len(manifest["sources"]) == len(rows[f"sources.{form}"]) > 10
    assert any("Cai, Huang and Decaminada" in (each["attribution"] or "") for each in manifest["sources"])
    assert run("export", "--verify", str(folder))[0] == 0


def _check_contributions(told: dict[str, Any], rows: list[dict[str, Any]], form: str) -> None:
    """The sum of the money that was given, as Decimal adds it."""
    amounts = [row["amount"]["amount"] if form == "jsonl" else row["amount.amount"] for row in rows]
    given = sum((Decimal(each) for each in amounts if each), Decimal(0))
    assert given > 0
    assert told["sums"]["amount.amount"] == str(given)
    assert all(row["provenance"] == "REPORTED" for row in rows)


def test_a_folder_that_was_changed_is_told_with_every_difference(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate")
    monkeypatch.setattr(
        standard_documents,
        "documents",
        lambda _: [each for each in DOCUMENTS if each.root in ("states", "sources", "grants")],
    )
    folder = tmp_path / "all"
    assert run("export", "--all", str(folder))[0] == 0
    with (folder / "states.jsonl").open("a") as file:
        file.write('{"population": 7, "populationYear": 2021}\n')
    (folder / "sources.jsonl").unlink()

    status, said, told = run("export", "--verify", str(folder))

    differences = [line for line in told.splitlines() if "sha256" not in line]
    changed = folder / "states.jsonl"
    assert (status, said) == (1, "")
    assert differences == [
        f"{folder / 'sources.jsonl'} can't be read (No such file or directory).",
        f"{changed}: rows: the manifest says 0, the file has 1.",
        f"{changed}: bytes: the manifest says 0, the file has 42.",
        f"{changed}: the sum of population: the manifest says 0, the file has 7.",
        f"{changed}: the sum of populationYear: the manifest says 0, the file has 2021.",
        f"{changed}: rows: the manifest says 0, the file has 1.",
    ]


@pytest.fixture
async def own(databases: Databases) -> AsyncIterator[Database]:
    """The packaged data, to write to."""
    async with databases.copied(Dialect.SQLITE, "reference", load_reference) as database:
        yield database


async def _add_state(database: Database) -> None:
    """One more state, before all others."""
    states = table("state")
    async with database.writing() as connection:
        row = (await connection.execute(sa.select(states).where(states.c.code == "OH"))).mappings().one()
        await connection.execute(
            states.insert().values({**row, "id": stable_id("state", "AA"), "code": "AA", "fips": "98", "name": "A"})
        )


async def test_what_is_gone_on_with_may_have_other_rows_than_the_list(
    run: Run, own: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUND_DATABASE_URL", own.url.render_as_string(hide_password=False))
    monkeypatch.delenv("FUND_TOKEN", raising=False)
    monkeypatch.setattr(
        standard_documents, "documents", lambda _: [each for each in DOCUMENTS if each.root == "states"]
    )
    folder = tmp_path / "all"

    def export() -> tuple[int, str, str]:
        return run("export", "--all", str(folder))

    first = await asyncio.to_thread(stopped, lambda *_: export(), monkeypatch, KeyboardInterrupt())
    await _add_state(own)
    second = await asyncio.to_thread(export)

    [told] = orjson.loads((folder / "manifest.json").read_bytes())["files"]
    assert (first[0], second[0]) == (130, 0), second
    assert (told["rows"], told["totalCount"]) == (52, None)


async def test_a_file_with_other_rows_than_a_list_that_did_not_change_is_refused(own: Database) -> None:
    async with reading(Restless, own, PUBLIC) as source:
        order = Order(source, questions.read("query States { states { nodes { id } } }", {}), FormKind.JSONL, Silent())
        kept = Kept("")
        async with source.pulled(order.question.going_on(None), order.kind) as stream:
            kept.begin(stream.number, stream.cursor)
        assert await everything._unchanged(order, "State", kept, 52, 52) == 52
        assert await everything._unchanged(order, "State", kept, 51, 52) is None
        with pytest.raises(Failure, match="States: the file has 51 rows, and the list 52"):
            await everything._unchanged(order, "State", kept, 52, 51)
        await _add_state(own)
        assert await everything._unchanged(order, "State", kept, 53, 52) is None


def test_every_entity_with_a_list_has_one_document() -> None:
    for each in DOCUMENTS:
        assert CATALOGUE.target(CATALOGUE.query.fields[each.root]).name == each.entity
    assert len({each.entity for each in DOCUMENTS}) == len(DOCUMENTS)
    lists = {name for name, own in CATALOGUE.roots.items() if isinstance(own, Listing)}
    assert {CATALOGUE.target(CATALOGUE.query.fields[name]).name for name in lists} == {
        each.entity for each in DOCUMENTS
    }


def test_a_standard_document_selects_scalars_amounts_and_ids() -> None:
    [found] = [each for each in DOCUMENTS if each.root == "contributions"]

    assert " ".join(found.text.split()) == (
        "query EveryContributions { contributions { nodes { id campaign { id } community { id } amount { amount currency } source { id } note provenance } } }"
    )
    assert (found.money, found.numbers) == ((("amount", "amount"),), ())
