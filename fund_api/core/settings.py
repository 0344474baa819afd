"""Settings, read from the environment: FUND_ and the name of the field in capitals."""

from enum import StrEnum
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from fund_api.core.errors import Failure


class Load(StrEnum):
    """What a start loads."""

    REFERENCE = "reference"
    NONE = "none"


class Settings(BaseSettings):
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
    body_limit: int = Field(default=1_000_000, ge=1_000, le=100_000_000, description="Largest request body, in bytes")
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
    plan_cache: int = Field(
        default=1_000, ge=10, le=100_000, description="Compiled queries kept in memory, per process"
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

    @property
    def is_local(self) -> bool:
        """Whether the server listens on this machine's loopback address alone."""
        return is_loopback(self.host)

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
