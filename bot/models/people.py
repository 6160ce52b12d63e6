"""Residents, the addresses they write from, what they agreed to, and codes that join two addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, BigInt, Id, Json, Moment, Short


class Resident(Base):
    """One person. Nothing here is needed to take part; everything but the language may be empty.

    `greeted_at` is when the three short questions were offered, so they are offered once; `agreed_at` when they
    contributed for the first time, which is when there is a `Consent` of theirs.
    """

    __tablename__ = "residents"

    id: Mapped[Id]
    language: Mapped[str] = mapped_column(String(16))
    name: Mapped[Short | None]
    interests: Mapped[list[str]] = mapped_column(Json, default=list)
    greeted_at: Mapped[Moment | None]
    agreed_at: Mapped[Moment | None]
    created_at: Mapped[Moment]


class Address(Base):
    """Where somebody, or a group, can be written to: one chat in one channel.

    `talk` is the state of the flow that is under way (see `conversation/flow.py`), or null.
    `preferred` marks the one address of a resident to which unasked messages go.
    `resident_id` is null for a group; `language` is the one that is spoken in a group, null for a person.
    `forgotten_at` is when somebody had everything about them erased here: only the goodbye is still to be said.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("channel", "chat"),
        CheckConstraint("resident_id IS NOT NULL OR NOT preferred", name="groups_not_preferred"),
        Index(
            "uq_addresses_preferred",
            "resident_id",
            unique=True,
            sqlite_where=text("preferred"),
            postgresql_where=text("preferred"),
        ),
        Index("ix_addresses_resident_id", "resident_id"),
        Index(
            "ix_addresses_forgotten_at",
            "forgotten_at",
            sqlite_where=text("forgotten_at IS NOT NULL"),
            postgresql_where=text("forgotten_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    channel: Mapped[str] = mapped_column(String(16))
    chat: Mapped[str] = mapped_column(String(254))
    resident_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="CASCADE"))
    preferred: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(16))
    talk: Mapped[dict[str, Any] | None] = mapped_column(Json)
    closed_at: Mapped[Moment | None]
    forgotten_at: Mapped[Moment | None]
    created_at: Mapped[Moment]

    resident: Mapped[Resident | None] = relationship(lazy="raise")


class Consent(Base):
    """What a resident agreed to by contributing: the sentence as it was said, and when."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_resident_id", "resident_id"),)

    id: Mapped[Id]
    resident_id: Mapped[int] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="CASCADE"))
    wording: Mapped[str]
    language: Mapped[str] = mapped_column(String(16))
    agreed_at: Mapped[Moment]


class LinkCode(Base):
    """A short code shown at one address; typed at another it makes the two one person. Kept as a hash."""

    __tablename__ = "link_codes"
    __table_args__ = (Index("ix_link_codes_resident_id", "resident_id"),)

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    resident_id: Mapped[int] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
