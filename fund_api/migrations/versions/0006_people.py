"""People."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=True),
        sa.Column("email_folded", TEXT, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("erased_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_person_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 7) = 'person_' AND length(id) = 33", name=op.f("ck_person_id_shape")),
        sa.CheckConstraint("length(email) BETWEEN 1 AND 254", name=op.f("ck_person_email_length")),
        sa.CheckConstraint("length(email_folded) BETWEEN 1 AND 508", name=op.f("ck_person_email_folded_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_person_name_length")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_person_version_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email_folded", name=op.f("uq_person_email_folded")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_name", ["name", "id"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("secret_hash", TEXT, nullable=False),
        sa.Column("scopes", TEXT, nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("substr(id, 1, 6) = 'token_' AND length(id) = 32", name=op.f("ck_api_token_id_shape")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_api_token_name_length")),
        sa.CheckConstraint("length(scopes) BETWEEN 1 AND 5000", name=op.f("ck_api_token_scopes_length")),
        sa.CheckConstraint("length(secret_hash) BETWEEN 1 AND 64", name=op.f("ck_api_token_secret_hash_length")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("secret_hash", TEXT, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("accepted_at", TIME, nullable=True),
        sa.Column("person_id", TEXT, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "role IN ('MEMBER', 'COORDINATOR', 'GRANTS_OFFICER', 'REVIEWER', 'APPROVER', 'FINANCE', 'HIRING_OFFICER', 'ADVISOR', 'EDITOR', 'REPORTER', 'ADMINISTRATOR')",
            name=op.f("ck_invitation_role_known"),
        ),
        sa.CheckConstraint("substr(id, 1, 7) = 'invite_' AND length(id) = 33", name=op.f("ck_invitation_id_shape")),
        sa.CheckConstraint("(accepted_at IS NULL) = (person_id IS NULL)", name=op.f("ck_invitation_accepted_by")),
        sa.CheckConstraint("length(email) BETWEEN 1 AND 254", name=op.f("ck_invitation_email_length")),
        sa.CheckConstraint("length(scope) BETWEEN 1 AND 40", name=op.f("ck_invitation_scope_length")),
        sa.CheckConstraint("length(secret_hash) BETWEEN 1 AND 64", name=op.f("ck_invitation_secret_hash_length")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invitation_secret_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "oidc_identity",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("issuer", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("substr(id, 1, 5) = 'oidc_' AND length(id) = 31", name=op.f("ck_oidc_identity_id_shape")),
        sa.CheckConstraint("length(issuer) BETWEEN 1 AND 500", name=op.f("ck_oidc_identity_issuer_length")),
        sa.CheckConstraint("length(subject) BETWEEN 1 AND 255", name=op.f("ck_oidc_identity_subject_length")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_oidc_identity_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_oidc_identity_issuer_subject")),
    )
    with op.batch_alter_table("oidc_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oidc_identity_person_id"), ["person_id"], unique=False)

    op.create_table(
        "role_assignment",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint(
            "role IN ('MEMBER', 'COORDINATOR', 'GRANTS_OFFICER', 'REVIEWER', 'APPROVER', 'FINANCE', 'HIRING_OFFICER', 'ADVISOR', 'EDITOR', 'REPORTER', 'ADMINISTRATOR')",
            name=op.f("ck_role_assignment_role_known"),
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'role_' AND length(id) = 31", name=op.f("ck_role_assignment_id_shape")),
        sa.CheckConstraint("length(scope) BETWEEN 1 AND 40", name=op.f("ck_role_assignment_scope_length")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_assignment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
        sa.UniqueConstraint("person_id", "role", "scope", name=op.f("uq_role_assignment_person_id_role_scope")),
    )
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.create_index("ix_role_assignment_scope", ["scope", "person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_role_assignment_scope")

    op.drop_table("role_assignment")
    with op.batch_alter_table("oidc_identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_oidc_identity_person_id"))

    op.drop_table("oidc_identity")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_person_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_person_id"))

    op.drop_table("api_token")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_name")

    op.drop_table("person")
