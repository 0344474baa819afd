"""Words as full-text search compares them: folded, stemmed and written so that both databases split them alike.

The column `search_text` of a row holds its words as tokens between single spaces. A token is letters a-z and digits and
begins with a letter, which SQLite's and PostgreSQL's own tokenizers both leave whole. What a word may hold besides is
escaped with the letter z, so that different words never share a token and a word's beginning is its token's beginning:

    zz       the letter z                 zn...    a word that begins with a digit
    z5d0z    the character U+05D0         zw...    a whole word, not stemmed, for searches by beginning
    zy       the end of a field, which no phrase crosses
"""

import re
import threading
from dataclasses import dataclass
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

from fund_api.core.text import bare

LONGEST_TEXT = 20_000
"""Characters of `search_text`; what would come after them can't be found."""
LONGEST_WORD = 64
"""Characters of a word that count."""
MOST_PLACES = 255
"""Places of one word in a text that count: PostgreSQL keeps no more."""

WORD = r"[^\W_]+(?:['’‘][^\W_]+)*"
"""A word of a folded text. Apostrophes inside are part of it, and then dropped: Prince George's, Prince Georges."""
FIELD_END, NOTHING, WHOLE = "zy", "zx", "zw"
"""Tokens that no word has: the end of a field, one that is never stored, and what whole words begin with."""

_WORD = re.compile(WORD)
_APOSTROPHES = str.maketrans("", "", "'’‘ʻʼ")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxy0123456789")
_STEMMER = EnglishStemmer()
_STEMMING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Place:
    """A word of a text and where it stands there."""

    word: str
    start: int
    end: int


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return [word for found in _WORD.findall(bare(text)) if (word := plain(found))]


def plain(found: str) -> str:
    """What counts of a word that WORD found; nothing for lone apostrophes."""
    return found.translate(_APOSTROPHES)[:LONGEST_WORD]


def places(text: str) -> list[Place]:
    """The same words with their places in the text as it is; one character may hold two, as ¼ does."""
    folded, origins = "", []
    for at, character in enumerate(text):
        piece = bare(character)
        folded += piece
        origins += [at] * len(piece)
    origins.append(len(text))
    return [
        Place(word, origins[found.start()], max(origins[found.end()], origins[found.end() - 1] + 1))
        for found in _WORD.finditer(folded)
        if (word := plain(found[0]))
    ]


@lru_cache(50_000)
def stem(word: str) -> str:
    """The stem of a folded word, by the English Snowball algorithm; that of "communities" and "community" is one."""
    with _STEMMING:  # a stemmer holds its word while it works
        stemmed: str = _STEMMER.stemWord(word)
    return stemmed


@lru_cache(50_000)
def token(word: str) -> str:
    """The token of a word or of its beginning."""
    letters = "".join(
        letter if letter in _LETTERS else "zz" if letter == "z" else f"z{ord(letter):x}z" for letter in word
    )
    return f"zn{letters}" if letters[0].isdigit() else letters


def search_text(*texts: str | None) -> str:
    """What `search_text` holds for these fields: the stems of each, then the words that differ from their stem."""
    stems: list[str] = []
    whole: dict[str, None] = {}
    for text in texts:
        if text is not None:
            for word in words(text):
                stemmed = stem(word)
                stems.append(token(stemmed))
                if stemmed != word:
                    whole[WHOLE + token(word)] = None
            stems.append(FIELD_END)
    joined = " ".join([*_counted(stems), *whole])
    return joined if len(joined) <= LONGEST_TEXT else joined[: LONGEST_TEXT + 1].rpartition(" ")[0]


def _counted(tokens: list[str]) -> list[str]:
    """The tokens with those that come too often replaced, so that phrases mean the same on both databases."""
    if len(tokens) <= MOST_PLACES:
        return tokens
    seen: dict[str, int] = {}
    kept = []
    for one in tokens:
        seen[one] = seen.get(one, 0) + 1
        kept.append(one if seen[one] <= MOST_PLACES else FIELD_END)
    return kept
