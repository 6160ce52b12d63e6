"""Reports: service requests, whom they concern, their history and pictures and reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OPEN = sa.text("status IN ('received', 'confirmed', 'investigating', 'planned', 'action_scheduled')")
EVENT = (
    "event IN ('reported', 'routed', 'handed_over', 'taken', 'status', 'answer', 'note', 'asked', 'replied', 'added', "
    "'joined', 'merged', 'split', 'reminded', 'asked_again', 'checked', 'hidden', 'shown')"
)
STATUS = (
    "status IN ('received', 'confirmed', 'investigating', 'planned', 'action_scheduled', 'fixed', 'unable_to_fix', "
    "'not_responsible', 'duplicate', 'internal_referral', 'closed')"
)
TO_FETCH = sa.text("media IS NOT NULL")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    _service_requests()
    _concerns()
    _happenings()
    _photos()
    _nudges()


def _concerns() -> None:
    op.create_table(
        "concerns",
        sa.Column("service_request_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("why", sa.String(length=8), nullable=False),
        sa.Column("wants", sa.String(length=8), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.CheckConstraint("wants IN ('all', 'end', 'none')", name=op.f("ck_concerns_wants")),
        sa.CheckConstraint("why IN ('reporter', 'same', 'follow')", name=op.f("ck_concerns_why")),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_concerns_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_request_id"],
            ["service_requests.id"],
            name=op.f("fk_concerns_service_request_id_service_requests"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_request_id", "resident_id", name=op.f("pk_concerns")),
    )
    op.create_index("ix_concerns_resident_id", "concerns", ["resident_id"])


def _happenings() -> None:
    op.create_table(
        "happenings",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("service_request_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=True),
        sa.Column("after", sa.String(length=20), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("officer_id", BIG, nullable=True),
        sa.Column("resident_id", BIG, nullable=True),
        sa.Column("team_id", BIG, nullable=True),
        sa.Column("details", JSON, nullable=False),
        sa.CheckConstraint(EVENT, name=op.f("ck_happenings_event")),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
            name=op.f("fk_happenings_officer_id_officers"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_happenings_resident_id_residents"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_request_id"],
            ["service_requests.id"],
            name=op.f("fk_happenings_service_request_id_service_requests"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_happenings_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happenings")),
    )
    op.create_index("ix_happenings_officer_id", "happenings", ["officer_id"])
    op.create_index("ix_happenings_resident_id", "happenings", ["resident_id"])
    op.create_index("ix_happenings_service_request_id_id", "happenings", ["service_request_id", "id"])


def _photos() -> None:
    op.create_table(
        "photos",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("service_request_id", BIG, nullable=False),
        sa.Column("happening_id", BIG, nullable=True),
        sa.Column("resident_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("media", JSON, nullable=True),
        sa.Column("file_key", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("hidden_because", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('problem', 'work')", name=op.f("ck_photos_kind")),
        sa.ForeignKeyConstraint(
            ["happening_id"],
            ["happenings.id"],
            name=op.f("fk_photos_happening_id_happenings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_photos_resident_id_residents"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_request_id"],
            ["service_requests.id"],
            name=op.f("fk_photos_service_request_id_service_requests"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
    )
    op.create_index("ix_photos_resident_id", "photos", ["resident_id"])
    op.create_index("ix_photos_service_request_id_id", "photos", ["service_request_id", "id"])
    op.create_index("ix_photos_to_fetch", "photos", ["id"], sqlite_where=TO_FETCH, postgresql_where=TO_FETCH)


def _nudges() -> None:
    op.create_table(
        "nudges",
        sa.Column("service_request_id", BIG, nullable=False),
        sa.Column("clock", sa.String(length=12), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["service_request_id"],
            ["service_requests.id"],
            name=op.f("fk_nudges_service_request_id_service_requests"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_request_id", "clock", "round", "step", name=op.f("pk_nudges")),
    )


def _service_requests() -> None:
    op.create_table("service_requests", *_what_it_is(), *_how_it_goes(), *_what_it_hangs_on())
    _found_by()


def _what_it_is() -> list[sa.Column[object]]:
    return [
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("service_request_id", sa.String(length=12), nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("service_code", sa.String(length=24), nullable=True),
        sa.Column("service_attributes", JSON, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("long", sa.Double(), nullable=True),
        sa.Column("cell", BIG, nullable=True),
        sa.Column("area_id", BIG, nullable=True),
        sa.Column("resident_id", BIG, nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
    ]


def _how_it_goes() -> list[sa.Column[object]]:
    return [
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("status_notes", sa.Text(), nullable=True),
        sa.Column("duplicate_of", BIG, nullable=True),
        sa.Column("body_id", BIG, nullable=True),
        sa.Column("team_id", BIG, nullable=True),
        sa.Column("officer_id", BIG, nullable=True),
        sa.Column("because", JSON, nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.Column("hops", sa.SmallInteger(), nullable=False),
        sa.Column("reopened", sa.SmallInteger(), nullable=False),
        sa.Column("requested_datetime", MOMENT, nullable=False),
        sa.Column("updated_datetime", MOMENT, nullable=False),
        sa.Column("acknowledge_by", MOMENT, nullable=True),
        sa.Column("answer_by", MOMENT, nullable=True),
        sa.Column("expected_datetime", MOMENT, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("waiting_since", MOMENT, nullable=True),
        sa.Column("planned_for", sa.Date(), nullable=True),
        sa.Column("check_at", MOMENT, nullable=True),
        sa.Column("found_fixed", sa.Boolean(), nullable=True),
        sa.Column("review_at", MOMENT, nullable=True),
        sa.Column("hidden_because", sa.Text(), nullable=True),
    ]


def _what_it_hangs_on() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(
            "(status = 'duplicate') = (duplicate_of IS NOT NULL)",
            name=op.f("ck_service_requests_duplicates_have_a_twin"),
        ),
        sa.CheckConstraint(STATUS, name=op.f("ck_service_requests_status")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_service_requests_area_id_areas")),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_service_requests_body_id_bodies")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_service_requests_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"],
            ["service_requests.id"],
            name=op.f("fk_service_requests_duplicate_of_service_requests"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
            name=op.f("fk_service_requests_officer_id_officers"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_service_requests_resident_id_residents"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_code"],
            ["services.service_code"],
            name=op.f("fk_service_requests_service_code_services"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_service_requests_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_requests")),
        sa.UniqueConstraint("service_request_id", name=op.f("uq_service_requests_service_request_id")),
    ]


def _found_by() -> None:
    op.create_index(
        "ix_service_requests_body_id_requested", "service_requests", ["body_id", "requested_datetime"]
    )
    op.create_index("ix_service_requests_check_at", "service_requests", ["check_at"])
    op.create_index("ix_service_requests_community_id_id", "service_requests", ["community_id", "id"])
    op.create_index(
        "ix_service_requests_desk",
        "service_requests",
        ["team_id", "id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_service_requests_duplicate_of", "service_requests", ["duplicate_of"])
    op.create_index(
        "ix_service_requests_near",
        "service_requests",
        ["cell", "service_code"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_service_requests_officer_id", "service_requests", ["officer_id"])
    op.create_index("ix_service_requests_resident_id", "service_requests", ["resident_id"])
    op.create_index("ix_service_requests_review_at", "service_requests", ["review_at"])
    op.create_index(
        "ix_service_requests_team_id_requested", "service_requests", ["team_id", "requested_datetime"]
    )
