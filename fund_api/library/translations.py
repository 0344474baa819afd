"""A resource in other languages: which resources say the same, and which of them fits a reader's languages best."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.core.errors import InvalidValue
from fund_api.library import visibility
from fund_api.library.tables import Resource
from fund_api.library.visibility import REVISION

RESOURCE = table_of(Resource)
LONGEST_LANGUAGE = 35
"""Characters of a language."""
MOST_LANGUAGES = 20
_RANGE = re.compile(r"\*|[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def others(columns: Any, resource_id: sa.ColumnElement[str], _looking: Looking) -> sa.ColumnElement[bool]:
    """Whether a revision is of a translation of the same original, or of the original, and not of the resource itself.

    Any: columns of the table of revisions.
    """
    asked, own = RESOURCE.alias(), RESOURCE.alias()
    translated = sa.select(own.c.id).select_from(asked.join(own, own.c.translation_of == _original(asked)))
    family = sa.union_all(
        translated.where(asked.c.id == resource_id).correlate_except(asked, own),
        sa.select(_original(asked)).where(asked.c.id == resource_id).correlate_except(asked),
    )
    return sa.and_(columns.id.in_(family), columns.id != resource_id)


async def find(
    connection: AsyncConnection, looking: Looking, key: str, value: str, languages: Sequence[str]
) -> str | None:
    """The id of the resource with this id or slug (`key`) in the first of these languages that it is had in.

    It is the original when it is in none of them, and the resource itself when the original is not live. None for a
    resource that is not live. Raises InvalidValue for what is no language.
    """
    _check(languages)
    asked, own, told, said = RESOURCE.alias(), RESOURCE.alias(), REVISION.alias(), REVISION.alias()
    original = _original(asked)
    same = sa.or_(own.c.id == original, own.c.translation_of == original)
    source = asked.join(told, told.c.id == asked.c.id).join(own, same).join(said, said.c.id == own.c.id)
    both_live = visibility.live(told.c, looking), visibility.live(said.c, looking)
    query = sa.select(own.c.id, said.c.language, own.c.id == original, own.c.id == asked.c.id).select_from(source)
    rows = (await connection.execute(query.where(asked.c[key] == value, *both_live).order_by(own.c.id))).all()
    found = fitting(languages, {language.lower(): one for one, language, _, _ in reversed(rows) if language})
    originals, itself = [row[0] for row in rows if row[2]], [row[0] for row in rows if row[3]]
    return found or next(iter([*originals, *itself]), None)


def fitting(languages: Sequence[str], tagged: Mapping[str, str]) -> str | None:
    """What is tagged with the first of these languages that is there, by the lookup of RFC 4647, section 3.4.

    A language that is not there is asked for without its last parts: es-MX, then es. Tags are in lower case.
    """
    for language in languages:
        for tag in _ever_shorter(language.lower()):
            if tag in tagged:
                return tagged[tag]
    return None


def _ever_shorter(language: str) -> Iterator[str]:
    parts = language.split("-")
    while parts:
        yield "-".join(parts)
        parts.pop()
        if parts and len(parts[-1]) == 1:  # a letter that only introduces what comes after it
            parts.pop()


def _check(languages: Sequence[str]) -> None:
    if not 1 <= len(languages) <= MOST_LANGUAGES:
        raise InvalidValue(f"language takes 1 to {MOST_LANGUAGES} languages, not {len(languages)}.", "language")
    for one in languages:
        if len(one) > LONGEST_LANGUAGE or not _RANGE.fullmatch(one):
            raise InvalidValue(
                f"{one[:LONGEST_LANGUAGE]!r} is no language as BCP 47 writes it, such as es-MX.", "language"
            )


def _original(resource: sa.FromClause) -> sa.ColumnElement[str]:
    return sa.func.coalesce(resource.c.translation_of, resource.c.id)
