"""The forms that are offered: by their media types, and as far as what writes them is installed."""

import os
from importlib.util import find_spec

from fund_api.core.errors import Failure
from fund_api.reporting.csv_form import Csv
from fund_api.reporting.forms import About, Form, FormKind
from fund_api.reporting.jsonl import Jsonl

MEDIA = {
    FormKind.JSONL: "application/jsonl",
    FormKind.CSV: "text/csv",
    FormKind.PARQUET: "application/vnd.apache.parquet",
}
"""Of IANA's list; that of JSON Lines is used widely, and not registered."""
COMPRESSED = frozenset({FormKind.PARQUET})
"""Forms that are compressed inside."""
POOL = ("ARROW_DEFAULT_MEMORY_POOL", "system")
"""Tells pyarrow, as it is loaded, where to get memory: what it gives back others may use; its own pools keep 15 MB."""


class NotInstalled(Failure):
    """What writes a form is not there."""


def check(kind: FormKind) -> None:
    """Raise NotInstalled, which says what to install, for a form that can't be written here."""
    if kind is FormKind.PARQUET and find_spec("pyarrow") is None:
        raise NotInstalled("Parquet can't be written here: install fund-api[parquet], or pull JSON Lines or CSV.")


def form(kind: FormKind, about: About) -> Form:
    """What writes a pull in a form. Raises NotInstalled."""
    check(kind)
    match kind:
        case FormKind.JSONL:
            return Jsonl(about)
        case FormKind.CSV:
            return Csv(about)
    os.environ.setdefault(*POOL)
    from fund_api.reporting.parquet import Parquet  # noqa: PLC0415  # optional, and 50 MB of memory for who needs none

    return Parquet(about)
