"""Is it fixed? Asked once of those who have the problem: four weeks after it was said to be fixed, or when nothing was
heard for four weeks after the day by which it should have been solved.

Nobody has to answer. What ended stays ended without an answer; what is open stays open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle
from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.letters.reporting import report_news as letters
from bot.letters.reporting.reports import View
from bot.message import Media, Message
from bot.models import Community, Concern, Happening, Resident, ServiceRequest
from bot.services.following_up import ladder, mornings
from bot.services.reporting import histories, own_reports, report_news, report_views, reports

ANSWERS = ("yes", "no", "unknown")
AT_ONCE = 50  # reports in one transaction

NEWS = ("status", "answer", "handed_over", "taken", "asked")
"""What those in charge did or said of a report: while there is some, it is not asked whether it is fixed."""

Outcome = Literal["confirmed", "reopened", "still_open", "noted"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of somebody's answer: `confirmed` that it is fixed, `reopened` because it is not, `still_open` where it
    is open anyway, or only `noted`."""

    report: ServiceRequest
    outcome: Outcome


async def ask_due(session: AsyncSession, *, now: datetime) -> bool:
    """Ask about some reports whose time has come, where it is day; true when there may be more."""
    zones = await session.scalars(select(Community.zone).distinct())
    awake = [zone for zone in zones if mornings.awake(now, zone)]
    due = (
        select(ServiceRequest.id)
        .join(Community, Community.id == ServiceRequest.community_id)
        .where(ServiceRequest.check_at <= now, Community.zone.in_(awake))
        .order_by(ServiceRequest.check_at, ServiceRequest.id)
        .limit(AT_ONCE)
    )
    numbers = (await session.scalars(due)).all() if awake else []
    if not numbers:
        return False
    rows = await session.scalars(
        select(ServiceRequest)
        .where(ServiceRequest.id.in_(numbers), ServiceRequest.check_at <= now)
        .order_by(ServiceRequest.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for view in await report_views.of_many(session, rows.all()):
        await _ask(session, view, now=now)
    return len(numbers) == AT_ONCE


async def _ask(session: AsyncSession, view: View, *, now: datetime) -> None:
    made = view.report
    still = lifecycle.STATUSES[made.status].open
    if still:
        silent_since = await _last_news(session, view)
        if made.waiting_since is not None or silent_since + lifecycle.ASK_AFTER > now:
            made.check_at = max(silent_since, made.waiting_since or silent_since) + lifecycle.ASK_AFTER
            if made.check_at <= now:
                made.check_at = now + lifecycle.ASK_AFTER  # the reporter is asked something else just now
            return
    made.check_at = None
    happening = await histories.note(
        session, made, "checked", now=now, public=False, asked=True, round=made.reopened
    )
    since = None if still else made.resolved_at
    whom = select(Concern.resident_id).where(
        Concern.service_request_id == made.id, Concern.why != "follow", Concern.wants != "none"
    )
    for them, whose in report_news.readers(made, whom):
        subject = f"fixed:{made.id}:{happening.id}" + f":{whose}" * bool(whose)
        secret = whose == "others"

        def question(tongue: Tongue, secret: bool = secret) -> Message:
            return letters.fixed_question(view, tongue, since=since, secret=secret)

        await report_news.put(session, them, question, subject, now=now)


async def _last_news(session: AsyncSession, view: View) -> datetime:
    """When it should have been solved, which day is set for the work, or when those in charge were heard of last,
    whichever is latest."""
    made = view.report
    newest: datetime | None = await session.scalar(
        select(func.max(Happening.at)).where(
            Happening.service_request_id == made.id, Happening.event.in_(NEWS)
        )
    )
    promised = made.expected_datetime or made.requested_datetime
    return max(filter(None, (promised, ladder.day_of_work(made, view.zone), newest)))


async def answer(
    session: AsyncSession,
    number: int,
    answer: str,
    *,
    by: Resident,
    now: datetime,
    words: str = "",
    media: Sequence[Media] = (),
) -> Answered:
    """What somebody who was asked says: `yes`, `no` or `unknown`; the first "no" opens it again. Refused for those who
    were not asked."""
    if answer not in ANSWERS:
        raise Refused(N_("I do not know this button. Please use the newest one."))
    goes_on = await reports.goes_on(session, number)
    made, how = await own_reports.mine(session, number, by=by)
    said = await _said(session, made)
    question = next((one for one in said if one.details.get("asked")), None)
    if how.why == "follow" or question is None:
        raise Refused(N_("Nobody has asked this of you. With /myreports you can say how it stands."))
    since = [one for one in said if one.id > question.id and one.resident_id == by.id]
    if since and since[0].details.get("answer") == answer:
        return Answered(made, "noted")  # a double tap
    asked_in = question.details.get("round")
    await histories.note(
        session, made, "checked", now=now, public=False, resident=by, answer=answer, round=asked_in
    )
    still = lifecycle.STATUSES[goes_on.status].open
    if answer == "unknown" or asked_in != made.reopened or (goes_on is not made and answer == "yes"):
        return Answered(made, "still_open" if still and answer == "no" else "noted")
    if answer == "yes":
        return await _yes(session, made, by=by, now=now)
    if still:
        made.found_fixed = False
        return Answered(made, "still_open")
    opened = await own_reports.not_fixed(session, made.id, words, media, by=by, now=now)
    opened.found_fixed = False
    return Answered(opened, "reopened")


async def _said(session: AsyncSession, made: ServiceRequest) -> Sequence[Happening]:
    """Questions and answers, the newest first."""
    checked = select(Happening).where(Happening.service_request_id == made.id, Happening.event == "checked")
    return (await session.scalars(checked.order_by(Happening.id.desc()))).all()


async def _yes(session: AsyncSession, made: ServiceRequest, *, by: Resident, now: datetime) -> Answered:
    """It is fixed: a report that ended so is confirmed, an open one ends. What was said to be fixed before and was not
    stays counted as that."""
    if lifecycle.STATUSES[made.status].open:
        step = lifecycle.step(made.status, "fixed", "resident")
        happening = await histories.note(
            session, made, "status", now=now, public=True, resident=by, before=made.status, after=step.after
        )
        await own_reports.end(session, made, step.after, now=now)
        made.check_at = None  # it was asked just now
        await report_news.tell(session, made, happening, now=now, besides=by)
    came_back = made.reopened > 0 and made.found_fixed is False
    if made.status == "fixed" and not came_back:
        made.found_fixed = True
    return Answered(made, "confirmed")


async def counts(session: AsyncSession, made: ServiceRequest) -> dict[str, int]:
    """How many people said what since it was asked last; the newest word of each."""
    newest: dict[int, str] = {}
    for one in await _said(session, made):
        if one.details.get("asked"):
            break
        if one.resident_id is not None:
            newest.setdefault(one.resident_id, one.details["answer"])
    return {one: list(newest.values()).count(one) for one in ANSWERS}
