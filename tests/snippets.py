"""Programs in pages of the documentation, which are run as they stand but for the server's address.

A ```python or ```js block is a program, and the ```text block after it is what it prints. One that has a name, as in
```js src/main.js, or none to print is a file that others need.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fund_api.core.database import Dialect
from tests.conftest import load_reference
from tests.databases import Databases
from tests.documents import blocks
from tests.test_serving import TOKEN, serving

HOST = "http://127.0.0.1:8000"
"""Where the pages say that the server is."""
_PLACE = HOST.removeprefix("http://")


@dataclass(frozen=True)
class Snippet:
    """A program, or a file of one, with what it prints."""

    language: str
    name: str
    code: str
    printed: str | None

    def at(self, address: str) -> str:
        """The program as its reader has it whose server is elsewhere."""
        return self.code.replace(f"{_PLACE}/graphql", address.removeprefix("http://"))


def snippets(path: Path, *languages: str) -> list[Snippet]:
    """The programs and files of a page that are in one of these languages."""
    found, rest = [], blocks(path)
    for block, after in zip(rest, [*rest[1:], None], strict=True):
        printed = after.text if after and (after.language, after.info) == ("text", "") else None
        if block.language in languages:
            found.append(Snippet(block.language, block.info, block.text, printed))
    return found


@asynccontextmanager
async def shown(databases: Databases, folder: Path) -> AsyncIterator[tuple[str, str]]:
    """Serve the packaged data, from a process of its own: where, and an administrator's token."""
    async with databases.copied(Dialect.SQLITE, "reference", load_reference) as database:
        address = database.url.render_as_string(hide_password=False)
        with serving(folder, FUND_DATABASE_URL=address, FUND_LOAD="none") as (_, printed):
            [token] = [found[1] for line in printed if (found := TOKEN.fullmatch(line))]
            yield re.findall(r"http://\S+", printed[-1])[0], token
