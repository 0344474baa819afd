"""The revisions as Alembic runs them."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

_HERE = Path(__file__).parent


def configuration(connection: sa.Connection) -> Config:
    """Alembic's settings for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: sa.Connection) -> None:
    """Run what comes after the database's revision, in the connection's transaction."""
    command.upgrade(configuration(connection), "head")
