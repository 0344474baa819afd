"""The first and the last day that there are: PostgreSQL has them as infinities, in the cursors of pulls too."""

from datetime import date

import pytest

from fund_api.core.database import Database
from fund_api.graph import pulls
from fund_api.reporting import questions
from fund_api.reporting.forms import FormKind
from tests.asking import REPORTER
from tests.granting import Fund
from tests.reporting.copies import Copy, Timed, reading


@pytest.mark.parametrize("day", [date.min, date.max])
async def test_an_export_that_broke_off_goes_on_after_such_a_day(
    database: Database, monkeypatch: pytest.MonkeyPatch, day: date
) -> None:
    monkeypatch.setattr(pulls, "CHUNK", 1)
    fund = Fund()
    community = fund.community("Ash")
    ids = {fund.campaign(community, election_on=each) for each in (day, day, day)}
    await fund.save(database)
    copy = Copy(questions.read("{ campaigns { nodes { id electionOn } } }", {}), FormKind.JSONL)

    async with reading(Timed, database, REPORTER) as source:
        source.breaks_first = True
        await copy.begin(source)

    assert copy.rows.keys() == ids
