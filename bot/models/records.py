"""The town's records: what organisers and officers did, and when each job last ran."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Json, Moment, Short


class Deed(Base):
    """One act of an organiser, officer or the operator (`actor_id` null): what was done (`act`) to what (`subject`)."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_community_id_at", "community_id", "at"),
        Index("ix_audit_actor_id", "actor_id"),
    )

    id: Mapped[Id]
    at: Mapped[Moment]
    actor_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    community_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("communities.id"))
    act: Mapped[str] = mapped_column(String(32))
    subject: Mapped[Short | None]
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Tick(Base):
    """When a job last ran to its end."""

    __tablename__ = "ticks"

    job: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[Moment]


class Fact(Base):
    """Small facts about the outside that the program found out, such as a bot's username."""

    __tablename__ = "facts"

    name: Mapped[Short] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    at: Mapped[Moment]
