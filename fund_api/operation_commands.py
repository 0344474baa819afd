"""The commands about trusted documents: fund-api operations. Whoever has the machine may do everything here."""

from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

import schema
from fund_api.core.errors import Failure
from fund_api.core.writing import Transaction
from fund_api.edge import document_rules, manifests
from fund_api.edge.document_rules import DOCUMENT, PACKAGED
from fund_api.terminal import moment, read, show, write
from schema import manifest
from schema.manifest import PREFIX

operations = typer.Typer(help="Trusted documents: what clients may ask by an identifier.", no_args_is_help=True)

Client = Annotated[str, typer.Argument(help="The client, by a name such as website.", show_default=False)]


@operations.command("add")
def add(
    client: Client,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Manifests (.json) that the client's build wrote, or GraphQL documents, one a file.",
            show_default=False,
        ),
    ],
) -> None:
    """Trust the documents of a client from now on; all of them are checked before one is added."""
    found = manifests.read(schema.make_catalogue().schema, files)

    async def add(tx: Transaction) -> int:
        return await document_rules.add(tx, client, found)

    added = write(add)
    there = len({each.hash for each in found}) - added
    typer.echo(f"{client}: {added:,} added, {there:,} {'was' if there == 1 else 'were'} there.")


@operations.command("list")
def list_documents(
    client: Annotated[str | None, typer.Argument(help="Only those of one client.", show_default=False)] = None,
) -> None:
    """List the trusted documents, those that ship first, under the client fund-api."""
    query = sa.select(DOCUMENT).order_by(DOCUMENT.c.client, DOCUMENT.c.name, DOCUMENT.c.hash)
    if client is not None:
        query = query.where(DOCUMENT.c.client == client)
    shipped = manifest.named().items() if client in (None, PACKAGED) else ()
    rows: list[list[str | None]] = [[PACKAGED, name, identifier, ""] for name, identifier in shipped]
    for each in read(query):
        rows.append([each["client"], each["name"], PREFIX + each["hash"], moment(each["created_at"])])
    show(["Client", "Name", "Document id", "Added"], rows)


@operations.command("remove")
def remove(
    client: Client,
    documents: Annotated[
        list[str] | None, typer.Argument(help="The documents, by their identifiers.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All documents of the client.")] = False,
) -> None:
    """Trust documents of a client no longer: servers that run answer them for a minute more, at most."""
    if everything == bool(documents):
        raise Failure("Name the documents that are to be removed, or say --all.")
    hashes = None if everything else [_hash(each) for each in documents or ()]

    async def remove(tx: Transaction) -> int:
        return await document_rules.remove(tx, client, hashes)

    typer.echo(f"{client}: {write(remove):,} removed.")


def _hash(given: str) -> str:
    known = manifests.hash_in(given)
    if known is None:
        raise Failure(f"{given} is no identifier of a document: {PREFIX} and 64 lower-case hexadecimal digits.")
    return known
