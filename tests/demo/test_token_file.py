"""The tokens of a demonstration: nobody but the owner of their file reads them, at no moment."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from fund_api.demo import token_file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def careless(tmp_path: Path) -> Any:
    """A machine whose files everybody may read and write by default."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    token_file.write(tmp_path / "tokens.txt", ["one", "two"])

    assert (tmp_path / "tokens.txt").read_text(encoding="utf-8") == "one\ntwo\n"
    assert mode(tmp_path / "tokens.txt") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.txt"]


def test_nobody_else_reads_it_while_it_is_written(tmp_path: Path) -> None:
    def lines() -> Any:
        [written] = tmp_path.iterdir()
        assert mode(written) == 0o600
        yield "one"

    token_file.write(tmp_path / "tokens.txt", lines())


def test_a_file_that_was_there_is_replaced_with_its_mode(tmp_path: Path) -> None:
    (tmp_path / "tokens.txt").write_text("old", encoding="utf-8")

    token_file.write(tmp_path / "tokens.txt", ["new"])

    assert (tmp_path / "tokens.txt").read_text(encoding="utf-8") == "new\n"
    assert mode(tmp_path / "tokens.txt") == 0o600


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("old", encoding="utf-8")
    (tmp_path / "tokens.txt").symlink_to(tmp_path / "elsewhere")

    token_file.write(tmp_path / "tokens.txt", ["new"])

    assert not (tmp_path / "tokens.txt").is_symlink()
    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == "old"


def test_what_fails_leaves_nothing_and_the_old_file_as_it_was(tmp_path: Path) -> None:
    def lines() -> Any:
        yield "new"
        raise OSError("the disk is full")

    (tmp_path / "tokens.txt").write_text("old", encoding="utf-8")
    with pytest.raises(OSError, match="the disk is full"):
        token_file.write(tmp_path / "tokens.txt", lines())

    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("tokens.txt", "old")]
