"""What somebody did with reports is found by when they did it, for what one person may do in a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SOMEBODY = sa.text("resident_id IS NOT NULL")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.drop_index("ix_happenings_resident_id", "happenings")
    op.create_index(
        "ix_happenings_resident_id",
        "happenings",
        ["resident_id", "at"],
        sqlite_where=SOMEBODY,
        postgresql_where=SOMEBODY,
    )
