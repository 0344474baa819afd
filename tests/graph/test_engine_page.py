"""docs/engine.md shows what the engine really makes of its query."""

import re
from pathlib import Path

import pytest

from fund_api.core.database import Database, Dialect
from fund_api.graph import compile as compiling
from fund_api.graph.collect import Selector
from fund_api.graph.compile import Compiler, QueryStep
from fund_api.graph.engine import Engine
from fund_api.graph.parts import Parts
from fund_api.graph.run import reader
from tests.asking import CATALOGUE
from tests.documents import blocks, queries

PAGE = Path(__file__).parents[2] / "docs" / "engine.md"


def made(dialect: Dialect, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The shaping function's source and the statements, of the page's query."""
    sources: dict[str, str] = {}
    make = compiling._Maker.__call__

    def noted(self: compiling._Maker, source: str, name: str) -> object:
        sources[name] = source
        return make(self, source, name)

    monkeypatch.setattr(compiling._Maker, "__call__", noted)
    [query] = queries(PAGE)
    engine = Engine(CATALOGUE, reader(Database.at("sqlite:///never-opened.db"), 1), 10, 10**6)
    operation = engine.prepare(query.document, None, query.variables)
    selector = Selector(CATALOGUE.schema, operation.document.fragments, operation.variables)
    groups = selector.fields(CATALOGUE.query, [operation.node.selection_set])
    plan = Compiler(CATALOGUE, dialect, Parts(1_000)).plan(selector, groups, frozenset())

    def below(step: QueryStep) -> list[str]:
        return [step.query.text, *(text for child in step.children for text in below(child))]

    texts = [plan.query.text] if plan.query else [text for step in plan.steps for text in below(step)]
    return sources["shape"], ";\n\n".join(texts)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().rstrip(";")


@pytest.mark.parametrize("dialect", Dialect)
def test_the_page_shows_the_code_and_the_sql_of_its_query(dialect: Dialect, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {block.info or block.language: block.text for block in blocks(PAGE)}

    shape, statements = made(dialect, monkeypatch)

    assert words(shown["shape"]) == words(shape)
    assert words(shown[str(dialect)]) == words(statements)
