"""Settings, read from the environment: FUND_ and the name of the field in capitals."""

from enum import StrEnum

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    smtp_url: str | None = Field(
        default=None,
        pattern=r"^smtps?://([^/@\s]+@)?[^/@\s]+$",
        description="Mail server for notices: smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS throughout",
    )
    mail_from: str = Field(
        default="fund@localhost", pattern=r"^[^@\s]+@[^@\s]+$", description="Address that mailed notices come from"
    )
