"""`python -m schema` writes the SDL, the manifest of the operations, and the pages on the lives of a grant and of a
request for hiring support.

`python -m schema --check` fails when a written one is out of date.
"""

import sys
from pathlib import Path

from graphql import print_schema

from fund_api.grants import diagram as grants
from fund_api.hiring import diagram as hiring
from schema import make_catalogue, manifest

SDL = Path(__file__).parent / "schema.graphql"
DOCS = Path(__file__).parents[1] / "docs"
GRANT_PAGE, HIRING_PAGE = DOCS / "grant-lifecycle.md", DOCS / "hiring-lifecycle.md"


def texts() -> dict[Path, str]:
    """What is written, by its file."""
    sdl = print_schema(make_catalogue().schema) + "\n"
    return {SDL: sdl, manifest.FILE: manifest.written(), GRANT_PAGE: grants.page(), HIRING_PAGE: hiring.page()}


def main(arguments: list[str]) -> int:
    """Write the files, or check them; 1 when a check finds a difference."""
    if arguments == ["--check"]:
        changed = [path for path, text in texts().items() if _held(path) != text]
        for path in changed:
            where = f"{path.parent.name}/{path.name}"
            sys.stderr.write(f"{where} is out of date: run `make schema`, look at the difference, commit it.\n")
        return 1 if changed else 0
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
    return 0


def _held(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
