"""Fiscal years of the fund: what counts as lobbying stays under the cap."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from fund_api.campaigns import fiscal_years
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.errors import BudgetExceeded, InvalidValue, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import writing
from tests.campaigns.acting import NOW, REPORTER, STAFF, TODAY, all_of, coordinator, stored
from tests.campaigns.lobbying import MANAGER, begun, log, logged, opened
from tests.granting import day
from tests.rows import count, table


@pytest.mark.parametrize(
    ("year", "first_month", "first", "last"),
    [
        (2027, 10, "2026-10-01", "2027-09-30"),
        (2027, 1, "2027-01-01", "2027-12-31"),
        (2024, 2, "2023-02-01", "2024-01-31"),
        (2024, 3, "2023-03-01", "2024-02-29"),
        (2027, 12, "2026-12-01", "2027-11-30"),
        (1900, 10, "1899-10-01", "1900-09-30"),
    ],
)
def test_a_fiscal_year_is_named_by_the_year_in_which_it_ends(
    year: int, first_month: int, first: str, last: str
) -> None:
    assert fiscal_years.days_of(year, first_month) == (day(first), day(last))


# Opening


async def test_an_administrator_opens_a_year_and_the_log_tells_of_it(database: Database) -> None:
    year = await opened(database, 200_000)

    columns = ("year", "starts_on", "ends_on", "currency", "lobbying_cap", "lobbying", "lobbying_left", "version")
    days = (day("2026-10-01"), day("2027-09-30"))
    assert await stored(database, "fiscal_year", year, *columns) == (2027, *days, "USD", 200_000, 0, 200_000, 1)
    assert await all_of(database, "event", "action", "entity_id", "campaign_id") == [("fiscal_year.opened", year, None)]


async def test_only_who_manages_budgets_opens_a_year_or_sets_its_cap(database: Database) -> None:
    year = await opened(database, 200_000)

    for viewer in (PUBLIC, STAFF, REPORTER, coordinator("person_1")):
        with pytest.raises(NotAllowed, match="This needs the permission fund:budget:manage"):
            async with writing(database, viewer, NOW) as tx:
                await fiscal_years.open_fiscal_year(tx, 2028, 200_000, 10)
        with pytest.raises(NotAllowed, match="This needs the permission fund:budget:manage"):
            async with writing(database, viewer, NOW) as tx:
                await fiscal_years.set_lobbying_cap(tx, year, 300_000, expected_version=1)

    assert await all_of(database, "fiscal_year", "year", "lobbying_cap", "version") == [(2027, 200_000, 1)]
    assert await count(database, "event") == 1


async def test_opening_counts_the_lobbying_that_was_logged_for_its_days(database: Database) -> None:
    campaign = await begun(database)
    for on, value, lobbying in (
        ("2025-09-30", 1, True),
        ("2025-10-01", 20, True),
        ("2026-01-15", 300, False),
        ("2026-09-30", 4_000, True),
        ("2026-10-01", 50_000, True),
    ):
        await log(database, campaign, value, on=day(on), lobbying=lobbying)

    year = await opened(database, 4_020, year=2026)

    assert await stored(database, "fiscal_year", year, "lobbying", "lobbying_left") == (4_020, 0)


async def test_a_year_in_which_more_was_logged_than_its_cap_is_not_opened(database: Database) -> None:
    campaign = await begun(database)
    await log(database, campaign, 250_000)

    with pytest.raises(BudgetExceeded) as refused:
        await opened(database, 249_999)

    assert str(refused.value) == (
        "2,500.00 USD of lobbying was logged for the fiscal year 2027 already, which is over the cap of 2,499.99 USD."
    )
    assert refused.value.available == 249_999
    assert await count(database, "fiscal_year") == 0
    assert await all_of(database, "event", "action") == [("support_engagement.logged",)]


@pytest.mark.parametrize(("year", "first_month"), [(2027, 10), (2027, 1), (2026, 11), (2028, 9)])
async def test_fiscal_years_share_no_day(database: Database, year: int, first_month: int) -> None:
    await opened(database, 200_000)

    with pytest.raises(InvalidValue) as refused:
        await opened(database, 200_000, year=year, first_month=first_month)

    assert str(refused.value) == (
        "The fiscal year 2027 is open from 2026-10-01 to 2027-09-30 already; fiscal years share no day."
    )
    assert refused.value.path == ("year",)
    assert await count(database, "fiscal_year") == await count(database, "event") == 1


async def test_fiscal_years_may_meet_and_may_leave_days_between_them(database: Database) -> None:
    for year, first_month in ((2027, 10), (2026, 10), (2028, 10), (2030, 1)):
        await opened(database, 0, year=year, first_month=first_month)

    assert await all_of(database, "fiscal_year", "year") == [(2026,), (2027,), (2028,), (2030,)]


@pytest.mark.parametrize("year", [-1, 1899, 2201, 2**31 - 1])
async def test_a_year_is_one_of_our_time(database: Database, year: int) -> None:
    with pytest.raises(InvalidValue, match=f"year lies between 1900 and 2200, not at {year}"):
        await opened(database, 200_000, year=year)

    assert await count(database, "fiscal_year") == 0


# Counting


async def test_lobbying_counts_up_to_the_cap_and_not_a_cent_beyond(database: Database) -> None:
    campaign = await begun(database)
    year = await opened(database, 200_000)
    await log(database, campaign, 80_000)
    with pytest.raises(BudgetExceeded) as refused:
        await log(database, campaign, 120_001)

    assert str(refused.value) == (
        "1,200.01 USD of lobbying is over the lobbying cap of the fiscal year 2027: 1,200.00 USD are left."
    )
    assert refused.value.available == 120_000
    assert await stored(database, "fiscal_year", year, "lobbying", "lobbying_left") == (80_000, 120_000)
    assert await all_of(database, "support_engagement", "in_kind_value") == [(80_000,)]
    assert await count(database, "event") == 2

    await log(database, campaign, 120_000)

    assert await stored(database, "fiscal_year", year, "lobbying", "lobbying_left") == (200_000, 0)
    with pytest.raises(BudgetExceeded, match=r"0\.00 USD are left"):
        await log(database, campaign, 1)


async def test_what_is_no_lobbying_or_costs_nothing_does_not_count(database: Database) -> None:
    campaign = await begun(database)
    year = await opened(database, 0)

    await log(database, campaign, 90_000, lobbying=False)
    await log(database, campaign, 0)

    assert await stored(database, "fiscal_year", year, "lobbying") == (0,)
    assert await count(database, "support_engagement") == 2


@pytest.mark.parametrize(("on", "counts"), [("2025-09-30", 0), ("2025-10-01", 5), ("2026-09-30", 5), ("2026-10-01", 0)])
async def test_lobbying_counts_in_the_year_of_its_day_if_that_is_open(database: Database, on: str, counts: int) -> None:
    campaign = await begun(database)
    year = await opened(database, 5, year=2026)

    await log(database, campaign, 5, on=day(on))

    assert await stored(database, "fiscal_year", year, "lobbying") == (counts,)
    assert await logged(database) == {year: counts}


async def test_counting_says_whether_a_year_is_open(database: Database) -> None:
    await opened(database, 10)

    async with writing(database, PUBLIC, NOW) as tx:
        assert await fiscal_years.count_lobbying(tx, TODAY, 10) is True
        assert await fiscal_years.count_lobbying(tx, day("2026-09-30"), 10) is False


async def test_what_was_counted_is_taken_back_once(database: Database) -> None:
    year = await opened(database, 100)
    async with writing(database, PUBLIC, NOW) as tx:
        await fiscal_years.count_lobbying(tx, TODAY, 70)
        assert await fiscal_years.uncount_lobbying(tx, TODAY, 30) is True
        assert await fiscal_years.uncount_lobbying(tx, day("2026-09-30"), 30) is False

    with pytest.raises(ValueError, match="only 40 of lobbying count in 2027, so not 41 can be undone"):
        async with writing(database, PUBLIC, NOW) as tx:
            await fiscal_years.uncount_lobbying(tx, TODAY, 41)

    assert await stored(database, "fiscal_year", year, "lobbying", "lobbying_left") == (40, 60)


async def test_counting_is_no_change_that_people_made(database: Database) -> None:
    campaign = await begun(database)
    year = await opened(database, 100)
    await log(database, campaign, 40)

    assert await stored(database, "fiscal_year", year, "version") == (1,)
    assert await all_of(database, "event", "number", "action") == [
        (1, "fiscal_year.opened"),
        (2, "support_engagement.logged"),
    ]
    async with writing(database, MANAGER, NOW) as tx:
        await fiscal_years.set_lobbying_cap(tx, year, 90, expected_version=1)
    assert await stored(database, "fiscal_year", year, "lobbying_left", "version") == (50, 2)


@pytest.mark.parametrize("values", [{"lobbying": 101}, {"lobbying_cap": 39}, {"lobbying": -1}])
async def test_the_database_itself_keeps_to_the_cap(database: Database, values: dict[str, int]) -> None:
    year = await opened(database, 100)
    async with writing(database, PUBLIC, NOW) as tx:
        await fiscal_years.count_lobbying(tx, TODAY, 40)

    with pytest.raises(IntegrityError, match="ck_fiscal_year_lobbying_"):
        async with database.writing() as connection:
            await connection.execute(table("fiscal_year").update().values(**values))

    assert await stored(database, "fiscal_year", year, "lobbying_cap", "lobbying") == (100, 40)


# The cap


async def test_the_cap_goes_up_and_down_to_what_counts(database: Database) -> None:
    campaign = await begun(database)
    year = await opened(database, 100)
    await log(database, campaign, 40)

    for version, cap in enumerate((150, 40), start=1):
        async with writing(database, MANAGER, NOW) as tx:
            await fiscal_years.set_lobbying_cap(tx, year, cap, expected_version=version)
    with pytest.raises(InvalidValue) as refused:
        async with writing(database, MANAGER, NOW) as tx:
            await fiscal_years.set_lobbying_cap(tx, year, 39, expected_version=3)

    assert str(refused.value) == "The cap can't be below what counts against it already, 0.40 USD."
    assert refused.value.path == ("lobbying_cap",)
    assert await stored(database, "fiscal_year", year, "lobbying_cap", "lobbying_left", "version") == (40, 0, 3)
    assert [action for (action,) in await all_of(database, "event", "action")].count("fiscal_year.cap_set") == 2


async def test_who_read_an_older_version_sets_no_cap(database: Database) -> None:
    year = await opened(database, 100)

    with pytest.raises(VersionConflict):
        async with writing(database, MANAGER, NOW) as tx:
            await fiscal_years.set_lobbying_cap(tx, year, 200, expected_version=2)
    with pytest.raises(NotFound, match="There is no fiscal year year_1"):
        async with writing(database, MANAGER, NOW) as tx:
            await fiscal_years.set_lobbying_cap(tx, "year_1", 200, expected_version=1)

    assert await stored(database, "fiscal_year", year, "lobbying_cap", "version") == (100, 1)


async def test_what_was_logged_is_told_for_every_year(database: Database) -> None:
    campaign = await begun(database)
    past, present, empty = [await opened(database, 1_000, year=year) for year in (2026, 2027, 2020)]
    for on, value in ((date(2026, 3, 1), 100), (date(2026, 4, 1), 20), (TODAY, 3), (date(2021, 1, 1), 4_000)):
        await log(database, campaign, value, on=on)

    assert await logged(database) == {past: 120, present: 3, empty: 0}
