"""What may be said of a resource: addresses, languages, dates, slugs, and who publishes it."""

import re
from datetime import date
from urllib.parse import urlsplit

import sqlalchemy as sa

from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue
from fund_api.core.facts import DatePrecision
from fund_api.core.ids import new_id
from fund_api.core.text import fold
from fund_api.core.upserts import insert_new
from fund_api.core.writing import Row, Transaction, checked
from fund_api.library.tables import Publisher, TagBasis
from fund_api.library.telling import CONTENT, Values, tell

PUBLISHER = table_of(Publisher)
GIVEN = frozenset(CONTENT) - {"language_basis"} | {"publisher_name"}
"""What editors say; `publisher_name` stands for a publisher by its name, old or new."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})(-(?P<script>[a-z]{4}))?(-(?P<region>[a-z]{2}|\d{3}))?"
    r"(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?",
    re.ASCII | re.IGNORECASE,
)
"""A language tag by the syntax of BCP 47 (RFC 5646, 2.1), but for its old irregular ones and those of private use."""


async def said(tx: Transaction, values: Values, before: Row) -> Row:
    """All of what a resource says: `values`, and what it said before. Raises InvalidValue, NotFound for a publisher."""
    if unknown := values.keys() - GIVEN:
        raise ValueError(f"{sorted(unknown)} can't be said here; {sorted(GIVEN)} can")
    given = dict(values)
    row = {name: before[name] for name in CONTENT}
    if (name := given.pop("publisher_name", None)) is not None:
        if given.get("publisher_id") is not None:
            raise InvalidValue("A publisher is named by id or by name, not by both.", "publisher_name")
        given["publisher_id"] = await _publisher(tx, name)
    elif given.get("publisher_id") is not None:
        await tx.row(Publisher, given["publisher_id"])
    row |= {name: value for name, value in _dated(given, before).items() if name in row}
    if given.get("url") is not None:
        row["url"] = address(given["url"])
    if "language" in given:
        row["language"] = None if given["language"] is None else language(given["language"])
        row["language_basis"] = _basis(row["language"], before)
    return _linked(row, given)


def slug(text: str) -> str:
    """A name for addresses. Raises InvalidValue."""
    if not _SLUG.fullmatch(text) or len(text) > 120:
        raise InvalidValue("A slug has small letters a to z, digits, and single hyphens between them.", "slug")
    return text


def address(text: str, name: str = "url") -> str:
    """An address on the web, given under this name. Raises InvalidValue for any other."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known or not text.isprintable() or set(text) & set(' "<>\\^`{|}'):
        raise InvalidValue(f"{name.replace('_', ' ')} takes a web address, as https://example.org.", name)
    return text


def language(tag: str) -> str:
    """A language tag in its usual spelling: en-US, zh-Hant. Raises InvalidValue for what is none."""
    found = _LANGUAGE.fullmatch(tag.strip())
    if found is None or len(tag) > 35:
        raise InvalidValue("language takes a BCP 47 tag, as en or es-MX.", "language")
    written = found[0].lower()
    for name, spelled in (("script", str.title), ("region", str.upper)):
        if found[name]:
            start, end = found.span(name)
            written = written[:start] + spelled(written[start:end]) + written[end:]
    return written


def _basis(tag: str | None, before: Row) -> TagBasis | None:
    """Who says the language: the editors, unless it is what was said before."""
    if tag is None:
        return None
    return before["language_basis"] if tag == before["language"] else TagBasis.EDITORIAL


def _dated(given: Row, before: Row) -> Row:
    """The values with a date and how much of it is known, which go together; what is unknown is its first day."""
    if not {"published_on", "published_on_precision"} & given.keys():
        return given
    day: date | None = given.get("published_on", before["published_on"])
    precision = given.get("published_on_precision", before["published_on_precision"])
    if day is None:
        return given | {"published_on": None, "published_on_precision": None}
    if precision is None or "published_on_precision" not in given:
        precision = DatePrecision.DAY
    if precision == DatePrecision.YEAR:
        day = day.replace(month=1)
    if precision != DatePrecision.DAY:
        day = day.replace(day=1)
    return given | {"published_on": day, "published_on_precision": precision}


def _linked(row: Row, given: Row) -> Row:
    """What an address leads to goes with it. Raises InvalidValue when nobody says so."""
    if row["url"] is None:
        if given.get("link_kind") is not None:
            raise InvalidValue("link kind goes with an address, and there is none.", "link_kind")
        return row | {"link_kind": None}
    if row["link_kind"] is None:
        raise InvalidValue("link kind says what the address leads to: WORK, ABOUT or LIST.", "link_kind")
    return row


async def _publisher(tx: Transaction, name: str) -> str:
    """The publisher of this name, added if there is none yet."""
    try:
        values = checked(PUBLISHER, {"name": name})
    except InvalidValue as failure:
        failure.path = ("publisher_name",)
        raise
    row = values | {"id": new_id("pub"), "name_folded": (fold(values["name"]) or values["name"])[:400], "url": None}
    stamps = {"provenance": tx.provenance, "created_at": tx.now, "updated_at": tx.now}
    if await insert_new(tx.connection, PUBLISHER, row | stamps, "name"):
        tell(tx, "publisher.added", row["id"], {}, values, private=True)
        return str(row["id"])
    known = sa.select(PUBLISHER.c.id).where(PUBLISHER.c.name == values["name"])
    return str(await tx.connection.scalar(known))
