"""The library: what a resource says moves from its own row to its revisions; topics, tags, publications and printing."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

NEW = (
    *("author", "practice_area", "publisher", "responsibility", "series"),
    *("topic", "format", "hub_section", "periodical", "practice_area_tag"),
    *("print_item", "resource_author", "resource_view", "revision", "series_part"),
    *("topic_resource", "audience_tag", "periodical_issue", "section_pin", "section_resource"),
    *("issue_resource", "print_order", "print_order_line"),
)
NULLS_FIRST = (
    ("revision", "ix_revision_published_on", "published_on", ()),
    ("revision", "ix_revision_live_from", "live_from", ()),
    ("series_part", "ix_series_part_series_id_number", "number", ("series_id",)),
)
KINDS = ("resources", "topic_sections", "editorial", "practice_areas", "responsibilities")
"""Files that are to be loaded again when the tables come back."""
STAMPS = ("provenance", "created_at", "updated_at")
SAME = (
    "title",
    "title_folded",
    "search_text",
    "summary",
    "kind",
    "url",
    "published_on",
    "published_on_precision",
    "access",
)
"""Columns of a resource that its revision gets as they are."""
SEARCH_TRIGGERS = {
    "insert": """AFTER INSERT ON {table} BEGIN
    INSERT INTO search_entry (id) VALUES (new.{key});
    INSERT INTO search_index (rowid, search_text)
        SELECT number, new.search_text FROM search_entry WHERE id = new.{key};
END""",
    "update": """AFTER UPDATE OF search_text ON {table}
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO search_index (search_index, rowid, search_text)
        SELECT 'delete', number, old.search_text FROM search_entry WHERE id = old.{key};
    INSERT INTO search_index (rowid, search_text)
        SELECT number, new.search_text FROM search_entry WHERE id = new.{key};
END""",
    "delete": """AFTER DELETE ON {table} BEGIN
    INSERT INTO search_index (search_index, rowid, search_text)
        SELECT 'delete', number, old.search_text FROM search_entry WHERE id = old.{key};
    DELETE FROM search_entry WHERE id = old.{key};
END""",
}


def upgrade() -> None:
    _keep("resource", ("id", "publisher", *SAME, *STAMPS))
    _make_resource()
    op.execute(
        f"INSERT INTO resource (id, slug, {_names(STAMPS)}) SELECT id, substr(id, 5), {_names(STAMPS)} FROM kept"  # noqa: S608  our own names
    )
    _bind_campaigns()
    _make_the_rest()
    _make_searchable("revision", "revision_id")
    op.execute(
        f"INSERT INTO publisher (id, name, name_folded, {_names(STAMPS)})"  # noqa: S608  our own names
        " SELECT 'pub_' || substr(min(id), 5), publisher, lower(publisher), min(provenance), min(created_at), max(updated_at)"
        " FROM kept WHERE publisher IS NOT NULL GROUP BY publisher"
    )
    begun = "timestamptz '1970-01-01 00:00:00Z'" if _is_postgresql() else "'1970-01-01T00:00:00.000000Z'"
    op.execute(
        f"INSERT INTO revision (revision_id, id, slug, number, publisher_id, link_kind, live_from, begin_told, {_names((*SAME, *STAMPS))})"  # noqa: S608  our own names
        " SELECT 'rev_' || substr(kept.id, 5), kept.id, substr(kept.id, 5), 1, publisher.id,"
        f" CASE WHEN kept.url IS NULL THEN NULL ELSE 'ABOUT' END, {begun}, true,"
        f" {_names((*SAME, *STAMPS), 'kept.')} FROM kept LEFT JOIN publisher ON publisher.name = kept.publisher"
    )
    op.execute("DROP TABLE kept")


def downgrade() -> None:
    """Resources go back to what readers saw last. What files brought is left to them, unless a campaign uses it."""
    latest = "SELECT max(number) FROM revision AS r WHERE r.id = revision.id AND r.live_from IS NOT NULL"
    used = "revision.id IN (SELECT resource_id FROM campaign_resource)"
    op.execute(f"DELETE FROM loaded_file WHERE kind IN ({', '.join(repr(kind) for kind in KINDS)})")  # noqa: S608  our own names
    op.execute(
        f"CREATE TEMPORARY TABLE kept AS SELECT revision.id, publisher.name AS publisher, {_names((*SAME, *STAMPS), 'revision.')}"  # noqa: S608  our own names
        f" FROM revision LEFT JOIN publisher ON publisher.id = revision.publisher_id WHERE number = ({latest})"
        f" AND (revision.provenance <> 'REPORTED' OR {used})"
    )
    op.execute("DELETE FROM campaign_resource WHERE resource_id NOT IN (SELECT id FROM kept)")
    if not _is_postgresql():
        op.execute("DELETE FROM revision")  # so that its words leave the index
    for table in reversed(NEW):
        op.drop_table(table)
    _drop_resource()
    _make_old_resource()
    _make_searchable("resource", "id")
    names = _names(("id", "publisher", *SAME, *STAMPS))
    op.execute(f"INSERT INTO resource ({names}) SELECT {names} FROM kept")  # noqa: S608  our own names
    op.execute("DROP TABLE kept")
    _bind_campaigns()


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _names(columns: Iterable[str], before: str = "") -> str:
    return ", ".join(before + column for column in columns)


def _keep(table: str, columns: Iterable[str]) -> None:
    """Set the rows of a table aside, and drop it. Foreign keys of SQLite are off meanwhile."""
    op.execute(f"CREATE TEMPORARY TABLE kept AS SELECT {_names(columns)} FROM {table}")  # noqa: S608  our own names
    if not _is_postgresql():
        op.execute(f"DELETE FROM {table}")  # noqa: S608  so that its words leave the index
    _drop_resource()


def _drop_resource() -> None:
    if _is_postgresql():
        op.drop_constraint("fk_campaign_resource_resource_id", "campaign_resource", type_="foreignkey")
    op.drop_table("resource")


def _bind_campaigns() -> None:
    """The foreign key that PostgreSQL let go of, now that its rows are there again."""
    if _is_postgresql():
        op.create_foreign_key(
            "fk_campaign_resource_resource_id", "campaign_resource", "resource", ["resource_id"], ["id"]
        )


def _make_searchable(table: str, key: str) -> None:
    if _is_postgresql():
        words = sa.text("to_tsvector('simple', search_text)")
        op.create_index(f"ix_{table}_search_text", table, [words], postgresql_using="gin")
        return
    for name, body in SEARCH_TRIGGERS.items():
        trigger = f"CREATE TRIGGER {table}_search_{name} {body.format(table=table, key=key)}"
        op.get_bind().exec_driver_sql(trigger)


def _make_resource() -> None:
    op.create_table(
        "resource",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("translation_of", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("length(slug) BETWEEN 1 AND 120", name=op.f("ck_resource_slug_length")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_resource_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 4) = 'res_' AND length(id) = 30", name=op.f("ck_resource_id_shape")),
        sa.CheckConstraint("translation_of <> id", name=op.f("ck_resource_translates_another")),
        sa.ForeignKeyConstraint(["translation_of"], ["resource.id"], name=op.f("fk_resource_translation_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("slug", name=op.f("uq_resource_slug")),
    )
    op.create_index("ix_resource_translation_of", "resource", ["translation_of"])


def _make_old_resource() -> None:
    op.create_table(
        "resource",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("title_folded", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("publisher", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_on_precision", TEXT, nullable=True),
        sa.Column("access", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("length(search_text) BETWEEN 1 AND 20000", name=op.f("ck_resource_search_text_length")),
        sa.CheckConstraint("access IN ('PUBLIC', 'MEMBER', 'STAFF')", name=op.f("ck_resource_access_known")),
        sa.CheckConstraint(
            "kind IN ('ARTICLE', 'REPORT', 'BOOK', 'BROCHURE', 'VIDEO', 'TOOLKIT', 'CHECKLIST', 'COLUMN', 'MODEL_CHARTER', 'MAP', 'GUIDE', 'ASSESSMENT', 'PROGRAM', 'WORKSHOP', 'DATASET', 'WEB_PAGE')",
            name=op.f("ck_resource_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_resource_provenance_known")
        ),
        sa.CheckConstraint(
            "published_on_precision IN ('DAY', 'MONTH', 'YEAR')", name=op.f("ck_resource_published_on_precision_known")
        ),
        sa.CheckConstraint("substr(id, 1, 4) = 'res_' AND length(id) = 30", name=op.f("ck_resource_id_shape")),
        sa.CheckConstraint(
            "(published_on IS NULL) = (published_on_precision IS NULL)", name=op.f("ck_resource_published_precision")
        ),
        sa.CheckConstraint("length(publisher) BETWEEN 1 AND 200", name=op.f("ck_resource_publisher_length")),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 2000", name=op.f("ck_resource_summary_length")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 500", name=op.f("ck_resource_title_length")),
        sa.CheckConstraint("length(title_folded) BETWEEN 1 AND 1000", name=op.f("ck_resource_title_folded_length")),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_resource_url_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
    )
    op.create_index("ix_resource_published_on", "resource", ["published_on", "id"], unique=False)
    op.create_index("ix_resource_title", "resource", ["title", "id"], unique=False)
    if _is_postgresql():
        op.create_index("ix_resource_published_on_nulls_first", "resource", [sa.text("published_on NULLS FIRST"), "id"])


def _make_the_rest() -> None:
    _make_taxonomy()
    _make_resources()
    _make_places()
    if _is_postgresql():  # SQLite reads one index for both placements of nulls
        for table, name, column, within in NULLS_FIRST:
            op.create_index(f"{name}_nulls_first", table, [*within, sa.text(f"{column} NULLS FIRST"), "id"])


def _make_taxonomy() -> None:
    op.create_table(
        "author",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_author_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 7) = 'author_' AND length(id) = 33", name=op.f("ck_author_id_shape")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_author_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 400", name=op.f("ck_author_name_folded_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author")),
        sa.UniqueConstraint("name", name=op.f("uq_author_name")),
    )
    op.create_index("ix_author_name", "author", ["name", "id"])

    op.create_table(
        "practice_area",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_practice_area_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'area_' AND length(id) = 31", name=op.f("ck_practice_area_id_shape")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_practice_area_name_length")),
        sa.CheckConstraint("length(slug) BETWEEN 1 AND 60", name=op.f("ck_practice_area_slug_length")),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 500", name=op.f("ck_practice_area_summary_length")),
        sa.CheckConstraint("position BETWEEN 1 AND 1000", name=op.f("ck_practice_area_position_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_area")),
        sa.UniqueConstraint("slug", name=op.f("uq_practice_area_slug")),
    )
    op.create_index("ix_practice_area_position", "practice_area", ["position", "id"])

    op.create_table(
        "publisher",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_publisher_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 4) = 'pub_' AND length(id) = 30", name=op.f("ck_publisher_id_shape")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_publisher_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 400", name=op.f("ck_publisher_name_folded_length")),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_publisher_url_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publisher")),
        sa.UniqueConstraint("name", name=op.f("uq_publisher_name")),
    )
    op.create_index("ix_publisher_name", "publisher", ["name", "id"])

    op.create_table(
        "responsibility",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_responsibility_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'resp_' AND length(id) = 31", name=op.f("ck_responsibility_id_shape")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_responsibility_name_length")),
        sa.CheckConstraint("length(slug) BETWEEN 1 AND 60", name=op.f("ck_responsibility_slug_length")),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 500", name=op.f("ck_responsibility_summary_length")),
        sa.CheckConstraint("position BETWEEN 1 AND 1000", name=op.f("ck_responsibility_position_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility")),
        sa.UniqueConstraint("slug", name=op.f("uq_responsibility_slug")),
    )
    op.create_index("ix_responsibility_position", "responsibility", ["position", "id"])

    op.create_table(
        "series",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_series_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 7) = 'series_' AND length(id) = 33", name=op.f("ck_series_id_shape")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_series_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 400", name=op.f("ck_series_name_folded_length")),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 500", name=op.f("ck_series_summary_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("name", name=op.f("uq_series_name")),
    )
    op.create_index("ix_series_name", "series", ["name", "id"])

    op.create_table(
        "topic",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=True),
        sa.Column("parent_id", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_topic_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 6) = 'topic_' AND length(id) = 32", name=op.f("ck_topic_id_shape")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_topic_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 200", name=op.f("ck_topic_name_folded_length")),
        sa.CheckConstraint("length(slug) BETWEEN 1 AND 60", name=op.f("ck_topic_slug_length")),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 500", name=op.f("ck_topic_summary_length")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_topic_inside_another")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_topic_version_range")),
        sa.ForeignKeyConstraint(["parent_id"], ["topic.id"], name=op.f("fk_topic_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("slug", name=op.f("uq_topic_slug")),
    )
    op.create_index("ix_topic_name", "topic", ["name", "id"])
    op.create_index("ix_topic_parent_id", "topic", ["parent_id"])

    op.create_table(
        "format",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("media_type", TEXT, nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("kind IN ('WEB', 'PDF', 'PRINT')", name=op.f("ck_format_kind_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_format_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 7) = 'format_' AND length(id) = 33", name=op.f("ck_format_id_shape")),
        sa.CheckConstraint("length(media_type) BETWEEN 1 AND 100", name=op.f("ck_format_media_type_length")),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_format_url_length")),
        sa.CheckConstraint("size_bytes BETWEEN 1 AND 2000000000", name=op.f("ck_format_size_bytes_range")),
        sa.CheckConstraint(
            "url IS NOT NULL OR (media_type IS NULL AND size_bytes IS NULL)", name=op.f("ck_format_file_of_url")
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_format_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_format")),
        sa.UniqueConstraint("resource_id", "kind", name=op.f("uq_format_resource_id_kind")),
    )
    op.create_table(
        "hub_section",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("topic_id", TEXT, nullable=False),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "(rule = 'POPULAR') = (window_days IS NOT NULL)", name=op.f("ck_hub_section_window_of_popular")
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_hub_section_provenance_known")
        ),
        sa.CheckConstraint("rule IN ('CURATED', 'POPULAR', 'LATEST')", name=op.f("ck_hub_section_rule_known")),
        sa.CheckConstraint("substr(id, 1, 8) = 'section_' AND length(id) = 34", name=op.f("ck_hub_section_id_shape")),
        sa.CheckConstraint("length(slug) BETWEEN 1 AND 60", name=op.f("ck_hub_section_slug_length")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name=op.f("ck_hub_section_title_length")),
        sa.CheckConstraint("position BETWEEN 1 AND 1000", name=op.f("ck_hub_section_position_range")),
        sa.CheckConstraint("size BETWEEN 1 AND 100", name=op.f("ck_hub_section_size_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_hub_section_version_range")),
        sa.CheckConstraint("window_days BETWEEN 1 AND 3660", name=op.f("ck_hub_section_window_days_range")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_hub_section_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_section")),
        sa.UniqueConstraint("topic_id", "slug", name=op.f("uq_hub_section_topic_id_slug")),
    )
    op.create_index("ix_hub_section_topic", "hub_section", ["topic_id", "position", "id"])

    op.create_table(
        "periodical",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("publisher_id", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_periodical_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 11) = 'periodical_' AND length(id) = 37", name=op.f("ck_periodical_id_shape")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_periodical_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 400", name=op.f("ck_periodical_name_folded_length")),
        sa.ForeignKeyConstraint(["publisher_id"], ["publisher.id"], name=op.f("fk_periodical_publisher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periodical")),
        sa.UniqueConstraint("name", name=op.f("uq_periodical_name")),
    )
    op.create_index("ix_periodical_name", "periodical", ["name", "id"])
    op.create_index("ix_periodical_publisher_id", "periodical", ["publisher_id"])

    op.create_table(
        "practice_area_tag",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("practice_area_id", TEXT, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("basis IN ('SOURCE', 'EDITORIAL')", name=op.f("ck_practice_area_tag_basis_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_practice_area_tag_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 8) = 'areatag_' AND length(id) = 34", name=op.f("ck_practice_area_tag_id_shape")
        ),
        sa.ForeignKeyConstraint(
            ["practice_area_id"], ["practice_area.id"], name=op.f("fk_practice_area_tag_practice_area_id")
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_practice_area_tag_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_area_tag")),
        sa.UniqueConstraint(
            "resource_id", "practice_area_id", name=op.f("uq_practice_area_tag_resource_id_practice_area_id")
        ),
    )
    op.create_index("ix_practice_area_tag_practice_area_id", "practice_area_tag", ["practice_area_id"])

    op.create_table(
        "print_item",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("in_stock", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("backordered", sa.Integer(), nullable=False),
        sa.Column("available", sa.Integer(), sa.Computed("in_stock - reserved", persisted=True), nullable=True),
        sa.Column("reorder_level", sa.Integer(), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_print_item_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 6) = 'print_' AND length(id) = 32", name=op.f("ck_print_item_id_shape")),
        sa.CheckConstraint("backordered BETWEEN 0 AND 1000000", name=op.f("ck_print_item_backordered_range")),
        sa.CheckConstraint("in_stock BETWEEN 0 AND 1000000", name=op.f("ck_print_item_in_stock_range")),
        sa.CheckConstraint("lead_time_days BETWEEN 0 AND 365", name=op.f("ck_print_item_lead_time_days_range")),
        sa.CheckConstraint("length(label) BETWEEN 1 AND 200", name=op.f("ck_print_item_label_length")),
        sa.CheckConstraint("reorder_level BETWEEN 0 AND 1000000", name=op.f("ck_print_item_reorder_level_range")),
        sa.CheckConstraint("reserved <= in_stock", name=op.f("ck_print_item_reserved_in_stock")),
        sa.CheckConstraint("reserved BETWEEN 0 AND 1000000", name=op.f("ck_print_item_reserved_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_print_item_version_range")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_print_item_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_item")),
        sa.UniqueConstraint("resource_id", "label", name=op.f("uq_print_item_resource_id_label")),
    )
    op.create_index("ix_print_item_resource_id", "print_item", ["resource_id"])

    op.create_table(
        "resource_author",
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("author_id", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 1000", name=op.f("ck_resource_author_position_range")),
        sa.ForeignKeyConstraint(["author_id"], ["author.id"], name=op.f("fk_resource_author_author_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_author_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", "author_id", name=op.f("pk_resource_author")),
    )
    op.create_index("ix_resource_author_author_id", "resource_author", ["author_id"])
    op.create_index("ix_resource_author_place", "resource_author", ["resource_id", "position", "author_id"])

    op.create_table(
        "resource_view",
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.CheckConstraint("views BETWEEN 1 AND 1000000000", name=op.f("ck_resource_view_views_range")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_view_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", "day", name=op.f("pk_resource_view")),
    )
    op.create_index("ix_resource_view_day", "resource_view", ["day", "resource_id"])


def _make_resources() -> None:
    op.create_table(
        "revision",
        sa.Column("revision_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("title_folded", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=True),
        sa.Column("body", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("finer_kind", TEXT, nullable=True),
        sa.Column("publisher_id", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("link_kind", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("language_basis", TEXT, nullable=True),
        sa.Column("edition_label", TEXT, nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_on_precision", TEXT, nullable=True),
        sa.Column("access", TEXT, nullable=False),
        sa.Column("live_from", TIME, nullable=True),
        sa.Column("live_until", TIME, nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("begin_told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("end_told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("views", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("saved_by", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("access IN ('PUBLIC', 'MEMBER', 'STAFF')", name=op.f("ck_revision_access_known")),
        sa.CheckConstraint(
            "kind IN ('ARTICLE', 'REPORT', 'BOOK', 'BROCHURE', 'VIDEO', 'TOOLKIT', 'CHECKLIST', 'COLUMN', 'MODEL_CHARTER', 'MAP', 'GUIDE', 'ASSESSMENT', 'PROGRAM', 'WORKSHOP', 'DATASET', 'WEB_PAGE')",
            name=op.f("ck_revision_kind_known"),
        ),
        sa.CheckConstraint("language_basis IN ('SOURCE', 'EDITORIAL')", name=op.f("ck_revision_language_basis_known")),
        sa.CheckConstraint("link_kind IN ('WORK', 'ABOUT', 'LIST')", name=op.f("ck_revision_link_kind_known")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_revision_provenance_known")
        ),
        sa.CheckConstraint(
            "published_on_precision IN ('DAY', 'MONTH', 'YEAR')", name=op.f("ck_revision_published_on_precision_known")
        ),
        sa.CheckConstraint(
            "substr(revision_id, 1, 4) = 'rev_' AND length(revision_id) = 30",
            name=op.f("ck_revision_revision_id_shape"),
        ),
        sa.CheckConstraint("(language IS NULL) = (language_basis IS NULL)", name=op.f("ck_revision_basis_of_language")),
        sa.CheckConstraint(
            "(published_on IS NULL) = (published_on_precision IS NULL)", name=op.f("ck_revision_published_precision")
        ),
        sa.CheckConstraint("(url IS NULL) = (link_kind IS NULL)", name=op.f("ck_revision_link_kind_of_url")),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 100000", name=op.f("ck_revision_body_length")),
        sa.CheckConstraint("length(edition_label) BETWEEN 1 AND 100", name=op.f("ck_revision_edition_label_length")),
        sa.CheckConstraint("length(finer_kind) BETWEEN 1 AND 60", name=op.f("ck_revision_finer_kind_length")),
        sa.CheckConstraint("length(language) BETWEEN 1 AND 35", name=op.f("ck_revision_language_length")),
        sa.CheckConstraint("length(search_text) BETWEEN 1 AND 20000", name=op.f("ck_revision_search_text_length")),
        sa.CheckConstraint("length(slug) BETWEEN 1 AND 120", name=op.f("ck_revision_slug_length")),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 2000", name=op.f("ck_revision_summary_length")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 500", name=op.f("ck_revision_title_length")),
        sa.CheckConstraint("length(title_folded) BETWEEN 1 AND 1000", name=op.f("ck_revision_title_folded_length")),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_revision_url_length")),
        sa.CheckConstraint("live_from IS NOT NULL OR live_until IS NULL", name=op.f("ck_revision_ends_if_begun")),
        sa.CheckConstraint("live_until >= live_from", name=op.f("ck_revision_ends_after_begin")),
        sa.CheckConstraint("number BETWEEN 1 AND 1000000000", name=op.f("ck_revision_number_range")),
        sa.CheckConstraint("views >= 0", name=op.f("ck_revision_views_range")),
        sa.ForeignKeyConstraint(["id"], ["resource.id"], name=op.f("fk_revision_id")),
        sa.ForeignKeyConstraint(["publisher_id"], ["publisher.id"], name=op.f("fk_revision_publisher_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_revision_saved_by")),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_revision")),
        sa.UniqueConstraint("id", "live_from", name=op.f("uq_revision_id_live_from")),
        sa.UniqueConstraint("id", "number", name=op.f("uq_revision_id_number")),
    )
    op.create_index("ix_revision_created", "revision", ["created_at", "id"])
    op.create_index("ix_revision_live_from", "revision", ["live_from", "id"])
    op.create_index("ix_revision_published_on", "revision", ["published_on", "id"])
    op.create_index("ix_revision_publisher_id", "revision", ["publisher_id"])
    op.create_index("ix_revision_saved_by", "revision", ["saved_by"])
    op.create_index("ix_revision_slug", "revision", ["slug"])
    op.create_index("ix_revision_title", "revision", ["title", "id"])
    op.create_index("ix_revision_views", "revision", ["views", "id"])

    op.create_table(
        "series_part",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("series_id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_series_part_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'part_' AND length(id) = 31", name=op.f("ck_series_part_id_shape")),
        sa.CheckConstraint("number BETWEEN 1 AND 100000", name=op.f("ck_series_part_number_range")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_series_part_resource_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_series_part_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_part")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_series_part_series_id_number")),
        sa.UniqueConstraint("series_id", "resource_id", name=op.f("uq_series_part_series_id_resource_id")),
    )
    op.create_index("ix_series_part_resource_id", "series_part", ["resource_id"])
    op.create_index("ix_series_part_series_id_number", "series_part", ["series_id", "number", "id"])

    op.create_table(
        "topic_resource",
        sa.Column("topic_id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_topic_resource_resource_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_resource_topic_id")),
        sa.PrimaryKeyConstraint("topic_id", "resource_id", name=op.f("pk_topic_resource")),
    )
    op.create_index("ix_topic_resource_resource_id", "topic_resource", ["resource_id"])

    op.create_table(
        "audience_tag",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("campaign_kind", TEXT, nullable=True),
        sa.Column("state_code", TEXT, nullable=True),
        sa.Column("form", TEXT, nullable=True),
        sa.Column(
            "specificity",
            sa.Integer(),
            sa.Computed(
                "CASE WHEN campaign_kind IS NULL THEN 0 ELSE 1 END + CASE WHEN state_code IS NULL THEN 0 ELSE 1 END + CASE WHEN form IS NULL THEN 0 ELSE 1 END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("views", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("basis IN ('SOURCE', 'EDITORIAL')", name=op.f("ck_audience_tag_basis_known")),
        sa.CheckConstraint(
            "campaign_kind IN ('ADOPTION', 'RETENTION', 'CHARTER_CHANGE', 'POSITION_CREATION', 'CONSOLIDATION')",
            name=op.f("ck_audience_tag_campaign_kind_known"),
        ),
        sa.CheckConstraint(
            "form IN ('MAYOR_COUNCIL', 'COUNCIL_MANAGER', 'COUNCIL_ADMINISTRATOR', 'COMMISSION', 'TOWN_MEETING', 'REPRESENTATIVE_TOWN_MEETING', 'COUNTY_COMMISSION', 'COUNTY_ADMINISTRATOR', 'COUNTY_EXECUTIVE', 'OTHER')",
            name=op.f("ck_audience_tag_form_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_audience_tag_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 4) = 'aud_' AND length(id) = 30", name=op.f("ck_audience_tag_id_shape")),
        sa.CheckConstraint("views >= 0", name=op.f("ck_audience_tag_views_range")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_audience_tag_resource_id")),
        sa.ForeignKeyConstraint(["state_code"], ["state.code"], name=op.f("fk_audience_tag_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_tag")),
    )
    op.create_index("ix_audience_tag_kind", "audience_tag", ["campaign_kind", "state_code", "form"])
    op.create_index("ix_audience_tag_resource", "audience_tag", ["resource_id", "specificity", "id"])
    op.create_index("ix_audience_tag_state_code", "audience_tag", ["state_code"])


def _make_places() -> None:
    op.create_table(
        "periodical_issue",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("periodical_id", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("published_on_precision", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_periodical_issue_provenance_known")
        ),
        sa.CheckConstraint(
            "published_on_precision IN ('DAY', 'MONTH', 'YEAR')",
            name=op.f("ck_periodical_issue_published_on_precision_known"),
        ),
        sa.CheckConstraint(
            "substr(id, 1, 6) = 'issue_' AND length(id) = 32", name=op.f("ck_periodical_issue_id_shape")
        ),
        sa.CheckConstraint("length(label) BETWEEN 1 AND 100", name=op.f("ck_periodical_issue_label_length")),
        sa.ForeignKeyConstraint(["periodical_id"], ["periodical.id"], name=op.f("fk_periodical_issue_periodical_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_periodical_issue_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periodical_issue")),
        sa.UniqueConstraint("periodical_id", "label", name=op.f("uq_periodical_issue_periodical_id_label")),
    )
    op.create_index("ix_periodical_issue_date", "periodical_issue", ["periodical_id", "published_on", "id"])
    op.create_index("ix_periodical_issue_resource_id", "periodical_issue", ["resource_id"])

    op.create_table(
        "section_pin",
        sa.Column("section_id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 1000", name=op.f("ck_section_pin_position_range")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_section_pin_resource_id")),
        sa.ForeignKeyConstraint(["section_id"], ["hub_section.id"], name=op.f("fk_section_pin_section_id")),
        sa.PrimaryKeyConstraint("section_id", "resource_id", name=op.f("pk_section_pin")),
    )
    op.create_index("ix_section_pin_resource_id", "section_pin", ["resource_id"])

    op.create_table(
        "section_resource",
        sa.Column("section_id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 1000", name=op.f("ck_section_resource_position_range")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_section_resource_resource_id")),
        sa.ForeignKeyConstraint(["section_id"], ["hub_section.id"], name=op.f("fk_section_resource_section_id")),
        sa.PrimaryKeyConstraint("section_id", "resource_id", name=op.f("pk_section_resource")),
    )
    op.create_index("ix_section_resource_place", "section_resource", ["section_id", "position", "resource_id"])
    op.create_index("ix_section_resource_resource_id", "section_resource", ["resource_id"])

    op.create_table(
        "issue_resource",
        sa.Column("issue_id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 1000", name=op.f("ck_issue_resource_position_range")),
        sa.ForeignKeyConstraint(["issue_id"], ["periodical_issue.id"], name=op.f("fk_issue_resource_issue_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_issue_resource_resource_id")),
        sa.PrimaryKeyConstraint("issue_id", "resource_id", name=op.f("pk_issue_resource")),
    )
    op.create_index("ix_issue_resource_place", "issue_resource", ["issue_id", "position", "resource_id"])
    op.create_index("ix_issue_resource_resource_id", "issue_resource", ["resource_id"])

    op.create_table(
        "print_order",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("needed_on", sa.Date(), nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("shipped_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_print_order_provenance_known")
        ),
        sa.CheckConstraint("state <> 'PLACED' OR shipped_at IS NULL", name=op.f("ck_print_order_placed_only")),
        sa.CheckConstraint(
            "state IN ('PLACED', 'PARTLY_SHIPPED', 'SHIPPED', 'CANCELLED')", name=op.f("ck_print_order_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('PARTLY_SHIPPED', 'SHIPPED') OR shipped_at IS NOT NULL",
            name=op.f("ck_print_order_shipped_when"),
        ),
        sa.CheckConstraint("substr(id, 1, 6) = 'order_' AND length(id) = 32", name=op.f("ck_print_order_id_shape")),
        sa.CheckConstraint("length(address) BETWEEN 1 AND 1000", name=op.f("ck_print_order_address_length")),
        sa.CheckConstraint("length(note) BETWEEN 1 AND 1000", name=op.f("ck_print_order_note_length")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 1000", name=op.f("ck_print_order_reason_length")),
        sa.CheckConstraint("length(recipient) BETWEEN 1 AND 200", name=op.f("ck_print_order_recipient_length")),
        sa.CheckConstraint("version BETWEEN 1 AND 1000000000", name=op.f("ck_print_order_version_range")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_print_order_campaign_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_print_order_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_order")),
    )
    op.create_index("ix_print_order_campaign_id", "print_order", ["campaign_id"])
    op.create_index("ix_print_order_created", "print_order", ["created_at", "id"])
    op.create_index("ix_print_order_person_id", "print_order", ["person_id"])

    op.create_table(
        "print_order_line",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("order_id", TEXT, nullable=False),
        sa.Column("print_item_id", TEXT, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column(
            "backordered",
            sa.Integer(),
            sa.Computed("quantity - reserved - shipped - cancelled", persisted=True),
            nullable=True,
        ),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_print_order_line_provenance_known")
        ),
        sa.CheckConstraint(
            "substr(id, 1, 7) = 'copies_' AND length(id) = 33", name=op.f("ck_print_order_line_id_shape")
        ),
        sa.CheckConstraint("cancelled BETWEEN 0 AND 1000000", name=op.f("ck_print_order_line_cancelled_range")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000000", name=op.f("ck_print_order_line_quantity_range")),
        sa.CheckConstraint(
            "reserved + shipped + cancelled <= quantity", name=op.f("ck_print_order_line_within_quantity")
        ),
        sa.CheckConstraint("reserved BETWEEN 0 AND 1000000", name=op.f("ck_print_order_line_reserved_range")),
        sa.CheckConstraint("shipped BETWEEN 0 AND 1000000", name=op.f("ck_print_order_line_shipped_range")),
        sa.ForeignKeyConstraint(["order_id"], ["print_order.id"], name=op.f("fk_print_order_line_order_id")),
        sa.ForeignKeyConstraint(["print_item_id"], ["print_item.id"], name=op.f("fk_print_order_line_print_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_order_line")),
        sa.UniqueConstraint("order_id", "print_item_id", name=op.f("uq_print_order_line_order_id_print_item_id")),
    )
    op.create_index("ix_print_order_line_print_item_id", "print_order_line", ["print_item_id"])
