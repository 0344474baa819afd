"""What can be done with people, roles, tokens and invitations."""

import datetime
from typing import ClassVar

import strawberry

from fund_api.campaigns import members
from fund_api.graph import declare
from fund_api.graph.mutations import Acting
from fund_api.graph.user_errors import Payload
from fund_api.hiring import erasing
from fund_api.people import invitations, rules, tokens
from fund_api.people.roles import Role
from fund_api.printing import orders
from schema.inputs import key, version
from schema.people import ApiToken, Person

Info = strawberry.Info[Acting, None]
SCOPE = 'Where the role holds: "fund" is everywhere, else the id of a campaign or funding program.'


@strawberry.input(description="Somebody to add.")
class AddPersonInput:
    """Somebody new."""

    name: str = strawberry.field(description="What they are called.")
    email: str = strawberry.field(description="Their e-mail address, which nobody else here has.")
    idempotency_key: str | None = key()


@strawberry.input(description="What to change of somebody; what is left out stays.")
class UpdatePersonInput:
    """Changes of a person."""

    id: strawberry.ID = strawberry.field(description="Their id.")
    name: str | None = strawberry.field(description="What they are called.", default=None)
    email: str | None = strawberry.field(description="Their e-mail address.", default=None)
    expected_version: int = version()
    idempotency_key: str | None = key()


@strawberry.input(description="The person whom it is about.")
class PersonInput:
    """A person, by id."""

    id: strawberry.ID = strawberry.field(description="Their id.")
    idempotency_key: str | None = key()


@strawberry.input(description="A role to give or to take.")
class RoleInput:
    """A role of a person."""

    person: strawberry.ID = strawberry.field(description="The id of the person.")
    role: Role = strawberry.field(description="The role.")
    scope: str = strawberry.field(description=SCOPE, default="fund")
    idempotency_key: str | None = key()


@strawberry.input(description="A token to make: limited by a role or by scopes, or by neither.")
class CreateTokenInput:
    """A new token."""

    person: strawberry.ID = strawberry.field(description="The id of the person who signs in by it.")
    name: str = strawberry.field(description="What it is for, so that you know it again.")
    role: Role | None = strawberry.field(description="Limit it to what the person has by this role.", default=None)
    scopes: list[str] | None = strawberry.field(description="Limit it to these permissions.", default=None)
    expires_at: datetime.datetime | None = strawberry.field(description="When it ends; null for never.", default=None)
    idempotency_key: str | None = key()


@strawberry.input(description="The token that it is about.")
class TokenInput:
    """A token, by id."""

    id: strawberry.ID = strawberry.field(description="Its id, which starts with token_.")
    idempotency_key: str | None = key()


@strawberry.input(description="Somebody to invite: whoever reads mail at the address comes in with the role.")
class InviteInput:
    """An invitation."""

    email: str = strawberry.field(description="Their e-mail address.")
    role: Role = strawberry.field(description="The role that they get.")
    scope: str = strawberry.field(description=SCOPE, default="fund")
    idempotency_key: str | None = key()


@strawberry.input(description="The invitation that it is about.")
class InvitationInput:
    """An invitation, by id."""

    id: strawberry.ID = strawberry.field(description="Its id, which starts with invite_.")
    idempotency_key: str | None = key()


@strawberry.input(description="An invitation to accept.")
class AcceptInvitationInput:
    """A secret, and who has it."""

    secret: str = strawberry.field(description="The secret of the invitation.")
    name: str = strawberry.field(description="What you are called, if you are new here.")
    idempotency_key: str | None = key()


@strawberry.type(description="What mutations of people answer.")
class PersonPayload(Payload):
    """A person, or why not."""

    person: Person | None = strawberry.field(description="The person as they are now.", default=None)


@strawberry.type(description="What createToken answers.")
class CreateTokenPayload(Payload):
    """A token with its secret, or why not."""

    withheld: ClassVar[frozenset[str]] = frozenset({"secret"})
    token: ApiToken | None = strawberry.field(description="The token.", default=None)
    secret: str | None = strawberry.field(
        description="What to send as `Authorization: Bearer ...`. It is told this once.", default=None
    )


@strawberry.type(description="What revokeToken answers.")
class TokenPayload(Payload):
    """A token, or why not."""

    token: ApiToken | None = strawberry.field(description="The token as it is now.", default=None)


@strawberry.type(description="What mutations of invitations answer.")
class InvitePayload(Payload):
    """An invitation's secret, or why not."""

    withheld: ClassVar[frozenset[str]] = frozenset({"secret"})
    invitation: strawberry.ID | None = strawberry.field(description="The id of the invitation.", default=None)
    secret: str | None = strawberry.field(
        description="What the invited person needs for acceptInvitation, within seven days. It is told this once.",
        default=None,
    )


@strawberry.type(description="What acceptInvitation answers.")
class AcceptInvitationPayload(Payload):
    """How to sign in, or why not."""

    withheld: ClassVar[frozenset[str]] = frozenset({"token"})
    person: strawberry.ID | None = strawberry.field(description="Your id.", default=None)
    token: str | None = strawberry.field(
        description="What to send as `Authorization: Bearer ...` from now on. It is told this once.", default=None
    )


@strawberry.type
class PeopleMutations:
    """Mutations of people."""

    @declare.mutation("Add somebody, without any role. Needs fund:person:manage.")
    async def add_person(self, info: Info, input: AddPersonInput) -> PersonPayload | None:
        return _person(await rules.add_person(info.context.tx, input.name, input.email))

    @declare.mutation("Change somebody's name or e-mail address. Needs fund:person:manage.")
    async def update_person(self, info: Info, input: UpdatePersonInput) -> PersonPayload | None:
        tx, expected = info.context.tx, input.expected_version
        await rules.update_person(tx, input.id, name=input.name, email=input.email, expected_version=expected)
        return _person(input.id)

    @declare.mutation("Keep somebody from signing in from now on. Needs fund:person:manage.")
    async def deactivate_person(self, info: Info, input: PersonInput) -> PersonPayload | None:
        await rules.deactivate(info.context.tx, input.id)
        return _person(input.id)

    @declare.mutation("Let somebody sign in again. Needs fund:person:manage.")
    async def reactivate_person(self, info: Info, input: PersonInput) -> PersonPayload | None:
        await rules.reactivate(info.context.tx, input.id)
        return _person(input.id)

    @declare.mutation("Erase somebody for good: name, address and ways to sign in. Needs fund:person:manage.")
    async def erase_person(self, info: Info, input: PersonInput) -> PersonPayload | None:
        await orders.cancel_all_of(info.context.tx, input.id, "Who ordered was erased.")
        await erasing.erase_person(info.context.tx, input.id)
        return _person(input.id)

    @declare.mutation("Give somebody else a role. Needs fund:person:manage.")
    async def grant_role(self, info: Info, input: RoleInput) -> PersonPayload | None:
        await rules.grant_role(info.context.tx, input.person, input.role, input.scope)
        return _person(input.person)

    @declare.mutation("Take a role away. Needs fund:person:manage.")
    async def revoke_role(self, info: Info, input: RoleInput) -> PersonPayload | None:
        await rules.revoke_role(info.context.tx, input.person, input.role, input.scope)
        return _person(input.person)

    @declare.mutation("Make a token for yourself, or with fund:person:manage for anybody.")
    async def create_token(self, info: Info, input: CreateTokenInput) -> CreateTokenPayload | None:
        token_id, secret = await tokens.create_token(
            info.context.tx,
            input.person,
            input.name,
            role=input.role,
            scopes=input.scopes,
            expires_at=input.expires_at,
        )
        return CreateTokenPayload(token=declare.entity_of(token_id), secret=secret)

    @declare.mutation("End a token at once: your own, or with fund:person:manage anybody's.")
    async def revoke_token(self, info: Info, input: TokenInput) -> TokenPayload | None:
        await tokens.revoke_token(info.context.tx, input.id)
        return TokenPayload(token=declare.entity_of(input.id))

    @declare.mutation("Invite somebody to a role, without handling a secret of theirs. Needs fund:person:manage.")
    async def invite(self, info: Info, input: InviteInput) -> InvitePayload | None:
        invitation, secret = await invitations.invite(info.context.tx, input.email, input.role, input.scope)
        return InvitePayload(invitation=strawberry.ID(invitation), secret=secret)

    @declare.mutation("Take an invitation back that nobody has accepted. Needs fund:person:manage.")
    async def revoke_invitation(self, info: Info, input: InvitationInput) -> InvitePayload | None:
        await invitations.revoke_invitation(info.context.tx, input.id)
        return InvitePayload(invitation=input.id)

    @declare.mutation("Come in by the secret of an invitation; everybody may who has one.")
    async def accept_invitation(self, info: Info, input: AcceptInvitationInput) -> AcceptInvitationPayload | None:
        person, token = await members.accept_invitation(info.context.tx, input.secret, input.name)
        return AcceptInvitationPayload(person=strawberry.ID(person), token=token)


def _person(person_id: str) -> PersonPayload:
    return PersonPayload(person=declare.entity_of(person_id))
