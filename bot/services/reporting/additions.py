"""What residents add to a report, told to whoever has taken it, else to its team, else to the organisers.

The first letter of that goes at once. What is added within an hour of it, or of the letter that brought the report,
goes as one letter when the hour is over: it says that there is more, and all of it stands on the card.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import outbox
from bot.letters.in_charge import desk as letters
from bot.models import Happening, Mailing, Officer, ServiceRequest
from bot.services.in_charge import officers
from bot.services.reporting import report_news, report_views
from bot.services.reporting.waiting_news import A_WHILE

ARRIVALS = frozenset({"routed", "handed_over"})
MOST = 30  # happenings that are looked through


async def tell(session: AsyncSession, made: ServiceRequest, happening: Happening, *, now: datetime) -> None:
    """Put a letter about it, unless one that says the same waits already."""
    waits, since = await _lately(session, made, besides=happening.id, now=now)
    if waits is not None:
        return
    view = await report_views.of(session, made)
    why, subject = "more" if made.officer_id is None else "added", _subject(made, happening.id)
    whom = await _whom(session, made)
    told = await report_news.put(
        session, whom, lambda tongue: letters.arrived(view, tongue, why=why, now=now), subject, now=now
    )
    if told and since is not None:
        await outbox.hold(session, subject, now=since)


async def seen(session: AsyncSession, made: ServiceRequest, *, now: datetime) -> None:
    """One of those in charge does something with it, so they have it before them: no letter has to say that there is
    more."""
    waits, _ = await _lately(session, made, besides=None, now=now)
    if waits is not None:
        await outbox.cancel(session, waits, now=now)


async def _whom(session: AsyncSession, made: ServiceRequest) -> Select[int]:
    if made.officer_id is not None:
        return select(Officer.resident_id).where(Officer.id == made.officer_id)
    theirs = await officers.at_the_desk_of(session, made)
    return report_news.organisers(made.community_id) if theirs is None else theirs


def _subject(made: ServiceRequest, happening: int) -> str:
    return f"desk:{made.id}:added:{happening}"


async def _lately(
    session: AsyncSession, made: ServiceRequest, *, besides: int | None, now: datetime
) -> tuple[str | None, datetime | None]:
    """The subject of a letter that waits, and since when the hour runs in which further ones would."""
    rows = await session.scalars(
        select(Happening)
        .where(Happening.service_request_id == made.id)
        .order_by(Happening.id.desc())
        .limit(MOST)
    )
    recent = [one for one in rows if one.at > now - 2 * A_WHILE and one.id != besides]
    begins = [one.at for one in recent if one.event in ARRIVALS]
    added = [_subject(made, one.id) for one in recent if one.event == "added"]
    sent = await session.execute(
        select(Mailing.subject, Mailing.created_at, Mailing.held_at).where(
            Mailing.subject.in_(added), Mailing.stopped_at.is_(None), Mailing.put > 0
        )
    )
    for subject, created_at, held_at in sent:
        if held_at is not None:
            return subject, held_at
        begins.append(created_at)
    return None, max((one for one in begins if one > now - A_WHILE), default=None)
