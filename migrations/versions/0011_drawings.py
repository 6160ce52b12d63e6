"""Pictures drawn when they are first wanted, and how those who answered a poll differ from everybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import JSON

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    with op.batch_alter_table("files") as files:
        files.add_column(sa.Column("drawing", JSON, nullable=True))
        files.alter_column("content", existing_type=sa.LargeBinary(), nullable=True)
    op.add_column("polls", sa.Column("differs", JSON, nullable=True))
