"""How much one person may do with reports in an hour and in a day. What they did is counted in the histories, where it
stays when they take it back; the count reads what they did in that day, however much is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle
from bot.errors import Refused
from bot.i18n import N_
from bot.models import Happening, Resident, ServiceRequest

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So often `an_hour` and `a_day` may what is meant by `deeds` be done; beyond that `said` is said."""

    deeds: tuple[ColumnElement[bool], ...]
    an_hour: int
    a_day: int
    said: str


REPORTED = Limit(
    (Happening.event == "reported",),
    6,
    20,
    N_(
        "You have reported a lot today, thank you. So that everyone gets an answer, I take the next one a "
        "little later."
    ),
)
JOINED = Limit(
    (Happening.event == "joined",),
    10,
    20,
    N_(
        "You are counted for a lot of reports today, thank you. Please come back to this one a little later; it is "
        "looked after meanwhile."
    ),
)
BACK = Limit(
    (Happening.event == "status", Happening.after == lifecycle.AGAIN),
    5,
    10,
    N_(
        "You have told us of a lot that is back today, thank you. Those in charge look at all of it. Please tell us of "
        "this one a little later."
    ),
)
ADDED = Limit(
    (Happening.event == "added",),
    10,
    10,
    N_(
        "You have added a lot to this report today, thank you. Those in charge have it all. Add more tomorrow."
    ),
)


async def not_yet(
    session: AsyncSession, limit: Limit, *, by: Resident, now: datetime, made: ServiceRequest | None = None
) -> None:
    """Refused where somebody has done so much of it, with one report if that is `made`, that more would only wait."""
    theirs = (
        select(Happening.at)
        .where(Happening.resident_id == by.id, Happening.at > now - DAY, *limit.deeds)
        .order_by(Happening.at.desc())
        .limit(limit.a_day)
    )
    if made is not None:
        theirs = theirs.where(Happening.service_request_id == made.id)
    done = (await session.scalars(theirs)).all()
    if len(done) >= limit.a_day or sum(at > now - HOUR for at in done) >= limit.an_hour:
        raise Refused(limit.said)
