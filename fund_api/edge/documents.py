"""Documents by their identifiers, and where only trusted ones are answered, those alone.

Source: the draft of GraphQL over HTTP, appendix "Persisted Documents": a request has `documentId` in the place of
`query`. Trusted are the documents that ship and those of the clients' manifests.
"""

import math
import time
from collections.abc import Callable

import sqlalchemy as sa
from graphql import GraphQLError

from fund_api.core.database import Database
from fund_api.core.settings import Documents
from fund_api.edge.document_rules import DOCUMENT
from fund_api.edge.manifests import hash_in
from fund_api.edge.requests import Request
from fund_api.graph.errors import Code, RequestErrors
from fund_api.graph.kept import Kept
from schema import manifest

TRUSTED_FOR = 60.0
"""Seconds for which a document is known without asking the database again: so long one that was removed still works."""
KEPT = 1_000
"""Documents of clients that are known so, per process."""
ONLY_TRUSTED = (
    "This server answers trusted documents only: send documentId, the identifier of one that it knows, and no query."
)
NO_IDENTIFIER = 'documentId must be "sha256:" and the SHA-256 of the document in 64 lower-case hexadecimal digits.'
NOT_FOUND = (
    "There is no trusted document with this documentId. Whoever runs the server adds it by `fund-api operations add`."
)


class KnownDocuments:
    """The texts of trusted documents, of which those of clients are read when they are asked for."""

    def __init__(self, database: Database, mode: Documents = Documents.ANY) -> None:
        self._database = database
        self._trusted_only = mode is Documents.TRUSTED
        self._packaged = {name.removeprefix(manifest.PREFIX): text for name, text in manifest.packaged().items()}
        self._found: Kept[str, tuple[float, str]] = Kept(KEPT)

    async def text_of(self, request: Request, check: Callable[[], None] = lambda: None) -> str:
        """The document of a request. Raises RequestErrors for one that is not known, or not trusted.

        `check` is called before the database is asked.
        """
        if request.document_id is not None:
            return await self._text(request.document_id, check)
        if self._trusted_only:
            raise RequestErrors([GraphQLError(ONLY_TRUSTED)], Code.DOCUMENT_REQUIRED)
        return request.query

    def expires(self, request: Request) -> float:
        """Until when the document of a request that was answered is known, by a clock that never goes back."""
        found = self._found.find(hash_in(request.document_id) or "") if request.document_id is not None else None
        return math.inf if found is None else found[0] + TRUSTED_FOR

    async def _text(self, given: str, check: Callable[[], None]) -> str:
        known = hash_in(given)
        if known is None:
            raise RequestErrors([GraphQLError(NO_IDENTIFIER)], Code.BAD_REQUEST)
        if (text := self._packaged.get(known)) is not None:
            return text
        now, found = time.monotonic(), self._found.find(known)
        if found is not None and now < found[0] + TRUSTED_FOR:
            return found[1]
        check()
        text = await self._read(known)
        if text is None:
            self._found.pop(known, None)
            raise RequestErrors([GraphQLError(NOT_FOUND)], Code.DOCUMENT_NOT_FOUND)
        return self._found.keep(known, (now, text))[1]

    async def _read(self, known: str) -> str | None:
        query = sa.select(DOCUMENT.c.text).where(DOCUMENT.c.hash == known).limit(1)
        async with self._database.reading() as connection:
            text: str | None = await connection.scalar(query)
        return text
