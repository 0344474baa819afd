"""Idempotency: a request that is sent again with its key gets the answer of the first time, and nothing is done twice.

A key belongs to its actor and is kept for seven days. It is taken in the transaction that does the work, so a second
request with it waits for the first one's commit, and finds nothing when that was rolled back.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fund_api.core.columns import table_of
from fund_api.core.errors import IdempotencyKeyReused, InvalidValue
from fund_api.core.tables import IdempotencyKey
from fund_api.core.writing import Row, Transaction

KEPT = timedelta(days=7)
EVERYBODY = "public"
"""The actor of requests that nobody signed."""
LONGEST_KEY = 200
_KEYS = table_of(IdempotencyKey)


@dataclass(frozen=True, slots=True)
class Request:
    """A request under a key: digests of what it does, and of what it asks to be answered."""

    key: str
    does: str
    document: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the first request with a key brought: its result, and its answer when the document was the same."""

    result: str
    answer: str | None


def digest(*parts: str) -> str:
    """The SHA-256 of texts, each by itself."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


async def claim(tx: Transaction, request: Request) -> Kept | None:
    """Take a key for this transaction; what the first request brought when it was taken before.

    Raises IdempotencyKeyReused when that did something else, InvalidValue for a key that is no key.
    """
    if not 1 <= len(request.key) <= LONGEST_KEY or "\x00" in request.key:
        raise InvalidValue(f"An idempotency key has 1 to {LONGEST_KEY} characters.", "idempotency_key")
    insert = sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert
    row: Row = {"actor": _actor(tx), "key": request.key, "request": request.does, "document": request.document}
    row |= {"result": None, "answer": None, "created_at": tx.now}
    taken = await tx.connection.execute(
        insert(_KEYS)
        .values(row)
        .on_conflict_do_update(
            index_elements=[_KEYS.c.actor, _KEYS.c.key], set_=row, where=_KEYS.c.created_at < tx.now - KEPT
        )
    )
    if taken.rowcount == 1:
        return None
    [found] = await tx.rows(sa.select(_KEYS).where(_mine(tx, request.key)))
    if found["request"] != request.does:
        raise IdempotencyKeyReused("This idempotency key was used before, with another input. Take a new key.")
    same = found["document"] == request.document
    return Kept(found["result"], found["answer"] if same else None)


async def keep(tx: Transaction, key: str, result: str, answer: str | None) -> None:
    """Keep the result and the answer under the key that the transaction took."""
    await tx.connection.execute(_KEYS.update().where(_mine(tx, key)).values(result=result, answer=answer))


async def forget_old_keys(tx: Transaction) -> None:
    """Delete the keys that are kept no longer; the server does so by itself."""
    await tx.connection.execute(_KEYS.delete().where(_KEYS.c.created_at < tx.now - KEPT))


async def forget_answers(tx: Transaction) -> None:
    """Let go of all answers, which may hold what is to be erased; a retry reads its result again."""
    await tx.connection.execute(_KEYS.update().values(answer=None))


def _actor(tx: Transaction) -> str:
    return tx.viewer.id or EVERYBODY


def _mine(tx: Transaction, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(_KEYS.c.actor == _actor(tx), _KEYS.c.key == key)
