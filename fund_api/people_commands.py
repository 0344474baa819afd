"""The commands about people: fund-api person, role and token. Whoever has the machine may do everything here."""

from datetime import timedelta
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from fund_api.core.errors import Failure, NotFound
from fund_api.core.text import fold
from fund_api.core.writing import Transaction
from fund_api.people import rules, tokens
from fund_api.people.roles import Role
from fund_api.people.tables import FUND
from fund_api.people.tokens import TOKEN
from fund_api.people.viewers import PERSON, ROLES
from fund_api.terminal import moment, read, show, write

person = typer.Typer(help="People: who they are.", no_args_is_help=True)
role = typer.Typer(help="Roles: what people may do.", no_args_is_help=True)
token = typer.Typer(help="API tokens: how programs sign in for people.", no_args_is_help=True)

_ROLES = ", ".join(each.lower() for each in Role)
Who = Annotated[str, typer.Argument(help="The person, by id or e-mail address.", show_default=False)]
What = Annotated[str, typer.Argument(help=f"The role: {_ROLES}.", show_default=False)]
Where = Annotated[
    str, typer.Option(help=f'Where it holds: "{FUND}", which is everywhere, or the id of a campaign or program.')
]


@person.command("add")
def add_person(
    name: Annotated[str, typer.Option(help="What they are called.", show_default=False)],
    email: Annotated[str, typer.Option(help="Their e-mail address.", show_default=False)],
    role: Annotated[
        list[str] | None, typer.Option(help=f"A role that holds everywhere, any number of times: {_ROLES}.")
    ] = None,
) -> None:
    """Add a person and print their id."""
    roles = [known_role(each) for each in role or []]

    async def add(tx: Transaction) -> str:
        person_id = await rules.add_person(tx, name, email)
        for each in roles:
            await rules.grant_role(tx, person_id, each)
        return person_id

    typer.echo(write(add))


@person.command("list")
def list_people() -> None:
    """List the people with their roles."""
    people = read(sa.select(PERSON).order_by(PERSON.c.name, PERSON.c.id))
    held = read(sa.select(ROLES).order_by(ROLES.c.role, ROLES.c.scope))
    roles: dict[str, list[str]] = {each["id"]: [] for each in people}
    for each in held:
        where = "" if each["scope"] == FUND else f" ({each['scope']})"
        roles.setdefault(each["person_id"], []).append(each["role"].lower() + where)
    rows = [[each["id"], each["name"], each["email"], ", ".join(roles[each["id"]]), _state(each)] for each in people]
    show(["Id", "Name", "E-mail", "Roles", "State"], rows)


@role.command("grant")
def grant_role(person: Who, role: What, scope: Where = FUND) -> None:
    """Give somebody a role."""
    known = known_role(role)

    async def grant(tx: Transaction) -> None:
        await rules.grant_role(tx, await person_id_of(tx, person), known, scope)

    write(grant)
    typer.echo(f"{person} has the role {known.lower()} in {scope}.")


@role.command("revoke")
def revoke_role(person: Who, role: What, scope: Where = FUND) -> None:
    """Take a role away from somebody."""
    known = known_role(role)

    async def revoke(tx: Transaction) -> None:
        await rules.revoke_role(tx, await person_id_of(tx, person), known, scope)

    write(revoke)
    typer.echo(f"{person} no longer has the role {known.lower()} in {scope}.")


@token.command("create")
def create_token(
    person: Annotated[str, typer.Option(help="Whose it is, by id or e-mail address.", show_default=False)],
    role: Annotated[str | None, typer.Option(help=f"Limit it to one of the person's roles: {_ROLES}.")] = None,
    name: Annotated[str, typer.Option(help="What it is for, to know it again.")] = "Command line",
    expires_in_days: Annotated[
        int | None, typer.Option(help="Days until it expires; without, it never does.", min=1, max=3_650)
    ] = None,
) -> None:
    """Make a token. It alone is printed to standard output: TOKEN=$(fund-api token create --person ada@example.org)."""
    limit = known_role(role) if role is not None else None

    async def create(tx: Transaction) -> tuple[str, str]:
        expires_at = tx.now + timedelta(days=expires_in_days) if expires_in_days else None
        person_id = await person_id_of(tx, person)
        return await tokens.create_token(tx, person_id, name, role=limit, expires_at=expires_at)

    token_id, text = write(create)
    typer.echo(f"{token_id} signs in for {person}. Nobody can read the token again:", err=True)
    typer.echo(text)


@token.command("list")
def list_tokens(
    person: Annotated[str | None, typer.Option(help="Only those of one person, by id or e-mail address.")] = None,
) -> None:
    """List the tokens, without their secrets."""
    query = sa.select(TOKEN, PERSON.c.email).join(PERSON).order_by(TOKEN.c.created_at, TOKEN.c.id)
    if person is not None:
        query = query.where(sa.or_(PERSON.c.id == person, PERSON.c.email_folded == fold(person)))
    rows = [
        [
            each["id"],
            each["email"] or each["person_id"],
            each["name"],
            each["scopes"] or "all of the person's",
            *(moment(each[name]) for name in ("expires_at", "last_used_at", "revoked_at")),
        ]
        for each in read(query)
    ]
    show(["Id", "Person", "Name", "Scopes", "Expires", "Last used", "Revoked"], rows)


@token.command("revoke")
def revoke_token(token: Annotated[str, typer.Argument(help="The token's id.", show_default=False)]) -> None:
    """End a token: the next request that shows it is refused."""

    async def revoke(tx: Transaction) -> None:
        await tokens.revoke_token(tx, token)

    write(revoke)
    typer.echo(f"{token} is revoked.")


def known_role(text: str) -> Role:
    """A role by its name, in any case, with - or _. Raises Failure that lists them."""
    try:
        return Role(text.strip().upper().replace("-", "_"))
    except ValueError:
        raise Failure(f"There is no role {text}. There are: {_ROLES}.") from None


async def person_id_of(tx: Transaction, text: str) -> str:
    """The id of the person with this id or e-mail address. Raises NotFound."""
    query = sa.select(PERSON.c.id).where(sa.or_(PERSON.c.id == text, PERSON.c.email_folded == fold(text)))
    found = (await tx.connection.execute(query)).scalar()
    if found is None:
        raise NotFound(f"There is no person {text}.")
    return str(found)


def _state(row: dict[str, Any]) -> str:
    if row["erased_at"] is not None:
        return "erased"
    return "active" if row["active"] else "inactive"
