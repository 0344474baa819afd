"""Who sees whom: conditions on rows, of their columns and of who looks."""

from typing import Any

import sqlalchemy as sa

from fund_api.core.access import Looking

READ, MANAGE = "fund:person:read", "fund:person:manage"


def person(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """Everybody sees themselves; staff see everybody."""
    return None if looking.may(READ) else columns.id == looking.id


def of_person(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """What belongs to a person by its column `person_id` is seen by those who see the person."""
    return None if looking.may(READ) else columns.person_id == looking.id


def token(columns: Any, looking: Looking) -> sa.ColumnElement[bool] | None:
    """Everybody sees their own tokens; who manages people sees all."""
    return None if looking.may(MANAGE) else columns.person_id == looking.id
