"""What Alembic runs: our metadata on the connection that the caller opened."""

from typing import Any, Literal

from alembic import context

from fund_api.campaigns import fiscal_tables as _fiscal_years
from fund_api.campaigns import tables as _campaigns
from fund_api.campaigns import work_tables as _campaign_work
from fund_api.careers import fellowship_tables as _fellowships
from fund_api.careers import tables as _careers
from fund_api.communities import tables as _communities
from fund_api.core import past_tables as _past
from fund_api.core import tables as _core
from fund_api.core.columns import Table, Text, UtcDateTime
from fund_api.edge import document_tables as _documents
from fund_api.grants import attachment_tables as _attachments
from fund_api.grants import contribution_tables as _contributions
from fund_api.grants import deciding_tables as _deciding
from fund_api.grants import paying_tables as _paying
from fund_api.grants import tables as _grants
from fund_api.hiring import advisor_tables as _advisors
from fund_api.hiring import tables as _hiring
from fund_api.library import publication_tables as _publications
from fund_api.library import tables as _library
from fund_api.library import tag_tables as _tags
from fund_api.library import topic_tables as _topics
from fund_api.people import tables as _people
from fund_api.printing import tables as _printing

TABLES = (
    *(_core, _past, _people, _communities, _library, _tags, _topics, _publications),
    *(_campaigns, _campaign_work, _fiscal_years),
    *(_grants, _contributions, _deciding, _paying, _attachments, _printing),
    *(_hiring, _advisors, _careers, _fellowships),
    _documents,
)
"""The modules that declare tables; importing them fills the metadata."""


def render(kind: str, item: object, _autogenerate: object) -> str | Literal[False]:
    """Our own types by the names that script.py.mako gives them: a revision must not change with our code."""
    names: dict[Any, str | Literal[False]] = {Text: "TEXT", UtcDateTime: "TIME"}
    return names.get(type(item), False) if kind == "type" else False


def include(name: str | None, kind: str, _parents: object) -> bool:
    """SQLite's tables of full-text search are no tables of ours: see core/search_index.py."""
    return not (kind == "table" and name is not None and name.startswith("search_"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=True,
    render_item=render,
    include_name=include,
)
with context.begin_transaction():
    context.run_migrations()
