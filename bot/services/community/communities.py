"""Communities and who belongs to them: found, joined, left, with roles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from bot import i18n
from bot.clock import zones
from bot.db import later
from bot.errors import Refused
from bot.i18n import N_
from bot.message import Place
from bot.models import Community, Invitation, Membership, Resident
from bot.services import audit, roll

NEAR = 25.0  # kilometres; a community further away is not what somebody meant by "here"
RESERVED = frozenset({"say", "events", "lines", "proof", "static", "media"})
"""Addresses below /w/ that are no community's."""

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


async def add(
    session: AsyncSession,
    slug: str,
    names: dict[str, str],
    *,
    zone: str,
    languages: Sequence[str],
    now: datetime,
    areas: Sequence[str] = (),
    place: Place | None = None,
) -> Community:
    """Found a community. Raises Refused, in words for the operator, when something cannot be right."""
    if not SLUG.fullmatch(slug):
        raise Refused(N_("A short name has small letters, digits and hyphens only, such as elm-park."))
    if slug in RESERVED:
        raise Refused(N_("A page of ours is called {slug}. Please choose another short name."), slug=slug)
    if await by_slug(session, slug):
        raise Refused(N_("There is a community called {slug} already."), slug=slug)
    if zone not in zones():
        raise Refused(N_("There is no time zone called {zone}. One that exists is Europe/London."), zone=zone)
    for code in languages:
        if code not in i18n.available():
            spoken = ", ".join(i18n.available())
            raise Refused(N_("I do not speak {code} yet. I speak {spoken}."), code=code, spoken=spoken)
    if not languages or not all(0 < len(name.strip()) <= NAME_LIMIT for name in names.values()):
        raise Refused(N_("A community needs a name of up to {n} letters and a language."), n=NAME_LIMIT)
    community = Community(
        slug=slug,
        names={code: name.strip() for code, name in names.items()},
        zone=zone,
        languages=list(languages),
        areas=list(areas),
        lat=place.lat if place else None,
        long=place.long if place else None,
        created_at=now,
    )
    session.add(community)
    await session.flush()
    audit.record(session, "community.add", by=None, community_id=community.id, now=now, subject=slug)
    return community


NAME_LIMIT = 60  # characters; a name stands on a poster and in a button


async def by_slug(session: AsyncSession, slug: str) -> Community | None:
    """The community of that short name."""
    found: Community | None = await session.scalar(
        select(Community).where(Community.slug == slug.strip().lower())
    )
    return found


async def listed(session: AsyncSession) -> Sequence[Community]:
    """All communities, by their short names."""
    return (await session.scalars(select(Community).order_by(Community.slug))).all()


async def named(session: AsyncSession, words: str) -> Sequence[Community]:
    """Communities whose short name or name, in any language, holds these words; at most five, best first."""
    wanted = " ".join(words.casefold().split())
    matches = [
        (not any(name.casefold() == wanted for name in (one.slug, *one.names.values())), one.slug, one)
        for one in await listed(session)
        if any(
            wanted in name.casefold() for name in (one.slug, one.slug.replace("-", " "), *one.names.values())
        )
    ]
    return [one for _, _, one in sorted(matches, key=lambda match: match[:2])[:5]]


async def near(session: AsyncSession, place: Place) -> Sequence[Community]:
    """Communities within reach of a place, nearest first; at most five."""
    placed = await session.scalars(select(Community).where(Community.lat.is_not(None)))
    distances = [(kilometres(place, Place(one.lat, one.long)), one) for one in placed if one.lat and one.long]
    return [one for far, one in sorted(distances, key=lambda pair: pair[0])[:5] if far <= NEAR]


def kilometres(a: Place, b: Place) -> float:
    """Haversine on a sphere of 6,371 km."""
    phi, psi = radians(a.lat), radians(b.lat)
    half = sin((psi - phi) / 2) ** 2 + cos(phi) * cos(psi) * sin(radians(b.long - a.long) / 2) ** 2
    return 2 * 6371 * asin(sqrt(half))


async def membership(session: AsyncSession, resident: Resident, community_id: int) -> Membership | None:
    """How a resident belongs to a community, if they do."""
    return await session.get(Membership, (community_id, resident.id))


async def of(session: AsyncSession, resident: Resident) -> Sequence[Membership]:
    """A resident's memberships with their communities, in the order of joining."""
    found = await session.scalars(
        select(Membership)
        .join(Membership.community)
        .options(contains_eager(Membership.community))
        .where(Membership.resident_id == resident.id)
        .order_by(Membership.joined_at, Membership.community_id)
    )
    return found.all()


async def organised_by(session: AsyncSession, resident: Resident) -> Sequence[Community]:
    """The communities in which a resident is an organiser."""
    return [one.community for one in await of(session, resident) if one.role == "organiser"]


async def organisers(session: AsyncSession, community_id: int) -> Sequence[int]:
    """The residents who are organisers of a community."""
    found = await session.scalars(
        select(Membership.resident_id)
        .where(Membership.community_id == community_id, Membership.role == "organiser")
        .order_by(Membership.resident_id)
    )
    return found.all()


async def require_organiser(session: AsyncSession, resident: Resident, community_id: int) -> Community:
    """The community, if the resident is an organiser there; Refused otherwise."""
    belongs = await membership(session, resident, community_id)
    community = await session.get(Community, community_id)
    if belongs is None or community is None or belongs.role != "organiser":
        raise Refused(N_("Only organisers of this community can do that."))
    return community


async def join(
    session: AsyncSession, resident: Resident, community_id: int, *, now: datetime, source: str | None = None
) -> Membership:
    """Belong to a community from now on; nothing changes for whoever does already."""
    belongs = await membership(session, resident, community_id)
    if belongs is None:
        enrol(session, resident, community_id, now=now, source=source)
        belongs = await session.get_one(Membership, (community_id, resident.id))
    return belongs


def enrol(
    session: AsyncSession, resident: Resident, community_id: int, *, now: datetime, source: str | None
) -> None:
    """The same for whoever need not know how they belong. The same person may join at another address in the same
    moment: whoever comes second changes nothing."""
    joined = {"community_id": community_id, "resident_id": resident.id, "joined_at": now}
    later(
        session,
        Membership,
        {"role": "resident", "source": source, **joined},
        key=("community_id", "resident_id"),
        change=(),
    )


async def leave(session: AsyncSession, resident: Resident, community_id: int, *, now: datetime) -> Community:
    """Belong to a community no more. The last organiser has to name another first."""
    belongs = await membership(session, resident, community_id)
    community = await session.get(Community, community_id)
    if belongs is None or community is None:
        raise Refused(N_("You are not a member there."))
    await _spare_the_last_organiser(session, belongs)
    if belongs.role != "resident":
        await session.execute(  # nobody comes back by an invitation of their own
            update(Invitation)
            .where(
                Invitation.community_id == community_id,
                Invitation.made_by == resident.id,
                Invitation.used_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
            .values(revoked_at=now)
        )
        audit.record(session, f"{belongs.role}.leave", by=resident, community_id=community_id, now=now)
    await session.delete(belongs)
    await roll.forget(session)  # it says who belongs
    return community


async def _spare_the_last_organiser(session: AsyncSession, belongs: Membership) -> None:
    if belongs.role != "organiser":
        return
    of_it = select(Membership.resident_id).where(Membership.community_id == belongs.community_id)
    # Locked: two who leave at the same moment must not each count on the other.
    rest = of_it.where(Membership.role == "organiser").order_by(Membership.resident_id).with_for_update()
    if len((await session.scalars(rest)).all()) == 1:
        raise Refused(
            N_(
                "You are the last organiser here. Please invite another one first: send /invite and pass the link on."
            )
        )


async def size(session: AsyncSession, community_id: int) -> int:
    """How many people belong to a community."""
    counted = await session.scalar(
        select(func.count()).select_from(Membership).where(Membership.community_id == community_id)
    )
    return int(counted or 0)
