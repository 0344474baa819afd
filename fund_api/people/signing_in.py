"""Signing in: who sends the header `Authorization: Bearer`, by an API token or by a JWT of the provider.

Whatever is wrong with a token, the answer is Unauthorized in the same words, after the same work. An address that sends
a flood of them is refused without any, except for tokens that were good before.
"""

import asyncio
import hmac
import time
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from fund_api.core import clock
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database
from fund_api.core.errors import Throttled, Unauthorized
from fund_api.people import identities, tokens
from fund_api.people.roles import Role
from fund_api.people.throttle import FLOOD, Throttle
from fund_api.people.tokens import TOKEN, Presented
from fund_api.people.viewers import PERSON, ROLES, limited

if TYPE_CHECKING:
    from fund_api.people.oidc import Provider

LONGEST = 10_000
"""Bytes of a header that is looked at."""
NOTED_EVERY = timedelta(minutes=1)
"""How often the last use of a token is written down."""
GOOD = 10_000
"""Tokens that are remembered because they were good, by their hashes; those unused for longest are forgotten first."""
_NONE = "0" * 64
"""Compared with when there is no token: the hash of nothing that anybody knows."""
_log = structlog.get_logger()


class SigningIn:
    """Says who asks."""

    def __init__(self, database: Database, provider: "Provider | None" = None) -> None:
        self._database = database
        self._provider = provider
        self._throttle, self._floods = Throttle(), Throttle(FLOOD)
        self._good: OrderedDict[str, None] = OrderedDict()
        self._notes: dict[str, asyncio.Task[None]] = {}

    async def viewer(self, authorization: bytes | None, address: str) -> Viewer:
        """Who sends this header from this address; everybody without one is PUBLIC.

        Raises Unauthorized for a token that is not valid, and Throttled after too many of them from one address.
        """
        if authorization is None:
            return PUBLIC
        found = await self._found(authorization, address)
        if found is not None:
            return found
        self._floods.fail(address, time.monotonic())
        if seconds := self._throttle.fail(address, time.monotonic()):
            raise Throttled(seconds)
        raise Unauthorized

    async def close(self) -> None:
        """Wait until the last uses are written down, and let go of the provider."""
        await asyncio.gather(*self._notes.values())  # they log what goes wrong and raise nothing
        if self._provider:
            await self._provider.close()

    async def _found(self, authorization: bytes, address: str) -> Viewer | None:
        scheme, _, credentials = authorization[:LONGEST].partition(b" ")
        if scheme.lower() != b"bearer" or len(authorization) > LONGEST or not credentials.isascii():
            return None
        text = credentials.strip().decode()
        if (presented := tokens.read(text)) is not None:
            self._let_ask(presented, address)
            return await self._by_token(presented, clock.now())
        if self._provider is None or text.count(".") != 2:
            return None
        return await self._by_jwt(self._provider, text)

    async def _by_token(self, presented: Presented, now: datetime) -> Viewer | None:
        query = (
            sa.select(TOKEN, PERSON.c.active, ROLES.c.role, ROLES.c.scope)
            .select_from(TOKEN.join(PERSON).outerjoin(ROLES, ROLES.c.person_id == PERSON.c.id))
            .where(TOKEN.c.id == presented.token_id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        token = rows[0] if rows else None
        same = hmac.compare_digest(token["secret_hash"] if token else _NONE, presented.secret_hash)
        if token is None or not same or not _is_valid(token, now):
            self._good.pop(presented.secret_hash, None)
            return None
        self._note_use(token, now)
        self._remember(presented)
        scopes = None if token["scopes"] is None else frozenset(token["scopes"].split())
        held = [(Role(row["role"]), row["scope"]) for row in rows if row["role"]]
        return limited(token["person_id"], held, scopes)

    async def _by_jwt(self, provider: "Provider", text: str) -> Viewer | None:
        claims = await provider.claims(text)
        return None if claims is None else await identities.sign_in(self._database, claims, clock.now())

    def _let_ask(self, presented: Presented, address: str) -> None:
        """Raise Throttled, before the database is asked, where a flood comes from and the token was never good."""
        if presented.secret_hash not in self._good and (seconds := self._floods.wait(address, time.monotonic())):
            raise Throttled(seconds)

    def _remember(self, presented: Presented) -> None:
        self._good[presented.secret_hash] = None
        self._good.move_to_end(presented.secret_hash)
        if len(self._good) > GOOD:
            self._good.popitem(last=False)

    def _note_use(self, token: sa.RowMapping, now: datetime) -> None:
        """Write down, beside the request, that a token was used; once a minute is often enough."""
        last, token_id = token["last_used_at"], token["id"]
        if token_id in self._notes or (last is not None and last > now - NOTED_EVERY):
            return
        task = asyncio.create_task(self._write_use(token_id, now))
        self._notes[token_id] = task
        task.add_done_callback(lambda _: self._notes.pop(token_id, None))

    async def _write_use(self, token_id: str, now: datetime) -> None:
        unnoted = sa.or_(TOKEN.c.last_used_at.is_(None), TOKEN.c.last_used_at <= now - NOTED_EVERY)
        note = TOKEN.update().where(TOKEN.c.id == token_id, unnoted).values(last_used_at=now)
        try:
            async with self._database.writing() as connection:
                await connection.execute(note)
        except Exception:  # noqa: BLE001  # the entry point of a task: nobody waits for it
            _log.exception("the last use of a token could not be written down", token_id=token_id)


def _is_valid(token: Any, now: datetime) -> bool:  # Any: a row of several tables
    """Whether a token that is known signs in now."""
    expires_at: datetime | None = token["expires_at"]
    return bool(token["active"] and token["revoked_at"] is None and (expires_at is None or expires_at > now))
