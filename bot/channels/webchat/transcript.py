"""What was said in a browser session: kept, replaced, read from a point on, and forgotten again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import retention
from bot.db import forget_some, insert_new
from bot.message import Message, Parcel
from bot.models import Address, WebLine, WebSession

SHOWN = 100
"""Lines that a page begins with."""
TOAST_LIFE = timedelta(seconds=20)
CODES_KEPT = 200
KEPT = retention.age("transcript")


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a visitor said, as it will stand in their bubble."""

    key: str
    message: Message
    after: int


async def known(session: AsyncSession, chat: str) -> WebSession | None:
    """The session of this chat, if it ever began."""
    return (await session.scalars(select(WebSession).where(WebSession.chat == chat))).one_or_none()


async def latest(session: AsyncSession, chat: str) -> Sequence[WebLine]:
    """The last lines, in the order in which they are read."""
    rows = select(WebLine).where(WebLine.chat == chat, WebLine.kind != "toast")
    newest = await session.scalars(rows.order_by(WebLine.rank.desc(), WebLine.id.desc()).limit(SHOWN))
    return newest.all()[::-1]


async def toasts(session: AsyncSession, chat: str, now: datetime) -> Sequence[WebLine]:
    """The newest short note, if it is still fresh."""
    fresh = WebLine.at.between(
        now - TOAST_LIFE, now + TOAST_LIFE
    )  # not those from before the clock was set back
    rows = select(WebLine).where(WebLine.chat == chat, WebLine.kind == "toast", fresh)
    return (await session.scalars(rows.order_by(WebLine.seq.desc()).limit(1))).all()


async def since(session: AsyncSession, chat: str, seq: int, now: datetime) -> Sequence[WebLine]:
    """What is new or changed after `seq`, oldest first, without stale toasts."""
    rows = select(WebLine).where(WebLine.chat == chat, WebLine.seq > seq).order_by(WebLine.seq).limit(SHOWN)
    return [
        line
        for line in (await session.scalars(rows)).all()
        if line.kind != "toast" or abs(line.at - now) < TOAST_LIFE
    ]


async def heights(session: AsyncSession, chats: Iterable[str]) -> dict[str, int]:
    """How far each of these transcripts has come."""
    rows = select(WebSession.chat, WebSession.last_seq).where(WebSession.chat.in_(list(chats)))
    return dict((await session.execute(rows)).all())


async def meet(session: AsyncSession, chat: str, *, language: str, code: str | None, now: datetime) -> None:
    """Begin the session, or note what is new about it."""
    here = await known(session, chat)
    if here is None:
        await _begin(session, chat, now)
        here = await known(session, chat)
        assert here is not None  # noqa: S101 - inserted in this very transaction
    here.language, here.seen_at = language, now
    if code and code not in here.codes:
        here.codes = [*here.codes, code][-CODES_KEPT:]


async def own(session: AsyncSession, chat: str, words: OwnWords, now: datetime) -> None:
    """Keep what the visitor said; a second time changes nothing."""
    seq = await _next(session, chat, now)
    line = {"chat": chat, "seq": seq, "rank": words.after, "kind": "mine", "key": words.key, "at": now}
    await session.execute(insert_new(session, WebLine).values(**line, body=words.message.as_json()))


async def receive(session: AsyncSession, parcel: Parcel, now: datetime) -> str | None:
    """Take in what we say to a chat; returns the line's name, None where it belongs in the place of one that is gone.
    The same envelope twice is one line."""
    seq = await _next(session, parcel.chat, now)
    body = parcel.message.as_json()
    if parcel.action == "edit" and (replaced := await _replaced(session, parcel, seq, body)):
        return replaced
    if parcel.action == "edit" and parcel.message.only_in_place:
        return None
    kept = await session.scalar(select(WebLine.id).where(WebLine.envelope == parcel.envelope))
    if kept is not None:
        return str(kept)
    kind = "toast" if parcel.action == "toast" else "said"
    stale = now - TOAST_LIFE
    old = delete(WebLine).where(WebLine.chat == parcel.chat, WebLine.kind == "toast", WebLine.at < stale)
    await session.execute(old)
    line = WebLine(
        chat=parcel.chat, seq=seq, rank=seq, kind=kind, envelope=parcel.envelope, body=body, at=now
    )
    session.add(line)
    await session.flush()
    return str(line.id)


async def _replaced(session: AsyncSession, parcel: Parcel, seq: int, body: dict[str, Any]) -> str | None:
    """Replace the line that an edit names; None when this chat has no such line (any more)."""
    if not (parcel.target or "").isdecimal():
        return None
    mine = (WebLine.id == int(parcel.target or 0), WebLine.chat == parcel.chat, WebLine.kind == "said")
    edit = update(WebLine).where(*mine).values(seq=seq, body=body).returning(WebLine.id)
    line = (await session.scalars(edit)).one_or_none()
    return None if line is None else str(line)


async def tidy(session: AsyncSession, now: datetime) -> bool:
    """Forget some of the lines that are old, and of the browsers that never became anybody; true when there may be
    more."""
    before = now - KEPT
    nobody = ~exists().where(Address.channel == "web", Address.chat == WebSession.chat)
    return await forget_some(session, WebLine, WebLine.at < before) or await forget_some(
        session, WebSession, WebSession.seen_at < before, nobody
    )


async def _next(session: AsyncSession, chat: str, now: datetime) -> int:
    """The next number in a transcript; from here to the commit nobody else writes in it."""
    step = (
        update(WebSession)
        .where(WebSession.chat == chat)
        .values(last_seq=WebSession.last_seq + 1)
        .returning(WebSession.last_seq)
        .execution_options(synchronize_session=False)
    )
    seq = (await session.scalars(step)).one_or_none()
    if seq is None:
        await _begin(session, chat, now)
        seq = (await session.scalars(step)).one()
    return seq


async def _begin(session: AsyncSession, chat: str, now: datetime) -> None:
    born = {"chat": chat, "last_seq": 0, "codes": [], "created_at": now, "seen_at": now}
    await session.execute(insert_new(session, WebSession).values(**born))
