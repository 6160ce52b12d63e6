"""How many taps a report takes after its photo: counted over what people of the make-believe town would send."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Literal

from sqlalchemy import func, select

from bot import i18n
from bot.demo import bodies
from bot.demo.town import PLACE
from bot.message import Attached, Media, Place
from bot.models import Concern, Resident, Service
from bot.services.community import communities
from bot.services.reporting import receiving
from tests.town import Person, Town

MOST = 12  # taps, after which nobody would go on

GREEN, ELM_ROAD, MILL_LANE, STATION = (
    (51.5470, 0.1850),
    (51.5602, 0.1802),
    (51.5403, 0.1962),
    (51.5558, 0.1884),
)


@dataclass(frozen=True, slots=True)
class Photo:
    """What somebody sends: in which month, with which words below it, and what it is of. The place is known to the
    photo (`gps`), shared (`shared`), or a street that they write. `twin`: somebody reported the same there before
    (`same`), or another thing of that kind (`other`)."""

    month: int
    words: str
    kind: str
    at: tuple[float, float]
    place: str = "gps"
    twin: Literal["same", "other"] | None = None
    language: str = "en"


PHOTOS = (
    Photo(1, "Icy path, my mum fell", "icy-path", ELM_ROAD),
    Photo(1, "", "street-light", STATION),
    Photo(1, "The lamp is out", "street-light", ELM_ROAD, "shared"),
    Photo(2, "Big pothole", "pothole", STATION, "shared"),
    Photo(2, "", "full-bin", GREEN),
    Photo(3, "Blocked drain, a lake after each rain", "drain", MILL_LANE),
    Photo(3, "Someone dumped a mattress", "fly-tipping", MILL_LANE, "shared"),
    Photo(4, "Branch hanging over the path", "tree", GREEN),
    Photo(4, "", "pothole", STATION),
    Photo(5, "graffiti on the library", "graffiti", MILL_LANE, "Library"),
    Photo(5, "Bin overflowing again", "full-bin", GREEN, "gps", "same"),
    Photo(6, "The hedge covers the pavement", "tree", ELM_ROAD, "Elm Road"),
    Photo(6, "dog poo everywhere", "dog-mess", GREEN, "shared"),
    Photo(7, "Bin", "full-bin", GREEN, "shared", "other"),
    Photo(7, "The swing is broken", "bench", GREEN, "Playground on The Green"),
    Photo(8, "", "fly-tipping", MILL_LANE),
    Photo(8, "Music all night", "noise", STATION, "shared"),
    Photo(9, "Hole in the road", "pothole", STATION, "gps", "same"),
    Photo(9, "Kosz jest przepełniony", "full-bin", STATION, "shared", None, "pl"),
    Photo(10, "Street light flickers", "street-light", ELM_ROAD, "gps", "same"),
    Photo(10, "Loose slab, I tripped", "pavement", STATION),
    Photo(11, "Leaves have blocked the drain", "drain", MILL_LANE, "Mill Lane"),
    Photo(11, "Dziura w jezdni", "pothole", ELM_ROAD, "shared", "other", "pl"),
    Photo(12, "Ice on the steps", "icy-path", MILL_LANE, "School Hill"),
    Photo(12, "Lamp post 17 is dark", "street-light", STATION, "gps"),
)
"""All of the town's kinds but emergencies, some of them twice, in every month."""


async def test_a_report_takes_three_taps_after_its_photo_at_the_median(town: Town) -> None:
    await town.community(place=PLACE)
    async with town.folkmoot.database.writing() as session:
        await bodies.settle(session, now=town.clock())
        bob = Resident(language="en", interests=[], created_at=town.clock())
        session.add(bob)
    people = {"en": await town.member("Alice"), "pl": await town.member("Ala", language="pl")}
    taken: dict[str, int] = {}
    for number, photo in enumerate(PHOTOS):
        town.clock.now = datetime(2027, photo.month, 1 + number, 10, tzinfo=UTC)
        if photo.twin is not None:
            await _reported_before(town, photo, bob)
        taken[
            f"{photo.month}: {photo.words or '(no words)'} [{photo.place}, {photo.twin or 'no twin'}]"
        ] = await _taps(town, people[photo.language], photo)
    counted = Counter(taken.values())
    shown = "\n".join(
        [f"{taps} taps: {'#' * counted[taps]}" for taps in sorted(counted)]
        + [f"{taps}  {what}" for what, taps in sorted(taken.items(), key=lambda one: -one[1])]
    )
    assert median(taken.values()) <= 3, f"the median is {median(taken.values())}\n{shown}"
    assert max(taken.values()) <= 6, shown


async def _reported_before(town: Town, photo: Photo, by: Resident) -> None:
    async with town.folkmoot.database.writing() as session:
        community = await communities.by_slug(session, "elm-park")
        assert community is not None
        draft = receiving.Draft(
            "The same, or not", photo.kind, place=Place(photo.at[0], photo.at[1] + 0.0001)
        )
        await receiving.report(session, community, draft, by=by, now=town.clock())


async def _taps(town: Town, who: Person, photo: Photo) -> int:
    """Send the photo, and then whatever is the right answer to each question, until it is off; counts the answers."""
    lat, long = photo.at
    known = Place(lat, long) if photo.place == "gps" else None
    before = await _how_many(town)
    media = Media("photo", {"paper": f"{photo.month}-{photo.kind}.jpg"}, size=100_000)
    await who.does(Attached(media, photo.words, place=known))
    async with town.folkmoot.database.reading() as session:
        name = (await session.get_one(Service, photo.kind)).name_in(photo.language)
    for taps in range(1, MOST):
        await _answers(who, photo, name)
        if await _how_many(town) > before:
            return taps
    raise AssertionError(f"never done: {photo}\n{who.latest}")


async def _answers(who: Person, photo: Photo, name: str) -> None:
    """Answer what is asked."""

    def said(english: str, **holes: object) -> str:
        return str(i18n.tongue(photo.language)._(english, **holes).unescape())

    shown = who.latest
    if f"[{said('Where the photo was taken')}]" in shown:
        await who.taps(said("Where the photo was taken"))
    elif said("Where is it? Share the place, or write the street or something near it.") in shown:
        if photo.place == "shared":
            await who.shares_place(*photo.at)
        else:
            await who.says(photo.place)
    elif f"[{said('No, it is another one')}]" in shown:
        one = said("Yes, it is this one")
        if f"[{one}]" not in shown:
            one = said(
                "It is number {number}", number=shown.count("[") - 3
            )  # not her own: the others come later
        await who.taps(one if photo.twin == "same" else said("No, it is another one"))
    elif f"[{said('Send')}]" in shown:
        await who.taps(said("Send"))
    elif f"[{said('Other kinds')}]" in shown or f"[{said('Something else')}]" in shown:
        await who.taps(name if f"[{name}]" in shown else said("Other kinds"))
    elif f"[{said('Skip')}]" in shown:
        await who.taps(said("Skip"))
    else:  # a question with choices, or one of several places: the first will do
        await who.taps(shown.partition("\n[")[2].partition("]")[0])


async def _how_many(town: Town) -> int:
    """What was reported or joined so far."""
    async with town.folkmoot.database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(Concern)) or 0)
