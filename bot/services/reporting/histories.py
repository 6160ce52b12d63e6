"""What happened to a report, one line after the other; what everybody may see of it, and what those in charge may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import DeskCard, Happening, Officer, Resident, ServiceRequest

INSIDE = frozenset({"note", "reminded"})
"""What only those in charge see."""

BETWEEN = frozenset({"asked", "replied"})
"""What those in charge and whoever reported it say to each other."""

QUIET = frozenset({"reminded", "checked"})
"""What we did of ourselves and nobody but us: it is no news of the report."""

TOLD_AT_ONCE = frozenset(
    {"routed", "handed_over", "taken", "status", "answer", "note", "asked", "replied", "merged", "split"}
)
"""What colleagues who have the report before them see at once (`open_cards.py`)."""


async def note(
    session: AsyncSession,
    made: ServiceRequest,
    event: str,
    *,
    now: datetime,
    public: bool,
    resident: Resident | None = None,
    officer: Officer | None = None,
    words: str | None = None,
    language: str | None = None,
    before: str | None = None,
    after: str | None = None,
    team_id: int | None = None,
    **details: Any,
) -> Happening:
    """Write down what happened; the report is newer from now on, unless it is only that we asked."""
    if event not in QUIET:
        made.updated_datetime = now
    happening = Happening(
        service_request_id=made.id,
        at=now,
        event=event,
        before=before,
        after=after,
        words=words,
        language=language,
        public=public and not made.confidential,
        officer_id=None if officer is None else officer.id,
        resident_id=None if resident is None else resident.id,
        team_id=team_id or (None if officer is None else officer.team_id),
        details=details,
    )
    session.add(happening)
    await session.flush()
    if event in TOLD_AT_ONCE:
        await session.execute(
            update(DeskCard)
            .where(DeskCard.service_request_id == made.id)
            .values(news=happening.id)
            .execution_options(synchronize_session=False)
        )
    return happening


async def was_asked(session: AsyncSession, made: ServiceRequest) -> bool:
    """Whether it was asked already, since it came or was opened again, if it is fixed."""
    checked = await session.scalars(
        select(Happening.details).where(Happening.service_request_id == made.id, Happening.event == "checked")
    )
    return any(one.get("asked") and one.get("round") == made.reopened for one in checked)


async def of(
    session: AsyncSession,
    made: ServiceRequest,
    *,
    everything: bool = False,
    own: bool = False,
    concerned: bool = False,
    most: int = 100,
) -> Sequence[Happening]:
    """The newest happenings, the oldest of them first. `everything` is for those in charge, `own` for whoever reported
    it: they see what they were asked, and what is confidential to others. `concerned` is for those who have the problem
    too: they see what is confidential, and not what somebody else was asked."""
    newest = select(Happening).where(Happening.service_request_id == made.id).order_by(Happening.id.desc())
    if own:
        newest = newest.where(Happening.event.not_in(INSIDE))
    elif concerned:
        newest = newest.where(Happening.event.not_in(INSIDE | BETWEEN))
    elif not everything:
        newest = newest.where(Happening.public)
    return list(reversed((await session.scalars(newest.limit(most))).all()))
