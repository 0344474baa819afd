"""Texts are folded so that people find what they mean, and numbers of things told as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.core.text import fold, several


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("La  Cañada Flintridge", "la canada flintridge"),
        ("CAÑADA", "canada"),
        ("Mayagüez", "mayaguez"),
        ("Straße", "strasse"),
        ("ﬁre", "fire"),
        ("\tTwo\n lines ", "two lines"),
        ("", ""),
        ("İstanbul", "istanbul"),
        ("Oʻahu", "oʻahu"),
    ],
)
def test_case_accents_and_white_space_do_not_matter(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_lower_casing_first_changes_nothing(text: str) -> None:
    assert fold(text.lower()) == fold(text)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "0 rows"),
        (1, "1 row"),
        (1.0, "1 row"),
        (0.5, "0.5 rows"),
        (2.25, "2.25 rows"),
        (1_234_567, "1,234,567 rows"),
        (10_000_000.0, "10,000,000 rows"),
    ],
)
def test_a_number_of_things_is_told_exactly(number: float, told: str) -> None:
    assert several(number, "row") == told
