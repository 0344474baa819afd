"""JWTs of an OpenID Connect provider, checked by its keys.

Source: OpenID Connect Core 1.0 and Discovery 1.0, RFC 7519 (JWT) and RFC 8725 (best current practice): the algorithms
are ours to choose, never the token's.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from fund_api.core import clock
from fund_api.core.settings import is_safe
from fund_api.core.text import clean
from fund_api.people.identities import Claims

ALGORITHMS = ("RS256", "ES256")
LONGEST_SUBJECT = 255
LEEWAY = 30
"""Seconds by which clocks may differ."""
REFETCHED_AFTER = 30.0
"""Seconds between two fetches of the keys at least, however many unknown keys are named."""
KEPT = 600.0
"""Seconds after which the keys are fetched again, so that one that was withdrawn is not believed for ever."""
_TIMEOUT = 5.0
_log = structlog.get_logger()


class Provider:
    """The provider of these settings; its keys are fetched when a token first asks for them."""

    def __init__(self, issuer: str, audience: str, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self._seconds = seconds
        self._client = httpx.AsyncClient(timeout=_TIMEOUT)
        self._alone = asyncio.Lock()
        self._keys: KeySet | None = None
        self._tried: float | None = None
        self._fetched = 0.0
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock.now().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def close(self) -> None:
        """Close the connections to the provider."""
        await self._client.aclose()

    async def claims(self, text: str) -> Claims | None:
        """What a token says, when it is the provider's, for us, and valid now; None otherwise."""
        if self._keys is None or (self._seconds() - self._fetched > KEPT and not self._alone.locked()):
            await self._fetch()  # while somebody else renews them, the old ones will do
        try:
            return self._checked(text)
        except InvalidKeyIdError:
            await self._fetch()
        except (JoseError, ValueError):
            return None
        try:
            return self._checked(text)
        except (JoseError, ValueError):
            return None

    def _checked(self, text: str) -> Claims | None:
        """The claims of a token. Raises JoseError or ValueError for whatever is wrong with it."""
        if self._keys is None:
            return None
        claims = jwt.decode(text, self._keys, algorithms=ALGORITHMS).claims
        self._claims.validate(claims)
        if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT or clean(claims["sub"]) != claims["sub"]:
            raise ValueError("the subject is none that can be kept as it is")
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Claims(self.issuer, claims["sub"], email if isinstance(email, str) else None)

    async def _fetch(self) -> None:
        """Get the provider's keys, unless somebody did just now; the old ones stay when it does not answer."""
        async with self._alone:
            if self._tried is not None and self._seconds() - self._tried < REFETCHED_AFTER:
                return
            self._tried = self._seconds()
            try:
                self._keys = await self._published()
                self._fetched = self._seconds()
            except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
                _log.warning("the keys of the OpenID Connect provider can't be read", error=repr(error))

    async def _published(self) -> KeySet:
        """The keys that the provider publishes for signatures. Raises ValueError for a document that is not its own."""
        found = await self._json(self.issuer.removesuffix("/") + "/.well-known/openid-configuration")
        if found["issuer"] != self.issuer:
            raise ValueError(f"the discovery document is of another issuer, {found['issuer']!r}")
        if not is_safe(found["jwks_uri"]):
            raise ValueError(f"the keys are at an address that is not safe, {found['jwks_uri']!r}")
        keys = (await self._json(found["jwks_uri"]))["keys"]
        public = [key for key in keys if key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"]
        return KeySet.import_key_set({"keys": public})

    async def _json(self, address: str) -> dict[str, Any]:
        response = await self._client.get(address)
        response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict):
            raise ValueError(f"{address} gives no JSON object")  # noqa: TRY004  # what is wrong is a document
        return found
