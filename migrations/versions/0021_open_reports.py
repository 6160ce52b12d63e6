"""What is open in a community, and what has ended there lately, found without looking at anything else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OPEN = sa.text("status IN ('received', 'confirmed', 'investigating', 'planned', 'action_scheduled')")
ENDED = sa.text(
    "status IN ('fixed', 'unable_to_fix', 'not_responsible', 'duplicate', 'internal_referral', 'closed')"
)


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    table = "service_requests"
    op.create_index(
        "ix_service_requests_open", table, ["community_id", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index(
        "ix_service_requests_ended",
        table,
        ["community_id", "updated_datetime"],
        sqlite_where=ENDED,
        postgresql_where=ENDED,
    )
