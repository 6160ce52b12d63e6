"""What reports and posts hold of a person: erased with them, made one with another's, and gone when it has its age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import retention
from bot.lifecycle import ENDED
from bot.models import (
    Concern,
    Duty,
    Happening,
    Officer,
    Photo,
    Resident,
    ServiceRequest,
    Spot,
)
from bot.services.reporting import report_photos

RANK = {"follow": 0, "same": 1, "reporter": 2}
POSTS = {"officer": 0, "lead": 1}
"""In a team, where two posts of a person become one. A director may be a councillor besides, and for several wards."""

LOOKED_AT = 500  # reports


# --- erased -------------------------------------------------------------------------------------


async def erase(session: AsyncSession, resident: Resident, *, now: datetime) -> None:
    """Reports stay, because a problem is everybody's; who reported it goes, by the tables' own rules. Of those that
    are confidential the words and pictures go too. Posts are left before, see `leaving.forget`."""
    mine = ServiceRequest.resident_id == resident.id
    await session.execute(update(ServiceRequest).where(mine).values(named=False))
    # Of whoever was asked something nobody is there to answer: the days go on next morning.
    asked = ServiceRequest.waiting_since.is_not(None)
    await session.execute(update(ServiceRequest).where(mine, asked).values(review_at=now))
    ids = select(ServiceRequest.id).where(mine, ServiceRequest.confidential)
    await _without_words(session, (await session.scalars(ids)).all())


async def _without_words(session: AsyncSession, reports: Sequence[int]) -> None:
    """Of these reports nothing stays that residents wrote or showed."""
    if not reports:
        return
    blank: dict[str, Any] = {"description": "", "address": None, "service_attributes": {}}
    await session.execute(update(ServiceRequest).where(ServiceRequest.id.in_(reports)).values(blank))
    await report_photos.let_go(session, Photo.service_request_id.in_(reports), Photo.kind == "problem")
    theirs = Happening.service_request_id.in_(reports) & Happening.officer_id.is_(None)
    await session.execute(update(Happening).where(theirs).values(words=None))


# --- made one -----------------------------------------------------------------------------------


async def merge(session: AsyncSession, gone: Resident, into: Resident) -> None:
    """Everything of `gone` is `into`'s. Whom a report concerned twice is counted once."""
    await _merge_concerns(session, gone, into)
    await _merge_posts(session, gone, into)
    for table, column in (
        (ServiceRequest, ServiceRequest.resident_id),
        (Happening, Happening.resident_id),
        (Photo, Photo.resident_id),
        (Spot, Spot.made_by),
        (Duty, Duty.made_by),
    ):
        await session.execute(
            update(table)
            .where(column == gone.id)
            .values({column.key: into.id})
            .execution_options(synchronize_session="fetch")
        )


async def _merge_concerns(session: AsyncSession, gone: Resident, into: Resident) -> None:
    found = await session.scalars(
        select(Concern).where(Concern.resident_id == gone.id).order_by(Concern.service_request_id)
    )
    for theirs in found.all():
        mine = await session.get(Concern, (theirs.service_request_id, into.id))
        if mine is None:
            about = {"why": theirs.why, "wants": theirs.wants, "since": theirs.since}
            session.add(Concern(service_request_id=theirs.service_request_id, resident_id=into.id, **about))
        else:
            if "follow" not in (mine.why, theirs.why):
                await session.execute(
                    update(ServiceRequest)
                    .where(ServiceRequest.id == theirs.service_request_id, ServiceRequest.people > 1)
                    .values(people=ServiceRequest.people - 1)
                    .execution_options(synchronize_session="fetch")
                )
            mine.why = max(mine.why, theirs.why, key=RANK.__getitem__)
            mine.since = min(mine.since, theirs.since)
        await session.delete(theirs)
    await session.flush()


async def _merge_posts(session: AsyncSession, gone: Resident, into: Resident) -> None:
    def which(one: Officer) -> tuple[object, ...]:
        return one.body_id, one.team_id, one.area_id, one.post if one.team_id is None else None

    mine = {
        which(one): one
        for one in await session.scalars(select(Officer).where(Officer.resident_id == into.id))
    }
    found = await session.scalars(select(Officer).where(Officer.resident_id == gone.id).order_by(Officer.id))
    for theirs in found.all():
        kept = mine.get(which(theirs))
        if kept is None:
            theirs.resident_id = into.id
            continue
        if kept.team_id is not None:
            kept.post = max(kept.post, theirs.post, key=POSTS.__getitem__)
        for table, column in (
            (ServiceRequest, ServiceRequest.officer_id),
            (Happening, Happening.officer_id),
        ):
            await session.execute(
                update(table)
                .where(column == theirs.id)
                .values({column.key: kept.id})
                .execution_options(synchronize_session="fetch")
            )
        await session.delete(theirs)
    await session.flush()


# --- gone with their age ------------------------------------------------------------------------


async def fade(
    session: AsyncSession, *, now: datetime, after: int = 0, looked_at: int = LOOKED_AT
) -> int | None:
    """Among so many reports after number `after`, take what is personal from those that ended long enough ago. What
    was done in public stays. Returns the last number that was looked at; None when there are no more."""
    some = (
        select(ServiceRequest.id)
        .where(ServiceRequest.id > after)
        .order_by(ServiceRequest.id)
        .limit(looked_at)
        .subquery()
    )
    last, many = (await session.execute(select(func.max(some.c.id), func.count(some.c.id)))).one()
    if last is None:
        return None
    ended = func.coalesce(ServiceRequest.resolved_at, ServiceRequest.updated_datetime)
    old = await session.execute(
        select(ServiceRequest.id, ServiceRequest.confidential).where(
            ServiceRequest.id.between(after + 1, last),
            ServiceRequest.status.in_(ENDED),
            ended < now - retention.age("report"),
            _personal(),
        )
    )
    rows = old.all()
    reports = [number for number, _ in rows]
    if reports:
        await _fade(session, reports, [number for number, confidential in rows if confidential])
    return int(last) if many == looked_at else None


def _personal() -> ColumnElement[bool]:
    """Whether there is anything left of a person."""
    return or_(
        ServiceRequest.resident_id.is_not(None),
        ServiceRequest.officer_id.is_not(None),
        ServiceRequest.confidential & (ServiceRequest.description != ""),
        *(
            select(table.service_request_id)
            .where(table.service_request_id == ServiceRequest.id, *which)
            .exists()
            for table, which in (
                (Concern, ()),
                (Photo, ()),
                (Happening, (_tells_who() | _private_words(),)),
            )
        ),
    )


def _tells_who() -> ColumnElement[bool]:
    return Happening.resident_id.is_not(None) | Happening.officer_id.is_not(None)


def _private_words() -> ColumnElement[bool]:
    return Happening.public.is_(False) & Happening.words.is_not(None)


async def _fade(session: AsyncSession, reports: Sequence[int], confidential: Sequence[int]) -> None:
    await _without_words(session, confidential)
    whose: dict[str, Any] = {"resident_id": None, "named": False, "officer_id": None}
    await session.execute(update(ServiceRequest).where(ServiceRequest.id.in_(reports)).values(whose))
    await report_photos.let_go(session, Photo.service_request_id.in_(reports))
    await session.execute(delete(Concern).where(Concern.service_request_id.in_(reports)))
    theirs = Happening.service_request_id.in_(reports)
    await session.execute(update(Happening).where(theirs, _private_words()).values(words=None))
    await session.execute(
        update(Happening).where(theirs, _tells_who()).values(resident_id=None, officer_id=None)
    )
