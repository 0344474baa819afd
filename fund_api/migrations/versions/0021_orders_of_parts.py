"""Orders of lists that parts have by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEXES = {
    "budget_line": ("place",),
    "format": ("kind",),
    "hub_section": ("position",),
    "periodical_issue": ("published_on",),
    "series_part": ("number",),
}


def upgrade() -> None:
    for table, (column,) in INDEXES.items():
        op.create_index(f"ix_{table}_{column}", table, [column, "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_series_part_number_nulls_first", "series_part", [sa.text("number NULLS FIRST"), "id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_series_part_number_nulls_first", "series_part")
    for table, (column,) in reversed(INDEXES.items()):
        op.drop_index(f"ix_{table}_{column}", table)
