"""What organisers do with reports that nobody is in charge of: send each to a team, and have that remembered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle
from bot.errors import Refused
from bot.i18n import N_
from bot.models import Body, Duty, Resident, ServiceRequest, Team
from bot.services import audit
from bot.services.answering.casework import by_hand, duty_of
from bot.services.community import communities
from bot.services.in_charge import officers, routing
from bot.services.reporting import histories, receiving, report_news, reports
from bot.services.reporting.own_reports import go_on

PROMISED = ("acknowledge_by", "answer_by", "expected_datetime", "check_at")


async def send_to(
    session: AsyncSession, number: int, team_id: int, *, by: Resident, now: datetime, remember: bool = False
) -> ServiceRequest:
    """Bring a report to this team, which an organiser found out to be in charge; everyone concerned hears it, and by
    when there is an answer. What an earlier team promised stays promised. Refused where it is with a team already."""
    made = await reports.locked(session, number)
    await communities.require_organiser(session, by, made.community_id)
    if not await officers.is_nobodys(session, made):
        raise Refused(N_("This report is with a team already."))
    if not lifecycle.STATUSES[made.status].open:
        raise Refused(N_("This report has ended."))
    team = await session.get(Team, team_id)
    if team is None or team.id == made.team_id:
        raise Refused(N_("Please choose another team."))
    await go_on(session, made, now=now)  # whoever has asked the reporter something works there no more
    duty = await duty_of(session, made, team)
    if remember:
        duty = await routing.remember(session, made, team, by=by, now=now)
    body = await session.get_one(Body, team.body_id)
    made.team_id, made.body_id, made.because = team.id, body.id, by_hand(team, duty)
    made.confidential = made.confidential or bool(duty and duty.confidential)
    promised = {name: getattr(made, name) for name in PROMISED}
    receiving.aim(made, body, duty, now=now)
    if promised["expected_datetime"] is not None:  # a team before them promised it, and gave it back
        for name, day in promised.items():
            setattr(made, name, day)
    elif await histories.was_asked(session, made):
        made.check_at = None
    happening = await histories.note(
        session, made, "routed", now=now, public=True, team_id=team.id, how="hand"
    )
    audit.record(
        session,
        "report.route",
        by=by,
        community_id=made.community_id,
        now=now,
        subject=f"report:{made.id}",
        team=team.id,
    )
    await session.flush()
    await report_news.tell(session, made, happening, now=now)
    await report_news.tell_team(session, made, now=now, why="routed")
    return made


async def always(session: AsyncSession, number: int, team_id: int, *, by: Resident, now: datetime) -> Duty:
    """From now on all of this kind in this community go to that team, which this report is with."""
    made = await reports.locked(session, number)
    await communities.require_organiser(session, by, made.community_id)
    team = await session.get(Team, team_id)
    if team is None or made.team_id != team.id:
        raise Refused(N_("This report is not with that team any more."))
    return await routing.remember(session, made, team, by=by, now=now)
