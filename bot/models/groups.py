"""Group chats: which community's questions are asked in them, and the messages there that show how something stands."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Moment

_LIVE = text("done_at IS NULL")


class GroupChat(Base):
    """A community's questions are asked in a group too. Nothing is kept of the group but its address."""

    __tablename__ = "group_chats"
    __table_args__ = (Index("ix_group_chats_address_id", "address_id"),)

    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"), primary_key=True)
    address_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("addresses.id", ondelete="CASCADE"), primary_key=True
    )
    since: Mapped[Moment]


class GroupCode(Base):
    """A code that an organiser gets in private; said once in a group it connects that group. Kept as a hash."""

    __tablename__ = "group_codes"
    __table_args__ = (
        Index("ix_group_codes_resident_id", "resident_id"),
        Index("ix_group_codes_community_id", "community_id"),
    )

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"))
    resident_id: Mapped[int] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="CASCADE"))
    expires_at: Mapped[Moment]


class Board(Base):
    """A message that many people look at and that shows how something stands, such as a poll in a group.

    `kind` and `number` say what it is about, `language` in which it was drawn. `shown` is the state that was
    put last, a number that the kind knows the meaning of; null when it did not arrive. `told` is the last
    state that came with a message of its own. `envelope_id` is what is on its way, null when nothing is;
    `reference` the channel's name for the message. It is not changed before `due_at`. `last` says that
    nothing comes after what was put last; once that has arrived, at `done_at`, it stays as it is. `puts` and
    `failures` count.
    """

    __tablename__ = "boards"
    __table_args__ = (
        UniqueConstraint("address_id", "kind", "number"),
        Index("ix_boards_live", "kind", "number", sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[Id]
    address_id: Mapped[int] = mapped_column(BigInt, ForeignKey("addresses.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column(BigInt)
    language: Mapped[str] = mapped_column(String(16))
    shown: Mapped[int | None] = mapped_column(BigInt)
    told: Mapped[int | None] = mapped_column(BigInt)
    # No foreign key: envelopes are swept by the million, and each would be looked for here.
    envelope_id: Mapped[int | None] = mapped_column(BigInt)
    reference: Mapped[str | None] = mapped_column(String(128))
    last: Mapped[bool] = mapped_column(default=False)
    puts: Mapped[int] = mapped_column(BigInt, default=0)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[Moment]
    done_at: Mapped[Moment | None]
