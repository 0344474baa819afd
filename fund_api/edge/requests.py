"""GraphQL requests out of JSON, however they come in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import orjson

from fund_api.core.access import Viewer
from fund_api.graph.errors import Code

Headers = dict[bytes, bytes]
SignIn = Callable[[Headers, str], Awaitable[Viewer]]
"""Who sends these headers from this address. Raises Unauthorized, and Throttled."""


class BadRequest(Exception):
    """A request that is no GraphQL request, with the status that says why."""

    def __init__(
        self, status: int, message: str, headers: Headers | None = None, code: Code = Code.BAD_REQUEST
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request, by its document or by the identifier of one.

    With `"extensions": {"cost": true}` it asks what it costs.
    """

    query: str
    name: str | None
    variables: dict[str, Any]
    asks_cost: bool
    document_id: str | None = None
    """The identifier of the document, if it stands in the place of `query`, which is empty then."""


def from_query_string(text: bytes) -> dict[str, Any]:
    """The keys of a request in an address, its variables and extensions out of their JSON. Raises BadRequest."""
    try:
        given = {name: values[-1] for name, values in parse_qs(text.decode(), max_num_fields=20).items()}
        return given | {name: orjson.loads(given[name]) for name in ("variables", "extensions") if given.get(name)}
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, f"The variables in the address are no JSON: {error}.") from None
    except ValueError:
        raise BadRequest(400, "The query string can't be read.") from None


def checked(request: object) -> Request:
    """A GraphQL request out of JSON. Raises BadRequest for anything else."""
    if not isinstance(request, dict):
        raise BadRequest(400, "The body must be a JSON object with the key query.")
    query, name, variables = request.get("query"), request.get("operationName"), request.get("variables")
    extensions, document_id = request.get("extensions"), request.get("documentId")
    if document_id is not None:
        query = _identified(query, document_id)
    elif not isinstance(query, str) or not query.strip():
        raise BadRequest(400, 'query must be a GraphQL document, such as "{ states { totalCount } }".')
    if name is not None and not isinstance(name, str):
        raise BadRequest(400, "operationName must be a text.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(400, "variables must be a JSON object.")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest(400, "extensions must be a JSON object.")
    return Request(query, name or None, variables or {}, bool(extensions and extensions.get("cost")), document_id)


def _identified(query: object, document_id: object) -> str:
    """The empty text in the place of a document that is given by its identifier. Raises BadRequest."""
    if query:  # clients of websockets always send one, which is empty then
        raise BadRequest(400, "Send query or documentId, not both.")
    if not isinstance(document_id, str):
        raise BadRequest(400, "documentId must be a text.")
    return ""
