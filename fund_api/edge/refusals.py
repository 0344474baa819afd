"""Refusals of what comes too often: the request is right, and may be sent again later."""

from typing import Any

from graphql import GraphQLError

from fund_api.graph.errors import Code, RequestErrors

Told = dict[str, Any]  # Any: what JSON holds


class Refused(RequestErrors):
    """A request that is not answered now; after `seconds` it may be sent again."""

    def __init__(self, status: int, code: Code, message: str, seconds: int, told: Told | None = None) -> None:
        super().__init__([GraphQLError(message, extensions={"retryAfter": seconds})], code)
        self.status = status
        self.seconds = seconds
        self.told = told
        """What the response says beside its errors, as `extensions`."""

    def response(self) -> Told:
        """The whole response."""
        extensions = {"extensions": self.told} if self.told else {}
        return {"errors": self.formatted(), **extensions}
