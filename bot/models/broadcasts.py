"""Announcements: what an organiser told a whole community, and the messages that show how far that has come."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Json, Moment, Short

BROADCAST_STATES = ("sending", "held", "stopped", "done")


class Broadcast(Base):
    """Something told to everyone in a community. `texts` maps a language to its version, `language` is the one for
    readers who have no version of their own.

    `edition` is 1 as first sent and grows with each correction; `put_at` is when this edition was put in the outbox,
    null while the letters of the edition before are still being settled. `done_at` is when the last letter had come to
    its end; `tally` keeps the numbers from then on.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (
        CheckConstraint(f"state IN {BROADCAST_STATES}", name="state"),
        Index("ix_broadcasts_community_id_sent_at", "community_id", "sent_at"),
        Index("ix_broadcasts_done_at", "done_at"),
        Index("ix_broadcasts_sent_by", "sent_by"),
    )

    id: Mapped[Id]
    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"))
    sent_by: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(String(16))
    texts: Mapped[dict[str, str]]
    state: Mapped[str] = mapped_column(String(8), default="sending")
    edition: Mapped[int] = mapped_column(SmallInteger, default=1)
    sent_at: Mapped[Moment]
    put_at: Mapped[Moment | None]
    corrected_at: Mapped[Moment | None]
    done_at: Mapped[Moment | None]
    tally: Mapped[dict[str, Any] | None] = mapped_column(Json)

    @property
    def subject(self) -> str:
        """What the letters of this edition are about, in the outbox."""
        return self.subjects[-1]

    @property
    def subjects(self) -> list[str]:
        """The subjects of all editions so far."""
        return [f"announcement:{self.id}:{edition}" for edition in range(1, self.edition + 1)]


class Enclosure(Base):
    """The picture or document of one edition of an announcement; what the columns mean is said at `Media`.

    `key` cannot be guessed: whoever knows it may see the copy. It stays the same while the file does.
    """

    __tablename__ = "enclosures"
    __table_args__ = (
        CheckConstraint("kind IN ('photo', 'document')", name="kind"),
        Index("ix_enclosures_key", "key"),
    )

    broadcast_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("broadcasts.id", ondelete="CASCADE"), primary_key=True
    )
    edition: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    key: Mapped[Short]
    kind: Mapped[str] = mapped_column(String(8))
    files: Mapped[dict[str, str]]
    name: Mapped[str | None] = mapped_column(String(120))
    size: Mapped[int | None] = mapped_column(BigInt)
    type: Mapped[str | None] = mapped_column(String(120))
    about: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[Moment]


class Following(Base):
    """A message that shows an organiser how far an announcement has come; it is edited as that changes.

    `target` is the channel's name for the message, null until the message has arrived. `shown` is a fingerprint of
    what it shows, `put_as` the once key of the last edit. `sure` says that *Stop* was tapped once.
    """

    __tablename__ = "followings"
    __table_args__ = (Index("ix_followings_address_id", "address_id"),)

    broadcast_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("broadcasts.id", ondelete="CASCADE"), primary_key=True
    )
    address_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("addresses.id", ondelete="CASCADE"), primary_key=True
    )
    target: Mapped[str | None] = mapped_column(String(128))
    put_as: Mapped[str | None] = mapped_column(String(160))
    shown: Mapped[str | None] = mapped_column(String(64))
    sure: Mapped[bool] = mapped_column(default=False)
