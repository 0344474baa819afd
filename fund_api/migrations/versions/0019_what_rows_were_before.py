"""What rows were before."""

import secrets

import sqlalchemy as sa
from alembic import op

from fund_api.migrations.keeping import forget_past, keep_past

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
UNTRACED = (
    *("alembic_version", "past", "feed_key", "event", "event_change", "private_change", "event_head"),
    *("idempotency_key", "loaded_file", "log_reader", "installation"),
    *("api_token", "oidc_identity", "invitation", "trusted_document", "resource_view"),
)
STAMPING = (
    """CREATE FUNCTION past_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE
    stamp bigint;
BEGIN
    IF (SELECT number FROM past WHERE seq = NEW.seq) = 0 THEN
        UPDATE feed_key SET number = number + 1 WHERE name = 'feed' RETURNING number INTO stamp;
        UPDATE past SET number = stamp WHERE number = 0;
    END IF;
    RETURN NULL;
END $$""",
    """CREATE CONSTRAINT TRIGGER past_stamp AFTER INSERT ON past DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION past_stamp()""",
)


def upgrade() -> None:
    op.create_table(
        "feed_key",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("secret", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number BETWEEN 0 AND 9007199254740992", name=op.f("ck_feed_key_number_range")),
        sa.CheckConstraint("floor BETWEEN 0 AND 9007199254740992", name=op.f("ck_feed_key_floor_range")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 10", name=op.f("ck_feed_key_name_length")),
        sa.CheckConstraint("length(secret) BETWEEN 1 AND 64", name=op.f("ck_feed_key_secret_length")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feed_key")),
    )
    op.create_table(
        "past",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("table_name", TEXT, nullable=False),
        sa.Column("row_id", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=True),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_past_seq_range")),
        sa.CheckConstraint("length(before) BETWEEN 1 AND 10000000", name=op.f("ck_past_before_length")),
        sa.CheckConstraint("length(row_id) BETWEEN 1 AND 100", name=op.f("ck_past_row_id_length")),
        sa.CheckConstraint("length(table_name) BETWEEN 1 AND 63", name=op.f("ck_past_table_name_length")),
        sa.CheckConstraint("number BETWEEN 0 AND 9007199254740992", name=op.f("ck_past_number_range")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_past")),
    )
    with op.batch_alter_table("past", schema=None) as batch_op:
        batch_op.create_index("ix_past_number", ["number"], unique=False)
        batch_op.create_index("ix_past_table", ["table_name", "number", "row_id"], unique=False)

    for table in _traced():
        keep_past(table)
    if op.get_bind().dialect.name == "postgresql":
        for statement in STAMPING:
            op.get_bind().exec_driver_sql(statement)
    start = "INSERT INTO feed_key (name, secret, number, floor) VALUES ('feed', '{}', 0, 0)"
    op.get_bind().exec_driver_sql(start.format(secrets.token_hex(32)))


def downgrade() -> None:
    for table in _traced():
        forget_past(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER past_stamp ON past")
        op.execute("DROP FUNCTION past_stamp")
    with op.batch_alter_table("past", schema=None) as batch_op:
        batch_op.drop_index("ix_past_table")
        batch_op.drop_index("ix_past_number")

    op.drop_table("past")
    op.drop_table("feed_key")


def _traced() -> list[str]:
    """The tables that there are by now, but the log's own, what the server keeps for itself, and ways to sign in."""
    found = sa.inspect(op.get_bind()).get_table_names()
    return sorted(name for name in found if name not in UNTRACED and not name.startswith("search_"))
