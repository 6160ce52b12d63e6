"""Files whose content lies in the store, outside of the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.add_column("files", sa.Column("stored", sa.String(64), nullable=True))
    op.create_index("ix_files_stored", "files", ["stored"])
