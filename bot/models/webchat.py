"""The web chat's own tables: browser sessions, what was said in them, and the seal that signs their forms."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Json, Moment, Short

KINDS = ("said", "mine", "toast")


class WebSession(Base):
    """One browser. `chat` is a hash of the secret in its cookie, which is kept nowhere.

    `last_seq` counts what happened in the transcript; whoever writes there locks this row first, so numbers
    become visible in their order. `codes` are the links that have been answered already.
    """

    __tablename__ = "web_sessions"

    chat: Mapped[Short] = mapped_column(primary_key=True)
    last_seq: Mapped[int] = mapped_column(BigInt, default=0)
    language: Mapped[str | None] = mapped_column(String(16))
    codes: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]


class WebLine(Base):
    """One bubble of a transcript: said by us, mine (the visitor's own words), or a toast that is soon gone.

    `seq` is when it last changed, `rank` where it stands. `envelope` and `key` make a repetition harmless.
    """

    __tablename__ = "web_lines"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        UniqueConstraint("chat", "key"),
        Index("ix_web_lines_chat_seq", "chat", "seq"),
        Index("ix_web_lines_at", "at"),
    )

    id: Mapped[Id]
    chat: Mapped[Short] = mapped_column(ForeignKey("web_sessions.chat", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(BigInt)
    rank: Mapped[int] = mapped_column(BigInt)
    kind: Mapped[str] = mapped_column(String(8))
    envelope: Mapped[int | None] = mapped_column(BigInt, unique=True)
    key: Mapped[Short | None]
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[Moment]


class WebSeal(Base):
    """The one secret that signs forms, shared by all processes; there is a single row, number 1."""

    __tablename__ = "web_seals"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    secret: Mapped[bytes]
    made_at: Mapped[Moment]
