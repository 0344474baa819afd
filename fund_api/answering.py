"""Endpoints beside /graphql: every failure of theirs is an answer in the form of GraphQL's errors."""

from collections.abc import Awaitable, Callable

from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from fund_api.core import errors
from fund_api.core.errors import Failure
from fund_api.edge.callers import sender_of
from fund_api.edge.faults import fault
from fund_api.edge.refusals import Refused
from fund_api.graph.errors import Code, formatted

Endpoint = Callable[[Request], Awaitable[Response]]
Admit = Callable[[str], None]
"""Counts a request from an address. Raises Refused for one too many."""


class NotSignedIn(Failure):
    """Somebody without a token wants what takes one."""


class TooSlow(Failure):
    """A body comes in too slowly."""


_ANSWERS: dict[type[Failure], tuple[int, Code]] = {
    Failure: (400, Code.BAD_USER_INPUT),
    NotSignedIn: (401, Code.UNAUTHENTICATED),
    errors.Unauthorized: (401, Code.UNAUTHENTICATED),
    errors.NotAllowed: (403, Code.NOT_ALLOWED),
    errors.NotFound: (404, Code.NOT_FOUND),
    TooSlow: (408, Code.TOO_SLOW),
    errors.InvalidTransition: (409, Code.INVALID_TRANSITION),
    errors.TooMany: (409, Code.TOO_MANY),
    errors.TooLarge: (413, Code.TOO_LARGE),
    errors.WrongType: (415, Code.WRONG_TYPE),
    errors.Throttled: (429, Code.THROTTLED),
    errors.TimedOut: (503, Code.OPERATION_TIMEOUT),
}
"""The status and the code of each kind of failure that a request can end with; of the others those of Failure."""


def answering(endpoint: Endpoint, admit: Admit | None = None) -> Endpoint:
    """An endpoint for which every failure is an answer, too, and for those whom `admit` lets in, when it is given."""

    async def answer(request: Request) -> Response:
        try:
            if admit is not None:
                admit(address_of(request))
            return await endpoint(request)
        except Refused as refused:
            return JSONResponse(refused.response(), refused.status, {"retry-after": str(refused.seconds)})
        except Failure as failure:
            return _refusal(failure)
        except ClientDisconnect:
            return Response(status_code=400)  # for nobody
        except Exception:  # noqa: BLE001  # the entry point: a fault of ours is logged whole and masked for the client
            sender = sender_of(request.scope, dict(request.scope["headers"]))
            return JSONResponse(fault(sender.request_id), 500)

    return answer


def address_of(request: Request) -> str:
    """The address that a request was sent from."""
    return request.client.host if request.client else ""


def _refusal(failure: Failure) -> JSONResponse:
    status, code = next(_ANSWERS[kind] for kind in type(failure).__mro__ if kind in _ANSWERS)
    headers = {}
    if isinstance(failure, errors.Throttled):
        headers["retry-after"] = str(failure.seconds)
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse({"errors": [formatted(GraphQLError(str(failure)), code)]}, status, headers)
