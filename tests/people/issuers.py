"""A local OpenID Connect provider: a real HTTP server with real keys."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

AUDIENCE = "fund"
LEFT_OUT = object()


@dataclass
class Issuer:
    """What the provider publishes, and the tokens that it makes."""

    address: str = ""
    keys: list[Key] = field(default_factory=lambda: [rsa("first")])
    fetches: int = 0
    """How often the keys were read."""
    document: dict[str, Any] = field(default_factory=dict)
    """What its discovery document says otherwise than it should."""

    def token(self, key: Key | None = None, algorithm: str = "RS256", **claims: Any) -> bytes:
        """A header with a token that is good but for `claims`, signed by the first key unless another is given."""
        now = int(time.time())
        said = {"iss": self.address, "aud": AUDIENCE, "sub": "subject-1", "exp": now + 60, "iat": now}
        said |= {"email": "ada@example.org", "email_verified": True} | claims
        kept = {name: value for name, value in said.items() if value is not LEFT_OUT}
        signed = key or self.keys[0]
        header = {"alg": algorithm, "kid": signed.kid}
        return b"Bearer " + jwt.encode(header, kept, signed, algorithms=[algorithm]).encode()

    def answer(self, path: str) -> dict[str, Any] | None:
        """What it publishes at a path."""
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.address, "jwks_uri": f"{self.address}/keys"} | self.document
        if path == "/keys":
            self.fetches += 1
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        return None


def rsa(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def ec(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


@contextmanager
def issuing() -> Iterator[Issuer]:
    """A provider that runs in a thread until the block ends."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that the standard library calls
            found = issuer.answer(self.path)
            body = json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as the standard library has it
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
