"""Links that say where people came from: made by organisers, opened by anybody, counted where somebody takes part.

A link is known by its code alone, which nobody guesses: 40 random bits, as those of polls. Whoever has seen a link may
use it; to be counted by a link of which one has not seen the code is not possible.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.models import EVERYONE, Community, Link, Poll, Resident
from bot.services import audit, codes
from bot.services.community import communities

READY = ("newsletter", "library", "school", "poster")
"""Names that are there already; the words are in `letters/links.py`."""

NAME_LIMIT = 30  # characters
MOST = 40  # links to one thing; more would not fit into one message


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to: an open question to everyone, or its community itself."""

    community: Community
    poll: Poll | None

    @property
    def subject(self) -> str:
        """How it is called in other tables."""
        return subject(self.community.id, self.poll.id if self.poll else None)

    @property
    def ends(self) -> bool:
        """Whether nobody can answer there any more."""
        return self.poll is not None and self.poll.closed_at is not None


def subject(community_id: int, poll_id: int | None) -> str:
    """A poll, or a community where there is none."""
    return f"community:{community_id}" if poll_id is None else f"poll:{poll_id}"


async def target(session: AsyncSession, community_id: int, poll_id: int | None, *, by: Resident) -> Target:
    """What a link shall lead to; Refused for whoever does not organise there, and for questions to a few only."""
    community = await communities.require_organiser(session, by, community_id)
    poll = await session.get(Poll, poll_id) if poll_id else None
    if poll_id and (poll is None or poll.community_id != community.id):
        raise Refused(N_("I do not know this poll."))
    if poll is not None and poll.whom != EVERYONE:
        raise Refused(N_("This question is not for everyone, so there are no links and posters for it."))
    return Target(community, poll)


def name(text: str) -> str:
    """An organiser's own name for a link, or the place of a poster; Refused says what is wrong with it."""
    kept = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in text)
    text = " ".join(kept.split())
    if not 0 < len(text) <= NAME_LIMIT:
        raise Refused(N_("Please use 1 to {most} letters."), most=NAME_LIMIT)
    return text


async def add(
    session: AsyncSession, to: Target, kind: str, called: str, *, by: Resident, now: datetime
) -> Link:
    """A link of that kind and name; the one that is there already, if it is."""
    if to.ends:
        raise Refused(N_("This poll has closed already."))
    there = await of(session, to)
    for one in there:
        if (one.kind, one.name.casefold()) == (kind, called.casefold()):
            return one
    if len(there) >= MOST:
        raise Refused(N_("There are {n} links already. Please use one of them again."), n=len(there))
    link = Link(
        code=codes.new(codes.POLL),
        community_id=to.community.id,
        poll_id=to.poll.id if to.poll else None,
        kind=kind,
        name=called,
        made_by=by.id,
        made_at=now,
    )
    session.add(link)
    await session.flush()
    audit.record(
        session, "link.add", by=by, community_id=to.community.id, now=now, subject=to.subject, link=link.code
    )
    return link


async def for_poster(session: AsyncSession, to: Target, place: str, *, by: Resident, now: datetime) -> Link:
    """The link of a poster at this place. Posters without a place are numbered, so that each is counted for itself."""
    if not place:
        taken = {one.name for one in await of(session, to) if one.kind == "poster"}
        place = next(mark for mark in ("", *map(str, range(2, MOST + 2))) if mark not in taken)
    return await add(session, to, "poster", place, by=by, now=now)


async def of(session: AsyncSession, to: Target) -> Sequence[Link]:
    """The links that lead there, the oldest first."""
    which = Link.poll_id.is_(None) if to.poll is None else Link.poll_id == to.poll.id
    found = await session.scalars(
        select(Link).where(Link.community_id == to.community.id, which).order_by(Link.id)
    )
    return found.all()


async def by_code(session: AsyncSession, code: str) -> Link | None:
    """The link of that code, as somebody may have typed it from a poster."""
    found: Link | None = await session.scalar(select(Link).where(Link.code == code.strip().lower()))
    return found
