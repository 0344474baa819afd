"""Loading a file is exact: every row is counted, a second time changes nothing, a bad row keeps everything out."""

import asyncio
import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from fund_api.communities.importing import STATES
from fund_api.core.database import Database
from fund_api.core.importing import BATCH, Loaded, Silence, kind_of, load
from fund_api.core.records import BadFile, File
from fund_api.core.upserts import Counts
from tests.rows import count, everything, fetch, table

HEADER = "code,name,fips,population,population_year\n"
OHIO = "OH,Ohio,39,,\n"
EARLIER = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 2, 2, 12, 30, tzinfo=UTC)

STATE = table("state")


def file(folder: Path, content: str | bytes, name: str = "states.csv") -> File:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return File(name, path)


async def load_states(database: Database, given: File, now: datetime = EARLIER) -> Loaded:
    return await load(database, STATES, given, Silence(), now)


async def test_new_rows_are_inserted_and_counted(database: Database, tmp_path: Path) -> None:
    loaded = await load_states(database, file(tmp_path, HEADER + OHIO + "IN,Indiana,18,,\n"))

    assert loaded == Loaded("states.csv", "states", 2, {"state": Counts(2, 0, 0)})
    columns = (STATE.c.code, STATE.c.name, STATE.c.population, STATE.c.provenance, STATE.c.created_at)
    assert await fetch(database, sa.select(*columns).order_by(STATE.c.code)) == [
        ("IN", "Indiana", None, "REPORTED", EARLIER),
        ("OH", "Ohio", None, "REPORTED", EARLIER),
    ]


async def test_loading_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    given = file(tmp_path, HEADER + OHIO)
    await load_states(database, given)
    before = await everything(database)

    loaded = await load_states(database, given, LATER)

    assert loaded.tables == {"state": Counts(0, 0, 1)}
    assert await everything(database) == before


async def test_only_the_changed_row_is_updated_and_keeps_its_creation(database: Database, tmp_path: Path) -> None:
    await load_states(database, file(tmp_path, HEADER + OHIO + "IN,Indiana,18,,\n"))

    loaded = await load_states(database, file(tmp_path, HEADER + OHIO + "IN,Hoosier State,18,0,1999\n"), LATER)

    assert loaded.tables == {"state": Counts(0, 1, 1)}
    columns = (STATE.c.name, STATE.c.name_folded, STATE.c.population, STATE.c.created_at, STATE.c.updated_at)
    assert await fetch(database, sa.select(*columns).order_by(STATE.c.code)) == [
        ("Hoosier State", "hoosier state", 0, EARLIER, LATER),
        ("Ohio", "ohio", None, EARLIER, EARLIER),
    ]


async def test_a_row_that_the_file_lacks_stays(database: Database, tmp_path: Path) -> None:
    await load_states(database, file(tmp_path, HEADER + OHIO))

    await load_states(database, file(tmp_path, HEADER + "IN,Indiana,18,,\n"))

    assert await count(database, "state") == 2


WAYS = {
    "bom.csv": b"\xef\xbb\xbf" + (HEADER + OHIO).encode(),
    "crlf.csv": (HEADER + OHIO).replace("\n", "\r\n"),
    "blank_lines.csv": HEADER + "\n" + OHIO + "\n\n",
    "no_last_line_end.csv": HEADER + OHIO.strip(),
    "padded.csv": HEADER + " OH , Ohio ,39, ,\n",
    "quoted.csv": HEADER + '"OH","Ohio","39","",""\n',
    "other_order.csv": "fips,population_year,population,name,code\n39,,,Ohio,OH\n",
    "counted.csv": "code,name,fips,population,population_year,counties\nOH,Ohio,39,,,88\n",
    "compressed.csv.gz": gzip.compress((HEADER + OHIO).encode(), mtime=0),
}


@pytest.mark.parametrize(("name", "content"), WAYS.items(), ids=WAYS)
async def test_the_ways_of_writing_a_csv_file_are_understood(
    database: Database, tmp_path: Path, name: str, content: str | bytes
) -> None:
    loaded = await load_states(database, file(tmp_path, content, name))

    assert loaded.tables == {"state": Counts(1, 0, 0)}
    assert await fetch(database, sa.select(STATE.c.code, STATE.c.name)) == [("OH", "Ohio")]


async def test_a_header_alone_is_no_rows(database: Database, tmp_path: Path) -> None:
    assert await load_states(database, file(tmp_path, HEADER)) == Loaded("states.csv", "states")


BAD_FILES = {
    "empty": (b"", "states.csv is empty; its first line should name the columns."),
    "only line ends": (b"\n\r\n", "states.csv is empty; its first line should name the columns."),
    "missing column": (
        "code,name,population,population_year\n",
        "states.csv, line 1: a states file, but it lacks column fips."
        " Expected: code, name, fips, population, population_year.",
    ),
    "unknown and repeated columns": (
        "code,name,fips,population,population_year,name,mood,\n",
        "it has the unknown columns (blank), mood; repeats column name. Expected",
    ),
    "too few cells": (HEADER + "OH,Ohio\n", "states.csv, line 2: should have 5 cells as line 1 has, but has 2."),
    "too many cells": (HEADER + "OH,Ohio,39,,,\n", "states.csv, line 2: should have 5 cells as line 1 has, but has 6."),
    "not UTF-8": (HEADER.encode() + b"OH,Oh\xe9o,39,,\n", "line 2: the text should be UTF-8; byte 0xe9 is not."),
    "UTF-16": ((HEADER + OHIO).encode("utf-16"), "line 1: the text should be UTF-8; byte 0xff is not."),
    "header not UTF-8": (b"c\xf6de\n", "line 1: the text should be UTF-8; byte 0xf6 is not."),
    "NUL": (HEADER + "OH,Oh\0io,39,,\n", "line 2, column name: should have no NUL character."),
    "open quotation mark": (HEADER + 'OH,"Ohio,39,,\n', "line 2: unexpected end of data."),
    "text after a quotation mark": (HEADER + '"O"H,Ohio,39,,\n', "line 2: ',' expected after '\"'."),
    "endless line": (HEADER + "x" * 1_000_001, "line 2: a line should have at most 1,000,000 bytes."),
    "endless cell": (HEADER + "x" * 200_000, "line 2: field larger than field limit (131072)."),
    "duplicate": (
        HEADER + OHIO + "OH,Other,40,,\n",
        'line 3, column code: "OH" is on line 2 already; it should be there once.',
    ),
    "second key twice": (HEADER + OHIO + "IN,Indiana,39,,\n", 'line 3, column fips: "39" is on line 2 already'),
    "blank": (HEADER + "OH,  ,39,,\n", "line 2, column name: should not be blank."),
    "wrong shape": (HEADER + "Ohio,Ohio,39,,\n", 'line 2, column code: "Ohio" should be two capital letters.'),
    "digits of another script": (HEADER + "OH,Ohio,３９,,\n", 'line 2, column fips: "３９" should be two digits.'),
    "out of range": (
        HEADER + "OH,Ohio,39,1000000001,2021\n",
        'line 2, column population: "1000000001" should be a whole number from 0 to 1,000,000,000.',
    ),
    "negative": (HEADER + "OH,Ohio,39,-1,2021\n", 'line 2, column population: "-1" should be a whole number from 0'),
    "fraction": (HEADER + "OH,Ohio,39,1.5,2021\n", 'line 2, column population: "1.5" should be a whole number from 0'),
    "too long": (
        HEADER + f"OH,{'O' * 101},39,,\n",
        f'column name: "{"O" * 60}..." should have at most 100 characters.',
    ),
    "nothing to search": (HEADER + "OH,\u0301,39,,\n", "column name"),
    "number without its year": (
        HEADER + "OH,Ohio,39,5,\n",
        "line 2, column population_year: should be given, since of population, population_year all are or none.",
    ),
    "source that is not loaded": (
        HEADER + "OH,Ohio,39,5,2021\n",
        'line 2, column population_year: needs the source "CO-EST2021", which is not loaded; load it first.',
    ),
}


@pytest.mark.parametrize(("content", "expected"), BAD_FILES.values(), ids=BAD_FILES)
async def test_a_bad_file_is_told_by_line_and_column_and_nothing_is_kept(
    database: Database, tmp_path: Path, content: str | bytes, expected: str
) -> None:
    with pytest.raises(BadFile) as told:
        await load_states(database, file(tmp_path, content))

    assert expected in str(told.value)
    assert await count(database, "state") == 0


@pytest.mark.parametrize(
    "content",
    [b"code,name\n", gzip.compress((HEADER + OHIO).encode(), mtime=0)[:-12], b"\x1f\x8bnonsense", b""],
    ids=["plain", "cut off", "damaged", "empty"],
)
async def test_what_is_no_gzip_file_is_refused(database: Database, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadFile, match=r"no gzip file|is empty"):
        await load_states(database, file(tmp_path, content, "states.csv.gz"))

    assert await count(database, "state") == 0


async def test_the_first_twenty_problems_are_told_and_the_rest_counted(database: Database, tmp_path: Path) -> None:
    bad = "".join(f"{number},Ohio,39x,,\n" for number in range(2 * BATCH))

    with pytest.raises(BadFile) as told:
        await load_states(database, file(tmp_path, HEADER + bad))

    lines = str(told.value).splitlines()
    assert lines[0] == 'states.csv, line 2, column code: "0" should be two capital letters.'
    assert lines[19] == 'states.csv, line 11, column fips: "39x" should be two digits.'
    assert lines[20:] == ["states.csv: and 3,980 more problems.", "Nothing of states.csv was kept."]


async def test_a_problem_is_told_by_the_line_on_which_its_record_begins(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"line 4, column fips"):
        await load_states(database, file(tmp_path, HEADER + '"OH","Ohio\nState",39,,\n"IN","In\ndiana",x,,\n'))


async def test_a_key_that_another_row_holds_is_refused(database: Database, tmp_path: Path) -> None:
    await load_states(database, file(tmp_path, HEADER + OHIO))

    with pytest.raises(BadFile, match=r"states.csv contradicts rows that are loaded already: .*fips"):
        await load_states(database, file(tmp_path, HEADER + "IN,Indiana,39,,\n"))

    assert await count(database, "state") == 1


async def test_two_loads_at_once_do_not_collide(database: Database, tmp_path: Path) -> None:
    given = file(tmp_path, HEADER + OHIO + "IN,Indiana,18,,\n")
    other = Database.at(database.url.render_as_string(hide_password=False))
    try:
        both = await asyncio.gather(load_states(database, given), load_states(other, given))
    finally:
        await other.close()

    assert sorted(each.tables["state"].inserted for each in both) == [0, 2]
    assert await count(database, "state") == 2


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"^gone.csv cannot be read: No such file or directory\.$"):
        kind_of(File("gone.csv", tmp_path / "gone.csv"), [STATES])
    with pytest.raises(BadFile, match=r"^here is a directory; a .csv or .csv.gz file is needed\.$"):
        kind_of(File("here", tmp_path), [STATES])


def test_a_file_of_no_known_kind_is_refused_with_the_kinds(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"columns of no known kind of file. Known are: states \(code, name, fips, "):
        kind_of(file(tmp_path, "a,b\n1,2\n"), [STATES])
