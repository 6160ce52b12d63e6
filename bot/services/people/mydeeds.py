"""The part of what is known of a person that comes from organising: asked, told, invited; and what both parts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import (
    Address,
    Body,
    Broadcast,
    Community,
    Deed,
    Enclosure,
    Following,
    GroupCode,
    HeldMail,
    Invitation,
    Link,
    LinkCode,
    Mailbox,
    Poll,
    Poster,
    Resident,
    SentPortrait,
    Suggestion,
)

Data = dict[str, Any]

Towns = Mapping[int, Community]
"""All communities by their numbers."""


def slug(towns: Towns, number: int | None) -> str | None:
    """The short name of a community."""
    return None if number is None or number not in towns else towns[number].slug


def moment(at: datetime | None) -> str | None:
    """As it stands in the file."""
    return None if at is None else at.isoformat(timespec="seconds")


async def rows_of(session: AsyncSession, table: Any, *which: Any, by: Any) -> Sequence[Any]:
    """Rows of a table in their order."""
    return (await session.scalars(select(table).where(*which).order_by(by))).all()


def question(poll: Poll, towns: Towns) -> Data:
    """What everyone may know of a question."""
    return {
        "poll": poll.code,
        "community": slug(towns, poll.community_id),
        "question": poll.question,
        "opened_at": moment(poll.opened_at),
        "closes_at": moment(poll.closes_at),
        "closed_at": moment(poll.closed_at),
    }


async def suggestions(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """Answers that they suggested and nobody has read yet."""
    rows = await session.execute(
        select(Suggestion, Poll)
        .join(Poll, Poll.id == Suggestion.poll_id)
        .where(Suggestion.resident_id == resident.id)
        .order_by(Suggestion.id)
    )
    return [{**question(poll, towns), "suggested": one.choice} for one, poll in rows.all()]


async def asked(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """The questions that they asked."""
    found = await rows_of(session, Poll, Poll.asked_by == resident.id, by=Poll.id)
    return [
        {
            **question(one, towns),
            "choices": list(one.choices),
            "what_happened_next": one.outcome,
            "told_at": moment(one.outcome_at),
        }
        for one in found
    ]


async def announcements(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """What they told everyone, and what went with it."""
    found = await rows_of(session, Broadcast, Broadcast.sent_by == resident.id, by=Broadcast.id)
    along = await rows_of(
        session,
        Enclosure,
        Enclosure.broadcast_id.in_([one.id for one in found]),
        by=(Enclosure.edition),
    )
    return [
        {
            "number": one.id,
            "community": slug(towns, one.community_id),
            "texts": dict(one.texts),
            "state": one.state,
            "sent_at": moment(one.sent_at),
            "corrected_at": moment(one.corrected_at),
            "done_at": moment(one.done_at),
            "enclosures": [
                {"kind": it.kind, "name": it.name, "description": it.about, "sent_at": moment(it.created_at)}
                for it in along
                if it.broadcast_id == one.id
            ],
        }
        for one in found
    ]


async def following(session: AsyncSession, addresses: Sequence[Address]) -> list[Data]:
    """The messages that show them how far an announcement has come."""
    numbers = [one.id for one in addresses]
    found = await rows_of(session, Following, Following.address_id.in_(numbers), by=Following.broadcast_id)
    return [
        {"announcement": one.broadcast_id, "address": one.address_id, "message": one.target} for one in found
    ]


async def deeds(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """What they did for a community."""
    found = await rows_of(session, Deed, Deed.actor_id == resident.id, by=Deed.id)
    return [
        {
            "at": moment(one.at),
            "act": one.act,
            "subject": one.subject,
            "community": slug(towns, one.community_id),
            "details": one.details,
        }
        for one in found
    ]


async def invitations(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """Invitations that they made or took up; the codes themselves are kept nowhere."""
    mine = (Invitation.made_by == resident.id) | (Invitation.used_by == resident.id)
    return [
        {
            "number": one.id,
            "community": slug(towns, one.community_id),
            "role": one.role,
            "post": one.post,
            "body": None if one.body_id is None else (await session.get_one(Body, one.body_id)).slug,
            "made_by_you": one.made_by == resident.id,
            "used_by_you": one.used_by == resident.id,
            "made_at": moment(one.created_at),
            "works_until": moment(one.expires_at),
            "used_at": moment(one.used_at),
            "taken_back_at": moment(one.revoked_at),
        }
        for one in await rows_of(session, Invitation, mine, by=Invitation.id)
    ]


async def links(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """Links that they made for others to come by."""
    found = await rows_of(session, Link, Link.made_by == resident.id, by=Link.id)
    return [
        {
            "link": one.code,
            "community": slug(towns, one.community_id),
            "kind": one.kind,
            "name": one.name,
            "made_at": moment(one.made_at),
        }
        for one in found
    ]


async def posters(session: AsyncSession, resident: Resident) -> list[Data]:
    """Posters that are still to be drawn for them."""
    found = await rows_of(session, Poster, Poster.resident_id == resident.id, by=Poster.id)
    return [
        {"leads_to": one.leads_to, "languages": list(one.languages), "wished_at": moment(one.wished_at)}
        for one in found
    ]


async def pictures(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """Pictures that they sent for a community and that are still to be fetched."""
    mine = SentPortrait.resident_id == resident.id
    return [
        {"community": slug(towns, one.community_id), "sent_at": moment(one.sent_at)}
        for one in await rows_of(session, SentPortrait, mine, by=SentPortrait.community_id)
    ]


async def codes(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """Only marks of the codes themselves are kept."""
    joining = await rows_of(session, LinkCode, LinkCode.resident_id == resident.id, by=LinkCode.expires_at)
    groups = await rows_of(session, GroupCode, GroupCode.resident_id == resident.id, by=GroupCode.expires_at)
    return [
        *({"for": "joining two places", "works_until": moment(one.expires_at)} for one in joining),
        *(
            {
                "for": "connecting a group",
                "community": slug(towns, one.community_id),
                "works_until": moment(one.expires_at),
            }
            for one in groups
        ),
    ]


async def mailbox(session: AsyncSession, address: Address) -> Data:
    """What is known of an e-mail address beside that it is one."""
    known = await session.get(Mailbox, address.id)
    return {"confirmed_at": None if known is None else moment(known.confirmed_at)}


async def mails(session: AsyncSession, addresses: Sequence[Address]) -> list[Data]:
    """What they wrote by e-mail and that waits until they have shown that the address is theirs."""
    theirs = HeldMail.address_id.in_([one.id for one in addresses])
    return [
        {"address": one.address_id, "subject": one.about, "words": one.text, "sent_at": moment(one.held_at)}
        for one in await rows_of(session, HeldMail, theirs, by=HeldMail.id)
    ]
