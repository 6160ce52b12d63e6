"""Bodies with teams, officers and areas, what they do where, named places, and links on lamp posts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    _bodies()
    _named_places()
    _services()
    _areas()
    _teams()
    _duties()
    _officers()
    _emergencies()
    _spots()
    _borders()


def _bodies() -> None:
    op.create_table(
        "bodies",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=64), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("calendar", sa.String(length=16), nullable=True),
        sa.Column("closed_days", JSON, nullable=False),
        sa.Column("working_week", JSON, nullable=False),
        sa.Column("contact", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bodies")),
        sa.UniqueConstraint("slug", name=op.f("uq_bodies_slug")),
    )


def _named_places() -> None:
    op.create_table(
        "named_places",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("folded", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("within", sa.String(length=300), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("long", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_places")),
        sa.UniqueConstraint("name", "within", "kind", name=op.f("uq_named_places_name_within_kind")),
    )
    op.create_index("ix_named_places_folded", "named_places", ["folded"])


def _services() -> None:
    op.create_table(
        "services",
        sa.Column("service_code", sa.String(length=24), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("descriptions", JSON, nullable=False),
        sa.Column("keywords", JSON, nullable=False),
        sa.Column("group", sa.String(length=64), nullable=True),
        sa.Column("attributes", JSON, nullable=False),
        sa.Column("service_notice", JSON, nullable=False),
        sa.Column("radius", sa.SmallInteger(), nullable=False),
        sa.Column("months", JSON, nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("order", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service_code", name=op.f("pk_services")),
    )


def _areas() -> None:
    op.create_table(
        "areas",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body_id", BIG, nullable=True),
        sa.Column("geometry", JSON, nullable=False),
        sa.Column("size", sa.Double(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_areas_body_id_bodies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("slug", name=op.f("uq_areas_slug")),
    )
    op.create_index("ix_areas_body_id", "areas", ["body_id"])


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=300), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_teams_body_id_bodies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("body_id", "slug", name=op.f("uq_teams_body_id_slug")),
    )


def _duties() -> None:
    op.create_table(
        "duties",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("team_id", BIG, nullable=False),
        sa.Column("service_code", sa.String(length=24), nullable=False),
        sa.Column("area_id", BIG, nullable=True),
        sa.Column("acknowledge_days", sa.SmallInteger(), nullable=False),
        sa.Column("answer_days", sa.SmallInteger(), nullable=False),
        sa.Column("resolve_days", sa.SmallInteger(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("community_id", BIG, nullable=True),
        sa.Column("made_by", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_duties_area_id_areas")),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_duties_body_id_bodies")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_duties_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["residents.id"], name=op.f("fk_duties_made_by_residents"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["service_code"], ["services.service_code"], name=op.f("fk_duties_service_code_services")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_duties_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
    )
    op.create_index("ix_duties_area_id", "duties", ["area_id"])
    op.create_index("ix_duties_body_id", "duties", ["body_id"])
    op.create_index("ix_duties_community_id", "duties", ["community_id"])
    op.create_index("ix_duties_made_by", "duties", ["made_by"])
    op.create_index("ix_duties_service_code", "duties", ["service_code"])
    op.create_index("ix_duties_team_id", "duties", ["team_id"])


def _officers() -> None:
    op.create_table(
        "officers",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("team_id", BIG, nullable=True),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("post", sa.String(length=16), nullable=False),
        sa.Column("mailbox", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(team_id IS NULL) = (post IN ('director', 'councillor'))",
            name=op.f("ck_officers_teams_have_officers"),
        ),
        sa.CheckConstraint(
            "post IN ('officer', 'lead', 'director', 'councillor')", name=op.f("ck_officers_post")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_officers_body_id_bodies")),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_officers_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_officers_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint(
            "body_id", "team_id", "resident_id", name=op.f("uq_officers_body_id_team_id_resident_id")
        ),
    )
    op.create_index("ix_officers_resident_id", "officers", ["resident_id"])
    op.create_index("ix_officers_team_id", "officers", ["team_id"])


def _emergencies() -> None:
    op.create_table(
        "emergencies",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("keywords", JSON, nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("area_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_emergencies_area_id_areas")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_emergencies")),
    )
    op.create_index("ix_emergencies_area_id", "emergencies", ["area_id"])


def _spots() -> None:
    op.create_table(
        "spots",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("long", sa.Double(), nullable=False),
        sa.Column("service_code", sa.String(length=24), nullable=True),
        sa.Column("made_by", BIG, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_spots_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["residents.id"], name=op.f("fk_spots_made_by_residents"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["service_code"], ["services.service_code"], name=op.f("fk_spots_service_code_services")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_spots")),
    )
    op.create_index("ix_spots_community_id", "spots", ["community_id"])
    op.create_index("ix_spots_made_by", "spots", ["made_by"])


def _borders() -> None:
    with op.batch_alter_table("communities") as communities:
        communities.add_column(sa.Column("area_id", BIG, nullable=True))
        communities.create_foreign_key(op.f("fk_communities_area_id_areas"), "areas", ["area_id"], ["id"])
