"""Cards that lie open are drawn anew when a colleague has done something, however much has happened in between, unless
the message shows something else by now."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.errors import Refused
from bot.lanes import Lane
from bot.letters.in_charge import desk_card
from bot.models import UNSENT, Address, DeskCard, Envelope, Resident
from bot.outbox import Draft
from bot.services.answering import desk_cases
from bot.services.reporting import open_cards

MOST = 50  # cards in one look; the others follow with the next


async def keep_up(session: AsyncSession, *, now: datetime) -> bool:
    """Draw anew what does not show the newest; true when there may be more."""
    rows = await session.execute(
        select(DeskCard, Address, Resident)
        .join(Address, Address.id == DeskCard.address_id)
        .join(Resident, Resident.id == Address.resident_id)
        .where(DeskCard.news > DeskCard.seen)
        .order_by(DeskCard.at)
        .limit(MOST)
        .with_for_update(of=DeskCard, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    behind = rows.all()
    drafts = []
    for card, address, resident in behind:
        put = await _put_last(session, card)
        if put is not None and put.state in UNSENT:
            card.at = now  # behind the others, until it has arrived
        elif (name := await _stands(session, put)) is None or address.closed_at is not None:
            await _leave(session, card, address)
        else:
            drafts.append(await _drawn(session, card, address, resident, name, now=now))
    await outbox.put(session, drafts, now=now)
    return len(drafts) == MOST


async def _leave(session: AsyncSession, card: DeskCard, address: Address) -> None:
    """It is not there to be drawn. Whoever is in the middle of an answer still finds the way back to their list."""
    if card.listed is None or address.closed_at is not None:
        await session.delete(card)
    else:
        card.seen = card.news


async def _put_last(session: AsyncSession, card: DeskCard) -> Envelope | None:
    ours = Envelope.id == card.envelope_id
    if card.sent_as is not None:
        ours = Envelope.once_key.startswith(card.sent_as, autoescape=True)
    found: Envelope | None = await session.scalar(
        select(Envelope)
        .where(Envelope.address_id == card.address_id, ours, Envelope.action != "toast")
        .order_by(Envelope.id.desc())
        .limit(1)
    )
    return found


async def _stands(session: AsyncSession, put: Envelope | None) -> str | None:
    """The channel's name for the message, if it still shows the card: a list or a question may stand there by now, or
    whoever had it has deleted it."""
    if put is None or put.state != "sent" or put.reference is None:
        return None
    later = select(Envelope.id).where(
        Envelope.address_id == put.address_id,
        Envelope.action == "edit",
        Envelope.target == put.reference,
        Envelope.id > put.id,
    )
    return put.reference if await session.scalar(later.limit(1)) is None else None


async def _drawn(
    session: AsyncSession, card: DeskCard, address: Address, resident: Resident, name: str, *, now: datetime
) -> Draft:
    tongue = i18n.tongue(resident.language)
    key = f"card:{secrets.token_hex(8)}:"
    back = open_cards.way_back(card.listed)
    try:
        case = await desk_cases.of(session, card.service_request_id, by=resident)
        case = replace(case, back=back)
        message = desk_card.card(case, tongue, now=now)
        card.sent_as, card.envelope_id, card.seen, card.at = key, None, card.news, now
    except Refused:
        message = desk_card.elsewhere(tongue, back)
        await session.delete(card)
    drawn = replace(message, only_in_place=True)
    return Draft(address, drawn, f"{key}0", "edit", name, lane=Lane.PERSONAL)
