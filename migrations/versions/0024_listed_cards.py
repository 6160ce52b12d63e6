"""Where in a list a card at the desk was opened; answers whether something is fixed, to be counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import JSON

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.add_column("desk_cards", sa.Column("listed", JSON, nullable=True))
    checked = sa.text("event = 'checked'")
    op.create_index(
        "ix_happenings_checked",
        "happenings",
        ["service_request_id"],
        sqlite_where=checked,
        postgresql_where=checked,
    )
