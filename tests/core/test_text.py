"""Text is folded so that people find what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.core.text import fold


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
