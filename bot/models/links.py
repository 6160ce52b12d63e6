"""Links whose source is counted, posters that are to be drawn, and how many took part by when and from where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Json, Moment, Short

LINK_KINDS = ("poster", "newsletter", "library", "school", "own")

DIRECT, PASSED_ON = "direct", "passed on"
"""Those whom our own message reached or who found it themselves, and those who came by a poll's own link."""


class Link(Base):
    """A link of its own that says where people came from: to a poll, or to its community where `poll_id` is null.

    `kind` is one of the ready names; `name` is what an organiser called it, or where a poster hangs; it may be empty.
    """

    __tablename__ = "links"
    __table_args__ = (
        CheckConstraint(f"kind IN {LINK_KINDS}", name="kind"),
        Index("ix_links_community_id_poll_id", "community_id", "poll_id"),
        Index("ix_links_poll_id", "poll_id"),
        Index("ix_links_made_by", "made_by"),
    )

    id: Mapped[Id]
    code: Mapped[Short] = mapped_column(unique=True)
    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"))
    poll_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(30), default="")
    made_by: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    made_at: Mapped[Moment]


class Poster(Base):
    """A poster that somebody wished for, until it was drawn and sent; `tries` counts the drawings that were begun.

    `address_id` is where it was wished for, `leads_to` the address that stands on it.
    """

    __tablename__ = "posters"
    __table_args__ = (
        Index("ix_posters_link_id", "link_id"),
        Index("ix_posters_resident_id", "resident_id"),
        Index("ix_posters_address_id", "address_id"),
    )

    id: Mapped[Id]
    link_id: Mapped[int] = mapped_column(BigInt, ForeignKey("links.id", ondelete="CASCADE"))
    resident_id: Mapped[int] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="CASCADE"))
    address_id: Mapped[int] = mapped_column(BigInt, ForeignKey("addresses.id", ondelete="CASCADE"))
    languages: Mapped[list[str]]
    leads_to: Mapped[str] = mapped_column(String(300))
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    wished_at: Mapped[Moment]


class Turnout(Base):
    """How many had taken part in a poll when a day of its community was over. Whoever votes leaves no time."""

    __tablename__ = "turnouts"

    poll_id: Mapped[int] = mapped_column(BigInt, ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    took_part: Mapped[int] = mapped_column(BigInt)


class Reckoning(Base):
    """What may be told of where people came from: to the poll or the community that `subject` names.

    `ways` maps a way of dividing them (`services/taking_part/turnout.py`) to what was counted when it was last told,
    and to what is told since. `looked` is how many there were at the last look; after the last one it is `final`.
    """

    __tablename__ = "reckonings"

    subject: Mapped[Short] = mapped_column(primary_key=True)
    looked: Mapped[int] = mapped_column(BigInt, default=0)
    ways: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    final: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class Came:
    """So many people came one way: `kind` as in `Link`, or DIRECT or PASSED_ON; `name` is the organisers' own."""

    kind: str
    name: str
    people: int
