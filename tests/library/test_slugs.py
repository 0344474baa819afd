"""Slugs are made of the words of titles."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.library.slugs import LONGEST, slug_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Don’t Abandon the Profession", "dont-abandon-the-profession"),
        ("“Selfie-Less” Leadership", "selfie-less-leadership"),
        ("Model City Charter—9th Edition: Introduction", "model-city-charter-9th-edition-introduction"),
        ("La  Cañada", "la-canada"),
        ("東京", ""),
        ("a" * 100, "a" * 80),
        ("word " * 20, "-".join(["word"] * 16)),
    ],
)
def test_a_slug_has_the_words_of_a_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@given(st.text())
def test_a_slug_is_short_and_plain_and_its_own_slug(title: str) -> None:
    slug = slug_of(title)
    assert slug == "" or re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= LONGEST
    assert slug_of(slug) == slug
