"""The examples of the page: every document that the schema has, with variables that it takes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fund_api.graphiql.examples import GROUPS, examples, variables
from schema import manifest
from schema.manifest import OPERATIONS
from tests.asking import Asker

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
EXAMPLES = examples(NOW)


def test_every_document_is_an_example_with_what_it_is_for() -> None:
    assert {path.name for path in OPERATIONS.iterdir() if path.is_dir()} == GROUPS.keys()
    assert sorted(each["name"] for each in EXAMPLES) == sorted(path.stem for path in OPERATIONS.glob("*/*.graphql"))
    assert [each["name"] for each in EXAMPLES if not each["meaning"] or "#" in each["meaning"]] == []
    assert variables(NOW).keys() <= {each["name"] for each in EXAMPLES}
    [votes] = [each for each in EXAMPLES if each["name"] == "ClosestVotes"]
    assert votes["group"] == "For everybody"
    assert votes["meaning"] == "The closest votes, with their sources."
    assert votes["document"].startswith("# The closest votes")
    assert {each["identifier"]: each["document"] for each in EXAMPLES} == manifest.packaged()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["name"]))
async def test_every_example_is_answered_as_it_is_offered(ask: Asker, example: dict[str, Any]) -> None:
    operation = ask.engine.prepare(example["document"], example["name"], example["variables"])

    if not operation.subscribes:  # tests/live follows the others
        assert "errors" not in await ask.engine.answer(operation, ask.viewer)


def test_days_follow_the_calendar() -> None:
    assert variables(NOW)["RetentionsWithoutGrant"] == {"from": "2026-03-02", "until": "2026-05-31"}
    assert variables(NOW)["IdleHiringRequests"] == {"before": "2026-02-16T15:00:00+00:00"}
