"""Posters: wished for, drawn a moment later by somebody with more time, and sent where they were wished for.

A poster takes seconds to draw and a turn must not wait for it. So the wish is a row: it survives whoever was drawing it
when the power went, and goes in the transaction that puts the drawn poster in the outbox. So none is sent twice.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox, retention
from bot.charts import Sheet
from bot.lanes import Lane
from bot.letters.community import posters as letters
from bot.message import Media, Message
from bot.models import Address, Community, Link, Poll, Poster, Resident
from bot.outbox import Draft
from bot.services import files
from bot.services.community import portraits

SUBJECT = "poster"
TRIES = 3  # drawings that are begun, each of which may end with the process that draws
AT_ONCE = 4  # posters in one look


async def wish(
    session: AsyncSession,
    link: Link,
    languages: Sequence[str],
    leads_to: str,
    *,
    by: Resident,
    at: Address,
    now: datetime,
) -> bool:
    """Have a poster drawn; False where the same one is being drawn already."""
    waiting = await session.scalars(
        select(Poster).where(Poster.link_id == link.id, Poster.address_id == at.id)
    )
    if any(list(one.languages) == list(languages) for one in waiting):
        return False
    session.add(
        Poster(
            link_id=link.id,
            resident_id=by.id,
            address_id=at.id,
            languages=list(languages),
            leads_to=leads_to,
            wished_at=now,
        )
    )
    await session.flush()
    return True


async def take(session: AsyncSession, *, now: datetime) -> Sequence[int]:
    """The next few that are to be drawn; each counts as begun. Those that were begun too often are given up."""
    found = await session.scalars(
        select(Poster).order_by(Poster.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    )
    taken = []
    for poster in found.all():
        if poster.tries >= TRIES:
            await _end(
                session, poster, (_sorry(await _language(session, poster), letters.NOT_DRAWN),), now=now
            )
        else:
            poster.tries += 1
            taken.append(poster.id)
    return taken


async def sheet(session: AsyncSession, number: int) -> Sheet | None:
    """What is to be drawn; None where nobody wishes for it any more, or its question has closed."""
    found = await _found(session, number)
    if found is None:
        return None
    poster, link, community = found
    poll = None if link.poll_id is None else await session.get_one(Poll, link.poll_id)
    if poll is not None and poll.closed_at is not None:
        return None
    picture = await portraits.content(session, community.id)
    return letters.sheet(
        community,
        poll,
        [i18n.tongue(code) for code in poster.languages],
        poster.leads_to,
        picture=None if picture is None else base64.b64encode(picture).decode(),
        app=poster.leads_to.startswith("https://t.me/"),
    )


async def send(session: AsyncSession, number: int, picture: bytes, paper: bytes, *, now: datetime) -> None:
    """Put the drawn poster in the outbox, as a picture and as a paper to print."""
    found = await _found(session, number)
    if found is None:
        return
    poster, link, community = found
    owner = await session.get_one(Resident, poster.resident_id)
    tongue = i18n.tongue(owner.language)
    name = f"poster-{community.slug}-{link.code}"

    async def kept(content: bytes, kind: Literal["photo", "document"], ending: str, media_type: str) -> Media:
        return await files.keep(
            session,
            content,
            kind=kind,
            name=f"{name}.{ending}",
            media_type=media_type,
            subject=SUBJECT,
            life=retention.age("file"),
            now=now,
            owner=owner,
        )

    shown = await kept(picture, "photo", "png", "image/png")
    printed = await kept(paper, "document", "pdf", "application/pdf")
    messages = (letters.picture(shown, tongue), letters.paper(printed, link, tongue))
    await _end(session, poster, messages, now=now)


async def give_up(session: AsyncSession, number: int, *, now: datetime) -> None:
    """Say that the question has closed before the poster was drawn."""
    found = await _found(session, number)
    if found is not None:
        poster = found[0]
        await _end(session, poster, (_sorry(await _language(session, poster), letters.CLOSED),), now=now)


async def _found(session: AsyncSession, number: int) -> tuple[Poster, Link, Community] | None:
    row = await session.execute(
        select(Poster, Link, Community)
        .join(Link, Link.id == Poster.link_id)
        .join(Community, Community.id == Link.community_id)
        .where(Poster.id == number)
    )
    found = row.one_or_none()
    return None if found is None else (found[0], found[1], found[2])


async def _language(session: AsyncSession, poster: Poster) -> str:
    return (await session.get_one(Resident, poster.resident_id)).language


def _sorry(language: str, sentence: str) -> Message:
    return Message(i18n.tongue(language)._(sentence))


async def _end(session: AsyncSession, poster: Poster, messages: Sequence[Message], *, now: datetime) -> None:
    """Say these where it was wished for, and forget the wish."""
    address = await session.get_one(Address, poster.address_id)
    once = secrets.token_hex(8)  # the wish goes in this very transaction, and its number may come again
    drafts = [
        Draft(address, message, f"poster:{once}:{part}", lane=Lane.PERSONAL)
        for part, message in enumerate(messages)
    ]
    await outbox.put(session, drafts, now=now)
    await session.delete(poster)
    await session.flush()
