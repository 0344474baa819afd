"""Texts in Markdown: as HTML that can run nothing, as plain words, and how long they take to read.

CommonMark with tables and strikethrough. HTML in a text stays text, addresses are of the web or of mail, or relative,
and what is made is sanitised once more.
"""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from fund_api.core.errors import InvalidValue

WORDS_A_MINUTE = 230
"""How fast people read English texts that are no stories, silently; Brysbaert 2019 counted 238."""
EXCERPT, LONGEST_EXCERPT = 200, 1_000
"""Characters of an excerpt: as many as nobody asks for, and the most."""
KEPT = 128
"""Texts of which the HTML is kept, for readers who come one after the other."""
_SCHEMES = {"http", "https", "mailto"}
_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s"),
    *("ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")  # the apostrophe of print
_BREAKING = frozenset({"softbreak", "hardbreak"})


@lru_cache(KEPT)
def html(body: str | None) -> str | None:
    """A text as HTML; None stays None."""
    if body is None:
        return None
    made = _MARKDOWN.render(body)
    return nh3.clean(made, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer")


@lru_cache(KEPT)
def plain(body: str) -> str:
    """The words of a text without its marks, on one line."""
    return " ".join(" ".join(_spoken(_MARKDOWN.parse(body))).split())


def excerpt(body: str | None, length: int | None = None) -> str | None:
    """The beginning of a text in plain words: at most `length` characters, cut between words where it can be.

    Raises InvalidValue for a length that is not from 1 to LONGEST_EXCERPT.
    """
    length = EXCERPT if length is None else length
    if not 1 <= length <= LONGEST_EXCERPT:
        raise InvalidValue(f"length lies between 1 and {LONGEST_EXCERPT:,}, not at {length:,}.", "length")
    if body is None:
        return None
    text = plain(body)
    if len(text) <= length:
        return text
    cut = text[:length]  # one character is the ellipsis
    return (cut[:-1] if " " not in cut else cut[: cut.rindex(" ")]).rstrip(" ,;:.-") + "…"


def word_count(body: str | None) -> int | None:
    """How many words a text has; None for no text."""
    return None if body is None else len(_WORD.findall(plain(body)))


def reading_minutes(body: str | None) -> int | None:
    """How many minutes it takes to read a text, at least one; None for no text."""
    counted = word_count(body)
    return None if counted is None else max(1, -(-counted // WORDS_A_MINUTE))


def _spoken(tokens: list[Token]) -> list[str]:
    """What a reader would say aloud, block by block."""
    return [_inline(token.children or []) if token.type == "inline" else token.content for token in tokens]


def _inline(tokens: list[Token]) -> str:
    return "".join(" " if token.type in _BREAKING else token.content for token in tokens)
