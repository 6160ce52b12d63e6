"""What belongs to e-mail addresses: whether their holders have shown themselves, and mails that wait for that."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Json, Moment, Short


class Mailbox(Base):
    """What is known of an address in the channel "email", beside its row in `addresses`.

    `kept`: somebody named it as one that we write to, or its holder has shown themselves; others are forgotten like
    every stranger. `confirmed_at` is when the holder first showed that they read what we send there, `asked_at` when
    they were last asked to, `told_at` when they were last told that we do not know what they write about.
    `trouble` is what a mail server last said against it, such as `550 5.1.1`, without words, and `troubled_at` when.
    """

    __tablename__ = "mailboxes"

    address_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("addresses.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kept: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[Moment | None]
    asked_at: Mapped[Moment | None]
    told_at: Mapped[Moment | None]
    trouble: Mapped[Short | None]
    troubled_at: Mapped[Moment | None]


class HeldMail(Base):
    """A mail that is passed on as soon as whoever wrote it has shown that the address is theirs.

    `about` and `sent_to` are the thread and the address of the letter that it answers; `media` is a list of
    what `Media.as_json` writes.
    """

    __tablename__ = "held_mails"
    __table_args__ = (
        UniqueConstraint("address_id", "key"),
        Index("ix_held_mails_sent_to", "sent_to"),
        Index("ix_held_mails_held_at", "held_at"),
    )

    id: Mapped[Id]
    address_id: Mapped[int] = mapped_column(BigInt, ForeignKey("addresses.id", ondelete="CASCADE"))
    key: Mapped[Short]
    about: Mapped[str] = mapped_column(String(24))
    sent_to: Mapped[int] = mapped_column(BigInt, ForeignKey("addresses.id", ondelete="CASCADE"))
    text: Mapped[str]
    media: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    left_out: Mapped[int] = mapped_column(default=0)
    held_at: Mapped[Moment]
