"""Failures per address."""

from fund_api.people.throttle import ADDRESSES, Throttle, network


def test_ten_failures_a_minute_are_allowed_and_the_wait_ends() -> None:
    throttle = Throttle()

    assert [throttle.fail("192.0.2.1", second) for second in range(10)] == [0] * 10
    assert throttle.fail("192.0.2.1", 10) == 50
    assert throttle.fail("192.0.2.1", 59.5) == 1
    assert throttle.fail("192.0.2.2", 10) == 0
    assert throttle.fail("192.0.2.1", 60) == 0
    assert throttle.fail("192.0.2.1", 60) == 1


def test_only_so_many_addresses_are_remembered() -> None:
    throttle = Throttle()
    for number in range(ADDRESSES + 100):
        throttle.fail(f"address {number}", 0)

    assert len(throttle._failures) == ADDRESSES
    assert next(iter(throttle._failures)) == "address 100"


def test_a_customer_s_ipv6_network_counts_as_one() -> None:
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2::1") == "2001:db8:1:2::"
    assert network("192.0.2.1") == "192.0.2.1"
    assert network("") == ""


def test_the_wait_is_told_without_counting_anything() -> None:
    throttle = Throttle(allowed=3)

    assert [throttle.wait("192.0.2.1", 0), throttle.fail("192.0.2.1", 0), throttle.fail("192.0.2.1", 1)] == [0, 0, 0]
    assert [throttle.wait("192.0.2.1", 2) for _ in range(5)] == [0] * 5
    assert throttle.fail("192.0.2.1", 2) == 0
    assert [throttle.wait("192.0.2.1", second) for second in (2, 59.5, 60)] == [58, 1, 0]
    assert throttle.wait("192.0.2.2", 2) == 0
