"""Telling of reports: those whom one concerns hear each thing once, in their language; so do those in charge.

News of a report goes at once. What follows within an hour waits until the hour is over and goes as one letter, with
all that came in between; questions and endings wait for nothing, and an ending takes along what waited. That somebody
has taken it is worth less: it keeps nothing back, and waits for whatever else there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.i18n import Tongue
from bot.letters import desk as desk_letters
from bot.letters import report_news as letters
from bot.letters.reports import View
from bot.lifecycle import STATUSES
from bot.message import Message
from bot.models import (
    Address,
    Concern,
    Envelope,
    Happening,
    Mailing,
    Membership,
    Officer,
    Resident,
    ServiceRequest,
    Team,
)
from bot.services import likely_teams, report_views

IMPORTANT = frozenset({"asked", "merged", "split"})
"""What everybody hears who wants any news at all, besides how it ends."""

MINOR = frozenset({"taken", "routed"})

A_WHILE = timedelta(hours=1)
"""For so long after news of a report further news of it waits, to go together."""

NEWS_A_WEEK = 7
"""So many messages with news of reports somebody gets in seven days; beyond that only questions and endings."""

WEEK = timedelta(days=7)
RECENT = 30  # happenings that are looked through for news that went or waits
LET_GO = 100  # letters in one transaction


async def tell(
    session: AsyncSession,
    made: ServiceRequest,
    happening: Happening,
    *,
    now: datetime,
    besides: Resident | None = None,
) -> int:
    """Put it for everyone concerned who wants to hear it, but for whoever did it; returns for how many."""
    ends = happening.event == "status" and not STATUSES[happening.after or made.status].open
    at_once = ends or happening.event in IMPORTANT
    whom = select(Concern.resident_id).where(
        Concern.service_request_id == made.id, Concern.wants.in_(("all", "end") if at_once else ("all",))
    )
    if happening.event == "asked":
        return await _send(session, made, happening, whom.where(Concern.why == "reporter"), [], now)
    held, since = await _lately(session, made, happening, now=now)
    for one in held:
        for which in (False, True):
            await outbox.cancel(session, _subject(made, one.id, last=which), now=now)
    if besides is not None and not held:
        whom = whom.where(Concern.resident_id != besides.id)
    if at_once:
        return await _send(session, made, happening, whom, held, now)
    few = whom.where(_heard(now) < NEWS_A_WEEK - 1)
    last = whom.where(_heard(now) == NEWS_A_WEEK - 1)
    their_last = await session.scalar(last.limit(1)) is not None
    told = 0
    if (
        their_last
    ):  # before the others are put theirs: whoever has had one more by then would be asked for again
        told = await _send(session, made, happening, last, held, now, hold=since, last=True)
    return told + await _send(session, made, happening, few, held, now, hold=since)


def _subject(made: ServiceRequest, happening: int, *, last: bool = False) -> str:
    return f"report:{made.id}:{happening}" + (":last" if last else "")


def _heard(now: datetime) -> ScalarSelect[int]:
    """How many letters about reports somebody whom one concerns has been put in the last seven days."""
    heard = (
        select(func.count())
        .select_from(Envelope)
        .join(Address, Address.id == Envelope.address_id)
        .join(Mailing, Mailing.id == Envelope.mailing_id)
        .where(
            Address.resident_id == Concern.resident_id,
            Envelope.created_at > now - WEEK,
            Mailing.subject.like("report:%"),
            Mailing.stopped_at.is_(None),
        )
    )
    return heard.correlate(Concern).scalar_subquery()


async def _lately(
    session: AsyncSession, made: ServiceRequest, happening: Happening, *, now: datetime
) -> tuple[list[Happening], datetime | None]:
    """What happened before and still waits to be told, and since when the hour runs in which news waits; None where
    none has gone lately."""
    rows = await session.scalars(
        select(Happening)
        .where(Happening.service_request_id == made.id, Happening.id < happening.id)
        .order_by(Happening.id.desc())
        .limit(RECENT)
    )
    known = {one.id: one for one in rows if one.at > now - 2 * A_WHILE}
    subjects = [_subject(made, one, last=last) for one in known for last in (False, True)]
    if not subjects:
        return [], None
    sent = await session.execute(
        select(Mailing.subject, Mailing.created_at, Mailing.held_at).where(
            Mailing.subject.in_(subjects), Mailing.stopped_at.is_(None), Mailing.put > 0
        )
    )
    waiting: set[int] = set()
    begins: list[datetime] = []
    for subject, created_at, held_at in sent:
        if held_at is not None:
            waiting.add(int(subject.split(":")[2]))
        if happening.event in MINOR or known[int(subject.split(":")[2])].event not in MINOR:
            begins.append(held_at or created_at)
    since = max((one for one in begins if one > now - A_WHILE), default=None)
    return [known[one] for one in sorted(waiting)], since


async def _send(
    session: AsyncSession,
    made: ServiceRequest,
    happening: Happening,
    whom: Select[int],
    earlier: Sequence[Happening],
    now: datetime,
    *,
    hold: datetime | None = None,
    last: bool = False,
) -> int:
    view = await report_views.of(session, made)
    names = await team_names(session, [*earlier, happening])

    def write(tongue: Tongue) -> Message:
        known = names.get(tongue.code, {})
        return letters.news(view, happening, known, tongue, earlier=earlier, last=last)

    subject = _subject(made, happening.id, last=last)
    told = await put(session, whom, write, subject, now=now)
    if hold is not None and told:
        await outbox.hold(session, subject, now=hold)
    return told


async def let_go(session: AsyncSession, *, now: datetime) -> bool:
    """Let news go whose hour is over; true when there may be more."""
    over = await session.scalars(
        select(Mailing.subject)
        .where(
            Mailing.ended_at.is_(None),
            Mailing.held_at <= now - A_WHILE,
            Mailing.stopped_at.is_(None),
            Mailing.subject.like("report:%"),
        )
        .order_by(Mailing.subject)
        .limit(LET_GO)
    )
    subjects = over.all()
    for subject in subjects:
        await outbox.release(session, subject)
    return len(subjects) == LET_GO


async def tell_team(
    session: AsyncSession, made: ServiceRequest, *, now: datetime, why: str = "new", view: View | None = None
) -> int:
    """Put a report before those who work in its team; where nobody is in charge, before the community's organisers.
    Whoever has its `view` already brings it.

    `why` is `new`, `routed`, `handed_over`, `back`, `replied`, `added`: once each for every time that happens.
    """
    if made.team_id is None:
        return await tell_organisers(session, made, now=now, why="nobody", view=view)
    told = view or await report_views.of(session, made)
    whom = select(Officer.resident_id).where(Officer.team_id == made.team_id)
    if made.officer_id is not None and why in ("replied", "added", "back"):
        whom = select(Officer.resident_id).where(Officer.id == made.officer_id)
    times = f"{made.hops}.{made.reopened}" + (
        f".{made.updated_datetime.timestamp():.0f}" if why in ("replied", "added") else ""
    )
    return await put(
        session,
        whom,
        lambda tongue: desk_letters.arrived(told, tongue, why=why),
        f"desk:{made.id}:{why}:{times}",
        now=now,
    )


async def tell_organisers(
    session: AsyncSession, made: ServiceRequest, *, now: datetime, why: str, view: View | None = None
) -> int:
    """Put a report before its community's organisers, with the teams that it could go to: `nobody` is in charge, or it
    was handed over too often (`hops`)."""
    told = view or await report_views.of(session, made)
    offered = await likely_teams.first(session, made) if why == "nobody" else ()
    return await put(
        session,
        organisers(made.community_id),
        lambda tongue: desk_letters.arrived(told, tongue, why=why, teams=offered),
        f"desk:{made.id}:{why}:{made.hops}.{made.reopened}",
        now=now,
    )


def organisers(community_id: int) -> Select[int]:
    """Those who look after a community."""
    return select(Membership.resident_id).where(
        Membership.community_id == community_id, Membership.role == "organiser"
    )


Write = Callable[[Tongue], Message]
"""Makes a message in a language."""


async def put(session: AsyncSession, whom: Select[int], write: Write, subject: str, *, now: datetime) -> int:
    """Put a message for many, written only in the languages that these people speak: mostly it is one or two people."""
    spoken = select(Resident.language).where(Resident.id.in_(whom)).distinct()
    languages = (await session.scalars(spoken.order_by(Resident.language))).all()
    if not languages:
        return 0
    messages = {code: write(i18n.tongue(code)) for code in languages}
    return await outbox.put_to_many(session, whom, messages, otherwise=languages[0], subject=subject, now=now)


async def team_names(session: AsyncSession, history: Sequence[Happening]) -> dict[str, dict[int, str]]:
    """Language → team → its name, for the teams that a history speaks of."""
    wanted = {one.team_id for one in history if one.team_id is not None}
    if not wanted:
        return {}
    teams = (await session.scalars(select(Team).where(Team.id.in_(wanted)))).all()
    return {code: {team.id: team.name_in(code) for team in teams} for code in i18n.available()}
