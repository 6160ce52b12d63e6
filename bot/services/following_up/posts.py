"""Who can be told of a report that is late: whoever fills a post and can be reached, else whoever is above them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.models import Address, Body, Membership, Officer, ServiceRequest
from bot.services.following_up.ladder import ORDER, Whom
from bot.services.in_charge import areas
from bot.services.in_charge.areas import Atlas


@dataclass(frozen=True, slots=True)
class Posts:
    """Everybody in charge of a body's reports who can be written to, and the organisers around it."""

    officers: Sequence[Officer]
    organisers_of: dict[int, Sequence[int]]
    atlas: Atlas | None = None

    @classmethod
    async def of(cls, session: AsyncSession, body: Body | None, communities: Collection[int]) -> Posts:
        """Read them, with two statements."""
        officers: Sequence[Officer] = ()
        if body is not None:
            officers = (await session.scalars(_OFFICERS, {"body": body.id})).all()
        organisers: dict[int, list[int]] = {}
        for community, resident in await session.execute(_ORGANISERS, {"communities": list(communities)}):
            organisers.setdefault(community, []).append(resident)
        wards = any(one.area_id is not None for one in officers)
        atlas = await areas.atlas(session) if wards else None
        return cls(officers, {number: tuple(some) for number, some in organisers.items()}, atlas)

    def organisers(self, community_id: int) -> Sequence[int]:
        """Those of a community, as residents."""
        return self.organisers_of.get(community_id, ())

    def holders(self, made: ServiceRequest, whom: Whom) -> tuple[Whom, Sequence[int]]:
        """Who is told in the place of `whom`, and as what: the first in the order, from there on, who is somebody."""
        for post in ORDER[ORDER.index(whom) :]:
            found = self._filling(made, post)
            if found:
                return post, found
        return "organisers", ()

    def _filling(self, made: ServiceRequest, post: Whom) -> Sequence[int]:
        team = [one for one in self.officers if one.team_id is not None and one.team_id == made.team_id]
        match post:
            case "owner":
                taken = [one for one in self.officers if one.id == made.officer_id]
                return _residents(taken or team)
            case "lead":
                # A lead who has taken it was reminded already: it goes on to whoever is above.
                return _residents([one for one in team if one.post == "lead" and one.id != made.officer_id])
            case "above":
                return _residents(self._above(made))
            case _:
                return self.organisers(made.community_id)

    def _above(self, made: ServiceRequest) -> Sequence[Officer]:
        """The directors; and the councillors in whose ward it lies, else those of the whole body."""
        directors = [one for one in self.officers if one.post == "director"]
        councillors = [one for one in self.officers if one.post == "councillor"]
        around = {made.area_id}
        if self.atlas is not None and made.lat is not None and made.long is not None:
            around |= {ground.id for ground in self.atlas.holding(made.lat, made.long)}
        theirs = [one for one in councillors if one.area_id is not None and one.area_id in around]
        return [*directors, *(theirs or [one for one in councillors if one.area_id is None])]


def _residents(officers: Sequence[Officer]) -> Sequence[int]:
    return tuple(dict.fromkeys(one.resident_id for one in officers))


def _reached(resident: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return (
        select(Address.id)
        .where(Address.resident_id == resident, Address.preferred, Address.closed_at.is_(None))
        .exists()
    )


# Said once: to build them takes longer than to carry them out.
_OFFICERS = (
    select(Officer)
    .where(Officer.body_id == bindparam("body"), _reached(Officer.resident_id))
    .order_by(Officer.id)
)
_ORGANISERS = (
    select(Membership.community_id, Membership.resident_id)
    .where(
        Membership.community_id.in_(bindparam("communities", expanding=True)),
        Membership.role == "organiser",
        _reached(Membership.resident_id),
    )
    .order_by(Membership.resident_id)
)
