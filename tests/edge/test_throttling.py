"""The bucket of a caller: exact, bounded, and with seconds that the test says."""

import pytest

from fund_api.edge.refusals import Refused
from fund_api.edge.throttling import CALLERS, Throttling


def remaining(throttling: Throttling, key: str, now: float) -> int:
    told = throttling.told(key, now)["throttle"]
    assert (told["limit"], told["restoreRate"]) == (throttling.capacity, throttling.rate)
    return int(told["remaining"])


def test_what_is_taken_comes_back_at_the_rate_and_never_more() -> None:
    throttling = Throttling(capacity=1_000, rate=100)

    assert remaining(throttling, "ada", 0) == 1_000
    throttling.take("ada", 600, 0)
    assert [remaining(throttling, "ada", second) for second in (0, 1, 2.5, 6, 100)] == [400, 500, 650, 1_000, 1_000]
    throttling.take("ada", 1, 100)
    assert remaining(throttling, "ada", 100) == 999


def test_what_does_not_fit_is_refused_with_the_exact_wait_and_takes_nothing() -> None:
    throttling = Throttling(capacity=1_000, rate=100)
    throttling.take("ada", 900, 0)

    with pytest.raises(Refused) as refused:
        throttling.take("ada", 350, 0)
    assert (refused.value.status, refused.value.seconds) == (429, 3)  # 250 too many, at 100 a second
    assert refused.value.response() == {
        "errors": [
            {
                "message": "You asked for more rows than the 1,000 that one caller may have at once; 100 come back each"
                " second. Try again in 3 seconds.",
                "extensions": {"code": "THROTTLED", "retryAfter": 3},
            }
        ],
        "extensions": {"throttle": {"limit": 1_000, "remaining": 100, "restoreRate": 100}},
    }
    assert remaining(throttling, "ada", 0) == 100
    with pytest.raises(Refused):
        throttling.take("ada", 350, 2.49)
    throttling.take("ada", 350, 2.5)
    assert remaining(throttling, "ada", 2.5) == 0


def test_who_comes_after_the_wait_that_they_were_told_is_let_in() -> None:
    throttling = Throttling(capacity=1_000, rate=300)
    throttling.take("ada", 1_000, 7)

    for rows in (1, 299, 300, 301, 1_000):
        with pytest.raises(Refused) as refused:
            throttling.take("ada", rows, 7)
        later = Throttling(capacity=1_000, rate=300)
        later.take("ada", 1_000, 7)
        later.take("ada", rows, 7 + refused.value.seconds)


def test_one_operation_takes_a_whole_bucket_at_most() -> None:
    throttling = Throttling(capacity=1_000, rate=100)

    throttling.take("ada", 5_000, 0)
    assert remaining(throttling, "ada", 0) == 0
    with pytest.raises(Refused) as refused:
        throttling.take("ada", 5_000, 1)
    assert refused.value.seconds == 9
    throttling.take("ada", 5_000, 10)


def test_callers_have_buckets_of_their_own_and_only_so_many_are_remembered() -> None:
    throttling = Throttling(capacity=1_000, rate=1)
    for number in range(CALLERS + 100):
        throttling.take(f"caller {number}", 1_000, 0)

    assert len(throttling._buckets) == CALLERS
    assert next(iter(throttling._buckets)) == "caller 100"
    throttling.take("caller 99", 1_000, 0)
    with pytest.raises(Refused):
        throttling.take("caller 102", 1, 0)
