"""Questions asked in one group chat: by organisers, or by anybody where the community lets them; then of everyone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.polling import group_desk
from bot.letters.polling import groups as group_letters
from bot.models import (
    EVERYONE,
    GROUP,
    Address,
    Community,
    GroupChat,
    Membership,
    Participation,
    Poll,
    Resident,
    Rules,
    Standing,
    Tally,
)
from bot.services import audit, roll
from bot.services.announcing import boards
from bot.services.community import communities
from bot.services.polling import asking, questions

Links = Callable[[str, str], Mapping[str, str | None]]
"""(code, community slug) → where a code can be opened."""

MEMBERS_LIFE = timedelta(days=7)
"""So long a question of somebody who is no organiser stays open at most."""

ORGANISERS_ASK = N_("Only organisers of {community} can ask a question here.")


async def place(session: AsyncSession, chat: Address, words: str) -> tuple[Community, str]:
    """Whose question it will be, and the rest of the words. A short name in front says so where there is a choice."""
    found = await session.scalars(
        select(Community)
        .join(GroupChat, GroupChat.community_id == Community.id)
        .where(GroupChat.address_id == chat.id)
        .order_by(Community.slug)
    )
    here = {community.slug: community for community in found}
    if not here:
        raise Refused(
            N_(
                "This group is not connected to a community yet. An organiser can do that: send /connect here."
            )
        )
    if len(here) == 1:
        return next(iter(here.values())), words
    named, _, rest = words.strip().partition(" ")
    if named.casefold() not in here:
        raise Refused(
            N_(
                "This group belongs to more than one community. Begin with the short name of the one you mean: "
                "{names}. For example: /poll {name} Shall we keep the market? | Yes | No"
            ),
            names=", ".join(here),
            name=next(iter(here)),
        )
    return here[named.casefold()], rest


async def require_voice(session: AsyncSession, chat: Address, community: Community, *, by: Resident) -> bool:
    """Whether `by` asks as an organiser; Refused where they may not ask here, or not one more question."""
    belongs = await communities.membership(session, by, community.id)
    if belongs is not None and belongs.role == "organiser":
        return True
    if not community.members_ask:
        raise Refused(ORGANISERS_ASK, community=community.name_in(by.language))
    still_open = select(Poll.id).where(
        Poll.asked_in == chat.id, Poll.asked_by == by.id, Poll.closed_at.is_(None), Poll.by_member
    )
    if await session.scalar(still_open.limit(1)) is not None:
        raise Refused(
            N_("A question of yours is open here already. You can ask the next one when it has closed.")
        )
    return False


async def ask(
    session: AsyncSession,
    chat: Address,
    community: Community,
    draft: questions.Draft,
    rules: Rules,
    *,
    closes_at: datetime,
    by: Resident,
    links: Links,
    now: datetime,
) -> Standing:
    """Ask in that group, and nowhere else; an organiser is sent the desk of it in private."""
    organises = await require_voice(session, chat, community, by=by)
    if not organises and closes_at > now + MEMBERS_LIFE + timedelta(hours=1):  # clocks may be put back
        raise Refused(
            N_("A question of yours can stay open for {days} days at most."), days=MEMBERS_LIFE.days
        )
    poll = asking.drawn_up(community, draft, rules, closes_at=closes_at, by=by, now=now)
    poll.whom, poll.asked_in, poll.by_member = GROUP, chat.id, not organises
    session.add(poll)
    await session.flush()
    session.add(Tally(poll_id=poll.id, counts={}, asked=0, took_part=0))
    await communities.join(session, by, community.id, now=now)
    await session.flush()
    standing = Standing(poll, community, None, None, 0, 0)
    await boards.post(
        session,
        "poll",
        poll.id,
        [chat],
        state=0,
        message=lambda tongue: group_letters.question(standing, tongue),
        now=now,
        expires_at=poll.closes_at,
    )
    if organises:
        audit.record(
            session, "poll.send", by=by, community_id=community.id, now=now, subject=f"poll:{poll.id}"
        )
        addresses = dict(links(poll.code, community.slug))
        desk = group_desk.asked_here(standing, i18n.tongue(by.language), addresses)
        await outbox.put_personal(session, by.id, desk, once_key=f"asked:{poll.id}", now=now)
    return standing


async def reach(session: AsyncSession, poll_id: int, *, by: Resident) -> tuple[Poll, Community, int]:
    """An open question of a group, and how many people would get it if everyone were asked; Refused otherwise."""
    poll = await session.get(Poll, poll_id)
    if poll is None:
        raise Refused(N_("I do not know this poll."))
    community = await communities.require_organiser(session, by, poll.community_id)
    _only_in_a_group(poll)
    took_part = _part(poll_id).where(Participation.took_part)
    silent = asking.reached_by(community.id, EVERYONE).where(~took_part).subquery()
    return poll, community, int(await session.scalar(select(func.count()).select_from(silent)) or 0)


async def ask_everyone(session: AsyncSession, poll_id: int, *, by: Resident, now: datetime) -> Standing:
    """Ask everyone in the community too, in private and in its other groups, but for those who have answered already.

    From now on it is a question of the community like any other, whoever began it.
    """
    poll, tally = await roll.locked(session, poll_id)
    community = await communities.require_organiser(session, by, poll.community_id)
    _only_in_a_group(poll)
    poll.whom = EVERYONE
    if poll.by_member:
        poll.by_member, poll.asked_by = False, by.id
    await roll.forget(session)
    tally.asked += await asking.put_down(session, poll)
    await roll.forget(session)
    standing = Standing(poll, community, None, None, tally.asked, tally.took_part)
    put = await outbox.put_to_many(
        session,
        asking.asked_of(poll).where(Participation.took_part.is_(False)),
        asking.worded(standing),
        otherwise=i18n.SOURCE,
        subject=f"poll:{poll.id}",
        now=now,
        expires_at=poll.closes_at,
    )
    await asking.put_up(session, standing, now=now)
    audit.record(
        session, "poll.everyone", by=by, community_id=community.id, now=now, subject=f"poll:{poll.id}"
    )
    return Standing(poll, community, None, None, put, tally.took_part)


def _part(poll_id: int) -> Exists:
    """Whether a member has been asked already."""
    return exists().where(
        Participation.poll_id == poll_id, Participation.resident_id == Membership.resident_id
    )


def _only_in_a_group(poll: Poll) -> None:
    if poll.closed_at is not None:
        raise Refused(N_("This poll has closed already."))
    if poll.whom != GROUP:
        raise Refused(N_("Everyone is asked already."))


async def open_there(session: AsyncSession, community_id: int, *, most: int = 20) -> Sequence[Poll]:
    """Open questions that are asked in groups only, the newest first."""
    found = await session.scalars(
        select(Poll)
        .where(Poll.community_id == community_id, Poll.whom == GROUP, Poll.closed_at.is_(None))
        .order_by(Poll.id.desc())
        .limit(most)
    )
    return found.all()
