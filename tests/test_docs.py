"""What the README and the pages say is tried on the packaged data."""

from pathlib import Path

import pytest

from tests.asking import Asker
from tests.documents import queries
from tests.test_campaign_pages import PAGES as FOLLOWED

ROOT = Path(__file__).parent.parent
WRITING = {*FOLLOWED, "story-grant.md", "tour.md"}
"""Pages that change something: other tests follow them, on databases of their own."""
PAGES = [ROOT / "README.md", *sorted(each for each in (ROOT / "docs").glob("*.md") if each.name not in WRITING)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
async def test_every_answer_of_the_page_is_what_the_data_gives(ask: Asker, page: Path) -> None:
    for query in queries(page):
        answer = await ask.respond(query.document, query.variables)
        assert answer == query.answer, f"{page.name}:{query.line}"


def test_the_readme_says_what_it_is_for_before_the_two_commands_and_three_queries() -> None:
    text = PAGES[0].read_text(encoding="utf-8")

    assert text.startswith("# fund_api\n\nThe GraphQL content API of a fund")
    assert 0 < text.index("make serve") < text.index("make test") < text.index("```graphql")
    assert len(queries(PAGES[0])) == 3
