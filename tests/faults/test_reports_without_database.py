"""Reports while the database is locked, full, gone or cut off: a clear word, nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import URL

from bot.db.trouble import FULL, GONE
from bot.errors import DatabaseTrouble
from bot.message import Attached, Incoming, Media, Tap
from bot.models import Concern, File, Happening, Photo, ServiceRequest
from tests.channels.webchat_town import Visitor, WebTown, a_web_town
from tests.desk import Desk, a_desk
from tests.faults.cable import Cable, cable
from tests.faults.test_databases import HOLD, full_disk, lock
from tests.photographs import photograph
from tests.town import Town, a_town

LONG = "The bin is full. " * 80  # so long that it needs room of its own


@dataclass
class Deed:
    """Something that is about to be done, always as the same update, and where it writes first. `once` says what must
    hold afterwards."""

    town: Town
    incoming: Incoming
    table: str
    once: Callable[[], Awaitable[None]]
    never: Callable[[], Awaitable[None]]

    async def does(self) -> str:
        """Hand it in, as a channel does each time it is brought; returns what came of it."""
        receipt = await self.town.folkmoot.dispatcher.submit(self.incoming)
        await self.town.quiet()
        return receipt.outcome


async def count(town: Town, table: Any, *which: Any) -> int:
    async with town.folkmoot.database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(table).where(*which)) or 0)


async def a_send(town: Town) -> Deed:
    """Alice has seen what goes out, with a photo, and taps Send."""
    desk = await a_desk(town)
    await desk.alice.does(Attached(Media("photo", {"paper": "bin.jpg"}, size=100_000), LONG))
    await desk.alice.shares_place(51.5, -0.1)
    await desk.alice.taps("Bins")
    on, payload = desk.alice.button("Send")

    async def once() -> None:
        assert desk.alice.text.count("Your report has the number") == 1
        for officer in (desk.ann, desk.ben):
            assert officer.text.count("[Not my team's]") == 1, "one letter each"
        for table in (ServiceRequest, Photo, Concern):
            assert await count(town, table) == 1
        assert await count(town, Happening) == 2, "reported, and routed"

    async def never() -> None:
        for table in (ServiceRequest, Photo, Concern, Happening):
            assert await count(town, table) == 0

    incoming = desk.alice.incoming(Tap(payload, query="q"), message=on, key="the-send")
    return Deed(town, incoming, "service_requests", once, never)


async def an_answer(town: Town) -> Deed:
    """Ann has written an answer, and taps Send."""
    desk: Desk = await a_desk(town)
    await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Answer")
    await desk.ann.says("We come on Friday. " * 70)
    on, payload = desk.ann.button("Send")

    async def once() -> None:
        assert desk.alice.text.count("We come on Friday.") == 70
        assert await count(town, Happening, Happening.event == "answer") == 1
        assert await count(town, ServiceRequest, ServiceRequest.answered_at.is_not(None)) == 1

    async def never() -> None:
        assert not desk.alice.sees("We come on Friday.")
        assert await count(town, Happening, Happening.event == "answer") == 0

    incoming = desk.ann.incoming(Tap(payload, query="q"), message=on, key="the-answer")
    return Deed(town, incoming, "happenings", once, never)


DEEDS = pytest.mark.parametrize("prepared", [a_send, an_answer], ids=["send", "answer"])
Prepared = Callable[[Town], Awaitable[Deed]]


@DEEDS
async def test_what_is_done_while_the_database_is_locked_waits_and_is_done_once(
    town: Town, database_url: URL, prepared: Prepared
) -> None:
    deed = await prepared(town)
    locked = asyncio.create_task(lock(database_url))
    await asyncio.sleep(HOLD / 2)
    doing = asyncio.create_task(deed.does())
    await locked
    assert await doing == "done"
    await deed.once()


@DEEDS
async def test_what_finds_no_room_is_not_half_done_and_done_once_when_there_is(
    town: Town, database_url: URL, prepared: Prepared
) -> None:
    deed = await prepared(town)
    async with full_disk(town, database_url, deed.table):
        for _ in range(2):
            with pytest.raises(DatabaseTrouble) as caught:
                await deed.does()
            assert str(caught.value) == FULL
    await deed.never()
    assert await deed.does() == "done"
    assert await deed.does() == "seen"
    await deed.once()


@asynccontextmanager
async def on(line: Cable, folder: Path) -> AsyncIterator[Town]:
    url = line.url.render_as_string(hide_password=False)
    async with a_town(url, media_dir=folder / "media") as town:
        yield town


@DEEDS
async def test_what_finds_no_database_is_done_once_when_it_is_back(
    postgresql_url: URL, tmp_path: Path, prepared: Prepared
) -> None:
    async with cable(postgresql_url) as line, on(line, tmp_path) as town:
        deed = await prepared(town)
        await line.cut()
        with pytest.raises(DatabaseTrouble) as caught:
            await deed.does()
        assert str(caught.value) == GONE
        await line.mend()
        await deed.never()
        assert await deed.does() == "done"
        await deed.once()


def cuts_once(town: Town, line: Cable, table: str) -> list[str]:
    """The line breaks, once, when something is written into that table; it can be had again at once."""
    cut: list[str] = []

    def breaks(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not cut and statement.startswith(f"INSERT INTO {table} "):
            cut.append(statement)
            line.breaks()

    event.listen(town.folkmoot.database.engine.sync_engine, "after_cursor_execute", breaks)
    return cut


@DEEDS
@pytest.mark.parametrize("table", ["happenings", "envelopes"])
async def test_a_line_that_breaks_in_the_middle_of_a_turn_is_noticed_by_nobody(
    postgresql_url: URL, tmp_path: Path, prepared: Prepared, table: str
) -> None:
    async with cable(postgresql_url) as line, on(line, tmp_path) as town:
        deed = await prepared(town)
        cut = cuts_once(town, line, table)
        assert await deed.does() == "done"
        assert cut, "it did not break"
        await deed.once()


# --- pictures ---------------------------------------------------------------------------------------


@dataclass
class Album:
    """A town's page with somebody at it, and what lies in its store."""

    town: WebTown
    alice: Visitor

    async def sends(self) -> str:
        """The same form with the same picture; returns what the page says then."""
        page = self.alice.page
        await self.alice.sends_picture(photograph(size=(80, 60)), LONG)
        told = self.alice.page.html
        assert self.alice.answer is not None
        if self.alice.answer.status != 200:
            self.alice.page = page
        return f"{self.alice.answer.status} {told}"

    def lying(self) -> set[str]:
        """The keys of all that lies in the store."""
        kept = self.town.folkmoot.settings.media_dir / "kept"
        return {path.name for path in kept.rglob("*") if path.is_file() and len(path.name) == 64}

    async def named(self) -> list[str]:
        """The keys that rows name."""
        async with self.town.folkmoot.database.reading() as session:
            return [one for one in await session.scalars(select(File.stored)) if one is not None]

    async def tidied(self) -> None:
        """Hours go by, and the chore that lets go of pictures looks twice."""
        for _ in range(2):
            await self.town.passes(hours=2)


@asynccontextmanager
async def an_album(url: URL, folder: Path) -> AsyncIterator[Album]:
    """A page, and Alice."""
    address = url.render_as_string(hide_password=False)
    async with a_web_town(address, media_dir=folder / "media") as town, town.visitor() as alice:
        await town.community()
        await alice.opens("/w/elm-park")
        yield Album(town, alice)


async def test_a_picture_that_finds_no_room_for_its_row_is_sent_again_and_there_once(
    database_url: URL, tmp_path: Path
) -> None:
    async with an_album(database_url, tmp_path) as album:
        await album.alice.opens("/w/elm-park")
        async with full_disk(album.town, database_url, "files"):
            told = await album.sends()
            assert told.startswith("503"), told[:3]
            assert "Traceback" not in told
        assert await album.named() == []
        assert len(album.lying()) == 1, "the file is there before its row"
        assert "Where is it?" in await album.sends()
        assert set(await album.named()) == album.lying()
        assert len(await album.named()) == 1


async def test_a_picture_whose_row_never_came_is_tidied_away(database_url: URL, tmp_path: Path) -> None:
    async with an_album(database_url, tmp_path) as album:
        await album.alice.opens("/w/elm-park")
        async with full_disk(album.town, database_url, "files"):
            await album.sends()
        assert len(album.lying()) == 1
        await album.tidied()
        assert album.lying() == set()


async def test_a_picture_that_comes_while_the_database_is_gone_is_asked_for_again(
    postgresql_url: URL, tmp_path: Path
) -> None:
    async with cable(postgresql_url) as line, an_album(line.url, tmp_path) as album:
        await line.cut()
        told = await album.sends()
        assert told.startswith("503")
        await line.mend()
        assert "Where is it?" in await album.sends()
        assert set(await album.named()) == album.lying()
        assert len(album.lying()) == 1
