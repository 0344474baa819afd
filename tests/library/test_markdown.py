"""Markdown: what it makes, and that nothing in it ever runs."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.core.errors import InvalidValue
from fund_api.library import markdown

SCHEMES = ("http:", "https:", "mailto:")


class Elements(HTMLParser):
    """Every element of a text of HTML, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(body: str) -> None:
    made = markdown.html(body)
    assert made is not None
    for tag, attributes in Elements(made).found:
        assert tag in markdown._TAGS, made
        assert attributes.keys() <= {"href", "src", "alt", "title", "start", "rel"}, made
        for name in ("href", "src"):
            address = re.sub(r"[\x00-\x20]", "", attributes.get(name) or "").lower()
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", address)
            assert scheme is None or scheme[0] in SCHEMES, made


def test_marks_become_elements() -> None:
    body = "# Charters\n\nA *short* **guide** to [them](https://example.org 'Here').\n\n| a | b |\n|---|---|\n| 1 | 2 |"

    assert markdown.html(body) == (
        "<h1>Charters</h1>\n<p>A <em>short</em> <strong>guide</strong> to"
        ' <a href="https://example.org" title="Here" rel="noopener noreferrer">them</a>.</p>\n'
        "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n"
        "<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"
    )


def test_html_in_a_text_is_shown_as_it_is_written() -> None:
    assert markdown.html("<b>bold</b>") == "<p>&lt;b&gt;bold&lt;/b&gt;</p>\n"


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a](<java&#10;script:alert(1)>)",
        "[a](vbscript:msgbox(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](data:image/svg+xml;base64,PHN2Zz4=)",
        "![a](javascript:alert(1))",
        "[a]: javascript:alert(1)\n\n[a]",
        "<javascript:alert(1)>",
        "[a](file:///etc/passwd)",
        '[a](https://example.org "x\\" onmouseover=\\"alert(1)")',
        '![x" onerror="alert(1)](https://example.org/a.png)',
        '```" onclick="alert(1)\n<script>\n```',
        "<iframe src='https://example.org'></iframe>",
        "<style>body { display: none }</style>",
        "<!-- --><script>alert(1)</script>",
        "<a href=`javascript:alert(1)`>x</a>",
        "<form action=/x><input name=a></form>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
def test_nothing_in_a_text_runs(body: str) -> None:
    assert_harmless(body)


PIECES = st.sampled_from(
    [
        *("<script>", "</script>", "javascript:", "[a](", ")", "![", "](", " onerror=", '"', "'", "<", ">", "&#x6a;"),
        *("\n", "\t", "\x00", "# ", "> ", "- ", "|", "https://", "data:", "<!--", "-->", "&lt;", "\\", "*", "&#xd83d;"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join))
def test_whatever_is_written_is_harmless_and_has_an_excerpt(body: str) -> None:
    assert_harmless(body)

    found = markdown.excerpt(body, 40)

    assert found is not None
    assert len(found) <= 40
    assert "\n" not in found
    assert (markdown.word_count(body) or 0) >= 0


def test_relative_addresses_and_mail_stay() -> None:
    made = markdown.html("[a](/r/x) [b](mailto:ada@example.org) [c](#part)") or ""

    assert [attributes["href"] for _, attributes in Elements(made).found if "href" in attributes] == [
        *("/r/x", "mailto:ada@example.org", "#part"),
    ]


def test_an_excerpt_has_plain_words_and_ends_between_two() -> None:
    body = "# Charters\n\nA *short* [guide](https://example.org)\nto `charters`.\n\n- one\n- two"

    assert markdown.excerpt(body, 200) == "Charters A short guide to charters. one two"
    assert markdown.excerpt(body, 18) == "Charters A short…"
    assert markdown.excerpt(body, 3) == "Ch…"
    assert markdown.excerpt(body, 1) == "…"
    assert markdown.excerpt(None, 1) is None


@pytest.mark.parametrize("length", [0, 1_001, -1])
def test_an_excerpt_has_a_length(length: int) -> None:
    with pytest.raises(InvalidValue, match="length lies between 1 and 1,000"):
        markdown.excerpt("Words", length)


def test_words_are_counted_and_minutes_made_of_them() -> None:
    assert markdown.word_count("It's a well-known *fact*: 1,000 of [them](https://example.org/not/counted).") == 7
    assert [markdown.reading_minutes("word " * words) for words in (1, 230, 231)] == [1, 1, 2]
    assert (markdown.html(None), markdown.word_count(None), markdown.reading_minutes(None)) == (None, None, None)
