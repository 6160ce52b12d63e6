"""The index of a community's open reports is the newest one: where SQLite reckons two to be as good, it takes that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OPEN = sa.text("status IN ('received', 'confirmed', 'investigating', 'planned', 'action_scheduled')")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index("ix_service_requests_open", "service_requests")
    op.create_index("ix_service_requests_open", "service_requests", ["community_id", "id"], sqlite_where=OPEN)
