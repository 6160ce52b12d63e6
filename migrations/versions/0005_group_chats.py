"""Group chats of a community, and the messages in them that show how something stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, MOMENT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.add_column("addresses", sa.Column("language", sa.String(length=16), nullable=True))
    group_chats()
    group_codes()
    boards()


def group_chats() -> None:
    op.create_table(
        "group_chats",
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("address_id", BIG, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_group_chats_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["addresses.id"],
            name=op.f("fk_group_chats_address_id_addresses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "address_id", name=op.f("pk_group_chats")),
    )
    op.create_index("ix_group_chats_address_id", "group_chats", ["address_id"], unique=False)


def group_codes() -> None:
    op.create_table(
        "group_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_group_codes_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_group_codes_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_group_codes")),
    )
    op.create_index("ix_group_codes_resident_id", "group_codes", ["resident_id"], unique=False)
    op.create_index("ix_group_codes_community_id", "group_codes", ["community_id"], unique=False)


def boards() -> None:
    op.create_table(
        "boards",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("address_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("shown", BIG, nullable=True),
        sa.Column("told", BIG, nullable=True),
        sa.Column("envelope_id", BIG, nullable=True),
        sa.Column("reference", sa.String(length=128), nullable=True),
        sa.Column("last", sa.Boolean(), nullable=False),
        sa.Column("puts", BIG, nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_boards_address_id_addresses"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("address_id", "kind", "number", name=op.f("uq_boards_address_id_kind_number")),
    )
    op.create_index(
        "ix_boards_live",
        "boards",
        ["kind", "number"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
