"""Cells: the values of rows, column by column, as tables have them."""

from typing import Any

import orjson

from fund_api.graph.pulls import Rows
from fund_api.graph.tabular import Column, Kind

Cells = list[Any]
"""Any: what JSON holds; null where an object on the way is null, too."""
_OPTIONS = orjson.OPT_UTC_Z


def cells(rows: Rows, columns: tuple[Column, ...]) -> list[Cells]:
    """The cells of each column; a list is a text of JSON."""
    reached: dict[tuple[str, ...], Cells] = {(): list(rows)}
    return [_told(_at(reached, column.path), column.kind) for column in columns]


def _at(reached: dict[tuple[str, ...], Cells], path: tuple[str, ...]) -> Cells:
    """The values at a path of response keys; `reached` keeps those of the objects on the way."""
    found = reached.get(path)
    if found is None:
        key = path[-1]
        found = [None if one is None else one[key] for one in _at(reached, path[:-1])]
        reached[path] = found
    return found


def _told(values: Cells, kind: Kind) -> Cells:
    if kind is Kind.JSON:
        return [None if value is None else orjson.dumps(value, option=_OPTIONS).decode() for value in values]
    return values


def texts(values: Cells) -> Cells:
    """Days and times as JSON has them; SQLite brings them so."""
    told: Cells = orjson.loads(orjson.dumps(values, option=_OPTIONS))
    return told
