"""Telling of reports: those whom one concerns hear each thing once, in their language; so do those in charge.

News of a report goes at once. What follows within an hour waits until the hour is over and goes as one letter, with
all that came in between; questions and endings wait for nothing, and an ending takes along what waited. That somebody
has taken it is worth less: it keeps nothing back, and waits for whatever else there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, Select, func, or_, select
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
from bot.services.in_charge import likely_teams
from bot.services.reporting import open_cards, report_views
from bot.services.reporting.histories import QUIET

IMPORTANT = frozenset({"asked", "merged", "split"})
"""What everybody hears who wants any news at all, besides how it ends."""

MINOR = frozenset({"taken", "routed"})

A_WHILE = timedelta(hours=1)
"""For so long after news of a report further news of it waits, to go together."""

NEWS_A_WEEK = 7
"""So many messages with news of reports somebody gets in seven days; beyond that only questions and endings."""

WEEK = timedelta(days=7)
RECENT = 30  # happenings that are looked through for news that went or waits
FEW = 200  # people, up to whom a letter is put without leaving the loop to others meanwhile
LET_GO = 100  # letters in one transaction


async def tell(
    session: AsyncSession,
    made: ServiceRequest,
    happening: Happening,
    *,
    now: datetime,
    besides: Resident | None = None,
    view: View | None = None,
) -> int:
    """Put it for everyone concerned who wants to hear it, but for whoever did it; returns for how many. `view` is the
    report as it is spoken of, where that is known."""
    ends = happening.event == "status" and not STATUSES[happening.after or made.status].open
    at_once = ends or happening.event in IMPORTANT
    whom = select(Concern.resident_id).where(
        Concern.service_request_id == made.id, Concern.wants.in_(("all", "end") if at_once else ("all",))
    )
    if made.confidential:
        whom = whom.where(Concern.why != "follow")
    view = view or await report_views.of(session, made)
    if happening.event == "asked":
        return await _send(session, view, happening, whom.where(Concern.why == "reporter"), [], now)
    held, since = await _lately(session, made, happening, now=now)
    for subject in sorted(held):
        await outbox.cancel(session, subject, now=now)
    earlier = sorted({one.id: one for one in held.values()}.values(), key=lambda one: one.id)
    if besides is not None and not held:
        whom = whom.where(Concern.resident_id != besides.id)
    if at_once:
        return await _send(session, view, happening, whom, earlier, now)
    spoken = await _spoken(session, whom, now=now)
    told = 0
    # Before the others are put theirs: whoever has had one more by then would be asked for again.
    for is_last in (True, False):
        if languages := {code: count for (code, is_theirs), count in spoken.items() if is_theirs == is_last}:
            heard = _heard(now)
            them = whom.where(heard == NEWS_A_WEEK - 1 if is_last else heard < NEWS_A_WEEK - 1)
            told += await _send(
                session, view, happening, them, earlier, now, hold=since, last=is_last, languages=languages
            )
    return told


async def _spoken(session: AsyncSession, whom: Select[int], *, now: datetime) -> dict[tuple[str, bool], int]:
    """How many may hear news, by their language and whether it is their last for a while."""
    heard = whom.add_columns(_heard(now).label("heard")).subquery()
    rows = await session.execute(
        select(Resident.language, heard.c.heard, func.count())
        .join(heard, heard.c.resident_id == Resident.id)
        .where(heard.c.heard < NEWS_A_WEEK)
        .group_by(Resident.language, heard.c.heard)
    )
    spoken = Counter[tuple[str, bool]]()
    for code, times, count in rows:
        spoken[code, times == NEWS_A_WEEK - 1] += count
    return spoken


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
) -> tuple[dict[str, Happening], datetime | None]:
    """What happened before and still waits to be told, by the subject under which it does, and since when the hour runs
    in which news waits; None where none has gone lately."""
    rows = await session.scalars(
        select(Happening)
        .where(Happening.service_request_id == made.id, Happening.id < happening.id)
        .order_by(Happening.id.desc())
        .limit(RECENT)
    )
    known = {
        _subject(made, one.id, last=last): one
        for one in rows
        if one.at > now - 2 * A_WHILE and one.event not in QUIET
        for last in (False, True)
    }
    if not known:
        return {}, None
    sent = await session.execute(
        select(Mailing.subject, Mailing.created_at, Mailing.held_at).where(
            Mailing.subject.in_(known), Mailing.stopped_at.is_(None), Mailing.put > 0
        )
    )
    waiting: dict[str, Happening] = {}
    begins: list[datetime] = []
    for subject, created_at, held_at in sent:
        if held_at is not None:
            waiting[subject] = known[subject]
        if happening.event in MINOR or known[subject].event not in MINOR:
            begins.append(held_at or created_at)
    return waiting, max((one for one in begins if one > now - A_WHILE), default=None)


async def _send(
    session: AsyncSession,
    view: View,
    happening: Happening,
    whom: Select[int],
    earlier: Sequence[Happening],
    now: datetime,
    *,
    hold: datetime | None = None,
    last: bool = False,
    languages: Mapping[str, int] | None = None,
) -> int:
    names = await team_names(session, [*earlier, happening])
    then = now if hold is None else hold + A_WHILE

    def write(tongue: Tongue) -> Message:
        known = names.get(tongue.code, {})
        return letters.news(view, happening, known, tongue, now=then, earlier=earlier, last=last)

    subject = _subject(view.report, happening.id, last=last)
    return await put(session, whom, write, subject, now=now, held_at=hold, languages=languages)


async def let_go(session: AsyncSession, *, now: datetime) -> bool:
    """Let news go whose hour is over; true when there may be more."""
    over = await session.scalars(
        select(Mailing.subject)
        .where(
            Mailing.ended_at.is_(None),
            Mailing.held_at <= now - A_WHILE,
            Mailing.stopped_at.is_(None),
            or_(Mailing.subject.like("report:%"), Mailing.subject.like("desk:%")),
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

    `why` is `new`, `routed`, `handed_over`, `back`, `replied`: once each for every time that happens.
    """
    if made.team_id is None:
        return await tell_organisers(session, made, now=now, why="nobody", view=view)
    shown = view or await report_views.of(session, made)
    whom = select(Officer.resident_id).where(Officer.team_id == made.team_id)
    if made.officer_id is not None and why in ("replied", "back"):
        whom = select(Officer.resident_id).where(Officer.id == made.officer_id)
    times = f"{made.hops}.{made.reopened}"
    if why == "replied":
        times += f".{made.updated_datetime.timestamp():.0f}"
    subject = f"desk:{made.id}:{why}:{times}"
    told = await put(
        session, whom, lambda tongue: desk_letters.arrived(shown, tongue, why=why, now=now), subject, now=now
    )
    await open_cards.came(session, made, whom, subject, now=now)
    return told


async def tell_organisers(
    session: AsyncSession, made: ServiceRequest, *, now: datetime, why: str, view: View | None = None
) -> int:
    """Put a report before its community's organisers, with the teams that it could go to: `nobody` is in charge, or it
    was handed over too often (`hops`)."""
    shown = view or await report_views.of(session, made)
    offered = await likely_teams.first(session, made) if why == "nobody" else ()
    whom, subject = organisers(made.community_id), f"desk:{made.id}:{why}:{made.hops}.{made.reopened}"

    def said(tongue: Tongue) -> Message:
        if why == "hops":
            return desk_letters.handed_round(shown, tongue)
        return desk_letters.arrived(shown, tongue, why=why, teams=offered, now=now)

    told = await put(session, whom, said, subject, now=now)
    await open_cards.came(session, made, whom, subject, now=now)
    return told


def organisers(community_id: int) -> Select[int]:
    """Those who look after a community."""
    return select(Membership.resident_id).where(
        Membership.community_id == community_id, Membership.role == "organiser"
    )


Write = Callable[[Tongue], Message]
"""Makes a message in a language."""


async def put(
    session: AsyncSession,
    whom: Select[int],
    write: Write,
    subject: str,
    *,
    now: datetime,
    held_at: datetime | None = None,
    languages: Mapping[str, int] | None = None,
) -> int:
    """Put a message for many, written only in the languages that these people speak: mostly it is one or two people.
    `languages` is how many speak which, where that is known."""
    if languages is None:
        spoken = select(Resident.language, func.count()).where(Resident.id.in_(whom))
        languages = {row[0]: row[1] for row in await session.execute(spoken.group_by(Resident.language))}
    if not languages:
        return 0
    return await outbox.put_to_many(
        session,
        whom,
        {code: write(i18n.tongue(code)) for code in sorted(languages)},
        otherwise=min(languages),
        subject=subject,
        now=now,
        held_at=held_at,
        few=sum(languages.values()) <= FEW,
    )


async def team_names(session: AsyncSession, history: Sequence[Happening]) -> dict[str, dict[int, str]]:
    """Language → team → its name, for the teams that a history speaks of."""
    wanted = {one.team_id for one in history if one.team_id is not None}
    if not wanted:
        return {}
    teams = await report_views.known(session, Team, Team.id, wanted)
    return {code: {team.id: team.name_in(code) for team in teams.values()} for code in i18n.available()}
