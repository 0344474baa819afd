"""Media types of GraphQL over HTTP: which of them answers a request, by what it accepts.

Source: RFC 9110, section 12.5.1, and the GraphQL over HTTP draft, section 6.
"""

from functools import lru_cache

from fund_api.reporting.offered import MEDIA

JSON = b"application/json"
GRAPHQL = b"application/graphql-response+json"
EVENTS = b"text/event-stream"
HTML = b"text/html"
PULLED = {media.encode(): kind for kind, media in MEDIA.items()}
"""The media types of pulls."""
LONGEST_ACCEPT = 1_000
"""Bytes of an Accept header that is looked at; a longer one is taken as none."""


def answered_in(accept: bytes) -> bytes | None:
    """The media type in which a request is answered that sends this Accept header; None when it takes neither.

    Of two that it likes alike the one that it names comes first, and then the newer one; who names none, or anything,
    gets application/json, as old clients expect. Events and pulls get who names them, and likes neither JSON as much.
    """
    return _chosen(accept) if 0 < len(accept) <= LONGEST_ACCEPT else JSON


@lru_cache(maxsize=256)
def _chosen(accept: bytes) -> bytes | None:
    ranges = [found for text in accept.lower().split(b",") if (found := _range(text))]
    if not ranges:
        return JSON
    liked = {media: _liking(ranges, media) for media in (JSON, GRAPHQL)}
    newer_is_named = liked[GRAPHQL][1]
    media = max((GRAPHQL, JSON) if newer_is_named else (JSON, GRAPHQL), key=liked.__getitem__)
    weights = dict(ranges)
    other = max((EVENTS, *PULLED), key=lambda each: weights.get(each, 0.0))
    if weights.get(other, 0.0) > liked[media][0]:
        return other
    return media if liked[media][0] > 0 else None


def _liking(ranges: list[tuple[bytes, float]], media: bytes) -> tuple[float, bool]:
    """How much a media type is wanted, from 0 to 1, and whether by its own name; the most exact range decides."""
    weights = dict(ranges)
    for name in (media, b"application/*", b"*/*"):
        if name in weights:
            return weights[name], name == media
    return 0.0, False


def _range(text: bytes) -> tuple[bytes, float] | None:
    """A media range and its weight; None for what is none."""
    name, *parameters = (part.strip() for part in text.split(b";"))
    if name.count(b"/") != 1:
        return None
    given = [each[2:] for each in parameters if each.startswith(b"q=")]
    try:
        weight = float(given[0]) if given else 1.0
    except ValueError:
        return None
    return (name, weight) if 0 <= weight <= 1 else None


def is_json(content_type: bytes) -> bool:
    """Whether a body of this type is JSON in UTF-8, which is what JSON is in when nothing is said."""
    if content_type == JSON:
        return True
    name, *parameters = (part.strip().lower() for part in content_type.split(b";"))
    said = [each[8:].strip(b'"') for each in parameters if each.startswith(b"charset=")]
    return name == JSON and all(charset in (b"utf-8", b"utf8") for charset in said)


def prefers_html(accept: bytes) -> bool:
    """Whether a page is liked better than an answer: HTML is named, and no JSON weighs as much."""
    if not 0 < len(accept) <= LONGEST_ACCEPT:
        return False
    ranges = [found for text in accept.lower().split(b",") if (found := _range(text))]
    html = dict(ranges).get(HTML, 0.0)
    return html > max(_liking(ranges, media)[0] for media in (JSON, GRAPHQL))
