"""The tables of the house."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("rated", sa.Boolean(), nullable=False),
        sa.Column("notice_vi", sa.Text(), nullable=False),
        sa.Column("notice_en", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_agencies_life")),
        sa.ForeignKeyConstraint(["parent_id"], ["agencies.id"], name=op.f("fk_agencies_parent_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("code", name=op.f("uq_agencies_code")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff", sa.String(length=120), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name_vi", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fields")),
        sa.UniqueConstraint("code", name=op.f("uq_fields_code")),
    )
    op.create_table(
        "imports",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_imports")),
    )
    op.create_table(
        "instruments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruments")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_instruments_code_version")),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("d", "b", "a", "p", name="releasestate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("built_by", sa.String(length=120), nullable=False),
        sa.Column("approved_by", sa.String(length=120), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_index(
        "uq_releases_published",
        "releases",
        ["organisation", "period", "version"],
        unique=True,
        sqlite_where=sa.text("state = 'p'"),
        postgresql_where=sa.text("state = 'p'"),
    )
    op.create_table(
        "agency_names",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_agency_names_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("agency_id", "language", "valid_from", name=op.f("pk_agency_names")),
    )
    op.create_table(
        "agency_successions",
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["agencies.id"], name=op.f("fk_agency_successions_predecessor_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["agencies.id"], name=op.f("fk_agency_successions_successor_id_agencies")
        ),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", name=op.f("pk_agency_successions")),
    )
    op.create_table(
        "headline_grades",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum("A", "B", "C", "D", "U", name="grade", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_headline_grades_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("agency_id", "year", name=op.f("pk_headline_grades")),
    )
    op.create_table(
        "periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("o", "c", name="periodstate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.CheckConstraint("ends > starts", name=op.f("ck_periods_order")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_periods_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["agencies.id"], name=op.f("fk_periods_organisation_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periods")),
        sa.UniqueConstraint("organisation_id", "label", name=op.f("uq_periods_organisation_id_label")),
    )
    op.create_table(
        "procedures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["field_id"], ["fields.id"], name=op.f("fk_procedures_field_id_fields")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedures")),
        sa.UniqueConstraint("code", name=op.f("uq_procedures_code")),
    )
    op.create_table(
        "release_files",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_release_files_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("release_id", "name", name=op.f("pk_release_files")),
    )
    op.create_table(
        "service_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_service_points_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["service_points.id"],
            name=op.f("fk_service_points_successor_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_points")),
        sa.UniqueConstraint("code", name=op.f("uq_service_points_code")),
    )
    op.create_table(
        "codes",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum("o", "u", "v", name="codestate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("period_id", sa.Integer(), nullable=True),
        sa.Column("competent_id", sa.Integer(), nullable=True),
        sa.Column("receiving_id", sa.Integer(), nullable=True),
        sa.Column("service_point_id", sa.Integer(), nullable=True),
        sa.Column("field_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum("c", "o", "p", "-", name="channel", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum("g", "r", "s", "w", "-", name="outcome", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "timeliness",
            sa.Enum("o", "l", "-", name="timeliness", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "respondent",
            sa.Enum("c", "e", "-", name="respondent", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "grade",
            sa.Enum("A", "B", "C", "D", "U", name="grade", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["competent_id"], ["agencies.id"], name=op.f("fk_codes_competent_id_agencies")
        ),
        sa.ForeignKeyConstraint(["field_id"], ["fields.id"], name=op.f("fk_codes_field_id_fields")),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_codes_period_id_periods")),
        sa.ForeignKeyConstraint(
            ["receiving_id"], ["agencies.id"], name=op.f("fk_codes_receiving_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"], ["service_points.id"], name=op.f("fk_codes_service_point_id_service_points")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_codes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counts",
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum("A", "B", "C", "D", "U", name="grade", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum("o", "k", "p", "t", "i", "m", name="mode", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=16), nullable=False),
        sa.Column("option", sa.String(length=1), nullable=False),
        sa.CheckConstraint("forms > 0", name=op.f("ck_counts_count")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_counts_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_counts_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_counts_period_id_periods")),
        sa.PrimaryKeyConstraint(
            "period_id",
            "agency_id",
            "grade",
            "mode",
            "instrument_id",
            "item",
            "option",
            name=op.f("pk_counts"),
        ),
    )
    op.create_table(
        "frames",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("c", "o", "p", "-", name="channel", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum("g", "r", "s", "w", "-", name="outcome", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "timeliness",
            sa.Enum("o", "l", "-", name="timeliness", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.CheckConstraint("dossiers >= 0", name=op.f("ck_frames_count")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_frames_agency_id_agencies")),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_frames_period_id_periods")),
        sa.PrimaryKeyConstraint(
            "period_id", "agency_id", "field", "channel", "outcome", "timeliness", name=op.f("pk_frames")
        ),
    )
    op.create_table(
        "received",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("competent_id", sa.Integer(), nullable=False),
        sa.Column("receiving_id", sa.Integer(), nullable=False),
        sa.Column("service_point_id", sa.Integer(), nullable=True),
        sa.Column("device", sa.SmallInteger(), nullable=True),
        sa.Column("field_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum("c", "o", "p", "-", name="channel", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum("g", "r", "s", "w", "-", name="outcome", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "timeliness",
            sa.Enum("o", "l", "-", name="timeliness", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum("o", "k", "p", "t", "i", "m", name="mode", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "grade",
            sa.Enum("A", "B", "C", "D", "U", name="grade", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "respondent",
            sa.Enum("c", "e", "-", name="respondent", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "standing",
            sa.Enum("c", "d", name="standing", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("answers", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["competent_id"], ["agencies.id"], name=op.f("fk_received_competent_id_agencies")
        ),
        sa.ForeignKeyConstraint(["field_id"], ["fields.id"], name=op.f("fk_received_field_id_fields")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_received_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_received_period_id_periods")),
        sa.ForeignKeyConstraint(
            ["receiving_id"], ["agencies.id"], name=op.f("fk_received_receiving_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_received_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_received_code_hash")),
    )
    op.create_table(
        "responses",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("competent_id", sa.Integer(), nullable=False),
        sa.Column("receiving_id", sa.Integer(), nullable=False),
        sa.Column("service_point_id", sa.Integer(), nullable=True),
        sa.Column("device", sa.SmallInteger(), nullable=True),
        sa.Column("field_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum("c", "o", "p", "-", name="channel", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum("g", "r", "s", "w", "-", name="outcome", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "timeliness",
            sa.Enum("o", "l", "-", name="timeliness", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum("o", "k", "p", "t", "i", "m", name="mode", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "grade",
            sa.Enum("A", "B", "C", "D", "U", name="grade", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "respondent",
            sa.Enum("c", "e", "-", name="respondent", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "standing",
            sa.Enum("c", "d", name="standing", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("answers", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["competent_id"], ["agencies.id"], name=op.f("fk_responses_competent_id_agencies")
        ),
        sa.ForeignKeyConstraint(["field_id"], ["fields.id"], name=op.f("fk_responses_field_id_fields")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_responses_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_responses_period_id_periods")),
        sa.ForeignKeyConstraint(
            ["receiving_id"], ["agencies.id"], name=op.f("fk_responses_receiving_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_responses_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("period_id", "id", name=op.f("pk_responses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tallies",
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum("A", "B", "C", "D", "U", name="grade", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum("o", "k", "p", "t", "i", "m", name="mode", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=16), nullable=False),
        sa.Column("option", sa.String(length=1), nullable=False),
        sa.CheckConstraint("responses > 0", name=op.f("ck_tallies_count")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_tallies_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_tallies_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_tallies_period_id_periods")),
        sa.PrimaryKeyConstraint(
            "period_id",
            "agency_id",
            "grade",
            "mode",
            "instrument_id",
            "item",
            "option",
            name=op.f("pk_tallies"),
        ),
    )


def downgrade() -> None:
    op.drop_table("tallies")
    op.drop_table("responses")
    op.drop_table("received")
    op.drop_table("frames")
    op.drop_table("counts")
    op.drop_table("codes")
    op.drop_table("service_points")
    op.drop_table("release_files")
    op.drop_table("procedures")
    op.drop_table("periods")
    op.drop_table("headline_grades")
    op.drop_table("agency_successions")
    op.drop_table("agency_names")
    op.drop_index(
        "uq_releases_published",
        table_name="releases",
        sqlite_where=sa.text("state = 'p'"),
        postgresql_where=sa.text("state = 'p'"),
    )
    op.drop_table("releases")
    op.drop_table("instruments")
    op.drop_table("imports")
    op.drop_table("fields")
    op.drop_table("audit")
    op.drop_table("agencies")
