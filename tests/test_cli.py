"""The command line does what it says, and tells what is wrong in words."""

import io
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console

from fund_api import cli, reports
from fund_api.core.importing import Loaded
from fund_api.core.upserts import Counts
from tests.commands import Run
from tests.rows import packaged, write


def stored(folder: Path, table: str) -> int:
    with sqlite3.connect(folder / "fund.db") as connection:
        number: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    connection.close()
    return number


def test_migrate_says_whether_there_was_something_to_do(run: Run) -> None:
    assert run("migrate") == (0, "The database was brought to the newest revision.\n", "")
    assert run("migrate") == (0, "The database is up to date.\n", "")


def test_load_migrates_and_loads_the_packaged_data_in_time(run: Run, tmp_path: Path) -> None:
    status, said, complained = run("load")

    assert (status, complained) == (0, "")
    lines = said.splitlines()
    assert lines[0] == "Loading sources.csv (sources, 3,447 bytes)."
    assert lines[5] == (
        "communities.csv.gz: 39,234 rows; community 39,234 new, 0 changed, 0 unchanged;"
        " form_period 351 new, 0 changed, 0 unchanged."
    )
    end = re.fullmatch(
        r"40,323 new, 78 changed; 1 unchanged\. (\d+\.\d) seconds, ([\d,]+) MB of memory at the peak\.", lines[24]
    )
    assert end is not None
    assert float(end[1]) < 60  # 15 on an idle machine of two cores; this only catches what is far off
    assert stored(tmp_path, "community") == 39_234


def test_the_peak_is_of_the_process_itself_not_of_who_started_it() -> None:
    tell = "from fund_api.reports import peak_memory; print(peak_memory())"
    start = f"import subprocess, sys; held = b'x' * 400_000_000; subprocess.run([sys.executable, '-c', '{tell}'])"

    told = subprocess.run([sys.executable, "-c", start], check=True, capture_output=True, text=True)

    assert 1_000_000 < int(told.stdout) < 200_000_000


def test_load_takes_files_and_says_when_nothing_changed(run: Run, tmp_path: Path) -> None:
    sources = str(write(tmp_path / "sources.csv", packaged("sources.csv")))
    states = str(write(tmp_path / "states.csv", packaged("states.csv.gz")))

    first, second = run("load", states, sources), run("load", states, sources)

    assert (first[0], second[0]) == (0, 0)
    assert f"{states}: 52 rows; state 52 new, 0 changed, 0 unchanged." in first[1]
    assert "Nothing changed; 63 unchanged." in second[1]


def test_a_bad_file_is_an_error_in_words(run: Run, tmp_path: Path) -> None:
    states = write(tmp_path / "states.csv", [packaged("states.csv.gz")[0] | {"fips": "x"}])

    status, _, complained = run("load", str(states))

    assert status == 1
    assert complained == f'{states}, line 2, column fips: "x" should be two digits.\nNothing of {states} was kept.\n'
    assert stored(tmp_path, "state") == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gone.csv", "cannot be read: No such file or directory."),
        (".", "is a directory; a .csv or .csv.gz file is needed."),
    ],
)
def test_what_is_no_file_is_an_error_in_words(run: Run, tmp_path: Path, name: str, expected: str) -> None:
    assert run("load", str(tmp_path / name)) == (1, "", f"{tmp_path / name} {expected}\n")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("nonsense", "FUND_DATABASE_URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."),
        (
            "sqlite:////no/such/folder/fund.db",
            "The database of FUND_DATABASE_URL cannot be reached: unable to open database file\n",
        ),
        ("postgresql://127.0.0.1:1/fund", "The database of FUND_DATABASE_URL cannot be reached: "),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "load"])
def test_a_database_that_cannot_be_used_is_an_error_in_words(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, address: str, expected: str
) -> None:
    monkeypatch.setenv("FUND_DATABASE_URL", address)

    status, said, complained = run(command)

    assert (status, said) == (1, "")
    assert complained.startswith(expected)
    assert "Traceback" not in complained


def test_every_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUND_PORT", "high")
    monkeypatch.setenv("FUND_LOAD", "everything")

    assert run("migrate") == (
        1,
        "",
        "FUND_PORT: Input should be a valid integer, unable to parse string as an integer.\n"
        "FUND_LOAD: Input should be 'reference' or 'none'.\n",
    )


def test_settings_that_belong_together_are_told_in_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUND_OIDC_ISSUER", "https://issuer.example.org")

    assert run("migrate") == (1, "", "FUND_OIDC_ISSUER and FUND_OIDC_AUDIENCE are set together or not at all.\n")


def named(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """A command and those below it, by their words. Any: typer's own copy of click has no types."""
    yield name, command
    for word, each in getattr(command, "commands", {}).items():
        yield from named(f"{name} {word}", each)


def test_every_command_and_parameter_has_help() -> None:
    commands = dict(named("fund-api", typer.main.get_group(cli.app)))

    assert set(commands) >= {"fund-api migrate", "fund-api load", "fund-api person add", "fund-api token create"}
    for name, command in commands.items():
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_a_terminal_shows_bars_and_the_counts() -> None:
    output = io.StringIO()
    bars = reports.Bars(Console(file=output, force_terminal=True, width=120))

    with bars.shown():
        bars.begin("folder/states.csv", "states", 2_000)
        bars.advance(500)
        bars.end(Loaded("folder/states.csv", "states", 52, {"state": Counts(50, 1, 1)}))

    assert "folder/states.csv: 52 rows; state 50 new, 1 changed, 1 unchanged." in output.getvalue()
    assert "states.csv (states)" in output.getvalue()
    assert "2.0/2.0 kB" in output.getvalue()


def test_the_peak_of_memory_is_told_in_bytes() -> None:
    peak = reports.peak_memory()
    assert peak is not None
    assert 10_000_000 < peak < 10_000_000_000


def test_a_file_that_is_no_database_is_an_error_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "fund.db").write_bytes(b"something else" * 100)

    assert run("migrate") == (1, "", "The database of FUND_DATABASE_URL cannot be reached: file is not a database\n")
