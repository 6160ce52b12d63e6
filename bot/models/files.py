"""Files that we make ourselves, such as what is known of a person, and pictures that people sent to us."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Json, Moment, Short


class File(Base):
    """A picture or a document made by us or sent to us, for as long as it is kept.

    `key` cannot be guessed; messages name the file by it. `owner_id` is the one resident who may have it, null for a
    file that whoever knows the key may have. `subject` says what it is, such as `my data`. `names` maps the
    credential of a channel's bot to the name that the channel gave it when it was handed over there for the first
    time. A picture whose `content` is still to be drawn says in `drawing` what it shows (`bot.charts.Chart`); `stored`
    is the key of content that lies in the store (`bot.store`). One that is `withheld` is kept, and handed to nobody.
    What the other columns mean is said at `Media`.
    """

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("kind IN ('photo', 'document')", name="kind"),
        Index("ix_files_owner_id", "owner_id"),
        Index("ix_files_expires_at", "expires_at"),
        Index("ix_files_stored", "stored"),
    )

    key: Mapped[Short] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="CASCADE"))
    subject: Mapped[Short]
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInt)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    drawing: Mapped[dict[str, Any] | None] = mapped_column(Json)
    stored: Mapped[str | None] = mapped_column(String(64))
    names: Mapped[dict[str, str]]
    withheld: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
