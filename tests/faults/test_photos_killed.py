"""The service killed while it fetches the photo of a report from Telegram, and files at Telegram that break off, are
gone, or are larger than was said: the report is there once, with its picture once or with a word about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Literal

import aiohttp
import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.clock import utc_now
from bot.models import Address, Community, Concern, File, Photo, Resident, ServiceRequest
from bot.services.community import communities
from tests.fake_telegram import TOKEN, FakeTelegram
from tests.fake_telegram.people import Person
from tests.faults.mortal import PATIENCE, Death, Life, Moment, life, opens
from tests.faults.test_reports_killed import House, a_house
from tests.photographs import opened, photograph

RECEIPT = "Your report has the number"
PHOTOS = ("files", "photos")
COMMITS = 3
"""The report, the beginning of its photo's fetching, and its end. A photo that was only sent is nowhere with us."""
WIDTH = 64


class Town:
    """A house whose residents are in Telegram."""

    def __init__(self, house: House, api: FakeTelegram) -> None:
        self.house, self.api, self.reported = house, api, 0

    async def member(self) -> Person:
        """Somebody who joined long ago."""
        person, now = self.api.user("Alice", started=True), utc_now()
        async with self.house.database.writing() as session:
            resident = Resident(language="en", interests=[], created_at=now, greeted_at=now)
            session.add(resident)
            await session.flush()
            session.add(
                Address(
                    channel="telegram",
                    chat=str(person.id),
                    resident_id=resident.id,
                    preferred=True,
                    created_at=now,
                )
            )
            community = (await session.scalars(select(Community))).one()
            await communities.join(session, resident, community.id, now=now, source=None)
        return person

    async def reports(self, alice: Person) -> None:
        """A photo of a full bin, each a little wider than the one before, up to Send."""
        self.reported += 1
        await alice.sends_photo(photograph(size=(WIDTH + self.reported, 32)), "The bin is full")
        await alice.waits_for("Where is it?", seconds=PATIENCE)
        await alice.shares_place(51.5, -0.1)
        await alice.taps("Bins", seconds=PATIENCE)
        if self.reported > 1:
            await alice.taps("No, it is another one", seconds=PATIENCE)
        await alice.taps("Send", seconds=PATIENCE)

    async def everything_is_there(self, one: Life, alice: Person) -> None:
        """Wait until the last report is there with its photo, and look whether all are there once and whole."""
        await alice.waits_for(RECEIPT, seconds=PATIENCE)
        assert await one.until(self.house.all_can_be_seen)
        await self.house.is_whole()
        for table in (ServiceRequest, Photo, File):
            assert await self.house.counted(table) == self.reported, f"{table.__name__}: lost, or there twice"
        assert await self.house.counted(Concern) == self.reported
        assert len(self.lying()) == self.reported
        assert await self.sizes() == [(WIDTH + number, 32) for number in range(1, self.reported + 1)]

    def lying(self) -> list[str]:
        """What lies in the store, whole or not."""
        kept = self.house.given["media_dir"] / "kept"
        return [path.name for path in kept.rglob("*") if path.is_file() and len(path.name) >= 64]

    async def sizes(self) -> list[tuple[int, int]]:
        """The pictures that the pages of the reports show, oldest first."""
        shown = select(ServiceRequest.service_request_id, Photo.id).join(
            Photo, Photo.service_request_id == ServiceRequest.id
        )
        async with self.house.database.reading() as session:
            photos = (await session.execute(shown.order_by(Photo.id))).all()
        found = []
        async with aiohttp.ClientSession(f"http://127.0.0.1:{self.house.given['port']}") as http:
            for reference, number in photos:
                there = f"/r/{reference}/photo/{number}"
                async with http.get(f"/r/{reference}") as page:
                    assert there in await page.text()
                async with http.get(there) as got:
                    assert got.status == 200
                    found.append(opened(await got.read()).size)
        return found

    async def is_open(self, one: Life) -> None:
        """Wait until it is."""
        assert await one.until(partial(opens, self.house.given["port"]))


@asynccontextmanager
async def a_telegram_town(url: URL, folder: Path) -> AsyncIterator[Town]:
    """Founded, and no service yet."""
    async with FakeTelegram() as api, a_house(url, folder) as house:
        house.given |= {"telegram_token": TOKEN, "telegram_api_url": api.url}
        yield Town(house, api)


@pytest.mark.parametrize("what", ["getFile", "file"])
async def test_a_photo_whose_fetching_hangs_when_the_service_is_killed_is_fetched_afterwards(
    database_url: URL, tmp_path: Path, what: Literal["getFile", "file"]
) -> None:
    async with a_telegram_town(database_url, tmp_path) as town:
        alice = await town.member()
        async with life(town.house.given) as one:
            await town.is_open(one)
            hanging = town.api.fail(what, "slow", seconds=10 * PATIENCE)
            await town.reports(alice)
            await town.api.until(lambda: hanging.hits == 1, PATIENCE)
            await town.house.is_whole()
            one.end()
        assert town.api.counts["file"] == 0
        async with life(town.house.given) as one:
            await town.is_open(one)
            await town.everything_is_there(one, alice)
        assert town.api.counts["file"] == 1


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_photo_whose_service_is_killed_at_a_commit_is_there_once_and_with_its_report(
    database_url: URL, tmp_path: Path, moment: Moment
) -> None:
    async with a_telegram_town(database_url, tmp_path) as town:
        for number in range(1, COMMITS + 1):
            fetched, alice = town.api.counts["file"], await town.member()
            async with life(town.house.given, Death(number, moment, PHOTOS, later=True)) as one:
                await town.is_open(one)
                one.counts()
                await town.reports(alice)
                assert not await one.until(_never), "it did not die"
                await town.house.is_whole()
            async with life(town.house.given) as one:
                await town.is_open(one)
                await town.everything_is_there(one, alice)
            again = number == COMMITS and moment == "before"  # it was here, and nobody could know
            assert town.api.counts["file"] - fetched == (2 if again else 1)


async def _never() -> bool:
    return False
