"""A community's picture: sent by an organiser, fetched and drawn anew a moment later, shown on its page and posters."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.errors import Refused
from bot.i18n import N_
from bot.lanes import Lane
from bot.message import Media, Message
from bot.models import Address, Portrait, Resident, SentPortrait
from bot.outbox import Draft
from bot.services import audit
from bot.services.community import communities

MOST = 10  # megabytes of a picture as it is sent
LARGEST = MOST * 1024 * 1024
TRIES = 5  # times it is fetched, each of which may fail for a while

DONE = N_("This is the picture of your community now. It is on its page and on new posters.")
BROKEN = N_("I could not read that picture: it is broken, or too large. Please send another one.")
AWAY = N_("I could not fetch that picture. Please send it again a little later.")


def proper(media: Media | str) -> None:
    """Raises Refused for what is no picture, or too large."""
    if isinstance(media, str) or media.kind != "photo":
        raise Refused(N_("Please send one picture, as a photo."))
    if (media.size or 0) > LARGEST:
        raise Refused(N_("That file is larger than {most} megabytes. Please send a smaller one."), most=MOST)


async def wish(
    session: AsyncSession, community_id: int, media: Media, *, by: Resident, at: Address, now: datetime
) -> None:
    """Have this fetched and shown; the newest one holds."""
    await communities.require_organiser(session, by, community_id)
    proper(media)
    await session.execute(delete(SentPortrait).where(SentPortrait.community_id == community_id))
    session.add(
        SentPortrait(
            community_id=community_id,
            resident_id=by.id,
            address_id=at.id,
            media=replace(media, about=None).as_json(),
            sent_at=now,
        )
    )
    await session.flush()


async def take_away(session: AsyncSession, community_id: int, *, by: Resident, now: datetime) -> None:
    """Show none any more."""
    await communities.require_organiser(session, by, community_id)
    await session.execute(delete(SentPortrait).where(SentPortrait.community_id == community_id))
    await session.execute(delete(Portrait).where(Portrait.community_id == community_id))
    audit.record(session, "picture.remove", by=by, community_id=community_id, now=now)


async def waiting(session: AsyncSession) -> bool:
    """Whether there is one to be fetched."""
    return await session.scalar(select(SentPortrait.community_id).limit(1)) is not None


async def take(
    session: AsyncSession, *, now: datetime, reaches: Callable[[Media], bool] = lambda _: True
) -> Sequence[tuple[int, Media]]:
    """Pictures that were sent, are still to be fetched, and can be by whoever asks; each counts as begun."""
    found = await session.scalars(select(SentPortrait).order_by(SentPortrait.sent_at))
    taken = []
    for one in [one for one in found if reaches(Media.from_json(one.media))][:4]:
        if one.tries >= TRIES:
            await _end(session, one, AWAY, now=now)
        else:
            one.tries += 1
            taken.append((one.community_id, Media.from_json(one.media)))
    return taken


async def keep(
    session: AsyncSession, community_id: int, media: Media, content: bytes | None, *, now: datetime
) -> None:
    """Show it from now on, or say that it is broken; not where another one has been sent in the meantime."""
    sent = await session.get(SentPortrait, community_id)
    if sent is None or Media.from_json(sent.media) != media:
        return
    if content is not None:
        edition = hashlib.sha256(content).hexdigest()[:16]
        await session.merge(
            Portrait(community_id=community_id, content=content, edition=edition, made_at=now)
        )
        audit.record(
            session,
            "picture.set",
            by=await session.get_one(Resident, sent.resident_id),
            community_id=community_id,
            now=now,
        )
    await _end(session, sent, DONE if content is not None else BROKEN, now=now)


async def edition(session: AsyncSession, community_id: int) -> str | None:
    """Names the picture that is shown, if there is one."""
    found: str | None = await session.scalar(
        select(Portrait.edition).where(Portrait.community_id == community_id)
    )
    return found


async def content(session: AsyncSession, community_id: int) -> bytes | None:
    """The picture that is shown, a JPEG."""
    found = await session.scalar(select(Portrait.content).where(Portrait.community_id == community_id))
    return None if found is None else bytes(found)


async def _end(session: AsyncSession, sent: SentPortrait, sentence: str, *, now: datetime) -> None:
    owner = await session.get_one(Resident, sent.resident_id)
    address = await session.get_one(Address, sent.address_id)
    once = f"portrait:{secrets.token_hex(8)}"  # what was sent goes in this very transaction
    draft = Draft(address, Message(i18n.tongue(owner.language)._(sentence)), once, lane=Lane.PERSONAL)
    await outbox.put(session, [draft], now=now)
    await session.delete(sent)
    await session.flush()
