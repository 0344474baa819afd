"""The page of GraphiQL: its HTML and what it may load, which is less than a browser would let it."""

import hashlib
from dataclasses import dataclass
from functools import cache
from html import escape
from string import Template

from fund_api.core.installation import Installed
from fund_api.graphiql.assets import ASSETS, HERE, SCRIPTS, STYLE, Asset

PAGE = HERE / "page"
OWN = ("boot.js", "style.css", "icon.svg")
"""The files of the page that are our own."""
DIALOGS = "'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='"
"""The one inline style that GraphiQL makes: what keeps a page from being scrolled behind its dialogs."""
PATH = "/graphiql"
"""Where the files of the page are."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser gets at /graphql."""

    html: bytes
    policy: str
    """The Content-Security-Policy: nothing inline, and nothing from elsewhere that is not named here."""


def page(here: Installed, *, are_installed: bool) -> Page:
    """The page of an installation, with the editor's files from here or else from the CDN."""
    scripts = [_script(asset, are_installed) for asset in SCRIPTS]
    names = {
        "title": "fund_api, a demonstration" if here.is_demo else "fund_api",
        "icon": address("icon.svg"),
        "styles": "\n".join([_style(are_installed), f'<link rel="stylesheet" href="{address("style.css")}">']),
        "scripts": "\n".join([*scripts, f'<script defer src="{address("boot.js")}"></script>']),
        "notice": f'<p id="demo"><strong>DEMO</strong> {escape(here.notice or "")}</p>' if here.is_demo else "",
        "examples": f"{PATH}/examples.json",
    }
    html = Template((PAGE / "page.html").read_text(encoding="utf-8")).substitute(names)
    return Page(html.encode(), _policy(are_installed=are_installed))


def address(name: str) -> str:
    """Where a file of the page is: another address when it is another file, so that browsers keep each one."""
    return f"{PATH}/{name}?v={tag(content(name))}"


@cache
def content(name: str) -> bytes:
    """A file of the page. Raises KeyError for what is none, and OSError for one that is not installed."""
    known = {asset.name: asset.file for asset in ASSETS} | {name: PAGE / name for name in OWN}
    return known[name].read_bytes()


def tag(content: bytes) -> str:
    """What tells a file from every other one."""
    return hashlib.sha256(content).hexdigest()[:16]


def _script(asset: Asset, is_installed: bool) -> str:
    return f"<script defer {_source('src', asset, is_installed)}></script>"


def _style(is_installed: bool) -> str:
    return f'<link rel="stylesheet" {_source("href", STYLE, is_installed)}>'


def _source(attribute: str, asset: Asset, is_installed: bool) -> str:
    """Where a page gets a file; one from elsewhere only as long as it has the hash that it had."""
    if is_installed:
        return f'{attribute}="{address(asset.name)}"'
    return f'{attribute}="{asset.cdn}" integrity="{asset.integrity}" crossorigin="anonymous"'


def _policy(*, are_installed: bool) -> str:
    scripts = [] if are_installed else [asset.cdn for asset in SCRIPTS]
    styles = [] if are_installed else [STYLE.cdn]
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *scripts]),
            " ".join(["style-src 'self'", DIALOGS, *styles]),
            "img-src 'self' data:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
