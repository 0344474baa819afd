"""The manifest: the documents of `operations`, each under the identifier by which clients ask for it.

An identifier is `sha256:` and the SHA-256 of the document's text in 64 hexadecimal digits, as the draft of GraphQL over
HTTP has it (appendix "Persisted Documents"). The text is taken as it is, byte for byte: nothing is trimmed or joined,
so that `sha256sum FILE` says the same. The manifest is one JSON object of identifiers and texts.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

OPERATIONS = Path(__file__).parent / "operations"
FILE = OPERATIONS / "manifest.json"
PREFIX = "sha256:"


def identifier(text: str) -> str:
    """What clients ask for this document by."""
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()


def written() -> str:
    """The manifest of the documents that are there now."""
    texts = [path.read_bytes().decode() for path in _files()]
    return json.dumps({identifier(text): text for text in texts}, indent=2, ensure_ascii=False) + "\n"


def named() -> dict[str, str]:
    """The identifiers of the documents that ship, by the names of their operations, which are those of their files."""
    return {path.stem: identifier(path.read_bytes().decode()) for path in _files()}


@cache
def packaged() -> dict[str, str]:
    """The texts of the manifest that ships, by their identifiers."""
    found: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _files() -> list[Path]:
    return sorted(OPERATIONS.rglob("*.graphql"), key=lambda path: path.stem)
