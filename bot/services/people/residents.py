"""Residents: what they tell about themselves, what they agreed to, and how all of it is erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import ends, i18n
from bot.errors import Refused
from bot.i18n import N_
from bot.models import (
    Address,
    Ballot,
    Community,
    Concern,
    Consent,
    DeskCard,
    Envelope,
    Following,
    HeldMail,
    Mailbox,
    Membership,
    Officer,
    Participation,
    Poll,
    Resident,
    ServiceRequest,
    WebLine,
    WebSession,
)
from bot.services import roll
from bot.services.answering import leaving
from bot.services.community import communities
from bot.services.people import traces
from bot.services.polling import polls

NAME_LIMIT = 40  # characters
AREA_LIMIT = 60  # characters
INTERESTS = ("streets", "green", "safety", "children", "elders", "events", "health", "transport", "homes")
"""What people may say they care about; the words are in `letters/people.py`."""


def set_language(resident: Resident, code: str) -> None:
    """Speak this language with them from now on."""
    if code not in i18n.available():
        raise Refused(N_("I do not speak that language yet."))
    resident.language = code


def name(text: str) -> str:
    """A name to be called by; Refused says what is wrong with it."""
    text = " ".join(text.split())
    if not 0 < len(text) <= NAME_LIMIT:
        raise Refused(N_("Please choose a name of 1 to {most} letters."), most=NAME_LIMIT)
    return text


def area(text: str) -> str:
    """A part of town; Refused says what is wrong with it."""
    text = " ".join(text.split())
    if not 0 < len(text) <= AREA_LIMIT:
        raise Refused(N_("Please use 1 to {most} letters."), most=AREA_LIMIT)
    return text


def toggle_interest(resident: Resident, code: str) -> None:
    """Care about something, or no more."""
    if code not in INTERESTS:
        raise Refused(N_("I do not know this subject."))
    chosen = set(resident.interests) ^ {code}
    resident.interests = [one for one in INTERESTS if one in chosen]


def agreed(
    session: AsyncSession, resident: Resident, wording: str, *, now: datetime, language: str | None = None
) -> bool:
    """Record what was agreed to by contributing for the first time; false when it was recorded before.

    `language` is that of the wording, where it is not the resident's own.
    """
    if resident.agreed_at is not None:
        return False
    resident.agreed_at = now
    language = language or resident.language
    session.add(Consent(resident_id=resident.id, wording=wording, language=language, agreed_at=now))
    return True


def newcomer(resident: Resident) -> bool:
    """Whether they have not contributed anything yet."""
    return resident.agreed_at is None


async def erase(session: AsyncSession, resident: Resident, *, here: Address, now: datetime) -> None:
    """Forget a resident. Answers to open polls are withdrawn; closed counts stay, nothing leads back from them.

    The address they ask from stays for the goodbye, with nothing about them, until `forgetting.part` takes it away.
    Raises Refused for the last organiser of a community.
    """
    for belongs in await communities.of(session, resident):
        await communities.leave(session, resident, belongs.community_id, now=now)
    await leaving.forget(session, resident, now=now)
    await traces.erase(session, resident, now=now)
    await withdraw(session, resident)
    addresses = select(Address.id).where(Address.resident_id == resident.id)
    chats = select(Address.chat).where(Address.resident_id == resident.id, Address.channel == "web")
    await session.execute(delete(WebLine).where(WebLine.chat.in_(chats)))
    await session.execute(delete(WebSession).where(WebSession.chat.in_(chats), WebSession.chat != here.chat))
    await session.execute(
        update(WebSession).where(WebSession.chat == here.chat).values(codes=[], language=None)
    )
    await ends.write_off(
        session, Envelope.address_id.in_(addresses), state="cancelled", reason=ends.FORGOTTEN, now=now
    )
    blank = Resident(language=resident.language, interests=[], created_at=now, greeted_at=now)
    session.add(blank)
    await session.flush()
    for table in (Following, Mailbox, HeldMail, DeskCard):
        await session.execute(delete(table).where(table.address_id == here.id))
    here.talk, here.resident_id, here.resident, here.forgotten_at = None, blank.id, blank, now
    await session.flush()
    await session.delete(resident)  # the rest goes with it, by the tables' own rules
    await session.flush()


async def withdraw(session: AsyncSession, resident: Resident) -> None:
    """Take a resident's answers out of all open polls, and the resident out of those asked."""
    await roll.forget(session)
    open_polls = await session.scalars(
        select(Poll.id)
        .join(Participation, Participation.poll_id == Poll.id)
        .where(Participation.resident_id == resident.id, Poll.closed_at.is_(None))
        .order_by(Poll.id)
    )
    for poll_id in open_polls.all():
        poll, tally = await roll.locked(session, poll_id)
        if poll.key is None:
            continue
        part = await session.get(Participation, (poll_id, resident.id))
        ballot = await session.get(Ballot, (poll_id, roll.voter_key(poll, resident)))
        if ballot is not None:
            tally.counts = polls.without(poll, tally, ballot.answer)
            tally.took_part -= 1
            await session.delete(ballot)
        if part is not None:
            tally.asked -= 1
            await session.delete(part)
    await roll.forget(session)


async def sweep(
    session: AsyncSession, *, before: datetime, after: int = 0, looked_at: int = 2000
) -> int | None:
    """Among so many residents after number `after`, forget who came before then, told nothing and belongs to nothing.

    Returns the last number that was looked at; None when there are no more. However large the town, each look is
    short.
    """
    some = select(Resident.id).where(Resident.id > after).order_by(Resident.id).limit(looked_at).subquery()
    last: int | None = await session.scalar(select(func.max(some.c.id)))
    if last is None:
        return None
    idle = (
        select(Resident.id)
        .where(
            Resident.id.between(after + 1, last),
            Resident.created_at < before,
            Resident.name.is_(None),
            Resident.agreed_at.is_(None),
            ~select(Address.id).where(Address.resident_id == Resident.id, Address.talk.is_not(None)).exists(),
            ~select(Membership.resident_id).where(Membership.resident_id == Resident.id).exists(),
            ~select(Participation.resident_id).where(Participation.resident_id == Resident.id).exists(),
            ~select(Officer.id).where(Officer.resident_id == Resident.id).exists(),
            ~select(Concern.resident_id).where(Concern.resident_id == Resident.id).exists(),
            ~select(ServiceRequest.id).where(ServiceRequest.resident_id == Resident.id).exists(),
            ~select(Address.id)
            .join(Mailbox)
            .where(Address.resident_id == Resident.id, Mailbox.kept)
            .exists(),
        )
        .with_for_update(skip_locked=True)  # whoever is just doing something is not idle
    )
    found = (await session.scalars(idle, execution_options={"in_thread": True})).all()
    if found:
        await session.execute(
            delete(Resident).where(Resident.id.in_(found)).execution_options(synchronize_session=False)
        )
    return last


async def home(session: AsyncSession, resident: Resident) -> Community | None:
    """The community they joined first, if any."""
    belongs = await communities.of(session, resident)
    return belongs[0].community if belongs else None
