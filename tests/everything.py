"""One person who has used every feature, on paper and on the web: for what must find all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.message import ELSEWHERE, Attached, Command, Media, Tap
from bot.models import Address, Base, Concern, DeskCard, Happening, Photo, Poll, Resident, Spot
from bot.services import mailboxes, roll
from bot.services.in_charge import officers
from bot.services.in_charge.officers import Place
from tests.channels.webchat_town import Visitor, WebTown, a_web_town
from tests.council import district
from tests.photographs import photograph
from tests.town import Person

FIRST, FIRST_ADDRESS = 7_300_001, 8_400_001
"""Where their numbers begin, so that these are found wherever they stand and mean nothing else."""

NAME = "Marjolein van Ansem"
AREA = "Behind the sluice"
TYPED = "the neighbour keeps a goat again"
HALF = "A half-written announcement"
SUGGESTED = "Ask the ferryman"
EMAIL, MAILED = "mara@sluice.example", "The sluice leaks again"
IN_CONFIDENCE = "The ferryman shouts at his goat"
REPORTED = "The sluice leaks at its hinge"
QUESTION, OUTCOME = "Shall the sluice be painted?", "The sluice gets painted on Sunday."
ASKED_THERE = "Who looks after the sluice?"
TOLD = "The sluice is closed on Friday."
LINK = "Beside the sluice"
SEEN_THERE = "A sluice with a goat on it"
PLAN = Media("document", {"telegram:1": "sluice-plan"}, "sluice.pdf", 120_000, "application/pdf")

PERSONAL = (NAME, AREA, TYPED, HALF, SUGGESTED, MAILED, IN_CONFIDENCE)
"""What she typed for herself."""

PUBLIC = (QUESTION, OUTCOME, ASKED_THERE, TOLD, LINK, "sluice.pdf", "sluice-plan", REPORTED)
"""What she asked and told in the name of a community, or reported for everyone to see: it stays."""


@dataclass
class Everything:
    """Mara on paper and on the web; `marks` are all values by which she could be found."""

    town: WebTown
    mara: Person
    web: Visitor
    open_poll: Poll
    closed_poll: Poll
    marks: tuple[str, ...] = ()


@asynccontextmanager
async def everything(url: str, tmp_path: Path) -> AsyncIterator[Everything]:
    """A town in which she has done all there is to do, and others too."""
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(
            a_web_town(url, media_dir=tmp_path / "media", public_url="http://sluice.example")
        )
        await _begin_numbers_high(town)
        await town.organiser("Olga")
        bob = await town.member("Bob")
        mara = town.stranger("mara-on-paper")
        web = await stack.enter_async_context(town.visitor())
        closed = await _votes(town, mara, web, bob)
        await _joins_two_places(town, mara, web)
        await _organises(town, mara)
        await _speaks_in_a_group(town)
        await _reports_and_fills_a_post(town, mara)
        still_open = await town.poll("Is the sluice safe?", "Quite", "Not quite")
        for person in (mara, bob):
            await person.opens(still_open.code)
            await person.taps("Quite")
        await _suggests_an_answer(town, mara, still_open)
        await _leaves_things_undone(town, mara, web)
        await _writes_a_mail(town)
        it = Everything(town, mara, web, still_open, closed)
        it.marks = await _marks(it)
        yield it


async def _begin_numbers_high(town: WebTown) -> None:
    async with town.folkmoot.database.writing() as session:
        now = town.clock()
        session.add(Resident(id=FIRST, language="en", name="Nobody", agreed_at=now, created_at=now))
        await session.flush()
        session.add(
            Address(id=FIRST_ADDRESS, channel="paper", chat="nobody", resident_id=FIRST, created_at=now)
        )
        if town.folkmoot.database.dialect != "sqlite":
            for table, number in (("residents", FIRST), ("addresses", FIRST_ADDRESS)):
                counter = func.setval(func.pg_get_serial_sequence(table, "id"), number)
                await session.execute(select(counter))


async def _votes(town: WebTown, mara: Person, web: Visitor, bob: Person) -> Poll:
    poll = await town.poll("Keep the market?", "Yes", "No")
    for person in (mara, bob):
        await person.opens(poll.code)
        await person.taps("Yes")
    await mara.says(NAME)
    await mara.says(AREA)
    await mara.taps("Parks and nature")
    await web.opens(f"/w/elm-park/{poll.code}")
    await web.presses("No")
    await web.says(TYPED)
    await town.passes(days=4)
    return poll


async def _joins_two_places(town: WebTown, mara: Person, web: Visitor) -> None:
    await mara.says("/cancel")
    await mara.says("/link")
    code = mara.latest.split("/link ")[1].split("\n")[0]
    await web.opens("/w/elm-park")
    await web.says(f"/link {code}")
    await town.quiet()
    await mara.says("/link")  # one more, which nobody types


async def _organises(town: WebTown, mara: Person) -> None:
    await mara.opens(await town.invitation("organiser"))
    asked = await town.poll(QUESTION, "Blue", "Green", by=mara)
    await mara.taps("Blue")
    await mara.taps("How it stands")
    await mara.taps("Close it now")
    await mara.taps("Yes, close it")
    async with town.folkmoot.database.reading() as session:
        assert (await session.get_one(Poll, asked.id)).closed_at is not None
    await mara.taps("Tell them")
    await mara.says(OUTCOME)
    await mara.taps("Leave it out")
    await mara.taps("in 7 days")
    await mara.taps("Send")
    await mara.does(Attached(PLAN, f"/announce {TOLD}", Command("announce", TOLD)))
    await mara.taps("Send")
    await mara.says("/invite")
    await mara.says("/connect")
    await mara.says("/mydata")
    await town.quiet()


async def _speaks_in_a_group(town: WebTown) -> None:
    there = Person(town, "mara-on-paper", group="the-sluice-group")
    await there.says("/connect")
    await there.says("hello to all")
    await there.says(f"/poll {ASKED_THERE} | Yes | No")
    await there.taps("Yes")
    shown = Person(town, "mara-on-paper", group=f"{ELSEWHERE}sluice")
    poll = await town.poll("And the lock?", "Yes", "No")
    await shown.does(Tap(f"vi:{poll.id}:0:en", query="q"), message=shown.chat)


async def _suggests_an_answer(town: WebTown, mara: Person, poll: Poll) -> None:
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(Poll, poll.id)).grows = True
    await mara.opens(poll.code)
    await mara.taps("Suggest an answer")
    await mara.says(SUGGESTED)


async def _reports_and_fills_a_post(town: WebTown, mara: Person) -> None:
    """Two reports, one of them in confidence, with all that can hang on one; and what organisers and officers leave."""
    put = await district.a_district(town)
    waste = put.teams["waste"]
    async with town.folkmoot.database.writing() as session:
        offer = await officers.invite(
            session, Place(put.bodies["district"], waste, "officer"), by=None, now=town.clock()
        )
    await mara.opens(offer.code)
    async with town.folkmoot.database.writing() as session:
        me = (await session.scalars(select(Resident).where(Resident.name == NAME))).one()
        post, now = (await officers.of(session, me))[0], town.clock()
        for number, (words, confidential) in enumerate(((REPORTED, False), (IN_CONFIDENCE, True))):
            about = {"resident_id": me.id, "named": True, "confidential": confidential}
            one = district.report(number, waste, now=now, officer_id=post.id, **about)
            one.description = words
            session.add(one)
            await session.flush()
            here = (await session.scalars(select(Address.id).where(Address.resident_id == me.id))).first()
            session.add(
                DeskCard(
                    service_request_id=one.id,
                    address_id=here,
                    envelope_id=1,
                    seen=0,
                    news=0,
                    at=now,
                    listed={"which": "team", "kind": "bins", "page": 0},
                )
            )
            theirs = {"service_request_id": one.id, "resident_id": me.id}
            session.add_all(
                [
                    Concern(why="reporter", since=now, **theirs),
                    Happening(at=now, event="added", public=True, words=words, **theirs),
                    Photo(kind="problem", file_key="0", at=now, **theirs),
                ]
            )
        session.add(district.duty(waste, "bins", None, now=now, community_id=1, made_by=me.id))
        session.add(
            Spot(
                code="sluice-1",
                community_id=1,
                name="The sluice",
                lat=51.5,
                long=0.1,
                made_by=me.id,
                made_at=now,
            )
        )


async def _leaves_things_undone(town: WebTown, mara: Person, web: Visitor) -> None:
    await mara.says("/poster")
    await mara.taps("Is the sluice safe?")
    await mara.says(LINK)
    await mara.taps("polski")
    await mara.taps("One is enough")  # nobody has drawn it yet
    await mara.says("/picture")
    await mara.does(Attached(Media("photo", {"telegram:1": "sluice-picture"}, size=80_000)))
    await mara.says("/announce")
    await mara.says(HALF)
    await web.opens("/w/elm-park")
    await web.sends_picture(photograph(), TYPED)
    await web.says("/mydata")
    await town.quiet()


async def _writes_a_mail(town: WebTown) -> None:
    """From an address of hers that has not shown itself yet."""
    async with town.folkmoot.database.writing() as session:
        me = (await session.scalars(select(Resident).where(Resident.name == NAME))).one()
        there = await mailboxes.at(session, EMAIL, language="en", now=town.clock())
        nobody, there.resident_id, there.preferred = there.resident_id, me.id, False
        await session.flush()
        await session.delete(await session.get_one(Resident, nobody))
        about = {"about": "SL-1", "sent_to": there.id, "text": MAILED, "media": []}
        await mailboxes.hold(session, there, "mail", now=town.clock(), **about)


async def _marks(it: Everything) -> tuple[str, ...]:
    async with it.town.folkmoot.database.reading() as session:
        me = (await session.scalars(select(Resident).where(Resident.name == NAME))).one()
        addresses = (await session.scalars(select(Address).where(Address.resident_id == me.id))).all()
        assert {one.channel for one in addresses} == {"paper", "web", "email"}
        poll = await session.get_one(Poll, it.open_poll.id)
        voter = roll.voter_key(poll, me)
        numbers = [str(me.id), *(str(one.id) for one in addresses)]
        browser = next(one.chat[:16] for one in addresses if one.channel == "web")  # a part of it is too much
        return (*numbers, *(one.chat for one in addresses), browser, voter.hex(), *PERSONAL)


async def found(it: Everything, marks: tuple[str, ...]) -> dict[str, list[str]]:
    """Where these values stand: columns with the value, by table."""
    places: dict[str, list[str]] = {}
    async with it.town.folkmoot.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in (await session.execute(select(table))).mappings():
                for column, value in row.items():
                    places.setdefault(table.name, []).extend(
                        f"{table.name}.{column}: {mark}" for mark in marks if mark in _written(value)
                    )
    return {table: sorted(set(where)) for table, where in places.items() if where}


def _written(value: Any) -> str:
    """A value as one can search it: bytes as hexadecimal digits and as the text that may be in them."""
    if isinstance(value, bytes):
        return value.hex() + value.decode("utf-8", "replace")
    return str(value)
