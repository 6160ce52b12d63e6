"""Group chats of a community: connected by an administrator there who organises it, or has a code of an organiser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox, retention
from bot.db import insert_new
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.polling import groups as letters
from bot.models import Address, Community, GroupChat, GroupCode, Resident
from bot.services import audit, codes
from bot.services.community import communities

LIFE = retention.age("group code")
"""Of a code: time to find the group, and to be let in."""

FROM_YOURSELF = N_(
    "I cannot see who you are while you write as the group. Write from your own account; or send /connect to me in "
    "private, and send here what I answer."
)
ORGANISERS_ONLY = N_(
    "Only organisers can do that. If you are one, send /connect to me in private, and send here what I answer."
)
WHICH_ONE = N_(
    "You organise more than one community. Add the short name of the one you mean, such as /connect elm-park. "
    "Or send /connect to me in private."
)
ADMINISTRATORS_ONLY = N_(
    "Only somebody who looks after this group, as its administrator, can connect it. Please ask one of them."
)
WHO_KNOWS = N_(
    "I could not find out just now whether you look after this group. Nothing has changed; please send it again in "
    "a minute."
)
UNKNOWN_WORD = N_(
    "I do not know “{word}”. If it is a code, it is too old. Send /connect to me in private for a new one."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants of a group: whose questions, on whose word, in which language (None: as it is)."""

    community: Community
    by: Resident
    language: str | None


async def offer(session: AsyncSession, community: Community, *, by: Resident, now: datetime) -> str:
    """A fresh code that connects one group; an earlier one of theirs is worth nothing any more."""
    await communities.require_organiser(session, by, community.id)
    await session.execute(delete(GroupCode).where(GroupCode.resident_id == by.id))
    code = codes.new(codes.JOINING)
    session.add(
        GroupCode(
            code_hash=codes.hashed(code),
            community_id=community.id,
            resident_id=by.id,
            expires_at=now + LIFE,
        )
    )
    await session.flush()
    return code


def require_administrator(administers: bool | None) -> None:
    """Refused for whoever does not administer the group, and where the channel could not find out (None)."""
    if not administers:
        raise Refused(WHO_KNOWS if administers is None else ADMINISTRATORS_ONLY)


async def understood(session: AsyncSession, words: str, *, by: Resident | None, now: datetime) -> Asked:
    """What stands behind `/connect`: a short name or a code, and a language, in any order, each of which may be
    missing.

    `by` is None for somebody who writes as the group. Refused says what is missing.
    """
    organised = [] if by is None else await communities.organised_by(session, by)
    chosen: list[Asked] = []
    language = None
    for word in words.casefold().split():
        if spoken := _language(word):
            language = spoken
        elif named := next((one for one in organised if one.slug == word), None):
            assert by is not None  # noqa: S101 - who organises something is somebody
            chosen.append(Asked(named, by, None))
        else:
            chosen.append(await _taken_up(session, word, now=now))
    if not chosen:
        if by is None or not organised:
            raise Refused(FROM_YOURSELF if by is None else ORGANISERS_ONLY)
        if len(organised) > 1:
            raise Refused(WHICH_ONE)
        chosen = [Asked(organised[0], by, None)]
    return Asked(chosen[0].community, chosen[0].by, language)


def _language(word: str) -> str | None:
    """The language that goes by this code or its own name."""
    for code in i18n.available():
        if word in (code.casefold(), i18n.tongue(code).name.casefold()):
            return code
    return None


async def _taken_up(session: AsyncSession, code: str, *, now: datetime) -> Asked:
    """What a code stands for; from now on it stands for nothing."""
    shown = await session.scalar(
        select(GroupCode).where(GroupCode.code_hash == codes.hashed(code)).with_for_update()
    )
    if shown is None or shown.expires_at <= now:
        raise Refused(UNKNOWN_WORD, word=code)
    by = await session.get_one(Resident, shown.resident_id)
    community = await communities.require_organiser(session, by, shown.community_id)
    await session.delete(shown)
    return Asked(community, by, None)


async def connect(session: AsyncSession, chat: Address, asked: Asked, *, now: datetime) -> None:
    """Ask this community's questions in that group from now on; once more changes at most the language."""
    chat.closed_at = None
    chat.language = asked.language or chat.language or asked.community.languages[0]
    connected = await session.execute(
        insert_new(session, GroupChat)
        .values(community_id=asked.community.id, address_id=chat.id, since=now)
        .returning(GroupChat.address_id)
    )
    if connected.first() is not None:
        audit.record(
            session,
            "group.connect",
            by=asked.by,
            community_id=asked.community.id,
            now=now,
            subject=f"group:{chat.id}",
        )


async def disconnect(
    session: AsyncSession, chat: Address, words: str, *, by: Resident, now: datetime
) -> Sequence[Community]:
    """Ask no more in that group, for all communities that `by` organises or the named one; returns which.

    The questions that stand there lose their buttons soon (`boards.py`).
    """
    organised = await communities.organised_by(session, by)
    named = words.strip().casefold()
    gone = []
    for community in organised:
        link = await session.get(GroupChat, (community.id, chat.id))
        if link is None or named not in ("", community.slug):
            continue
        await session.delete(link)
        audit.record(
            session,
            "group.disconnect",
            by=by,
            community_id=community.id,
            now=now,
            subject=f"group:{chat.id}",
        )
        gone.append(community)
    if not gone:
        raise Refused(N_("No community that you organise asks its questions here."))
    return gone


async def chats(session: AsyncSession, community_id: int) -> Sequence[Address]:
    """The groups in which a community's questions are asked just now."""
    found = await session.scalars(
        select(Address)
        .join(GroupChat, GroupChat.address_id == Address.id)
        .where(GroupChat.community_id == community_id, Address.closed_at.is_(None))
        .order_by(Address.id)
    )
    return found.all()


async def count(session: AsyncSession, community_id: int) -> int:
    """How many groups these are."""
    counted = await session.scalar(
        select(func.count())
        .select_from(GroupChat)
        .join(Address, GroupChat.address_id == Address.id)
        .where(GroupChat.community_id == community_id, Address.closed_at.is_(None))
    )
    return int(counted or 0)


async def connected(session: AsyncSession, community_id: int) -> list[tuple[int, datetime, str | None]]:
    """The groups of a community, also such as cannot be reached just now: number, since when, language."""
    rows = await session.execute(
        select(GroupChat.address_id, GroupChat.since, Address.language)
        .join(Address, Address.id == GroupChat.address_id)
        .where(GroupChat.community_id == community_id)
        .order_by(GroupChat.since, GroupChat.address_id)
    )
    return [(number, since, language) for number, since, language in rows]


async def let_members_ask(
    session: AsyncSession, community_id: int, allowed: bool, *, by: Resident, now: datetime
) -> Community:
    """From now on everybody may ask in the community's groups, or its organisers only."""
    community = await communities.require_organiser(session, by, community_id)
    if community.members_ask != allowed:
        community.members_ask = allowed
        act = "group.open" if allowed else "group.shut"
        audit.record(session, act, by=by, community_id=community.id, now=now)
    return community


async def link(
    session: AsyncSession, community_id: int, group: int, *, by: Resident
) -> tuple[Community, datetime]:
    """A community of `by`'s, and since when that group is connected to it; Refused where it is not."""
    community = await communities.require_organiser(session, by, community_id)
    found = await session.get(GroupChat, (community_id, group))
    if found is None:
        raise Refused(N_("That group is not connected any more."))
    return community, found.since


async def leave(session: AsyncSession, community_id: int, group: int, *, by: Resident, now: datetime) -> None:
    """The same as `disconnect`, from afar: the group is told."""
    community, since = await link(session, community_id, group, by=by)
    await session.delete(await session.get_one(GroupChat, (community_id, group)))
    audit.record(
        session, "group.disconnect", by=by, community_id=community_id, now=now, subject=f"group:{group}"
    )
    chat = await session.get_one(Address, group)
    if chat.closed_at is None:
        told = letters.disconnected([community], i18n.tongue(chat.language or i18n.SOURCE))
        key = f"left:{community_id}:{group}:{since.isoformat()}"
        await outbox.put(session, [outbox.Draft(chat, told, key, lane=outbox.Lane.PERSONAL)], now=now)
