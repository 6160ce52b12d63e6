"""Who took part: by day, by the link they came by, by part of town, and for the first time; never who.

Nothing of this is noted when somebody votes. Once a day it is written down how many had taken part by then. Where they
came from is counted when it has become more by a quarter and at the close; what may be told of it is kept (see
`cells.told`) and not told anew, whoever leaves or moves later. How many took part in all everybody may see at any
moment: that is what somebody would subtract from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, Select, String, cast, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot import mailings
from bot.crowd import FEWEST
from bot.db import insert_new, upsert
from bot.models import (
    DIRECT,
    PASSED_ON,
    Came,
    Community,
    Link,
    Membership,
    Participation,
    Poll,
    Reckoning,
    Resident,
    Tally,
    Turnout,
)
from bot.services.community import communities
from bot.services.taking_part import cells, voices
from bot.services.taking_part.cells import Cell, Step

SOURCES, AREAS, FIRST = "sources", "areas", "first"
"""The ways of dividing those who took part."""

NEW = "new"
"""Those who took part here for the first time: in none of the community's questions that were asked before."""

FIRST_LOOK = 10  # people
LOSSY = 4  # times as many as when it was told last: then those are told who are enough, and the rest never

Counts = Mapping[str, int]
"""How many people by the name of their group; those in none stand under ""."""

Ways = Mapping[str, Counts]


async def note_days(session: AsyncSession, *, now: datetime) -> None:
    """Write down for open polls how many had taken part when the day before was over, where that has not been done."""
    rows = await session.execute(
        select(Poll.id, Poll.opened_at, Community.zone, Tally.took_part, func.max(Turnout.day))
        .join(Community, Community.id == Poll.community_id)
        .join(Tally, Tally.poll_id == Poll.id)
        .outerjoin(Turnout, Turnout.poll_id == Poll.id)
        .where(Poll.closed_at.is_(None), Poll.opened_at < now)
        .group_by(Poll.id, Poll.opened_at, Community.zone, Tally.took_part)
        .order_by(Poll.id)
    )
    for poll_id, opened_at, zone, took_part, last in rows.all():
        here = ZoneInfo(zone)
        day = now.astimezone(here).date() - timedelta(days=1)
        if day >= opened_at.astimezone(here).date() and day != last:
            await session.execute(
                insert_new(session, Turnout).values(poll_id=poll_id, day=day, took_part=took_part)
            )


async def due(session: AsyncSession, *, most: int = 5) -> Sequence[int]:
    """Open polls in which so many more took part since the last look that it is worth another one."""
    looked = func.coalesce(Reckoning.looked, 0)
    number = Tally.took_part
    found = await session.scalars(
        select(Poll.id)
        .join(Tally, Tally.poll_id == Poll.id)
        .outerjoin(Reckoning, Reckoning.subject == literal("poll:") + cast(Poll.id, String))
        .where(
            Poll.closed_at.is_(None),
            number >= FIRST_LOOK,
            number >= looked + FEWEST,
            number * 4 >= looked * 5,
        )
        .order_by(Poll.id)
        .limit(most)
    )
    return found.all()


async def due_towns(session: AsyncSession, *, most: int = 5) -> Sequence[int]:
    """Communities with links of their own of which the same is true."""
    looked = func.coalesce(func.max(Reckoning.looked), 0)
    people = func.count(Membership.resident_id)
    found = await session.scalars(
        select(Membership.community_id)
        .outerjoin(
            Reckoning, Reckoning.subject == literal("community:") + cast(Membership.community_id, String)
        )
        .where(Membership.community_id.in_(select(Link.community_id).where(Link.poll_id.is_(None))))
        .group_by(Membership.community_id)
        .having((people >= FIRST_LOOK) & (people >= looked + FEWEST) & (people * 4 >= looked * 5))
        .order_by(Membership.community_id)
        .limit(most),
        execution_options={"in_thread": True},
    )
    return found.all()


async def counted_members(session: AsyncSession, community_id: int) -> Ways:
    """Everybody who joined a community, by the link they came by."""
    members = select(Membership.source, func.count()).where(Membership.community_id == community_id)
    links = select(Link.code).where(Link.community_id == community_id, Link.poll_id.is_(None))
    return {SOURCES: await _by_link(session, members.group_by(Membership.source), links)}


async def counted(session: AsyncSession, poll: Poll) -> Ways:
    """Those who took part in a poll, divided in each of the ways."""
    part = Participation
    took_part = (part.poll_id == poll.id, part.took_part)
    by_source = select(part.source, func.count()).where(*took_part).group_by(part.source)
    sources = await _by_link(
        session, by_source, select(Link.code).where(Link.poll_id == poll.id), own=poll.code
    )
    lives = (Membership.resident_id == part.resident_id) & (Membership.community_id == poll.community_id)
    by_area = (
        select(Membership.area, func.count())
        .select_from(part)
        .outerjoin(Membership, lives)
        .where(*took_part)
        .group_by(Membership.area)
    )
    known = (await session.get_one(Community, poll.community_id)).areas
    areas = _gathered(
        (area if area in known else "", number) for area, number in await voices.counted(session, by_area)
    )
    before = await voices.counted(session, select(func.count()).where(*took_part, _took_part_before(poll)))
    everybody = sum(sources.values())
    return {SOURCES: sources, AREAS: areas, FIRST: {NEW: everybody - before[0][0], "": before[0][0]}}


def _took_part_before(poll: Poll) -> Any:
    earlier, asked = aliased(Participation), aliased(Poll)
    return exists().where(
        earlier.resident_id == Participation.resident_id,
        earlier.took_part,
        asked.id == earlier.poll_id,
        asked.id < poll.id,
        asked.community_id == poll.community_id,
    )


async def _by_link(
    session: AsyncSession, by_source: Executable, links: Select[str], *, own: str | None = None
) -> Counts:
    """By the codes of these links. What somebody has made up themselves is in no group."""
    codes = set((await session.scalars(links)).all())

    def group(source: str | None) -> str:
        code = (source or "").lower()
        if code in codes:
            return code
        if own is not None and code == own:
            return PASSED_ON
        return DIRECT if own is not None else ""

    return _gathered((group(source), number) for source, number in await voices.counted(session, by_source))


def _gathered(rows: Iterable[tuple[str, int]]) -> Counts:
    whole: dict[str, int] = {}
    for name, number in rows:
        whole[name] = whole.get(name, 0) + number
    return whole


async def reckon(session: AsyncSession, subject: str, ways: Ways, *, final: bool = False) -> None:
    """Keep what may be told now that so many have been counted. After the final time nothing changes any more."""
    new = {"subject": subject, "looked": 0, "ways": {}, "final": False}
    await session.execute(insert_new(session, Reckoning).values(new))
    kept = (
        await session.scalars(
            select(Reckoning)
            .where(Reckoning.subject == subject)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()
    if kept.final:
        return
    people = sum(ways[SOURCES].values())
    kept.ways = {name: _told(kept.ways.get(name), now, people, final) for name, now in ways.items()}
    kept.looked, kept.final = people, final


def _told(known: dict[str, Any] | None, now: Counts, people: int, final: bool) -> dict[str, Any]:
    """What is known of one way of dividing, and what may be told of it, once a block of people has become whole: when
    every group in it may be told. A block that never would is told as far as it may, before too many are in it."""
    known = known or {"people": 0, "counted": {}, "told": {}}
    block = {name: number - known["counted"].get(name, 0) for name, number in now.items()}
    shown = cells.told(block)
    whole = all(name in shown for name, number in block.items() if name and number > 0)
    late = final or people >= LOSSY * max(FIRST_LOOK, known["people"])
    if not shown or not (whole or late):
        return known
    before = known["told"]
    told = {name: before.get(name, 0) + shown.get(name, 0) for name in {**before, **shown}}
    return {"people": people, "counted": dict(now), "told": told}


async def close(session: AsyncSession, poll: Poll, took_part: int, *, now: datetime) -> None:
    """The last day, and the last look."""
    zone = (await session.get_one(Community, poll.community_id)).zone
    row = {"poll_id": poll.id, "day": now.astimezone(ZoneInfo(zone)).date(), "took_part": took_part}
    await session.execute(upsert(session, Turnout, key=("poll_id", "day"), change=("took_part",)).values(row))
    if took_part >= FEWEST:
        await reckon(session, f"poll:{poll.id}", await counted(session, poll), final=True)


@dataclass(frozen=True, slots=True)
class Report:
    """What an organiser may know. `reached` is about how many of those asked were, None where too few were not;
    `unknown` is true where that is not kept any more. `told` maps each way to its groups."""

    days: Sequence[Step]
    told: Mapping[str, Counts]
    reached: Cell | None
    unknown: bool
    links: Sequence[Link]


async def report(session: AsyncSession, poll: Poll, *, by: Resident) -> Report:
    """Who took part in a poll, for organisers of its community; Refused for others."""
    await communities.require_organiser(session, by, poll.community_id)
    asked = await session.scalar(select(Tally.asked).where(Tally.poll_id == poll.id)) or 0
    days = await session.execute(
        select(Turnout.day, Turnout.took_part).where(Turnout.poll_id == poll.id).order_by(Turnout.day)
    )
    sent = await mailings.progress(session, f"poll:{poll.id}")
    missed = sum(sent.failed.values()) + sent.waiting
    reached = Cell(asked, max(0, asked - missed))
    links = await session.scalars(select(Link).where(Link.poll_id == poll.id).order_by(Link.id))
    return Report(
        cells.steps([(day, number) for day, number in days], final=poll.closed_at is not None),
        await told(session, f"poll:{poll.id}"),
        reached.rounded if reached.safe else None,
        not sent.put or (missed >= FEWEST and not reached.safe),
        links.all(),
    )


async def told(session: AsyncSession, subject: str) -> dict[str, Counts]:
    """What may be told of where people came from, by each way of dividing them."""
    ways = await session.scalar(select(Reckoning.ways).where(Reckoning.subject == subject))
    return {name: way["told"] for name, way in (ways or {}).items() if way["told"]}


async def came(session: AsyncSession, poll: Poll) -> tuple[Came, ...]:
    """How people came to a poll, as far as it may be told to everybody; nothing where there is only one way."""
    groups = (await told(session, f"poll:{poll.id}")).get(SOURCES, {})
    links = await session.scalars(select(Link).where(Link.poll_id == poll.id))
    named = {one.code: (one.kind, one.name) for one in links}
    if not groups.keys() & named.keys():
        return ()
    rows = [Came(*named.get(code, (code, "")), number) for code, number in groups.items()]
    return tuple(sorted(rows, key=lambda one: (-one.people, one.kind, one.name)))
