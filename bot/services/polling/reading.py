"""Answers in words: organisers read each before anybody else, let it be shown or not, and say what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import kinds
from bot.errors import Refused
from bot.i18n import N_
from bot.models import Ballot, Poll, Resident, Standing
from bot.services.community import communities

HANDLE = 8  # bytes of a mark that a button carries; two of 100,000 begin alike once in four billion polls
THEMES, THEME_LIMIT = 12, 30  # of one poll; characters of one
SHOWN = 20  # answers in one message


@dataclass(frozen=True, slots=True)
class Card:
    """One answer before its reader. `handle` finds it again; `left` counts those that nobody has read, this one too."""

    poll: Poll
    handle: str
    text: str
    themes: tuple[str, ...]
    known: tuple[str, ...]
    left: int


async def next_card(session: AsyncSession, poll_id: int, *, by: Resident) -> Card | None:
    """An answer that nobody has read yet; None when all have been."""
    poll = await _readable(session, poll_id, by)
    unread = (Ballot.poll_id == poll_id, Ballot.shown.is_(None))
    ballot = await session.scalar(select(Ballot).where(*unread).order_by(Ballot.voter).limit(1))
    return None if ballot is None else await _card(session, poll, ballot)


async def card(session: AsyncSession, poll_id: int, handle: str, *, by: Resident) -> Card:
    """The answer of that handle."""
    poll = await _readable(session, poll_id, by)
    return await _card(session, poll, await _ballot(session, poll, handle))


async def judge(session: AsyncSession, poll_id: int, handle: str, *, shown: bool, by: Resident) -> None:
    """Let an answer be shown, or keep it from everybody else."""
    poll = await _readable(session, poll_id, by)
    (await _ballot(session, poll, handle)).shown = shown


async def mark(session: AsyncSession, poll_id: int, handle: str, theme: str, *, by: Resident) -> None:
    """Say that an answer is about this, or no more."""
    poll = await _readable(session, poll_id, by)
    ballot = await _ballot(session, poll, handle)
    theme = a_theme(theme)
    about = list(ballot.themes or ())
    known = await _themes(session, poll)
    if theme not in known and len(known) >= THEMES:
        raise Refused(N_("There are {most} themes already. Please use one of them."), most=THEMES)
    ballot.themes = [one for one in about if one != theme] if theme in about else [*about, theme]


def a_theme(text: str) -> str:
    """A theme; Refused says what is wrong with it."""
    text = " ".join(text.split())
    if not 0 < len(text) <= THEME_LIMIT:
        raise Refused(N_("Please name a theme in 1 to {most} letters."), most=THEME_LIMIT)
    return text


async def with_words(session: AsyncSession, standing: Standing) -> Standing:
    """A poll's standing with what may be shown of answers in words; as it is where there are none, or no count."""
    poll = standing.poll
    if standing.counts is None or not kinds.named(poll.kind).writes:
        return standing
    shown = await session.scalars(
        select(Ballot.answer)
        .where(Ballot.poll_id == poll.id, Ballot.shown.is_(True))
        .order_by(Ballot.voter)
        .limit(SHOWN)
    )
    themes = Counter(await _themes(session, poll))
    return replace(standing, said=tuple(shown), themes=tuple(themes.most_common()))


async def unread(session: AsyncSession, poll: Poll) -> int:
    """How many answers nobody has read."""
    if not kinds.named(poll.kind).writes:
        return 0
    counted = select(func.count()).where(Ballot.poll_id == poll.id, Ballot.shown.is_(None))
    return int(await session.scalar(counted) or 0)


async def _readable(session: AsyncSession, poll_id: int, by: Resident) -> Poll:
    poll = await session.get(Poll, poll_id)
    if poll is None:
        raise Refused(N_("I do not know this poll."))
    await communities.require_organiser(session, by, poll.community_id)
    return poll


async def _ballot(session: AsyncSession, poll: Poll, handle: str) -> Ballot:
    """The handle is the beginning of a mark, so that it is found by the index."""
    try:
        begin = bytes.fromhex(handle)
    except ValueError:
        begin = b""
    gone = Refused(N_("This answer has been changed or taken back. Send /polls to read on."))
    if not 0 < len(begin) <= HANDLE:
        raise gone
    found = await session.scalar(
        select(Ballot)
        .where(Ballot.poll_id == poll.id, Ballot.voter >= begin, Ballot.voter <= begin + b"\xff" * 32)
        .limit(1)
    )
    if found is None:
        raise gone
    return found


async def _card(session: AsyncSession, poll: Poll, ballot: Ballot) -> Card:
    known = tuple(dict.fromkeys(await _themes(session, poll)))
    about = tuple(ballot.themes or ())
    left = await unread(session, poll)
    return Card(poll, bytes(ballot.voter)[:HANDLE].hex(), ballot.answer, about, known, left)


async def _themes(session: AsyncSession, poll: Poll) -> Sequence[str]:
    """Each theme once for every answer that is about it."""
    rows = await session.scalars(
        select(Ballot.themes).where(Ballot.poll_id == poll.id, Ballot.themes.is_not(None))
    )
    return [theme for themes in rows for theme in themes or ()]
