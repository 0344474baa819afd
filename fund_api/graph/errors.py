"""Errors of a request: what a client sees in the top-level `errors`, each with a code."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from graphql import GraphQLError, Node

LONGEST_MESSAGE = 1_000
"""Characters of a message: some repeat what was sent."""


class Code(StrEnum):
    """What kind of error it is, in `extensions.code`."""

    BAD_REQUEST = "BAD_REQUEST"
    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    ORIGIN_NOT_ALLOWED = "ORIGIN_NOT_ALLOWED"
    DOCUMENT_NOT_FOUND = "PERSISTED_DOCUMENT_NOT_FOUND"
    DOCUMENT_REQUIRED = "PERSISTED_DOCUMENT_REQUIRED"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    TOO_COSTLY = "TOO_COSTLY"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_FOUND = "NOT_FOUND"
    INVALID_TRANSITION = "INVALID_TRANSITION"
    TOO_MANY = "TOO_MANY"
    TOO_LARGE = "TOO_LARGE"
    TOO_SLOW = "TOO_SLOW"
    WRONG_TYPE = "WRONG_TYPE"
    THROTTLED = "THROTTLED"
    TOO_MANY_AT_ONCE = "TOO_MANY_AT_ONCE"
    SERVER_BUSY = "SERVER_BUSY"
    OPERATION_TIMEOUT = "OPERATION_TIMEOUT"
    INTERNAL = "INTERNAL_SERVER_ERROR"


class RequestError(GraphQLError):
    """A request that can't be answered: the message says what is wrong and what is allowed."""

    def __init__(
        self,
        message: str,
        code: Code = Code.BAD_USER_INPUT,
        nodes: Node | None = None,
        path: Sequence[str] | None = None,
    ) -> None:
        super().__init__(message, nodes=nodes, path=path, extensions={"code": code.value})


class RequestErrors(Exception):
    """One or more errors that end a request before anything was read."""

    def __init__(self, errors: Sequence[GraphQLError], code: Code) -> None:
        super().__init__(errors[0].message)
        self.errors = errors
        self.code = code

    def formatted(self) -> list[dict[str, Any]]:
        """The errors as the GraphQL specification writes them, each with its code."""
        return [formatted(error, self.code) for error in self.errors]


def formatted(error: GraphQLError, code: Code) -> dict[str, Any]:
    """One error as the specification writes it; an error's own code wins over `code`, and a long message is cut."""
    told: dict[str, Any] = {**error.formatted}
    if len(error.message) > LONGEST_MESSAGE:
        told["message"] = f"{error.message[:LONGEST_MESSAGE]}..."
    return {**told, "extensions": {"code": code.value, **(error.extensions or {})}}
