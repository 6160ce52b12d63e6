"""A make-believe town to look around in: people, questions and answers, made once by the town's own services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n
from bot.db import Database
from bot.letters.people import KEPT
from bot.message import Place
from bot.models import Community, Poll, Resident
from bot.outbox import Progress
from bot.services import broadcasts, closing, communities, invitations, polls, promises, residents
from bot.services.promises import Word
from bot.services.questions import Draft

SLUG = "elm-park"

NAMES = {"en": "Elm Park", "cy": "Parc y Llwyf", "pl": "Park Wiązów", "ur": "ایلم پارک"}
AREAS = ("North End", "Station Road", "The Green", "Mill Lane")
PLACE = Place(51.55, 0.19)

QUARTER = {"en": "Harbour Quarter", "cy": "Ardal yr Harbwr"}

PEOPLE = {
    "en": "Ada Bea Cal Dot Eve Fay Gil Hal Ivy Jo Kit Lou May Ned Oz Peg Ray Sal Ted Una",
    "cy": "Alys Bryn Carys Dewi Eira",
    "pl": "Ala Bolek Celina Darek Ewa Franek Gosia Hania",
    "ur": "امنہ بلال دانش فرح حنا عمران ثنا",
}
"""First names that a language's speakers might have; nobody in particular. The first one is the organiser."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the make-believe town: asked and closing so many days from now, answered choice by choice."""

    draft: Draft
    asked: int
    closes: int
    votes: tuple[int, ...]
    results: str = "voted"
    outcome: str | None = None
    decided_by: str | None = None
    done_by: int | None = None
    followed_up: tuple[tuple[int, str, str | None, int | None], ...] = ()
    """When, what was said of the promise, why, and the day for which it was promised anew."""


QUESTIONS = (
    Asked(
        Draft("What does the dark path behind the school need?", ("Lamps", "A lower hedge", "Nothing")),
        asked=-62,
        closes=-55,
        votes=(16, 6, 3),
        outcome="Three lamps. They burn until midnight.",
        decided_by="the council",
        done_by=-20,
        followed_up=((-22, "done", None, None),),
    ),
    Asked(
        Draft("Which playground gets the new swing?", ("The Green", "Mill Lane")),
        asked=-50,
        closes=-45,
        votes=(13, 9),
        outcome="The Green gets it, and Mill Lane the next one.",
        decided_by="the council",
        done_by=-10,
        followed_up=((-9, "late", "The ground is too wet to dig.", 25),),
    ),
    Asked(
        Draft("Shall the library open on Sundays?", ("Yes", "No", "Only in winter")),
        asked=-24,
        closes=-18,
        votes=(9, 3, 5),
    ),
    Asked(
        Draft(
            "Where should the new bench go?",
            ("By the bus stop", "Under the big elm", "Next to the playground"),
        ),
        asked=-9,
        closes=-5,
        votes=(7, 14, 6),
        decided_by="the organisers",
        done_by=30,
        outcome="Under the big elm it is. The repair café starts on Saturday; come and help if you like.",
    ),
    Asked(
        Draft("Which evening suits you for the street supper?", ("Friday", "Saturday", "Sunday")),
        asked=-1,
        closes=20,
        votes=(4, 9, 5),
        results="closed",
    ),
    Asked(
        Draft("Shall we keep the market on Saturday?", ("Yes, Saturday", "Move it to Sunday", "Both days")),
        asked=-1,
        closes=30,
        votes=(8, 3, 6),
    ),
)

AT_THE_HARBOUR = (
    Asked(
        Draft("May dogs run free on the beach in winter?", ("Yes", "Before ten o'clock", "No")),
        asked=-1,
        closes=25,
        votes=(3, 4, 1),
    ),
)


TOLD = {
    "en": "The hall is closed on Friday: its floor is being mended. The Friday lunch is in the library, at noon.",
    "pl": "W piątek sala jest zamknięta z powodu naprawy podłogi. Piątkowy obiad będzie w bibliotece, w południe.",
}
"""What everyone in the town was told two days ago, and how far it came."""

HEARD = Progress(put=40, sent=38, waiting=0, failed={"403 Forbidden: bot was blocked by the user": 2})


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
        session, SLUG, NAMES, zone="Europe/London", languages=spoken, areas=AREAS, place=PLACE, now=began
    )
    harbour = await communities.add(
        session, "harbour-quarter", QUARTER, zone="Europe/London", languages=spoken[:2], now=began
    )
    people = await _settle(session, now=began)
    for community, here, asked in ((town, people, QUESTIONS), (harbour, people[1::4], AT_THE_HARBOUR)):
        organiser = await _organiser(session, community, here[0], now=began)
        for number, resident in enumerate(here):
            belongs = await communities.join(session, resident, community.id, now=began)
            belongs.area = community.areas[number % 4] if community.areas and number % 3 else None
        for question in asked:
            await _ask(session, community, question, here, by=organiser, now=now)
        if community is town:
            await _tell(session, community, by=organiser, now=now - timedelta(days=2))
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
    offer = await invitations.make(session, community, "organiser", by=None, now=now)
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
) -> None:
    """Everyone sees the question; as many as `votes` says answer it, and the rest stay silent."""
    asked, closes = now + timedelta(days=question.asked), now + timedelta(days=question.closes)
    sent = await polls.send(
        session, community.id, question.draft, closes_at=closes, results=question.results, by=by, now=asked
    )
    answers = [choice for choice, count in enumerate(question.votes) for _ in range(count)]
    for number, resident in enumerate(people):
        await polls.opened(session, sent.poll, by=resident, source=None)
        if number < len(answers):
            minute = asked + timedelta(minutes=7 * number + 3)
            await polls.cast(session, sent.poll.id, answers[number], by=resident, now=minute)
            residents.agreed(session, resident, str(i18n.tongue(resident.language)._(KEPT)), now=minute)
    if closes <= now:
        await closing.close(session, sent.poll.id, by=by, now=closes)
    if question.outcome:
        await _tell_what_came_of_it(session, question, sent.poll, by=by, now=now)


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
    poll.told = sum(question.votes)  # as if they had addresses
    for day, said, because, until in question.followed_up:
        word = Word(said, because, None if until is None else (now + timedelta(days=until)).date())
        await promises.follow_up(session, poll.id, word, by=by, now=now + timedelta(days=day))


async def _tell(session: AsyncSession, community: Community, *, by: Resident, now: datetime) -> None:
    texts = {code: text for code, text in TOLD.items() if code in i18n.available()}
    told = await broadcasts.send(session, community.id, texts, i18n.SOURCE, by=by, now=now)
    broadcasts.finish(told, HEARD, now=now + broadcasts.NEWCOMERS)
