"""What became of promises: what their organisers said of them later, and which reminders went out."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Moment

SAID = ("done", "late", "dropped")


class FollowUp(Base):
    """What an organiser said of a promise: it is done, it will be late, it is dropped.

    `was` is the day for which it was promised until then, `until` the day for which it is promised now.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint(f"said IN {SAID}", name="said"),
        CheckConstraint("(said = 'late') = (until IS NOT NULL)", name="late_names_a_day"),
        Index("ix_follow_ups_poll_id", "poll_id"),
    )

    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"))
    said: Mapped[str] = mapped_column(String(16))
    because: Mapped[str | None]
    was: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    at: Mapped[Moment]


class Reminder(Base):
    """Organisers were reminded of a poll, `step` days after something was due: in round 0 its outcome, in round 1
    what was promised, in each later one what was promised anew."""

    __tablename__ = "reminders"

    poll_id: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    at: Mapped[Moment]
