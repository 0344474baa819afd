"""Dates of which the day, or the day and the month, may be unknown."""

import pytest

from fund_api.core.facts import HistoricDate


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("2026-11-03", "2026-11-03"),
        ("2026-11", "2026-11-30"),
        ("2024-02", "2024-02-29"),
        ("1900-02", "1900-02-28"),
        ("2026", "2026-12-31"),
    ],
)
def test_a_historic_date_ends_with_the_last_day_that_it_may_mean(written: str, last: str) -> None:
    date = HistoricDate.read(written)
    assert (str(date), date.last_day.isoformat()) == (written, last)
