"""Indexes of people hold only rows with somebody in them; those by which numbers are counted leave out what is old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SOMEBODY = {
    "ix_service_requests_resident_id": ("service_requests", ["resident_id", "requested_datetime"]),
    "ix_service_requests_officer_id": ("service_requests", ["officer_id"]),
    "ix_service_requests_duplicate_of": ("service_requests", ["duplicate_of"]),
    "ix_happenings_officer_id": ("happenings", ["officer_id"]),
    "ix_happenings_resident_id": ("happenings", ["resident_id"]),
    "ix_photos_resident_id": ("photos", ["resident_id"]),
}
OPEN = sa.text("status IN ('received', 'confirmed', 'investigating', 'planned', 'action_scheduled')")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    for name, (table, columns) in SOMEBODY.items():
        somebody = sa.text(f"{columns[0]} IS NOT NULL")
        op.drop_index(name, table)
        op.create_index(name, table, columns, sqlite_where=somebody, postgresql_where=somebody)
    op.drop_index("ix_service_requests_community_id_id", "service_requests")
    op.create_index(
        "ix_service_requests_community_id_requested",
        "service_requests",
        ["community_id", "requested_datetime"],
    )
    op.create_index(
        "ix_service_requests_open_body",
        "service_requests",
        ["body_id", "id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
