"""What the inputs of mutations share."""

import pytest

from fund_api.core.errors import InvalidValue
from schema.inputs import MoneyInput, cents


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        (MoneyInput(amount="1,000"), "amount", "'1,000' is no amount of money"),
        (MoneyInput(amount="10", currency="EUR"), "currency", "Amounts are in USD, not in EUR."),
    ],
)
def test_what_is_no_amount_is_refused_with_its_place_in_the_input(given: MoneyInput, field: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message) as refused:
        cents(given, "in_kind_value")

    assert refused.value.path == ("in_kind_value", field)
    assert cents(MoneyInput(amount="2845.50"), "in_kind_value") == 284550
