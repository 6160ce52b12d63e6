"""Taking reports in: what somebody wants to report, brought to the right team, with the days by which it hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle, working_days
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.reporting.reports import View
from bot.letters.reporting.routing import Reason
from bot.message import Media, Place
from bot.models import Body, Community, Concern, Duty, Photo, Resident, Service, ServiceRequest
from bot.services import codes
from bot.services.community import communities
from bot.services.in_charge import routing
from bot.services.in_charge.routing import Route
from bot.services.reporting import enough, histories, report_news, report_views
from bot.services.reporting.hindrances import short_enough
from bot.services.reporting.nearby import cell

LENGTH = 6  # characters of a reference, 30 bits: read out on the telephone
LONGEST = 4000  # characters of a description; Open311's limit
PICTURES = 5  # of one report, by whoever made it
USUAL_DAYS = (1, 5, 20)  # working days until it is seen, answered, resolved, where no duty says otherwise


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to report. `address` is the place in words; `media` are its pictures."""

    description: str
    service_code: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    place: Place | None = None
    address: str | None = None
    media: Sequence[Media] = ()
    named: bool = False
    confidential: bool = False

    @property
    def at(self) -> tuple[float, float] | tuple[None, None]:
        """Latitude and longitude, as far as a place is known."""
        return (None, None) if self.place is None else (self.place.lat, self.place.long)


def described(text: str) -> str:
    """The words of a report; Refused where they are too long."""
    return short_enough(text.strip(), LONGEST)


@dataclass(frozen=True, slots=True)
class Received:
    """A report that was taken in, as it is spoken of, and why it went where it is."""

    view: View
    reason: Reason


async def report(
    session: AsyncSession, community: Community, draft: Draft, *, by: Resident, now: datetime
) -> ServiceRequest:
    """The same as `receive` for whoever wants to know no more."""
    return (await receive(session, community, draft, by=by, now=now)).view.report


async def receive(
    session: AsyncSession,
    community: Community,
    draft: Draft,
    *,
    by: Resident,
    now: datetime,
    way: Route | None = None,
) -> Received:
    """Take a report in, and bring it to the team that is in charge; those who work there hear it. Whoever has asked
    where it goes, in this transaction, brings the `way`."""
    await enough.not_yet(session, enough.REPORTED, by=by, now=now)
    service = None if draft.service_code is None else await _service(session, draft.service_code)
    if way is None:
        way = await routing.route(session, community.id, draft.service_code, *draft.at)
    made = _made(community, draft, way, service, reference=await _reference(session), by=by, now=now)
    aim(made, way.body if way.team else None, way.duty, now=now)
    session.add(made)
    await session.flush()
    session.add(Concern(service_request_id=made.id, resident_id=by.id, why="reporter", since=now))
    first = await histories.note(session, made, "reported", now=now, resident=by, public=True)
    await histories.note(session, made, "routed", now=now, public=True, team_id=made.team_id)
    await add_pictures(session, made, draft.media, by=by, happening=first.id, now=now)
    await communities.join(session, by, community.id, now=now)
    view = await report_views.of(session, made)
    await report_news.tell_team(session, made, now=now, view=view)
    return Received(view, way.reason(service, draft.address))


def _made(
    community: Community,
    draft: Draft,
    way: Route,
    service: Service | None,
    *,
    reference: str,
    by: Resident,
    now: datetime,
) -> ServiceRequest:
    lat, long = draft.at
    return ServiceRequest(
        service_request_id=reference,
        community_id=community.id,
        service_code=draft.service_code,
        service_attributes=draft.attributes,
        description=described(draft.description),
        language=by.language,
        address=draft.address,
        lat=lat,
        long=long,
        cell=None if lat is None or long is None else cell(lat, long),
        area_id=None if way.area is None else way.area.id,
        resident_id=by.id,
        named=draft.named,
        confidential=draft.confidential or _confidential(service, way.duty),
        status=lifecycle.FIRST,
        body_id=None if way.team is None else way.team.body_id,
        team_id=None if way.team is None else way.team.id,
        because=way.because(),
        requested_datetime=now,
        updated_datetime=now,
    )


def _confidential(service: Service | None, duty: Duty | None) -> bool:
    return bool((service and service.confidential) or (duty and duty.confidential))


async def _service(session: AsyncSession, code: str) -> Service:
    service = await session.get(Service, code)
    if service is None:
        raise Refused(N_("I do not know this kind of problem any more. Please choose again."))
    return service


async def _reference(session: AsyncSession) -> str:
    """A new one; with 30 bits two may meet, once in a great while."""
    while True:
        fresh = codes.new(LENGTH).upper()
        taken = select(ServiceRequest.id).where(ServiceRequest.service_request_id == fresh)
        if await session.scalar(taken) is None:
            return fresh


def aim(made: ServiceRequest, body: Body | None, duty: Duty | None, *, now: datetime) -> None:
    """Set until when somebody will have seen it, answered and resolved it, as far as somebody is in charge. A team that
    got it by hand, without a duty that says more, has the usual time."""
    made.review_at = now
    made.acknowledge_by = made.answer_by = made.expected_datetime = made.check_at = None
    if body is None:  # its organisers have to find out who is
        made.check_at = now + lifecycle.ASK_AFTER
        return
    seen, answered, resolved = USUAL_DAYS
    if duty is not None:
        seen, answered, resolved = duty.acknowledge_days, duty.answer_days, duty.resolve_days
    made.acknowledge_by = working_days.after(now, seen, body)
    made.answer_by = working_days.after(now, answered, body)
    made.expected_datetime = working_days.after(now, resolved, body)
    made.check_at = made.expected_datetime + lifecycle.ASK_AFTER


async def add_pictures(
    session: AsyncSession,
    made: ServiceRequest,
    media: Sequence[Media],
    *,
    by: Resident,
    happening: int | None,
    now: datetime,
    kind: str = "problem",
) -> None:
    """Put pictures to a report; they are fetched and drawn anew a moment later."""
    for one in media[:PICTURES]:
        session.add(
            Photo(
                service_request_id=made.id,
                happening_id=happening,
                resident_id=by.id,
                kind=kind,
                media=one.as_json(),
                at=now,
            )
        )
