"""Who asks, and what they may do."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from fund_api.core import clock
from fund_api.core.columns import UtcDateTime
from fund_api.core.errors import NotAllowed


class Looking(Protocol):
    """Somebody who looks at rows: what they may do, and their id and the time as statements have them."""

    @property
    def id(self) -> sa.ColumnElement[str]:
        """The id of their person; null for who has not signed in."""

    @property
    def now(self) -> sa.ColumnElement[datetime]:
        """When they look."""

    def may(self, permission: str) -> bool:
        """Whether they have a permission."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks: the id of their person, and their permissions, each written scope:resource:action."""

    id: str | None
    permissions: frozenset[str]
    scopes: frozenset[str] | None = field(default=None, compare=False)
    """What their token is limited to, whichever permissions they have otherwise; None: to nothing."""

    def may(self, permission: str) -> bool:
        """Whether they have a permission."""
        return permission in self.permissions

    def need(self, permission: str) -> None:
        """Raise NotAllowed unless they have a permission: the first line of a protected rule."""
        if not self.may(permission):
            raise NotAllowed(f"This needs the permission {permission}.")


class _System(Viewer):
    """May do everything. Its one permission keeps it apart from everybody else's sets of permissions."""

    def may(self, permission: str) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class LookingAs:
    """A viewer who looks at rows in a statement of its own, in a rule at the time of its transaction."""

    viewer: Viewer
    at: datetime = field(default_factory=lambda: clock.now())  # noqa: PLW0108  # the clock's own `now`, when asked

    @property
    def id(self) -> sa.ColumnElement[str]:
        """The id of their person."""
        return sa.literal(self.viewer.id, sa.Text())

    @property
    def now(self) -> sa.ColumnElement[datetime]:
        """When they look."""
        return sa.literal(self.at, UtcDateTime())

    def may(self, permission: str) -> bool:
        """Whether they have a permission."""
        return self.viewer.may(permission)


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a request comes from: its own id, and the address that it was sent from."""

    request_id: str | None = None
    address: str = ""


PUBLIC = Viewer(None, frozenset())
"""Everybody who has not signed in."""

SYSTEM = _System(None, frozenset({"system"}))
"""Whoever has the machine: the command line and the server itself."""
