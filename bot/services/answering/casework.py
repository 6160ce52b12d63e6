"""What those in charge do with a report: take it, answer, plan, end it, hand it over, ask, join it with another.

Whoever does it, in the chat or by e-mail, does it here: it is checked against the post they fill and the table in
`lifecycle.py`, written into the history, and told to everyone concerned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle
from bot.errors import Refused
from bot.i18n import N_
from bot.message import Media
from bot.models import Duty, Happening, Officer, Resident, ServiceRequest, Team
from bot.services import audit
from bot.services.in_charge import officers
from bot.services.reporting import additions, histories, receiving, report_news, reports
from bot.services.reporting.hindrances import (
    can_be_asked,
    not_joined,
    short_enough,
    still_open,
    still_to_come,
)
from bot.services.reporting.own_reports import end, go_on, reopen

LONGEST = 1500  # characters of what is said of a report
MANY_HOPS = 2  # handings-over, after which the organisers are told


@dataclass(frozen=True, slots=True)
class Case:
    """A report in an officer's hand, locked."""

    report: ServiceRequest
    officer: Officer
    resident: Resident


async def case(session: AsyncSession, number: int, *, by: Resident) -> Case:
    """The report, if `by` may act on it; Refused otherwise."""
    made = await reports.locked(session, number)
    return Case(made, await officers.require(session, by, made), by)


def said(text: str | None) -> str:
    """What an officer writes; Refused where there is nothing, or too much."""
    text = (text or "").strip()
    if not text:
        raise Refused(N_("Please write a sentence. People want to know why."))
    return short_enough(text, LONGEST)


async def take(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> Case:
    """Look after it from now on; Refused where a colleague does already."""
    one = await case(session, number, by=by)
    still_open(one.report)
    if one.report.officer_id == one.officer.id:
        return one
    if one.report.officer_id is not None:
        colleague = await session.get_one(Officer, one.report.officer_id)
        name = (await officers.names(session, [colleague])).get(colleague.id)
        if name is None:
            raise Refused(N_("A colleague has taken this one already."))
        raise Refused(N_("{name} has taken this one already."), name=name)
    one.report.officer_id = one.officer.id
    happening = await write(session, one, "taken", now=now, public=True)
    if one.report.status == lifecycle.FIRST:
        lifecycle.step(one.report.status, "confirmed", "officer")
        one.report.status = "confirmed"
    _seen(one.report, now=now)
    await report_news.tell(session, one.report, happening, now=now, besides=by)
    return one


async def let_go(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> Case:
    """Give it back to the team."""
    one = await case(session, number, by=by)
    if one.report.officer_id != one.officer.id:
        raise Refused(N_("You have not taken this one."))
    one.report.officer_id = None
    await write(session, one, "note", now=now, public=False, let_go=True)
    return one


async def answer(
    session: AsyncSession,
    number: int,
    text: str,
    *,
    by: Resident,
    now: datetime,
    versions: Mapping[str, str] | None = None,
    media: Sequence[Media] = (),
) -> Case:
    """Say something to everyone concerned. `versions` are the same words in other languages, for whoever reads them."""
    one = await case(session, number, by=by)
    await not_joined(session, one.report)
    others = {code: said(words) for code, words in (versions or {}).items()}
    more = {"versions": others} if others else {}
    happening = await write(session, one, "answer", now=now, public=True, words=said(text), **more)
    await receiving.add_pictures(
        session, one.report, media, by=by, happening=happening.id, now=now, kind="work"
    )
    _heard(one, now=now)
    await report_news.tell(session, one.report, happening, now=now, besides=by)
    return one


async def note(session: AsyncSession, number: int, text: str, *, by: Resident, now: datetime) -> Case:
    """Write something down that only those in charge see."""
    one = await case(session, number, by=by)
    await write(session, one, "note", now=now, public=False, words=said(text))
    _seen(one.report, now=now)
    return one


async def move(
    session: AsyncSession,
    number: int,
    status: str,
    *,
    by: Resident,
    now: datetime,
    words: str | None = None,
    day: date | None = None,
    media: Sequence[Media] = (),
) -> Case:
    """Bring it into another state, with what that asks for; everyone concerned hears it."""
    one = await case(session, number, by=by)
    made, before = one.report, one.report.status
    await not_joined(session, made)
    step = lifecycle.step(before, status, "officer")
    if step.needs == "twin":
        raise Refused(N_("Please choose the report that it is joined with."))
    if step.needs == "day":
        day = await still_to_come(session, made, day, now=now)
    text = said(words) if step.needs == "reason" or words else None
    happening = await write(
        session, one, "status", now=now, public=True, words=text, before=before, after=status
    )
    if media:
        await receiving.add_pictures(
            session, made, media, by=by, happening=happening.id, now=now, kind="work"
        )
    if not lifecycle.STATUSES[before].open:
        await reopen(session, made, now=now)
    if step.needs == "day":
        made.planned_for, made.review_at = day, now
    made.status_notes = text
    _heard(one, now=now)
    if lifecycle.STATUSES[status].open:
        made.status = status
    else:
        await end(session, made, status, now=now)
    await report_news.tell(session, made, happening, now=now, besides=by)
    return one


async def ask(session: AsyncSession, number: int, text: str, *, by: Resident, now: datetime) -> Case:
    """Ask whoever reported it something; the clocks stand still until they answer."""
    one = await case(session, number, by=by)
    can_be_asked(one.report)
    happening = await write(session, one, "asked", now=now, public=False, words=said(text))
    _heard(one, now=now)
    one.report.waiting_since = one.report.review_at = now
    await report_news.tell(session, one.report, happening, now=now, besides=by)
    return one


async def hand_over(
    session: AsyncSession, number: int, team_id: int, reason: str, *, by: Resident, now: datetime
) -> Case:
    """Give it to another team, of this body or another, because it is theirs. What was promised stays promised."""
    one = await case(session, number, by=by)
    made = one.report
    still_open(made)
    team = await session.get(Team, team_id)
    if team is None or team.id == made.team_id:
        raise Refused(N_("Please choose another team."))
    before = made.team_id
    await additions.seen(session, made, now=now)
    made.team_id, made.body_id, made.officer_id = team.id, team.body_id, None
    made.hops += 1
    duty = await duty_of(session, made, team)
    made.because = by_hand(team, duty)
    made.confidential = made.confidential or bool(duty and duty.confidential)
    happening = await histories.note(
        session,
        made,
        "handed_over",
        now=now,
        public=True,
        officer=one.officer,
        words=said(reason),
        language=by.language,
        team_id=team.id,
        came_from=before,
    )
    await go_on(session, made, now=now)
    made.review_at = now
    await report_news.tell(session, made, happening, now=now, besides=by)
    await report_news.tell_team(session, made, now=now, why="handed_over")
    if made.hops == MANY_HOPS + 1:
        await report_news.tell_organisers(session, made, now=now, why="hops")
    record(session, one, "report.hand_over", now=now, team=team.id)
    return one


async def send_back(session: AsyncSession, number: int, reason: str, *, by: Resident, now: datetime) -> Case:
    """It is another team's, and who knows whose: the organisers find out. What was promised stays promised."""
    one = await case(session, number, by=by)
    made = one.report
    still_open(made)
    before, made.hops = made.team_id, made.hops + 1
    happening = await write(
        session, one, "handed_over", now=now, public=True, words=said(reason), back=True, came_from=before
    )
    await go_on(session, made, now=now)
    made.team_id = made.body_id = made.officer_id = None
    made.because = {"how": "nobody"}
    made.review_at = now
    await report_news.tell(session, made, happening, now=now, besides=by)
    await report_news.tell_team(session, made, now=now, why="nobody")
    record(session, one, "report.send_back", now=now, team=before)
    return one


async def duty_of(session: AsyncSession, made: ServiceRequest, team: Team) -> Duty | None:
    """What that team does of this kind, for the clocks of a report that somebody brought there by hand."""
    theirs = select(Duty).where(
        Duty.team_id == team.id, Duty.service_code == made.service_code, Duty.ended_at.is_(None)
    )
    found: Duty | None = await session.scalar(theirs.order_by(Duty.id).limit(1))
    return found


def by_hand(team: Team, duty: Duty | None) -> dict[str, Any]:
    """Why it is with a team: somebody brought it there."""
    why = {"how": "hand", "body": team.body_id, "team": team.id}
    return why if duty is None else {**why, "duty": duty.id}


def _seen(made: ServiceRequest, *, now: datetime) -> None:
    made.acknowledged_at = made.acknowledged_at or now


def _heard(one: Case, *, now: datetime) -> None:
    """Somebody has said something themselves."""
    _seen(one.report, now=now)
    if not lifecycle.STATUSES[one.report.status].open:
        return
    one.report.answered_at = one.report.answered_at or now
    if one.report.status == lifecycle.FIRST:
        one.report.status = "confirmed"
    if one.report.officer_id is None:
        one.report.officer_id = one.officer.id


async def write(
    session: AsyncSession, one: Case, event: str, *, now: datetime, public: bool, **more: object
) -> Happening:
    """Into the history, in the officer's name and language."""
    await additions.seen(session, one.report, now=now)
    language = one.resident.language if more.get("words") else None
    return await histories.note(
        session,
        one.report,
        event,
        now=now,
        public=public,
        officer=one.officer,
        language=language,
        **more,  # type: ignore[arg-type]
    )


def record(session: AsyncSession, one: Case, act: str, *, now: datetime, **details: object) -> None:
    """Into the audit log."""
    audit.record(
        session,
        act,
        by=one.resident,
        community_id=one.report.community_id,
        now=now,
        subject=f"report:{one.report.id}",
        **details,
    )
