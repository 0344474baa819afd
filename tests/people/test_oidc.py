"""Signing in by JWTs of a provider, which runs here for real."""

import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.errors import Unauthorized
from fund_api.core.writing import writing
from fund_api.people import rules
from fund_api.people.oidc import Provider
from fund_api.people.roles import PERMISSIONS, Role
from fund_api.people.signing_in import SigningIn
from tests.people.issuers import AUDIENCE, LEFT_OUT, Issuer, ec, issuing, rsa
from tests.people.somebody import NOW, actions, audited, log, own_id, somebody
from tests.rows import count, everything

HERE = "127.0.0.1"


@dataclass
class Door:
    """Signing in with a provider, by a clock that the test sets."""

    issuer: Issuer
    signing_in: SigningIn
    seconds: list[float]

    async def opens(self, header: bytes) -> str | None:
        return (await self.signing_in.viewer(header, HERE)).id

    async def stays_shut(self, header: bytes) -> None:
        with pytest.raises(Unauthorized):
            await self.signing_in.viewer(header, HERE)


@pytest.fixture
async def door(database: Database) -> AsyncIterator[Door]:
    with issuing() as issuer:
        seconds = [1_000.0]
        signing_in = SigningIn(database, Provider(issuer.address, AUDIENCE, seconds=lambda: seconds[0]))
        yield Door(issuer, signing_in, seconds)
        await signing_in.close()


async def test_a_verified_address_is_linked_at_first_and_the_subject_signs_in_from_then_on(
    database: Database, door: Door
) -> None:
    ada = await somebody(database, "Ada", Role.EDITOR)
    viewer = await door.signing_in.viewer(door.issuer.token(email="ADA@example.org"), HERE)
    assert (viewer.id, viewer.permissions) == (ada.id, PERMISSIONS[Role.EDITOR])
    assert await actions(database) == ["person.added", "role_assignment.granted", "oidc_identity.linked"]
    assert '"linked", "subject-1"' not in await log(database)

    assert await door.opens(door.issuer.token(email=LEFT_OUT)) == ada.id
    assert await door.opens(door.issuer.token(aud=["other", AUDIENCE], email="somebody@example.org")) == ada.id
    assert await count(database, "oidc_identity") == 1
    assert door.issuer.fetches == 1
    assert (await audited(database)).broken is None


@pytest.mark.parametrize(
    "claims",  # Any: whatever a provider may say
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": LEFT_OUT},
        {"email": LEFT_OUT},
        {"email": "eve@example.org"},
        {"email": "adá@example.org"},
        {"email": ["ada@example.org"]},
        {"email": "gone@example.org"},
    ],
)
async def test_who_is_not_known_by_a_verified_address_stays_out(
    database: Database, door: Door, claims: dict[str, Any]
) -> None:
    await somebody(database, "Ada")
    gone = await somebody(database, "Gone")
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.deactivate(tx, own_id(gone))
    before = await everything(database)

    await door.stays_shut(door.issuer.token(**claims))

    assert await everything(database) == before


async def test_somebody_deactivated_stays_out_though_the_provider_knows_them(database: Database, door: Door) -> None:
    ada = await somebody(database, "Ada")
    assert await door.opens(door.issuer.token()) == ada.id
    async with writing(database, SYSTEM, NOW) as tx:
        await rules.deactivate(tx, own_id(ada))

    await door.stays_shut(door.issuer.token())


NOW_SECONDS = int(time.time())
Forge = Callable[[Issuer], bytes]


def unsigned(issuer: Issuer) -> bytes:
    _, payload, _ = issuer.token().removeprefix(b"Bearer ").split(b".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "first"}).encode()).rstrip(b"=")
    return b"Bearer " + header + b"." + payload + b"."


def by_public_key(issuer: Issuer) -> bytes:
    """The confusion of algorithms: what everybody can read is taken for the secret of an HMAC."""
    key = issuer.keys[0]
    assert isinstance(key, RSAKey)
    public = key.as_pem(private=False)
    secret = OctKey.import_key(base64.urlsafe_b64encode(public).decode(), {"kid": "first"})
    claims = {"iss": issuer.address, "aud": AUDIENCE, "sub": "subject-1", "exp": NOW_SECONDS + 600}
    return b"Bearer " + jwt.encode({"alg": "HS256", "kid": "first"}, claims, secret, algorithms=["HS256"]).encode()


def altered(issuer: Issuer) -> bytes:
    header, payload, signature = issuer.token().split(b".")
    claims = json.loads(base64.urlsafe_b64decode(payload + b"=="))
    other = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "subject-2"}).encode()).rstrip(b"=")
    return b".".join((header, other, signature))


FORGED: dict[str, Forge] = {
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - 31),
    "without an end": lambda issuer: issuer.token(exp=LEFT_OUT),
    "not yet": lambda issuer: issuer.token(nbf=int(time.time()) + 60),
    "another audience": lambda issuer: issuer.token(aud="others"),
    "no audience": lambda issuer: issuer.token(aud=LEFT_OUT),
    "another issuer": lambda issuer: issuer.token(iss="https://issuer.example.org"),
    "no issuer": lambda issuer: issuer.token(iss=LEFT_OUT),
    "no subject": lambda issuer: issuer.token(sub=LEFT_OUT),
    "an empty subject": lambda issuer: issuer.token(sub=""),
    "a subject with a blank": lambda issuer: issuer.token(sub="subject-1 "),
    "a long subject": lambda issuer: issuer.token(sub="x" * 256),
    "a number for a subject": lambda issuer: issuer.token(sub=1),
    "another key of the same name": lambda issuer: issuer.token(rsa("first")),
    "an unknown key": lambda issuer: issuer.token(rsa("other")),
    "another algorithm": lambda issuer: issuer.token(algorithm="RS384"),
    "none": unsigned,
    "HMAC by the public key": by_public_key,
    "altered": altered,
    "nonsense": lambda _: b"Bearer a.b.c",
    "nothing": lambda _: b"Bearer ..",
    "no object": lambda _: b"Bearer W10.W10.W10",
    "a deep header": lambda _: b"Bearer " + base64.urlsafe_b64encode(b"[" * 6_000) + b".e30.e30",
    "an algorithm that is a list": lambda _: b"Bearer " + base64.urlsafe_b64encode(b'{"alg":["RS256"]}') + b".e30.e30",
    "a name of a key that is a list": lambda _: (
        b"Bearer " + base64.urlsafe_b64encode(b'{"alg":"RS256","kid":[]}') + b".e30.e30"
    ),
    "critical": lambda _: (
        b"Bearer " + base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"first","crit":["x"],"x":1}') + b".e30.e30"
    ),
}


@pytest.mark.parametrize("forgery", FORGED)
async def test_a_token_that_is_not_the_provider_s_for_us_and_now_is_refused(
    database: Database, door: Door, forgery: str
) -> None:
    ada = await somebody(database, "Ada")
    assert await door.opens(door.issuer.token()) == ada.id
    before = await everything(database)

    await door.stays_shut(FORGED[forgery](door.issuer))

    assert await everything(database) == before


async def test_clocks_may_differ_a_little(database: Database, door: Door) -> None:
    ada = await somebody(database, "Ada")

    assert await door.opens(door.issuer.token(exp=int(time.time()) - 20, nbf=int(time.time()) + 20)) == ada.id


async def test_keys_rotate_and_unknown_ones_are_looked_for_twice_a_minute_at_most(
    database: Database, door: Door
) -> None:
    ada = await somebody(database, "Ada")
    old, new = door.issuer.keys[0], ec("second")
    assert await door.opens(door.issuer.token()) == ada.id

    door.issuer.keys = [old, new]
    await door.stays_shut(door.issuer.token(new, "ES256"))
    assert door.issuer.fetches == 1
    door.seconds[0] += 30
    assert await door.opens(door.issuer.token(new, "ES256")) == ada.id
    assert await door.opens(door.issuer.token(old)) == ada.id
    assert door.issuer.fetches == 2

    door.issuer.keys = [new]
    assert await door.opens(door.issuer.token(old)) == ada.id
    door.seconds[0] += 601
    await door.stays_shut(door.issuer.token(old))
    assert await door.opens(door.issuer.token(new, "ES256")) == ada.id
    assert door.issuer.fetches == 3


async def test_a_key_of_one_kind_checks_no_other_algorithm(database: Database, door: Door) -> None:
    await somebody(database, "Ada")
    door.issuer.keys = [rsa("first"), ec("first")]
    elliptic = ec("elliptic")
    door.issuer.keys.append(elliptic)
    claimed = door.issuer.token(elliptic, "ES256").split(b".")
    header = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"elliptic"}').rstrip(b"=")

    await door.stays_shut(b"Bearer " + header + b"." + claimed[1] + b"." + claimed[2])


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://issuer.example.org"},
        {"jwks_uri": "http://keys.example.org/"},
        {"jwks_uri": None},
        {"jwks_uri": "http://127.0.0.1:1/keys"},
    ],
)
async def test_keys_of_a_document_that_can_t_be_believed_are_not_used(
    database: Database, door: Door, document: dict[str, object]
) -> None:
    ada = await somebody(database, "Ada")
    door.issuer.document = document
    await door.stays_shut(door.issuer.token())
    assert door.issuer.fetches == 0

    door.issuer.document = {}
    door.seconds[0] += 30
    assert await door.opens(door.issuer.token()) == ada.id
    door.issuer.document = document
    door.seconds[0] += 601
    assert await door.opens(door.issuer.token()) == ada.id  # the old keys stay


async def test_without_a_provider_no_jwt_signs_in(database: Database) -> None:
    await somebody(database, "Ada")
    with issuing() as issuer:
        with pytest.raises(Unauthorized):
            await SigningIn(database).viewer(issuer.token(), HERE)
        assert issuer.fetches == 0
