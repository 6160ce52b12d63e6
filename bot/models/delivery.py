"""What came in and was handled; what goes out: letters (content) and envelopes (a letter for one address)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Json, Moment, Short

STATES = ("waiting", "claimed", "retry", "sent", "expired", "refused", "cancelled")
UNSENT = ("waiting", "claimed", "retry")


class Seen(Base):
    """An update that has been handled: `key` is the channel's name for it."""

    __tablename__ = "seen"
    __table_args__ = (Index("ix_seen_seen_at", "seen_at"),)

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[Short] = mapped_column(primary_key=True)
    seen_at: Mapped[Moment]


class Letter(Base):
    """Content shared by many envelopes, in one language. `subject` says what it is about, such as `poll:12`."""

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_subject", "subject"),)

    id: Mapped[Id]
    subject: Mapped[Short]
    language: Mapped[str] = mapped_column(String(16))
    body: Mapped[dict[str, Any]]
    created_at: Mapped[Moment]


class Envelope(Base):
    """Something on its way to one address; the words are its own `body` or those of its letter.

    `lane`: 0 reply, 1 personal, 2 bulk. `not_before` is when it is due (again); a claim moves it to the end of
    its lease, so that one index finds both what is due and what was claimed by somebody who died.
    `once_key` is unique: the same thing is never put twice. `reference` is the channel's name for what was sent.
    """

    __tablename__ = "envelopes"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("action IN ('send', 'edit', 'toast')", name="action"),
        CheckConstraint("lane IN (0, 1, 2)", name="lane"),
        CheckConstraint(
            "state IN ('sent', 'expired', 'refused', 'cancelled') OR (body IS NULL) <> (letter_id IS NULL)",
            name="has_words",
        ),
        Index(
            "ix_envelopes_due",
            "channel",
            "lane",
            "not_before",
            "id",
            sqlite_where=text("state IN ('waiting', 'claimed', 'retry')"),
            postgresql_where=text("state IN ('waiting', 'claimed', 'retry')"),
        ),
        Index("ix_envelopes_address_id", "address_id"),
        Index("ix_envelopes_letter_id", "letter_id"),
        Index("ix_envelopes_state_done_at", "state", "done_at"),
    )

    id: Mapped[Id]
    once_key: Mapped[str] = mapped_column(String(160), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    address_id: Mapped[int] = mapped_column(BigInt, ForeignKey("addresses.id", ondelete="CASCADE"))
    lane: Mapped[int] = mapped_column(SmallInteger)
    action: Mapped[str] = mapped_column(String(8), default="send")
    target: Mapped[str | None] = mapped_column(String(128))
    letter_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("letters.id"))
    body: Mapped[dict[str, Any] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    claimed_by: Mapped[Short | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[Moment]
    not_before: Mapped[Moment]
    expires_at: Mapped[Moment | None]
    done_at: Mapped[Moment | None]
    reference: Mapped[str | None] = mapped_column(String(128))
    reason: Mapped[str | None] = mapped_column(String(200))
