"""Files at Telegram that break off, are gone, are slow to come, or are larger than was said: the report is there at
once, its picture when it can be had, and else a word about that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot import chores
from bot.channels.telegram import files
from bot.message import Attached, Media
from bot.models import File, Photo, ServiceRequest
from bot.services.reporting.report_photos import WAITS
from tests.channels.everywhere import Everywhere, everywhere
from tests.council import a_body
from tests.desk import a_desk
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.people import Person
from tests.faults.desks import until
from tests.photographs import photograph
from tests.town import Town, a_town

AWAY, BROKEN = "I could not fetch the photo for your report", "I could not read the photo for your report"


@dataclass
class Fetching:
    """A town in Telegram that fetches what is there as soon as its clock says so."""

    town: Everywhere
    api: FakeTelegram

    async def member(self, name: str) -> Person:
        """Somebody who has joined."""
        person = self.api.user(name)
        await person.sends("/start elm-park")
        await person.taps("Join Elm Park")
        await person.waits_for("call you")
        return person

    async def reports(self, person: Person, picture: bytes) -> None:
        """A photo and its words, up to the number of the report."""
        await person.sends_photo(picture, "The bin is full")
        await person.waits_for("Where is it?")
        await person.shares_place(51.5, -0.1)
        await person.taps("Bins")
        if await self.count(ServiceRequest):
            await person.taps("No, it is another one")
        await person.taps("Send")
        await person.waits_for("Your report has the number")

    async def count(self, table: type) -> int:
        """How many rows."""
        async with self.town.folkmoot.database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(table)) or 0)

    async def tried(self) -> list[int | None]:
        """How often each photo was tried to be fetched; None for one that is here."""
        async with self.town.folkmoot.database.reading() as session:
            photos = (await session.scalars(select(Photo).order_by(Photo.id))).all()
        return [one.tries if one.file_key is None else None for one in photos]

    async def until(self, tried: list[int | None]) -> None:
        """Wait until it is so."""
        for _ in range(600):
            if await self.tried() == tried:
                return
            await self.api.world.until(lambda: False, 0.05)
        assert await self.tried() == tried


@pytest.fixture
async def fetching(
    database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Fetching]:
    """On each database."""
    monkeypatch.setattr(chores, "LOOK", 0.05)
    url = database_url.render_as_string(hide_password=False)
    async with everywhere(url, "telegram polling", media_dir=tmp_path / "media") as town:
        await town.community()
        await a_body(town)
        assert town.telegram is not None
        yield Fetching(town, town.telegram)


@pytest.mark.parametrize("kind", ["truncated", "404", "500"])
async def test_a_file_that_breaks_off_or_is_not_there_yet_is_fetched_whole_a_moment_later(
    fetching: Fetching, kind: str
) -> None:
    alice = await fetching.member("Alice")
    fetching.api.fail("file", kind)  # type: ignore[arg-type]
    await fetching.reports(alice, photograph())
    await fetching.until([1])
    assert (await fetching.count(File), await fetching.count(ServiceRequest)) == (0, 1)
    fetching.town.clock.pass_by(timedelta(seconds=WAITS[1]))
    await fetching.until([None])
    assert (fetching.api.counts["file"], await fetching.count(File)) == (1, 1)
    assert not alice.sees(AWAY)
    assert not alice.sees(BROKEN)


async def test_a_file_that_stays_gone_is_told_once_and_holds_up_nobody(fetching: Fetching) -> None:
    alice, bob = await fetching.member("Alice"), await fetching.member("Bob")
    gone = fetching.api.fail("file", "404", times=len(WAITS))
    await fetching.reports(alice, photograph())
    passed = 0
    for tries, wait in enumerate(WAITS, 1):
        fetching.town.clock.pass_by(timedelta(seconds=wait - passed))
        passed = wait
        await fetching.until([tries])
    await fetching.api.until(lambda: gone.over, 30, "the last try to reach the file")
    await fetching.reports(bob, photograph())
    await fetching.until([len(WAITS), None])
    assert not alice.sees(AWAY)
    fetching.town.clock.pass_by(timedelta(seconds=61))
    await alice.waits_for(AWAY)
    await fetching.until([None])
    fetching.town.clock.pass_by(timedelta(days=1))
    await fetching.api.settles()
    assert sum(seen.holds(AWAY) for seen in alice.screen()) == 1
    assert not bob.sees(AWAY)
    assert (await fetching.count(ServiceRequest), await fetching.count(File)) == (2, 1)
    assert gone.hits == len(WAITS)


async def test_a_file_that_is_larger_than_was_said_is_not_read_to_its_end_and_told(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[int] = []
    real = files.fetch

    async def fetch(*given: object) -> bytes:
        content = await real(*given)  # type: ignore[arg-type]
        came.append(len(content))
        return content

    monkeypatch.setattr(files, "fetch", fetch)
    alice = await fetching.member("Alice")
    fetching.api.fail("file", "larger")
    await fetching.reports(alice, photograph())
    await alice.waits_for(BROKEN)
    await fetching.until([])
    assert came == [], "all of it was taken into memory"
    assert (await fetching.count(ServiceRequest), await fetching.count(File)) == (1, 0)
    await fetching.reports(alice, photograph(size=(80, 40)))
    await fetching.until([None])
    assert came == [len(photograph(size=(80, 40)))]


async def test_one_file_that_hangs_does_not_hold_up_the_others_for_ever(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PATIENCE", 1.0)
    alice, bob = await fetching.member("Alice"), await fetching.member("Bob")
    fetching.api.fail("file", "slow", seconds=600)
    await fetching.reports(alice, photograph())
    await fetching.reports(bob, photograph(size=(80, 40)))
    await fetching.until([1, None])
    fetching.town.clock.pass_by(timedelta(seconds=WAITS[1]))
    await fetching.until([None, None])


async def test_a_file_that_hangs_holds_up_nobody_behind_it(
    database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither those that wait already nor those that come meanwhile; nor does a picture of a community."""
    monkeypatch.setattr(chores, "LOOK", 0.05)
    url, asked, whole = database_url.render_as_string(hide_password=False), list[str](), photograph()
    never = asyncio.Event()

    async def fetch(media: Media) -> bytes:
        asked.append(media.files["paper"])
        if media.files["paper"] in ("hangs", "town"):
            await never.wait()
        return whole

    async with a_town(url, media_dir=tmp_path / "media") as town:
        town.folkmoot.intake.fetch = fetch
        desk, olga = await a_desk(town), await town.organiser()
        await olga.says("/picture")
        await olga.does(Attached(Media("photo", {"paper": "town"}, size=100)))
        await until(lambda: _same(asked, ["town"]))
        for name in ("hangs", "1", "2", "3", "4", "5", "6"):
            town.clock.pass_by(timedelta(minutes=11))
            await desk.report(media=(Media("photo", {"paper": name}, size=100),))
        await until(lambda: _here(town, 6))
        town.clock.pass_by(timedelta(seconds=WAITS[1]))
        await desk.report(by=await town.member("Carol"), media=(Media("photo", {"paper": "7"}, size=100),))
        await until(lambda: _here(town, 7))
        assert asked.count("hangs") == 1, "what hangs is not asked for once more meanwhile"
        never.set()
        await until(lambda: _here(town, 8))


async def _same(one: object, other: object) -> bool:
    return one == other


async def _here(town: Town, number: int) -> bool:
    async with town.folkmoot.database.reading() as session:
        kept = select(func.count()).select_from(Photo).where(Photo.file_key.is_not(None))
        return await session.scalar(kept) == number
