"""Reports whose time has come are looked at in one order, however many have the same moment."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.drop_index("ix_service_requests_review_at", "service_requests")
    op.create_index("ix_service_requests_review_at", "service_requests", ["review_at", "id"])
