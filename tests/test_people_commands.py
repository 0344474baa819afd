"""The commands about people."""

import io
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from fund_api.people.roles import PERMISSIONS, Role
from tests.commands import Run

NOTHING = """\
Every balance agrees with the ledger (programs: 0, grants: 0, entries: 0); nobody had two duties on a grant (decisions: 0).
The printed stock agrees with its orders (items: 0, lines: 0).
No advisor has more than they take (advisors: 0, assignments: 0).
"""
TOKEN = r"fund_[0-9a-z]{26}_[0-9a-f]{64}\n"


def added(run: Run, name: str, *words: str) -> str:
    status, said, complained = run("person", "add", "--name", name, "--email", f"{name.lower()}@example.org", *words)
    assert (status, complained) == (0, "")
    assert re.fullmatch(r"person_[0-9a-z]{26}\n", said)
    return said.strip()


def test_people_are_added_and_listed(run: Run) -> None:
    eve = added(run, "Eve")
    ada = added(run, "Ada", "--role", "administrator", "--role", "Grants-Officer")

    assert run("person", "list") == (
        0,
        "id\tname\te-mail\troles\tstate\n"
        f"{ada}\tAda\tada@example.org\tadministrator, grants_officer\tactive\n"
        f"{eve}\tEve\teve@example.org\t\tactive\n",
        "",
    )


def test_a_terminal_shows_a_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert run("person", "add", "--name", "[red]Ada", "--email", "ada@example.org")[0] == 0
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "stdout", terminal)
    run("person", "list")

    assert "[red]Ada" in terminal.getvalue()
    assert "┃" in terminal.getvalue()


def test_roles_are_granted_and_revoked_by_address_or_id(run: Run) -> None:
    ada = added(run, "Ada")

    assert run("role", "grant", "ADA@example.org", "hiring_officer") == (
        0,
        "ADA@example.org has the role hiring_officer in fund.\n",
        "",
    )
    assert "\thiring_officer\t" in run("person", "list")[1]
    assert run("role", "revoke", ada, "Hiring-Officer")[0] == 0
    assert "hiring_officer" not in run("person", "list")[1]


def test_the_secret_of_a_token_is_alone_on_standard_output(run: Run, tmp_path: Path) -> None:
    added(run, "Ada", "--role", "approver")
    words = ("--person", "ada@example.org", "--role", "approver", "--name", "Laptop", "--expires-in-days", "30")
    status, said, complained = run("token", "create", *words)

    assert status == 0
    assert re.fullmatch(TOKEN, said)
    token_id = f"token_{said[5:31]}"
    assert complained == f"{token_id} signs in for ada@example.org. Nobody can read the token again:\n"
    header, line = run("token", "list")[1].splitlines()
    assert header == "id\tperson\tname\tscopes\texpires\tlast used\trevoked"
    scopes = " ".join(sorted(PERMISSIONS[Role.APPROVER]))
    listed = rf"\tada@example.org\tLaptop\t{scopes}\t\d{{4}}-\d\d-\d\d \d\d:\d\d UTC\t\t"
    assert re.fullmatch(re.escape(token_id) + listed, line)
    assert said.strip()[32:].encode() not in (tmp_path / "fund.db").read_bytes()

    assert run("token", "revoke", token_id) == (0, f"{token_id} is revoked.\n", "")
    assert re.search(r"UTC\t\t\d{4}-.* UTC\n$", run("token", "list", "--person", "ada@example.org")[1])
    assert run("token", "list", "--person", "eve@example.org")[1].count("\n") == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("person", "add", "--name", "Eve", "--email", "ada@example.org"), "Somebody with the e-mail address ada@exam"),
        (("person", "add", "--name", "Eve", "--email", "eve"), "email takes an address such as ada@example.org."),
        (("role", "grant", "eve@example.org", "editor"), "There is no person eve@example.org."),
        (("role", "grant", "ada@example.org", "boss"), "There is no role boss. There are: member, coordinator, "),
        (("role", "revoke", "ada@example.org", "administrator"), "The last administrator can't be removed: "),
        (("role", "grant", "ada@example.org", "editor", "--scope", "x"), 'A role holds in "fund", which is every'),
        (("token", "create", "--person", "ada@example.org", "--role", "editor"), "A token can't have the role EDITOR"),
        (("token", "revoke", "token_1"), "There is no api token token_1."),
    ],
)
def test_what_can_t_be_done_is_told_in_words_and_changes_nothing(
    run: Run, words: tuple[str, ...], expected: str
) -> None:
    added(run, "Ada", "--role", "administrator")
    before = run("person", "list"), run("token", "list"), run("audit")

    status, said, complained = run(*words)

    assert (status, said) == (1, "")
    assert complained.startswith(expected)
    assert (run("person", "list"), run("token", "list"), run("audit")) == before


def test_an_audit_counts_what_it_verified_and_names_the_first_broken_link(run: Run, tmp_path: Path) -> None:
    assert run("audit") == (0, f"0 events verified; 0 private values were erased since.\n{NOTHING}", "")
    added(run, "Ada", "--role", "editor")
    assert run("audit") == (0, f"2 events verified; 0 private values were erased since.\n{NOTHING}", "")

    with sqlite3.connect(tmp_path / "fund.db") as connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute("UPDATE event SET action = 'role_assignment.Granted' WHERE number = 2")
    connection.close()

    status, said, complained = run("audit")
    assert (status, said) == (1, "")
    wrong = r"Event 2 \(role_assignment.Granted of role_\w+\) is not as it was written\."
    assert re.fullmatch(wrong + r" Events verified before it: 1\.\n", complained)
