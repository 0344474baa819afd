"""The page of GraphiQL: who gets it, and that it holds nothing but what its policy allows."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx
import pytest

from fund_api.app import create_app
from fund_api.core.database import Database
from fund_api.core.installation import STANDARD, Installed
from fund_api.core.settings import Settings
from fund_api.core.tables import InstallationKind
from fund_api.graphiql import rendering
from fund_api.graphiql.assets import ASSETS, CDN, SCRIPTS, STYLE, are_installed
from fund_api.graphiql.rendering import OWN, Page, page

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
DEMO = Installed(InstallationKind.DEMO, 'Nothing is <true> "here".')


@pytest.fixture(scope="module")
async def client(loaded: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(database_url=loaded.url.render_as_string(hide_password=False)), DEMO)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://fund.test") as client,
    ):
        yield client


@dataclass
class Found(HTMLParser):
    """What a page loads, and what stands in it where nothing may stand."""

    loaded: list[dict[str, str | None]] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    _open: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        self.inline += [name for name, _ in attrs if name == "style" or name.startswith("on")]
        if {"src", "href"} & dict(attrs).keys():
            self.loaded.append(dict(attrs))
        elif tag in ("script", "style"):
            self.inline.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "script" and data.strip():
            self.inline.append(data)


def found(page: Page) -> Found:
    reading = Found()
    reading.feed(page.html.decode())
    return reading


def addresses(page: Page) -> list[str]:
    return [each.get("src") or each.get("href") or "" for each in found(page).loaded]


async def test_a_browser_gets_the_page_under_a_policy_that_allows_nothing_inline(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", headers=BROWSER)

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; script-src 'self'")
    assert "unsafe" not in policy
    assert {name: response.headers[name] for name in ("cache-control", "vary", "fund-installation")} == {
        "cache-control": "no-cache",
        "vary": "Accept, Authorization, Origin",
        "fund-installation": "DEMO",
    }
    assert found(Page(response.content, policy)).inline == []


@pytest.mark.parametrize(
    ("accept", "address"),
    [
        ("", "/graphql"),
        ("*/*", "/graphql"),
        ("application/json", "/graphql"),
        ("application/json, text/html", "/graphql"),
        ("application/graphql-response+json, text/html;q=0.9", "/graphql"),
        (BROWSER["accept"], "/graphql?query={__typename}"),
        (BROWSER["accept"], "/graphql?query="),
        (BROWSER["accept"], "/graphql?documentId=x"),
        ("text/html", "/graphql?variables={}"),
    ],
)
async def test_whoever_asks_a_question_or_likes_json_gets_no_page(
    client: httpx.AsyncClient, accept: str, address: str
) -> None:
    response = await client.get(address, headers={"accept": accept})

    assert response.headers["content-type"].split(";")[0] in (
        "application/json",
        "application/graphql-response+json",
    )
    posted = await client.post("/graphql", json={"query": "{ __typename }"}, headers=BROWSER)
    assert posted.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("here", [STANDARD, DEMO], ids=["standard", "demo"])
def test_a_page_without_the_editor_takes_each_file_from_the_cdn_by_its_hash(here: Installed) -> None:
    made = page(here, are_installed=False)

    elsewhere = [each for each in found(made).loaded if each.get("integrity")]
    assert [(each.get("src") or each.get("href"), each["integrity"], each["crossorigin"]) for each in elsewhere] == [
        (asset.cdn, asset.integrity, "anonymous") for asset in ASSETS
    ]
    assert [address for address in addresses(made) if not address.startswith(CDN)] == [
        rendering.address(name) for name in ("icon.svg", "style.css", "boot.js")
    ]
    assert made.policy.split("; ")[1:3] == [
        " ".join(["script-src 'self'", *(asset.cdn for asset in SCRIPTS)]),
        f"style-src 'self' {rendering.DIALOGS} {STYLE.cdn}",
    ]


@pytest.mark.skipif(not are_installed(), reason="make assets installs the editor")
def test_a_page_with_the_editor_takes_nothing_from_elsewhere() -> None:
    made = page(STANDARD, are_installed=True)

    assert [address for address in addresses(made) if not address.startswith("/graphiql/")] == []
    assert "https:" not in made.policy


def test_a_demonstration_says_that_it_is_one_in_words_that_are_no_html() -> None:
    text = page(DEMO, are_installed=False).html.decode()

    assert '<p id="demo"><strong>DEMO</strong> Nothing is &lt;true&gt; &quot;here&quot;.</p>' in text
    assert "DEMO" not in page(STANDARD, are_installed=False).html.decode()


async def test_the_files_of_the_page_are_kept_by_whoever_has_them(client: httpx.AsyncClient) -> None:
    for address in addresses(page(STANDARD, are_installed=are_installed())):
        if address.startswith(CDN):
            continue
        response = await client.get(address)
        assert response.status_code == 200, address
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["x-content-type-options"] == "nosniff"
        again = await client.get(address, headers={"if-none-match": response.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    kinds = [(await client.get(f"/graphiql/{name}")).headers["content-type"] for name in OWN]
    assert kinds == ["text/javascript; charset=utf-8", "text/css; charset=utf-8", "image/svg+xml"]


async def test_a_file_that_is_asked_for_without_its_tag_is_asked_for_again(client: httpx.AsyncClient) -> None:
    for query in ("", "?v=older"):
        response = await client.get(f"/graphiql/boot.js{query}")
        assert (response.status_code, response.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "name", ["page.html", "assets.py", "package.json", "%2e%2e%2fassets.py", "..%5cassets.py", "x", "boot.js%00"]
)
async def test_no_other_file_is_served(client: httpx.AsyncClient, name: str) -> None:
    response = await client.get(f"/graphiql/{name}")

    assert (response.status_code, len(response.content) < 200) == (404, True)
