"""What stands in the way of an act at a report: it has ended, is joined, nobody can be asked, the day has passed, the
words are too many."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle
from bot.errors import Refused
from bot.i18n import N_
from bot.models import Body, ServiceRequest


async def still_to_come(
    session: AsyncSession, made: ServiceRequest, day: date | None, *, now: datetime
) -> date:
    """A day of the work, where its body is; Refused where it has passed or is none."""
    body = None if made.body_id is None else await session.get(Body, made.body_id)
    today = now.astimezone(ZoneInfo(body.zone if body else "UTC")).date()
    if day is None or day < today:
        raise Refused(N_("Please name a day that is still to come."))
    return day


def can_be_asked(made: ServiceRequest) -> None:
    """Refused where nobody is there to answer, or is asked already."""
    still_open(made)
    if made.resident_id is None:
        raise Refused(
            N_("Whoever reported this cannot be asked any more. Others it concerns may read an answer.")
        )
    if made.waiting_since is not None:
        raise Refused(N_("There is a question already that waits for an answer."))


OPEN_IT = N_("This report has ended. Open it again first.")
SAY_SO = N_("This report has ended. If it is back, say so with the button below it in /myreports.")


def still_open(made: ServiceRequest, *, otherwise: str = OPEN_IT) -> None:
    """Refused where it has ended, with what can be done about it (`SAY_SO` is for residents)."""
    if not lifecycle.STATUSES[made.status].open:
        raise Refused(otherwise)


def short_enough(text: str, most: int) -> str:
    """These words, of no more than so many letters; Refused otherwise."""
    if len(text) > most:
        raise Refused(N_("That is longer than {most} letters. Please say it in fewer words."), most=most)
    return text


async def not_joined(session: AsyncSession, made: ServiceRequest) -> None:
    """Refused where it goes on under another number, with that: by e-mail there is no card that says it."""
    if made.duplicate_of is not None:
        twin = await session.get_one(ServiceRequest, made.duplicate_of)
        raise Refused(
            N_("This report is joined with {number}. Go on with that one, or take the two apart first."),
            number=twin.service_request_id,
        )
