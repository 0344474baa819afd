"""Manifests of clients, as their build tools write them: JSON of identifiers and texts, or GraphQL documents as such.

A manifest is an object of identifiers and texts, as relay-compiler and GraphQL Code Generator write it, or the
`operations` of Apollo's format. Its identifiers are the SHA-256 of the texts, with or without `sha256:` before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLSchema

from fund_api.core.errors import Failure
from fund_api.edge.document_tables import LONGEST_DOCUMENT, LONGEST_NAME
from fund_api.graph import documents
from fund_api.graph.errors import RequestErrors
from schema.manifest import PREFIX, identifier

_HASH = re.compile(rf"(?:{PREFIX})?([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document that a manifest lists: its operations' names, if they have any, and the SHA-256 of its text."""

    hash: str
    text: str
    name: str | None = None


def hash_in(given: str) -> str | None:
    """The SHA-256 that an identifier holds; None for what is none."""
    match = _HASH.fullmatch(given)
    return match[1] if match else None


def hash_of(text: str) -> str:
    """The SHA-256 of a document."""
    return identifier(text).removeprefix(PREFIX)


def read(schema: GraphQLSchema, paths: Sequence[Path]) -> list[Listed]:
    """The documents of these files, each valid. Raises Failure that tells every error, with its file."""
    found: list[Listed] = []
    wrong: list[str] = []
    for path in paths:
        try:
            for given, text in _texts(path):
                found.append(_checked(schema, path, given, text, wrong))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            wrong.append(f"{path}: {reason}.")
    if wrong:
        raise Failure("\n".join([*wrong, "Nothing was added."]))
    return found


def _texts(path: Path) -> Iterator[tuple[str | None, str]]:
    """The identifiers and the texts in a file. Raises ValueError for a file that is no manifest."""
    content = path.read_bytes()
    if path.suffix != ".json":
        yield None, content.decode()
        return
    held: Any = orjson.loads(content)  # Any: JSON
    if not isinstance(held, dict):
        raise ValueError("a manifest is a JSON object of identifiers and texts")  # noqa: TRY004  # of the file
    if isinstance(listed := held.get("operations"), list):
        held = {one.get("id"): one.get("body") for one in listed if isinstance(one, dict)}
    for given, text in held.items():
        if not isinstance(given, str) or not isinstance(text, str):
            raise ValueError(f"{given}: a text is needed")  # noqa: TRY004  # of the file
        yield given, text


def _checked(schema: GraphQLSchema, path: Path, given: str | None, text: str, wrong: list[str]) -> Listed:
    """A document with its names; what is wrong with it is added to `wrong`."""
    made = identifier(text)
    where = f"{path}: {given}" if given else str(path)
    if given and hash_in(given) != hash_in(made):
        wrong.append(f"{where}: this is not the SHA-256 of its text, which is {made}.")
    names: list[str] = []
    try:
        if len(text) > LONGEST_DOCUMENT or "\x00" in text:
            wrong.append(f"{where}: a document has at most {LONGEST_DOCUMENT:,} characters, and none is U+0000.")
        else:
            names = [name for name in documents.read(schema, text, 0).operations if name]
    except RequestErrors as refused:
        wrong += [f"{where}: {error.message}{_place(error)}" for error in refused.errors]
    return Listed(made.removeprefix(PREFIX), text, ", ".join(names)[:LONGEST_NAME] or None)


def _place(error: Any) -> str:  # Any: graphql-core's error, whose locations may be missing
    return f" (line {error.locations[0].line}, column {error.locations[0].column})" if error.locations else ""
