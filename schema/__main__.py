"""`python -m schema` writes the SDL; `python -m schema --check` fails when the written one is out of date."""

import sys
from pathlib import Path

from graphql import print_schema

from schema import make_catalogue

SDL = Path(__file__).parent / "schema.graphql"


def main(arguments: list[str]) -> int:
    """Write or check the SDL; 1 when a check finds a difference."""
    text = print_schema(make_catalogue().schema) + "\n"
    if arguments == ["--check"]:
        if SDL.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(
            "schema/schema.graphql is out of date: run `make schema`, look at the difference, commit it.\n"
        )
        return 1
    SDL.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
