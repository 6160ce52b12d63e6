"""The service killed in the middle of a report, at every commit from its photo to the moment when that can be seen:
afterwards the report is there once and whole, or the resident is asked again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.clock import utc_now
from bot.db import Database
from bot.models import Address, Concern, Envelope, File, Happening, Officer, Photo, Resident, ServiceRequest
from bot.services.community import communities
from tests import council
from tests.channels.webchat_town import Visitor, free_port
from tests.faults.mortal import PATIENCE, Death, Moment, life, opens
from tests.photographs import photograph

RECEIPT = "Your report has the number"
REPORTING = ("files", "photos", "service_requests")
"""Tables that are written to from the photo's coming in until it can be seen with its report."""
COMMITS = 4
"""The photo's row, the report, the beginning of its fetching, and its end."""


@dataclass
class House:
    """A town with one officer, and how its service is started."""

    database: Database
    given: dict[str, Any]

    async def counted(self, table: type, *which: Any) -> int:
        """How many rows."""
        async with self.database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(table).where(*which)) or 0)

    async def is_whole(self) -> None:
        """No report without everything that belongs to it, no row without its file."""
        made = await self.counted(ServiceRequest)
        for what, *which in (
            (Photo,),
            (Concern, Concern.why == "reporter"),
            (Happening, Happening.event == "reported"),
            (Happening, Happening.event == "routed"),
            (Envelope, Envelope.channel == "paper"),
        ):
            assert await self.counted(what, *which) == made, f"a report without its {what.__name__}"
        async with self.database.reading() as session:
            named = set(await session.scalars(select(File.stored).where(File.stored.is_not(None))))
            keys = set(await session.scalars(select(Photo.file_key).where(Photo.file_key.is_not(None))))
            kept = set(await session.scalars(select(File.key)))
        lying = {path.name for path in (self.given["media_dir"] / "kept").rglob("*") if len(path.name) == 64}
        assert named <= lying, "a row without its file"
        assert keys <= kept, "a photo without its row"

    async def all_can_be_seen(self) -> bool:
        """Whether every photo is with its report."""
        return not await self.counted(Photo, Photo.file_key.is_(None))


@asynccontextmanager
async def a_house(url: URL, folder: Path) -> AsyncIterator[House]:
    """Founded, and no service yet."""
    database, now = Database(url), utc_now()
    async with database.writing() as session:
        await communities.add(
            session, "elm-park", {"en": "Elm Park"}, now=now, zone="Europe/London", languages=("en",)
        )
        made = await council.found(session, now=now)
        ann = Resident(language="en", interests=[], created_at=now, greeted_at=now)
        session.add(ann)
        await session.flush()
        session.add(Address(channel="paper", chat="Ann", resident_id=ann.id, preferred=True, created_at=now))
        session.add(
            Officer(
                body_id=made.body.id, team_id=made.waste.id, resident_id=ann.id, post="officer", since=now
            )
        )
    given: dict[str, Any] = {
        "database_url": url.render_as_string(hide_password=False),
        "media_dir": folder / "media",
        "port": free_port(),
    }
    try:
        yield House(database, given)
    finally:
        await database.close()


class Alice:
    """Somebody who sends the photo of a full bin through the page, and sends again what was not answered."""

    def __init__(self, visitor: Visitor, number: int) -> None:
        self._visitor = visitor
        picture, words = photograph(size=(64 + number, 32)), f"The bin is full, {number}"
        self._left: list[Callable[[], Awaitable[Any]]] = [
            lambda: visitor.opens("/w/elm-park"),
            lambda: visitor.sends_picture(picture, words),
            lambda: self._taps("Where the photo was taken"),
            lambda: self._taps("Bins"),
            *([lambda: self._taps("No, it is another one")] if number > 1 else []),
            lambda: self._taps("Send"),
        ]

    async def _taps(self, label: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not any(label == text for form in self._visitor.page.forms for text, _, _ in form.buttons):
            assert time.monotonic() < deadline, f"there is no {label} on:\n{await self.text()}"
            await asyncio.sleep(0.1)
            await self._visitor.opens("/w/elm-park")
        await self._visitor.presses(label)

    async def goes_on(self) -> bool:
        """Do what is left, from where nobody answered; false when nobody does."""
        while self._left:
            page = self._visitor.page
            try:
                await self._left[0]()
            except aiohttp.ClientError:
                self._visitor.page = page
                return False
            assert self._visitor.answer is not None
            if self._visitor.answer.status == 503:  # it has just begun, and asks to try again
                self._visitor.page = page
                await asyncio.sleep(0.1)
                continue
            assert self._visitor.answer.status == 200, self._visitor.page.html
            self._left.pop(0)
        return True

    async def text(self) -> str:
        """What the page shows now."""
        await self._visitor.opens("/w/elm-park")
        return self._visitor.page.text

    async def has_a_receipt(self) -> bool:
        """Whether the page, once it is open, tells the report's number."""
        return RECEIPT in await self.text()


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_report_whose_service_is_killed_is_there_once_and_whole_or_asked_for_again(
    database_url: URL, tmp_path: Path, moment: Moment
) -> None:
    async with a_house(database_url, tmp_path) as house, AsyncExitStack() as browsers:
        before: Alice | None = None
        for number in range(1, COMMITS + 2):
            async with life(house.given, Death(number, moment, REPORTING, later=True)) as one:
                assert await one.until(partial(opens, house.given["port"]))
                if before is not None:
                    assert await before.goes_on()
                    assert await one.until(before.has_a_receipt)
                    assert await one.until(house.all_can_be_seen)
                    assert (await before.text()).count(RECEIPT) == 1
                    await house.is_whole()
                    assert await house.counted(ServiceRequest) == number - 1, "reported twice, or not at all"
                if number > COMMITS:
                    break
                before = Alice(Visitor(await browsers.enter_async_context(_browser(house))), number)
                one.counts()
                if await before.goes_on():
                    assert not await one.until(_never), "it did not die"
                await house.is_whole()


def _browser(house: House) -> aiohttp.ClientSession:
    site = f"http://127.0.0.1:{house.given['port']}"
    jar = aiohttp.CookieJar(unsafe=True)
    return aiohttp.ClientSession(site, cookie_jar=jar, headers={"Accept": "text/html"})


async def _never() -> bool:
    return False
