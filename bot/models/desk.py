"""What makes the desk's work shorter: ready answers of bodies, and the numbers of reports as they were counted last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
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
    """The numbers of a body or a community (`subject` is such as `body:3`), as `services/report_numbers.py` counted
    them."""

    __tablename__ = "report_figures"

    subject: Mapped[Short] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[Moment]
