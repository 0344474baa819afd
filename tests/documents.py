"""Pages of the documentation as tests read them, so that what a page says is tried.

A ```graphql block is a query; words after that, as in ```graphql TOKEN, say by whose token. A ```json variables block
after it holds its variables, and the ```json block after that its exact answer. A ```console block holds commands after
"$ ", each followed by what it prints.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt


@dataclass(frozen=True)
class Block:
    """A fenced block: ```language info."""

    language: str
    info: str
    text: str
    line: int


@dataclass(frozen=True)
class Query:
    """A query with its exact answer. Any: JSON."""

    line: int
    document: str
    variables: dict[str, Any]
    answer: dict[str, Any]
    token: str = ""
    answered_at: int = field(default=0, compare=False)
    """The line of the fence of its answer."""


@dataclass
class Command:
    """A command of a shell and what the page says that it prints."""

    line: int
    command: str
    output: list[str] = field(default_factory=list)


def blocks(path: Path) -> list[Block]:
    """Every fenced block of the page, with the line of its fence."""
    found = []
    for token in MarkdownIt().parse(path.read_text(encoding="utf-8")):
        if token.type == "fence" and token.map:
            language, _, info = token.info.strip().partition(" ")
            found.append(Block(language, info.strip(), token.content, token.map[0] + 1))
    return found


def steps(path: Path) -> list[Query | Command]:
    """Every query and every command of the page, in its order.

    Raises ValueError for a query that has no answer, JSON that is none, and a console block without a command.
    """
    found: list[Query | Command] = []
    rest = blocks(path)
    while rest:
        block = rest.pop(0)
        if block.language == "console":
            found.extend(_commands(path, block))
        elif block.language == "graphql":
            found.append(_query(path, block, rest))
    return found


def queries(path: Path) -> list[Query]:
    """Every query of the page."""
    return [step for step in steps(path) if isinstance(step, Query)]


def commands(path: Path) -> list[Command]:
    """Every command of the page's console blocks; a backslash at the end of a line continues it."""
    return [step for step in steps(path) if isinstance(step, Command)]


def _query(path: Path, block: Block, rest: list[Block]) -> Query:
    """The query of a block with what of the blocks after it is its own, which is taken from them."""
    variables: dict[str, Any] = {}
    if rest and (rest[0].language, rest[0].info) == ("json", "variables"):
        variables = _json(path, rest.pop(0))
    if not rest or (rest[0].language, rest[0].info) != ("json", ""):
        raise ValueError(f"{path.name}:{block.line}: a graphql block is followed by its answer, a json block.")
    answer = rest.pop(0)
    return Query(block.line, block.text, variables, _json(path, answer), block.info, answer.line)


def _commands(path: Path, block: Block) -> list[Command]:
    found: list[Command] = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if line.startswith("$ "):
            found.append(Command(number, line[2:]))
        elif not found:
            raise ValueError(f'{path.name}:{number}: a console block begins with "$ " and a command.')
        elif found[-1].command.endswith("\\") and not found[-1].output:
            found[-1].command += f"\n{line}"
        else:
            found[-1].output.append(line)
    return found


def _json(path: Path, block: Block) -> dict[str, Any]:
    try:
        value = json.loads(block.text)
    except ValueError as error:
        raise ValueError(f"{path.name}:{block.line}: the json block is no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path.name}:{block.line}: the json block is no object.")  # noqa: TRY004  (the page is wrong)
    return value
