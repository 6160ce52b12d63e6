"""Which teams a report could go to, the likeliest first: for whoever has to choose one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Body, Duty, Officer, ServiceRequest, Team
from bot.services.in_charge import areas

A_FEW = 4  # teams that are offered before all bodies are


@dataclass(frozen=True, slots=True)
class Choice:
    """A team with its body. `does_it`: it does this kind of service somewhere."""

    team: Team
    body: Body
    does_it: bool


async def first(session: AsyncSession, made: ServiceRequest) -> Sequence[Choice]:
    """The few likeliest."""
    return (await of(session, made))[:A_FEW]


async def of(session: AsyncSession, made: ServiceRequest) -> Sequence[Choice]:
    """All teams in which somebody works, but for the one that has it: first those that do this kind where it is, then
    those that do it elsewhere, then those that do something else where it is, then the rest; by their names. Bodies
    that work elsewhere only are left out."""
    somebody = exists().where(Officer.team_id == Team.id)
    wanted = select(Team, Body).join(Body, Body.id == Team.body_id).where(somebody)
    if made.team_id is not None:
        wanted = wanted.where(Team.id != made.team_id)
    pairs = [(team, body) for team, body in await session.execute(wanted)]
    ranks, far = await _ranks(session, made)
    pairs = [(team, body) for team, body in pairs if body.id not in far]
    choices = [
        (ranks.get(team.id, _ELSEWHERE), Choice(team, body, _does(ranks, team))) for team, body in pairs
    ]
    choices.sort(
        key=lambda one: (one[0], one[1].body.name_in("en"), one[1].team.name_in("en"), one[1].team.id)
    )
    return [choice for _, choice in choices]


_HERE, _THIS_KIND, _NEAR, _ELSEWHERE = range(4)


def _does(ranks: dict[int, int], team: Team) -> bool:
    return ranks.get(team.id, _ELSEWHERE) <= _THIS_KIND


async def _ranks(session: AsyncSession, made: ServiceRequest) -> tuple[dict[int, int], set[int]]:
    """Ranks by team, and the bodies that do something, but nothing where it is."""
    held: set[int | None] = {None}
    if made.lat is not None and made.long is not None:
        held |= {one.id for one in await areas.holding(session, made.lat, made.long)}
    rows = await session.execute(
        select(Duty.body_id, Duty.team_id, Duty.service_code, Duty.area_id)
        .where(
            Duty.ended_at.is_(None),
            or_(Duty.community_id.is_(None), Duty.community_id == made.community_id),
        )
        .distinct()
    )
    ranks: dict[int, int] = {}
    working: set[int] = set()
    near: set[int] = set()
    for body_id, team_id, service_code, area_id in rows:
        this, here = service_code == made.service_code, area_id in held
        rank = (_HERE if here else _THIS_KIND) if this else (_NEAR if here else _ELSEWHERE)
        ranks[team_id] = min(rank, ranks.get(team_id, _ELSEWHERE))
        working.add(body_id)
        if here:
            near.add(body_id)
    return ranks, working - near
