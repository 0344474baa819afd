"""Who asks, and what they may do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks: the id of their person, and their permissions, each written scope:resource:action."""

    id: str | None
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        """Whether they have a permission."""
        return permission in self.permissions


PUBLIC = Viewer(None, frozenset())
"""Everybody who has not signed in."""
