"""Settings, read from the environment: FUND_ and the name of the field in capitals."""

import re
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from fund_api.core.errors import Failure
from fund_api.core.limit_settings import LimitSettings

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")


class Load(StrEnum):
    """What a start loads."""

    REFERENCE = "reference"
    NONE = "none"


class Introspection(StrEnum):
    """Who may ask about the schema."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Documents(StrEnum):
    """Which documents are answered."""

    ANY = "any"
    TRUSTED = "trusted"


class Settings(LimitSettings):
    """All that can be set; the README's table holds the same words."""

    model_config = SettingsConfigDict(env_prefix="FUND_", extra="forbid")

    database_url: str = Field(
        default="sqlite:///fund.db",
        description="Where the data is: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that the server listens on; 0 takes a free one")
    load: Load = Field(
        default=Load.REFERENCE,
        description="What a start loads unless it was loaded before: reference (the packaged data) or none",
    )
    read_connections: int = Field(
        default=8,
        ge=1,
        le=100,
        description="Connections (PostgreSQL) or threads (SQLite) that answer queries, per process",
    )
    body_limit: int = Field(
        default=1_000_000,
        ge=1_000,
        le=100_000_000,
        description="Largest request body, or message over a websocket, in bytes",
    )
    live_connections: int = Field(
        default=100,
        ge=1,
        le=100_000,
        description="Websockets and event streams that one caller may hold: a person, or an address without a token",
    )
    socket_operations: int = Field(
        default=50, ge=1, le=10_000, description="Operations that one websocket may run at the same time"
    )
    live_patience: int = Field(
        default=30,
        ge=1,
        le=3_600,
        description="Seconds after which a live connection is closed whose client takes nothing of what is sent",
    )
    body_timeout: float = Field(
        default=10.0,
        ge=0.1,
        le=600,
        description="Seconds in which the headers of a request must be here, and then its body",
    )
    connections: int = Field(default=1_000, ge=10, le=1_000_000, description="Open connections, per process")
    operation_timeout: float = Field(
        default=10.0, ge=0.1, le=600, description="Seconds that one operation may take; then it is stopped"
    )
    operations: int = Field(
        default=200, ge=1, le=100_000, description="Operations under way at once, running or waiting, per process"
    )
    caller_operations: int = Field(
        default=20, ge=1, le=100_000, description="The same for one person, or one address without a token"
    )
    caller_rows: int = Field(
        default=1_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="Rows that one caller may ask for at once, counted as for the cost limit, per process",
    )
    caller_rows_per_second: int = Field(
        default=20_000, ge=10, le=1_000_000_000, description="Rows of these that come back each second"
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins of other sites whose pages may ask here: https://app.example.org, and commas between them",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed",
    )
    access_log: bool = Field(default=False, description="Whether every request is logged, in a line of its own")
    files: str = Field(
        default="fund-files",
        min_length=1,
        description="Folder of attached files; all processes on one database share it, and backups need it",
    )
    file_limit: int = Field(
        default=10_000_000, ge=1_000, le=100_000_000, description="Largest file that can be attached, in bytes"
    )
    cost_limit: int = Field(
        default=100_000, ge=100, le=10_000_000, description="Rows that one operation may touch, counted before it runs"
    )
    pulls: int = Field(
        default=4, ge=1, le=1_000, description="Pulls under way at once, per process; each caller has one of them"
    )
    pull_timeout: float = Field(
        default=600.0, ge=0.1, le=86_400, description="Seconds that a pull may last; then it is broken off"
    )
    csv_formulas: bool = Field(
        default=False,
        description="Whether texts in CSV that a spreadsheet would run as formulas stay as they are",
    )
    plan_cache: int = Field(
        default=1_000, ge=10, le=100_000, description="Compiled queries kept in memory, per process"
    )
    response_cache: int = Field(
        default=64, ge=0, le=100_000, description="Answers kept in memory until the data changes, in megabytes; 0: none"
    )
    public_seconds: int = Field(
        default=60, ge=0, le=86_400, description="Seconds for which shared caches may keep answers of public data alone"
    )
    introspection: Introspection = Field(
        default=Introspection.AUTO,
        description="Who may ask about the schema: on (all), off (administrators), auto (on where FUND_HOST is local)",
    )
    documents: Documents = Field(
        default=Documents.ANY,
        description="Documents that are answered: any, or trusted (those that ship and those of fund-api operations)",
    )
    fiscal_year_starts: int = Field(
        default=10,
        ge=1,
        le=12,
        description="Month in which the fiscal year starts, which is named by the year it ends in",
    )
    oidc_issuer: str | None = Field(
        default=None,
        description="Issuer of the OpenID Connect provider whose JWTs sign people in, as its discovery document has it",
    )
    oidc_audience: str | None = Field(
        default=None, description="Audience that those JWTs must be for; set with the issuer or not at all"
    )
    smtp_url: str | None = Field(
        default=None,
        pattern=r"^smtps?://([^/@\s]+@)?[^/@\s]+$",
        description="Mail server for notices: smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS throughout",
    )
    mail_from: str = Field(
        default="fund@localhost", pattern=r"^[^@\s]+@[^@\s]+$", description="Address that mailed notices come from"
    )
    giving_prefix: str = Field(
        default="360G-unregistered",
        pattern=r"^360G-[A-Za-z0-9_]+$",
        description="Prefix of identifiers in 360Giving files, as 360Giving issued it",
    )
    giving_funder: str = Field(
        default="The fund", min_length=1, max_length=200, description="Name of the funder in 360Giving files"
    )
    giving_funder_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9]+-[A-Za-z0-9_-]+$",
        description="The funder's identifier by org-id.guide, such as US-EIN-123456789; unset: the prefix and -fund",
    )
    giving_licence: str | None = Field(
        default=None,
        pattern=r"^https?://\S+$",
        description="Address of the licence under which 360Giving files are published",
    )

    @property
    def is_local(self) -> bool:
        """Whether the server listens on this machine's loopback address alone."""
        return is_loopback(self.host)

    @property
    def tells_schema(self) -> bool:
        """Whether everybody may ask about the schema."""
        chosen = self.introspection
        return chosen is Introspection.ON or (chosen is Introspection.AUTO and self.is_local)

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, given: object) -> object:
        return tuple(given.replace(",", " ").split()) if isinstance(given, str) else given

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for origin in given:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is no origin as browsers write it, such as https://app.example.org")
        return given

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for network in given:
            try:
                ip_network(network)
            except ValueError as error:
                raise ValueError(f"{error}; 10.0.0.7 and 10.0.0.0/24 are what is needed") from None
        return given

    @field_validator("oidc_issuer")
    @classmethod
    def _safe(cls, issuer: str | None) -> str | None:
        if issuer is not None and not is_safe(issuer):
            raise ValueError("an https:// address is needed (http:// on this machine alone)")
        return issuer

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            raise ValueError("FUND_OIDC_ISSUER and FUND_OIDC_AUDIENCE are set together or not at all")
        return self


def given() -> Settings:
    """The settings of the environment. Raises Failure that names every wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        raise Failure("\n".join(_told(each["loc"], each["msg"]) for each in error.errors())) from None


def _told(place: tuple[int | str, ...], message: str) -> str:
    name = f"FUND_{'_'.join(map(str, place)).upper()}: " if place else ""
    return f"{name}{message.removeprefix('Value error, ')}."


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, reached by itself alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_safe(address: str) -> bool:
    """Whether what is read from an address can be trusted to come from there."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    )
