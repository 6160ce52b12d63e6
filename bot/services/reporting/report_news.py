"""Telling of reports: those whom one concerns hear each thing once, in their language; so do those in charge.

News of a report goes at once. What follows within an hour waits until the hour is over and goes as one letter, with
all that came in between; questions and endings wait for nothing, and an ending takes along what waited. That somebody
has taken it is worth less: it keeps nothing back, and waits for whatever else there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.i18n import Tongue
from bot.letters.in_charge import desk as desk_letters
from bot.letters.reporting import report_news as letters
from bot.letters.reporting.reports import View
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
from bot.services.in_charge import likely_teams, officers
from bot.services.reporting import open_cards, report_views, waiting_news
from bot.services.reporting.waiting_news import A_WHILE, Waiting

IMPORTANT = frozenset({"asked", "merged", "split"})
"""What everybody hears who wants any news at all, besides how it ends."""

NEWS_A_WEEK = 7
"""So many messages with news of reports somebody gets in seven days; beyond that only questions and endings."""

WEEK = timedelta(days=7)
FEW = 200  # people, up to whom a letter is put without leaving the loop to others meanwhile


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
    waiting = await waiting_news.lately(session, made, happening, now=now)
    for subject in sorted(waiting.held):
        await outbox.cancel(session, subject, now=now)
    if besides is not None and not waiting.held:
        whom = whom.where(Concern.resident_id != besides.id)
    told = 0
    for them, whose in readers(made, whom):
        if at_once:
            told += await _send(session, view, happening, them, waiting.earlier, now, whose=whose)
        else:
            told += await _within_limits(session, view, happening, them, waiting, now, whose)
    return told


def readers(made: ServiceRequest, whom: Select[int]) -> Sequence[tuple[Select[int], str]]:
    """These people of `Concern`, apart where organisers have hidden the report: whoever reported it knows what it says
    (`own`), and is told more than `others`."""
    if made.hidden_because is None:
        return ((whom, ""),)
    reported = Concern.why == "reporter"
    return (whom.where(reported), "own"), (whom.where(~reported), "others")


async def _within_limits(
    session: AsyncSession,
    view: View,
    happening: Happening,
    whom: Select[int],
    waiting: Waiting,
    now: datetime,
    whose: str,
) -> int:
    """For those who have not heard too much this week."""
    spoken = await _spoken(session, whom, now=now)
    told = 0
    # Before the others are put theirs: whoever has had one more by then would be asked for again.
    for is_last in (True, False):
        if languages := {code: count for (code, is_theirs), count in spoken.items() if is_theirs == is_last}:
            heard = _heard(now)
            them = whom.where(heard == NEWS_A_WEEK - 1 if is_last else heard < NEWS_A_WEEK - 1)
            told += await _send(
                session,
                view,
                happening,
                them,
                waiting.earlier,
                now,
                hold=waiting.since,
                last=is_last,
                whose=whose,
                languages=languages,
            )
    return told


async def write_anew(
    session: AsyncSession, made: ServiceRequest, happening: Happening, *, now: datetime
) -> None:
    """What was written of a report and still waits goes without what organisers have hidden just now."""
    waiting = await waiting_news.lately(session, made, happening, now=now)
    view = await report_views.of(session, made)
    for subject, one in waiting.held.items():
        if subject.endswith((":own", ":others")):
            continue  # it was hidden before, so it is written like that already
        held = select(Mailing.held_at).where(Mailing.subject == subject)
        written = (
            select(Address.resident_id)
            .join(Envelope, Envelope.address_id == Address.id)
            .join(Mailing, Mailing.id == Envelope.mailing_id)
            .where(Mailing.subject == subject)
        )
        whom = select(Concern.resident_id).where(
            Concern.service_request_id == made.id, Concern.resident_id.in_(written)
        )
        earlier = [each for each in waiting.earlier if each.id < one.id]
        hold, last = await session.scalar(held), subject.endswith(":last")
        await outbox.cancel(session, subject, now=now)
        for them, whose in readers(made, whom):
            await _send(session, view, one, them, earlier, now, hold=hold, last=last, whose=whose)


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
    whose: str = "",
    languages: Mapping[str, int] | None = None,
) -> int:
    names = await team_names(session, [*earlier, happening])
    then = now if hold is None else hold + A_WHILE

    def write(tongue: Tongue) -> Message:
        known, secret = names.get(tongue.code, {}), whose == "others"
        return letters.news(
            view, happening, known, tongue, now=then, earlier=earlier, last=last, secret=secret
        )

    subject = waiting_news.subject(view.report, happening.id, last=last, whose=whose)
    return await put(session, whom, write, subject, now=now, held_at=hold, languages=languages)


async def tell_team(
    session: AsyncSession, made: ServiceRequest, *, now: datetime, why: str = "new", view: View | None = None
) -> int:
    """Put a report before those who work in its team, or direct its body; where nobody is in charge, before the
    community's organisers. `why` is `new`, `routed`, `handed_over`, `back`, `replied`: once each for every time that
    happens. Whoever has its `view` already brings it."""
    whom = await officers.at_the_desk_of(session, made)
    if whom is None:
        why = "nobody" if made.team_id is None else "empty"
        return await tell_organisers(session, made, now=now, why=why, view=view)
    shown = view or await report_views.of(session, made)
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
    """Put a report before its community's organisers, with the teams that it could go to: `nobody` is in charge, nobody
    works in its team (`empty`), or it was handed over too often (`hops`)."""
    shown = view or await report_views.of(session, made)
    offered = await likely_teams.first(session, made) if why != "hops" else ()
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
