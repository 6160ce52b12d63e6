"""When a resident contributed for the first time stands on the resident, so that no vote has to look for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.add_column("residents", sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE residents SET agreed_at ="
        " (SELECT min(agreed_at) FROM consents WHERE consents.resident_id = residents.id)"
    )
