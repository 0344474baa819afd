"""The files of npm packages that the page of GraphiQL needs, and where browsers find them.

package.json names the exact versions. Newer major versions of React have no build that a page can load by itself, and
graphiql 4.1.2 is the last one that has.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE / "assets"
"""Where installed files are; git knows nothing of them, and the wheel ships them."""
CDN = "https://cdn.jsdelivr.net/npm"
"""Serves the files of npm packages as they are in the package."""
VERSIONS: dict[str, str] = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a package, with its hash as browsers check it."""

    package: str
    path: str
    integrity: str

    @property
    def name(self) -> str:
        """What the file is called here, where names of files of all packages meet."""
        return Path(self.path).name

    @property
    def file(self) -> Path:
        """Where it is once it is installed."""
        return FOLDER / self.name

    @property
    def cdn(self) -> str:
        """Where the CDN has it."""
        return f"{CDN}/{self.package}@{VERSIONS[self.package]}/{self.path}"


STYLE = Asset("graphiql", "graphiql.min.css", "sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr")
SCRIPTS = [
    Asset(
        "react",
        "umd/react.production.min.js",
        "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    ),
    Asset(
        "react-dom",
        "umd/react-dom.production.min.js",
        "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    ),
    Asset(
        "graphql-ws", "umd/graphql-ws.min.js", "sha384-mxvR4Mzbsb6QVx/9xI2gtQikQA6m8zMDBFnu3l//4/ROsWt7y2sUGWd+/tYQqDm7"
    ),
    Asset("graphiql", "graphiql.min.js", "sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B"),
]
"""In the order in which they need each other."""
ASSETS = [STYLE, *SCRIPTS]


def are_installed() -> bool:
    """Whether every file is here, and is the one that is meant."""
    return all(asset.file.is_file() and integrity(asset.file.read_bytes()) == asset.integrity for asset in ASSETS)


def integrity(content: bytes) -> str:
    """The hash of a file as pages name it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
