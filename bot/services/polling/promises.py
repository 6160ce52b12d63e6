"""What organisers say of their promises later: done, late, dropped; told to everyone who took part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.polling import promises as letters
from bot.models import Community, FollowUp, Poll, Resident
from bot.models.promises import SAID
from bot.services import audit, roll
from bot.services.community import communities
from bot.services.polling import outcomes, questions, voters
from bot.services.polling.outcomes import Promise


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of a promise: `done`, `late` with the new day, or `dropped`; the last two say why."""

    said: str
    because: str | None = None
    until: date | None = None


async def owed(session: AsyncSession, poll_id: int, *, by: Resident, now: datetime) -> Promise:
    """The promise of this poll, if `by` may say something of it; Refused otherwise, and where none is owed."""
    poll = await session.get(Poll, poll_id)
    if poll is None:
        raise Refused(N_("I do not know this poll."))
    await communities.require_organiser(session, by, poll.community_id)
    _still_owed(poll)
    return await outcomes.of_poll(session, poll, now=now)


async def follow_up(session: AsyncSession, poll_id: int, word: Word, *, by: Resident, now: datetime) -> int:
    """Say it to everyone who took part, and remember it; returns how many people it is sent to."""
    poll, _ = await roll.locked(session, poll_id)
    community = await communities.require_organiser(session, by, poll.community_id)
    was = _still_owed(poll)
    said = _checked(word, was, community, now=now)
    session.add(
        FollowUp(poll_id=poll.id, said=word.said, because=said.because, was=was, until=said.until, at=now)
    )
    poll.followed_up += 1
    if said.until is not None:
        poll.done_by = said.until
    else:
        poll.settled, poll.settled_at = said.said, now
    await session.flush()
    audit.record(
        session,
        f"promise.{said.said}",
        by=by,
        community_id=community.id,
        now=now,
        subject=f"poll:{poll.id}",
        was=was.isoformat(),
        until=said.until and said.until.isoformat(),
    )
    return await voters.tell(
        session,
        poll,
        {
            code: letters.followed_up(poll, said.said, said.because, community, i18n.tongue(code))
            for code in i18n.available()
        },
        subject=f"promise:{poll.id}:{poll.followed_up}",
        now=now,
    )


def _still_owed(poll: Poll) -> date:
    """The day for which it is promised."""
    if poll.done_by is None:
        raise Refused(N_("Nothing is promised there."))
    if poll.settled is not None:
        raise Refused(N_("This promise has come to its end already."))
    return poll.done_by


def _checked(word: Word, was: date, community: Community, *, now: datetime) -> Word:
    if word.said not in SAID:
        raise Refused(N_("I do not know this button. Please use the newest one."))
    if word.said == "done":
        return Word("done")
    if word.because is None or (word.said == "late" and word.until is None):
        raise Refused(N_("People want to know why, and until when."))
    because = questions.reason(word.because)
    if word.said == "dropped" or word.until is None:
        return Word("dropped", because)
    return Word("late", because, new_day(word.until, was, community.zone, now=now))


def new_day(day: date, was: date, zone: str, *, now: datetime) -> date:
    """A later day for what was promised; Refused otherwise."""
    if day <= was:
        raise Refused(N_("That is no later than what was promised. Please name a later day."))
    return questions.promised_day(day, zone, now=now)
