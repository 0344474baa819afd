"""The files of npm packages: exact versions, known by their hashes, and how they are installed."""

import io
import json
import re
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.build import build_wheel

from fund_api.graphiql import __main__ as installing
from fund_api.graphiql import assets
from fund_api.graphiql.assets import ASSETS, HERE, VERSIONS, Asset, integrity

ROOT = Path(__file__).parents[2]
CONTENT = b"window.it = 1"
PACKAGE = Asset("it", "umd/it.min.js", integrity(CONTENT))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the one file of a package is to be installed, which the npm of this test has."""
    place = tmp_path / "assets"
    monkeypatch.setattr(assets, "FOLDER", place)
    monkeypatch.setattr(installing, "FOLDER", place)
    for module in (assets, installing):
        monkeypatch.setattr(module, "ASSETS", [PACKAGE])
        monkeypatch.setattr(module, "VERSIONS", {"it": "1.2.3"})
    return place


def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    """An npm that packs this content, or can't."""
    with tarfile.open(tmp_path / "packed.tgz", "w:gz") as archive:
        for name, data in (("umd/it.min.js", content or b""), ("LICENSE", b"Free."), ("README.md", b"!")):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    refusal = "echo nobody is there >&2; exit 1"
    work = f"cp {tmp_path}/packed.tgz it-1.2.3.tgz" if content else refusal
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$1 $5" = "pack it@1.2.3" ] || exit 2\n{work}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def test_versions_are_exact_and_no_lock_file_is_committed() -> None:
    clients = json.loads((ROOT / "tests" / "clients" / "package.json").read_text())["dependencies"]

    for name, version in (VERSIONS | clients).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
    assert {asset.package for asset in ASSETS} == VERSIONS.keys()
    assert len({asset.name for asset in ASSETS}) == len(ASSETS)
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/fund_api/graphiql/assets/", "node_modules/", "package-lock.json"} <= set(ignored)


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: str(asset.name))
def test_what_is_installed_is_what_pages_ask_the_cdn_for(asset: Asset) -> None:
    if not asset.file.is_file():
        pytest.skip("make assets installs the editor")

    assert integrity(asset.file.read_bytes()) == asset.integrity


def test_the_file_and_its_licence_are_installed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm(tmp_path, monkeypatch, CONTENT)

    assert installing.main([]) == 0

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "it.min.js": CONTENT,
        "it.LICENSE": b"Free.",
    }


def test_a_file_that_is_not_the_known_one_is_not_installed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    npm(tmp_path, monkeypatch, b"window.it = 2")

    assert installing.main([]) == 1

    assert capsys.readouterr().err == "umd/it.min.js of it is not the file that assets.py knows by its hash.\n"
    assert not (folder / "it.min.js").exists()


def test_who_has_no_network_is_told_and_goes_on_where_that_is_allowed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    npm(tmp_path, monkeypatch, None)

    assert installing.main([]) == 1
    assert capsys.readouterr().err == "npm could not fetch it@1.2.3. nobody is there\n"
    assert installing.main(["--if-possible"]) == 0
    assert capsys.readouterr().err.startswith("GraphiQL is not installed; its page loads it from a CDN.")
    assert not folder.exists()


def test_who_has_no_npm_is_told_how_to_get_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert installing.main([]) == 1
    assert "apt install npm" in capsys.readouterr().err


def test_what_is_installed_is_not_fetched_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    (folder / "it.min.js").write_bytes(CONTENT)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert installing.main([]) == 0


def test_the_wheel_ships_what_is_installed_though_git_knows_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    installed = tmp_path / "fund_api" / "graphiql" / "assets" / "it.min.js"
    for path in (installed, tmp_path / "fund_api" / "__init__.py", tmp_path / "schema" / "__init__.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)

    with ZipFile(tmp_path / build_wheel(str(tmp_path))) as built:
        assert "fund_api/graphiql/assets/it.min.js" in built.namelist()
    assert (HERE / "package.json").is_file()
