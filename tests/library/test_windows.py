"""When revisions are live: never two at once, each from its beginning until its own end or the next beginning."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fund_api.library.windows import RevisionState, Setting, ends, state

START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 12).map(lambda hours: START + timedelta(hours=hours))


def settings() -> st.SearchStrategy[list[Setting]]:
    one = st.tuples(st.none() | MOMENTS, st.none() | MOMENTS)
    several = st.lists(one, max_size=6, unique_by=lambda pair: pair[0] or object())
    return several.map(lambda pairs: [Setting(f"rev_{n}", *pair) for n, pair in enumerate(pairs)])


@given(settings(), MOMENTS)
def test_at_no_moment_two_are_live(given: list[Setting], now: datetime) -> None:
    until = ends(given)

    live = [one for one in given if state(one.live_from, until.get(one.key), now) is RevisionState.LIVE]

    assert len(live) <= 1


@given(settings(), MOMENTS)
def test_the_live_one_began_last_and_has_not_expired(given: list[Setting], now: datetime) -> None:
    until = ends(given)
    begun = [one for one in given if one.live_from is not None and one.live_from <= now]
    last = max(begun, key=lambda one: one.live_from or START, default=None)
    expected = [] if last is None or (last.expires_at is not None and last.expires_at <= now) else [last]

    live = [one for one in given if state(one.live_from, until.get(one.key), now) is RevisionState.LIVE]

    assert live == expected


@given(settings())
def test_only_what_begins_ends_and_never_before_it_began(given: list[Setting]) -> None:
    until = ends(given)

    assert until.keys() == {one.key for one in given if one.live_from is not None}
    for one in given:
        end = until.get(one.key)
        assert end is None or (one.live_from is not None and end >= one.live_from)


def test_states_change_at_the_moment_itself() -> None:
    moment = timedelta(microseconds=1)
    end = START + timedelta(hours=1)

    states = [state(START, end, at) for at in (START - moment, START, end - moment, end)]

    assert states == [RevisionState.SCHEDULED, RevisionState.LIVE, RevisionState.LIVE, RevisionState.PAST]
    assert state(None, None, START) is RevisionState.DRAFT
