"""The words that full-text search compares, and the tokens that stand for them in both databases."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.core.words import LONGEST_TEXT, places, search_text, stem, token, words

WORDS = st.text(alphabet="abz019éא", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("La  Cañada-Flintridge", ["la", "canada", "flintridge"]),
        ("Prince George's", ["prince", "georges"]),
        ("Prince George’s", ["prince", "georges"]),
        ("Kaʻaʻawa", ["kaaawa"]),
        ("'quoted' words'", ["quoted", "words"]),
        ("ʻ ' _", []),
        ("U.S. 1st & 2020s, 5½", ["u", "s", "1st", "2020s", "51", "2"]),
        ("cafe\u0301s", ["cafes"]),
        ("a¨b", ["a", "b"]),
        ("東京 שלום", ["東京", "שלום"]),
        ("x" * 100, ["x" * 64]),
        ("\x00🙂", []),
    ],
)
def test_words_are_folded_letters_and_digits(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_the_text_of_a_row_holds_stems_field_by_field_and_then_the_words_that_differ() -> None:
    assert search_text("Communities of Arizona, 2020", None, "community") == (
        "communiti of arizzona zn2020 zy communiti zy zwcommunities zwcommunity"
    )
    assert search_text("!") == "zy"


def test_a_text_that_is_too_long_ends_with_a_whole_word() -> None:
    text = search_text(" ".join(f"word{number}" for number in range(5_000)))

    assert LONGEST_TEXT - 10 < len(text) <= LONGEST_TEXT
    assert re.fullmatch(r"(word\d+ )*word\d+", text)


def test_a_word_that_comes_too_often_keeps_the_places_of_the_others() -> None:
    assert search_text("a " * 300 + "b") == "a " * 255 + "zy " * 45 + "b zy"


@given(st.text())
def test_the_places_of_words_are_where_they_stand(text: str) -> None:
    found = places(text)

    assert [place.word for place in found] == words(text)
    assert all(first.start <= second.start for first, second in itertools.pairwise(found))
    assert all(place.word in words(text[place.start : place.end]) for place in found if len(place.word) < 64)


@given(st.text())
def test_every_token_begins_with_a_letter_and_is_ascii(text: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*( [a-z][a-z0-9]*)*", search_text(text))


@given(WORDS, WORDS)
def test_a_token_begins_as_another_exactly_when_its_word_does(word: str, other: str) -> None:
    assert token(word).startswith(token(other)) == word.startswith(other)


def test_endings_do_not_matter() -> None:
    assert stem("communities") == stem("community")
    assert stem("adopted") == stem("adoption") == stem("adopts") == "adopt"
