"""What came in and was handled; what goes out: letters (content) and envelopes (a letter for one address)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Json, Moment, Short

STATES = ("waiting", "claimed", "retry", "sent", "expired", "refused", "cancelled")
UNSENT = ("waiting", "claimed", "retry")


def _index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


class Seen(Base):
    """An update that has been handled: `key` is the channel's name for it."""

    __tablename__ = "seen"
    __table_args__ = (Index("ix_seen_seen_at", "seen_at"),)

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[Short] = mapped_column(primary_key=True)
    seen_at: Mapped[Moment]


class Mailing(Base):
    """All that was put for many under one subject, such as `poll:12`, and how far it has come.

    `put` counts its envelopes; `sent` and `failed` (by reason, or by state where no reason is known) count how they
    ended. They are kept with every change, so that nobody has to count envelopes. While `held_at` is set nothing of it
    goes out; once `stopped_at` is set, what is unsent is written off. `ended_at`: nothing of it is unsent any more.
    """

    __tablename__ = "mailings"
    __table_args__ = (_index("ix_mailings_under_way", "created_at", where="ended_at IS NULL"),)

    id: Mapped[Id]
    subject: Mapped[Short] = mapped_column(unique=True)
    put: Mapped[int] = mapped_column(BigInt, default=0)
    sent: Mapped[int] = mapped_column(BigInt, default=0)
    failed: Mapped[dict[str, int]] = mapped_column(default=dict)
    held_at: Mapped[Moment | None]
    stopped_at: Mapped[Moment | None]
    expires_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    created_at: Mapped[Moment]


class Letter(Base):
    """Content shared by many envelopes, in one language. `subject` says to which mailing it belongs."""

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_subject", "subject"),)

    id: Mapped[Id]
    subject: Mapped[Short]
    language: Mapped[str] = mapped_column(String(16))
    body: Mapped[dict[str, Any]]
    created_at: Mapped[Moment]


class Envelope(Base):
    """Something on its way to one address; the words are its own `body` or those of its letter.

    `lane`: 0 reply, 1 personal, 2 bulk. `not_before` is when it is due (again), `created_at` for what is due since it
    was put; a claim moves it to the end of its lease, so that the same query finds both what is due and what was
    claimed by somebody who died.
    `done_at` is set when it has come to an end: in all states but those in `UNSENT`.
    The same thing is never put twice: `once_key` is unique, or the address where it belongs to a mailing.
    `reference` is the channel's name for what was sent.
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
        CheckConstraint("(once_key IS NULL) <> (mailing_id IS NULL)", name="once"),
        # Indexes are few and partial: a letter to a million is a million entries in each that takes it in.
        _index(
            "ix_envelopes_due",
            "channel",
            "lane",
            "not_before",
            "id",
            where="done_at IS NULL AND letter_id IS NULL",
        ),
        # Without `not_before`, so that a claim changes nothing that is indexed and PostgreSQL can do it in place.
        _index(
            "ix_envelopes_of_letter",
            "letter_id",
            "channel",
            "id",
            where="done_at IS NULL AND letter_id IS NOT NULL",
        ),
        _index("ix_envelopes_done_at", "done_at", where="done_at IS NOT NULL"),
        _index("ix_envelopes_given_up", "done_at", where="state IN ('expired', 'refused')"),
        _index("uq_envelopes_once_key", "once_key", where="once_key IS NOT NULL", unique=True),
        Index("uq_envelopes_address_id", "address_id", "mailing_id", unique=True),
    )

    id: Mapped[Id]
    once_key: Mapped[str | None] = mapped_column(String(160))
    channel: Mapped[str] = mapped_column(String(16))
    # No foreign keys: to check them takes most of the time in which a letter to a million is put. A trigger takes the
    # envelopes along when an address goes.
    address_id: Mapped[int] = mapped_column(BigInt)
    mailing_id: Mapped[int | None] = mapped_column(BigInt)
    lane: Mapped[int] = mapped_column(SmallInteger)
    action: Mapped[str] = mapped_column(String(8), default="send")
    target: Mapped[str | None] = mapped_column(String(128))
    letter_id: Mapped[int | None] = mapped_column(BigInt)
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


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a mailing has come. `put` = `sent` + `waiting` + all of `failed`, which counts by reason.

    What was taken back counts as failed for the reason `TAKEN_BACK` from that moment on.
    """

    put: int
    sent: int
    waiting: int
    failed: dict[str, int]
    held: bool = False
    stopped: bool = False
