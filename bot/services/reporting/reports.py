"""Reports by residents: found, of whom they are, and joined by whoever has the same problem."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle
from bot.db import insert_new
from bot.errors import Refused
from bot.i18n import N_
from bot.models import Concern, Resident, ServiceRequest
from bot.services.community import communities
from bot.services.reporting import enough, histories

BACK_WITHIN = timedelta(days=180)
"""For so long somebody may say that it is back; after that it is another problem."""

ENDED = N_("This report has ended. If the problem is there again, please report it with /report.")


async def found(session: AsyncSession, reference: str) -> ServiceRequest | None:
    """The report of that reference, as people type it."""
    wanted = "".join(reference.split()).upper()
    one: ServiceRequest | None = await session.scalar(
        select(ServiceRequest).where(ServiceRequest.service_request_id == wanted)
    )
    return one


async def locked(session: AsyncSession, number: int) -> ServiceRequest:
    """The report of that number, nobody else changing it until the commit; Refused where there is none."""
    one: ServiceRequest | None = await session.scalar(
        select(ServiceRequest)
        .where(ServiceRequest.id == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if one is None:
        raise Refused(N_("I do not know this report any more."))
    return one


async def in_order(session: AsyncSession, wanted: Callable[[], Awaitable[set[int]]]) -> set[int]:
    """Lock all reports that are `wanted`, the lowest number first, so that nobody waits in a ring. When more are wanted
    once we have waited, all are let go of and locked anew, for an earlier one may be among them. Returns which these
    are now."""
    held = await wanted()
    while True:
        async with session.begin_nested() as attempt:
            for each in sorted(held):
                await locked(session, each)
            now = await wanted()
            if now <= held:
                return now
            await attempt.rollback()
        held = now


async def goes_on(session: AsyncSession, number: int) -> ServiceRequest:
    """The same as `locked`; where it was joined with another one, that one. Both are locked."""

    async def both() -> set[int]:
        joined = select(ServiceRequest.duplicate_of).where(ServiceRequest.id == number)
        return {number, await session.scalar(joined) or number}

    await in_order(session, both)
    made = await session.get_one(ServiceRequest, number)
    return made if made.duplicate_of is None else await session.get_one(ServiceRequest, made.duplicate_of)


async def for_everybody(session: AsyncSession, number: int) -> ServiceRequest:
    """The same; Refused where not everybody may know it."""
    made = await goes_on(session, number)
    if made.confidential or made.hidden_because is not None:
        raise Refused(N_("I do not know this report any more."))
    return made


async def concern(session: AsyncSession, made: ServiceRequest, resident: Resident) -> Concern | None:
    """How a report concerns somebody, if it does."""
    return await session.get(Concern, (made.id, resident.id))


async def of(
    session: AsyncSession, resident: Resident, *, page: int, most: int
) -> tuple[Sequence[ServiceRequest], int, int]:
    """The reports that concern somebody, so many on a page: open ones first, then the newest. Whoever only follows one
    has it no more when it is confidential. Also which page it is, the nearest there is, and of how many."""
    mine = (
        select(ServiceRequest)
        .join(Concern, Concern.service_request_id == ServiceRequest.id)
        .where(
            Concern.resident_id == resident.id,
            or_(Concern.why != "follow", ServiceRequest.confidential.is_(False)),
        )
    )
    count = await session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    pages = max(1, -(-count // most))
    page = max(0, min(page, pages - 1))
    order = (ServiceRequest.status.in_(lifecycle.OPEN).desc(), ServiceRequest.id.desc())
    found = await session.scalars(mine.order_by(*order).limit(most).offset(page * most))
    return found.all(), page, pages


async def same(
    session: AsyncSession, number: int, *, by: Resident, now: datetime
) -> tuple[ServiceRequest, bool]:
    """Somebody has the same problem: they are counted and hear what comes of it. Also whether that is new; people are
    counted, not messages."""
    made = await for_everybody(session, number)
    if not lifecycle.STATUSES[made.status].open:
        raise Refused(ENDED)
    known = await concern(session, made, by)
    if known is None or known.why == "follow":
        await enough.not_yet(session, enough.JOINED, by=by, now=now)
    row = {"service_request_id": made.id, "resident_id": by.id, "why": "same", "wants": "all", "since": now}
    new = insert_new(session, Concern).values(row).returning(Concern.resident_id)
    fresh = await session.scalar(new) is not None
    if not fresh:
        followed = (
            update(Concern)
            .where(
                Concern.service_request_id == made.id, Concern.resident_id == by.id, Concern.why == "follow"
            )
            .values(why="same")
            .returning(Concern.resident_id)
        )
        fresh = await session.scalar(followed) is not None
    if fresh:
        made.people += 1
        made.updated_datetime = now
        await histories.note(session, made, "joined", now=now, resident=by, public=True)
        await communities.join(session, by, made.community_id, now=now)
    return made, fresh
