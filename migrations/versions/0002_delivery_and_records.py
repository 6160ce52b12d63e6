"""What comes in and goes out, what was done, and the web chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    facts()
    letters()
    seen()
    ticks()
    web_seals()
    web_sessions()
    web_lines()
    envelopes()


def facts() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )


def letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_subject", "letters", ["subject"], unique=False)


def seen() -> None:
    op.create_table(
        "seen",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "key", name=op.f("pk_seen")),
    )
    op.create_index("ix_seen_seen_at", "seen", ["seen_at"], unique=False)


def ticks() -> None:
    op.create_table(
        "ticks",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_ticks")),
    )


def web_seals() -> None:
    op.create_table(
        "web_seals",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_web_seals_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_seals")),
    )


def web_sessions() -> None:
    op.create_table(
        "web_sessions",
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("last_seq", BIG, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("codes", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_web_sessions")),
    )


def web_lines() -> None:
    op.create_table(
        "web_lines",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("rank", BIG, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("envelope", BIG, nullable=True),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("body", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('said', 'mine', 'toast')", name=op.f("ck_web_lines_kind")),
        sa.ForeignKeyConstraint(
            ["chat"], ["web_sessions.chat"], name=op.f("fk_web_lines_chat_web_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_lines")),
        sa.UniqueConstraint("chat", "key", name=op.f("uq_web_lines_chat_key")),
        sa.UniqueConstraint("envelope", name=op.f("uq_web_lines_envelope")),
    )
    op.create_index("ix_web_lines_at", "web_lines", ["at"], unique=False)
    op.create_index("ix_web_lines_chat_seq", "web_lines", ["chat", "seq"], unique=False)


def envelopes() -> None:
    op.create_table(
        "envelopes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("once_key", sa.String(length=160), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address_id", BIG, nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("target", sa.String(length=128), nullable=True),
        sa.Column("letter_id", BIG, nullable=True),
        sa.Column("body", JSON, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("reference", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("action IN ('send', 'edit', 'toast')", name=op.f("ck_envelopes_action")),
        sa.CheckConstraint(
            "state IN ('sent', 'expired', 'refused', 'cancelled') OR (body IS NULL) <> (letter_id IS NULL)",
            name=op.f("ck_envelopes_has_words"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'claimed', 'retry', 'sent', 'expired', 'refused', 'cancelled')",
            name=op.f("ck_envelopes_state"),
        ),
        sa.CheckConstraint("lane IN (0, 1, 2)", name=op.f("ck_envelopes_lane")),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["addresses.id"],
            name=op.f("fk_envelopes_address_id_addresses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_envelopes_letter_id_letters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelopes")),
        sa.UniqueConstraint("once_key", name=op.f("uq_envelopes_once_key")),
    )
    what_is_due()


def what_is_due() -> None:
    op.create_index("ix_envelopes_address_id", "envelopes", ["address_id"], unique=False)
    op.create_index(
        "ix_envelopes_due",
        "envelopes",
        ["channel", "lane", "not_before", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'claimed', 'retry')"),
        postgresql_where=sa.text("state IN ('waiting', 'claimed', 'retry')"),
    )
    op.create_index("ix_envelopes_letter_id", "envelopes", ["letter_id"], unique=False)
    op.create_index("ix_envelopes_state_done_at", "envelopes", ["state", "done_at"], unique=False)
