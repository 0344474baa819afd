"""Loaded files; states, communities and their forms of government."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

NULLABLE_ORDERS = (
    ("community", "population"),
    ("form_period", "observed_on"),
)


def upgrade() -> None:
    op.create_table(
        "loaded_file",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("loaded_at", TIME, nullable=False),
        sa.CheckConstraint("length(digest) BETWEEN 1 AND 64", name=op.f("ck_loaded_file_digest_length")),
        sa.CheckConstraint("length(kind) BETWEEN 1 AND 50", name=op.f("ck_loaded_file_kind_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 255", name=op.f("ck_loaded_file_name_length")),
        sa.CheckConstraint("rows BETWEEN 0 AND 9007199254740992", name=op.f("ck_loaded_file_rows_range")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_loaded_file")),
    )
    op.create_table(
        "source",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("title_folded", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("publisher", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("licence", TEXT, nullable=True),
        sa.Column("attribution", TEXT, nullable=True),
        sa.Column("retrieved_on", sa.Date(), nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("length(search_text) BETWEEN 1 AND 20000", name=op.f("ck_source_search_text_length")),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_source_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 7) = 'source_' AND length(id) = 33", name=op.f("ck_source_id_shape")),
        sa.CheckConstraint("length(attribution) BETWEEN 1 AND 500", name=op.f("ck_source_attribution_length")),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 500", name=op.f("ck_source_key_length")),
        sa.CheckConstraint("length(licence) BETWEEN 1 AND 300", name=op.f("ck_source_licence_length")),
        sa.CheckConstraint("length(publisher) BETWEEN 1 AND 200", name=op.f("ck_source_publisher_length")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 300", name=op.f("ck_source_title_length")),
        sa.CheckConstraint("length(title_folded) BETWEEN 1 AND 600", name=op.f("ck_source_title_folded_length")),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_source_url_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("key", name=op.f("uq_source_key")),
    )
    op.create_index("ix_source_title", "source", ["title", "id"], unique=False)

    op.create_table(
        "state",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("fips", TEXT, nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_year", sa.Integer(), nullable=True),
        sa.Column("population_source_id", TEXT, nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_state_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 6) = 'state_' AND length(id) = 32", name=op.f("ck_state_id_shape")),
        sa.CheckConstraint("length(code) BETWEEN 1 AND 2", name=op.f("ck_state_code_length")),
        sa.CheckConstraint("length(fips) BETWEEN 1 AND 2", name=op.f("ck_state_fips_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_state_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 200", name=op.f("ck_state_name_folded_length")),
        sa.CheckConstraint("population BETWEEN 0 AND 1000000000", name=op.f("ck_state_population_range")),
        sa.CheckConstraint("population_year BETWEEN 1790 AND 2200", name=op.f("ck_state_population_year_range")),
        sa.ForeignKeyConstraint(["population_source_id"], ["source.id"], name=op.f("fk_state_population_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state")),
        sa.UniqueConstraint("code", name=op.f("uq_state_code")),
        sa.UniqueConstraint("fips", name=op.f("uq_state_fips")),
    )
    op.create_index("ix_state_code", "state", ["code", "id"], unique=False)
    op.create_index("ix_state_name", "state", ["name", "id"], unique=False)

    op.create_table(
        "community",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("geoid", TEXT, nullable=False),
        sa.Column("ocd_id", TEXT, nullable=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_folded", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("short_name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state_code", TEXT, nullable=False),
        sa.Column("county_geoid", TEXT, nullable=True),
        sa.Column("county_name", TEXT, nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_year", sa.Integer(), nullable=True),
        sa.Column("population_source_id", TEXT, nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("website", TEXT, nullable=True),
        sa.Column("website_source_id", TEXT, nullable=True),
        sa.Column("form_of_government", TEXT, nullable=True),
        sa.Column("form_as_of", sa.Date(), nullable=True),
        sa.Column("form_as_of_precision", TEXT, nullable=True),
        sa.Column("form_confidence", TEXT, nullable=True),
        sa.Column("form_source_id", TEXT, nullable=True),
        sa.Column("chief_official_title", TEXT, nullable=True),
        sa.Column("home_rule_charter_year", sa.Integer(), nullable=True),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("length(search_text) BETWEEN 1 AND 20000", name=op.f("ck_community_search_text_length")),
        sa.CheckConstraint(
            "form_as_of_precision IN ('DAY', 'MONTH', 'YEAR')", name=op.f("ck_community_form_as_of_precision_known")
        ),
        sa.CheckConstraint(
            "form_confidence IN ('HIGH', 'MEDIUM', 'LOW')", name=op.f("ck_community_form_confidence_known")
        ),
        sa.CheckConstraint(
            "form_of_government IN ('MAYOR_COUNCIL', 'COUNCIL_MANAGER', 'COUNCIL_ADMINISTRATOR', 'COMMISSION', 'TOWN_MEETING', 'REPRESENTATIVE_TOWN_MEETING', 'COUNTY_COMMISSION', 'COUNTY_ADMINISTRATOR', 'COUNTY_EXECUTIVE', 'OTHER')",
            name=op.f("ck_community_form_of_government_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('CITY', 'TOWN', 'VILLAGE', 'BOROUGH', 'TOWNSHIP', 'PLANTATION', 'MUNICIPALITY', 'MUNICIPIO', 'COUNTY', 'PARISH', 'CENSUS_AREA', 'CITY_AND_BOROUGH', 'CONSOLIDATED', 'CORPORATION')",
            name=op.f("ck_community_kind_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_community_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'comm_' AND length(id) = 31", name=op.f("ck_community_id_shape")),
        sa.CheckConstraint(
            "home_rule_charter_year BETWEEN 1600 AND 2200", name=op.f("ck_community_home_rule_charter_year_range")
        ),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_community_latitude_range")),
        sa.CheckConstraint(
            "length(chief_official_title) BETWEEN 1 AND 100", name=op.f("ck_community_chief_official_title_length")
        ),
        sa.CheckConstraint("length(county_geoid) BETWEEN 1 AND 5", name=op.f("ck_community_county_geoid_length")),
        sa.CheckConstraint("length(county_name) BETWEEN 1 AND 200", name=op.f("ck_community_county_name_length")),
        sa.CheckConstraint("length(geoid) BETWEEN 1 AND 10", name=op.f("ck_community_geoid_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_community_name_length")),
        sa.CheckConstraint("length(name_folded) BETWEEN 1 AND 400", name=op.f("ck_community_name_folded_length")),
        sa.CheckConstraint("length(ocd_id) BETWEEN 1 AND 200", name=op.f("ck_community_ocd_id_length")),
        sa.CheckConstraint("length(short_name) BETWEEN 1 AND 200", name=op.f("ck_community_short_name_length")),
        sa.CheckConstraint("length(website) BETWEEN 1 AND 500", name=op.f("ck_community_website_length")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_community_longitude_range")),
        sa.CheckConstraint("population BETWEEN 0 AND 1000000000", name=op.f("ck_community_population_range")),
        sa.CheckConstraint("population_year BETWEEN 1790 AND 2200", name=op.f("ck_community_population_year_range")),
        sa.ForeignKeyConstraint(["form_source_id"], ["source.id"], name=op.f("fk_community_form_source_id")),
        sa.ForeignKeyConstraint(
            ["population_source_id"], ["source.id"], name=op.f("fk_community_population_source_id")
        ),
        sa.ForeignKeyConstraint(["state_code"], ["state.code"], name=op.f("fk_community_state_code")),
        sa.ForeignKeyConstraint(["website_source_id"], ["source.id"], name=op.f("fk_community_website_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("geoid", name=op.f("uq_community_geoid")),
        sa.UniqueConstraint("ocd_id", name=op.f("uq_community_ocd_id")),
    )
    op.create_index("ix_community_form", "community", ["form_of_government", "id"], unique=False)
    op.create_index("ix_community_geoid", "community", ["geoid", "id"], unique=False)
    op.create_index("ix_community_name", "community", ["name", "id"], unique=False)
    op.create_index("ix_community_population", "community", ["population", "id"], unique=False)
    op.create_index("ix_community_state_name", "community", ["state_code", "name", "id"], unique=False)

    op.create_table(
        "form_period",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("community_id", TEXT, nullable=False),
        sa.Column("form", TEXT, nullable=False),
        sa.Column("mayor_strength", TEXT, nullable=True),
        sa.Column("local_name", TEXT, nullable=True),
        sa.Column("detail", TEXT, nullable=True),
        sa.Column("chief_official_title", TEXT, nullable=True),
        sa.Column("has_chief_administrative_officer", sa.Boolean(), nullable=True),
        sa.Column("legal_basis", TEXT, nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("locked_until", sa.Date(), nullable=True),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=True),
        sa.Column("observed_on_precision", TEXT, nullable=True),
        sa.Column("date_inferred", sa.Boolean(), nullable=False),
        sa.Column("confidence", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "basis IN ('DIRECTORY', 'BEFORE_VOTE', 'AFTER_VOTE')", name=op.f("ck_form_period_basis_known")
        ),
        sa.CheckConstraint("confidence IN ('HIGH', 'MEDIUM', 'LOW')", name=op.f("ck_form_period_confidence_known")),
        sa.CheckConstraint(
            "form IN ('MAYOR_COUNCIL', 'COUNCIL_MANAGER', 'COUNCIL_ADMINISTRATOR', 'COMMISSION', 'TOWN_MEETING', 'REPRESENTATIVE_TOWN_MEETING', 'COUNTY_COMMISSION', 'COUNTY_ADMINISTRATOR', 'COUNTY_EXECUTIVE', 'OTHER')",
            name=op.f("ck_form_period_form_known"),
        ),
        sa.CheckConstraint(
            "mayor_strength IN ('STRONG', 'WEAK', 'UNKNOWN')", name=op.f("ck_form_period_mayor_strength_known")
        ),
        sa.CheckConstraint(
            "observed_on_precision IN ('DAY', 'MONTH', 'YEAR')", name=op.f("ck_form_period_observed_on_precision_known")
        ),
        sa.CheckConstraint(
            "provenance IN ('REPORTED', 'ENTERED', 'FICTIONAL')", name=op.f("ck_form_period_provenance_known")
        ),
        sa.CheckConstraint("substr(id, 1, 5) = 'form_' AND length(id) = 31", name=op.f("ck_form_period_id_shape")),
        sa.CheckConstraint(
            "(observed_on IS NULL) = (observed_on_precision IS NULL)", name=op.f("ck_form_period_observed_precision")
        ),
        sa.CheckConstraint("effective_to >= effective_from", name=op.f("ck_form_period_effective_order")),
        sa.CheckConstraint(
            "length(chief_official_title) BETWEEN 1 AND 100", name=op.f("ck_form_period_chief_official_title_length")
        ),
        sa.CheckConstraint("length(detail) BETWEEN 1 AND 500", name=op.f("ck_form_period_detail_length")),
        sa.CheckConstraint("length(legal_basis) BETWEEN 1 AND 200", name=op.f("ck_form_period_legal_basis_length")),
        sa.CheckConstraint("length(local_name) BETWEEN 1 AND 200", name=op.f("ck_form_period_local_name_length")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_form_period_community_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_form_period_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_period")),
    )
    op.create_index("ix_form_period_community", "form_period", ["community_id", "observed_on", "id"], unique=False)
    op.create_index("ix_form_period_observed_on", "form_period", ["observed_on", "id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":  # SQLite reads one index for both placements of nulls
        for table, column in NULLABLE_ORDERS:
            nulls_first = sa.text(f"{column} NULLS FIRST")
            op.create_index(f"ix_{table}_{column}_nulls_first", table, [nulls_first, "id"])


def downgrade() -> None:
    op.drop_index("ix_form_period_observed_on", "form_period")
    op.drop_index("ix_form_period_community", "form_period")

    op.drop_table("form_period")
    op.drop_index("ix_community_state_name", "community")
    op.drop_index("ix_community_population", "community")
    op.drop_index("ix_community_name", "community")
    op.drop_index("ix_community_geoid", "community")
    op.drop_index("ix_community_form", "community")

    op.drop_table("community")
    op.drop_index("ix_state_name", "state")
    op.drop_index("ix_state_code", "state")

    op.drop_table("state")
    op.drop_index("ix_source_title", "source")

    op.drop_table("source")
    op.drop_table("loaded_file")
