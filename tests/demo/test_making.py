"""Making a demonstration: whole or not at all, and its tokens for its owner alone."""

import os
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from fund_api import loading
from fund_api.core.database import Database, Dialect
from fund_api.core.errors import Failure
from fund_api.core.settings import Settings
from fund_api.demo import making, places
from fund_api.demo.accounts import ACCOUNTS
from fund_api.demo.places import Place
from fund_api.people.roles import Role
from tests.commands import Run
from tests.test_serving import serving


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration without reference data, in which nothing happens."""

    async def load(*_: object) -> list[Any]:
        return []

    monkeypatch.setattr(loading, "load_reference", load)
    monkeypatch.setattr(making, "THREADS", ())


def place_in(folder: Path) -> Place:
    return places.place(Settings(), f"sqlite:///{folder}/demo.db")


def stored(file: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(file) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_a_demonstration_is_made_once(small: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    making.make(place_in(tmp_path))
    first = capsys.readouterr().out
    tokens = (tmp_path / "demo-tokens.txt").read_text(encoding="utf-8")
    making.make(place_in(tmp_path))

    said = f"The tokens of its people, one for each role, are in {tmp_path}/demo-tokens.txt.\n"
    assert first == (
        f"Making a demonstration in sqlite:///{tmp_path}/demo.db, which takes a minute.\n"
        f"Telling what the people of ZZ did until now.\n{said}"
    )
    assert capsys.readouterr().out == said
    assert (tmp_path / "demo-tokens.txt").read_text(encoding="utf-8") == tokens
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo-tokens.txt", "demo.db"]
    [(kind, ready)] = stored(tmp_path / "demo.db", "SELECT kind, ready_at FROM installation")
    assert (kind, ready is not None) == ("DEMO", True)


def test_there_is_a_token_for_every_role_which_nobody_else_reads(small: None, tmp_path: Path) -> None:
    before = os.umask(0)
    making.make(place_in(tmp_path))
    os.umask(before)

    file = tmp_path / "demo-tokens.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    assert [tuple(line[:2]) for line in lines] == [(one.role, one.email) for one in ACCOUNTS]
    assert {role for role, *_ in lines} == set(Role)
    assert all(email.endswith("@example.org") and token.startswith("fund_") for _, email, token in lines)


def test_what_fails_on_the_way_leaves_nothing(small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(making, "add_communities", fail)
    with pytest.raises(Failure, match="the disk is full"):
        making.make(place_in(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_a_database_of_postgresql_that_was_begun_is_refused_afterwards(
    small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_postgres: Database
) -> None:
    async def fail(*_: object) -> None:
        raise OSError("the cable is cut")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(making, "add_communities", fail)
    place = places.place(Settings(), empty_postgres.url.render_as_string(hide_password=False))
    for message in ("the cable is cut", "was begun and never finished"):
        with pytest.raises(Failure, match=message):
            making.make(place)

    assert list(tmp_path.iterdir()) == []
    assert empty_postgres.dialect is Dialect.POSTGRESQL


def test_the_command_refuses_the_default_database(run: Run, tmp_path: Path) -> None:
    status, said, complained = run("demo", "--database", f"sqlite:///{tmp_path}/fund.db")

    assert (status, said) == (1, "")
    assert complained.startswith(f"sqlite:///{tmp_path}/fund.db is the database of FUND_DATABASE_URL: a demonstration")
    assert list(tmp_path.iterdir()) == []


def test_serve_refuses_a_demonstration_that_was_not_finished(small: None, tmp_path: Path) -> None:
    making.make(place_in(tmp_path))
    with sqlite3.connect(tmp_path / "demo.db") as connection:
        connection.execute("UPDATE installation SET ready_at = NULL")
    connection.close()

    with serving(tmp_path, FUND_LOAD="none", FUND_DATABASE_URL="sqlite:///demo.db") as (process, printed):
        assert process.wait(20) == 1

    assert printed[-1].startswith("The database holds a demonstration that was begun and never finished. Delete it")


def test_tokens_that_are_gone_are_made_anew(small: None, tmp_path: Path) -> None:
    making.make(place_in(tmp_path))
    file = tmp_path / "demo-tokens.txt"
    first = file.read_text(encoding="utf-8").splitlines()
    file.unlink()

    making.make(place_in(tmp_path))

    second = file.read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[:2] for line in first] == [line.split("\t")[:2] for line in second]
    assert not {line.split("\t")[2] for line in first} & {line.split("\t")[2] for line in second}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_sqlite_left_of_a_deleted_demonstration_does_not_come_back(small: None, tmp_path: Path) -> None:
    making.make(place_in(tmp_path))
    with sqlite3.connect(tmp_path / "demo.db") as connection:  # a server that was killed leaves a log behind
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("UPDATE installation SET notice = 'old'")
        connection.commit()
        kept = {end: (tmp_path / f"demo.db{end}").read_bytes() for end in ("-wal", "-shm")}
    connection.close()
    (tmp_path / "demo.db").unlink()
    for end, content in kept.items():
        (tmp_path / f"demo.db{end}").write_bytes(content)

    making.make(place_in(tmp_path))

    assert stored(tmp_path / "demo.db", "SELECT notice FROM installation") == [(making.NOTICE,)]
