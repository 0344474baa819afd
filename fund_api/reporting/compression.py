"""Compression of what is sent, as the header Accept-Encoding asks for it.

Source: RFC 9110, section 12.5.3.
"""

import zlib
from typing import Protocol

import zstandard

ZSTD = "zstd"
GZIP = "gzip"
IDENTITY = "identity"
_LEVELS = {ZSTD: 3, GZIP: 3}
_GZIP_WINDOW = 31
"""What zlib calls a window of 32 KB in a gzip frame."""
LONGEST = 1_000
"""Characters of a header that is looked at; a longer one is taken as none."""


class Compressor(Protocol):
    """Compresses one stream; each part can be read to its end by whoever has all before it."""

    def part(self, data: bytes) -> bytes:
        """The next part."""
        ...

    def end(self) -> bytes:
        """What ends the stream."""
        ...


def chosen(accepted: str) -> str:
    """The encoding that is liked best; of those liked alike zstd comes before gzip, and both before none."""
    if len(accepted) > LONGEST:
        return IDENTITY
    weights = dict(_weighted(each) for each in accepted.lower().split(",") if each.strip())
    others = weights.get("*", 0.0)
    liked = {name: weights.get(name, others) for name in (ZSTD, GZIP)}
    best = max(liked, key=liked.__getitem__)
    return best if liked[best] > 0 and liked[best] >= weights.get(IDENTITY, 0.0) else IDENTITY


def compressor(encoding: str) -> Compressor:
    """What compresses by an encoding."""
    match encoding:
        case "zstd":
            return _Zstd()
        case "gzip":
            return _Gzip()
    return _Plain()


def _weighted(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip() for part in text.split(";"))
    given = [each[2:] for each in parameters if each.startswith("q=")]
    try:
        weight = float(given[0]) if given else 1.0
    except ValueError:
        return name, 0.0
    return name, weight if 0 <= weight <= 1 else 0.0


class _Plain:
    def part(self, data: bytes) -> bytes:
        return data

    def end(self) -> bytes:
        return b""


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.compressobj(_LEVELS[GZIP], zlib.DEFLATED, _GZIP_WINDOW)

    def part(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zlib.Z_SYNC_FLUSH) if data else b""

    def end(self) -> bytes:
        return self._stream.flush()


class _Zstd:
    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor(level=_LEVELS[ZSTD]).compressobj()

    def part(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK) if data else b""

    def end(self) -> bytes:
        return self._stream.flush()
