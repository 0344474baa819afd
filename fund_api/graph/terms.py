"""What a user types to search, parsed: words, "quoted phrases" and beginnings*; everything else is literal.

Each database gets the terms in its own syntax, made of tokens only, so that nothing a user types is syntax there.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from fund_api.core.text import bare
from fund_api.core.words import NOTHING, WHOLE, WORD, Place, places, plain, stem, token, words
from fund_api.graph.errors import RequestError

LONGEST_QUERY = 200
"""Characters of a query."""
MOST_WORDS = 20
"""Words of a query."""

_PARTS = re.compile(rf'"(?P<phrase>[^"]*)"|(?P<word>{WORD})(?P<star>\*(?![^\W_]))?')
_QUOTES = str.maketrans("“”„", '"""')

Part = tuple[str, bool]
"""A part of a text, and whether it matched."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other, as stems; or the beginning of one word, as it was typed."""

    words: tuple[str, ...]
    begins: bool

    def matches(self, found: list[Place], at: int) -> bool:
        """Whether the words of a text match from this one on."""
        if self.begins:
            word = found[at].word
            return word.startswith(self.words[0]) or stem(word).startswith(self.words[0])
        here = found[at : at + len(self.words)]
        return tuple(stem(place.word) for place in here) == self.words


@lru_cache(1_000)
def parse(query: str) -> tuple[Term, ...]:
    """The terms of a query, each once; all of them must match. Raises RequestError for one that is too long."""
    if len(query) > LONGEST_QUERY:
        raise RequestError(f"A search has at most {LONGEST_QUERY} characters, not {len(query)}.")
    terms: dict[Term, None] = {}
    for part in _PARTS.finditer(bare(query).translate(_QUOTES)):
        typed = words(part["phrase"] or "") if part["word"] is None else [plain(part["word"])]
        if part["star"] and typed[0]:
            terms[Term((typed[0],), begins=True)] = None
        elif found := tuple(stem(word) for word in typed if word):
            terms[Term(found, begins=False)] = None
    count = sum(len(term.words) for term in terms)
    if count > MOST_WORDS:
        raise RequestError(f"A search has at most {MOST_WORDS} words, not {count}.")
    return tuple(terms)


def fts5(query: str) -> str:
    """The query in the syntax of SQLite's FTS5. Without words it finds nothing."""
    return " AND ".join(_fts5(term) for term in parse(query)) or NOTHING


def tsquery(query: str) -> str:
    """The query in the syntax of PostgreSQL's tsquery. Without words it finds nothing."""
    return " & ".join(_tsquery(term) for term in parse(query)) or NOTHING


def _fts5(term: Term) -> str:
    tokens = [token(word) for word in term.words]
    if term.begins:
        return f'("{tokens[0]}" * OR "{WHOLE}{tokens[0]}" *)'
    return f'"{" ".join(tokens)}"'


def _tsquery(term: Term) -> str:
    tokens = [token(word) for word in term.words]
    if term.begins:
        return f"({tokens[0]}:* | {WHOLE}{tokens[0]}:*)"
    return f"({' <-> '.join(tokens)})"


def highlights(terms: tuple[Term, ...], fields: tuple[tuple[str, str | None], ...]) -> list[tuple[str, list[Part]]]:
    """The fields in which something matched, each with its text in parts."""
    found = []
    for name, text in fields:
        parts = _parts(text, terms) if text is not None else []
        if any(matched for _, matched in parts):
            found.append((name, parts))
    return found


def _parts(text: str, terms: tuple[Term, ...]) -> list[Part]:
    found = places(text)
    matched: set[int] = set()
    for at in range(len(found)):
        for term in terms:
            if term.matches(found, at):
                matched.update(range(at, at + len(term.words)))
    parts: list[Part] = []
    end = 0
    for at in sorted(matched):
        place = found[at]
        parts += [(text[end : place.start], False), (text[max(end, place.start) : place.end], True)]
        end = place.end
    parts.append((text[end:], False))
    return [part for part in parts if part[0]]
