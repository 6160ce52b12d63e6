"""Files that we make ourselves, and pictures sent to us: found by a key that cannot be guessed, gone after their time.

What we make is in the database, because whoever makes one, whoever sends it and whoever shows it may be on three
machines. What was sent is many times as much: it lies in the store (`bot.store`), and the row here names it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.charts import Chart
from bot.errors import Refused
from bot.i18n import N_
from bot.message import Media
from bot.models import Address, File, Resident

MOST = 5  # megabytes
LARGEST = MOST * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A file and what is in it; `drawing` is what it shows as long as it is still to be drawn, `stored` the key in the
    store of what is not in `content` yet; `subject` says what it is."""

    media: Media
    content: bytes
    owner: int | None
    kept_until: datetime
    drawing: Chart | None = None
    stored: str | None = None
    subject: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.media.name or "file"

    @property
    def type(self) -> str:
        """What kind of file it is."""
        return self.media.type or "application/octet-stream"


async def keep(
    session: AsyncSession,
    content: bytes,
    *,
    kind: Literal["photo", "document"],
    name: str,
    media_type: str,
    subject: str,
    life: timedelta,
    now: datetime,
    about: str | None = None,
    owner: Resident | None = None,
) -> Media:
    """Keep a file for `life`, and return what a message needs to carry it. With an `owner` it is theirs alone."""
    if len(content) > LARGEST:
        raise Refused(N_("This has become too large for one file: more than {most} megabytes."), most=MOST)
    media = Media(kind, {}, name, len(content), media_type, about, _new_key())
    await _put(session, media, subject, life, now, None if owner is None else owner.id, content=content)
    return media


async def keep_drawing(
    session: AsyncSession,
    chart: Chart,
    *,
    name: str,
    subject: str,
    life: timedelta,
    now: datetime,
    about: str,
    owner: int | None = None,
) -> Media:
    """Keep a picture that is drawn when it is first wanted, for drawing takes seconds."""
    media = Media("photo", {}, name, None, "image/png", about, _new_key())
    await _put(session, media, subject, life, now, owner, drawing=chart.as_data())
    return media


async def keep_stored(
    session: AsyncSession,
    stored: str,
    *,
    kind: Literal["photo", "document"],
    name: str,
    media_type: str,
    size: int,
    subject: str,
    life: timedelta,
    now: datetime,
    about: str | None = None,
    owner: Resident | None = None,
    names: Mapping[str, str] | None = None,
    key: str | None = None,
) -> Media:
    """Keep for `life` what has just been put into the store under `stored`: put before this is committed, and not an
    hour before. `names` are those under which channels know it already. Whoever brings the same again under the same
    `key`, a secret of their own, keeps it once."""
    media = Media(kind, names or {}, name, size, media_type, about, key or _new_key())
    if key is None or await session.get(File, key) is None:
        await _put(session, media, subject, life, now, None if owner is None else owner.id, stored=stored)
    return media


async def prolong(
    session: AsyncSession,
    key: str,
    *,
    life: timedelta,
    now: datetime,
    subject: str | None = None,
    everyones: bool = False,
) -> bool:
    """Keep what was sent for so long from now on, if that is longer; false where there is no such file (any more).
    With a `subject` it belongs to that. With `everyones` whoever knows its key may have it, and it stays when whoever
    sent it goes."""
    kept = await session.get(File, key, with_for_update=True)
    if kept is None or kept.expires_at <= now:
        return False
    kept.expires_at = max(kept.expires_at, now + life)
    kept.subject = subject or kept.subject
    kept.owner_id = None if everyones else kept.owner_id
    await session.flush()
    return True


async def withhold(session: AsyncSession, key: str, *, withheld: bool = True) -> None:
    """Hand it to nobody until that is taken back: to whoever asks it is as if it were not kept any more."""
    await session.execute(update(File).where(File.key == key).values(withheld=withheld))


async def named(session: AsyncSession, stored: Collection[str]) -> set[str]:
    """Which of these keys of the store some file still names."""
    return set(await session.scalars(select(File.stored).where(File.stored.in_(stored)).distinct()))


def _new_key() -> str:
    return secrets.token_urlsafe(24)


async def _put(
    session: AsyncSession,
    media: Media,
    subject: str,
    life: timedelta,
    now: datetime,
    owner: int | None,
    **inside: Any,
) -> None:
    session.add(
        File(
            key=media.key,
            owner_id=owner,
            subject=subject,
            kind=media.kind,
            name=media.name,
            type=media.type,
            size=media.size or 0,
            names=dict(media.files),
            created_at=now,
            expires_at=now + life,
            **inside,
        )
    )
    await session.flush()


async def drawn(session: AsyncSession, key: str, content: bytes) -> None:
    """Keep what was drawn, for all who want it after this."""
    await session.execute(
        update(File)
        .where(File.key == key, File.content.is_(None), File.drawing.is_not(None))
        .values(content=content, size=len(content), drawing=None)
    )


async def found(session: AsyncSession, key: str, *, now: datetime) -> Made | None:
    """The file of that key, while it is kept."""
    columns = (
        File.kind,
        File.names,
        File.name,
        File.size,
        File.type,
        File.content,
        File.drawing,
        File.stored,
    )
    row = (
        await session.execute(
            select(*columns, File.owner_id, File.expires_at, File.subject).where(*_there(key, now))
        )
    ).one_or_none()
    if row is None:
        return None
    kind, known, called, size, media_type, content, drawing, stored, owner, until, subject = row
    media = Media(kind, known, called, size or None, media_type, key=key)
    chart = None if drawing is None else Chart.from_data(drawing)
    return Made(media, bytes(content or b""), owner, until, chart, stored, subject)


async def names(session: AsyncSession, key: str, *, now: datetime) -> Mapping[str, str] | None:
    """Under which names channels know the file of that key already; None where there is no such file."""
    known: dict[str, str] | None = await session.scalar(select(File.names).where(*_there(key, now)))
    return known


def _there(key: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return File.key == key, File.expires_at > now, File.withheld.is_(False)


async def name(session: AsyncSession, key: str, credential: str, given: str) -> None:
    """Note under which name a channel knows the file from now on."""
    known = await session.scalar(select(File.names).where(File.key == key).with_for_update())
    if known is not None:
        await session.execute(update(File).where(File.key == key).values(names={**known, credential: given}))


async def count(session: AsyncSession, owner: Resident, subject: str, *, since: datetime) -> int:
    """How many of these were made for somebody since then."""
    counted = await session.scalar(
        select(func.count())
        .select_from(File)
        .where(File.owner_id == owner.id, File.subject == subject, File.created_at > since)
    )
    return int(counted or 0)


async def may_have(session: AsyncSession, owner: int | None, channel: str, chat: str) -> bool:
    """Whether whoever is at this address may have a file of that owner's."""
    if owner is None:
        return True
    if not chat:
        return False
    there = select(Address.id).where(
        Address.channel == channel, Address.chat == chat, Address.resident_id == owner
    )
    return await session.scalar(there) is not None
