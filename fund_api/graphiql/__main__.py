"""`python -m fund_api.graphiql` installs the files of npm packages that the page of GraphiQL needs: `make assets`.

With --if-possible it goes on without them where there is no npm or no network: the page loads them from a CDN then.
"""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from fund_api.core.errors import Failure
from fund_api.graphiql.assets import ASSETS, FOLDER, VERSIONS, are_installed, integrity

LONGEST = 120
"""Seconds that npm may take."""
NPM = ["npm", "pack", "--silent", "--fetch-retries=0", "--fetch-timeout=20000"]
"""Fetches packages as they were published, and nothing that they depend on: what a page loads holds that already."""


def install() -> None:
    """Put the files where the page finds them, with the licences that they come under. Raises Failure."""
    if are_installed():
        return
    if not shutil.which("npm"):
        raise Failure("npm is not here, which installs GraphiQL: on Debian and Ubuntu, apt install npm.")
    packages = {package: _fetched(package) for package in VERSIONS}
    FOLDER.mkdir(exist_ok=True)
    for asset in ASSETS:
        content = packages[asset.package][asset.path]
        if integrity(content) != asset.integrity:
            raise Failure(f"{asset.path} of {asset.package} is not the file that assets.py knows by its hash.")
        asset.file.write_bytes(content)
    for package, files in packages.items():
        licence = next(content for path, content in files.items() if path.startswith("LICENSE"))
        (FOLDER / f"{package}.LICENSE").write_bytes(licence)


def _fetched(package: str) -> dict[str, bytes]:
    """The files of a package, in its exact version, that are of use here: what pages load, and the licence."""
    wanted = f"{package}@{VERSIONS[package]}"
    with TemporaryDirectory() as place:
        try:
            subprocess.run(  # noqa: S603  # all of its words stand in files of ours
                [*NPM, wanted], cwd=place, check=True, capture_output=True, timeout=LONGEST
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            said = (error.stderr or b"").decode(errors="replace").strip()
            raise Failure(f"npm could not fetch {wanted}. {said}".strip()) from None
        [packed] = Path(place).glob("*.tgz")
        paths = {asset.path for asset in ASSETS if asset.package == package}
        with tarfile.open(packed) as archive:
            found = {member.name.removeprefix("package/"): member for member in archive.getmembers()}
            kept = {path: archive.extractfile(member) for path, member in found.items() if _is_kept(path, paths)}
            return {path: file.read() for path, file in kept.items() if file}


def _is_kept(path: str, paths: set[str]) -> bool:
    return path in paths or path.startswith("LICENSE")


def main(arguments: list[str]) -> int:
    """Install; 1 when that can't be done, but where it was only to be tried."""
    try:
        install()
    except (Failure, OSError, ValueError, KeyError, tarfile.TarError) as failure:  # what npm gives may be anything
        if arguments != ["--if-possible"]:
            sys.stderr.write(f"{failure}\n")
            return 1
        sys.stderr.write("GraphiQL is not installed; its page loads it from a CDN. `make assets` says why.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
