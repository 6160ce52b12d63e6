"""A report with all that those in charge are shown of it, and what they may see of whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.in_charge.desk_past import Case
from bot.message import Place
from bot.models import Happening, Officer, Photo, Resident, Service, ServiceRequest, is_open
from bot.services.answering import desk
from bot.services.answering.desk import Reach
from bot.services.in_charge import likely_teams, officers
from bot.services.reporting import histories, nearby, report_news, report_photos, report_views

NEAR = 3  # others that are named on a card
HISTORY = 200  # of what happened, the newest


async def of(session: AsyncSession, number: int, *, by: Resident) -> Case:
    """The report as `by` may see it; Refused where it is not theirs, in the same words as where there is none."""
    mine = await desk.reach(session, by)
    made = await session.get(ServiceRequest, number, populate_existing=True)
    seen = await desk.seen_as(session, mine, made)
    assert made is not None  # noqa: S101 - or it would have been refused
    organiser = seen == "organiser"
    history = await histories.of(session, made, everything=not organiser, most=HISTORY)
    teams = await report_news.team_names(session, history)
    nobodys = organiser and await officers.is_nobodys(session, made)
    return Case(
        view=await report_views.of(session, made),
        photos=await photos(session, made, organiser=organiser),
        history=history,
        teams=teams.get(by.language, {}),
        names=await _names(session, made, history),
        reporter=None if organiser else await _reporter(session, made),
        mine=made.officer_id is not None and made.officer_id in {one.id for one in mine.posts},
        organiser=organiser,
        twin=await _reference(session, made.duplicate_of),
        near=await _near(session, made),
        alike=await count_alike(session, made) if leads(mine, made) else 0,
        nobodys=nobodys,
        likely=await likely_teams.first(session, made) if nobodys else (),
    )


async def photos(
    session: AsyncSession, made: ServiceRequest, *, organiser: bool = False
) -> tuple[Photo, ...]:
    """All of its pictures, hidden ones too: for those in charge. Organisers see none that answer a question."""
    wanted = select(Photo).where(Photo.service_request_id == made.id).order_by(Photo.id)
    return tuple(await session.scalars(wanted.where(report_photos.no_answer()) if organiser else wanted))


async def _names(
    session: AsyncSession, made: ServiceRequest, history: Sequence[Happening]
) -> dict[int, str | None]:
    wanted = {one.officer_id for one in history} | {made.officer_id}
    posts = await session.scalars(select(Officer).where(Officer.id.in_(wanted - {None})))
    return await officers.names(session, posts.all())


async def _reporter(session: AsyncSession, made: ServiceRequest) -> str | None:
    """Their name, if they said that those in charge may know it."""
    if not made.named or made.resident_id is None:
        return None
    name: str | None = await session.scalar(select(Resident.name).where(Resident.id == made.resident_id))
    return name


async def _reference(session: AsyncSession, number: int | None) -> str | None:
    if number is None:
        return None
    found: str | None = await session.scalar(
        select(ServiceRequest.service_request_id).where(ServiceRequest.id == number)
    )
    return found


async def near(session: AsyncSession, made: ServiceRequest, *, most: int = NEAR) -> list[nearby.Near]:
    """Others of the same kind around it, that everybody may know of."""
    if made.lat is None or made.long is None or made.duplicate_of is not None:
        return []
    service = None if made.service_code is None else await session.get(Service, made.service_code)
    within = service.radius if service else nearby.USUAL
    place = Place(made.lat, made.long)
    found = await nearby.find(session, made.service_code, place, within=within, most=most + 1)
    return [one for one in found if one.report.id != made.id][:most]


async def _near(session: AsyncSession, made: ServiceRequest) -> list[tuple[str, int]]:
    return [(one.report.service_request_id, one.metres) for one in await near(session, made)]


# --- several at once -----------------------------------------------------------------------------


def leads(mine: Reach, made: ServiceRequest) -> bool:
    """Whether they lead its team, or direct its body."""
    return any(
        (one.post == "lead" and one.team_id == made.team_id)
        or (one.post == "director" and one.body_id == made.body_id)
        for one in mine.posts
    )


def alike(made: ServiceRequest) -> tuple[ColumnElement[bool], ...]:
    """What is true of all open ones of its team, kind and area."""
    one = ServiceRequest
    return (
        one.team_id == made.team_id,
        is_open(),
        one.service_code.is_(None) if made.service_code is None else one.service_code == made.service_code,
        one.area_id.is_(None) if made.area_id is None else one.area_id == made.area_id,
    )


async def count_alike(session: AsyncSession, made: ServiceRequest) -> int:
    """How many these are."""
    counted = select(func.count()).select_from(ServiceRequest).where(*alike(made))
    return int(await session.scalar(counted) or 0)
