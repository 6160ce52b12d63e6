"""Everything that is known of a person, as plain data under names that stay the same: see docs/my-data.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import unescape
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import kinds
from bot.i18n import tongue
from bot.models import (
    Address,
    Ballot,
    Community,
    Consent,
    Envelope,
    File,
    Letter,
    Membership,
    Participation,
    Poll,
    Resident,
    WebLine,
    WebSession,
)
from bot.services import roll
from bot.services.people import mydata_reports, mydeeds
from bot.services.people.mydeeds import Data, Towns, moment, question, rows_of, slug

FORMAT = "folkmoot-my-data"
VERSION = 1
"""Grows when a name changes its meaning or goes; new names may come without."""


async def gather(session: AsyncSession, resident: Resident, *, now: datetime) -> Data:
    """All of it. Moments are ISO 8601 in UTC; what is not known is null."""
    addresses = await rows_of(session, Address, Address.resident_id == resident.id, by=Address.id)
    towns = {one.id: one for one in (await session.scalars(select(Community))).all()}
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": moment(now),
        "you": {
            "number": resident.id,
            "language": resident.language,
            "name": resident.name,
            "interests": list(resident.interests),
            "known_since": moment(resident.created_at),
            "first_contribution_at": moment(resident.agreed_at),
            "greeted_at": moment(resident.greeted_at),
        },
        "addresses": [_address(one) | await mydeeds.mailbox(session, one) for one in addresses],
        "communities": await _communities(session, resident, towns),
        "consents": await _consents(session, resident),
        "polls": await _polls(session, resident, towns),
        "suggestions": await mydeeds.suggestions(session, resident, towns),
        "polls_asked": await mydeeds.asked(session, resident, towns),
        "announcements": await mydeeds.announcements(session, resident, towns),
        "following": await mydeeds.following(session, addresses),
        "posts": await mydata_reports.posts(session, resident),
        "reports": await mydata_reports.reports(session, resident, towns),
        "desk_cards": await mydata_reports.desk_cards(session, addresses),
        "concerns": await mydata_reports.concerns(session, resident),
        "said_of_reports": await mydata_reports.said(session, resident),
        "report_pictures": await mydata_reports.pictures(session, resident),
        "rules": await mydata_reports.rules(session, resident, towns),
        "spots": await mydata_reports.spots(session, resident, towns),
        "deeds": await mydeeds.deeds(session, resident, towns),
        "invitations": await mydeeds.invitations(session, resident, towns),
        "links": await mydeeds.links(session, resident, towns),
        "posters": await mydeeds.posters(session, resident),
        "pictures": await mydeeds.pictures(session, resident, towns),
        "codes": await mydeeds.codes(session, resident, towns),
        "web_chats": await _web_chats(session, addresses),
        "messages": await _messages(session, addresses),
        "mails": await mydeeds.mails(session, addresses),
        "files": await _files(session, resident),
    }


def _plain(body: Mapping[str, Any] | None) -> str | None:
    """The words of a message as it is kept, without its markup."""
    return None if body is None else unescape(re.sub(r"<[^>]+>", "", str(body.get("text", ""))))


def _address(one: Address) -> Data:
    return {
        "number": one.id,
        "channel": one.channel,
        "chat": one.chat,
        "preferred": one.preferred,
        "since": moment(one.created_at),
        "closed_at": moment(one.closed_at),
        "unfinished_talk": one.talk,
    }


async def _communities(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    found = await rows_of(
        session, Membership, Membership.resident_id == resident.id, by=(Membership.joined_at)
    )
    return [
        {
            "community": slug(towns, one.community_id),
            "name": towns[one.community_id].name_in(resident.language),
            "role": one.role,
            "part_of_town": one.area,
            "came_by": one.source,
            "joined_at": moment(one.joined_at),
        }
        for one in found
    ]


async def _consents(session: AsyncSession, resident: Resident) -> list[Data]:
    found = await rows_of(session, Consent, Consent.resident_id == resident.id, by=Consent.id)
    return [
        {"wording": one.wording, "language": one.language, "agreed_at": moment(one.agreed_at)}
        for one in found
    ]


async def _polls(session: AsyncSession, resident: Resident, towns: Towns) -> list[Data]:
    """What they were asked. Only while a poll is open, or where it is named, is there a way to their answer."""
    rows = await session.execute(
        select(Participation, Poll)
        .join(Poll, Poll.id == Participation.poll_id)
        .where(Participation.resident_id == resident.id)
        .order_by(Poll.opened_at, Poll.id)
    )
    return [
        {
            **question(asked, towns),
            "answered": part.took_part,
            "came_by": part.source,
            "my_answer": await _answer(session, asked, resident),
        }
        for part, asked in rows.all()
    ]


async def _answer(session: AsyncSession, poll: Poll, resident: Resident) -> str | None:
    if poll.key is not None:
        whose = Ballot.voter == roll.voter_key(poll, resident)
    else:
        whose = Ballot.resident_id == resident.id
    ballot = await session.scalar(select(Ballot).where(Ballot.poll_id == poll.id, whose))
    if ballot is None:
        return None
    return kinds.named(poll.kind).said(poll.form, ballot.answer, tongue(resident.language))


async def _web_chats(session: AsyncSession, addresses: Sequence[Address]) -> list[Data]:
    chats = [one.chat for one in addresses if one.channel == "web"]
    found = await rows_of(session, WebSession, WebSession.chat.in_(chats), by=WebSession.created_at)
    lines = await rows_of(session, WebLine, WebLine.chat.in_(chats), by=WebLine.rank)
    return [
        {
            "chat": one.chat,
            "language": one.language,
            "links_answered": list(one.codes),
            "since": moment(one.created_at),
            "last_seen_at": moment(one.seen_at),
            "conversation": [
                {"at": moment(line.at), "by_you": line.kind == "mine", "words": _plain(line.body)}
                for line in lines
                if line.chat == one.chat
            ],
        }
        for one in found
    ]


async def _messages(session: AsyncSession, addresses: Sequence[Address]) -> list[Data]:
    """What waits to be sent to them, with its words, and what was sent lately, without."""
    rows = await session.execute(
        select(Envelope, Letter.body)
        .outerjoin(Letter, Letter.id == Envelope.letter_id)
        .where(Envelope.address_id.in_([one.id for one in addresses]))
        .order_by(Envelope.id)
    )
    return [
        {
            "address": one.address_id,
            "state": one.state,
            "put_at": moment(one.created_at),
            "done_at": moment(one.done_at),
            "words": _plain(one.body or letter) if one.done_at is None else None,
        }
        for one, letter in rows.all()
    ]


async def _files(session: AsyncSession, resident: Resident) -> list[Data]:
    return [
        {
            "name": one.name,
            "size": one.size,
            "made_at": moment(one.created_at),
            "kept_until": moment(one.expires_at),
        }
        for one in await rows_of(session, File, File.owner_id == resident.id, by=File.created_at)
    ]
