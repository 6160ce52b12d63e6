"""Polls, ballots that name nobody, who was asked and took part, and the running tally."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.crowd import FEWEST
from bot.kinds import Form
from bot.models.base import Base, BigInt, Id, Json, Line, Moment, Short
from bot.models.communities import Community
from bot.models.links import Came

EVERYONE, ORGANISERS, GROUP = "everyone", "organisers", "group"
AREA, INTEREST = "area:", "interest:"
"""Whom a question is for; an area or an interest stands behind the colon. What is asked in one group chat only is for
whoever comes by it."""
A_PART = (AREA, INTEREST)

_NAMED = text("resident_id IS NOT NULL")
_IN_A_GROUP = text("asked_in IS NOT NULL")
_REMINDS = text("remind_at IS NOT NULL")
_UNSEALED = text("closed_at IS NOT NULL AND sealed_at IS NULL")
_AGAIN = text("series IS NOT NULL")
_OWED = text("done_by IS NOT NULL AND settled IS NULL")

OUTCOME_WITHIN = timedelta(days=14)
"""After the close people hear what comes of their answers; they are told so when a poll closes."""


class Poll(Base):
    """A question to a community. Open until `closed_at` is set; `key` is destroyed at that moment.

    `kind` names a file in `bot/kinds`, which knows what `choices` and `options` mean. `results` says who may see the
    count: whoever has `voted`, everyone when it has `closed`, or `never` anybody but the organisers. In a `named` poll
    the organisers see who chose what; where the answers are `listed`, anybody sees them after the close, without
    names. In one that `grows` people may suggest choices, and organisers let them in. `quorum` says how many have to
    answer so that it counts (`bot/quorum.py`). Polls that ask the same again share a `series`, the number of the first
    one; null while it was asked once. `whom` says for whom it is (`services/polling/whom.py`); those who have not
    answered are asked once more at `remind_at`. `sealed_at`: nothing leads from answers to a person any more.

    `asked_in` is the group chat in which somebody asked it, if one did; `by_member` says that it was not an organiser,
    so nothing is promised of it.

    `outcome` is what was decided, `decided_by` by whom, in words; `done_by` the day for which it is promised, null when
    there is nothing more to do; `told` how many of those who took part the outcome was sent to. A promise is owed until
    it is `settled`; `followed_up` counts what was said of it on the way. `differs` says since the close how those who
    answered differ from everybody (`services/taking_part/differing.py`).
    """

    __tablename__ = "polls"
    __table_args__ = (
        CheckConstraint("results IN ('voted', 'closed', 'never')", name="results"),
        CheckConstraint("(closed_at IS NULL) = (key IS NOT NULL)", name="key_destroyed_at_close"),
        Index("ix_polls_community_id_closed_at", "community_id", "closed_at"),
        Index("ix_polls_closed_at_closes_at", "closed_at", "closes_at"),
        CheckConstraint(
            "settled IS NULL OR (settled IN ('done', 'dropped') AND done_by IS NOT NULL)", name="settled"
        ),
        Index("ix_polls_asked_by", "asked_by"),
        Index("ix_polls_asked_in", "asked_in", sqlite_where=_IN_A_GROUP, postgresql_where=_IN_A_GROUP),
        Index("ix_polls_series", "series", sqlite_where=_AGAIN, postgresql_where=_AGAIN),
        Index("ix_polls_remind_at", "remind_at", sqlite_where=_REMINDS, postgresql_where=_REMINDS),
        Index("ix_polls_unsealed", "id", sqlite_where=_UNSEALED, postgresql_where=_UNSEALED),
        Index("ix_polls_done_by", "done_by", sqlite_where=_OWED, postgresql_where=_OWED),
    )

    id: Mapped[Id]
    code: Mapped[Short] = mapped_column(unique=True)
    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"))
    kind: Mapped[str] = mapped_column(String(16), default="one")
    question: Mapped[Line]
    choices: Mapped[list[str]]
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    named: Mapped[bool] = mapped_column(default=False)
    listed: Mapped[bool] = mapped_column(default=False)
    results: Mapped[str] = mapped_column(String(16), default="voted")
    quorum: Mapped[str | None] = mapped_column(String(16))
    series: Mapped[int | None] = mapped_column(BigInt)
    grows: Mapped[bool] = mapped_column(default=False)
    whom: Mapped[str] = mapped_column(String(80), default=EVERYONE)
    asked_by: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    asked_in: Mapped[int | None] = mapped_column(BigInt, ForeignKey("addresses.id", ondelete="SET NULL"))
    by_member: Mapped[bool] = mapped_column(default=False)
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    remind_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    sealed_at: Mapped[Moment | None]
    outcome: Mapped[str | None]
    outcome_at: Mapped[Moment | None]
    decided_by: Mapped[str | None] = mapped_column(String(100))
    done_by: Mapped[date | None] = mapped_column(Date)
    settled: Mapped[str | None] = mapped_column(String(16))
    settled_at: Mapped[Moment | None]
    told: Mapped[int | None] = mapped_column(BigInt)
    followed_up: Mapped[int] = mapped_column(SmallInteger, default=0)
    differs: Mapped[list[Any] | None] = mapped_column(Json)

    @property
    def form(self) -> Form:
        """What is asked, as its kind sees it."""
        return Form(tuple(self.choices), self.options)

    @property
    def public(self) -> bool:
        """Whether anybody may look at it who has its code; what organisers ask among themselves is their own."""
        return self.whom != ORGANISERS

    @property
    def outcome_due(self) -> datetime | None:
        """Until when people shall hear what comes of it; None while it is open, and where nothing is promised."""
        return None if self.closed_at is None or self.by_member else self.closed_at + OUTCOME_WITHIN


class Ballot(Base):
    """What was voted. `voter` is an HMAC of the resident under the poll's key; no time, no row number.

    Only in a named poll it says whose it is. `shown` and `themes` belong to answers in words: what organisers made of
    them; null while nobody has read it.
    """

    __tablename__ = "ballots"
    __table_args__ = (
        Index("ix_ballots_resident_id", "resident_id", sqlite_where=_NAMED, postgresql_where=_NAMED),
    )

    poll_id: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    voter: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    answer: Mapped[Any] = mapped_column(Json)
    shown: Mapped[bool | None]
    themes: Mapped[list[str] | None] = mapped_column(Json)
    resident_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))


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
    """The running count: `counts` maps a mark to the ballots that bear it; the poll's kind knows the marks.

    One row a poll, locked by whoever counts, so that it always equals a recount of the ballots.
    """

    __tablename__ = "tallies"

    poll_id: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    counts: Mapped[dict[str, int]]
    asked: Mapped[int] = mapped_column(BigInt, default=0)
    took_part: Mapped[int] = mapped_column(BigInt, default=0)


class Suggestion(Base):
    """A choice that somebody would add to an open poll that grows, until an organiser has read it; `choice` as the
    poll's kind keeps one. Who suggested it is told to nobody, and is here so that they hear what becomes of it; the
    close deletes what waits. Its number says nothing but the order.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        UniqueConstraint("poll_id", "resident_id"),
        Index("ix_suggestions_resident_id", "resident_id"),
    )

    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"))
    resident_id: Mapped[int] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="CASCADE"))
    choice: Mapped[str] = mapped_column(String(300))


class Rewritten(Base):
    """A question that was changed before anybody had answered it: the number it had, and the poll that took over.

    Old buttons name the old number, which no poll has ever again.
    """

    __tablename__ = "rewritten"
    __table_args__ = (Index("ix_rewritten_became", "became"),)

    poll_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    became: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"))


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds while a poll is open and after it. `results`, `named`, `listed` and `quorum` as in `Poll`; `whom`
    likewise; `remind`: those who have not answered are asked once more, half-way."""

    results: str = "voted"
    named: bool = False
    listed: bool = False
    whom: str = EVERYONE
    remind: bool = False
    quorum: str | None = None
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A poll as one resident sees it. `mine` is their answer; `counts` are the tally's, None while they may not see
    them; `asked` and `took_part` count people. `said` are answers in words that organisers have read and let be shown,
    `themes` how many answers they found about each. `came` says how people came here, as far as it may be told.
    `series` are the closed askings of the same question that they may see, the oldest first, where these were looked
    up."""

    poll: Poll
    community: Community
    mine: Any | None
    counts: dict[str, int] | None
    asked: int
    took_part: int
    said: tuple[str, ...] = ()
    themes: tuple[tuple[str, int], ...] = ()
    came: tuple[Came, ...] = ()
    series: tuple[Standing, ...] = ()

    @property
    def by_too_few(self) -> bool:
        """Whether so few of a part of the community answered that their count could be traced to them."""
        return self.poll.whom.startswith(A_PART) and self.took_part < FEWEST
