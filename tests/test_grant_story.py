"""One grant from its draft to its close-out, by five people who talk to a server over HTTP: docs/story-grant.md."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from fund_api.core.database import Dialect
from tests.commands import Run
from tests.conftest import load_reference
from tests.databases import Databases
from tests.following import Reader
from tests.pages import follow
from tests.test_serving import TOKEN, serving

PAGE = Path(__file__).parent.parent / "docs" / "story-grant.md"


@pytest.fixture(params=list(Dialect), ids=str)
def reader(
    databases: Databases, run: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Reader]:
    """Somebody with a terminal, and a server that is a process of its own, on the reference data."""
    today = datetime.now(UTC).date()
    names = {"TODAY": str(today), "ELECTION_DAY": str(today + timedelta(days=120)), "YEAR": str(today.year)}
    with start_blocking_portal() as portal, ExitStack() as stack:
        copy = databases.copied(request.param, "reference", load_reference)
        database = stack.enter_context(portal.wrap_async_context_manager(copy))
        monkeypatch.setenv("FUND_DATABASE_URL", database.url.render_as_string(hide_password=False))
        _, printed = stack.enter_context(serving(tmp_path, FUND_LOAD="none", FUND_FISCAL_YEAR_STARTS="1"))
        [names["ADMINISTRATOR"]] = [found[1] for line in printed if (found := TOKEN.fullmatch(line))]
        [host] = re.findall(r"(http://\S+)/graphql", printed[-1])
        client = stack.enter_context(portal.wrap_async_context_manager(httpx.AsyncClient(timeout=60)))
        yield Reader(run, portal, client, names, host=host)


def test_a_grant_goes_from_the_draft_to_the_close_out_over_http(reader: Reader) -> None:
    answers = follow(reader, PAGE)

    programs = [answer["data"].get("fundingProgram") for answer in answers if isinstance(answer, dict)]
    assert [balances(program) for program in programs if program and "available" in program] == [
        {"encumbered": "5000.00", "expended": "0.00", "available": "15000.00", "lobbying": "0.00"},
        {"encumbered": "1000.00", "expended": "4000.00", "available": "15000.00", "lobbying": "4000.00"},
        {"encumbered": "0.00", "expended": "5000.00", "available": "15000.00", "lobbying": "5000.00"},
        {"encumbered": "0.00", "expended": "4000.00", "available": "16000.00", "lobbying": "4000.00"},
    ]


def balances(program: Any) -> dict[str, str]:
    """What an answer says of a program's money. Any: JSON."""
    sums = {name: program[name]["amount"] for name in ("encumbered", "expended", "available")}
    return sums | {"lobbying": program["fiscalYear"]["lobbying"]["amount"]}
