"""Where a demonstration may be: in a database of its own, on this machine."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fund_api.core import installation
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import Failure
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.demo import places
from fund_api.demo.places import Place
from fund_api.people import rules

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN = "is the database of FUND_DATABASE_URL: a demonstration has its own. Name another with --database."


def address(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def place_of(database: Database) -> Place:
    return places.place(Settings(), address(database))


def test_its_files_and_its_tokens_lie_beside_its_database(tmp_path: Path) -> None:
    place = places.place(Settings(port=1), f"sqlite:///{tmp_path}/demo.db")

    assert place.tokens == tmp_path / "demo-tokens.txt"
    assert place.settings.files == str(tmp_path / "demo-files")
    assert (place.settings.database_url, place.settings.port) == (f"sqlite:///{tmp_path}/demo.db", 1)


def test_it_reaches_neither_mail_servers_nor_providers_of_identities(tmp_path: Path) -> None:
    real = Settings(smtp_url="smtp://mail.example.org:25", oidc_issuer="https://id.example.org", oidc_audience="fund")
    own = places.place(real, f"sqlite:///{tmp_path}/demo.db").settings

    assert (own.smtp_url, own.oidc_issuer, own.oidc_audience) == (None, None, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_it_is_served_to_this_machine_alone(tmp_path: Path, host: str) -> None:
    with pytest.raises(Failure, match="A demonstration is served to this machine alone"):
        places.place(Settings(host=host), f"sqlite:///{tmp_path}/demo.db")


@pytest.mark.parametrize("other", ["fund.db", "./fund.db", "../here/fund.db", "link.db", "hard.db"])
def test_it_is_never_the_default_database_however_that_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("fund.db").touch()
    Path("link.db").symlink_to("fund.db")
    Path("hard.db").hardlink_to("fund.db")

    with pytest.raises(Failure) as refused:
        places.place(Settings(), f"sqlite:///{other}")

    assert str(refused.value) == f"sqlite:///{other} {OWN}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("postgresql://localhost/fund", "postgresql://127.0.0.1:5432/fund"),
        ("postgresql://ada:secret@db.example.org/fund", "postgresql://eve:other@db.example.org/fund?sslmode=require"),
        ("postgresql:///fund", "postgresql://[::1]/fund"),
        ("postgresql://db/fund?application_name=x", "postgresql:///fund?host=db"),
    ],
)
def test_a_database_of_postgresql_is_known_by_its_server_and_name(one: str, other: str) -> None:
    with pytest.raises(Failure) as refused:
        places.place(Settings(database_url=one), other)

    assert str(refused.value).endswith(OWN)
    assert "other@" not in str(refused.value)


@pytest.mark.parametrize(
    "other", ["postgresql://localhost/demo", "postgresql://db/fund", "postgresql://localhost:1/fund"]
)
def test_another_database_of_postgresql_is_another(other: str) -> None:
    place = places.place(Settings(database_url="postgresql://localhost/fund"), other)

    assert place.settings.files == f"demo-{place.database.url.database}-files"


def test_its_files_are_not_those_of_the_default(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="demo-files is the folder of FUND_FILES"):
        places.place(Settings(files=f"{tmp_path}/demo-files"), f"sqlite:///{tmp_path}/demo.db")


async def test_nothing_is_there_yet(empty: Database, tmp_path: Path) -> None:
    assert await places.is_made(place_of(empty)) is False
    assert await places.is_made(places.place(Settings(), f"sqlite:///{tmp_path}/new.db")) is False
    assert list(tmp_path.iterdir()) == []


async def test_a_demonstration_that_is_whole_is_served_again(database: Database) -> None:
    await installation.make_demo(database, "Nothing here is true.", NOW)
    await installation.finish_demo(database, NOW)

    assert await places.is_made(place_of(database)) is True


async def test_one_that_was_begun_and_not_finished_is_refused(database: Database) -> None:
    await installation.make_demo(database, "Nothing here is true.", NOW)

    with pytest.raises(Failure, match=r"was begun and never finished\. Delete it with all its tables, and make"):
        await places.is_made(place_of(database))


async def test_a_database_with_people_is_refused(database: Database) -> None:
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.add_person(tx, "Ada", "ada@example.org")

    with pytest.raises(Failure, match="has people in it and is no demonstration, which takes a database of its own"):
        await places.is_made(place_of(database))


async def test_a_database_with_anything_else_is_refused(database: Database, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE something (id)")
    connection.close()

    for found in (place_of(database), places.place(Settings(), f"sqlite:///{tmp_path}/other.db")):
        with pytest.raises(Failure, match="has something in it already and is no demonstration"):
            await places.is_made(found)
