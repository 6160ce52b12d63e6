"""Polls, ballots that name nobody, who was asked and took part, and the running tally."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Json, Line, Moment, Short
from bot.models.communities import Community


class Poll(Base):
    """A question to a community. Open until `closed_at` is set; `key` is destroyed at that moment.

    `results` says who may see the count before the close: `voted` (after one's own vote) or `closed` (nobody).
    """

    __tablename__ = "polls"
    __table_args__ = (
        CheckConstraint("results IN ('voted', 'closed')", name="results"),
        CheckConstraint("(closed_at IS NULL) = (key IS NOT NULL)", name="key_destroyed_at_close"),
        Index("ix_polls_community_id_closed_at", "community_id", "closed_at"),
        Index("ix_polls_closed_at_closes_at", "closed_at", "closes_at"),
        Index("ix_polls_asked_by", "asked_by"),
    )

    id: Mapped[Id]
    code: Mapped[Short] = mapped_column(unique=True)
    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"))
    kind: Mapped[str] = mapped_column(String(16), default="one")
    question: Mapped[Line]
    choices: Mapped[list[str]]
    results: Mapped[str] = mapped_column(String(16), default="voted")
    asked_by: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
    outcome: Mapped[str | None]
    outcome_at: Mapped[Moment | None]


class Ballot(Base):
    """What was voted. `voter` is an HMAC of the resident under the poll's key; no time, no row number."""

    __tablename__ = "ballots"

    poll_id: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    voter: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    answer: Mapped[Any] = mapped_column(Json)


class Participation(Base):
    """Who was asked, and who took part; never what they voted. `source` is the link they came by, if any."""

    __tablename__ = "participations"
    __table_args__ = (Index("ix_participations_resident_id", "resident_id"),)

    poll_id: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    )
    took_part: Mapped[bool] = mapped_column(default=False)
    source: Mapped[Short | None]


class Tally(Base):
    """The running count: `counts` maps a choice's number to its votes. One row a poll, locked by whoever counts,
    so that it always equals a recount of the ballots."""

    __tablename__ = "tallies"

    poll_id: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    counts: Mapped[dict[str, int]]
    asked: Mapped[int] = mapped_column(BigInt, default=0)
    took_part: Mapped[int] = mapped_column(BigInt, default=0)


@dataclass(frozen=True, slots=True)
class Standing:
    """A poll as one resident sees it. `mine` is the number of their choice; `counts` is None while they may not
    see them; `asked` and `took_part` count people."""

    poll: Poll
    community: Community
    mine: int | None
    counts: tuple[int, ...] | None
    asked: int
    took_part: int
