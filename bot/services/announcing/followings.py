"""How far announcements have come: looked at now and then, and shown in one message to each organiser who follows.

The message is edited when something has changed, and one edit at a time is on its way, so that the newest state
always arrives and none is sent for nothing.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.letters.announcing import followings as letters
from bot.message import Message
from bot.models import Address, Broadcast, Community, Envelope, Following, Membership, Resident
from bot.outbox import Draft, Progress
from bot.services.announcing import announcements, broadcasts


async def follow(
    session: AsyncSession,
    broadcast: Broadcast,
    *,
    at: Address,
    target: str | None,
    now: datetime,
    sure: bool = False,
) -> Message | None:
    """Show how far it has come at this address, in the message `target` from now on: the caller says what is returned
    in its place. Without a target a message is put here, and nothing is left to say."""
    view = await session.get(Following, (broadcast.id, at.id))
    if view is None:
        view = Following(broadcast_id=broadcast.id, address_id=at.id, sure=False)
        session.add(view)
        await session.flush()
    elif view.target and view.target != target:
        await _put(
            session, at, letters.moved_on(i18n.tongue(await _language(session, at))), view.target, now=now
        )
    view.target, view.put_as, view.sure = target, None, sure
    message = await _drawn(session, view, broadcast, await _language(session, at), now=now)
    view.shown = _fingerprint(message)
    if target is not None:
        return message
    view.put_as = await _put(session, at, message, None, now=now)
    return None


async def stands(session: AsyncSession, broadcast: Broadcast, at: Address, message: str | None) -> bool:
    """Whether `message` is the one that shows it there."""
    view = await session.get(Following, (broadcast.id, at.id))
    if view is None or message is None:
        return False
    if view.target is None and view.put_as is not None:
        view.target = await session.scalar(select(Envelope.reference).where(Envelope.once_key == view.put_as))
    return view.target == message


async def _language(session: AsyncSession, address: Address) -> str:
    resident = await session.get_one(Resident, address.resident_id)
    return resident.language


async def _drawn(
    session: AsyncSession, view: Following, broadcast: Broadcast, language: str, *, now: datetime
) -> Message:
    return await _draw(
        session, view, broadcast, await broadcasts.progress(session, broadcast), language, now=now
    )


async def _draw(
    session: AsyncSession,
    view: Following,
    broadcast: Broadcast,
    progress: Progress,
    language: str,
    *,
    now: datetime,
) -> Message:
    community = await session.get_one(Community, broadcast.community_id)
    until = None
    if broadcast.state == "sending" and broadcast.put_at is not None and not progress.waiting:
        until = broadcast.put_at + broadcasts.NEWCOMERS
    view.sure = view.sure and letters.stoppable(broadcast, progress)
    return letters.view(
        broadcast,
        community,
        progress,
        i18n.tongue(language),
        sure=view.sure,
        correctable=broadcasts.correctable(broadcast, now=now),
        newcomers_until=until,
    )


def _fingerprint(message: Message) -> str:
    return hashlib.sha256(json.dumps(message.as_json(), sort_keys=True).encode()).hexdigest()


async def _put(
    session: AsyncSession, at: Address, message: Message, target: str | None, *, now: datetime
) -> str:
    """Put a message, or an edit of one. With the answers, so that an older edit never comes after a newer one."""
    key = f"following:{at.id}:{secrets.token_hex(8)}"
    await outbox.put(session, [Draft(at, message, key, "edit" if target else "send", target)], now=now)
    return key


async def keep_up(session: AsyncSession, *, now: datetime) -> None:
    """Look at all announcements that are not over, or whose end has not been shown to everyone yet."""
    watched = select(Following.broadcast_id).where(Following.broadcast_id == Broadcast.id)
    unfinished = select(Broadcast.id).where(or_(Broadcast.done_at.is_(None), watched.exists()))
    for number in (await session.scalars(unfinished.order_by(Broadcast.id))).all():
        await _look(session, number, now=now)


async def _look(session: AsyncSession, number: int, *, now: datetime) -> None:
    """One announcement: what is to be done about it is done, and shown to those who follow it."""
    # Addresses before the announcement, as in a turn, and never waiting: whoever is busy is looked at next time.
    following = await session.execute(
        select(Following, Address, Resident.language)
        .join(Address, Address.id == Following.address_id)
        .join(Resident, Resident.id == Address.resident_id)
        .where(Following.broadcast_id == number)
        .order_by(Address.id)
        .with_for_update(of=Address, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    views = following.all()
    broadcast = await session.scalar(
        select(Broadcast)
        .where(Broadcast.id == number)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if broadcast is None:
        return
    progress = await _brought_forward(session, broadcast, now=now)
    for view, address, language in views:
        message = await _draw(session, view, broadcast, progress, language, now=now)
        if not await _may_follow(session, broadcast, address):
            await session.delete(view)
        elif _fingerprint(message) != view.shown:
            await _show(session, view, address, message, now=now)
        elif broadcast.done_at is not None:
            await session.delete(view)  # the end has been shown


async def _brought_forward(session: AsyncSession, broadcast: Broadcast, *, now: datetime) -> Progress:
    """Do what is due, and count."""
    community = await session.get_one(Community, broadcast.community_id)
    if broadcast.state == "held" and now - broadcast.sent_at > announcements.LIFE:
        await broadcasts.give_up(session, broadcast, now=now)
    if broadcast.state == "sending" and broadcast.put_at is None:
        await broadcasts.put_correction(session, broadcast, community, now=now)
    elif broadcast.state == "sending":
        await broadcasts.newcomers(session, broadcast, community, now=now)
    progress = await broadcasts.progress(session, broadcast)
    if broadcast.done_at is None and await _over(session, broadcast, progress, now=now):
        broadcasts.finish(broadcast, progress, now=now)
    return progress


async def _over(session: AsyncSession, broadcast: Broadcast, progress: Progress, *, now: datetime) -> bool:
    if progress.waiting or broadcast.state == "held":
        return False
    if broadcast.state == "stopped":
        return not await broadcasts.under_way(session, broadcast.subject)
    return broadcast.put_at is not None and now >= broadcast.put_at + broadcasts.NEWCOMERS


async def _may_follow(session: AsyncSession, broadcast: Broadcast, address: Address) -> bool:
    """Whether whoever reads there is still an organiser, and reads."""
    role = await session.scalar(
        select(Membership.role).where(
            Membership.community_id == broadcast.community_id,
            Membership.resident_id == address.resident_id,
        )
    )
    return role == "organiser" and address.closed_at is None


async def _show(
    session: AsyncSession, view: Following, address: Address, message: Message, *, now: datetime
) -> None:
    """Put an edit, unless the last one is still on its way: the next look then shows the state of its own time."""
    if view.put_as is not None:
        last = await session.scalar(select(Envelope).where(Envelope.once_key == view.put_as))
        if last is not None and last.done_at is None:
            return
        if last is not None and last.state in ("refused", "expired"):
            await session.delete(view)  # the message is gone, or nobody can read it
            return
        view.target = (last.reference if last is not None else None) or view.target
    view.put_as = await _put(session, address, message, view.target, now=now)
    view.shown = _fingerprint(message)
