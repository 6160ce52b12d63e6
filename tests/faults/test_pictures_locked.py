"""Pictures while another program holds a lock on the database, for longer than we wait: nothing is lost, nothing is
there twice, and whoever waits is told so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot import chores
from bot.channels.webchat.manners import TROUBLE
from bot.db.trouble import LOCKED
from bot.errors import DatabaseTrouble, RetryLater
from bot.message import Media
from bot.models import File, Photo, ServiceRequest
from bot.services.reporting.report_photos import WAITS
from tests.channels.everywhere import everywhere
from tests.council import a_body
from tests.desk import a_desk
from tests.faults.desks import until
from tests.faults.locks import LONG, PATIENCE, held, impatient
from tests.faults.test_photos_broken import AWAY, BROKEN, Fetching
from tests.faults.test_reports_without_database import an_album
from tests.photographs import photograph
from tests.town import Town, a_town


async def test_a_picture_on_the_page_that_meets_a_lock_is_sent_again_and_there_once(
    database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await impatient(database_url, monkeypatch)
    async with an_album(database_url, tmp_path) as album:
        await album.alice.opens("/w/elm-park")
        async with held(database_url, "files"):
            for _ in range(2):
                told = await album.sends()
                assert told.startswith("503")
                assert TROUBLE in told
        assert await album.named() == []
        assert "Where is it?" in await album.sends()
        assert set(await album.named()) == album.lying()
        assert len(album.lying()) == 1


async def test_a_picture_on_the_page_waits_for_a_lock_that_is_let_go_of_soon(
    database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_album(database_url, tmp_path) as album:
        await album.alice.opens("/w/elm-park")
        async with held(database_url, "files"):
            sending = asyncio.create_task(album.sends())
            await asyncio.sleep(PATIENCE)
            assert not sending.done()
        assert "Where is it?" in await sending
        assert set(await album.named()) == album.lying()
        assert len(album.lying()) == 1


@pytest.fixture
async def fetching(
    database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Fetching]:
    """On each database, through each of Telegram's doors."""
    await impatient(database_url, monkeypatch)
    monkeypatch.setattr(chores, "LOOK", 0.05)
    door = "polling" if database_url.get_backend_name() == "sqlite" else "webhook"
    url = database_url.render_as_string(hide_password=False)
    async with everywhere(url, f"telegram {door}", media_dir=tmp_path / "media") as town:
        await town.community()
        await a_body(town)
        assert town.telegram is not None
        yield Fetching(town, town.telegram)


async def test_a_photo_in_telegram_that_meets_a_lock_is_answered_once_when_that_is_over(
    fetching: Fetching, database_url: URL
) -> None:
    alice = await fetching.member("Alice")
    seen = len(alice.screen())
    async with held(database_url, "seen", "residents"):
        await alice.sends_photo(photograph(), "The bin is full")
        await asyncio.sleep(LONG)
        assert len(alice.screen()) == seen
    await alice.waits_for("Where is it?", seconds=30)
    await fetching.api.settles(30)
    assert sum(one.holds("Where is it?") for one in alice.screen()) == 1


async def test_the_sending_of_a_report_from_telegram_meets_a_lock_and_is_done_once(
    fetching: Fetching, database_url: URL
) -> None:
    alice = await fetching.member("Alice")
    await alice.sends_photo(photograph(), "The bin is full")
    await alice.waits_for("Where is it?")
    await alice.shares_place(51.5, -0.1)
    await alice.taps("Bins")
    async with held(database_url, "service_requests", "photos"):
        await alice.taps("Send")
        await asyncio.sleep(LONG)
        assert not alice.sees("Your report has the number")
    await alice.waits_for("Your report has the number", seconds=30)
    await fetching.until([None])
    assert sum(one.holds("Your report has the number") for one in alice.screen()) == 1
    assert [await fetching.count(table) for table in (ServiceRequest, Photo, File)] == [1, 1, 1]


async def test_a_photo_that_was_fetched_and_meets_a_lock_is_kept_once_a_moment_later(
    fetching: Fetching, database_url: URL
) -> None:
    alice, bob = await fetching.member("Alice"), await fetching.member("Bob")
    slow = fetching.api.fail("file", "slow", seconds=1)
    await fetching.reports(alice, photograph())
    await fetching.api.until(lambda: slow.hits == 1)
    async with held(database_url, "files"):
        await fetching.api.until(lambda: fetching.api.counts["file"] == 1)
        await asyncio.sleep(2 * PATIENCE)
        assert await fetching.tried() == [1]
    await fetching.reports(bob, photograph(size=(80, 40)))
    await fetching.until([None, None])
    assert [await fetching.count(table) for table in (ServiceRequest, Photo, File)] == [2, 2, 2]
    kept = fetching.town.folkmoot.settings.media_dir / "kept"
    assert len([path for path in kept.rglob("*") if len(path.name) == 64]) == 2
    assert not alice.sees(AWAY)
    assert not alice.sees(BROKEN)


async def test_a_lock_that_one_photo_meets_does_not_leave_the_others_to_themselves(town: Town) -> None:
    desk, whole = await a_desk(town), photograph()
    for number in range(2):
        await desk.report(media=(Media("photo", {"paper": f"{number}"}, size=100),))
    brought: list[str] = []
    met = asyncio.Event()

    async def fetch(media: Media) -> bytes:
        if media.files["paper"] == "0":
            met.set()
            raise DatabaseTrouble(LOCKED)
        await met.wait()
        brought.append(media.files["paper"])
        return whole

    town.folkmoot.intake.fetch = fetch
    await chores.Photos(town.folkmoot.database, town.clock, town.folkmoot.intake).look()
    assert brought == ["1"]
    async with town.folkmoot.database.reading() as session:
        kept = list(await session.scalars(select(Photo.file_key).order_by(Photo.id)))
    assert [one is not None for one in kept] == [False, True]


@pytest.fixture
async def idle(database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """On each database, which is not waited for long when it is locked; pictures are fetched when a test says so."""
    await impatient(database_url, monkeypatch)
    monkeypatch.setattr(chores, "LOOK", 600.0)
    url = database_url.render_as_string(hide_password=False)
    async with a_town(url, media_dir=tmp_path / "media") as town:
        yield town


async def test_a_lock_at_the_last_try_costs_no_photo(idle: Town, database_url: URL) -> None:
    town = idle
    database, whole = town.folkmoot.database, photograph()
    desk = await a_desk(town)
    made = await desk.report(media=(Media("photo", {"paper": "bin"}, size=100),))
    fetched, go_on = asyncio.Event(), asyncio.Event()

    async def fetch(_: Media) -> bytes:
        fetched.set()
        await go_on.wait()
        return whole

    town.folkmoot.intake.fetch = fetch
    photos = chores.Photos(database, town.clock, town.folkmoot.intake)
    async with database.writing() as session:
        await session.execute(update(Photo).values(tries=len(WAITS) - 1))
    town.clock.pass_by(timedelta(seconds=WAITS[-1]))
    looking = asyncio.create_task(photos.look())
    await fetched.wait()
    async with held(database_url, "files"):
        go_on.set()
        with suppress(SQLAlchemyError):  # with SQLite nothing at all can be written
            await looking
    town.clock.pass_by(timedelta(minutes=2))
    await photos.look()
    await town.quiet()
    assert not desk.alice.sees(AWAY)
    async with database.reading() as session:
        photo = (await session.scalars(select(Photo).where(Photo.service_request_id == made.id))).one()
        assert photo.file_key is not None
    assert await _counted(town, File) == 1


async def test_a_lock_that_stays_uses_up_no_try_and_asks_for_the_file_once_a_look(idle: Town) -> None:
    town = idle
    desk, asked = await a_desk(town), 0
    await desk.report(media=(Media("photo", {"paper": "bin"}, size=100),))

    async def fetch(_: Media) -> bytes:
        nonlocal asked
        asked += 1
        raise DatabaseTrouble(LOCKED)

    town.folkmoot.intake.fetch = fetch
    photos = chores.Photos(town.folkmoot.database, town.clock, town.folkmoot.intake)
    for _ in range(2 * len(WAITS)):
        await photos.look()
        town.clock.pass_by(timedelta(hours=7))
    assert asked == 2 * len(WAITS)
    assert await _counted(town, Photo) == 1
    assert not desk.alice.sees(AWAY)


async def test_a_lock_while_one_file_hangs_leaves_that_alone_and_the_others_go_on_after_it(
    database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await impatient(database_url, monkeypatch)
    monkeypatch.setattr(chores, "LOOK", 0.05)
    url, asked, whole = database_url.render_as_string(hide_password=False), list[str](), photograph()
    never, came = asyncio.Event(), asyncio.Event()

    async def fetch(media: Media) -> bytes:
        asked.append(media.files["paper"])
        if media.files["paper"] == "hangs":
            await never.wait()
        if asked.count("later") == 1:
            came.set()
            raise RetryLater("not just now", after=1)
        return whole

    async with a_town(url, media_dir=tmp_path / "media") as town:
        town.folkmoot.intake.fetch = fetch
        desk = await a_desk(town)
        for name in ("hangs", "later"):
            await desk.report(media=(Media("photo", {"paper": name}, size=100),))
        await came.wait()
        async with held(database_url, "photos"):
            town.clock.pass_by(timedelta(seconds=WAITS[1]))
            await asyncio.sleep(LONG)
        await until(lambda: _is(town, [True, False]))
        assert asked == ["hangs", "later", "later"]
        never.set()
        await until(lambda: _is(town, [False, False]))


async def _is(town: Town, waiting: list[bool]) -> bool:
    async with town.folkmoot.database.reading() as session:
        keys = list(await session.scalars(select(Photo.file_key).order_by(Photo.id)))
    return [one is None for one in keys] == waiting


async def _counted(town: Town, table: type) -> int:
    async with town.folkmoot.database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(table)) or 0)
