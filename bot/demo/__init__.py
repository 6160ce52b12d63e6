"""A make-believe town to look around in: people, questions and answers, made once by the town's own services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n
from bot.db import Database
from bot.demo import bodies, reports
from bot.demo.town import (
    AREAS,
    AT_THE_HARBOUR,
    HEARD,
    NAMES,
    PEOPLE,
    PLACE,
    QUARTER,
    SLUG,
    TOLD,
    ZONE,
    Asked,
    asked_in_town,
)
from bot.letters.people.people import KEPT
from bot.models import Community, Poll, Resident, Rules
from bot.services.announcing import broadcasts
from bot.services.community import communities, invitations, sources
from bot.services.community.sources import Target
from bot.services.people import residents
from bot.services.polling import asking, closing, polls, promises, suggesting
from bot.services.polling.promises import Word
from bot.services.taking_part import turnout


@dataclass(frozen=True, slots=True)
class Town:
    """What a visitor is shown first. `new` is true when it was made just now; `poll` is the code of an open one."""

    slug: str
    name: str
    question: str | None
    poll: str | None
    new: bool


async def seed(database: Database, *, now: datetime) -> Town:
    """Make the town unless it is there; a second call adds nothing."""
    async with database.reading() as session:
        town = await communities.by_slug(session, SLUG)
        if town is not None:
            return await _shown(session, town, now=now)
    async with database.writing() as session:
        town = await communities.by_slug(session, SLUG)
        new = town is None
        if town is None:
            town = await _found(session, now=now)
        return await _shown(session, town, now=now, new=new)


async def _shown(session: AsyncSession, town: Community, *, now: datetime, new: bool = False) -> Town:
    newest = await session.scalar(
        select(Poll)
        .where(Poll.community_id == town.id, Poll.closed_at.is_(None), Poll.closes_at > now)
        .order_by(Poll.id.desc())
        .limit(1)
    )
    name = town.name_in(i18n.SOURCE)
    return Town(town.slug, name, newest.question if newest else None, newest.code if newest else None, new)


async def _found(session: AsyncSession, *, now: datetime) -> Community:
    began = now - timedelta(days=70)
    spoken = [code for code in NAMES if code in i18n.available()]
    town = await communities.add(
        session, SLUG, NAMES, zone=ZONE, languages=spoken, areas=AREAS, place=PLACE, now=began
    )
    harbour = await communities.add(
        session, "harbour-quarter", QUARTER, zone=ZONE, languages=spoken[:2], now=began
    )
    await bodies.settle(session, now=began)
    people = await _settle(session, now=began)
    questions = asked_in_town(now)
    for community, here, asked in ((town, people, questions), (harbour, people[1::4], AT_THE_HARBOUR)):
        organiser = await _organiser(session, community, here[0], now=began)
        for number, resident in enumerate(here):
            belongs = await communities.join(session, resident, community.id, now=began)
            belongs.area = community.areas[number % 4] if community.areas and number % 3 else None
        before: dict[str, int] = {}
        for question in asked:
            again = before.get(question.draft.question)
            poll = await _ask(session, community, question, here, by=organiser, now=now, again=again)
            before[question.draft.question] = poll.id
        if community is town:
            await _tell(session, community, by=organiser, now=now - timedelta(days=2))
            await reports.tell(session, community, people, now=now)
    return town


async def _settle(session: AsyncSession, *, now: datetime) -> list[Resident]:
    """Residents without an address: nothing is ever sent to them."""
    cares = residents.INTERESTS
    people = [
        Resident(
            language=code if code in i18n.available() else i18n.SOURCE,
            name=name,
            interests=[cares[number % len(cares)]] if number % 2 else [],
            created_at=now,
            greeted_at=now,
        )
        for code, names in PEOPLE.items()
        for number, name in enumerate(names.split())
    ]
    session.add_all(people)
    await session.flush()
    return people


async def _organiser(
    session: AsyncSession, community: Community, resident: Resident, *, now: datetime
) -> Resident:
    offer = await invitations.make(session, community, by=None, now=now)
    await invitations.accept(session, offer.invitation, by=resident, now=now)
    return resident


async def _ask(
    session: AsyncSession,
    community: Community,
    question: Asked,
    people: list[Resident],
    *,
    by: Resident,
    now: datetime,
    again: int | None,
) -> Poll:
    """Everyone sees the question; as many answer it as there are answers, and the rest stay silent."""
    asked, closes = now + timedelta(days=question.asked), now + timedelta(days=question.closes)
    sent = await asking.send(
        session,
        community.id,
        question.draft,
        Rules(
            question.results,
            question.named,
            not question.named,
            quorum=question.quorum,
            grows=question.suggested is not None,
        ),
        closes_at=closes,
        by=by,
        now=asked,
        again=again,
    )
    codes = await _links(session, community, question, sent.poll, by=by, now=asked)
    await polls.look_ahead(session, [(sent.poll.id, resident) for resident in people])
    for number, resident in enumerate(people):
        source = codes[number] if number < len(codes) else None
        await polls.opened(session, sent.poll, by=resident, source=source)
        if number < len(question.answers):
            minute = asked + timedelta(minutes=7 * number + 3)
            for wish in question.answers[number]:
                await polls.cast(session, sent.poll.id, wish, by=resident, now=minute)
            residents.agreed(session, resident, str(i18n.tongue(resident.language)._(KEPT)), now=minute)
    if codes:
        await turnout.reckon(session, f"poll:{sent.poll.id}", await turnout.counted(session, sent.poll))
    if question.suggested is not None:
        await suggesting.suggest(
            session, sent.poll.id, question.suggested, datetime.fromisoformat, by=people[-1], now=asked
        )
    if closes <= now:
        await closing.close(session, sent.poll.id, by=by, now=closes)
    if question.outcome:
        await _tell_what_came_of_it(session, question, sent.poll, by=by, now=now)
    return sent.poll


async def _links(
    session: AsyncSession, community: Community, question: Asked, poll: Poll, *, by: Resident, now: datetime
) -> list[str]:
    """The code by which each of the first people came."""
    codes: list[str] = []
    for kind, name, people in question.came_by:
        link = await sources.add(session, Target(community, poll), kind, name, by=by, now=now)
        codes += [link.code] * people
    return codes


async def _tell_what_came_of_it(
    session: AsyncSession, question: Asked, poll: Poll, *, by: Resident, now: datetime
) -> None:
    assert question.outcome is not None  # noqa: S101 - the caller looked
    told_at = now + timedelta(days=question.closes, hours=2)
    done_by = None if question.done_by is None else (now + timedelta(days=question.done_by)).date()
    await closing.tell_outcome(
        session,
        poll.id,
        question.outcome,
        by=by,
        now=told_at,
        decided_by=question.decided_by,
        done_by=done_by,
    )
    poll.told = len(question.answers)  # as if they had addresses
    for day, said, because, until in question.followed_up:
        word = Word(said, because, None if until is None else (now + timedelta(days=until)).date())
        await promises.follow_up(session, poll.id, word, by=by, now=now + timedelta(days=day))


async def _tell(session: AsyncSession, community: Community, *, by: Resident, now: datetime) -> None:
    texts = {code: text for code, text in TOLD.items() if code in i18n.available()}
    told = await broadcasts.send(session, community.id, texts, i18n.SOURCE, by=by, now=now)
    broadcasts.finish(told, HEARD, now=now + broadcasts.NEWCOMERS)
