"""What may happen to trusted documents. Whoever has the machine says which there are; no role of people does.

Events name a document by its hash and leave its text out, which the hash stands for.
"""

import re
from collections.abc import Collection

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue, NotFound
from fund_api.core.ids import new_id
from fund_api.core.writing import Row, Transaction
from fund_api.edge.document_tables import LONGEST_CLIENT, TrustedDocument
from fund_api.edge.manifests import Listed

MANAGE = "fund:document:manage"
PACKAGED = "fund-api"
"""The client whose documents ship."""
DOCUMENT = table_of(TrustedDocument)
_CLIENT = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_CLIENT - 1}}}")


async def add(tx: Transaction, client: str, documents: Collection[Listed]) -> int:
    """Trust these documents of a client from now on; how many were not there yet. Raises InvalidValue."""
    tx.viewer.need(MANAGE)
    if not _CLIENT.fullmatch(client) or client == PACKAGED:
        wanted = f'a name of letters, digits, ".", "_" and "-", at most {LONGEST_CLIENT} of them, other than {PACKAGED}'
        raise InvalidValue(f"A client is called by {wanted}.", "client")
    known = {row["hash"] for row in await tx.rows(sa.select(DOCUMENT.c.hash).where(DOCUMENT.c.client == client))}
    added = {each.hash: each for each in documents if each.hash not in known}
    for each in added.values():
        told: Row = {"client": client, "hash": each.hash, "name": each.name}
        row = {**told, "id": new_id("document"), "text": each.text, "created_at": tx.now}
        await tx.connection.execute(DOCUMENT.insert(), row)  # not by tx.add: it would trim the text that was hashed
        tx.record(TrustedDocument, "added", row["id"], {}, told)
    return len(added)


async def remove(tx: Transaction, client: str, hashes: Collection[str] | None = None) -> int:
    """Trust these documents of a client no longer, or all of them; how many there were.

    What other clients have of them stays. Raises NotFound that names the first which is not there.
    """
    tx.viewer.need(MANAGE)
    found = {row["hash"]: row for row in await tx.rows(sa.select(DOCUMENT).where(DOCUMENT.c.client == client))}
    if not found:
        raise NotFound(f"There are no documents of a client {client}.")
    if lost := [one for one in hashes or () if one not in found]:
        raise NotFound(f"{client} has no document sha256:{lost[0]}.")
    going = list(found.values()) if hashes is None else [found[one] for one in dict.fromkeys(hashes)]
    for row in going:
        await tx.connection.execute(DOCUMENT.delete().where(DOCUMENT.c.id == row["id"]))
        before = {name: row[name] for name in ("client", "hash", "name")}
        tx.record(TrustedDocument, "removed", row["id"], before, dict.fromkeys(before))
    return len(going)
