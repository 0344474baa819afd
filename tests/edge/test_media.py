"""Which media type answers a request, by what it accepts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.edge.media import EVENTS, GRAPHQL, JSON, PULLED, answered_in, is_json, prefers_html


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/graphql-response+json", GRAPHQL),
        ("Application/GraphQL-Response+JSON ; charset=utf-8", GRAPHQL),
        ("application/graphql-response+json, application/json", GRAPHQL),
        ("application/json, application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/graphql-response+json;q=0.1, application/json", JSON),
        ("application/graphql-response+json;q=0.1, */*", JSON),
        ("application/graphql-response+json, */*;q=0.5", GRAPHQL),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("application/json;q=0, */*", GRAPHQL),
        ("application/json;q=0, application/*;q=0.2, */*;q=0", GRAPHQL),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        ("text/html", None),
        ("*/*;q=0", None),
        ("application/json;q=0, application/graphql-response+json;q=0.0", None),
        ("application/json;q=0", None),
        ("nonsense", JSON),
        (";;;,,,q=9", JSON),
        ("application/json;q=2, application/graphql-response+json;q=x", JSON),
        ("text/html," * 200, JSON),
        ("text/event-stream", EVENTS),
        ("Text/Event-Stream; charset=utf-8", EVENTS),
        ("text/event-stream, multipart/mixed", EVENTS),
        ("text/event-stream, application/json;q=0.9", EVENTS),
        ("text/event-stream, application/json", JSON),
        ("text/event-stream, application/graphql-response+json", GRAPHQL),
        ("text/event-stream;q=0.9, */*", JSON),
        ("text/event-stream;q=0", None),
        ("text/*", None),
    ],
)
def test_the_media_type_that_is_wanted_most_answers(accept: str, media: bytes | None) -> None:
    assert answered_in(accept.encode()) == media


@given(st.binary(max_size=200))
def test_no_accept_header_is_a_fault(accept: bytes) -> None:
    assert answered_in(accept) in (GRAPHQL, JSON, EVENTS, *PULLED, None)


@pytest.mark.parametrize(
    ("content_type", "taken"),
    [
        ("application/json", True),
        ("Application/JSON", True),
        ("application/json; charset=utf-8", True),
        ('application/json;charset="UTF-8"', True),
        ("application/json; profile=x; charset=utf8", True),
        ("application/json; charset=utf-16", False),
        ("application/json; charset=iso-8859-1", False),
        ("application/graphql-response+json", False),
        ("text/plain", False),
        ("", False),
    ],
)
def test_only_json_in_utf_8_is_json(content_type: str, taken: bool) -> None:
    assert is_json(content_type.encode()) is taken


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html, application/xhtml+xml, image/jxr, */*;q=0.9", True),
        ("text/html", True),
        ("Text/HTML;q=0.1", True),
        ("application/json;q=0.5, text/html", True),
        ("application/json, text/html", False),
        ("text/html, application/graphql-response+json", False),
        ("text/html;q=0.8, */*", False),
        ("text/html, */*", False),
        ("text/html;q=0", False),
        ("text/*", False),
        ("*/*", False),
        ("", False),
        ("text/html," * 200, False),
    ],
)
def test_a_page_is_for_those_who_like_it_better_than_json(accept: str, page: bool) -> None:
    assert prefers_html(accept.encode()) is page
