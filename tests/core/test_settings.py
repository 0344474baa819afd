"""Settings are what the README says."""

import re
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import ValidationError

from fund_api.core.settings import Load, Settings

README = Path(__file__).parents[2] / "README.md"


def table() -> str:
    """The README's table, as the settings class would have it."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = field.default.value if isinstance(field.default, StrEnum) else field.default
        shown = "not set" if default in (None, ()) else f"`{default}`"
        rows.append(f"| `FUND_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


def test_readme_has_every_setting() -> None:
    found = re.search(r"<!-- settings -->\n+(.*?)\n+<!-- /settings -->", README.read_text(encoding="utf-8"), re.DOTALL)
    said = found[1] if found else ""
    assert sorted(said.splitlines()) == sorted(table().splitlines()), (
        f"README.md should say, between <!-- settings --> and <!-- /settings -->:\n\n{table()}"
    )


def test_nothing_has_to_be_set() -> None:
    assert Settings().database_url == "sqlite:///fund.db"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUND_PORT", "9000")
    monkeypatch.setenv("FUND_LOAD", "none")
    settings = Settings()
    assert (settings.port, settings.load) == (9000, Load.NONE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "-1"),
        ("port", "65536"),
        ("port", "http"),
        ("load", "demo"),
        ("read_connections", "0"),
        ("body_limit", "1"),
        ("smtp_url", "mail.example.org"),
        ("smtp_url", "http://mail.example.org"),
        ("mail_from", "the fund"),
        ("oidc_issuer", "http://issuer.example.org"),
        ("oidc_issuer", "issuer.example.org"),
        ("documents", "some"),
        ("access_log", "perhaps"),
        ("cors_origins", "*"),
        ("cors_origins", "null"),
        ("cors_origins", "app.example.org"),
        ("cors_origins", "https://app.example.org/"),
        ("cors_origins", "https://App.example.org"),
        ("cors_origins", "https://app.example.org, https://*.example.org"),
        ("trusted_proxies", "*"),
        ("trusted_proxies", "proxy.example.org"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("trusted_proxies", "10.0.0.7, 10.0.0.256"),
    ],
)
def test_setting_outside_its_limits_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"FUND_{name.upper()}", value)
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert [error["loc"] for error in refusal.value.errors()] == [(name,)]


def test_lists_are_written_with_commas_or_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUND_CORS_ORIGINS", "https://app.example.org,http://localhost:3000  http://[::1]:8080")
    monkeypatch.setenv("FUND_TRUSTED_PROXIES", "10.0.0.7, 2001:db8::/32")
    settings = Settings()
    assert settings.cors_origins == ("https://app.example.org", "http://localhost:3000", "http://[::1]:8080")
    assert settings.trusted_proxies == ("10.0.0.7", "2001:db8::/32")

    monkeypatch.setenv("FUND_CORS_ORIGINS", "")
    assert Settings().cors_origins == ()


def test_a_provider_is_set_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUND_OIDC_AUDIENCE", "fund")
    with pytest.raises(ValidationError, match="are set together or not at all"):
        Settings()
    monkeypatch.setenv("FUND_OIDC_ISSUER", "http://127.0.0.1:9000")
    assert Settings().oidc_issuer == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("fund.example.org", False),
    ],
)
def test_only_the_loopback_address_is_local(host: str, local: bool) -> None:
    assert Settings(host=host).is_local is local
