"""Events and idempotency keys."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


APPEND_ONLY = ("event", "event_change")
SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
)
POSTGRESQL = (
    """CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$""",
    """CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
)


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", TEXT, nullable=True),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("entity_id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("request_id", TEXT, nullable=True),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.CheckConstraint("substr(id, 1, 6) = 'event_' AND length(id) = 32", name=op.f("ck_event_id_shape")),
        sa.CheckConstraint("length(action) BETWEEN 1 AND 100", name=op.f("ck_event_action_length")),
        sa.CheckConstraint("length(actor_id) BETWEEN 1 AND 40", name=op.f("ck_event_actor_id_length")),
        sa.CheckConstraint("length(campaign_id) BETWEEN 1 AND 40", name=op.f("ck_event_campaign_id_length")),
        sa.CheckConstraint("length(entity_id) BETWEEN 1 AND 40", name=op.f("ck_event_entity_id_length")),
        sa.CheckConstraint("length(hash) BETWEEN 1 AND 64", name=op.f("ck_event_hash_length")),
        sa.CheckConstraint("length(previous_hash) BETWEEN 1 AND 64", name=op.f("ck_event_previous_hash_length")),
        sa.CheckConstraint("length(request_id) BETWEEN 1 AND 100", name=op.f("ck_event_request_id_length")),
        sa.CheckConstraint("number BETWEEN 1 AND 9007199254740992", name=op.f("ck_event_number_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("number", name=op.f("uq_event_number")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_actor", ["actor_id", "number"], unique=False)
        batch_op.create_index("ix_event_campaign", ["campaign_id", "number"], unique=False)
        batch_op.create_index("ix_event_entity", ["entity_id", "number"], unique=False)

    op.create_table(
        "event_head",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.CheckConstraint("length(hash) BETWEEN 1 AND 64", name=op.f("ck_event_head_hash_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 10", name=op.f("ck_event_head_name_length")),
        sa.CheckConstraint("number BETWEEN 0 AND 9007199254740992", name=op.f("ck_event_head_number_range")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_event_head")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("request", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("length(actor) BETWEEN 1 AND 40", name=op.f("ck_idempotency_key_actor_length")),
        sa.CheckConstraint("length(answer) BETWEEN 1 AND 5000000", name=op.f("ck_idempotency_key_answer_length")),
        sa.CheckConstraint("length(document) BETWEEN 1 AND 64", name=op.f("ck_idempotency_key_document_length")),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 200", name=op.f("ck_idempotency_key_key_length")),
        sa.CheckConstraint("length(request) BETWEEN 1 AND 64", name=op.f("ck_idempotency_key_request_length")),
        sa.CheckConstraint("length(result) BETWEEN 1 AND 5000000", name=op.f("ck_idempotency_key_result_length")),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index("ix_idempotency_key_created_at", ["created_at"], unique=False)

    op.create_table(
        "event_change",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("event_id", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=True),
        sa.Column("after", TEXT, nullable=True),
        sa.Column("digest", TEXT, nullable=True),
        sa.CheckConstraint("substr(id, 1, 7) = 'change_' AND length(id) = 33", name=op.f("ck_event_change_id_shape")),
        sa.CheckConstraint(
            "digest IS NULL OR (before IS NULL AND after IS NULL)", name=op.f("ck_event_change_private")
        ),
        sa.CheckConstraint("length(after) BETWEEN 1 AND 20000", name=op.f("ck_event_change_after_length")),
        sa.CheckConstraint("length(before) BETWEEN 1 AND 20000", name=op.f("ck_event_change_before_length")),
        sa.CheckConstraint("length(digest) BETWEEN 1 AND 64", name=op.f("ck_event_change_digest_length")),
        sa.CheckConstraint("length(field) BETWEEN 1 AND 100", name=op.f("ck_event_change_field_length")),
        sa.CheckConstraint("place BETWEEN 0 AND 1000", name=op.f("ck_event_change_place_range")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_change_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_change")),
        sa.UniqueConstraint("event_id", "place", name=op.f("uq_event_change_event_id_place")),
    )
    op.create_table(
        "private_change",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("change_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=True),
        sa.Column("salt", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=True),
        sa.Column("after", TEXT, nullable=True),
        sa.CheckConstraint("substr(id, 1, 7) = 'secret_' AND length(id) = 33", name=op.f("ck_private_change_id_shape")),
        sa.CheckConstraint("length(after) BETWEEN 1 AND 20000", name=op.f("ck_private_change_after_length")),
        sa.CheckConstraint("length(before) BETWEEN 1 AND 20000", name=op.f("ck_private_change_before_length")),
        sa.CheckConstraint("length(person_id) BETWEEN 1 AND 40", name=op.f("ck_private_change_person_id_length")),
        sa.CheckConstraint("length(salt) BETWEEN 1 AND 64", name=op.f("ck_private_change_salt_length")),
        sa.ForeignKeyConstraint(["change_id"], ["event_change.id"], name=op.f("fk_private_change_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_change")),
    )
    with op.batch_alter_table("private_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_private_change_change_id"), ["change_id"], unique=False)
        batch_op.create_index("ix_private_change_person", ["person_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
            op.get_bind().exec_driver_sql(statement.format(table=table))


def downgrade() -> None:
    with op.batch_alter_table("private_change", schema=None) as batch_op:
        batch_op.drop_index("ix_private_change_person")
        batch_op.drop_index(batch_op.f("ix_private_change_change_id"))

    op.drop_table("private_change")
    op.drop_table("event_change")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index("ix_idempotency_key_created_at")

    op.drop_table("idempotency_key")
    op.drop_table("event_head")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_entity")
        batch_op.drop_index("ix_event_campaign")
        batch_op.drop_index("ix_event_actor")

    op.drop_table("event")
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION {table}_refuse")
