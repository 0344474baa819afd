"""Where exports come from: the database here, or a server."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from fund_api.reporting.forms import FormKind
from fund_api.reporting.questions import Asked


class Broken(Exception):
    """A pull that did not come to its end; it may be tried again, after `wait` seconds where the server says so."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class OnlyTrusted(Exception):
    """The server answers trusted documents only, by their identifiers."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A pull that is under way."""

    number: int
    """Of the last event that its snapshot sees."""
    parts: AsyncIterator[bytes]
    """Its bytes; they raise Broken where they end too early."""
    cursor: str = ""
    """From where on the feed of changes tells what the snapshot does not see."""


class Source(Protocol):
    """Answers documents as somebody."""

    @property
    def identity(self) -> str:
        """What tells it from others, viewer included."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    async def data(self, asked: Asked) -> Any:  # Any: what JSON holds
        """The data of a short answer. Raises Failure, Broken and OnlyTrusted."""
        ...

    def pulled(self, asked: Asked, kind: FormKind) -> AbstractAsyncContextManager[Stream]:
        """Every row of a list, in a form. Raises Failure, Broken and OnlyTrusted."""
        ...
