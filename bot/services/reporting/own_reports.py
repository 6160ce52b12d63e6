"""What residents do with reports that concern them: add to them, take them back, say that it is back, answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle, working_days
from bot.errors import Refused
from bot.i18n import N_
from bot.message import Media
from bot.models import WANTS, Body, Concern, Duty, Happening, Nudge, Resident, ServiceRequest
from bot.services.reporting import (
    additions,
    enough,
    histories,
    receiving,
    report_news,
    reports,
    waiting_news,
)
from bot.services.reporting.hindrances import SAY_SO, still_open

NOT_YOURS = N_("This report is not one of yours.")


async def mine(session: AsyncSession, number: int, *, by: Resident) -> tuple[ServiceRequest, Concern]:
    """A report that concerns somebody, locked, with how it does; Refused otherwise."""
    made = await reports.locked(session, number)
    how = await reports.concern(session, made, by)
    if how is None:
        raise Refused(NOT_YOURS)
    return made, how


async def goes_on(session: AsyncSession, number: int, *, by: Resident) -> tuple[ServiceRequest, Concern]:
    """The same; where it was joined with another one, that one: whomever it concerned went along."""
    made = await reports.goes_on(session, number)
    return await mine(session, made.id, by=by)


async def want(session: AsyncSession, number: int, wants: str, *, by: Resident, now: datetime) -> Concern:
    """Hear all news of it, only how it ends, or none."""
    made, how = await goes_on(session, number, by=by)
    if wants not in WANTS:
        raise Refused(N_("I do not know this button. Please use the newest one."))
    how.wants = wants
    if wants != "all":
        await waiting_news.without(session, made.id, by, now=now)
    return how


async def add(
    session: AsyncSession, number: int, text: str, media: Sequence[Media], *, by: Resident, now: datetime
) -> ServiceRequest:
    """Add words or pictures; those in charge hear that."""
    made, _ = await goes_on(session, number, by=by)
    still_open(made, otherwise=SAY_SO)
    await enough.not_yet(session, enough.ADDED, by=by, now=now, made=made)
    happening = await _noted(session, made, "added", text, media, by=by, now=now)
    await additions.tell(session, made, happening, now=now)
    return made


async def _noted(
    session: AsyncSession,
    made: ServiceRequest,
    event: str,
    text: str,
    media: Sequence[Media],
    *,
    by: Resident,
    now: datetime,
    public: bool = True,
    **more: Any,
) -> Happening:
    """What they wrote and sent, as a line of the report's history with its pictures."""
    words = receiving.described(text) or None
    happening = await histories.note(
        session, made, event, now=now, public=public, resident=by, words=words, language=by.language, **more
    )
    await receiving.add_pictures(session, made, media, by=by, happening=happening.id, now=now)
    return happening


async def reply(
    session: AsyncSession, number: int, text: str, media: Sequence[Media], *, by: Resident, now: datetime
) -> ServiceRequest:
    """Answer what those in charge asked: the clocks go on, later by as long as they stood. One that comes when they go
    on already is as welcome."""
    made = await to_answer(session, number, by=by)
    await _noted(session, made, "replied", text, media, by=by, now=now, public=False)
    await go_on(session, made, now=now)
    await report_news.tell_team(session, made, now=now, why="replied")
    return made


async def to_answer(session: AsyncSession, number: int, *, by: Resident) -> ServiceRequest:
    """A report of theirs with a question that they have not answered; Refused otherwise."""
    made, how = await mine(session, number, by=by)
    if how.why != "reporter":
        raise Refused(NOT_YOURS)
    last = await session.scalar(
        select(Happening.event)
        .where(Happening.service_request_id == made.id, Happening.event.in_(histories.BETWEEN))
        .order_by(Happening.id.desc())
        .limit(1)
    )
    if last != "asked" or made.duplicate_of is not None:
        raise Refused(
            N_("Your answer has come already, or nobody asks any more. You can add words with /myreports.")
        )
    still_open(made, otherwise=SAY_SO)
    return made


async def go_on(session: AsyncSession, made: ServiceRequest, *, now: datetime) -> None:
    """Let the clocks go on that stood still while somebody was asked. What was promised ends on a working day again."""
    if made.waiting_since is None:
        return
    stood = now - made.waiting_since
    made.waiting_since = None
    made.waited = (made.waited or 0) + round(stood.total_seconds())
    body = None if made.body_id is None else await session.get(Body, made.body_id)

    def later(target: datetime) -> datetime:
        return target + stood if body is None else working_days.on_one(target + stood, body)

    if made.acknowledge_by and made.acknowledged_at is None:
        made.acknowledge_by = later(made.acknowledge_by)
    if made.answer_by and made.answered_at is None:
        made.answer_by = later(made.answer_by)
    if made.expected_datetime:
        made.expected_datetime = later(made.expected_datetime)
    made.review_at = now


async def held(session: AsyncSession, number: int, *, by: Resident) -> ServiceRequest:
    """Lock the report, the one in which it goes on, and what of theirs was joined with that."""

    async def all_of_theirs() -> set[int]:
        twin = await session.scalar(select(ServiceRequest.duplicate_of).where(ServiceRequest.id == number))
        theirs = await session.scalars(
            select(Concern.service_request_id).where(
                Concern.resident_id == by.id, Concern.service_request_id.in_(joined_with(twin or number))
            )
        )
        return {number, twin or number, *theirs.all()}

    await reports.in_order(session, all_of_theirs)
    return await session.get_one(ServiceRequest, number)


def joined_with(number: int) -> Select[int]:
    """The numbers of a report that goes on by itself and of all that were joined with it."""
    return select(ServiceRequest.id).where(
        or_(ServiceRequest.id == number, ServiceRequest.duplicate_of == number)
    )


async def to_take_back(
    session: AsyncSession, number: int, *, by: Resident
) -> tuple[ServiceRequest, ServiceRequest]:
    """A report of theirs, and the one in which it goes on: the same, unless they were joined. Both are locked, with
    all of theirs that were joined with it; Refused where it has ended."""
    made = await held(session, number, by=by)
    if await reports.concern(session, made, by) is None:
        raise Refused(NOT_YOURS)
    goes_on = made if made.duplicate_of is None else await session.get_one(ServiceRequest, made.duplicate_of)
    still_open(goes_on, otherwise=SAY_SO)
    return made, goes_on


async def withdraw(
    session: AsyncSession, number: int, *, by: Resident, now: datetime
) -> tuple[ServiceRequest, bool]:
    """Take it back. It ends where it concerns nobody else; otherwise it goes on for the others, without them. Where it
    was joined, their part in the one that goes on ends, and in what was joined with it: it is all one problem, and
    nobody comes back to it when it is taken apart. Also whether it has ended."""
    _, made = await to_take_back(session, number, by=by)
    rows = await session.execute(
        delete(Concern)
        .where(Concern.resident_id == by.id, Concern.service_request_id.in_(joined_with(made.id)))
        .returning(Concern.service_request_id, Concern.why)
    )
    gone = dict(rows.all())
    await waiting_news.without(session, made.id, by, now=now)
    for where, why in gone.items():
        each = await session.get_one(ServiceRequest, where)
        each.people -= why != "follow"
        if each.resident_id == by.id:
            each.resident_id = None
            await go_on(session, each, now=now)  # whoever was asked is not there any more
        if each is not made and why != "follow" and not each.people:
            each.confidential = True  # its own page shows nobody any more what they wrote
    if made.people or gone.get(made.id, "follow") == "follow":
        return made, False
    step = lifecycle.step(made.status, "closed", "resident")
    happening = await histories.note(
        session, made, "status", now=now, public=True, before=made.status, after=step.after, withdrawn=True
    )
    await end(session, made, step.after, now=now)
    made.check_at = None  # nobody is there to be asked
    await report_news.tell(session, made, happening, now=now, besides=by)
    made.confidential = True  # their words and pictures leave the pages that everybody reads
    return made, True


async def again(
    session: AsyncSession, number: int, text: str, media: Sequence[Media], *, by: Resident, now: datetime
) -> ServiceRequest:
    """It is back, or was never fixed: the report goes on at the same desk, with clocks of its own."""
    made = await can_be_back(session, number, by=by, now=now)
    await enough.not_yet(session, enough.BACK, by=by, now=now)
    return await _again(session, made, text, media, by=by, now=now)


async def not_fixed(
    session: AsyncSession, number: int, text: str, media: Sequence[Media], *, by: Resident, now: datetime
) -> ServiceRequest:
    """The same of whoever was asked: they may say so however much they have told today."""
    made = await can_be_back(session, number, by=by, now=now)
    return await _again(session, made, text, media, by=by, now=now)


async def can_be_back(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> ServiceRequest:
    """A report of theirs that ended, and not too long ago; Refused otherwise."""
    made, _ = await goes_on(session, number, by=by)
    if lifecycle.STATUSES[made.status].open:
        raise Refused(N_("This report is still open, so somebody is still in charge of it."))
    if made.resolved_at is not None and now - made.resolved_at > reports.BACK_WITHIN:
        raise Refused(N_("That was a long time ago. Please report it anew with /report."))
    if not made.people:  # everyone has taken it back, and whoever follows it has not got the problem
        raise Refused(reports.ENDED)
    return made


async def _again(
    session: AsyncSession,
    made: ServiceRequest,
    text: str,
    media: Sequence[Media],
    *,
    by: Resident,
    now: datetime,
) -> ServiceRequest:
    step = lifecycle.step(made.status, lifecycle.AGAIN, "resident")
    happening = await _noted(
        session, made, "status", text, media, by=by, now=now, before=made.status, after=step.after
    )
    await reopen(session, made, now=now)
    await report_news.tell(session, made, happening, now=now, besides=by)
    await report_news.tell_team(session, made, now=now, why="back")
    return made


async def reopen(session: AsyncSession, made: ServiceRequest, *, now: datetime) -> None:
    """Let an ended report go on. It counts as not on time from now on."""
    made.status, made.status_notes = lifecycle.AGAIN, None
    made.reopened += 1
    made.resolved_at = made.answered_at = made.planned_for = None
    made.found_fixed = None if made.found_fixed else made.found_fixed
    await session.execute(
        delete(Nudge).where(Nudge.service_request_id == made.id)
    )  # new targets, a new ladder
    body = None if made.body_id is None else await session.get(Body, made.body_id)
    duty = await session.get(Duty, made.because["duty"]) if made.because.get("duty") else None
    receiving.aim(made, body, duty, now=now)


async def end(session: AsyncSession, made: ServiceRequest, status: str, *, now: datetime) -> None:
    """Write down that it has ended; four weeks later it is asked whether it is fixed."""
    await go_on(session, made, now=now)
    made.status, made.resolved_at = status, now
    made.acknowledged_at = made.acknowledged_at or now
    made.review_at = None
    made.check_at = now + lifecycle.ASK_AFTER if status == "fixed" else None
