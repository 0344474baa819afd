"""What is locked, and what ships."""

import re
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.build import build_wheel
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PINS = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE))


def required() -> list[Requirement]:
    """What pyproject.toml asks for, the tools of development and building too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = (
        project["project"]["dependencies"] + project["dependency-groups"]["dev"] + project["build-system"]["requires"]
    )
    return [Requirement(text) for text in asked]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        name = build_wheel(str(folder))
    with ZipFile(folder / name) as built:
        return set(built.namelist())


def test_wheel_holds_both_packages_and_nothing_else(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"fund_api", "schema"}


def test_wheel_holds_every_file_of_the_packages(wheel: set[str]) -> None:
    files = {path for package in ("fund_api", "schema") for path in (ROOT / package).rglob("*") if path.is_file()}
    names = {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}
    assert names - wheel == set()
    assert {"fund_api/py.typed", "schema/py.typed", "fund_api/migrations/script.py.mako"} <= names


def test_no_dependency_brings_our_packages() -> None:
    brought = packages_distributions()
    assert set(brought.get("schema", [])) | set(brought.get("fund_api", [])) <= {"fund-api"}


def test_lock_holds_only_names_versions_and_hashes() -> None:
    line = re.compile(r"[a-z0-9-]+==[\w.+]+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [text for text in LOCK.splitlines() if not line.fullmatch(text)] == []


def test_lock_answers_every_requirement() -> None:
    wrong = [str(need) for need in required() if PINS.get(canonicalize_name(need.name), "0") not in need.specifier]
    assert wrong == []


def test_what_is_locked_is_installed() -> None:
    assert {name: version(name) for name in PINS} == PINS
