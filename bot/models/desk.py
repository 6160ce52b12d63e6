"""What makes the desk's work shorter: ready answers of bodies, the numbers of reports as they were counted last, and
which messages show a report to those in charge."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Id, Json, Line, Moment, Short


class AnswerTemplate(Base):
    """A ready answer of a body. `name` is what its officers know it by; `texts` maps a language to its words. It tells
    nothing of who wrote it: the audit log does."""

    __tablename__ = "answer_templates"
    __table_args__ = (Index("ix_answer_templates_body_id", "body_id"),)

    id: Mapped[Id]
    body_id: Mapped[int] = mapped_column(BigInt, ForeignKey("bodies.id"))
    name: Mapped[Line]
    texts: Mapped[dict[str, str]]
    created_at: Mapped[Moment]


class ReportFigures(Base):
    """The numbers of a body or a community (`subject` is such as `body:3`), as they were counted by
    `services/answering/report_numbers.py`."""

    __tablename__ = "report_figures"

    subject: Mapped[Short] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[Moment]


_BEHIND = text("news > seen")


class DeskCard(Base):
    """A message that shows a report to somebody in charge, so that it can say at once what a colleague has done.

    `sent_as` is how the once key begins of what was put there last; null for the letter that brought the report, which
    is the envelope `envelope_id`. `seen` is the newest happening that it shows, `news` the newest that there is to be
    shown. `at` is when it was put. `listed` is where in a list it was opened (`which`, `kind` and `page`), so that the
    way back leads there.
    """

    __tablename__ = "desk_cards"
    __table_args__ = (
        Index("ix_desk_cards_address_id", "address_id"),
        Index("ix_desk_cards_at", "at"),
        Index("ix_desk_cards_behind", "at", sqlite_where=_BEHIND, postgresql_where=_BEHIND),
    )

    service_request_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("service_requests.id", ondelete="CASCADE"), primary_key=True
    )
    address_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("addresses.id", ondelete="CASCADE"), primary_key=True
    )
    sent_as: Mapped[str | None] = mapped_column(String(160))
    # No foreign key: envelopes are swept by the million, and each would be looked for here.
    envelope_id: Mapped[int | None] = mapped_column(BigInt)
    seen: Mapped[int] = mapped_column(BigInt)
    news: Mapped[int] = mapped_column(BigInt)
    at: Mapped[Moment]
    listed: Mapped[dict[str, Any] | None] = mapped_column(Json)
