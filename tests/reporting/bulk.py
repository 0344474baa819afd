"""Bulk rows as a client has them: a pull as CSV, read by the csv module."""

import csv
import io

from fund_api.reporting.csv_form import Csv
from fund_api.reporting.forms import About
from tests.asking import Asker

Row = dict[str, str]
"""The cells of a line by their columns; empty ones are unknown."""


async def pulled(ask: Asker, document: str) -> list[Row]:
    """Every row of a document's list."""
    async with ask.engine.pull(ask.engine.prepare(document, None, {}), ask.viewer) as pull:
        form = Csv(About(pull.columns, pull.name, pull.number))
        parts = [form.begin()] + [part async for part in pull.made(form.rows)] + [form.end()]
    return list(csv.DictReader(io.StringIO(b"".join(parts).decode(), newline="")))
