"""Money is exact."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fund_api.core.errors import Failure
from fund_api.core.money import LARGEST, in_dollars, to_decimal, to_minor


@given(st.integers(0, LARGEST))
def test_amount_survives_the_way_out_and_in(minor: int) -> None:
    assert to_minor(to_decimal(minor)) == minor


@given(st.integers(-LARGEST, LARGEST))
def test_decimal_string_is_the_exact_amount(minor: int) -> None:
    assert Decimal(to_decimal(minor)) == Decimal(minor).scaleb(-2)


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("0", 0), ("2845", 284_500), ("2845.5", 284_550), ("2845.50", 284_550), ("0.01", 1), ("10000000000000", LARGEST)],
)
def test_amount_is_read_as_cents(amount: str, minor: int) -> None:
    assert to_minor(amount) == minor


@pytest.mark.parametrize(
    ("minor", "amount"), [(0, "0.00"), (5, "0.05"), (284_550, "2845.50"), (-5, "-0.05"), (-284_550, "-2845.50")]
)
def test_cents_are_written_with_two_decimals(minor: int, amount: str) -> None:
    assert to_decimal(minor) == amount


@pytest.mark.parametrize(
    ("minor", "words"),
    [(0, "0.00 USD"), (120_000, "1,200.00 USD"), (LARGEST, "10,000,000,000,000.00 USD"), (99_999, "999.99 USD")],
)
def test_messages_say_an_amount_in_dollars(minor: int, words: str) -> None:
    assert in_dollars(minor) == words


@pytest.mark.parametrize(
    "amount",
    ["", ".5", "5.", "-5", "+5", "1e3", "1,000", "5.005", "$5", " 5", "5\n", "NaN", "Infinity", "٥", "123456789012345"],
)
def test_anything_else_is_refused(amount: str) -> None:
    with pytest.raises(Failure) as refusal:
        to_minor(amount)
    assert str(refusal.value) == f"{amount!r} is no amount of money: digits with at most two decimals are allowed."


def test_more_than_the_largest_amount_is_refused() -> None:
    with pytest.raises(Failure) as refusal:
        to_minor("10000000000000.01")
    assert str(refusal.value) == "'10000000000000.01' is over the largest amount, 10000000000000.00."


@given(st.text())
def test_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        minor = to_minor(text)
    except Failure:
        return
    assert Decimal(text) * 100 == minor


@given(st.integers(-LARGEST, LARGEST))
@example(LARGEST)
@example(-1)
def test_an_amount_is_written_exactly(minor: int) -> None:
    assert Decimal(to_decimal(minor)) * 100 == minor
    assert to_decimal(minor)[-3] == "."
