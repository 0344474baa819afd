"""Whole rows out of the bytes of a pull, however these are cut."""

import csv
import io

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.core.errors import Failure
from fund_api.reporting.forms import FormKind
from fund_api.reporting.questions import CURSOR
from fund_api.reporting.taking import Taker

ROWS = st.lists(st.fixed_dictionaries({"id": st.integers(0, 99), "text": st.text(alphabet='a",\r\n{é')}), max_size=6)


def jsonl(rows: list[dict[str, object]]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def table(rows: list[dict[str, object]]) -> bytes:
    text = io.StringIO(newline="")
    names = list(rows[0]) if rows else [CURSOR, "id", "text"]
    writer = csv.DictWriter(text, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@given(ROWS, st.integers(1, 40), st.sampled_from([FormKind.JSONL, FormKind.CSV]))
def test_what_is_taken_are_the_rows_without_their_cursors(
    rows: list[dict[str, object]], size: int, kind: FormKind
) -> None:
    write = jsonl if kind is FormKind.JSONL else table
    sent = write([{CURSOR: f"W{at}", **row} for at, row in enumerate(rows)])
    wanted = write(rows) if rows or kind is FormKind.JSONL else b"id,text\r\n"
    taker = Taker(kind, cursors=True)

    parts = [taker.take(sent[at : at + size]) for at in range(0, len(sent), size)]

    assert b"".join(part.data for part in parts) == wanted
    assert sum(part.rows for part in parts) == len(rows)
    assert [part.cursor for part in parts if part.cursor][-1:] == ([f"W{len(rows) - 1}"] if rows else [])
    assert taker.is_whole


@given(st.integers(0, 60))
def test_a_row_that_was_begun_is_not_taken(cut: int) -> None:
    sent = jsonl([{CURSOR: f"W{at}", "id": at} for at in range(3)])
    taker = Taker(FormKind.JSONL, cursors=True)

    taken = taker.take(sent[:cut])

    assert taken.data == jsonl([{"id": at} for at in range(taken.rows)])
    assert taker.is_whole == sent[:cut].endswith(b"\n") or cut == 0


def test_the_header_of_what_goes_on_is_not_kept_twice_and_must_be_the_same() -> None:
    going_on = Taker(FormKind.CSV, cursors=True, header=b"id\r\n")
    other = Taker(FormKind.CSV, cursors=True, header=b"id,name\r\n")
    sent = f"{CURSOR},id\r\nW1,7\r\n".encode()

    assert going_on.take(sent).data == b"7\r\n"
    with pytest.raises(Failure, match="The columns are others"):
        other.take(sent)
