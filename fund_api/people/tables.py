"""Tables of people, their roles and the ways in which they sign in. No secret is stored, only its SHA-256."""

import datetime

import sqlalchemy as sa

from fund_api.core import columns
from fund_api.core.facts import Provenance
from fund_api.people.roles import Role

FUND = "fund"
"""The scope of a role that holds everywhere; other scopes are ids of campaigns or funding programs."""


class Person(columns.Table, table=True):
    """Somebody who signs in. Erasing a person takes name and address away and leaves the row."""

    __tablename__ = "person"

    id: str = columns.identity("person")
    name: str = columns.text(200, private=True)
    email: str | None = columns.text(254, nullable=True, private=True)
    email_folded: str | None = columns.text(508, nullable=True, unique=True)
    active: bool = columns.flag()
    erased_at: datetime.datetime | None = columns.time(nullable=True)
    version: int = columns.version()
    provenance: Provenance = columns.choice(Provenance)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.Index("ix_person_name", "name", "id"),)


class RoleAssignment(columns.Table, table=True):
    """A role that a person has, everywhere or in one campaign or funding program."""

    __tablename__ = "role_assignment"

    id: str = columns.identity("role")
    person_id: str = columns.reference("person.id")
    role: Role = columns.choice(Role)
    scope: str = columns.scope("campaign", "funding_program")
    provenance: Provenance = columns.choice(Provenance, default=Provenance.ENTERED)
    created_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("person_id", "role", "scope"),
        sa.Index("ix_role_assignment_scope", "scope", "person_id"),
    )


class ApiToken(columns.Table, table=True):
    """A secret by which a person's programs sign in. `scopes` are the permissions that it is limited to."""

    __tablename__ = "api_token"

    id: str = columns.identity("token")
    person_id: str = columns.reference("person.id", index=True)
    name: str = columns.text(100)
    secret_hash: str = columns.secret()
    scopes: str | None = columns.text(5_000, nullable=True)
    expires_at: datetime.datetime | None = columns.time(nullable=True)
    last_used_at: datetime.datetime | None = columns.unlogged(columns.time(nullable=True))
    revoked_at: datetime.datetime | None = columns.time(nullable=True)
    provenance: Provenance = columns.choice(Provenance, default=Provenance.ENTERED)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()


class Invitation(columns.Table, table=True):
    """A one-time way in: whoever holds its secret becomes, or is, the person who has the role."""

    __tablename__ = "invitation"

    id: str = columns.identity("invite")
    email: str = columns.text(254, private=True)
    role: Role = columns.choice(Role)
    scope: str = columns.scope("campaign", "funding_program")
    secret_hash: str = columns.secret()
    expires_at: datetime.datetime = columns.time()
    accepted_at: datetime.datetime | None = columns.time(nullable=True)
    person_id: str | None = columns.reference("person.id", nullable=True, index=True)
    revoked_at: datetime.datetime | None = columns.time(nullable=True)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (
        sa.UniqueConstraint("secret_hash"),
        sa.CheckConstraint("(accepted_at IS NULL) = (person_id IS NULL)", name="accepted_by"),
    )


class OidcIdentity(columns.Table, table=True):
    """How an OpenID Connect provider knows a person: its issuer and the subject in its tokens."""

    __tablename__ = "oidc_identity"

    id: str = columns.identity("oidc")
    person_id: str = columns.reference("person.id", index=True)
    issuer: str = columns.text(500)
    subject: str = columns.text(255, private=True)
    created_at: datetime.datetime = columns.time()
    updated_at: datetime.datetime = columns.time()

    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)
