"""The part of what is known of a person that comes from reports of problems, and from posts of bodies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import (
    Address,
    Area,
    Body,
    Concern,
    DeskCard,
    Duty,
    Happening,
    Officer,
    Photo,
    Resident,
    ServiceRequest,
    Spot,
    Team,
)
from bot.services.people.mydeeds import Data, Towns, moment, rows_of, slug


async def posts(session: AsyncSession, resident: Resident) -> list[Data]:
    """The posts that they fill."""
    rows = await session.execute(
        select(Officer, Body.slug, Team.slug, Area.slug)
        .join(Body, Body.id == Officer.body_id)
        .outerjoin(Team, Team.id == Officer.team_id)
        .outerjoin(Area, Area.id == Officer.area_id)
        .where(Officer.resident_id == resident.id)
        .order_by(Officer.id)
    )
    return [
        {"body": body, "team": team, "area": area, "post": one.post, "since": moment(one.since)}
        for one, body, team, area in rows.all()
    ]


async def reports(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """What they reported."""
    mine = ServiceRequest.resident_id == resident.id
    return [
        {
            "report": one.service_request_id,
            "community": slug(towns, one.community_id),
            "kind": one.service_code,
            "words": one.description,
            "answers": dict(one.service_attributes),
            "place": one.address,
            "point": None if one.lat is None else [one.lat, one.long],
            "state": one.status,
            "named": one.named,
            "confidential": one.confidential,
            "sent_at": moment(one.requested_datetime),
        }
        for one in await rows_of(session, ServiceRequest, mine, by=ServiceRequest.id)
    ]


async def desk_cards(session: AsyncSession, addresses: Sequence[Address]) -> list[Data]:
    """The messages that show them a report as somebody in charge."""
    there = DeskCard.address_id.in_([one.id for one in addresses])
    found = await _with_reference(session, DeskCard, there, DeskCard.at)
    return [
        {
            "report": reference,
            "address": one.address_id,
            "list": " ".join(str(part) for part in (one.listed or {}).values()),
            "since": moment(one.at),
        }
        for one, reference in found
    ]


async def concerns(session: AsyncSession, resident: Resident) -> list[Data]:
    """The reports that concern them, and which news of each they want."""
    found = await _with_reference(session, Concern, Concern.resident_id == resident.id, Concern.since)
    return [
        {"report": reference, "why": one.why, "news": one.wants, "since": moment(one.since)}
        for one, reference in found
    ]


async def said(session: AsyncSession, resident: Resident) -> list[Data]:
    """What they did and said in the history of reports, as residents and in their posts."""
    mine = Happening.resident_id == resident.id
    in_posts = Happening.officer_id.in_(select(Officer.id).where(Officer.resident_id == resident.id))
    return [
        {"report": reference, "at": moment(one.at), "act": one.event, "words": one.words}
        for one, reference in await _with_reference(session, Happening, mine | in_posts, Happening.id)
    ]


async def pictures(session: AsyncSession, resident: Resident) -> list[Data]:
    """The pictures that they sent for reports."""
    return [
        {"report": reference, "kind": one.kind, "sent_at": moment(one.at)}
        for one, reference in await _with_reference(
            session, Photo, Photo.resident_id == resident.id, Photo.id
        )
    ]


async def rules(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """Who shall get which reports, as they settled it for a community."""
    found = await rows_of(session, Duty, Duty.made_by == resident.id, by=Duty.id)
    return [
        {
            "community": slug(towns, one.community_id),
            "kind": one.service_code,
            "team": (await session.get_one(Team, one.team_id)).slug,
            "made_at": moment(one.created_at),
        }
        for one in found
    ]


async def spots(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """Links on lamp posts and bins that they made."""
    return [
        {"link": one.code, "community": slug(towns, one.community_id), "name": one.name}
        for one in await rows_of(session, Spot, Spot.made_by == resident.id, by=Spot.code)
    ]


async def _with_reference(
    session: AsyncSession, table: Any, which: Any, by: Any
) -> Sequence[tuple[Any, str]]:
    rows = await session.execute(
        select(table, ServiceRequest.service_request_id)
        .join(ServiceRequest, ServiceRequest.id == table.service_request_id)
        .where(which)
        .order_by(by)
    )
    return [(one, reference) for one, reference in rows]
