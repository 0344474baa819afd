"""What a server logs: whole, one line an event, and nothing that no log may hold."""

import io
import json
import logging
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.writing import writing
from fund_api.edge import logs, redaction
from fund_api.people import rules
from tests.rows import table

TOKEN = "fund_01h455vb4pex5vsknk084sn02q_" + "a1" * 32
SHOWN = "fund_01h455vb4pex5vsknk084sn02q_***"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"

HOSTILE = [
    "one\r\n{\"event\": \"forged\"}",
    "\x1b[2J\x1b[31mred\x1b]0;title\x07",
    "a\u2028b\u2029c\x85d",
    "\u202eevil\u2066",
    "\x00\x08\x7f\x9b31m",
    "\ud800 lonely",
    "x" * 100_000,
    "\n" * 1_000,
]  # fmt: skip


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Logs are configured for the process: put back what other tests have."""
    before, handlers = structlog.get_config(), list(logging.getLogger().handlers)
    yield
    structlog.configure(**before)
    logging.getLogger().handlers = handlers


def configured(monkeypatch: pytest.MonkeyPatch, kind: type[io.StringIO] = io.StringIO) -> io.StringIO:
    output = kind()
    monkeypatch.setattr(sys, "stderr", output)
    logs.configure()
    return output


def lines(output: io.StringIO) -> list[dict[str, Any]]:
    """The log, each line as JSON, by bytes that split as log readers do."""
    text = output.getvalue()
    assert text.isascii()
    assert text.splitlines() == text.removesuffix("\n").split("\n")
    return [json.loads(line) for line in text.splitlines()]


def foreign(message: str, *values: str) -> None:
    """Let a library log a warning, by our handler alone: pytest's own would keep what it can't tell."""
    record = logging.LogRecord("somebody.else", logging.WARNING, "", 0, message, values, None)
    logging.getLogger().handlers[-1].handle(record)


def fail(error: Exception, cause: Exception | None = None) -> None:
    raise error from cause


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:20])
def test_an_event_is_one_line_of_ascii_whatever_it_holds(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    output = configured(monkeypatch)

    structlog.get_logger().warning(
        value, path=value, deep={"a": [value], value: 1}, raw=value.encode("utf-8", "replace")
    )
    try:
        fail(ValueError(value))
    except ValueError:
        structlog.get_logger().exception("a fault")
    foreign("%s", value)

    said, fault, other = lines(output)
    assert said["path"][:20] == value[:20]
    assert (said["level"], fault["event"], other["logger"]) == ("warning", "a fault", "somebody.else")
    assert "ValueError" in fault["exception"]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:20])
def test_nothing_in_an_event_moves_a_terminal(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    output = configured(monkeypatch, Terminal)

    structlog.get_logger().warning(value, path=value, deep={"a": [value]})
    try:
        fail(ValueError(value))
    except ValueError:
        structlog.get_logger().exception("a fault")

    text = output.getvalue()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", text)
    first, *rest = text.removesuffix("\n").split("\n")
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z warning ", first)
    assert [each for each in rest if not each.startswith("    ")] == [rest[0]]
    assert rest[0].endswith(" error a fault")


@pytest.mark.parametrize(
    ("given", "logged"),
    [
        (TOKEN, SHOWN),
        (f"Authorization: Bearer {TOKEN}", f"Authorization: Bearer {SHOWN}"),
        (f"{{'authorization': b'bearer {TOKEN}'}}", f"{{'authorization': b'bearer {SHOWN}'}}"),
        (f"x{TOKEN}x", f"x{SHOWN}"),
        (TOKEN[:50], SHOWN),
        (TOKEN.replace("a1", "A1"), SHOWN),
        ("Bearer fund_short_secret", "Bearer ***"),
        ("BEARER  abc.def", "BEARER  ***"),
        (f"jwt {JWT} was wrong", "jwt *** was wrong"),
        ("Authorization: Basic YWRhOnNlY3JldA==", "Authorization: Basic ***"),
        ("postgresql://ada:s3cr3t@db/fund", "postgresql://ada:***@db/fund"),
        ("smtps://ada:p@ss@mail.example.org:465", "smtps://ada:***@mail.example.org:465"),
        ("ada.lovelace+x@example.org is taken", "***@*** is taken"),
        ("a bearer of news", "a bearer ***" " news"),
        ("FUND_DATABASE_URL", "FUND_DATABASE_URL"),
        ("fund_id", "fund_id"),
    ],
)  # fmt: skip
def test_secrets_and_addresses_are_taken_out_of_every_text(
    monkeypatch: pytest.MonkeyPatch, given: str, logged: str
) -> None:
    output = configured(monkeypatch)
    try:
        fail(RuntimeError(given))
    except RuntimeError as cause:
        try:
            fail(KeyError("other"), cause)
        except KeyError:
            structlog.get_logger().exception(given, value=given, deep=[{given: (given,)}], raw=given.encode(), it=cause)
    foreign("%s", given)

    ours, other = lines(output)
    assert (ours["event"], ours["value"], ours["raw"], other["event"]) == (logged,) * 4
    assert ours["deep"] == [{logged: [logged]}]
    assert f"RuntimeError: {logged}\n" in ours["exception"]
    assert given == logged or given not in output.getvalue()


def test_what_is_called_a_secret_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    output = configured(monkeypatch)
    structlog.get_logger().info("said", token="x", deep={"Authorization": ["y"], "token_id": "token_1"}, password=b"z")

    [line] = lines(output)
    assert (line["token"], line["password"]) == ("***", "***")
    assert line["deep"] == {"Authorization": "***", "token_id": "token_1"}


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


def test_a_log_does_not_fail_on_what_it_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    output = configured(monkeypatch)
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    try:
        fail(Unspeakable())
    except Unspeakable as error:
        structlog.get_logger().exception("odd", deep=deep, number=10**5_000, no=float("nan"), it=error, of={1, 2})
    foreign("%d", "no number")

    odd, other = lines(output)
    assert odd["exception"].endswith("test_logs.Unspeakable: (it can't be told)")
    assert odd["no"] == "nan"
    assert other["event"] == "%d"


def test_all_that_an_exception_came_of_is_told_the_first_one_first(monkeypatch: pytest.MonkeyPatch) -> None:
    output = configured(monkeypatch)
    try:
        try:
            fail(ExceptionGroup("several", [OSError("one"), ValueError("two")]))
        except ExceptionGroup as group:
            fail(RuntimeError("last"), group)
    except RuntimeError:
        structlog.get_logger().exception("a fault")

    [line] = lines(output)
    kinds = re.findall(r"^builtins\.(\w+): (\w+)", line["exception"], re.MULTILINE)
    assert kinds[-2:] == [("ExceptionGroup", "several"), ("RuntimeError", "last")]
    assert set(kinds[:2]) == {("OSError", "one"), ("ValueError", "two")}
    assert 'fail(RuntimeError("last"), group)' in line["exception"]


def test_levels_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    output = configured(monkeypatch)
    structlog.get_logger().debug("not told")
    structlog.get_logger().info("told")
    logging.getLogger("somebody.else").setLevel(logging.NOTSET)
    logging.getLogger("somebody.else").info("not told")
    logs.configure()
    logging.getLogger("somebody.else").warning("told once")

    assert [(line["level"], line["event"]) for line in lines(output)] == [("info", "told"), ("warning", "told once")]


async def test_the_values_that_a_database_refuses_are_not_logged(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = configured(monkeypatch)
    async with writing(database, SYSTEM, clock.now()) as tx:
        person_id = await rules.add_person(tx, "Ada Lovelace", "ada@example.org")
    person = table("person")
    row = {"id": person_id[:-1] + "0", "name": "Grace\n[SQL: Hopper", "email_folded": "ada@example.org", "active": True}
    row |= {"version": 1, "provenance": "ENTERED", "created_at": clock.now(), "updated_at": clock.now()}
    for values in (
        row,
        row | {"id": person_id},
        row | {"name": "", "email_folded": "Countess"},
        row | {"version": None},
    ):
        with pytest.raises(IntegrityError):
            async with database.writing() as connection:
                try:
                    await connection.execute(sa.insert(person).values(values))
                except IntegrityError:
                    structlog.get_logger().exception("a fault")
                    raise

    logged = lines(output)
    assert len(logged) == 4
    for line in logged:
        assert "INSERT INTO person" in line["exception"]
        assert not re.search("Lovelace|Grace|Hopper|Countess|example.org", line["exception"])


async def test_a_value_of_the_wrong_type_is_not_logged(postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    output = configured(monkeypatch)
    async with postgres.reading() as connection:
        for statement in (sa.text("SELECT CAST('Ada Lovelace' AS integer)"), None):
            try:
                if statement is None:
                    raw: Any = (await connection.get_raw_connection()).driver_connection
                    await raw.fetch("SELECT $1::integer", "Ada Lovelace")
                else:
                    await connection.execute(statement)
            except Exception:  # noqa: BLE001  # whatever the driver raises
                structlog.get_logger().exception("a fault")

    first, second = lines(output)
    assert "invalid input" in first["exception"]
    assert "invalid input for query argument ***" in second["exception"]
    assert "Lovelace" not in second["exception"].replace('"SELECT $1::integer", "Ada Lovelace"', "")


def test_hostile_texts_are_redacted_fast() -> None:
    texts = ("eyJ-" * 5_000, "a@" * 10_000, "://a:" * 4_000, "bearer " * 3_000, "fund_" * 4_000, "a." * 10_000 + "@")
    started = time.process_time()
    for each in texts:
        redaction.text(each)
    assert time.process_time() - started < 2  # 0.05 on an idle machine; this only catches what is far off
