"""Announcements to a whole community, and the messages that show how far they have come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    broadcasts()
    followings()
    op.create_index(
        "ix_memberships_community_id_joined_at", "memberships", ["community_id", "joined_at"], unique=False
    )


def broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("sent_by", BIG, nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("put_at", MOMENT, nullable=True),
        sa.Column("corrected_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("tally", JSON, nullable=True),
        sa.CheckConstraint(
            "state IN ('sending', 'held', 'stopped', 'done')", name=op.f("ck_broadcasts_state")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_broadcasts_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["residents.id"], name=op.f("fk_broadcasts_sent_by_residents"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    op.create_index(
        "ix_broadcasts_community_id_sent_at", "broadcasts", ["community_id", "sent_at"], unique=False
    )
    op.create_index("ix_broadcasts_done_at", "broadcasts", ["done_at"], unique=False)
    op.create_index("ix_broadcasts_sent_by", "broadcasts", ["sent_by"], unique=False)


def followings() -> None:
    op.create_table(
        "followings",
        sa.Column("broadcast_id", BIG, nullable=False),
        sa.Column("address_id", BIG, nullable=False),
        sa.Column("target", sa.String(length=128), nullable=True),
        sa.Column("put_as", sa.String(length=160), nullable=True),
        sa.Column("shown", sa.String(length=64), nullable=True),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["addresses.id"],
            name=op.f("fk_followings_address_id_addresses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcasts.id"],
            name=op.f("fk_followings_broadcast_id_broadcasts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "address_id", name=op.f("pk_followings")),
    )
    op.create_index("ix_followings_address_id", "followings", ["address_id"], unique=False)
