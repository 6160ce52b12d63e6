"""To the right desk: which team of which body does a service at a place, why, and what organisers want remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.letters.reporting.routing import Reason
from bot.models import Body, Community, Duty, Resident, Service, Team
from bot.services import audit
from bot.services.community import communities
from bot.services.in_charge import areas
from bot.services.in_charge.areas import Ground

How = Literal["area", "anywhere", "nobody", "private", "outside"]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a report goes. `area` is the one that decided: of the duty, the private ground, or the smallest one there;
    `body` without a `team` is who may know about it, to be told with its contact. `rule`: organisers made it."""

    how: How
    body: Body | None = None
    team: Team | None = None
    duty: Duty | None = None
    area: Ground | None = None
    rule: bool = False

    def because(self) -> dict[str, Any]:
        """Everything needed to say why, as it is kept in `ServiceRequest.because`."""
        kept = {
            "how": self.how,
            "area": self.area.id if self.area else None,
            "duty": self.duty.id if self.duty else None,
            "body": self.body.id if self.body else None,
            "team": self.team.id if self.team else None,
            "rule": self.rule or None,
        }
        return {name: value for name, value in kept.items() if value is not None}

    def reason(self, service: Service | None, address: str | None) -> Reason:
        """What `letters.routing.because` says in words, of what was just found."""
        return Reason(self.how, self.body, self.team, self.area, service, address, self.rule)


class Report(Protocol):
    """What of a report a rule is made from; a `ServiceRequest` is one."""

    community_id: int
    service_code: str | None


async def services_at(
    session: AsyncSession, community_id: int, lat: float | None, long: float | None
) -> Sequence[Service]:
    """The kinds of problems that somebody is in charge of there, in their order; all of them where nobody is."""
    _, held = await _grounds(session, community_id, lat, long)
    here = await _duties(session, community_id, held)
    known = await session.scalars(select(Service).order_by(Service.order, Service.service_code))
    everything = known.all()
    done = {one.service_code for one in here}
    return [one for one in everything if one.service_code in done] or everything


async def route(
    session: AsyncSession,
    community_id: int,
    service_code: str | None,
    lat: float | None,
    long: float | None,
) -> Route:
    """Who does it there: first as the community's organisers want it, then whoever has the smallest area, then who
    does it anywhere. Private ground ends the search: what lies around it is not in charge there."""
    outside, held = await _grounds(session, community_id, lat, long)
    duties = await _duties(session, community_id, held, service_code)
    found = _chosen(duties, held, private=_is_private(held))
    if outside:
        body = found.body_id if found else _whose(held)
        return Route("outside", await _body(session, body), area=held[0] if held else None)
    if found is not None:
        return await _as_route(session, found, held)
    if _is_private(held):
        return Route("private", await _body(session, held[-1].body_id), area=held[-1])
    return Route("nobody", area=held[0] if held else None)


async def _grounds(
    session: AsyncSession, community_id: int, lat: float | None, long: float | None
) -> tuple[bool, list[Ground]]:
    """Whether a point lies outside the community's borders, and the areas that count there, the smallest first: up to
    private ground if it is one. Without a point it is the community's own area."""
    community = await session.get(Community, community_id)
    border = community.area_id if community else None
    if lat is None or long is None:
        atlas = await areas.atlas(session)
        return False, [one for one in atlas.grounds if border is not None and one.id == border]
    held = await areas.holding(session, lat, long)
    outside = border is not None and border not in {one.id for one in held}
    for number, one in enumerate(held):
        if one.kind == areas.PRIVATE:
            return outside, held[: number + 1]
    return outside, held


def _is_private(held: Sequence[Ground]) -> bool:
    return bool(held) and held[-1].kind == areas.PRIVATE


def _whose(held: Sequence[Ground]) -> int | None:
    return next((one.body_id for one in held if one.body_id is not None), None)


async def _duties(
    session: AsyncSession,
    community_id: int,
    held: Sequence[Ground],
    service_code: str | Literal[True] | None = True,
) -> Sequence[Duty]:
    """Duties that hold in these areas or anywhere, the oldest first; of one service, of any (True) or of none."""
    if service_code is None:
        return []
    there = Duty.area_id.is_(None) | Duty.area_id.in_([one.id for one in held])
    ours = Duty.community_id.is_(None) | (Duty.community_id == community_id)
    wanted = select(Duty).where(Duty.ended_at.is_(None), there, ours).order_by(Duty.id)
    if service_code is not True:
        wanted = wanted.where(Duty.service_code == service_code)
    return (await session.scalars(wanted)).all()


def _chosen(duties: Sequence[Duty], held: Sequence[Ground], *, private: bool) -> Duty | None:
    """The organisers' own rules go first, the newest of them; then the smallest area, then anywhere."""
    rules = [one for one in reversed(duties) if one.community_id is not None]
    others = [one for one in duties if one.community_id is None]
    for choice in (rules, others):
        for ground in held:
            for one in choice:
                if one.area_id == ground.id:
                    return one
        for one in choice:
            if one.area_id is None and not private:
                return one
    return None


async def _as_route(session: AsyncSession, duty: Duty, held: Sequence[Ground]) -> Route:
    area = next((one for one in held if one.id == duty.area_id), None)
    return Route(
        "anywhere" if area is None else "area",
        await session.get_one(Body, duty.body_id),
        await session.get_one(Team, duty.team_id),
        duty,
        area,
        rule=duty.community_id is not None,
    )


async def _body(session: AsyncSession, number: int | None) -> Body | None:
    return None if number is None else await session.get(Body, number)


async def reason(
    session: AsyncSession, because: Mapping[str, Any], *, service_code: str | None, address: str | None
) -> Reason:
    """The same of a report from before: the names behind what was kept."""

    async def named(table: type[Any], what: str) -> Any:
        number = because.get(what)
        return None if number is None else await session.get(table, number)

    return Reason(
        how=str(because.get("how", "nobody")),
        body=await named(Body, "body"),
        team=await named(Team, "team"),
        area=(await areas.atlas(session)).ground(because.get("area")),
        service=None if service_code is None else await session.get(Service, service_code),
        address=address,
        rule=bool(because.get("rule")),
    )


async def remember(session: AsyncSession, report: Report, team: Team, *, by: Resident, now: datetime) -> Duty:
    """From now on this team gets what is reported of this kind in this community, wherever it lies; an organiser says
    so. An earlier rule for the same ends. The targets are those that the team has for it, if any."""
    community = await communities.require_organiser(session, by, report.community_id)
    if report.service_code is None:
        raise Refused(N_("Only a kind of problem can be remembered. This one has none yet."))
    before = await rules(session, community.id, report.service_code)
    for one in before:
        if one.team_id == team.id:
            return one
        one.ended_at = now
    usual = await session.scalar(
        select(Duty)
        .where(
            Duty.team_id == team.id,
            Duty.service_code == report.service_code,
            Duty.community_id.is_(None),
            Duty.ended_at.is_(None),
        )
        .order_by(Duty.id)
        .limit(1)
    )
    kept = ("acknowledge_days", "answer_days", "resolve_days", "confidential")
    rule = Duty(
        body_id=team.body_id,
        team_id=team.id,
        service_code=report.service_code,
        community_id=community.id,
        made_by=by.id,
        created_at=now,
        **({name: getattr(usual, name) for name in kept} if usual else {}),
    )
    session.add(rule)
    await session.flush()
    audit.record(
        session, "route.remember", by=by, community_id=community.id, now=now, subject=f"duty:{rule.id}"
    )
    return rule


async def rules(session: AsyncSession, community_id: int, service_code: str | None = None) -> Sequence[Duty]:
    """What the organisers of a community wanted remembered."""
    wanted = select(Duty).where(Duty.community_id == community_id, Duty.ended_at.is_(None)).order_by(Duty.id)
    if service_code is not None:
        wanted = wanted.where(Duty.service_code == service_code)
    return (await session.scalars(wanted)).all()


async def forget(session: AsyncSession, duty_id: int, *, by: Resident, now: datetime) -> Duty:
    """Remember a rule no more."""
    rule = await session.get(Duty, duty_id)
    if rule is None or rule.community_id is None or rule.ended_at is not None:
        raise Refused(N_("This rule does not hold any more."))
    await communities.require_organiser(session, by, rule.community_id)
    rule.ended_at = now
    audit.record(
        session, "route.forget", by=by, community_id=rule.community_id, now=now, subject=f"duty:{rule.id}"
    )
    return rule
