"""Origins: which sites' pages may ask here, besides the server's own.

Tokens travel in the header Authorization alone, and no cookie signs anybody in. So a page of another site can't borrow
its visitor's rights: a browser adds no token by itself. What remains is the visitor's place in the network: a page
could ask, as the public, a server that only their network reaches, and use up what their address may take. So requests
that browsers send for pages of other sites are refused unless their origin is on the list, even if the page could not
read the answer; websocket handshakes, to which CORS does not apply, likewise. Links are followed: they only read.

Source: the Fetch standard, section 3.3, and Fetch Metadata.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fund_api.edge.requests import BadRequest, Headers
from fund_api.graph.errors import Code

Fields = tuple[tuple[bytes, bytes], ...]

OWN = (b"same-origin", b"none")
"""What Sec-Fetch-Site says of the server's own pages, and of what somebody typed or bookmarked."""
REMEMBERED = 600
"""Seconds for which browsers remember what they may send."""
SENT = b"Authorization, Content-Type, If-None-Match, Last-Event-ID, X-Request-Id"
READ = b"ETag, Fund-Cursor, Fund-Event, Fund-Installation, Location, Retry-After, WWW-Authenticate, X-Request-Id"
"""Headers of requests and of answers that pages of the list may send and read."""
_SCHEMES = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class Origins:
    """The list of allowed origins, each as browsers write it: https://app.example.org."""

    allowed: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, origins: Iterable[str]) -> "Origins":
        """The list out of the settings."""
        return cls(frozenset(origin.encode() for origin in origins))

    def check(self, headers: Headers, scheme: str = "http", method: str = "GET") -> None:
        """Let in what no other site sends, or one of the list. Raises BadRequest 403 otherwise.

        `scheme` is that of the request; websocket handshakes are checked alike.
        """
        origin, site = headers.get(b"origin"), headers.get(b"sec-fetch-site")
        if site in OWN or (origin is None and site is None) or origin in self.allowed:
            return
        if origin is None:
            let_in = headers.get(b"sec-fetch-mode") == b"navigate" and method in ("GET", "HEAD")
        else:
            own = f"{_SCHEMES.get(scheme, scheme)}://".encode() + headers.get(b"host", b"")
            let_in = site is None and origin == own  # browsers that know no Sec-Fetch-Site
        if not let_in:
            raise BadRequest(
                403,
                "A page of another site sent this request: whoever runs the server lets its origin in by"
                " FUND_CORS_ORIGINS.",
                code=Code.ORIGIN_NOT_ALLOWED,
            )

    def fields(self, headers: Headers) -> Fields:
        """The headers by which a browser lets a page of the list read the answer. There are no credentials to allow."""
        origin = headers.get(b"origin")
        if origin is None or origin not in self.allowed:
            return ()
        return ((b"access-control-allow-origin", origin), (b"access-control-expose-headers", READ))

    def preflight(self, methods: bytes) -> Fields:
        """What a browser is told that asks whether it may send a request."""
        return (
            (b"access-control-allow-methods", methods),
            (b"access-control-allow-headers", SENT),
            (b"access-control-max-age", str(REMEMBERED).encode()),
        )


def is_preflight(method: str, headers: Headers) -> bool:
    """Whether a browser asks what it may send."""
    return method == "OPTIONS" and b"origin" in headers and b"access-control-request-method" in headers
