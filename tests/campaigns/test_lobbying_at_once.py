"""Many who lobby at once never pass the cap, and nothing is lost while a year is opened."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from fund_api.campaigns import fiscal_years, rules
from fund_api.core.database import Database
from fund_api.core.errors import BudgetExceeded, Failure, InvalidValue
from fund_api.core.writing import writing
from tests.campaigns.acting import NOW, STAFF, TODAY, stored
from tests.campaigns.lobbying import MANAGER, begun, log, logged, opened, several
from tests.rows import count
from tests.waiting import waiting

VALUES = {"kind": "TRAVEL", "given_on": TODAY, "in_kind_value": 500, "lobbying": True}


async def ended(*work: Coroutine[Any, Any, str]) -> tuple[list[str], list[BaseException]]:
    """What was done of work that is done at once, and what was refused."""
    found = await asyncio.gather(*work, return_exceptions=True)
    failures = [one for one in found if isinstance(one, BaseException)]
    assert all(isinstance(one, Failure) for one in failures), failures
    return [one for one in found if isinstance(one, str)], failures


async def test_twenty_who_lobby_for_the_last_dollars_never_pass_the_cap(database: Database) -> None:
    first, *others = await several(database, 21)
    year = await opened(database, 10_000)
    await log(database, first, 5_400)

    done, refused = await ended(*(log(database, campaign, 1_000) for campaign in others))

    assert len(done) == 4
    assert [(type(one), getattr(one, "available", None)) for one in refused] == [(BudgetExceeded, 600)] * 16
    assert await stored(database, "fiscal_year", year, "lobbying", "lobbying_left") == (9_400, 600)
    assert await logged(database) == {year: 9_400}
    assert await count(database, "support_engagement") == 5
    assert await count(database, "event") == 6


async def test_what_is_logged_while_a_year_is_opened_counts_in_it(database: Database) -> None:
    logging = [log(database, one, 10**number) for number, one in enumerate(await several(database, 12))]
    done, _ = await ended(*logging[:6], opened(database, 10**15), *logging[6:])

    [year] = [one for one in done if one.startswith("year_")]
    assert len(done) == 13
    assert await stored(database, "fiscal_year", year, "lobbying") == (111_111_111_111,)
    assert await logged(database) == {year: 111_111_111_111}


async def test_of_several_who_open_a_year_at_once_one_does(database: Database) -> None:
    first_months = (10, 1, 10, 9, 12)

    done, refused = await ended(*(opened(database, 100, first_month=month) for month in first_months))

    assert len(done) == 1
    assert [type(one) for one in refused] == [InvalidValue] * 4
    assert await count(database, "fiscal_year") == await count(database, "event") == 1


# On PostgreSQL, where writers run side by side, each of the two orders


async def test_opening_waits_for_support_that_is_not_committed_yet(postgres: Database) -> None:
    campaign = await begun(postgres)

    async with writing(postgres, STAFF, NOW) as tx:
        await rules.log_support(tx, campaign, VALUES)
        opening = await waiting(postgres, opened(postgres, 1_000))
    year = await opening

    assert await stored(postgres, "fiscal_year", year, "lobbying") == (500,)


async def test_support_that_is_logged_while_a_year_is_opened_waits_for_it(postgres: Database) -> None:
    campaign = await begun(postgres)

    async with writing(postgres, MANAGER, NOW) as tx:
        year = await fiscal_years.open_fiscal_year(tx, 2027, 500, 10)
        first = await waiting(postgres, log(postgres, campaign, 300))
    await first
    with pytest.raises(BudgetExceeded, match=r"2\.00 USD are left"):
        await log(postgres, campaign, 300)

    assert await stored(postgres, "fiscal_year", year, "lobbying") == (300,)
