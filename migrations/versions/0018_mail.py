"""What belongs to e-mail: addresses as long as they may be, who has shown themselves, and mails that wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    with op.batch_alter_table("addresses") as addresses:
        addresses.alter_column(
            "chat", type_=sa.String(254), existing_type=sa.String(64), existing_nullable=False
        )
    if op.get_bind().dialect.name == "sqlite":  # where the table was made anew, without what hung on it
        op.execute(
            "CREATE TRIGGER envelopes_leave AFTER DELETE ON addresses BEGIN"
            " DELETE FROM envelopes WHERE address_id = OLD.id; END"
        )
    _mailboxes()
    _held_mails()


def _mailboxes() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("address_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("trouble", sa.String(64), nullable=True),
        sa.Column("troubled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["addresses.id"],
            name=op.f("fk_mailboxes_address_id_addresses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("address_id", name=op.f("pk_mailboxes")),
    )


def _held_mails() -> None:
    op.create_table(
        "held_mails",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("address_id", BIG, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("about", sa.String(24), nullable=False),
        sa.Column("sent_to", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("media", JSON, nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["addresses.id"],
            name=op.f("fk_held_mails_address_id_addresses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sent_to"],
            ["addresses.id"],
            name=op.f("fk_held_mails_sent_to_addresses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_mails")),
        sa.UniqueConstraint("address_id", "key", name=op.f("uq_held_mails_address_id_key")),
    )
    op.create_index("ix_held_mails_sent_to", "held_mails", ["sent_to"])
    op.create_index("ix_held_mails_held_at", "held_mails", ["held_at"])
