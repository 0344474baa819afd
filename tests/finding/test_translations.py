"""A resource is read in the reader's language where it is had in it, else in the next one, else in its own."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from fund_api.core import clock
from fund_api.core.database import Database
from fund_api.library.translations import fitting
from tests.asking import Asker, asking
from tests.finding.shelf import NOW, Shelf

BEST = "query ($of: ResourceName!, $in: [String!]!) { translation(of: $of, language: $in) { title language } }"


@pytest.fixture
async def ask(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asker]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    shelf = Shelf()
    original = shelf.resource("Taking stock", language="en")
    shelf.resource("Haciendo balance", translation_of=original, language="es")
    shelf.resource("Bilan", translation_of=original, language="fr-CA")
    shelf.resource("Bilanz", translation_of=original, language="de", live_from=NOW + timedelta(seconds=1))
    shelf.resource("Alone", language="es")
    gone = shelf.resource("Gone", language="en", live_until=NOW)
    shelf.resource("Ido", translation_of=gone, language="es")
    shelf.resource("Unsaid")
    await shelf.save(database)
    async with asking(database) as ask:
        ask.engine.services = {"database": database}
        yield ask


async def best(ask: Asker, slug: str, *languages: str) -> Any:
    found = (await ask(BEST, of={"slug": slug}, **{"in": list(languages)}))["translation"]
    return found and found["title"]


@pytest.mark.parametrize(
    ("languages", "title"),
    [
        (["es"], "Haciendo balance"),
        (["es-MX", "en"], "Haciendo balance"),
        (["ES-mx"], "Haciendo balance"),
        (["pt-BR", "fr-CA"], "Bilan"),
        (["fr"], "Taking stock"),  # French as in Canada is not what was asked for
        (["de", "es"], "Haciendo balance"),  # the German one is not live yet
        (["de"], "Taking stock"),
        (["*"], "Taking stock"),
    ],
)
async def test_a_translation_is_found_by_the_readers_languages_in_their_order(
    ask: Asker, languages: list[str], title: str
) -> None:
    for slug in ("taking-stock", "haciendo-balance", "bilan"):
        assert await best(ask, slug, *languages) == title


async def test_a_translation_appears_when_it_goes_live(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(seconds=1))

    assert await best(ask, "taking-stock", "de") == "Bilanz"


async def test_without_a_live_original_the_resource_itself_is_what_remains(ask: Asker) -> None:
    assert await best(ask, "ido", "fr") == "Ido"
    assert await best(ask, "unsaid", "fr") == "Unsaid"


async def test_what_is_not_live_has_no_translation(ask: Asker) -> None:
    for slug in ("gone", "bilanz", "no-such-thing"):
        assert await best(ask, slug, "es") is None


async def test_a_resource_is_named_by_its_id_too(ask: Asker) -> None:
    [found] = (await ask('{ resources(filter: {slug: {eq: "bilan"}}) { nodes { id } } }'))["resources"]["nodes"]

    data = await ask(BEST, of={"id": found["id"]}, **{"in": ["es"]})

    assert data == {"translation": {"title": "Haciendo balance", "language": "es"}}


@pytest.mark.parametrize(
    ("of", "languages", "refusal"),
    [
        ({}, ["es"], "of takes exactly one of id and slug."),
        ({"slug": "bilan", "id": "res_1"}, ["es"], "of takes exactly one of id and slug."),
        ({"slug": "bilan"}, [], "language takes 1 to 20 languages, not 0."),
        ({"slug": "bilan"}, ["en_US"], "'en_US' is no language as BCP 47 writes it, such as es-MX."),
        ({"slug": "bilan"}, ["a-" * 20 + "b"], f"'{'a-' * 17}a' is no language as BCP 47 writes it, such as es-MX."),
        ({"slug": "\x00"}, ["es"], "A text can't hold the character U+0000."),
        ({"slug": "bilan"}, ["es", ""], "'' is no language as BCP 47 writes it, such as es-MX."),
    ],
)
async def test_what_names_nothing_is_refused(
    ask: Asker, of: dict[str, str], languages: Sequence[str], refusal: str
) -> None:
    assert await ask.refusal(BEST, of=of, **{"in": languages}) == refusal


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("zh-Hant-CN-x-private1-private2", "zh-hant-cn"),
        ("zh-Hant-TW", "zh"),
        ("zh-a-extension", "zh"),
        ("i-klingon", None),
        ("e", None),
    ],
)
def test_a_language_that_is_not_there_loses_its_last_parts(language: str, found: str | None) -> None:
    tagged = {tag: tag for tag in ("zh", "zh-hant-cn", "zh-hant-cn-x", "zh-a", "i")}

    assert fitting([language], tagged) == (found and tagged[found])
