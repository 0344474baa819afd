"""Addresses of e-mail that somebody leaves who need not be a person here."""

import re

from fund_api.core.errors import InvalidValue

_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")


def check_address(address: str, column: str) -> None:
    """Raises InvalidValue, at this column, for what is no one address."""
    if not _ADDRESS.fullmatch(address.strip()):
        raise InvalidValue(f"{column.replace('_', ' ')} takes an address, as ada@example.org.", column)
