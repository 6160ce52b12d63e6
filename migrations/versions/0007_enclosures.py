"""Pictures and documents that go with announcements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.create_table(
        "enclosures",
        sa.Column("broadcast_id", BIG, nullable=False),
        sa.Column("edition", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("size", BIG, nullable=True),
        sa.Column("type", sa.String(length=120), nullable=True),
        sa.Column("about", sa.String(length=300), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('photo', 'document')", name=op.f("ck_enclosures_kind")),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcasts.id"],
            name=op.f("fk_enclosures_broadcast_id_broadcasts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "edition", name=op.f("pk_enclosures")),
    )
    op.create_index("ix_enclosures_key", "enclosures", ["key"], unique=False)
