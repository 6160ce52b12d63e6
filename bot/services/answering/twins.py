"""Two reports of the same problem: joined by those in charge, and taken apart again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle
from bot.errors import Refused
from bot.i18n import N_
from bot.models import Concern, Happening, Resident, ServiceRequest
from bot.services.answering.casework import Case, case, record, write
from bot.services.reporting import histories, report_news, reports
from bot.services.reporting.hindrances import still_open
from bot.services.reporting.own_reports import end


async def merge(session: AsyncSession, number: int, into: int, *, by: Resident, now: datetime) -> Case:
    """Join it with an older report of the same: whoever it concerns is concerned by that one, and hears it once."""
    along = await _locked(session, number, into)
    one = await case(session, number, by=by)
    twin = await reports.locked(session, into)
    if (
        twin.id == one.report.id
        or twin.duplicate_of is not None
        or twin.community_id != one.report.community_id
        or twin.confidential  # whoever comes along could read what is meant for those in charge
        or one.report.confidential
    ):
        raise Refused(N_("These two cannot be joined."))
    still_open(twin)
    step = lifecycle.step(one.report.status, "duplicate", "officer")
    happening = await write(
        session, one, "merged", now=now, public=True, before=one.report.status, after=step.after, into=twin.id
    )
    await report_news.tell(session, one.report, happening, now=now, besides=by)
    for each in along:
        await _on_to(session, await reports.locked(session, each), one.report, twin, now=now)
    await _move_concerns(session, one.report, twin, now=now)
    one.report.duplicate_of = twin.id
    await end(session, one.report, "duplicate", now=now)
    await _promise(session, twin, one.report, now=now)
    await histories.note(
        session, twin, "merged", now=now, public=True, officer=one.officer, came=one.report.id
    )
    record(session, one, "report.merge", now=now, into=twin.id)
    return one


async def _promise(
    session: AsyncSession, twin: ServiceRequest, made: ServiceRequest, *, now: datetime
) -> None:
    """Whoever came along was told days too: of two the earlier one holds, however often they are joined and taken
    apart."""
    before = twin.expected_datetime
    for name in ("acknowledge_by", "answer_by", "expected_datetime"):
        days = [day for day in (getattr(twin, name), getattr(made, name)) if day is not None]
        setattr(twin, name, min(days, default=None))
    twin.review_at = now
    if twin.expected_datetime not in (None, before) and not await histories.was_asked(session, twin):
        twin.check_at = twin.expected_datetime + lifecycle.ASK_AFTER


async def _locked(session: AsyncSession, number: int, into: int) -> list[int]:
    """Lock both and whatever was joined with the first before, which is returned."""

    async def along() -> set[int]:
        return set(await session.scalars(theirs))

    async def all_of_them() -> set[int]:
        return {number, into, *await along()}

    theirs = select(ServiceRequest.id).where(ServiceRequest.duplicate_of == number)
    await reports.in_order(session, all_of_them)
    return sorted(await along())


async def _on_to(
    session: AsyncSession, made: ServiceRequest, one: ServiceRequest, twin: ServiceRequest, *, now: datetime
) -> None:
    """What was joined with `one` before goes along to `twin` as what it is, so that each can still be taken apart."""
    await _let_go(session, made, one)
    made.duplicate_of = twin.id
    await _move_concerns(session, made, twin, now=now)


async def _move_concerns(
    session: AsyncSession, made: ServiceRequest, twin: ServiceRequest, *, now: datetime
) -> None:
    """Whoever the one concerns is concerned by the other too. Their rows stay behind as well, so that the two can be
    taken apart."""
    rows = await session.scalars(select(Concern).where(Concern.service_request_id == twin.id))
    there = {how.resident_id: how for how in rows}
    added = 0
    for how in (await session.scalars(select(Concern).where(Concern.service_request_id == made.id))).all():
        why = "same" if how.why == "reporter" else how.why
        if known := there.get(how.resident_id):
            if known.why == "follow" and why == "same":  # followed only, and has the problem too
                known.why = "same"
                added += 1
            continue
        session.add(
            Concern(
                service_request_id=twin.id, resident_id=how.resident_id, why=why, wants=how.wants, since=now
            )
        )
        added += why == "same"
    twin.people += added
    await session.flush()


async def split(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> Case:
    """Take it apart from the report that it was joined with: it goes on by itself."""
    await reports.goes_on(session, number)
    one = await case(session, number, by=by)
    if one.report.duplicate_of is None:
        raise Refused(N_("This report is not joined with another one."))
    if not one.report.people:
        raise Refused(N_("Everyone whom it concerned has taken it back. There is nothing to take apart."))
    twin = await reports.locked(session, one.report.duplicate_of)
    await _let_go(session, one.report, twin)
    one.report.duplicate_of = None
    await _as_before(session, one.report, now=now)
    happening = await write(
        session, one, "split", now=now, public=True, before="duplicate", after=lifecycle.AGAIN
    )
    await report_news.tell(session, one.report, happening, now=now, besides=by)
    record(session, one, "report.split", now=now, twin=twin.id)
    return one


async def _as_before(session: AsyncSession, made: ServiceRequest, *, now: datetime) -> None:
    """Let it go on as if it had not been joined: what was promised stays promised, and what was asked is not asked
    again."""
    made.status, made.status_notes = lifecycle.AGAIN, None
    made.resolved_at = made.planned_for = None
    made.review_at = now
    if made.expected_datetime is not None and not await histories.was_asked(session, made):
        made.check_at = made.expected_datetime + lifecycle.ASK_AFTER


async def _let_go(session: AsyncSession, made: ServiceRequest, twin: ServiceRequest) -> None:
    """Whoever came along with the one is concerned by the other no more, unless by something else too. What they want
    to hear goes back with them."""
    came_along = select(Concern.resident_id).where(Concern.service_request_id == made.id)
    others = select(ServiceRequest.id).where(
        ServiceRequest.duplicate_of == twin.id, ServiceRequest.id != made.id
    )
    stay = select(Concern.resident_id).where(Concern.service_request_id.in_(others))
    joined = select(Happening.at).where(Happening.service_request_id == twin.id, Happening.event == "merged")
    gone = await session.scalars(
        select(Concern).where(
            Concern.service_request_id == twin.id,
            Concern.resident_id.in_(came_along),
            Concern.resident_id.not_in(stay),
            Concern.since.in_(joined),  # whoever was there before, or came by themselves, stays
        )
    )
    for how in gone.all():
        before = await session.get_one(Concern, (made.id, how.resident_id))
        before.wants = how.wants
        twin.people -= how.why == "same"
        await session.delete(how)
    await session.flush()
